"""A gateway that threads may share, and work that runs in a thread of its own."""

from __future__ import annotations

import contextvars
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

from .blocking import drive, open_blocking

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping
    from datetime import datetime
    from typing import TypeAlias

    from .._core.board import Board
    from .._core.gateway import Signal
    from .._core.locks.desk import Worker
    from .blocking import BlockingGateway

    _Work: TypeAlias = tuple[contextvars.Context, Coroutine[Any, Any, None]]

T = TypeVar("T")

_IDLE = 1.0


class ThreadDoor:
    """A blocking gateway for several threads.

    One of them may be in a `gather`, which must not end what the others do.
    """

    def __init__(self, client: Any) -> None:
        """Stand before a blocking client.

        Raises:
            TypeError: it is none.
        """
        self._client = client
        self._base = open_blocking(client)
        self._local = threading.local()

    @property
    def is_virtual(self) -> bool:
        """Tell whether the client has a clock of its own, which counts threads."""
        return hasattr(self._client, "__dynawait_clock__")

    @property
    def _here(self) -> BlockingGateway:
        gateway: BlockingGateway = getattr(self._local, "gateway", self._base)
        return gateway

    @property
    def board(self) -> Board:
        """The board of the client."""
        return self._base.board

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Call the client."""
        return await self._here.call(operation, parameters, deadline=deadline)

    async def ask(
        self,
        client: Any,
        method: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Call a client of another service."""
        return await self._here.ask(client, method, parameters, deadline=deadline)

    def now(self) -> float:
        """Tell the monotonic time, or that of the client's clock."""
        return self._base.now()

    def boottime(self) -> float:
        """Tell the time on a clock that runs while the machine sleeps."""
        return self._base.boottime()

    def moment(self) -> datetime:
        """Tell the date."""
        return self._base.moment()

    async def shielded(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        """Run a coroutine."""
        return await self._here.shielded(coroutine, seconds)

    async def sleep(self, seconds: float, *, wake: Signal | None = None) -> None:
        """Block the thread."""
        await self._here.sleep(seconds, wake=wake)

    async def gather(self, coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Run coroutines in a thread each; one alone runs in this thread."""
        several = list(coroutines)
        if len(several) == 1:
            return [await several[0]]
        inner = open_blocking(self._client)
        return await inner.gather([self._within(inner, each) for each in several])

    async def _within(
        self, inner: BlockingGateway, coroutine: Coroutine[Any, Any, T]
    ) -> T:
        """Run a coroutine in a thread of `gather`."""
        self._local.gateway = inner
        return await coroutine

    def signal(self) -> Signal:
        """Return a flag that threads can wait on."""
        return self._base.signal()

    def jitter(self, span: float) -> float:
        """Return a random number of seconds, at most `span`."""
        return self._base.jitter(span)


class ThreadStage:
    """Daemon threads: an interpreter that ends does not wait for a heartbeat.

    A thread whose work is over stays for a moment: where locks are held for a short
    time, again and again, a new thread for each would be a good part of what they cost.

    Attributes:
        idle: for how long a thread without work stays, in seconds.
    """

    def __init__(self) -> None:
        """Start without a thread."""
        self.idle: float = _IDLE
        self._change = threading.Condition()
        self._works: deque[_Work] = deque()
        self._resting = 0

    def start(self, work: Coroutine[Any, Any, None]) -> Worker:
        """Start some work, in a thread that rests or in a new one."""
        mine = contextvars.copy_context(), work
        with self._change:
            rests = self._resting > len(self._works)
            if rests:
                self._works.append(mine)
                self._change.notify()
        if not rests:
            threading.Thread(
                target=self._run, args=(mine,), name="dynawait-locks", daemon=True
            ).start()
        return _EndsByItself()

    def _run(self, mine: _Work | None) -> None:
        while mine is not None:
            context, work = mine
            context.run(drive, work)
            del mine, context, work  # who rests keeps nothing alive
            mine = self._next()

    def _next(self) -> _Work | None:
        """Wait for more work; None where none comes."""
        with self._change:
            self._resting += 1
            try:
                self._change.wait_for(lambda: self._works, self.idle)
                return self._works.popleft() if self._works else None
            finally:
                self._resting -= 1


class _EndsByItself:
    """A thread that cannot be ended, and knows when its work is over."""

    async def stop(self) -> None:
        """Leave it alone."""
