"""Read the attributes of one row, and remember what was wrong with them.

Nothing here raises: a foreign row is a fact about the table, not an error of a call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

SHOWN = 40
"""How many characters of a value that was not expected are shown."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MILLISECOND = 253_402_300_799_999  # of the year 9999, where datetime ends

# Longer numbers do not exist: DynamoDB keeps 38 digits and powers of ten up to 125.
_NUMBER = re.compile(r"-?[0-9]{1,130}(\.[0-9]{1,130})?([eE][+-]?[0-9]{1,3})?")
_LARGEST_POWER = 125

_NEVER_READ = ("SS", "NS", "BS", "M", "L", "BOOL", "NULL")
_UNKNOWN = "unknown"


class Row:
    """Read a row attribute by attribute.

    Attributes:
        item: the row, in DynamoDB's JSON; empty when what came was no mapping.
        problems: what was found wrong so far, a sentence each.
    """

    __slots__ = ("item", "problems")

    def __init__(self, item: object) -> None:
        """Take whatever was received as a row."""
        self.problems: list[str] = []
        self.item: Mapping[str, Any] = {}
        if isinstance(item, Mapping):
            self.item = cast("Mapping[str, Any]", item)
        else:
            self.problems.append(f"the row is a {type(item).__name__}, not a mapping")

    def has(self, name: str) -> bool:
        """Tell whether the row has an attribute, of whatever type."""
        return self.item.get(name) is not None

    def mend(self, problem: str) -> None:
        """Remember something wrong that no reader of a single attribute can see."""
        self.problems.append(problem)

    def is_value(self, name: str, wanted: Mapping[str, Any]) -> bool:
        """Tell whether DynamoDB would call an attribute equal to this value."""
        found, value = self.typed(name), Row({name: wanted}).typed(name)
        if found is None or value is None or not found[0] == value[0] == "N":
            return found == value
        return number_in(found[1]) == number_in(value[1])

    def typed(self, name: str) -> tuple[str, Any] | None:
        """Return the type and the value of an attribute; None when it is absent."""
        found: Any = self.item.get(name)
        if found is None:
            return None
        members: list[tuple[object, Any]] = []
        if isinstance(found, Mapping):
            members.extend(cast("Mapping[object, Any]", found).items())
        if len(members) != 1 or not _is_honest(*members[0]):
            return _UNKNOWN, None
        return str(members[0][0]), members[0][1]

    def need(self, name: str, kind: str) -> Any:
        """Return an attribute of this type; None, and a problem, when it is not."""
        found = self.typed(name)
        if found is None:
            self.mend(f"{name} is missing")
        elif found[0] != kind:
            self.mend(f"{name} is of type {found[0]}, not {kind}")
        else:
            return found[1]
        return None

    def text(self, name: str) -> str | None:
        """Return a string without which the row is no lock."""
        found: str | None = self.need(name, "S")
        return found

    def whole(self, name: str) -> int | None:
        """Return a whole number, if it is there; one of another kind is a problem."""
        if not self.has(name):
            return None
        found = self.need(name, "N")
        if found is None:
            return None
        number = number_in(found)
        if number is None or number != number.to_integral_value():
            self.mend(f"{name} is {shown(found)}, not a whole number")
            return None
        return int(number)

    def spare_text(self, name: str | None) -> str | None:
        """Return a string that nothing depends on; None when it is anything else."""
        found = self.typed(name) if name else None
        return found[1] if found and found[0] == "S" else None

    def spare_payload(self, name: str | None) -> bytes | str | None:
        """Return bytes or a string that nothing depends on."""
        found = self.typed(name) if name else None
        if found is None or found[0] not in ("B", "S"):
            return None
        return found[1] if isinstance(found[1], str) else bytes(found[1])

    def spare_moment(self, name: str | None, *, per_second: int) -> datetime | None:
        """Return a time, kept as a number since 1970, that nothing depends on."""
        found = self.typed(name) if name else None
        number = number_in(found[1]) if found and found[0] == "N" else None
        if number is None:
            return None
        milliseconds = int(number * 1000) // per_second
        if not 0 <= milliseconds <= _LAST_MILLISECOND:
            return None
        return EPOCH + timedelta(milliseconds=milliseconds)

    def key(self, name: str) -> str:
        """Return the value of a key as text, whatever its type."""
        found = self.typed(name)
        if found is None:
            self.mend(f"the key {name} is missing")
            return ""
        if found[0] == "S":
            return cast("str", found[1])
        self.mend(f"the key {name} is of type {found[0]}, not S")
        if found[0] == "B":
            return bytes(found[1]).hex()
        return found[1] if found[0] == "N" else ""


def _is_honest(kind: object, value: object) -> bool:
    """Tell whether a type is one of DynamoDB's, and a value that is read is of it."""
    if kind in ("S", "N"):
        return isinstance(value, str)
    if kind == "B":
        return isinstance(value, (bytes, bytearray))
    return kind in _NEVER_READ


def number_in(text: str) -> Decimal | None:
    """Return the number that DynamoDB would write so; None when it would not."""
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return number if number.adjusted() <= _LARGEST_POWER else None


def shown(text: str) -> str:
    """Quote a text, no more of it than fits into a sentence."""
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 3] + "...")
