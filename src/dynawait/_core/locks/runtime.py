"""What the lock protocol asks of the outside world, besides its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable
    from datetime import datetime

    from ..gateway import Signal

T = TypeVar("T")


class Runtime(Protocol):
    """A part of the gateway; `boottime` is what only locks need."""

    def boottime(self) -> float:
        """Tell the time in seconds, on a clock that runs while the machine sleeps.

        ``CLOCK_BOOTTIME`` where there is one; else whichever has moved on farther, the
        monotonic clock or the date.
        """
        ...

    def moment(self) -> datetime:
        """Tell the date and time, in UTC; this clock may be wrong, and be set."""
        ...

    async def shielded(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        """Run a coroutine even where its caller was cancelled, but not for ever.

        Raises:
            CallTimedOut: it took longer than `seconds`.
        """
        ...

    async def sleep(self, seconds: float, *, wake: Signal | None = None) -> None:
        """Sleep, but no longer than until `wake` is set."""

    async def gather(self, coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Run coroutines side by side; the first failure cancels the others."""
        ...

    def signal(self) -> Signal:
        """Return a new flag, down."""
        ...

    def jitter(self, span: float) -> float:
        """Return a random number of seconds between 0 and `span`."""
        ...
