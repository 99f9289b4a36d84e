"""What a request must look like before anybody reads it.

Constraints are those of botocore's service model. A value of the wrong JSON type is a
SerializationException; one that breaks a constraint is a ValidationException that
lists every such value, as the API does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast

from .refusals import ServiceFault, refuse


class Shape(Protocol):
    """What a value must be."""

    def check(self, value: Any, path: str, problems: list[str]) -> None:
        """Add what is wrong with a value to the problems.

        Raises:
            ServiceFault: the value is of the wrong JSON type.
        """


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    least: int = 0
    most: int | None = None
    pattern: str | None = None
    choices: tuple[str, ...] = ()

    def check(self, value: Any, path: str, problems: list[str]) -> None:
        """Check type, choices, pattern and length."""
        if not isinstance(value, str):
            raise _unreadable(value, "String")
        if self.choices and value not in self.choices:
            names = ", ".join(self.choices)
            bound = f"satisfy enum value set: [{names}]"
            problems.append(_problem(value, path, bound))
        if self.pattern is not None and re.fullmatch(self.pattern, value) is None:
            bound = f"satisfy regular expression pattern: {self.pattern}"
            problems.append(_problem(value, path, bound))
        if len(value) < self.least:
            bound = f"have length greater than or equal to {self.least}"
            problems.append(_problem(value, path, bound))
        if self.most is not None and len(value) > self.most:
            bound = f"have length less than or equal to {self.most}"
            problems.append(_problem(value, path, bound))


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer."""

    least: int | None = None
    most: int | None = None

    def check(self, value: Any, path: str, problems: list[str]) -> None:
        """Check type and range."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise _unreadable(value, "Long")
        if self.least is not None and value < self.least:
            bound = f"have value greater than or equal to {self.least}"
            problems.append(_problem(value, path, bound))
        if self.most is not None and value > self.most:
            bound = f"have value less than or equal to {self.most}"
            problems.append(_problem(value, path, bound))


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time: a datetime, or seconds since 1970 as they come over HTTP."""

    def check(self, value: Any, path: str, problems: list[str]) -> None:  # noqa: ARG002 - a moment breaks no constraint
        """Check the type."""
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number and not isinstance(value, datetime):
            raise _unreadable(value, "Timestamp")


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean."""

    def check(self, value: Any, path: str, problems: list[str]) -> None:  # noqa: ARG002 - a flag breaks no constraint
        """Check the type."""
        if not isinstance(value, bool):
            raise _unreadable(value, "Boolean")


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    of: Shape
    least: int = 0
    most: int | None = None

    def check(self, value: Any, path: str, problems: list[str]) -> None:
        """Check type, length and members."""
        if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
            raise _unreadable(value, "List")
        members = cast("Sequence[object]", value)
        if len(members) < self.least:
            bound = f"have length greater than or equal to {self.least}"
            problems.append(_problem(members, path, bound))
        if self.most is not None and len(members) > self.most:
            bound = f"have length less than or equal to {self.most}"
            problems.append(_problem(members, path, bound))
        for number, member in enumerate(members, 1):
            self.of.check(member, f"{path}.{number}.member", problems)


@dataclass(frozen=True, slots=True)
class Named:
    """A map from any name to one shape."""

    of: Shape

    def check(self, value: Any, path: str, problems: list[str]) -> None:
        """Check type and members."""
        for name, member in _members(value).items():
            self.of.check(member, f"{path}.{name}.member", problems)


@dataclass(frozen=True, slots=True)
class Group:
    """A structure; members that it does not name are ignored, as the API does."""

    members: Mapping[str, Shape] = field(default_factory=dict[str, Shape])
    required: tuple[str, ...] = ()

    def check(self, value: Any, path: str, problems: list[str]) -> None:
        """Check type, presence and members."""
        given = _members(value)
        problems.extend(
            _problem(None, _below(path, name), "not be null")
            for name in self.required
            if given.get(name) is None
        )
        for name, member in given.items():
            if name in self.members and member is not None:
                self.members[name].check(member, _below(path, name), problems)


def check(parameters: Mapping[str, Any], shape: Group) -> None:
    """Check a request against its shape.

    Raises:
        ServiceFault: SerializationException or ValidationException.
    """
    problems: list[str] = []
    shape.check(parameters, "", problems)
    if problems:
        count = len(problems)
        noun = "validation error" if count == 1 else "validation errors"
        raise refuse(f"{count} {noun} detected: {'; '.join(problems)}")


def _members(value: Any) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _unreadable(value, "Structure")
    return cast("Mapping[str, object]", value)


def _below(path: str, name: str) -> str:
    name = name[0].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _problem(value: object, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    where = f"Value {shown} at '{path}' failed to satisfy constraint"
    return f"{where}: Member must {constraint}"


def _unreadable(value: object, wanted: str) -> ServiceFault:
    match value:
        case bool():
            found = "TRUE_VALUE" if value else "FALSE_VALUE"
        case str():
            found = "STRING_VALUE"
        case int() | float():
            found = "NUMBER_VALUE"
        case Mapping():
            text = "Start of structure or map found where not expected"
            return ServiceFault("SerializationException", text)
        case _:
            return ServiceFault("SerializationException", "Unexpected field type")
    text = f"{found} cannot be converted to {wanted}"
    return ServiceFault("SerializationException", text)
