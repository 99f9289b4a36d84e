"""Lists of names, as users pass them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable


def names_of(names: Iterable[str] | None, argument: str) -> tuple[str, ...]:
    """Return names as a tuple: a bare string is one name, and None means all.

    Raises:
        InvalidArgumentError: there is no name; all of them is what None means.
    """
    return () if names is None else some_names(names, argument)


def some_names(names: Iterable[str] | None, argument: str) -> tuple[str, ...]:
    """Return names as a tuple: a bare string is one name.

    Raises:
        InvalidArgumentError: there is no name.
    """
    try:
        found = (names,) if isinstance(names, str) else tuple(names or ())
    except TypeError:
        problem = f"expected a list of names, got {names!r}"
        raise InvalidArgumentError(argument, problem) from None
    if not found:
        raise InvalidArgumentError(argument, "expected at least one name, got none")
    return found
