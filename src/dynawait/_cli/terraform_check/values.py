"""What JSON can hold, so that type checkers know."""

from __future__ import annotations

from typing import Any, TypeGuard


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether a value is an object; names in JSON are strings."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Tell whether a value is a list."""
    return isinstance(value, list)


def kind_of(value: object) -> str:
    """Return what JSON calls a value."""
    for kind, word in ((list, "list"), (str, "string"), (bool, "boolean")):
        if isinstance(value, kind):
            return word
    return "null" if value is None else "number"
