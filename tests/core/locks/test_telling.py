"""What is said of locks, in every case."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dynawait._core.locks.telling import holder_text, seized_text, waiting_text
from dynawait._core.locks.timing import Tolerance
from dynawait.locks.dialects import AMAZON, TERRAFORM
from tests.unit.locks.lock_rows import JAVA, OURS, STATE_LOCK

if TYPE_CHECKING:
    from dynawait.locks.records import LockRecord

RECORD = AMAZON.decode(OURS)


def waiting(record: LockRecord | None, age: float = 3.0) -> str:
    """Return what is said after four seconds."""
    return waiting_text(record, waited=4, age=age, before=2, tolerance=Tolerance())


def test_a_holder_is_named_with_all_that_its_row_tells() -> None:
    """A row of the Java client tells less than ours."""
    assert holder_text(RECORD) == (
        "'runner-7/4711' (host=runner-7 pid=4711 tool=dynawait), token 1795219200001"
    )
    assert holder_text(AMAZON.decode(JAVA)) == "'java-owner'"
    assert holder_text(None) == "nobody who was seen"


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (None, "still waiting after 4 s: another task of this client has it, or is"),
        (RECORD, "no sign of life for 3 s; without one it is ours in 18 s"),
        (replace(RECORD, released=True), "it is free, and 2 others are before us"),
        (TERRAFORM.decode(STATE_LOCK), "locks of this dialect end with a release"),
    ],
)
def test_who_waits_is_told_why(record: LockRecord | None, words: str) -> None:
    """Another task, another client, a line, or a lock that never lapses."""
    assert words in waiting(record)


def test_the_time_that_is_left_is_never_negative() -> None:
    """A look may come late."""
    assert waiting(RECORD, age=99).endswith("ours in 0 s")


def test_a_lock_that_is_taken_over_is_told_with_the_proof() -> None:
    """What was watched, or what the service's clock says."""
    watched = seized_text(RECORD, 31.0)
    assert "alive at 2026-11-21 00:00:00 UTC; its lease of 20 s is over: " in watched
    assert watched.endswith("no sign of life was seen for 31 s")
    assert seized_text(RECORD, 0.0).endswith("by the service's clock")
