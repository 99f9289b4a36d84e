"""One lock: acquiring it, renewing it, losing it, giving it back."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import Any

import pytest

from dynawait._core.locks.acquire import acquire
from dynawait._core.locks.assess import force_release
from dynawait._core.locks.beating import beat, check, keep_beating, renew, until_lost
from dynawait._core.locks.holding import Tenure
from dynawait._core.locks.looking import inspect
from dynawait._core.locks.release import release
from dynawait._core.locks.store import Place
from dynawait.errors import (
    InvalidArgumentError,
    LockLostError,
    LockTimeoutError,
    UnreadableLockError,
)
from dynawait.locks.dialects import PYTHON_DYNAMODB_LOCK, TERRAFORM
from dynawait.locks.outcomes import ReleaseOutcome
from tests.core.locks.scene import CALL, PLACE, Scene, wanted
from tests.unit.locks.lock_rows import INFO


def test_an_uncontended_pair_is_two_calls() -> None:
    """After a client's first acquire, which asks for the service's time."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        for expected in (3, 2, 2):
            before = me.store.calls
            grant = await acquire(me.keeper, wanted())
            assert await release(me.keeper, grant) is ReleaseOutcome.RELEASED
            assert me.store.calls - before == expected

    scene.run((me, work()))


def test_a_token_is_the_services_time_and_grows_by_one() -> None:
    """A new row counts from the time, a released one goes on."""
    scene = Scene()
    me, you = scene.client("me"), scene.client("you")
    tokens: list[int] = []

    async def work() -> None:
        for client in (me, you, me):
            grant = await acquire(client.keeper, wanted())
            tokens.append(grant.token)
            await release(client.keeper, grant)

    async def use(client: Any) -> None:
        grant = await acquire(client.keeper, wanted())
        tokens.append(grant.token)
        await release(client.keeper, grant)

    scene.run((me, use(me)))
    scene.run((you, use(you)))
    scene.run((me, use(me)))
    assert tokens == [tokens[0], tokens[0] + 1, tokens[0] + 2]
    assert 0 < tokens[0] - 1767225600000 < 2000


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_an_acquisition_whose_answers_are_lost_is_recognised(lost: int) -> None:
    """It is had within moments, not after a lease, and the token is its own."""
    scene = Scene()
    me = scene.client()
    took: list[float] = []

    async def work() -> None:
        await release(me.keeper, await acquire(me.keeper, wanted()))
        me.store.fates.extend(["lost"] * lost)
        started = scene.world.time
        grant = await acquire(me.keeper, wanted())
        took.append(scene.world.time - started)
        assert grant.token == int(scene.row["fencingToken"]["N"])
        assert grant.remaining(me.clock()) > 7

    scene.run((me, work()))
    assert took[0] < 0.2 * lost


def test_a_heartbeat_whose_answer_is_lost_loses_nothing() -> None:
    """The next one's condition names both versions."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        grant = await acquire(me.keeper, wanted())
        me.store.fates.extend(["lost", "lost", "dropped", "throttled"])
        await renew(me.keeper, grant)
        assert grant.tenure.lost is None
        assert len(grant.tenure.versions) == 1
        assert await release(me.keeper, grant) is ReleaseOutcome.RELEASED

    scene.run((me, work()))


@pytest.mark.parametrize("delete", [False, True])
def test_a_release_whose_answer_is_lost_has_succeeded(delete: bool) -> None:
    """The refusal of the second shows the first, or nothing."""
    scene = Scene()
    me = scene.client(delete_on_release=delete)

    async def work() -> None:
        grant = await acquire(me.keeper, wanted())
        await me.actor.sleep(3)
        me.store.fates.append("lost")
        assert await release(me.keeper, grant) is ReleaseOutcome.RELEASED

    scene.run((me, work()))
    assert (PLACE in scene.table.rows) is not delete


@pytest.mark.parametrize("held", [0.0, 3.0])
def test_a_deleted_row_gives_no_token_twice(held: float) -> None:
    """The row goes only when the service's clock has passed its token."""
    scene = Scene()
    me = scene.client("me", delete_on_release=True)
    you = scene.client("you")
    tokens: list[int] = []

    async def use(client: Any) -> None:
        grant = await acquire(client.keeper, wanted())
        tokens.append(grant.token)
        await client.actor.sleep(held)
        await release(client.keeper, grant)

    scene.run((me, use(me)))
    assert PLACE not in scene.table.rows
    scene.run((you, use(you)))
    assert tokens[1] > tokens[0]


