"""Looking when a lock is likely to be free."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait._core.locks.acquire import acquire
from dynawait._core.locks.contest import QUICK, SLOW
from dynawait._core.locks.release import release
from dynawait._core.locks.rhythm import (
    HOLDS,
    MOST_HOLDS,
    SINCE,
    ended,
    holds_of,
    pause,
    since_of,
)
from dynawait.testing._locks.world import EPOCH
from tests.core.locks.scene import Scene, wanted

if TYPE_CHECKING:
    from tests.core.locks.scene import Client

SECONDS = st.floats(min_value=0, max_value=1e6)


def hand_offs(scene: Scene, holds: list[float]) -> tuple[list[float], list[int]]:
    """Let a client hold the lock so long each, and another one wait for it.

    Returns:
        How late the other one has it each time, and how many calls both made for it.
    """
    world = scene.world
    holder, waiter = scene.client("holder"), scene.client("waiter")
    late: list[float] = []
    calls: list[int] = []

    async def use() -> None:
        for hold in holds:
            before = holder.store.calls + waiter.store.calls
            grant = await acquire(holder.keeper, wanted(lease=100))
            done = holder.actor.signal()
            released = world.time + hold
            waiter.start(wait(released, done))
            await holder.actor.sleep(hold)
            await release(holder.keeper, grant)
            await holder.actor.sleep(1000, wake=done)
            calls.append(holder.store.calls + waiter.store.calls - before)

    async def wait(released: float, done: Any) -> None:
        await waiter.actor.sleep(world.random.uniform(0.1, 0.4))
        grant = await acquire(waiter.keeper, wanted(lease=100))
        late.append(world.time - released)
        await release(waiter.keeper, grant)
        done.set()

    scene.run((holder, use()))
    return late, calls


@pytest.mark.parametrize("seed", range(5))
def test_who_knows_how_long_a_lock_is_held_is_there_when_it_is_free(seed: int) -> None:
    """A lock that is held for 3 s each time is noticed in half the time that as
    many looks in even steps would take, and in less than before that was known.
    """
    late, calls = hand_offs(Scene(seed=seed), [3.0] * 12)
    looks = fmean(calls[4:]) - 6  # the others would be made without any wait as well
    evenly = (3.0 - 0.25) / looks / 2
    assert fmean(late[4:]) < evenly / 2
    assert fmean(calls[4:]) < calls[0]


@pytest.mark.parametrize("seed", range(5))
def test_a_lock_that_is_free_too_soon_is_noticed_all_the_same(seed: int) -> None:
    """Somebody who holds it for much shorter than all before delays nobody for long."""
    late, _ = hand_offs(Scene(seed=seed), [30.0] * 6 + [3.0])
    assert late[-1] < SLOW * 1.2 + 0.1


def test_a_row_says_since_when_it_is_held_and_for_how_long_it_was() -> None:
    """By the service's date where the local one is certainly wrong, in milliseconds."""
    scene = Scene()
    me = scene.client()
    me.actor.date_error = 1000.0

    async def work() -> None:
        await me.actor.sleep(5)
        await use(me, 2)
        assert since_of(scene.row) == pytest.approx(EPOCH.timestamp() + 5, abs=1.5)
        assert holds_of(scene.row) == pytest.approx((2,), abs=0.05)
        for _ in range(MOST_HOLDS):
            await use(me, 1)
        assert holds_of(scene.row) == pytest.approx((1,) * MOST_HOLDS, abs=0.05)

    scene.run((me, work()))


async def use(client: Client, seconds: float) -> None:
    """Hold the lock."""
    grant = await acquire(client.keeper, wanted())
    await client.actor.sleep(seconds)
    await release(client.keeper, grant)


@pytest.mark.parametrize(
    "said",
    [
        {HOLDS: {"L": [{"N": "1e400"}, {"N": "-5"}, {"N": "x"}, {"S": "5"}, None]}},
        {HOLDS: {"L": "5"}, SINCE: {"S": "5"}},
        {HOLDS: {"S": "5"}, SINCE: {"N": "NaN"}},
        {HOLDS: None, SINCE: None},
        {},
    ],
)
def test_what_is_no_hint_is_passed_over(said: dict[str, Any]) -> None:
    """Others may have written anything."""
    assert holds_of(said) == ()
    assert since_of(said) is None


def test_a_row_that_tells_nonsense_costs_a_rest_at_the_most() -> None:
    """A lock that is said to be held for years is looked at every two seconds."""
    scene = Scene()
    holder, waiter = scene.client("holder"), scene.client("waiter")
    times: list[float] = []

    async def hold() -> None:
        grant = await acquire(holder.keeper, wanted(lease=100))
        scene.row.update(ended((), 1e9))
        await holder.actor.sleep(20)
        await release(holder.keeper, grant)
        times.append(scene.world.time)

    async def wait() -> None:
        await waiter.actor.sleep(1)
        await acquire(waiter.keeper, wanted(lease=100, heartbeat=None))
        times.append(scene.world.time)

    scene.run((holder, hold()), (waiter, wait()))
    assert times[1] - times[0] < SLOW * 1.2 + 0.1


@given(holds=st.lists(SECONDS, max_size=MOST_HOLDS), held=SECONDS, usual=SECONDS)
def test_nobody_rests_for_less_than_the_shortest_rest(
    holds: list[float], held: float, usual: float
) -> None:
    """Nor beyond the last hold that was seen, unless it is over already."""
    rest = pause(holds, held, QUICK, usual)
    assert rest >= QUICK
    if held < max(holds, default=0):
        assert held + rest <= max(holds) + QUICK * 1.001 + held * 1e-9
    else:
        assert rest <= max(QUICK, usual)


@given(
    hold=st.floats(min_value=0.2, max_value=600),
    part=st.floats(min_value=0, max_value=1),
)
def test_who_expects_the_end_soon_looks_more_often(hold: float, part: float) -> None:
    """Rests get shorter towards the time at which all of the last holds have ended."""
    holds = [hold, hold * 1.001, hold * 1.002]
    early = pause(holds, part * hold * 0.9, QUICK, 1.0)
    late = pause(holds, hold * 1.0005, QUICK, 1.0)
    assert late <= early
    assert part * hold * 0.9 + early <= hold * 1.002 + QUICK * 1.001
