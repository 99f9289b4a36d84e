"""Lists of names, as users pass them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable


def names_of(names: Iterable[str] | None) -> tuple[str, ...]:
    """Return names as a tuple: a bare string is one name, None is none."""
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def some_names(names: Iterable[str] | None, argument: str) -> tuple[str, ...]:
    """Return names as a tuple, or refuse to take none for all.

    Raises:
        InvalidArgumentError: there is no name.
    """
    found = names_of(names)
    if not found:
        raise InvalidArgumentError(argument, "expected at least one name, got none")
    return found
