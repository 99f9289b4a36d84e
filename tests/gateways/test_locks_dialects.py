"""Every dialect through both faces on every runtime, in virtual time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from dynawait.errors import (
    InvalidArgumentError,
    LockLostError,
    LockMismatchError,
    LockTimeoutError,
)
from dynawait.locks import ReleaseOutcome
from dynawait.locks._dialects.info import write_info
from dynawait.locks.dialects import DIALECTS, dialect_named, recognise
from tests.gateways.either import WAYS, Way, Within, got, listed
from tests.gateways.locks import calls_of
from tests.unit.locks.lock_rows import JAVASCRIPT

if TYPE_CHECKING:
    from dynawait.locks.records import DialectName

WITH_LEASES = [dialect.name for dialect in DIALECTS if dialect.beat is not None]
PATH = "states/app.tfstate"
MD5 = "0123456789abcdef0123456789abcdef"

in_every_dialect = pytest.mark.parametrize("dialect", WITH_LEASES)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    """Return each way in turn."""
    return WAYS[request.param]()


@in_every_dialect
def test_a_lock_is_held_for_many_leases(dialect: DialectName, way: Way) -> None:
    """Its row is that dialect's; nobody else gets it before it is given back."""

    async def scene() -> None:
        locks = way.locks(dialect=dialect, owner="me", lease=60)
        others = way.locks(dialect=dialect, lease=60)
        await got(locks.ensure_table())
        async with Within(locks.hold("orders", data=b"why")) as lease:
            seen: dict[str, Any] = {}
            for _ in range(10):
                await way.sleep(20)
                lease.check()
                assert await got(others.try_acquire("orders")) is None
                record = await got(others.inspect("orders"))
                seen[record.version] = record
            assert len(seen) > 5
            record = next(reversed(seen.values()))
            assert recognise([record.raw]) == dialect
            assert (record.owner, record.lease, record.data) == ("me", 60, b"why")
            assert [each.key for each in await listed(others.records())] == ["orders"]
        assert (await got(others.assess("orders"))).verdict in ("RELEASED", "ABSENT")
        async with Within(others.hold("orders", wait=0)) as other:
            assert other.valid

    way.run(scene)


@in_every_dialect
def test_a_dead_lock_is_taken_after_one_lease(dialect: DialectName, way: Way) -> None:
    """Its holder has given it up by then, and frees nothing of the next one's."""

    async def scene() -> None:
        dead = way.locks(dialect=dialect, heartbeat=None, lease=20)
        await got(dead.ensure_table())
        first = await got(dead.acquire("orders"))
        begun = way.dynamodb.clock.now()
        second = await got(by_hand(way, dialect).acquire("orders"))
        assert 20 < way.dynamodb.clock.now() - begun < 24
        assert first.lost == "expired"
        with pytest.raises(LockLostError):
            first.check()
        assert await got(first.release()) is ReleaseOutcome.ALREADY_LOST
        await got(second.renew())
        assert await got(second.release()) is ReleaseOutcome.RELEASED

    way.run(scene)


def by_hand(way: Way, dialect: DialectName) -> Any:
    """Return a client that renews by hand, for time leaps beside threads that beat."""
    return way.locks(dialect=dialect, heartbeat=None, lease=20)


@in_every_dialect
@pytest.mark.parametrize("how", ["stolen", "deleted"])
def test_a_renewal_tells_how_the_lock_was_lost(
    dialect: DialectName, how: str, way: Way
) -> None:
    """By another version in the row, or by no row."""

    async def scene() -> None:
        locks = by_hand(way, dialect)
        await got(locks.ensure_table())
        lease = await got(locks.acquire("orders"))
        record = await got(locks.inspect("orders"))
        names = dialect_named(dialect).key_names()
        key = {name: record.raw[name] for name in names if name is not None}
        client = way.dynamodb.client()
        if how == "deleted":
            client.delete_item(TableName="locks", Key=key)
        else:
            version = dialect_named(dialect).identity[0]
            client.put_item(
                TableName="locks", Item={**record.raw, version: {"S": "theirs"}}
            )
        with pytest.raises(LockLostError) as caught:
            await got(lease.renew())
        assert caught.value.reason == how
        assert await got(lease.release()) is ReleaseOutcome.ALREADY_LOST

    way.run(scene)


