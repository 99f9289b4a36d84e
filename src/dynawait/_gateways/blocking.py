"""The blocking runtime: a boto3 client, called directly in the caller's thread.

A core coroutine is driven with one ``send(None)``: as nothing in it ever suspends, it
ends at the first StopIteration. There is no event loop, and no thread but those of
`gather`, which a wait for one table does not need.
"""

from __future__ import annotations

import contextvars
import os
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from .._core.board import Board
from .chance import up_to
from .clocks import boottime
from .kinds import (
    is_asynchronous,
    is_asynchronous_method,
    method_name,
    unwrapped,
)
from .registry import board_of, breadth_of

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping

    from .._core.gateway import Signal
    from ..clients import Clock

T = TypeVar("T")

_sleep = time.sleep

_LONGEST_SLEEP = 86_400.0  # the longest that every platform's lock can wait
_PARTING = 0.1
_boards: WeakKeyDictionary[Any, Board] = WeakKeyDictionary()
_boards_guard = threading.Lock()


def _start_afresh() -> None:
    """Forget the waits of the parent process: none of its threads lives here."""
    global _boards, _boards_guard  # noqa: PLW0603 - a fork has copied the old ones
    _boards = WeakKeyDictionary[Any, Board]()
    _boards_guard = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_afresh)


