"""Locks go on: nobody waits for ever, for the dead or for the living."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dynawait._core.locks.acquire import Request, acquire
from dynawait._core.locks.beating import keep_beating
from dynawait._core.locks.contest import SLOW
from dynawait._core.locks.release import release
from dynawait._core.locks.store import Place
from dynawait.testing._locks.remote import Weather
from dynawait.testing._locks.world import Actor
from tests.simulation.locks.stage import Script, Stage

if TYPE_CHECKING:
    from dynawait._core.locks.keeper import Fairness, Keeper

PLACE = Place("lock")
LEASE = 8.0
CALM = Weather(latency=(0.001, 0.02))


def enlist(stage: Stage, name: str, rate: float = 1.0) -> tuple[Actor, Keeper]:
    """Return a process of its own."""
    actor = Actor(stage.world, name, rate=rate)
    return actor, stage.keeper(actor)


@pytest.mark.parametrize("seed", range(60))
def test_a_lock_outlives_its_dead_holder_by_a_lease_and_the_margin(seed: int) -> None:
    """Whoever waits has it after one lease, stretched by drift on either side, and the
    rest between two looks, at the longest.
    """
    stage = Stage(seed, Script(weather=CALM))
    world = stage.world
    random = world.random
    holder, theirs = enlist(stage, "holder", random.choice((0.95, 1.05)))
    waiter, ours = enlist(stage, "waiter", random.choice((0.95, 1.05)))
    times: list[float] = []

    async def hold() -> None:
        await acquire(theirs, Request(PLACE, LEASE, None, LEASE / 4))

    async def wait() -> None:
        await waiter.sleep(random.random() * 10)
        await acquire(ours, Request(PLACE, LEASE, None, LEASE / 4))
        times.append(world.time)

    holder.start(keep_beating(theirs, breadth=1))
    holder.start(hold())
    waiter.start(wait())
    died = 0.5 + random.random() * 40
    world.at(died, holder.kill)
    world.run()
    over = ours.settings.tolerance.over(LEASE)
    assert died < times[0] < max(died, 10) + (over + SLOW * 1.2) / 0.95 + 0.2


@pytest.mark.parametrize("seed", range(20))
def test_who_trusts_the_service_takes_an_old_lock_at_once(seed: int) -> None:
    """A lock that died 40 s ago is a fresh client's within moments."""
    stage = Stage(seed, Script(weather=CALM, trust_service_time=True))
    world = stage.world
    holder, theirs = enlist(stage, "holder")
    waiter, ours = enlist(stage, "waiter")
    took: list[float] = []

    async def hold() -> None:
        await acquire(theirs, Request(PLACE, 20.0, None, 5.0))
        world.at(world.time, holder.kill)

    async def wait() -> None:
        await waiter.sleep(42)
        started = world.time
        await acquire(ours, Request(PLACE, 20.0, None, 5.0))
        took.append(world.time - started)

    holder.start(hold())
    waiter.start(wait())
    world.run()
    assert took[0] < 0.2


@pytest.mark.parametrize(("fairness", "bound"), [("bounded", 3.0), ("fifo", 2.0)])
@pytest.mark.parametrize("seed", range(4))
def test_every_waiter_is_served_within_its_bound(
    fairness: Fairness, bound: float, seed: int
) -> None:
    """Eight clients that hold a lock for 20 ms, again and again: the longest wait, and
    how evenly it goes round.
    """
    stage, got, waits = contest(seed, fairness, clients=8, hold=0.02, seconds=20)
    evenness = sum(got) ** 2 / (len(got) * sum(each * each for each in got))
    assert max(waits) < bound
    assert evenness >= 0.9
    if fairness == "bounded":
        calls = sum(store.calls for store in stage.stores)
        assert sum(got) / 20 >= 30
        assert calls / sum(got) <= 5


def contest(
    seed: int, fairness: Fairness, *, clients: int, hold: float, seconds: float
) -> tuple[Stage, list[int], list[float]]:
    """Let clients contend; return how often each had the lock, and every wait."""
    weather = Weather(latency=(0.002, 0.006))
    stage = Stage(seed, Script(fairness=fairness, weather=weather))
    world, got, waits = stage.world, [0] * clients, list[float]()

    async def contend(number: int, actor: Actor, keeper: Keeper) -> None:
        while world.time < seconds:
            asked = world.time
            grant = await acquire(keeper, Request(PLACE, 20.0, None, 5.0))
            stage.granted(actor, grant, asked)
            waits.append(world.time - asked)
            got[number] += 1
            await actor.sleep(hold)
            await release(keeper, grant)

    for number in range(clients):
        actor, keeper = enlist(stage, f"client-{number}")
        actor.start(contend(number, actor, keeper))
    world.run()
    return stage, got, waits


@pytest.mark.parametrize("seed", range(20))
def test_the_dead_in_line_cost_one_turn_each(seed: int) -> None:
    """Who stands in line and dies is passed over."""
    stage = Stage(seed, Script(fairness="fifo", weather=CALM))
    world = stage.world
    served: list[float] = []

    async def use(actor: Actor, keeper: Keeper, after: float) -> None:
        await actor.sleep(after)
        grant = await acquire(keeper, Request(PLACE, LEASE, None, LEASE / 4))
        served.append(world.time)
        await actor.sleep(2 if after == 0 else 0)
        await release(keeper, grant)

    for number in range(5):
        actor, keeper = enlist(stage, f"client-{number}")
        actor.start(keep_beating(keeper, breadth=1))
        actor.start(use(actor, keeper, number * 0.1))
        if number in (1, 2):
            world.at(1.5, actor.kill)
    world.run(until=30)
    turn = stage.keepers[0].settings.turn
    assert len(served) == 3
    assert served[1] < 2.5 + 2 * turn + 0.5
    assert served[2] < served[1] + 1.5
