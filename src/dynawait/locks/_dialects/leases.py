"""How long a lease is, as each dialect writes it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ...errors import InvalidArgumentError
from .durations import NANOSECONDS, format_duration, parse_duration
from .rows import number_in, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from .dialect import AttributeValue
    from .rows import Row

SHORTEST = 0.001
"""The shortest lease that every dialect can write, in seconds."""
LONGEST = 9e9
"""The longest that every dialect can write, in seconds: 285 years, for Go's sake."""

# What Java's Long.parseLong takes, but for a sign.
_MILLISECONDS = re.compile(r"[0-9]{1,19}")
_JAVA_LONG = 2**63


@dataclass(frozen=True, slots=True)
class LeaseCodec:
    """Read and write the length of a lease.

    Attributes:
        read: takes the row and the attribute's name, returns seconds, or None after
            telling the row the problem.
        write: takes seconds, returns the attribute. What is written is never shorter
            than what was asked for, so that no observer is early.
    """

    read: Callable[[Row, str], float | None]
    write: Callable[[float], AttributeValue]


def check_lease(lease: float) -> None:
    """Refuse a lease that not every dialect can write.

    Raises:
        InvalidArgumentError: it is not between a millisecond and 285 years.
    """
    if not SHORTEST <= lease <= LONGEST:  # false for NaN too
        problem = f"{lease!r} is not between {SHORTEST:g} and {LONGEST:g} seconds"
        raise InvalidArgumentError("lease", problem)


def _read_milliseconds(row: Row, name: str) -> float | None:
    text = row.text(name)
    if text is None:
        return None
    if _MILLISECONDS.fullmatch(text) and int(text) < _JAVA_LONG:
        return int(text) / 1000
    problem = f"{name} is {shown(text)}, not decimal milliseconds"
    if parse_duration(text) is not None:
        problem += ": a Go duration, so the row is of the dialect go"
    row.mend(problem)
    return None


def _write_milliseconds(lease: float) -> AttributeValue:
    check_lease(lease)
    # Rounded first: 0.3 s in floating point is a little more than 300 ms.
    return {"S": str(math.ceil(round(lease * 1000, 3)))}


def _read_duration(row: Row, name: str) -> float | None:
    text = row.text(name)
    if text is None:
        return None
    nanoseconds = parse_duration(text)
    if nanoseconds is not None and nanoseconds >= 0:
        return nanoseconds / NANOSECONDS
    problem = f"{name} is {shown(text)}, not a Go duration"
    if _MILLISECONDS.fullmatch(text):
        problem += ": decimal milliseconds, so the row is of the dialect amazon"
    row.mend(problem)
    return None


def _write_duration(lease: float) -> AttributeValue:
    check_lease(lease)
    return {"S": format_duration(math.ceil(Decimal(repr(lease)) * NANOSECONDS))}


def read_number(row: Row, name: str, *, per_second: int) -> float | None:
    """Read a lease that is kept as a number of seconds or parts of them."""
    text = row.need(name, "N")
    if text is None:
        return None
    number = number_in(text)
    if number is None or number < 0:
        row.mend(f"{name} is {shown(text)}, not how long a lease can be")
        return None
    return float(number / per_second)


def _read_seconds(row: Row, name: str) -> float | None:
    return read_number(row, name, per_second=1)


def _write_seconds(lease: float) -> AttributeValue:
    check_lease(lease)
    text = format(Decimal(repr(lease)), "f")
    return {"N": text.rstrip("0").rstrip(".") if "." in text else text}


MILLISECONDS_AS_TEXT = LeaseCodec(_read_milliseconds, _write_milliseconds)
GO_DURATION = LeaseCodec(_read_duration, _write_duration)
SECONDS = LeaseCodec(_read_seconds, _write_seconds)