def drive(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a core coroutine to its end in this thread, and return its result."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    coroutine.close()
    raise RuntimeError("the core awaited something that is not its gateway")


def open_blocking(client: Any) -> BlockingGateway:
    """Return a gateway for a boto3 client or Table.

    Raises:
        TypeError: it is no DynamoDB client, or an asynchronous one.
    """
    found = unwrapped(client)
    if is_asynchronous(found):
        raise TypeError(
            "dynawait.sync needs a blocking client, got an asynchronous one "
            f"({type(found).__name__}): import the function from dynawait and await "
            'it, or pass boto3.client("dynamodb")'
        )
    with _boards_guard:
        board = board_of(
            found,
            _boards,
            lambda: Board(guard=threading.Lock(), breadth=breadth_of(found)),
        )
    return BlockingGateway(found, board)


class _Stopped(BaseException):
    """Unwinds the coroutine of a thread whose sibling has failed."""


class BlockingGateway:
    """A door that blocks."""

    __slots__ = ("_client", "_clock", "_crew", "board")

    def __init__(self, client: Any, board: Board) -> None:
        self._client = client
        self._clock: Clock | None = getattr(client, "__dynawait_clock__", None)
        self._crew: _Crew | None = None
        self.board = board

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,  # noqa: ARG002 - nobody can abandon a blocking call
    ) -> Mapping[str, Any]:
        """Call the client; its own time-outs bound the call."""
        if self._crew is not None:
            self._crew.check()
        method = getattr(self._client, method_name(operation))
        try:
            response: Mapping[str, Any] = method(**parameters)
        finally:
            if self._crew is not None:  # it may be over since the call was made
                self._crew.check()
        if hasattr(response, "__await__"):
            close = getattr(response, "close", None)
            if close is not None:
                close()
            raise TypeError(
                "dynawait.sync needs a blocking client, but "
                f"{method_name(operation)} returned an awaitable: import the function "
                "from dynawait and await it"
            )
        return response

    async def ask(
        self,
        client: Any,
        method: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,  # noqa: ARG002 - nobody can abandon a blocking call
    ) -> Mapping[str, Any]:
        """Call a blocking client of another service."""
        if is_asynchronous_method(client, method):
            raise TypeError(
                "dynawait.sync needs blocking clients, got an asynchronous one "
                f"({type(client).__name__}) to call {method}"
            )
        response: Mapping[str, Any] = getattr(client, method)(**parameters)
        return response

    def moment(self) -> datetime:
        """Tell the date, of the client's clock where it tells one."""
        told = getattr(self._clock, "moment", None)
        return told() if told is not None else datetime.now(UTC)

    async def shielded(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:  # noqa: ARG002 - a blocking call ends by itself
        """Run a coroutine; nobody can cancel it here."""
        return await coroutine

    def now(self) -> float:
        """Tell the monotonic time, or that of the client's clock."""
        return time.monotonic() if self._clock is None else self._clock.now()

    def boottime(self) -> float:
        """Tell the time on a clock that runs while the machine sleeps."""
        return boottime() if self._clock is None else self._clock.now()

    async def sleep(self, seconds: float, *, wake: Signal | None = None) -> None:
        """Block the thread."""
        if seconds <= 0:
            return
        crew = self._crew
        if wake is None and crew is None and self._clock is None:
            _sleep(min(seconds, _LONGEST_SLEEP))
            return
        flag: Any = wake or threading.Event()
        if crew is not None:
            crew.enter(flag)
        try:
            if self._clock is not None:
                self._clock.pause(
                    seconds, lambda: flag.is_set() or (crew is not None and crew.over)
                )
            else:
                flag.wait(None if seconds == inf else min(seconds, _LONGEST_SLEEP))
        finally:
            if crew is not None:
                crew.leave(flag)

    async def gather(self, coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Run coroutines in a thread each; one alone runs in this thread."""
        several = list(coroutines)
        if len(several) == 1:
            return [await several[0]]
        before, self._crew = self._crew, _Crew(several)
        results = self._crew.run()
        # Not after a failure: a thread whose call comes back late has to learn of it.
        self._crew = before
        return results

    def signal(self) -> Signal:
        """Return a flag that threads can wait on."""
        return threading.Event()

    def jitter(self, span: float) -> float:
        """Return a random number of seconds, at most `span`."""
        return up_to(span)


class _Crew:
    """The threads of one `gather`: the first failure ends them all.

    They are daemons: an interpreter that ends does not wait for a call in flight.
    """

    def __init__(self, coroutines: list[Coroutine[Any, Any, Any]]) -> None:
        self.over = False
        self._coroutines = coroutines
        self._results: list[Any] = [None] * len(coroutines)
        self._failure: BaseException | None = None
        self._left = len(coroutines)
        self._change = threading.Condition()
        self._sleeping: set[Any] = set()

    def run(self) -> list[Any]:
        threads = [
            threading.Thread(
                target=contextvars.copy_context().run,
                args=(self._work, place, coroutine),
                name=f"dynawait-{place}",
                daemon=True,
            )
            for place, coroutine in enumerate(self._coroutines)
        ]
        try:
            for thread in threads:
                thread.start()
            with self._change:
                while self._left and self._failure is None:
                    self._change.wait(_LONGEST_SLEEP)
        finally:
            self._stop()
            self._close_unstarted(threads)
        parting = time.monotonic() + _PARTING
        for thread in threads:  # a call in flight cannot be ended, only left alone
            thread.join(max(0.0, parting - time.monotonic()))
        if self._failure is not None:
            raise self._failure
        return self._results

    def _close_unstarted(self, threads: list[threading.Thread]) -> None:
        """Close the coroutines whose threads an interruption has left unstarted."""
        for thread, coroutine in zip(threads, self._coroutines, strict=True):
            if thread.ident is None:
                with suppress(ValueError):  # it has just been started after all
                    coroutine.close()

    def _work(self, place: int, coroutine: Coroutine[Any, Any, Any]) -> None:
        try:
            self._results[place] = drive(coroutine)
        except _Stopped:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
            with self._change:
                self._failure = self._failure or error
        finally:
            with self._change:
                self._left -= 1
                self._change.notify_all()

    def enter(self, flag: Any) -> None:
        with self._change:
            self._check()
            self._sleeping.add(flag)

    def leave(self, flag: Any) -> None:
        with self._change:
            self._sleeping.discard(flag)
            self._check()

    def check(self) -> None:
        with self._change:
            self._check()

    def _check(self) -> None:
        if self.over:
            raise _Stopped

    def _stop(self) -> None:
        with self._change:
            self.over = True
            for flag in self._sleeping:
                flag.set()
