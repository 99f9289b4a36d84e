"""Telling a table from earlier and later ones of its name."""

from __future__ import annotations

from typing import Any

import pytest

from dynawait._core.incarnation import Incarnation

NOTHING = (None, None)


def compared(*identities: tuple[str | None, Any]) -> list[str]:
    """Return what each of several looks is at, in turn."""
    incarnation: Incarnation[Any] = Incarnation(lambda identity: identity)
    return [incarnation.compare(identity) for identity in identities]


@pytest.mark.parametrize(
    ("identities", "expected"),
    [
        ([("a", 1), ("a", 1)], ["same", "same"]),
        ([NOTHING, ("a", 1), NOTHING, ("a", 1)], ["none", "same", "none", "same"]),
        ([("a", 1), ("b", 2), ("a", 1)], ["same", "another", "same"]),
        ([("b", 2), ("a", 1)], ["same", "older"]),
        ([("a", None), ("b", None)], ["same", "another"]),
        ([("a", 1), ("a", 2)], ["same", "same"]),
    ],
)
def test_identifiers_tell_tables_apart(identities: Any, expected: list[str]) -> None:
    """The time of creation tells which of two is older, and nothing else."""
    assert compared(*identities) == expected


@pytest.mark.parametrize(
    ("identities", "expected"),
    [
        ([(None, 1), (None, 1)], ["same", "same"]),
        ([(None, 1), (None, 2)], ["same", "another"]),
        ([(None, 2), (None, 1)], ["same", "older"]),
        ([("a", 1), (None, 1)], ["same", "same"]),
    ],
)
def test_a_server_without_identifiers_is_told_by_the_time(
    identities: Any, expected: list[str]
) -> None:
    """Some servers know no TableId."""
    assert compared(*identities) == expected
