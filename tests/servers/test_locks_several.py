"""Several locks at once on servers: all of them, some of them, readers and writers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from changes import ALL, servers
from locks import DEAD, LONG, LockSession

from dynawait.errors import LockTimeoutError, ServiceError
from tests.gateways.either import Within, got

if TYPE_CHECKING:
    from changes import Play

WITH_TRANSACTIONS = ("simulated", "dynamodb_local", "moto")
"""dynalite knows no TransactWriteItems."""
QUICK = {"lease": LONG, "heartbeat": 0.2}


@servers(*WITH_TRANSACTIONS)
def test_all_or_none(play_transactions: Play) -> None:
    """Held together and renewed one by one; one that is held keeps all from others."""

    async def scene(session: LockSession) -> None:
        a, b, c = (session.key(name) for name in "abc")
        locks, others = session.locks(**QUICK), session.locks(**QUICK)
        async with Within(locks.hold_all([b, a])) as leases:
            assert list(leases) == [b, a]
            before = {key: await got(others.inspect(key)) for key in (a, b)}
            assert await got(others.try_acquire(a)) is None
            with pytest.raises(LockTimeoutError, match="held by"):
                async with Within(others.hold_all([c, b], wait=0)):
                    raise AssertionError
            assert await got(others.inspect(c)) is None
            await session.sleep(0.6)
            for key, lease in leases.items():
                lease.check()
                record = await got(others.inspect(key))
                assert record.version != before[key].version
                assert record.fencing_token == lease.fencing_token
        async with Within(others.hold_all([a, b, c])) as again:
            for key in (a, b):
                assert again[key].fencing_token > leases[key].fencing_token
        found = await session.listed(locks)
        assert set(found) == {"a", "b", "c"}
        assert all(record.released for record in found.values())

    play_transactions(scene)


@servers(*WITH_TRANSACTIONS)
def test_the_callers_transaction_passes_only_while_the_lock_is_held(
    play_transactions: Play,
) -> None:
    """Its write is kept back by a release, and by another who has taken the lock."""

    async def scene(session: LockSession) -> None:
        key = session.key()
        locks = session.locks(**QUICK)
        put = {"TableName": session.table, "Item": {"key": {"S": session.key("work")}}}

        async def commit(check: Any) -> None:
            items = [check, {"Put": put}]
            await got(session.client.transact_write_items(TransactItems=items))

        async with Within(locks.hold(key)) as lease:
            check = lease.condition_check()
            await commit(check)
            await got(lease.renew())
            await commit(check)
        with pytest.raises(ClientError, match="ConditionalCheckFailed"):
            await commit(check)
        async with Within(session.locks(**QUICK).hold(key)) as other:
            with pytest.raises(ClientError, match="ConditionalCheckFailed"):
                await commit(check)
            await commit(other.condition_check())

    play_transactions(scene)


@servers(*ALL)
def test_permits_of_a_semaphore(play_locks: Play) -> None:
    """As many as there are, and the next one after somebody has left or has died."""

    async def scene(session: LockSession) -> None:
        key = session.key("pool")
        locks, others = session.locks(**QUICK), session.locks(**QUICK)
        dead = session.locks(heartbeat=None, lease=DEAD)
        async with Within(locks.semaphore(key, 2)) as one:
            async with Within(others.semaphore(key, 2)) as two:
                assert one.key != two.key
                with pytest.raises(LockTimeoutError):
                    async with Within(locks.semaphore(key, 2, wait=0)):
                        raise AssertionError
            free = two.key
            await got(dead.acquire(free))  # a permit is a lock like any other
            async with Within(others.semaphore(key, 2, wait=20)) as three:
                assert three.key == free
                assert three.fencing_token > two.fencing_token
                one.check()
        found = await session.listed(locks)
        assert set(found) == {"pool#0", "pool#1"}
        assert all(record.released for record in found.values())

    play_locks(scene)


@servers(*WITH_TRANSACTIONS)
def test_many_read_and_one_writes(play_transactions: Play) -> None:
    """A writer waits for the readers, and keeps new ones out meanwhile."""

    async def scene(session: LockSession) -> None:
        key = session.key("book")
        story: list[str] = []
        locks, others = session.locks(**QUICK), session.locks(**QUICK)

        async def write() -> None:
            await session.until(lambda: story)
            async with Within(session.locks(**QUICK).write(key, readers=3)) as lease:
                story.append("written")
                lease.check()
                with pytest.raises(LockTimeoutError):
                    async with Within(locks.read(key, readers=3, wait=0)):
                        raise AssertionError

        async def read() -> None:
            one, two = locks.read(key, readers=3), others.read(key, readers=3)
            async with Within(one) as first, Within(two) as second:
                story.append("read")
                assert first.valid
                assert second.valid
                await session.sleep(0.5)
                assert story == ["read"]

        await session.beside(read, write)
        async with Within(locks.read(key, readers=3)):
            assert story == ["read", "written"]
        found = await session.listed(locks)
        assert set(found) == {"book", "book#0", "book#1", "book#2"}
        assert all(record.released for record in found.values())

    play_transactions(scene)


@servers("dynalite")
def test_without_transactions_readers_read_and_what_needs_one_says_so(
    play_locks: Play,
) -> None:
    """Nothing is left behind by what cannot be had."""

    async def scene(session: LockSession) -> None:
        locks = session.locks(**QUICK)
        book = session.key("book")
        async with Within(locks.read(book, readers=2)) as lease:
            lease.check()
        for wanted in (
            locks.hold_all([session.key("a"), session.key("b")]),
            locks.write(book, readers=2),
        ):
            with pytest.raises(ServiceError, match="UnknownOperation") as caught:
                await Within(wanted).__aenter__()
            assert caught.value.operation == "TransactWriteItems"
        found = await session.listed(locks)
        assert all(record.released for record in found.values())
        assert set(found) == {"book", "book#0"} or set(found) == {"book", "book#1"}

    play_locks(scene)
