"""Clocks of actors that drift or stand still, and actors that do."""

from __future__ import annotations

import math
from typing import Any

import pytest

from dynawait._core.gateway import CallTimedOut
from dynawait.testing import Drift, Faults, Pause, SimulatedDynamoDB, simulate
from dynawait.testing.actor_clocks import ActorClock
from tests.simulation.support import table


async def naps(client: Any) -> float:
    """Sleep ten times for a minute; return what the actor's clock shows then."""
    gateway = client.__dynawait_gateway__()
    for _ in range(10):
        due = gateway.now() + 60
        await gateway.sleep(60)
        assert gateway.now() >= due
    return float(gateway.now())


@pytest.mark.parametrize("rate", [0.01, 0.95, 1.05, 7.3])
def test_a_drifting_clock_measures_its_own_seconds(rate: float) -> None:
    """Ten minutes on a clock that drifts last ten minutes divided by its rate."""
    history = simulate({"a": naps, "b": naps}, seed=1, clocks={"a": Drift(rate=rate)})
    assert history.result("a") == pytest.approx(600)
    assert history.result("b") == 600
    assert history.ended == pytest.approx(max(600, 600 / rate))


def test_a_deadline_is_on_the_actors_clock() -> None:
    """At twice the speed, a deadline in 10 s comes after 5 true seconds."""

    async def call(client: Any) -> None:
        gateway = client.__dynawait_gateway__()
        with pytest.raises(CallTimedOut):
            await gateway.call("ListTables", {}, deadline=gateway.now() + 10)

    service = SimulatedDynamoDB(faults=Faults(latency=60))
    clocks = {"a": Drift(rate=2)}
    history = simulate({"a": call}, seed=1, service=service, clocks=clocks)
    history.result("a")
    assert [event.time for event in history.events if event.text == "returned"] == [5]


async def sends(client: Any) -> tuple[float, float]:
    """Create a table; return before and after on the actor's clock."""
    gateway = client.__dynawait_gateway__()
    began = gateway.now()
    await client.create_table(**table())
    return began, gateway.now()


@pytest.mark.parametrize(("suspended", "seen"), [(False, 100), (True, 2)])
def test_a_paused_actor_sees_the_answer_late(*, suspended: bool, seen: float) -> None:
    """Its call is applied in time; a clock that is suspended too knows of no pause."""
    service = SimulatedDynamoDB(faults=Faults(latency=2))
    pauses = [Pause("a", 1, 100, suspended)]
    history = simulate({"a": sends}, seed=1, service=service, pauses=pauses)
    assert history.result("a") == (0, seen)
    assert service.calls[0].time == 1
    assert history.ended >= 100
    assert "stands still for 100.000 s" in str(history)


def test_a_suspended_sleep_is_slept_to_its_end() -> None:
    """A machine that is suspended within a sleep sleeps the rest of it afterwards."""
    history = simulate(
        {"a": naps}, seed=1, pauses=[Pause("a", 3, 1000, suspended=True)]
    )
    assert (history.result("a"), history.ended) == (600, 1600)


def test_a_paused_process_wakes_late() -> None:
    """A sleep that ends within a pause ends with the pause, on a clock that goes on."""
    history = simulate({"a": naps}, seed=1, pauses=[Pause("a", 3, 1000)])
    assert (history.result("a"), history.ended) == (1540, 1540)


def test_others_go_on_during_a_pause() -> None:
    """Only the actor that is named stands still, with all of its coroutines."""

    async def both(client: Any) -> None:
        await client.__dynawait_gateway__().gather([naps(client), naps(client)])

    history = simulate({"a": both, "b": naps}, seed=1, pauses=[Pause("a", 4, 1000)])
    assert history.result("b") == 600
    assert history.ended > 1000


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Drift(rate=0),
        lambda: Drift(rate=math.inf),
        lambda: Pause("a", 0, 1),
        lambda: Pause("a", 1, -1),
        lambda: simulate({"a": naps}, seed=0, clocks={"b": Drift()}),
        lambda: simulate({"a": naps}, seed=0, pauses=[Pause("b", 1, 1)]),
    ],
)
def test_nonsense_is_refused(wrong: Any) -> None:
    """A rate, step or duration that is none is a ValueError, and so is a stranger."""
    with pytest.raises(ValueError, match=r"rate|at_step|seconds|no actor is named b"):
        wrong()


@pytest.mark.parametrize("rate", [1e-3, 0.1, 0.3, 1.0, 1.05, 3.0])
def test_a_clock_reaches_what_it_is_asked_for(rate: float) -> None:
    """The true time that it names is never too early, whatever is rounded."""
    clock = ActorClock(Drift(rate=rate))
    clock.stop(1 / 3)
    for number in range(200):
        moment = number * math.pi
        true = clock.reaches(moment)
        assert clock.read(true) >= moment
        assert clock.read(true) == pytest.approx(moment)
    assert clock.reaches(math.inf) == math.inf
