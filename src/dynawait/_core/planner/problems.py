"""What is wrong with a request: all of it, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...errors import ChangeError


class Problems:
    """A list of what is wrong, that ends in one error."""

    __slots__ = ("_found", "_lasting", "_table")

    def __init__(self, table: str) -> None:
        """Start with nothing wrong."""
        self._table = table
        self._found: dict[str, None] = {}
        self._lasting: ChangeError | None = None

    def add(self, *problems: str) -> None:
        """Add sentences; each is told once."""
        self._found |= dict.fromkeys(problems)

    def extend(self, problems: Iterable[str]) -> None:
        """Add the sentences of a check."""
        self.add(*problems)

    def meet(self, error: ChangeError | None) -> None:
        """Keep an error of the live table: it counts once the request is right."""
        self._lasting = self._lasting or error

    def __bool__(self) -> bool:
        """Tell whether anything is wrong with the request."""
        return bool(self._found)

    def check(self) -> None:
        """Raise everything that was found.

        Raises:
            PlanError: something is wrong with the request.
            ChangeError: the request is right, and the live table is against it.
        """
        if self._found:
            raise PlanError(self._found, table=self._table)
        if self._lasting is not None:
            raise self._lasting