@pytest.mark.parametrize("delete", [False, True])
@pytest.mark.parametrize("lost", [1, 3])
def test_a_release_whose_answer_is_lost_while_another_takes_the_lock(
    lost: int, delete: bool
) -> None:
    """Nobody could steal it when the release was sent: it was ours to the end."""
    scene = Scene()
    me, you = scene.client("me", delete_on_release=delete), scene.client("you")

    async def mine() -> None:
        grant = await acquire(me.keeper, wanted())
        await me.actor.sleep(3)
        me.store.fates.extend(["lost"] * lost)
        assert await release(me.keeper, grant) is ReleaseOutcome.RELEASED

    async def yours() -> None:
        await you.actor.sleep(3 + 2 * CALL)
        await acquire(you.keeper, wanted(wait=1))

    scene.run((me, mine()), (you, yours()))
    assert scene.row["ownerName"] == {"S": "you"}


def test_a_release_that_comes_after_the_end_may_be_too_late() -> None:
    """Once a lease was over when its release was sent, another's row is no proof."""
    scene = Scene()
    me, you = scene.client("me"), scene.client("you")

    async def mine() -> None:
        grant = await acquire(me.keeper, wanted())
        await me.actor.sleep(20)
        me.store.fates.append("dropped")
        assert await release(me.keeper, grant) is ReleaseOutcome.ALREADY_LOST

    async def yours() -> None:
        await you.actor.sleep(1)
        await acquire(you.keeper, wanted())

    scene.run((me, mine()), (you, yours()))


def test_a_lock_that_was_taken_by_force_was_lost() -> None:
    """The first answer to its release says so, though the lease was not over."""
    scene = Scene()
    me, you = scene.client("me"), scene.client("you")

    async def mine() -> None:
        grant = await acquire(me.keeper, wanted())
        await me.actor.sleep(1)
        me.store.fates.append("throttled")
        assert await release(me.keeper, grant) is ReleaseOutcome.ALREADY_LOST

    async def yours() -> None:
        await you.actor.sleep(0.5)
        found = await inspect(you.keeper, PLACE)
        assert found is not None
        assert await force_release(you.keeper, found)
        await acquire(you.keeper, wanted())

    scene.run((me, mine()), (you, yours()))


def test_a_release_that_gets_no_answer_says_so() -> None:
    """Within its time; the row then lapses, or is taken at once by the same client."""
    scene = Scene()
    me = scene.client()
    times: list[float] = []

    async def work() -> None:
        grant = await acquire(me.keeper, wanted())
        me.store.fates.extend(["dropped"] * 30)
        started = scene.world.time
        outcome = await release(me.keeper, grant, timeout=1.0)
        times.append(scene.world.time - started)
        assert outcome is ReleaseOutcome.UNCONFIRMED
        me.store.fates.clear()
        started = scene.world.time
        again = await acquire(me.keeper, wanted())
        assert scene.world.time - started < 5 * CALL
        assert again.token > grant.token

    scene.run((me, work()))
    assert times[0] <= 1.0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"recordVersionNumber": {"S": "theirs"}}, "stolen"),
        ({"isReleased": {"S": "1"}}, "deleted"),
        (None, "deleted"),
    ],
)
def test_a_lock_is_lost_once_and_says_how(
    change: dict[str, Any] | None, reason: str
) -> None:
    """Another version, or no row: one event, and the error names it."""
    scene = Scene()
    me = scene.client()
    told: list[object] = []

    async def work() -> None:
        grant = await acquire(me.keeper, wanted(heartbeat=2.0))
        grant.tenure.on_lost(lambda tenure: told.append(tenure.lost))
        if change is None:
            del scene.table.rows[PLACE]
        else:
            scene.row.update(change)
        await until_lost(me.keeper, grant)
        assert grant.remaining(me.clock()) == 0
        with pytest.raises(LockLostError, match="orders: the lock is lost") as caught:
            check(me.keeper, grant)
        assert caught.value.reason == reason
        assert await release(me.keeper, grant) is ReleaseOutcome.ALREADY_LOST
        me.keeper.roster.close()

    scene.run((me, keep_beating(me.keeper)), (me, work()))
    assert told == [reason]


