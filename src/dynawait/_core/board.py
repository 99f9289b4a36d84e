"""What the concurrent waits of one client, in one runtime, know of each other."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from .pace import Pacer

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from .looks import SharedLook


class Board:
    """The looks that waits of one client share, and the pace they keep together.

    Attributes:
        guard: held for the few instructions that change the board; a real lock where
            several threads share it.
        breadth: how many calls of one wait may be in flight side by side.
        looks: the looks under way or planned, by what is looked at.
    """

    __slots__ = ("_pacers", "breadth", "guard", "looks")

    def __init__(
        self, *, guard: AbstractContextManager[Any] | None = None, breadth: int = 10
    ) -> None:
        """Start with nothing awaited; `guard` may be left out on one thread."""
        self.guard: AbstractContextManager[Any] = guard or nullcontext()
        self.breadth: int = breadth
        self.looks: dict[Any, SharedLook] = {}
        self._pacers: dict[str, Pacer] = {}

    def pacer(self, operation: str) -> Pacer:
        """Return the pace that all waits of this client keep for an operation."""
        pacer = self._pacers.get(operation)
        if pacer is None:
            pacer = self._pacers[operation] = Pacer.of_operation(operation)
        return pacer
