"""Faults as somebody writes them: on the command line, or in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, cast

from .faults import Faults
from .wire import read_number

if TYPE_CHECKING:
    from collections.abc import Mapping

FAULT_NAMES = tuple(field.name for field in fields(Faults))
_PAIR = 2


def parse_faults(text: str) -> Faults:
    """Read ``"throttle=0.05,lost_response=0.01,latency=0.1-0.4"``.

    Raises:
        ValueError: it names no fault, or a value is none.
    """
    members: dict[str, object] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = item.partition("=")
        if not equals:
            message = f"{item!r} is not of the form name=value"
            raise ValueError(message)
        members[name.strip()] = _value_of(value.strip())
    return read_faults(members)


def read_faults(members: Mapping[str, object]) -> Faults:
    """Return the faults of those names and values; all others never happen.

    A pair of numbers is the least and the most.

    Raises:
        ValueError: a name is no fault's, or a value is none.
    """
    values: dict[str, object] = {}
    for name, value in members.items():
        if name not in FAULT_NAMES:
            message = f"{name!r} is no fault; there are {', '.join(FAULT_NAMES)}"
            raise ValueError(message)
        if isinstance(value, Sequence) and not isinstance(value, str):
            pair = [read_number(name, each) for each in cast("Sequence[object]", value)]
            if len(pair) != _PAIR or name != "latency":
                message = f"{name}: {value!r} is not a number"
                raise ValueError(message)
            values[name] = tuple(pair)
        else:
            values[name] = read_number(name, value)
    make: type = Faults
    made: Faults = make(**values)
    return made


def _value_of(text: str) -> object:
    least, dash, most = text.partition("-")
    try:
        return (float(least), float(most)) if dash and least else float(text)
    except ValueError:
        return text
