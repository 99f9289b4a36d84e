"""The lock client of the async face, on every event loop, in virtual time."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from dynawait.errors import (
    GlobalTableLockError,
    InvalidArgumentError,
    LockLostError,
    LockTimeoutError,
    ServiceError,
)
from dynawait.locks import Lease, LockClient, ReleaseOutcome
from dynawait.testing import SimulatedDynamoDB
from tests.gateways.faces import on_asyncio, on_trio
from tests.gateways.locks import KEY, LOOPS, Loop, calls_of, spoil

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(params=LOOPS)
def loop(request: pytest.FixtureRequest) -> Loop:
    """Return each loop in turn."""
    return LOOPS[request.param]()


def test_an_uncontended_pair_is_two_calls(loop: Loop) -> None:
    """After the look at the table, which the first acquisition makes."""

    async def main() -> None:
        locks = LockClient(loop.client(), "locks")
        async with locks.hold("orders") as lease:
            assert lease.valid
            assert 20 < lease.remaining() < 30
        assert not lease.valid
        assert calls_of(loop.dynamodb)[:2] == ["CreateTable", "DescribeTable"]
        async with locks.hold("orders") as again:
            assert again.fencing_token > lease.fencing_token
        assert calls_of(loop.dynamodb) == ["UpdateItem", "UpdateItem"]

    loop.run(main)


def test_a_lock_is_renewed_while_its_block_runs(loop: Loop) -> None:
    """For many leases, and nobody else gets it meanwhile."""

    async def main() -> None:
        client = loop.client()
        locks, others = LockClient(client, "locks"), LockClient(client, "locks")
        async with locks.hold("orders", lease=9) as lease:
            for _ in range(10):
                await loop.sleep(7)
                lease.check()
                assert await others.try_acquire("orders") is None
        got = await others.try_acquire("orders")
        assert isinstance(got, Lease)
        assert got.fencing_token > lease.fencing_token
        assert await got.release() is ReleaseOutcome.RELEASED

    loop.run(main)


@pytest.mark.parametrize("how", ["stolen", "deleted", "expired"])
def test_the_body_is_cancelled_when_the_lock_is_lost(loop: Loop, how: str) -> None:
    """Before the lease could be another's, with the reason, told once."""
    told: list[Any] = []
    events: list[str] = []

    async def main() -> None:
        locks = LockClient(
            loop.client(), "locks", on_event=lambda event: events.append(event.name)
        )

        async def work() -> None:
            async with locks.hold("orders", lease=9, on_lost=told.append):
                spoil(loop.dynamodb, how)
                await loop.sleep(100)
                raise AssertionError

        started = loop.dynamodb.clock.now()
        with pytest.raises(LockLostError) as caught:
            await work()
        assert caught.value.reason == how
        assert loop.dynamodb.clock.now() - started < 25
        assert [lease.lost for lease in told] == [how]
        assert events.count("lock.lost") == 1

    loop.run(main)


def test_no_exception_of_the_body_is_swallowed(loop: Loop) -> None:
    """Not by a release, by a loss, or by a release that fails."""

    async def main() -> None:
        locks = LockClient(loop.client(), "locks")
        with pytest.raises(ZeroDivisionError):
            async with locks.hold("orders"):
                raise ZeroDivisionError

        async def work() -> None:
            async with locks.hold("orders", lease=9):
                spoil(loop.dynamodb, "deleted")
                try:
                    await loop.sleep(100)
                finally:
                    raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError) as caught:
            await work()
        assert any("the lock is lost" in note for note in caught.value.__notes__)

    loop.run(main)


def test_a_block_that_ends_after_the_loss_fails(loop: Loop) -> None:
    """What it has done last was not protected."""

    async def main() -> None:
        locks = LockClient(loop.client(), "locks", heartbeat=None)
        with pytest.raises(LockLostError, match="could not be renewed"):
            async with locks.hold("orders", lease=9):
                loop.dynamodb.clock.advance(9)

    loop.run(main)


