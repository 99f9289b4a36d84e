"""JSON as strangers send it."""

from __future__ import annotations

import json
from typing import Any, NoReturn, cast

# Each level of an item is two of JSON, and DynamoDB takes 32 of them; what calls itself
# for each level must not run out of stack.
MOST_LEVELS = 128


def read_object(body: bytes) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        ValueError: the body is not UTF-8, not JSON, not an object, or too deep.
    """
    try:
        value = json.loads(body.decode(), parse_constant=_no_number)
    except RecursionError:
        message = f"the body has more than {MOST_LEVELS} levels"
        raise ValueError(message) from None
    except ValueError:
        message = "the body is not JSON"
        raise ValueError(message) from None
    if not isinstance(value, dict):
        message = "the body is not a JSON object"
        raise ValueError(message)  # noqa: TRY004 - what somebody sent, not a mistake
    if body.count(b"[") + body.count(b"{") > MOST_LEVELS:
        _check_levels(cast("object", value))
    return cast("dict[str, Any]", value)


def read_number(name: str, value: object) -> float:
    """Return a number that somebody sent under a name.

    Raises:
        ValueError: it is none, or too large.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            message = f"{name}: the number is too large"
            raise ValueError(message) from None
    message = f"{name}: {value!r} is not a number"
    raise ValueError(message)


def _check_levels(value: object) -> None:
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [member for each in level for member in _members(each)]
        if not level:
            return
    message = f"the body has more than {MOST_LEVELS} levels"
    raise ValueError(message)


def _members(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(cast("dict[str, object]", value).values())
    return cast("list[object]", value) if isinstance(value, list) else []


def _no_number(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)
