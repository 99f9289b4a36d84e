"""The gateway: the one door out of the core.

A core function is an ``async def`` whose first argument is a gateway and which awaits
nothing but that gateway's methods. So the same function runs on asyncio, on trio,
straight through in a thread that has no event loop, and in a simulation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping
    from datetime import datetime

    from .board import Board

T = TypeVar("T")


class CallTimedOut(Exception):  # noqa: N818 - control flow inside the core, never shown
    """The deadline of a call came before its answer."""


class Signal(Protocol):
    """A flag that can be raised once and wakes whoever sleeps on it."""

    def set(self) -> None:
        """Raise the flag. May be called again, by any task or thread of the runtime."""

    def is_set(self) -> bool:
        """Tell whether the flag is up."""
        ...


class Gateway(Protocol):
    """What the core may ask of the outside world.

    Attributes:
        board: what the concurrent waits of one client know of each other.
    """

    @property
    def board(self) -> Board:
        """The board of this client, in this runtime."""
        ...

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Call a DynamoDB operation and return its response.

        Args:
            operation: its name in the service model, ``"DescribeTable"``.
            parameters: its keyword arguments, as botocore takes them.
            deadline: on the clock of `now`; a runtime that can abandon a call in
                flight does so then. None: no limit but the client's own.

        Raises:
            CallTimedOut: the deadline came first.
            Exception: whatever the client raised, as it is.
        """
        ...

    async def ask(
        self,
        client: Any,
        method: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Call a method of another AWS client, of CloudWatch or CloudTrail.

        Args:
            client: the client, of a kind that this runtime can call.
            method: its name, ``"lookup_events"``.
            parameters: its keyword arguments, as botocore takes them.
            deadline: as that of `call`.

        Raises:
            CallTimedOut: the deadline came first.
            Exception: whatever the client raised, as it is.
        """
        ...

    def now(self) -> float:
        """Tell the time, in seconds, on a clock that never goes back."""
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
        """Run coroutines side by side and return their results, in order.

        The first failure cancels the others and is raised as it is.
        """
        ...

    def signal(self) -> Signal:
        """Return a new flag, down."""
        ...

    def jitter(self, span: float) -> float:
        """Return a random number of seconds between 0 and `span`."""
        ...
