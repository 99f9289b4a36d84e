"""Locks under everything that goes wrong at once, by the seed.

The suite runs a slice; `python -m tests.simulation.locks.many 100000` runs them all.
"""

from __future__ import annotations

import pytest

from dynawait.testing._locks.remote import Weather
from tests.simulation.locks.stage import Script, Stage

SLICE = 1_000
BATCH = 100


@pytest.mark.parametrize("first", range(0, SLICE, BATCH))
def test_no_two_hold_a_lock_and_tokens_only_grow(first: int) -> None:
    """With pauses, drift, lost answers, throttles and crashes, at most one holder
    believes to hold a lock at any instant, no token is given twice, and each is larger
    than those before it; and everybody comes to an end.
    """
    for seed in range(first, first + BATCH):
        Stage(seed).run()


@pytest.mark.parametrize("first", range(0, 200, BATCH))
def test_a_clock_that_jumps_ahead_gives_no_token_twice(first: int) -> None:
    """Where a clock is wrong beyond the bound two may believe to hold a lock, but a
    resource that checks tokens still tells them apart.
    """
    for seed in range(first, first + BATCH):
        script = Script(
            actors=3,
            jumps=3,
            rounds=4,
            weather=Weather(latency=(0.001, 0.05), lost=0.1, throttled=0.05),
        )
        Stage(seed, script).run()


def test_the_same_seed_is_the_same_run() -> None:
    """What a seed has shown can be looked at again."""
    first, second = Stage(11).run(), Stage(11).run()
    assert first.waits == second.waits
    assert first.world.steps == second.world.steps
    assert first.table.rows == second.table.rows
