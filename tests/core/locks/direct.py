"""A gateway that calls a blocking client straight through."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from dynawait._core.board import Board

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping

    from dynawait._core.gateway import Signal

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        value: T = stop.value
        return value
    message = "it suspended"
    raise AssertionError(message)


class DirectGateway:
    """A gateway for stores, which only call."""

    def __init__(self, client: Any) -> None:
        """Take the client."""
        self._client = client
        self.board = Board()

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Call the client."""
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
        answer: Mapping[str, Any] = getattr(self._client, name)(**parameters)
        return answer

    async def ask(
        self,
        client: Any,
        method: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Ask no other service."""
        raise NotImplementedError

    def now(self) -> float:
        """Time stands still."""
        return 0.0

    def moment(self) -> datetime:
        """The date does too."""
        return datetime(2026, 1, 1, tzinfo=UTC)

    async def shielded(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        """Run it; nobody can cancel it here."""
        del seconds
        return await coroutine

    async def sleep(self, seconds: float, *, wake: Signal | None = None) -> None:
        """Do not."""

    async def gather(self, coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Run one after the other."""
        return [await each for each in coroutines]

    def signal(self) -> Signal:
        """Have none."""
        raise NotImplementedError

    def jitter(self, span: float) -> float:
        """Return no time."""
        return span * 0