@in_every_dialect
def test_what_is_left_behind_is_found_and_freed_by_force(
    dialect: DialectName, way: Way
) -> None:
    """Only as it was read; what one has watched counts for another client."""

    async def scene() -> None:
        dead = by_hand(way, dialect)
        await got(dead.ensure_table())
        await got(dead.acquire("orders"))
        watcher = by_hand(way, dialect)
        assert (await got(watcher.assess("orders"))).verdict in ("HELD", "UNKNOWN")
        await way.sleep(22)
        found = await got(watcher.assess("orders", observe=30))
        assert found.verdict == "STALE", found
        heir = way.locks(
            dialect=dialect,
            heartbeat=None,
            observations=watcher.observations.export(),
        )
        lease = await got(heir.try_acquire("orders"))
        assert lease is not None
        assert not await got(watcher.force_release(found.record))
        record = await got(watcher.inspect("orders"))
        assert await got(watcher.force_release(record))
        assert await got(lease.release()) is not ReleaseOutcome.UNCONFIRMED

    way.run(scene)


@in_every_dialect
def test_several_permits_readers_and_writers(dialect: DialectName, way: Way) -> None:
    """They are rows like any others, in every dialect."""

    async def scene() -> None:
        locks, others = by_hand(way, dialect), by_hand(way, dialect)
        await got(locks.ensure_table())
        async with Within(locks.hold_all(["b", "a"])) as leases:
            assert list(leases) == ["b", "a"]
            assert await got(others.try_acquire("a")) is None
            with pytest.raises(LockTimeoutError):
                await Within(others.hold_all(["a", "c"], wait=0)).__aenter__()
        async with Within(locks.semaphore("pool", 1)):
            with pytest.raises(LockTimeoutError):
                await Within(others.semaphore("pool", 1, wait=0)).__aenter__()
        async with (
            Within(locks.read("book", readers=2)),
            Within(others.read("book", readers=2)),
        ):
            with pytest.raises(LockTimeoutError):
                await Within(others.write("book", readers=2, wait=0)).__aenter__()
        async with Within(others.write("book", readers=2)) as lease:
            assert lease.valid
            with pytest.raises(LockTimeoutError):
                await Within(locks.read("book", readers=2, wait=0)).__aenter__()
        left = [each for each in await listed(locks.records()) if not each.released]
        assert left == []

    way.run(scene)


@in_every_dialect
def test_a_table_that_was_made_is_found_fit(dialect: DialectName, way: Way) -> None:
    """With the keys and the time to live of its dialect, also where names are given."""
    names = {"partition_key": "tenant", "sort_key": "resource"}

    async def scene() -> None:
        locks = way.locks(dialect=dialect, heartbeat=None, **names)
        await got(locks.ensure_table())
        async with (
            Within(locks.hold("acme", sort_key="a")) as one,
            Within(locks.hold("acme", sort_key="b")) as two,
        ):
            assert one.valid
            assert two.valid
            record = await got(locks.inspect("acme", sort_key="a"))
            assert record.raw["tenant"] == {"S": "acme"}
            assert (record.key, record.sort_key) == ("acme", "a")
        report = await got(locks.check_table())
        assert report.ok, report
        assert not report.notes
        permissions = await got(locks.check_permissions())
        assert permissions.ok, permissions

    way.run(scene)