def test_a_lock_that_is_not_renewed_expires_before_others_may_take_it() -> None:
    """The holder counts from before its write, and takes drift and the margin off."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        grant = await acquire(me.keeper, wanted(lease=8.0))
        started = scene.world.time
        await until_lost(me.keeper, grant)
        assert 7.5 < scene.world.time - started < 8 * 0.95 - 0.05
        assert grant.tenure.lost == "expired"
        with pytest.raises(LockLostError) as caught:
            await renew(me.keeper, grant)
        assert caught.value.reason == "expired"
        # Nobody had it in the meantime, and it is given back all the same.
        assert await release(me.keeper, grant) is ReleaseOutcome.RELEASED

    scene.run((me, work()))


def test_timeouts_and_throttles_do_not_end_a_lease_early() -> None:
    """They are tried again until the local deadline."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        grant = await acquire(me.keeper, wanted(heartbeat=2.0))
        me.store.fates.extend(["throttled", "dropped"] * 4)
        await me.actor.sleep(20)
        assert grant.remaining(me.clock()) > 0
        await release(me.keeper, grant)
        me.keeper.roster.close()

    scene.run((me, keep_beating(me.keeper)), (me, work()))


def test_a_thousand_locks_are_all_renewed() -> None:
    """With 8 ms a call, a lease of 4 s and a heartbeat a second, none is lost."""
    scene = Scene()
    me = scene.client()
    me.store.weather = type(me.store.weather)(latency=(0.008, 0.008))
    lost: list[object] = []

    async def work() -> None:
        for number in range(1000):
            request = wanted(lease=4.0, heartbeat=1.0)
            request = type(request)(Place(f"lock-{number}"), 4.0, None, 1.0)
            grant = await acquire(me.keeper, request)
            grant.tenure.on_lost(lost.append)
        await me.actor.sleep(8)
        me.keeper.roster.close()

    scene.run((me, keep_beating(me.keeper)), (me, work()))
    assert lost == []


def test_who_holds_one_lock_for_long_keeps_nothing_of_the_others() -> None:
    """Heartbeats that will not be made are forgotten long before they would be due."""
    scene = Scene()
    me = scene.client()
    request = wanted(lease=7200, heartbeat=1800)

    def tenures() -> int:
        gc.collect()
        return sum(isinstance(each, Tenure) for each in gc.get_objects())

    before, left = tenures(), list[int]()

    async def work() -> None:
        kept = await acquire(me.keeper, replace(request, place=Place("kept")))
        for _ in range(500):
            await release(me.keeper, await acquire(me.keeper, request))
        left.append(tenures() - before)
        await me.actor.sleep(2 * request.lease)
        assert kept.remaining(me.clock()) > 0
        me.keeper.roster.close()

    scene.run((me, keep_beating(me.keeper)), (me, work()))
    assert left[0] < 100


def test_tasks_of_one_client_hand_the_lock_on_without_a_call() -> None:
    """First in, first out, each with a larger token of the block in the row."""
    scene = Scene()
    me = scene.client()
    order: list[tuple[int, int]] = []

    async def task(number: int) -> None:
        await me.actor.sleep(number * 0.001)
        grant = await acquire(me.keeper, wanted())
        order.append((number, grant.token))
        await me.actor.sleep(0.05)
        before = me.store.calls
        started = scene.world.time
        await release(me.keeper, grant)
        if 0 < number < 5:
            assert me.store.calls == before
            assert scene.world.time == started

    scene.run(*((me, task(number)) for number in range(6)))
    assert [number for number, _ in order] == list(range(6))
    tokens = [token for _, token in order]
    assert tokens == sorted(set(tokens))
    assert tokens[-1] <= int(scene.row["fencingToken"]["N"])


