"""Trouble drawn from a seed, and the least of it that brings a failure about."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from dynawait.testing import (
    Crash,
    Drift,
    Faults,
    History,
    Pause,
    SimulatedDynamoDB,
    Trouble,
    simplest_failure,
    simulate,
)
from tests.simulation.support import table


async def careless(client: Any) -> None:
    """Create a table, and take a lost answer for a table that somebody else has."""
    gateway = client.__dynawait_gateway__()
    while True:
        try:
            await client.create_table(**table())
        except client.exceptions.ResourceInUseException as error:
            message = "somebody else has it"
            raise AssertionError(message) from error
        except Exception:  # noqa: BLE001 - whatever the faults make of it
            await gateway.sleep(1)
        else:
            return


def run(trouble: Trouble) -> History:
    """Run the careless actor in trouble."""
    service = SimulatedDynamoDB(faults=trouble.faults)
    return simulate({"a": careless}, service=service, **trouble.arguments())


def test_faults_are_drawn_from_a_seed() -> None:
    """The same seed draws the same faults; every kind is in some draws, not in all."""
    assert Faults.drawn(7) == Faults.drawn(7)
    drawn = [Faults.drawn(seed) for seed in range(200)]
    for name in (field.name for field in fields(Faults)):
        there = [getattr(faults, name) != getattr(Faults(), name) for faults in drawn]
        measure = name in ("staleness", "creation_lag")
        assert any(there) is not measure
        assert not all(there)


def test_all_trouble_is_drawn_from_a_seed() -> None:
    """Crashes, drifts and pauses come to some of the actors that are named."""
    drawn = [Trouble.drawn(seed, actors=["a", "b"]) for seed in range(100)]
    assert drawn[5] == Trouble.drawn(5, actors=["a", "b"])
    assert {crash.actor for each in drawn for crash in each.crashes} == {"a", "b"}
    assert {name for each in drawn for name in each.clocks} == {"a", "b"}
    assert {pause.suspended for each in drawn for pause in each.pauses} == {True, False}
    assert not any(each.crashes for each in map(Trouble.drawn, range(20)))
    given = Faults(throttle=0.5)
    assert Trouble.drawn(5, faults=given).faults == given


def test_a_failure_is_reduced_to_what_it_needs() -> None:
    """Only the lost answer is left, and the failure comes again, to the event."""
    failure = simplest_failure(run, seeds=range(500), actors=["a"])
    assert failure is not None
    trouble = failure.trouble
    assert trouble.faults == Faults(lost_response=trouble.faults.lost_response)
    assert (trouble.crashes, trouble.clocks, trouble.pauses) == ((), {}, ())
    again = run(trouble)
    assert failure.history is not None
    assert again.events == failure.history.events
    text = str(failure)
    assert text.startswith("AssertionError: somebody else has it\nwith seed=")
    assert "CreateTable orders: lost" in text or "InternalServerError" in text


def test_where_nothing_fails_there_is_no_failure() -> None:
    """Without lost answers the actor does well, and None says so."""
    faults = Faults(throttle=0.5, dropped=0.2)
    assert simplest_failure(run, seeds=range(50), faults=faults) is None


def test_a_crash_that_is_needed_stays() -> None:
    """What only a crash brings about keeps its crash, and nothing else."""

    def check(history: History) -> None:
        assert "crashed" not in str(history)

    failure = simplest_failure(run, seeds=range(500), actors=["a"], check=check)
    assert failure is not None
    assert failure.trouble.faults == Faults()
    assert len(failure.trouble.crashes) == 1
    assert "crashes=(Crash(actor='a'" in str(failure)


def test_a_deadlock_is_a_failure_with_its_history() -> None:
    """A simulation that does not end has its history in the failure all the same."""

    async def stuck(client: Any) -> None:
        gateway = client.__dynawait_gateway__()
        await gateway.sleep(float("inf"), wake=gateway.signal())

    def deadlock(trouble: Trouble) -> History:
        return simulate({"stuck": stuck}, **trouble.arguments())

    failure = simplest_failure(deadlock, seeds=[3], faults=Faults())
    assert failure is not None
    assert failure.history is not None
    assert failure.history.seed == 3
    assert "deadlock" in str(failure)


def test_a_broken_test_is_a_failure_without_history() -> None:
    """What is raised before there is a history is told with the trouble alone."""

    def broken(trouble: Trouble) -> History:
        message = "no such thing"
        raise KeyError(message)

    failure = simplest_failure(broken, seeds=[1], faults=Faults())
    assert failure is not None
    assert str(failure) == "KeyError: 'no such thing'\nwith seed=1"


@pytest.mark.parametrize(
    ("trouble", "left"),
    [
        (Trouble(seed=1), 0),
        (Trouble(seed=1, crashes=(Crash("a", 1), Crash("b", 2))), 2),
        (Trouble(seed=1, pauses=(Pause("a", 1, 2),), clocks={"a": Drift(rate=2)}), 2),
        (Trouble(seed=1, faults=Faults(throttle=1, staleness=9, latency=1)), 2),
    ],
)
def test_simpler_trouble_has_one_thing_less(trouble: Trouble, left: int) -> None:
    """Each thing can be left out once; how bad a fault is, is none."""
    assert len(list(trouble.simpler())) == left
