"""Which of several tables of one name a change is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal, TypeAlias

    Identity: TypeAlias = tuple[str | None, Any]
    Relation: TypeAlias = Literal["same", "older", "another", "none"]

S = TypeVar("S")


class Incarnation(Generic[S]):
    """Remembers the first table that was seen, to tell it from others of its name.

    Two tables have different identifiers; where a server knows none, different times
    of creation. Of two, the one that was created earlier was only seen late.
    """

    __slots__ = ("_identity", "known")

    def __init__(self, identity: Callable[[S], Identity]) -> None:
        """Take what tells tables apart: identifier and time, either may be None."""
        self._identity = identity
        self.known: Identity | None = None

    def compare(self, state: S) -> Relation:
        """Tell what a state is of: the *same* table as before, or which other one.

        *none*: it shows no table that matters.
        """
        found = self._identity(state)
        if found == (None, None):
            return "none"
        if self.known is None:
            self.known = found
        known = self.known
        number = 0 if found[0] is not None and known[0] is not None else 1
        if found[number] == known[number]:
            return "same"
        if found[1] is not None and known[1] is not None and found[1] < known[1]:
            return "older"
        return "another"
