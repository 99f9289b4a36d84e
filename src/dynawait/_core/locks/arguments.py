"""Arguments of lock clients, checked before any call."""

from __future__ import annotations

from contextlib import suppress
from inspect import iscoroutinefunction
from math import isnan, nan
from typing import TYPE_CHECKING, Any

from ...errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_DATA = 392 * 1024
"""The most bytes of data in a row. A row has at most 400 KB, names and values together
("Quotas in Amazon DynamoDB"); 8 KB are left for the key, the line and all the rest."""
_LONGEST_NAME = 1024
_MOST_SHOWN = 100


def checked_name(argument: str, value: Any) -> str:
    """Return a name as it is.

    Raises:
        InvalidArgumentError: it is no string, empty, too long, or has no UTF-8.
    """
    if not isinstance(value, str) or not value:
        raise InvalidArgumentError(argument, f"expected a name, got {_shown(value)}")
    size = _size(argument, value)
    if size > _LONGEST_NAME:
        problem = f"{size:,} bytes of UTF-8 are more than {_LONGEST_NAME:,}"
        raise InvalidArgumentError(argument, problem)
    return value


def checked_text(argument: str, value: Any) -> str:
    """Return a text as it is.

    Raises:
        InvalidArgumentError: it is no string, or too long for a row.
    """
    if not isinstance(value, str):
        raise InvalidArgumentError(argument, f"expected a string, got {_shown(value)}")
    if len(value) > MOST_DATA:
        problem = f"{len(value):,} characters: a row has room for {MOST_DATA:,} bytes"
        raise InvalidArgumentError(argument, problem)
    return value


def checked_data(data: Any) -> bytes | str | None:
    """Return what a row is to carry as it is.

    Raises:
        InvalidArgumentError: it is neither bytes nor a string, or too much.
    """
    if data is None:
        return None
    if not isinstance(data, bytes | str):
        problem = f"expected bytes, a string or None, got {type(data).__name__}"
        raise InvalidArgumentError("data", problem)
    size = len(data) if isinstance(data, bytes) else _size("data", data)
    if size > MOST_DATA:
        problem = (
            f"{size:,} bytes: a row of DynamoDB has at most 400 KB, and {MOST_DATA:,} "
            "bytes of it are for data"
        )
        raise InvalidArgumentError("data", problem)
    return data


def checked_number(argument: str, value: Any) -> float:
    """Return a number of seconds.

    Raises:
        InvalidArgumentError: it is none.
    """
    seconds = nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        with suppress(OverflowError):  # an integer may be too large
            seconds = float(value)
    if isnan(seconds):
        problem = f"expected a number of seconds, got {_shown(value)}"
        raise InvalidArgumentError(argument, problem)
    return seconds


def checked_seconds(argument: str, value: Any) -> float:
    """Return a number of seconds that is not negative.

    Raises:
        InvalidArgumentError: it is none.
    """
    seconds = checked_number(argument, value)
    if not seconds >= 0:
        raise InvalidArgumentError(argument, f"{_shown(value)} is not >= 0 seconds")
    return seconds


def checked_wait(wait: Any) -> float | None:
    """Return for how long to wait, in seconds; None: for ever.

    Raises:
        InvalidArgumentError: it is no number of seconds.
    """
    return None if wait is None else checked_seconds("wait", wait)


def checked_count(argument: str, value: Any, least: int, most: int | None) -> int:
    """Return a whole number between two others.

    Raises:
        InvalidArgumentError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidArgumentError(
            argument, f"expected a whole number, got {_shown(value)}"
        )
    if value < least or (most is not None and value > most):
        bounds = f">= {least}" if most is None else f"between {least} and {most}"
        raise InvalidArgumentError(argument, f"{_shown(value)} is not {bounds}")
    return value


def checked_flag(argument: str, value: Any) -> None:
    """Refuse what is neither True nor False: a text such as "no" counts as true.

    Raises:
        InvalidArgumentError: it is neither.
    """
    if not isinstance(value, bool):
        problem = f"expected True or False, got {_shown(value)}"
        raise InvalidArgumentError(argument, problem)


def checked_callback(
    argument: str, value: Any, takes: str
) -> Callable[..., Any] | None:
    """Return what is to be called, or None.

    Raises:
        InvalidArgumentError: it cannot be called, or would have to be awaited.
    """
    if value is not None and not callable(value):
        problem = f"expected a function of {takes}, got {_shown(value)}"
        raise InvalidArgumentError(argument, problem)
    if iscoroutinefunction(value):
        problem = "a coroutine function, which nobody awaits: give a plain function"
        raise InvalidArgumentError(argument, problem)
    found: Callable[..., Any] | None = value
    return found


def _shown(value: Any) -> str:
    """Return what a value looks like; some cannot say, and some say too much."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a foreign __repr__ may raise anything
        return f"a {type(value).__name__}"
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def _size(argument: str, text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError as error:
        problem = f"character {error.start} is half a surrogate pair and has no UTF-8"
        raise InvalidArgumentError(argument, problem) from None