def test_a_cancelled_task_gives_its_lock_back(loop: Loop) -> None:
    """And one that was cancelled while it waited leaves nothing behind."""

    async def main() -> None:
        locks = LockClient(loop.client(), "locks")
        others = LockClient(loop.client(), "locks")

        async def hold() -> None:
            async with locks.hold("orders"):
                await anyio.sleep_forever()

        async def wait() -> None:
            async with others.hold("orders"):
                raise AssertionError

        async with anyio.create_task_group() as group:
            group.start_soon(hold)
            await loop.sleep(2)
            group.start_soon(wait)
            await loop.sleep(2)
            group.cancel_scope.cancel()
        record = await locks.inspect("orders")
        assert record is not None
        assert record.released

    loop.run(main)


def test_a_task_that_asyncio_cancels_gives_its_lock_back() -> None:
    """`Task.cancel` knows nothing of scopes."""
    loop = LOOPS["asyncio"]()

    async def main() -> None:
        locks = LockClient(loop.client(), "locks")

        async def hold() -> None:
            async with locks.hold("orders"):
                await anyio.sleep_forever()

        task = asyncio.create_task(hold())
        await loop.sleep(2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        record = await locks.inspect("orders")
        assert record is not None
        assert record.released

    loop.run(main)


def test_a_manager_is_entered_once(loop: Loop) -> None:
    """Another block needs another one; nothing is called for the second."""

    async def main() -> None:
        hold = LockClient(loop.client(), "locks").hold("orders")
        async with hold:
            pass
        calls_of(loop.dynamodb)
        with pytest.raises(RuntimeError, match="make another"):
            await hold.__aenter__()
        assert calls_of(loop.dynamodb) == []

    loop.run(main)


def test_a_block_that_another_task_leaves_gives_its_lock_back() -> None:
    """Scopes refuse that, as some test fixtures do it; but no lock stays behind."""
    loop = LOOPS["asyncio"]()

    async def main() -> None:
        locks = LockClient(loop.client(), "locks")
        hold = locks.hold("orders")
        await asyncio.create_task(hold.__aenter__())
        with pytest.raises(RuntimeError, match="different task"):
            await hold.__aexit__(None, None, None)
        record = await locks.inspect("orders")
        assert record is not None
        assert record.released

    loop.run(main)


def test_a_timeout_around_a_hold_is_a_timeout(loop: Loop) -> None:
    """The scope of the block does not take the caller's cancellation for its own."""

    async def main() -> None:
        locks = LockClient(loop.client(), "locks")
        with anyio.move_on_after(0.05) as scope:
            async with locks.hold("orders"):
                await anyio.sleep_forever()
        assert scope.cancelled_caught
        record = await locks.inspect("orders")
        assert record is not None
        assert record.released

    loop.run(main)


def test_tasks_hand_the_lock_on_without_a_call(loop: Loop) -> None:
    """First in, first out, each with a larger token."""

    async def main() -> None:
        locks = LockClient(loop.client(), "locks")
        tokens: list[int] = []

        async def work() -> None:
            async with locks.hold("orders") as lease:
                tokens.append(lease.fencing_token)
                await loop.sleep(0.01)

        async with locks.hold("orders"):
            pass
        calls_of(loop.dynamodb)
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(work)
        assert tokens == sorted(set(tokens))
        assert len(tokens) == 5
        # The first acquires while nobody waits yet, so it has no tokens to hand on.
        assert calls_of(loop.dynamodb) == ["UpdateItem"] * 4

    loop.run(main)


def test_manual_renewal(loop: Loop) -> None:
    """Nobody beats; who renews in time keeps the lock, who does not has lost it."""

    async def main() -> None:
        locks = LockClient(loop.client(), "locks", heartbeat=None, lease=10)
        lease = await locks.acquire("orders")
        for _ in range(5):
            await loop.sleep(6)
            assert lease.remaining() < 4
            assert await lease.renew() is lease
            assert lease.remaining() > 9
        await locks.renew(lease)
        await loop.sleep(10)
        assert lease.lost == "expired"
        with pytest.raises(LockLostError):
            await lease.renew()
        assert await lease.release() is ReleaseOutcome.RELEASED
        assert await lease.release() is ReleaseOutcome.ALREADY_LOST

    loop.run(main)


def test_who_waits_is_told_who_holds_it(loop: Loop) -> None:
    """And tries once with a wait of 0."""

    async def main() -> None:
        client = loop.client()
        locks = LockClient(client, "locks", owner="me")
        others = LockClient(client, "locks", owner="you")
        async with others.hold("orders"):
            with pytest.raises(LockTimeoutError, match="held by 'you'"):
                await locks.acquire("orders", wait=3)
            with pytest.raises(LockTimeoutError):
                async with locks.hold("orders", wait=0):
                    raise AssertionError
            found = await locks.assess("orders", observe=60)
            assert found.verdict == "HELD"

    loop.run(main)


def test_a_lock_left_behind_is_taken_or_freed(loop: Loop) -> None:
    """After a lease; by force at once; with what another has seen, at once."""

    async def main() -> None:
        client = loop.client()
        dead = LockClient(client, "locks", heartbeat=None, lease=20)
        first = await dead.acquire("orders")
        locks = LockClient(client, "locks")
        started = loop.dynamodb.clock.now()
        second = await locks.acquire("orders")
        assert 20 < loop.dynamodb.clock.now() - started < 24
        assert second.fencing_token > first.fencing_token
        assert await second.release() is ReleaseOutcome.RELEASED

        await dead.acquire("orders")
        record = await locks.inspect("orders")
        assert record is not None
        assert await locks.force_release(record)
        assert not await locks.force_release(record)

        await dead.acquire("orders")
        watching = LockClient(client, "locks")
        assert (await watching.assess("orders", observe=30)).verdict == "STALE"
        text = watching.observations.export()
        heir = LockClient(client, "locks", observations=text)
        lease = await heir.try_acquire("orders")
        assert lease is not None
        await lease.release()

    loop.run(main)


def test_several_locks_permits_readers_and_writers(loop: Loop) -> None:
    """Each is renewed, and given back at the end of its block."""

    async def main() -> None:
        client = loop.client()
        locks, others = LockClient(client, "locks"), LockClient(client, "locks")
        async with locks.hold_all(["b", "a"], lease=9) as leases:
            assert list(leases) == ["b", "a"]
            await loop.sleep(20)
            assert all(lease.valid for lease in leases.values())
            assert await others.try_acquire("a") is None
        async with locks.semaphore("pool", 2), locks.semaphore("pool", 2):
            with pytest.raises(LockTimeoutError):
                async with others.semaphore("pool", 2, wait=0):
                    raise AssertionError
        async with locks.read("book", readers=3), others.read("book", readers=3):
            with pytest.raises(LockTimeoutError):
                async with others.write("book", readers=3, wait=1):
                    raise AssertionError
        async with locks.write("book", readers=3, lease=9) as lease:
            await loop.sleep(30)
            assert lease.valid
        keys = {record.key async for record in locks.records()}
        assert keys == {"a", "b", "book", "pool#0", "pool#1"} | {
            f"book#{number}" for number in range(3)
        }
        assert all([record.released async for record in locks.records()])

    loop.run(main)


def test_who_has_waited_in_two_places_is_told_of_both(loop: Loop) -> None:
    """The time at the gate counts as well as that for the permits."""

    async def main() -> None:
        client = loop.client()
        one, other, reader = (LockClient(client, "locks") for _ in range(3))
        late: list[float] = []

        async def write(locks: LockClient, wait: float) -> None:
            with pytest.raises(LockTimeoutError) as caught:
                async with locks.write("book", readers=2, wait=wait):
                    raise AssertionError
            late.append(caught.value.waited)

        async with (
            reader.read("book", readers=2),
            anyio.create_task_group() as group,
        ):
            group.start_soon(write, one, 6)
            await loop.sleep(1)
            group.start_soon(write, other, 12)
            await loop.sleep(20)
        assert late[0] >= 6
        assert late[1] >= 12

        late.clear()
        async with (
            one.hold("book#0"),
            one.hold("book#1"),
            anyio.create_task_group() as g,
        ):
            g.start_soon(write, other, 6)
            await loop.sleep(1)
            with pytest.raises(LockTimeoutError) as caught:
                async with reader.read("book", readers=2, wait=12):
                    raise AssertionError
            assert caught.value.waited >= 12

    loop.run(main)


def test_a_writer_keeps_the_gate_while_readers_stay(loop: Loop) -> None:
    """It is renewed though the writer does not hold everything yet."""

    async def main() -> None:
        client = loop.client()
        writers, readers = LockClient(client, "locks"), LockClient(client, "locks")
        story: list[str] = []

        async def write() -> None:
            async with writers.write("book", readers=2, lease=9):
                story.append("written")

        async def read() -> None:
            async with readers.read("book", readers=2):
                await loop.sleep(40)
                assert await readers.try_acquire("book") is None
                story.append("read")

        async with anyio.create_task_group() as group:
            group.start_soon(read)
            await loop.sleep(1)
            group.start_soon(write)
        assert story == ["read", "written"]

    loop.run(main)


def test_the_condition_of_a_transaction_of_ones_own(loop: Loop) -> None:
    """It holds while the lock does, and not after the next holder has come."""

    async def main() -> None:
        direct = loop.dynamodb.client()
        put = {"Put": {"TableName": "locks", "Item": {"key": {"S": "mine"}}}}
        locks = LockClient(loop.client(), "locks")
        async with locks.hold("orders") as lease:
            check: Any = lease.condition_check()
            direct.transact_write_items(TransactItems=[check, put])
        with pytest.raises(Exception, match="ConditionalCheckFailed"):
            direct.transact_write_items(TransactItems=[check, put])

    loop.run(main)


def test_a_table_is_made_once() -> None:
    """On-demand, with time to live on `expiresAt`; the second time nothing is sent."""

    async def main() -> None:
        dynamodb = SimulatedDynamoDB(seed=1)
        locks = LockClient(dynamodb.async_client(), "locks")
        state = await locks.ensure_table()
        assert state.status == "ACTIVE"
        assert state.billing_mode == "PAY_PER_REQUEST"
        told = dynamodb.client().describe_time_to_live(TableName="locks")
        assert told["TimeToLiveDescription"]["AttributeName"] == "expiresAt"
        calls_of(dynamodb)
        await locks.ensure_table()
        assert not {"CreateTable", "UpdateTimeToLive"} & set(calls_of(dynamodb))
        async with locks.hold("orders"):
            pass

    on_asyncio(main)
    on_trio(main)


def test_one_client_on_two_loops_one_after_the_other() -> None:
    """What it has seen on the first counts on the second."""
    loop = LOOPS["asyncio"]()
    client = loop.client()
    locks = LockClient(client, "locks")

    async def see() -> None:
        await LockClient(client, "locks", heartbeat=None, lease=20).acquire("orders")
        assert (await locks.assess("orders", observe=30)).verdict == "STALE"

    async def take() -> None:
        lease = await locks.try_acquire("orders")
        assert lease is not None
        await lease.release()

    loop.run(see)
    loop.run(take)


def test_a_table_that_is_not_there() -> None:
    """The error of the service, as it is."""

    async def main() -> None:
        locks = LockClient(SimulatedDynamoDB().async_client(), "locks")
        with pytest.raises(ServiceError, match="ResourceNotFound"):
            await locks.acquire("orders")

    on_asyncio(main)


def test_a_client_that_is_dropped_leaves_nothing_in_its_loop() -> None:
    """And two of them never share what they work with."""
    loop = LOOPS["asyncio"]()

    async def main() -> None:
        client = loop.client()
        locks, others = LockClient(client, "locks"), LockClient(client, "locks")
        async with locks.hold("orders"):
            assert await others.try_acquire("orders") is None
        desk = weakref.ref(locks.__dynawait_desk__())
        assert desk() is not others.__dynawait_desk__()
        del locks
        gc.collect()
        assert desk() is None

    loop.run(main)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda locks: locks.acquire(""), "key"),
        (lambda locks: locks.acquire("x" * 2049), "key"),
        (lambda locks: locks.acquire("x", sort_key="y"), "sort_key"),
        (lambda locks: locks.acquire("x", lease=0.05), "lease"),
        (lambda locks: locks.acquire("x", lease="30"), "lease"),
        (lambda locks: locks.acquire("x", wait=-1), "wait"),
        (lambda locks: locks.acquire("x", wait=float("nan")), "wait"),
        (lambda locks: locks.release(object()), "lease"),
        (lambda locks: locks.renew(None), "lease"),
    ],
)
def test_what_cannot_be_right_is_refused_before_a_call(
    call: Callable[[Any], Any], argument: str
) -> None:
    """With the name of the argument."""
    loop = LOOPS["asyncio"]()

    async def main() -> None:
        calls_of(loop.dynamodb)
        with pytest.raises(InvalidArgumentError) as caught:
            await call(LockClient(loop.client(), "locks"))
        assert caught.value.argument == argument
        assert calls_of(loop.dynamodb) == []

    loop.run(main)