def test_a_cancelled_acquisition_leaves_nothing_behind() -> None:
    """Its write is not interrupted, but undone; and the next task goes on."""
    scene = Scene()
    me = scene.client()
    got: list[int] = []

    async def next_one() -> None:
        await me.actor.sleep(0.001)
        got.append((await acquire(me.keeper, wanted(wait=1.0))).token)

    async def work() -> None:
        await release(me.keeper, await acquire(me.keeper, wanted()))
        me.store.fates.append("lost")
        task = me.start(acquire(me.keeper, wanted()))
        me.start(next_one())
        await me.actor.sleep(CALL * 1.5)
        scene.world.cancel(task)

    scene.run((me, work()))
    assert len(got) == 1


def test_who_tries_once_is_told_who_holds_it() -> None:
    """In the same call."""
    scene = Scene()
    me, you = scene.client("me"), scene.client("you", acquired_by="host=a pid=1")

    async def yours() -> None:
        await acquire(you.keeper, wanted())

    async def mine() -> None:
        await me.actor.sleep(1)
        me.keeper.introduce()
        before = me.store.calls
        with pytest.raises(LockTimeoutError, match=r"held by 'you' \(host=a") as caught:
            await acquire(me.keeper, wanted(wait=0))
        assert me.store.calls - before == 1
        assert caught.value.holder is not None
        assert caught.value.holder.owner == "you"

    scene.run((you, yours()), (me, mine()))


def test_a_row_of_somebody_else_is_not_touched() -> None:
    """What is no lock is neither free nor stale."""
    scene = Scene()
    me = scene.client()
    scene.table.rows[PLACE] = {"key": {"S": "orders"}, "total": {"N": "7"}}

    async def work() -> None:
        with pytest.raises(UnreadableLockError, match="ownerName is missing"):
            await acquire(me.keeper, wanted())

    scene.run((me, work()))
    assert scene.row == {"key": {"S": "orders"}, "total": {"N": "7"}}


@pytest.mark.parametrize(
    ("lease", "heartbeat"), [(0.05, None), (float("nan"), None), (9.0, 4.0), (9.0, 0)]
)
def test_a_lease_that_cannot_work_is_refused_before_a_call(
    lease: float, heartbeat: float | None
) -> None:
    """Shorter than the margin, or than three heartbeats."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        with pytest.raises(InvalidArgumentError):
            await acquire(me.keeper, wanted(lease=lease, heartbeat=heartbeat))

    scene.run((me, work()))
    assert me.store.calls == 0


def test_a_dialect_that_deletes_is_acquired_and_released_as_well() -> None:
    """The row goes once its token cannot come back, in one call either way, and the
    tokens of all clients go on growing.
    """
    scene = Scene(PYTHON_DYNAMODB_LOCK)
    me, you = scene.client("me"), scene.client("you")
    tokens: list[int] = []

    async def use(client: Any, held: float) -> None:
        grant = await acquire(client.keeper, wanted())
        tokens.append(grant.token)
        await client.actor.sleep(held)
        await beat(client.keeper, grant.tenure)
        before = client.store.calls
        assert await release(client.keeper, grant) is ReleaseOutcome.RELEASED
        assert client.store.calls == before + 1

    scene.run((me, use(me, 0)))
    assert PYTHON_DYNAMODB_LOCK.decode(scene.row).released
    for number, client in enumerate((you, me, you)):
        scene.run((client, use(client, 3 * number % 2)))
    scene.run((me, use(me, 3)))
    assert scene.table.rows == {}
    scene.run((you, use(you, 0)))
    assert tokens == sorted(set(tokens))
    assert len(tokens) == 6


def test_a_terraform_lock_is_held_without_end() -> None:
    """No lease, no token, no line: one row with Info, deleted by its release."""
    scene = Scene(TERRAFORM)
    me = scene.client()

    async def work() -> None:
        request = wanted()
        request = type(request)(PLACE, float("inf"), 0, None, INFO)
        grant = await acquire(me.keeper, request)
        assert scene.row == {"LockID": {"S": "orders"}, "Info": {"S": INFO}}
        assert grant.remaining(me.clock()) == float("inf")
        assert await release(me.keeper, grant) is ReleaseOutcome.RELEASED

    scene.run((me, work()))
    assert scene.table.rows == {}
