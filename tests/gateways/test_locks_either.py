"""What a lock client tells and keeps, through both faces on every runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait._core.locks.keeper import Keeper
from dynawait.errors import (
    GlobalTableLockError,
    LockLostError,
    LockTimeoutError,
    UnreadableLockError,
)
from dynawait.testing import clock
from tests.gateways.either import WAYS, Way, Within, got, listed
from tests.gateways.locks import KEY, calls_of

if TYPE_CHECKING:
    from dynawait import Event

BY_HAND: dict[str, Any] = {"heartbeat": None}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    """Return each way in turn, with a table of locks."""
    way = WAYS[request.param]()
    way.dynamodb.client().create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return way


def test_a_pair_is_two_calls_and_a_refusal_one(way: Way) -> None:
    """After the look at the table, which a client's first acquisition makes."""

    async def scene() -> None:
        locks, others = way.locks(owner="me", **BY_HAND), way.locks(**BY_HAND)
        for each in (locks, others):
            async with Within(each.hold("orders")):
                pass
        calls_of(way.dynamodb)
        async with Within(locks.hold("orders")) as lease:
            with pytest.raises(LockTimeoutError, match="held by 'me'") as caught:
                await got(others.acquire("orders", wait=0))
            holder = caught.value.holder
            assert holder is not None
            assert holder.fencing_token == lease.fencing_token
        assert calls_of(way.dynamodb) == ["UpdateItem"] * 3

    way.run(scene)


def test_what_happens_is_told_in_order(way: Way) -> None:
    """To the observer, with the key of the lock."""
    events: list[Event] = []

    async def scene() -> None:
        locks = way.locks(on_event=events.append, **BY_HAND)
        async with Within(locks.hold("orders", lease=10)):
            pass
        lease = await got(locks.acquire("orders", lease=10))
        await way.sleep(10)
        assert not lease.valid

    way.run(scene)
    told = [(event.name, event.awaited) for event in events]
    assert [name for name, key in told if key == "orders"] == [
        "lock.acquired",
        "lock.released",
        "lock.acquired",
        "lock.lost",
    ]


def test_the_callers_transaction_needs_the_lock(way: Way) -> None:
    """It passes while the lock is held, and neither after a release nor for others."""
    client: Any = way.dynamodb.client()

    def commit(check: Any) -> None:
        put = {"TableName": "locks", "Item": {"key": {"S": "work"}}}
        client.transact_write_items(TransactItems=[check, {"Put": put}])

    async def scene() -> None:
        locks = way.locks(**BY_HAND)
        async with Within(locks.hold("orders")) as lease:
            check = lease.condition_check()
            commit(check)
            await got(lease.renew())
            commit(check)
        with pytest.raises(LockLostError):
            lease.condition_check()
        with pytest.raises(Exception, match="ConditionalCheckFailed"):
            commit(check)
        async with Within(locks.hold("orders")) as other:
            with pytest.raises(Exception, match="ConditionalCheckFailed"):
                commit(check)
            commit(other.condition_check())

    way.run(scene)


def test_a_release_may_delete_the_row(way: Way) -> None:
    """And the next token is larger all the same."""

    async def scene() -> None:
        locks = way.locks(delete_on_release=True, **BY_HAND)
        tokens: list[int] = []
        for _ in range(3):
            async with Within(locks.hold("orders")) as lease:
                tokens.append(lease.fencing_token)
            assert await got(locks.inspect("orders")) is None
        assert tokens == sorted(set(tokens))

    way.run(scene)


def test_rows_of_others_do_no_harm(way: Way) -> None:
    """Neither to a scan, nor to an inspection, nor to another key."""
    client = way.dynamodb.client()
    client.put_item(TableName="locks", Item={**KEY, "total": {"N": "7"}})

    async def scene() -> None:
        locks = way.locks(**BY_HAND)
        async with Within(locks.hold("users")):
            found = {each.key: each.readable for each in await listed(locks.records())}
        assert found == {"orders": False, "users": True}
        record = await got(locks.inspect("orders"))
        assert record.problem
        assert (await got(locks.assess("orders"))).verdict == "UNREADABLE"
        with pytest.raises(UnreadableLockError, match="orders"):
            await got(locks.acquire("orders"))

    way.run(scene)


def test_a_table_with_replicas_is_refused(way: Way) -> None:
    """Unless it was allowed."""
    client = way.dynamodb.client()
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    client.update_table(TableName="locks", StreamSpecification=stream)
    way.dynamodb.clock.advance(600)
    wanted = [{"Create": {"RegionName": "eu-west-1"}}]
    client.update_table(TableName="locks", ReplicaUpdates=wanted)
    way.dynamodb.clock.advance(3600)

    async def scene() -> None:
        with pytest.raises(GlobalTableLockError, match="eu-west-1"):
            await got(way.locks(**BY_HAND).acquire("orders"))
        locks = way.locks(allow_global_table=True, **BY_HAND)
        async with Within(locks.hold("orders")) as lease:
            assert lease.valid
        assert not (await got(way.locks().check_table())).ok
        assert (await got(locks.check_table())).ok

    way.run(scene)


@pytest.mark.parametrize("heartbeat", [None, 4.0])
def test_who_has_slept_is_told_within_a_second(
    way: Way, heartbeat: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a machine is suspended the lease goes on, and what `sleep` counts does not.

    It is told when the machine is awake again, and not when the lease would have ended.
    """
    # Whoever watches the lease would let the time pass while a heartbeat is made.
    monkeypatch.setattr(clock, "_MOMENT", 0.05)
    now, slept = Keeper.now, [0.0]
    monkeypatch.setattr(Keeper, "now", lambda keeper: now(keeper) + slept[0])
    told: list[float] = []

    def tell(_: object) -> None:
        told.append(way.dynamodb.clock.now())

    async def sleep_too_long() -> None:
        locks = way.locks(lease=12, heartbeat=heartbeat)
        async with Within(locks.hold("orders", on_lost=tell)):
            await way.sleep(0.3)
            slept[0], awake = 3600.0, way.dynamodb.clock.now()
            try:
                for _ in range(50):
                    await way.sleep(0.3)
                    if told:
                        break
            finally:  # an asynchronous body is cancelled
                assert way.dynamodb.clock.now() - awake < 1.7
                assert [at - awake < 1.2 for at in told] == [True]

    async def scene() -> None:
        with pytest.raises(LockLostError):
            await sleep_too_long()
        await way.sleep(1)  # whoever has renewed it goes home

    way.run(scene)
