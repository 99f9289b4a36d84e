"""Names that a condition is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence


def checked_names(names: Sequence[Any], argument: str = "names") -> tuple[str, ...]:
    """Return the names, or refuse empty ones and those that come twice.

    Raises:
        InvalidArgumentError: a name is no string, is empty, or stands there twice.
    """
    for name in names:
        if not isinstance(name, str) or not name:
            problem = f"expected names, not empty, got {name!r}"
            raise InvalidArgumentError(argument, problem)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidArgumentError(argument, f"named twice: {', '.join(twice)}")
    return tuple(names)


def checked_choice(word: str, argument: str, choices: Sequence[str]) -> None:
    """Refuse a word that is none of those there are.

    Raises:
        InvalidArgumentError: says which ones there are.
    """
    if word not in choices:
        problem = f"expected {' or '.join(choices)}, got {word!r}"
        raise InvalidArgumentError(argument, problem)


def call_text(function: str, arguments: Sequence[object]) -> str:
    """Return the text of a call, as it would be typed."""
    return f"{function}({', '.join(map(repr, arguments))})"
