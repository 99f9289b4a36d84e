"""Read a response member by member, and know where each one lies.

Types are checked here and nowhere else in the package. A member that is missing or
null is absent; one of another type is an `UnreadableResponseError` which names its
place; one that nobody asks for is never looked at. What botocore returns is recognised
by its exact type first, since every look at a table goes through here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..errors import UnreadableResponseError
from ._frozen import EMPTY

if TYPE_CHECKING:
    from typing import Protocol, TypeGuard, TypeVar

    T = TypeVar("T")
    T_co = TypeVar("T_co", covariant=True)

    class Parse(Protocol[T_co]):
        """Read one value, given its place in the response for the error messages."""

        def __call__(self, value: Any, /, *, where: str) -> T_co: ...


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHOWN = 40
"""How many characters of a string that was not expected are shown."""


class Reader:
    """Read the members of one mapping.

    Attributes:
        mapping: what is read, the very object received.
        where: its place in the response, ``"Table.Replicas[0]"``; empty at the top.
        source: the operation whose response this is, where the message about a
            missing member should name it.
    """

    __slots__ = ("mapping", "source", "where")

    def __init__(self, value: object, *, where: str = "", source: str = "") -> None:
        """Take a value that must be a mapping."""
        if not _is_mapping(value):
            raise _unexpected("a mapping", value, where=where or "response")
        self.mapping = value
        self.where = where
        self.source = source

    def unwrap(self, *names: str) -> Reader:
        """Read the first of these members that is there, or else this mapping."""
        for name in names:
            value = self.mapping.get(name)
            if value is not None:
                return Reader(value, where=self._at(name), source=self.source)
        return self

    def inside(self, name: str) -> Reader:
        """Read a member that is a mapping; nothing is in it when it is absent."""
        value = self.mapping.get(name)
        return _NOTHING if value is None else Reader(value, where=self._at(name))

    def part(self, name: str, parse: Parse[T]) -> T | None:
        """Parse a member, unless it is absent."""
        value = self.mapping.get(name)
        return None if value is None else parse(value, where=self._at(name))

    def each(self, name: str, parse: Parse[T]) -> tuple[T, ...]:
        """Parse every item of a member that is a list; an absent one is empty."""
        value = self.mapping.get(name)
        return () if value is None else read_each(value, parse, where=self._at(name))

    def required(self, name: str) -> str:
        """Read a string without which the rest means nothing."""
        value = self.mapping.get(name)
        if type(value) is str:
            return value
        if value is None:
            advice = f": give what {self.source} returns" if self.source else ""
            problem = f"expected a string, found nothing{advice}"
            raise UnreadableResponseError(self._at(name), problem)
        return read_text(value, where=self._at(name))

    def text(self, name: str) -> str | None:
        """Read a string."""
        value = self.mapping.get(name)
        if value is None or type(value) is str:
            return value
        return read_text(value, where=self._at(name))

    def number(self, name: str) -> int | None:
        """Read a whole number."""
        value = self.mapping.get(name)
        if value is None or (type(value) is int and _is_long(value)):
            return value
        return _read_number(value, where=self._at(name))

    def flag(self, name: str) -> bool | None:
        """Read true or false."""
        value = self.mapping.get(name)
        if value is None or value is True or value is False:
            return value
        return _read_flag(value, where=self._at(name))

    def moment(self, name: str) -> datetime | None:
        """Read a point in time, in UTC; one without a time zone is in UTC already."""
        return self.part(name, _read_moment)

    def _at(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name


def read_each(value: object, parse: Parse[T], *, where: str) -> tuple[T, ...]:
    """Parse every item of a list."""
    if not _is_list(value):
        raise _unexpected("a list", value, where=where)
    return tuple(
        parse(item, where=f"{where}[{position}]") for position, item in enumerate(value)
    )


def read_text(value: object, *, where: str) -> str:
    """Read a string."""
    if not isinstance(value, str):
        raise _unexpected("a string", value, where=where)
    return value


def _read_number(value: object, *, where: str) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and _is_long(value):
        return value
    raise _unexpected("a whole number of 64 bits", value, where=where)


def _read_flag(value: object, *, where: str) -> bool:
    if not isinstance(value, bool):
        raise _unexpected("true or false", value, where=where)
    return value


def _read_moment(value: object, *, where: str) -> datetime:
    try:
        if isinstance(value, datetime):
            return _in_utc(value)
        if isinstance(value, str):
            # Responses saved by the AWS CLI hold times as ISO 8601.
            return _in_utc(datetime.fromisoformat(value))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return EPOCH + timedelta(seconds=value)
    except (OverflowError, ValueError):
        pass
    raise _unexpected("a time", value, where=where)


def _in_utc(moment: datetime) -> datetime:
    """Return a moment in UTC.

    botocore's times are in the zone of the machine, by a tzinfo that would mean
    another moment when it is unpickled in another zone.
    """
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def _is_mapping(value: object) -> TypeGuard[Mapping[str, Any]]:
    return type(value) is dict or isinstance(value, Mapping)


def _is_list(value: object) -> TypeGuard[Sequence[Any]]:
    if type(value) is list:
        return True
    return isinstance(value, Sequence) and not isinstance(
        value, str | bytes | bytearray
    )


def _is_long(value: int) -> bool:
    return -(2**63) <= value < 2**63


def _unexpected(expected: str, value: object, *, where: str) -> UnreadableResponseError:
    """Return the error for a value of another type than expected."""
    return UnreadableResponseError(where, f"expected {expected}, found {_show(value)}")


def _show(value: object) -> str:
    """Name the type, and the value where it is sure to be short and printable."""
    kind = type(value).__name__
    if value is None:
        return "nothing"
    if type(value) is str:
        return f"{kind} {value if len(value) <= SHOWN else value[:SHOWN] + '...'!r}"
    if type(value) in (bool, float) or (type(value) is int and _is_long(value)):
        return f"{kind} {value}"
    return kind


_NOTHING = Reader(EMPTY)
