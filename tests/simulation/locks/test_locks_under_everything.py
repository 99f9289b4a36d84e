"""Locks under everything that goes wrong at once, by the seed.

The suite runs a slice; `python -m tests.simulation.locks.many 100000` runs them all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from dynawait.locks.dialects import GO, PYTHON_DYNAMODB_LOCK
from dynawait.testing._locks.remote import Weather
from tests.simulation.locks.faces import Company
from tests.simulation.locks.script import Script
from tests.simulation.locks.stage import Stage

if TYPE_CHECKING:
    from dynawait.locks.dialects import Dialect

SLICE = 1_000
BATCH = 100


@pytest.mark.parametrize("first", range(0, SLICE, BATCH))
def test_no_two_hold_a_lock_and_tokens_only_grow(first: int) -> None:
    """With pauses, suspended machines, drift, dates that are set, lost answers,
    throttles, crashes and cancellations: all rules of the judges.
    """
    for seed in range(first, first + BATCH):
        Stage(seed).run()


@pytest.mark.parametrize(
    "dialect", [GO, PYTHON_DYNAMODB_LOCK], ids=lambda each: each.name
)
def test_tokens_grow_in_the_other_dialects_too(dialect: Dialect) -> None:
    """Also where a release deletes the row, and with it the token."""
    for seed in range(BATCH):
        script = Script.drawn(Random(seed))
        dated = replace(script.weather, dated=True)
        Stage(seed, replace(script, dialect=dialect, weather=dated)).run()


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


def test_the_runs_go_through_what_the_rules_are_about() -> None:
    """No rule holds for want of an occasion to break it."""
    seen: Counter[str] = Counter()
    for seed in range(300):
        seen += Stage(seed).run().judge.seen
    assert set(seen) >= {
        "grants",
        "takeovers",
        "handed on",
        "late writes refused",
        "lost: expired",
        "lost by hand: expired",
        "newcomers",
        "passed in line",
        "permits at once",
        "readers at once",
        "released",
        "timeouts",
        "unconfirmed",
    }


@pytest.mark.parametrize("first", range(0, 40, 20))
def test_lock_clients_of_simulated_processes_keep_the_rules(first: int) -> None:
    """`LockClient` itself, on the simulated service, with faults, crashes, pauses and
    drift; and besides, a block whose lease is lost goes no further.
    """
    for seed in range(first, first + 20):
        Company(seed).run()


def test_a_late_write_of_an_old_version_is_as_young_as_it_is() -> None:
    """It takes a lock again that was freed since, and the line is not passed for it."""
    Stage(10978).run()


def test_the_same_seed_is_the_same_run() -> None:
    """What a seed has shown can be looked at again."""
    first, second = Stage(11).run(), Stage(11).run()
    assert first.waits == second.waits
    assert first.world.steps == second.world.steps
    assert first.table.rows == second.table.rows
