"""Lists of names, as users pass them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dynawait import InvalidArgumentError
from dynawait._core.names import names_of, some_names

if TYPE_CHECKING:
    from collections.abc import Callable


def test_none_is_all_of_them() -> None:
    """None means every index that there is, so no name is asked for."""
    assert names_of(None, "indexes") == ()


@pytest.mark.parametrize(
    "names", [["a", "b"], ("a", "b"), iter("ab"), {"a": 1, "b": 2}]
)
def test_any_iterable_will_do(names: object) -> None:
    """Names come in whatever gives them one after the other."""
    assert some_names(names, "indexes") == ("a", "b")  # type: ignore[arg-type]


def test_a_string_is_one_name() -> None:
    """A bare string is not taken apart into letters."""
    assert names_of("by-email", "indexes") == ("by-email",)


@pytest.mark.parametrize("check", [names_of, some_names])
@pytest.mark.parametrize("names", [(), [], iter(())])
def test_an_empty_list_is_not_all_of_them(
    check: Callable[..., object], names: object
) -> None:
    """A list that was computed, and is empty, is refused: it might mean either."""
    with pytest.raises(InvalidArgumentError, match="indexes: expected at least one"):
        check(names, "indexes")


def test_deleting_none_is_not_deleting_all() -> None:
    """Where names are needed, None is refused as an empty list is."""
    with pytest.raises(InvalidArgumentError, match="indexes: expected at least one"):
        some_names(None, "indexes")
