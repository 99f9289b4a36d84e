"""A table of locks in memory: what the conditions of the protocol mean, in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynawait._core.locks.store import (
    LINE,
    Absent,
    Exact,
    First,
    Free,
    Held,
    Join,
    Leave,
    Page,
    Refused,
    RefusedAll,
    Sight,
    Written,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dynawait._core.locks.store import Change, Condition, Place, Queueing, Row
    from dynawait.locks.dialects import Dialect


class Table:
    """The rows of a table, and what a call does to them.

    Attributes:
        rows: by place.
    """

    def __init__(
        self,
        dialect: Dialect,
        *,
        partition_key: str | None = None,
        sort_key: str | None = None,
    ) -> None:
        """Start empty."""
        self.rows: dict[Place, dict[str, Any]] = {}
        self._dialect = dialect
        self._names = dialect.key_names(partition_key, sort_key)
        self._version = dialect.identity[0]

    def read(self, place: Place) -> Sight:
        """Read a row."""
        row = self.rows.get(place)
        return Sight(None if row is None else dict(row))

    def write(self, place: Place, change: Change) -> Written | Refused:
        """Write a row if its condition holds."""
        row = self.rows.get(place)
        if not self.allows(row, change):
            return Refused(None if row is None else dict(row))
        if change.delete:
            self.rows.pop(place, None)
            return Written(None)
        self.rows[place] = self._changed(place, row or {}, change)
        return Written(dict(self.rows[place]))

    def write_all(
        self, changes: Sequence[tuple[Place, Change]]
    ) -> Written | RefusedAll:
        """Write several rows, all or none."""
        found = [
            (not self.allows(self.rows.get(place), change), self.rows.get(place))
            for place, change in changes
        ]
        if any(failed for failed, _ in found):
            shown = [(failed, row if failed else None) for failed, row in found]
            return RefusedAll(tuple(shown))
        for place, change in changes:
            self.write(place, change)
        return Written(None)

    def scan(self) -> Page:
        """Read everything."""
        return Page(tuple(dict(row) for row in self.rows.values()), None)

    def allows(self, row: Row | None, change: Change) -> bool:
        """Tell whether a change may happen to a row."""
        return self._holds(row, change.condition) and (
            change.line is None or _stands(row or {}, change.line)
        )

    def _holds(self, row: Row | None, condition: Condition) -> bool:
        mark = self._dialect.released_mark
        match condition:
            case Free():
                return row is None or (
                    bool(mark)
                    and all(row.get(name) == value for name, value in mark.items())
                )
            case Absent():
                return row is None
            case Held(versions):
                return (
                    row is not None
                    and row.get(self._version, {}).get("S") in versions
                    and all(row.get(name) != value for name, value in mark.items())
                )
            case Exact(attributes):
                return row is not None and all(
                    row.get(name) == value for name, value in attributes.items()
                )

    def _changed(self, place: Place, row: Row, change: Change) -> dict[str, Any]:
        names = self._names
        changed = {**row, names[0]: {"S": place.key}, **change.set}
        if names[1] is not None:
            changed[names[1]] = {"S": place.sort_key or self._dialect.blank_sort_key}
        for name in change.remove:
            changed.pop(name, None)
        if change.tokens and self._dialect.token is not None:
            last = int(row.get(self._dialect.token, {"N": str(change.seed)})["N"])
            changed[self._dialect.token] = {"N": str(last + change.tokens)}
        if change.line is not None:
            _move_line(changed, change.line)
        return changed


def _names(row: Row) -> list[str]:
    return [member["S"] for member in row.get(LINE, {"L": []})["L"]]


def _stands(row: Mapping[str, Any], line: Queueing) -> bool:
    names = _names(row)
    match line:
        case Join(name):
            return name not in names
        case Leave(name, place):
            return names[place : place + 1] == [name]
        case First(()):
            return not names
        case First(first):
            return tuple(names[: len(first)]) == first


def _move_line(row: dict[str, Any], line: Queueing) -> None:
    names = _names(row)
    match line:
        case Join(name):
            names.append(name)
        case Leave(_, place):
            del names[place]
        case First(first):
            del names[: len(first)]
            if not first:
                return
    row[LINE] = {"L": [{"S": name} for name in names]}