def test_a_dialect_that_is_only_read_refuses_before_a_call(way: Way) -> None:
    """Every way to acquire; what lies there is listed, judged, and freed by force."""

    async def scene() -> None:
        locks = way.locks(dialect="tristanls")
        await got(locks.ensure_table())
        calls_of(way.dynamodb)
        for acquire in (
            lambda: locks.acquire("x"),
            lambda: locks.try_acquire("x"),
            lambda: Within(locks.hold("x")).__aenter__(),
            lambda: Within(locks.hold_all(["x"])).__aenter__(),
            lambda: Within(locks.semaphore("x", 2)).__aenter__(),
            lambda: Within(locks.read("x")).__aenter__(),
            lambda: Within(locks.write("x")).__aenter__(),
        ):
            with pytest.raises(InvalidArgumentError, match="only read"):
                await got(acquire())
        assert calls_of(way.dynamodb) == []
        way.dynamodb.client().put_item(TableName="locks", Item=JAVASCRIPT)
        (record,) = await listed(locks.records())
        assert (record.key, record.lease) == ("order-42", 10.0)
        assert (await got(locks.assess("order-42", observe=20))).verdict == "STALE"
        assert await got(locks.force_release(record))

    way.run(scene)


def test_a_terraform_lock_has_no_lease(way: Way) -> None:
    """It needs an Info, cannot be renewed, and is held until it is given back."""
    text = write_info(
        lock_id="1",
        operation="migration",
        info="",
        who="me@here",
        version="",
        created=datetime(2026, 1, 1, tzinfo=UTC),
        path=PATH,
    )

    async def scene() -> None:
        locks = way.locks(dialect="terraform")
        others = way.locks(dialect="terraform")
        await got(locks.ensure_table())
        with pytest.raises(InvalidArgumentError, match="no Info that Terraform reads"):
            await got(locks.acquire(PATH))
        async with Within(locks.hold(PATH, data=text)) as lease:
            await way.sleep(86400)
            lease.check()
            assert lease.remaining() == float("inf")
            assert lease.fencing_token == 0
            for refused in (lease.renew, lease.condition_check):
                with pytest.raises(InvalidArgumentError, match="dialect terraform"):
                    await got(refused())
            with pytest.raises(LockTimeoutError, match="held by 'me@here'"):
                await got(others.acquire(PATH, wait=0, data=text.replace("1", "2", 1)))
            assert (await got(others.assess(PATH, observe=60))).verdict == "UNKNOWN"
            assert (await got(others.inspect(PATH))).data == text
        assert await got(others.inspect(PATH)) is None

    way.run(scene)


def test_terraforms_locks_are_kept_by_both_faces(way: Way) -> None:
    """Held, listed, judged, refused, unlocked by ID, and their digests repaired."""

    async def scene() -> None:
        await got(way.locks(dialect="terraform").ensure_table())
        locks, others = way.terraform(), way.terraform()
        assert await got(locks.inspect(PATH)) is None
        async with Within(locks.hold(PATH, info="<&>")) as held:
            assert await got(others.inspect(PATH)) == held
            assert await listed(others.records()) == [held]
            probe = {"is_owner_alive": lambda _: True}
            assert (await got(others.assess(PATH, **probe))).verdict == "HELD"
            with pytest.raises(LockTimeoutError):
                await Within(others.hold(PATH, wait=3)).__aenter__()
            with pytest.raises(LockMismatchError):
                await got(others.unlock(PATH, "another"))
        with pytest.raises(LockMismatchError):
            await got(others.unlock(PATH, held.id))
        async with Within(locks.hold(PATH)) as held:
            assert await got(others.unlock(PATH, held.id)) == held
        with pytest.raises(LockLostError, match="another client has taken it"):
            await lose(way)
        assert (await got(others.unlock(PATH, "another"))).id == "another"
        assert await got(locks.digest(PATH)) is None
        await got(locks.repair_digest(PATH, MD5))
        assert await got(others.digest(PATH)) == MD5
        assert (await got(locks.check_permissions())).ok
        report = await got(locks.check_table())
        assert report.ok, report

    way.run(scene)


async def lose(way: Way) -> None:
    """Hold a lock that somebody unlocks and another takes meanwhile."""
    locks, client = way.terraform(), way.dynamodb.client()
    async with Within(locks.hold(PATH)) as held:
        text = held.raw.replace(held.id, "another")
        row = {"LockID": {"S": PATH}, "Info": {"S": text}}
        client.put_item(TableName="locks", Item=row)
