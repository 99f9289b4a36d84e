"""The async runtimes: asyncio and trio, through anyio.

The client may be asynchronous (aiobotocore) or blocking (boto3, in worker threads):
that is the one difference, and it is a function, `Send`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary

import anyio
import anyio.lowlevel

from .._core.board import Board
from .._core.gateway import CallTimedOut
from .chance import up_to
from .clocks import boottime
from .kinds import (
    is_asynchronous,
    is_asynchronous_method,
    method_name,
    unwrapped,
)
from .registry import board_of, breadth_of
from .shield import shielded
from .threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
    from typing import TypeAlias

    from .._core.gateway import Signal
    from ..clients import Clock

    Send: TypeAlias = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]

T = TypeVar("T")

# One set of boards for every event loop: signals must not cross from one to another.
_boards: anyio.lowlevel.RunVar[WeakKeyDictionary[Any, Board]] = anyio.lowlevel.RunVar(
    "dynawait_boards"
)


def open_async(client: Any) -> AsyncGateway:
    """Return a gateway for an aiobotocore client, a boto3 client or a boto3 Table.

    Raises:
        TypeError: it is no DynamoDB client.
    """
    found = unwrapped(client)
    send = _send_directly if is_asynchronous(found) else _send_from_thread
    boards = _boards.get(None)
    if boards is None:
        boards = WeakKeyDictionary[Any, Board]()
        _boards.set(boards)
    board = board_of(found, boards, lambda: Board(breadth=breadth_of(found)))
    return AsyncGateway(found, board, partial(send, found))


async def _send_directly(
    client: Any, operation: str, parameters: Mapping[str, Any]
) -> Mapping[str, Any]:
    response: Mapping[str, Any] = await getattr(client, method_name(operation))(
        **parameters
    )
    return response


async def _send_from_thread(
    client: Any, operation: str, parameters: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Call a blocking client in a worker thread, which a cancelled wait abandons."""
    method = partial(getattr(client, method_name(operation)), **parameters)
    clock = getattr(client, "__dynawait_clock__", None)
    handing_over = getattr(clock, "handing_over", None)
    response: Any = await in_thread(method, handing_over=handing_over)
    if hasattr(response, "__await__"):  # an asynchronous client that did not look it
        response = await response
    answer: Mapping[str, Any] = response
    return answer


class AsyncGateway:
    """A door that suspends."""

    __slots__ = ("_clock", "_send", "board")

    def __init__(self, client: Any, board: Board, send: Send) -> None:
        self._clock: Clock | None = getattr(client, "__dynawait_clock__", None)
        self._send = send
        self.board = board

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Call the client, and abandon the call at the deadline."""
        if deadline is None or self._clock is not None:
            return await self._send(operation, parameters)
        with anyio.CancelScope(deadline=deadline):
            return await self._send(operation, parameters)
        raise CallTimedOut

    async def ask(
        self,
        client: Any,
        method: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Call a client of another service, blocking or not."""
        asynchronous = is_asynchronous_method(client, method)
        send = _send_directly if asynchronous else _send_from_thread
        if deadline is None or self._clock is not None:
            return await send(client, method, parameters)
        with anyio.CancelScope(deadline=deadline):
            return await send(client, method, parameters)
        raise CallTimedOut

    def moment(self) -> datetime:
        """Tell the date, of the client's clock where it tells one."""
        told = getattr(self._clock, "moment", None)
        return told() if told is not None else datetime.now(UTC)

    async def shielded(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        """Run a coroutine that a cancelled scope around it does not touch."""
        return await shielded(coroutine, seconds)

    def now(self) -> float:
        """Tell the time of the event loop, or of the client's clock."""
        return anyio.current_time() if self._clock is None else self._clock.now()

    def boottime(self) -> float:
        """Tell the time on a clock that runs while the machine sleeps."""
        return boottime() if self._clock is None else self._clock.now()

    async def sleep(self, seconds: float, *, wake: Signal | None = None) -> None:
        """Suspend the task."""
        flag: Any = wake
        if self._clock is not None:
            await self._clock.rest(seconds, flag.is_set if flag else _never)
        elif flag is None or seconds <= 0:
            await (anyio.sleep(seconds) if seconds < inf else anyio.sleep_forever())
        else:
            with anyio.move_on_after(seconds):
                await flag.wait()

    async def gather(self, coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Run coroutines in a task each; one alone runs in this task."""
        several = list(coroutines)
        if len(several) == 1:
            return [await several[0]]
        results: dict[int, T] = {}
        failures: list[Exception] = []

        async def run(place: int, coroutine: Coroutine[Any, Any, T]) -> None:
            try:
                results[place] = await coroutine
            except Exception as error:  # noqa: BLE001 - raised again below, as it is
                failures.append(error)
                group.cancel_scope.cancel()

        try:
            async with anyio.create_task_group() as group:
                for place, coroutine in enumerate(several):
                    group.start_soon(run, place, coroutine)
        except BaseExceptionGroup as broken:  # by Ctrl-C: `run` catches all the rest
            raise _first_of(broken) from None
        finally:
            for coroutine in several:
                coroutine.close()
        if failures:
            raise failures[0]
        return [results[place] for place in range(len(several))]

    def signal(self) -> Signal:
        """Return a flag that tasks can wait on."""
        return anyio.Event()

    def jitter(self, span: float) -> float:
        """Return a random number of seconds, at most `span`."""
        return up_to(span)


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: Any = group
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    first: BaseException = error
    return first


def _never() -> bool:
    return False
