"""What a contender does next, given what it last saw."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from dynawait._core.locks.contest import Scene, Take, next_move
from dynawait._core.locks.keeper import Settings
from dynawait._core.locks.store import First, Free, Held
from dynawait.locks.dialects import AMAZON, TERRAFORM

from .scene import PLACE

SETTINGS = Settings(owner="me", dialect=AMAZON, turn=1.0)
HELD = AMAZON.decode(
    {
        "key": {"S": PLACE.key},
        "ownerName": {"S": "they"},
        "leaseDuration": {"S": "8000"},
        "recordVersionNumber": {"S": "v1"},
        "fencingToken": {"N": "1"},
    }
)


def seen(**more: Any) -> Scene:
    """Return what somebody has seen who waits for a lock that is held."""
    usual: dict[str, Any] = {
        "record": HELD,
        "version": "v1",
        "line": (),
        "lined": True,
        "age": 0.0,
        "gone": -inf,
        "tenancy": 0.0,
        "pace": None,
        "holds": (),
        "held": None,
        "waited": 0.0,
        "name": "me",
    }
    return Scene(**{**usual, **more})


def test_whoever_knows_the_holder_to_be_gone_need_not_watch() -> None:
    """Where nobody stands in line, it takes the lock at once, by the version seen."""
    assert next_move(seen(gone=0.0), SETTINGS) == Take(Held(("v1",)), First())


@pytest.mark.parametrize(
    ("line", "gone", "passed"),
    [
        (("a",), 0.0, None),
        (("a",), 1.0, ("a",)),
        (("a", "me"), 0.9, None),
        (("a", "me", "b"), 1.0, ("a", "me")),
        (("me", "a"), 0.0, ("me",)),
        (("a", "b"), 1.5, None),
    ],
)
def test_nobody_passes_the_line_by_what_it_knows(
    line: tuple[str, ...], gone: float, passed: tuple[str, ...] | None
) -> None:
    """A holder that is gone is a lock that is free, and each in line has a turn."""
    move = next_move(seen(line=line, gone=gone), SETTINGS)
    taken = move.line if isinstance(move, Take) else None
    assert taken == (None if passed is None else First(passed))


def test_who_has_seen_no_row_asks_for_a_line_all_the_same() -> None:
    """It may have been made meanwhile, freed, and be waited for."""
    assert next_move(seen(record=None), SETTINGS) == Take(Free(), First())
    bare = Settings(owner="me", dialect=TERRAFORM)
    assert next_move(seen(record=None), bare) == Take(Free(), None)