def test_a_lease_of_another_client_is_refused() -> None:
    """It is renewed and released by its own."""
    loop = LOOPS["asyncio"]()

    async def main() -> None:
        client = loop.client()
        lease = await LockClient(client, "locks").acquire("orders")
        with pytest.raises(InvalidArgumentError, match="not a lease of this client"):
            await LockClient(client, "locks").release(lease)
        await lease.release()

    loop.run(main)


@pytest.mark.parametrize(
    "options",
    [
        {"dialect": "cobol"},
        {"lease": 0.01},
        {"heartbeat": 20},
        {"heartbeat": "often"},
        {"fairness": "none"},
        {"owner": ""},
        {"on_event": 7},
    ],
)
def test_options_that_cannot_be_right(options: dict[str, Any]) -> None:
    """Are refused by the constructor."""
    with pytest.raises(InvalidArgumentError):
        LockClient(SimulatedDynamoDB().async_client(), "locks", **options)


def test_a_table_with_replicas_is_refused() -> None:
    """Unless it was allowed."""
    loop = LOOPS["asyncio"]()

    async def main() -> None:
        client = loop.client()
        direct = loop.dynamodb.client()
        direct.update_table(
            TableName="locks",
            StreamSpecification={
                "StreamEnabled": True,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
        )
        await loop.sleep(600)
        direct.update_table(
            TableName="locks",
            ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}],
        )
        await loop.sleep(3600)
        with pytest.raises(GlobalTableLockError, match="eu-west-1"):
            await LockClient(client, "locks").acquire("orders")
        allowed = LockClient(client, "locks", allow_global_table=True)
        await (await allowed.acquire("orders")).release()

    loop.run(main)


def test_foreign_rows_do_no_harm() -> None:
    """Neither to a scan, nor to an inspection, nor to another key."""
    loop = LOOPS["asyncio"]()

    async def main() -> None:
        item = {**KEY, "total": {"N": "7"}}
        loop.dynamodb.client().put_item(TableName="locks", Item=item)
        locks = LockClient(loop.client(), "locks")
        async with locks.hold("users"):
            found = {record.key: record.readable async for record in locks.records()}
        assert found == {"orders": False, "users": True}
        record = await locks.inspect("orders")
        assert record is not None
        assert record.problem

    loop.run(main)
