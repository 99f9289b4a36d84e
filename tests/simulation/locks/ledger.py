"""A table of locks that keeps a record of every taking, in true time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynawait._core.locks.contest import line_of
from dynawait._core.locks.store import First, Written
from dynawait.testing._locks.memory import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynawait._core.locks.store import Change, Place, Refused, Row
    from dynawait.locks.dialects import Dialect
    from dynawait.locks.records import LockRecord

# Only an acquisition writes the owner; a sign of life leaves him as he is.
_OWNERS = ("ownerName", "owner_name")


@dataclass(frozen=True, slots=True)
class Taking:
    """A write that has taken a lock.

    Attributes:
        at: when it was applied, in true time.
        order: its number among all.
        place: which lock.
        owner: the name that it wrote.
        token: the fencing token in the row.
        before: the row that it found; None: there was none.
        since: when the version that it found was written.
        line: who stood in line.
        passed: whom it has taken off the line; None: it did not ask who stood there.
    """

    at: float
    order: int
    place: Place
    owner: str
    token: int
    before: Row | None
    since: float
    line: tuple[str, ...]
    passed: tuple[str, ...] | None


class Ledger(Table):
    """A table in memory with a record.

    Attributes:
        takings: every write that has taken a lock, in order.
    """

    def __init__(
        self,
        dialect: Dialect,
        now: Callable[[], float],
        tell: Callable[[Taking], object],
    ) -> None:
        """Start empty; `now` tells true time."""
        super().__init__(dialect)
        self.takings: list[Taking] = []
        self._tell = tell
        self._now = now
        self._since: dict[Place, float] = {}

    def write(self, place: Place, change: Change) -> Written | Refused:
        """Write a row if its condition holds, and note it."""
        before = self.rows.get(place)
        answer = super().write(place, change)
        if isinstance(answer, Written):
            self._note(place, change, before, answer.row)
        return answer

    def is_held(self, row: Row | None) -> bool:
        """Tell whether a row says that somebody holds the lock."""
        mark = self._dialect.released_mark
        return row is not None and (
            not mark or any(row.get(name) != value for name, value in mark.items())
        )

    def mark(self, row: Row | None) -> Any:
        """Return what is new with every sign of life, and when the lock is freed."""
        return row and (row.get(self._version), self.is_held(row))

    def record(self, row: Row) -> LockRecord:
        """Read a row."""
        return self._dialect.decode(row)

    def number(self, row: Row | None) -> int:
        """Return the fencing token in a row; 0 where there is none."""
        found: Any = (row or {}).get(self._dialect.token or "", {"N": "0"})
        return int(found["N"])

    def taking_of(self, place: Place, token: int) -> Taking | None:
        """Return the last taking of a lock that left this token in its row."""
        for taking in reversed(self.takings):
            if taking.place == place and taking.token == token:
                return taking
        return None

    def _note(
        self, place: Place, change: Change, before: Row | None, row: Row | None
    ) -> None:
        since = self._since.get(place, 0.0)
        if self.mark(before) == self.mark(row):
            return
        self._since[place] = self._now()
        owner = next((change.set[name] for name in _OWNERS if name in change.set), None)
        if owner is None:
            return
        line = change.line
        taking = Taking(
            at=self._now(),
            order=len(self.takings),
            place=place,
            owner=owner["S"],
            token=self.number(row),
            before=before,
            since=since,
            line=line_of(before),
            passed=line.names if isinstance(line, First) else None,
        )
        self.takings.append(taking)
        self._tell(taking)
