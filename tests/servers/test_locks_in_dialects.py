"""Locks on servers in every dialect and with every key, through two faces.

What a face and a client may change is tested with Amazon's dialect, in `test_locks.py`.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from changes import ALL, TWO_FACES, servers
from locks import DEAD, LONG, OVER, SLACK, LockSession

from dynawait.errors import (
    InvalidArgumentError,
    LockLostError,
    LockTimeoutError,
    UnreadableLockError,
)
from dynawait.locks import ReleaseOutcome
from dynawait.locks._dialects.info import write_info
from dynawait.locks.dialects import DIALECTS, recognise
from tests.gateways.either import Within, got
from tests.unit.locks.lock_rows import JAVASCRIPT

if TYPE_CHECKING:
    from changes import Play

    from dynawait.locks.records import DialectName

WITH_LEASES: tuple[DialectName, ...] = ("amazon", "go", "python-dynamodb-lock")


def test_every_dialect_has_its_turn() -> None:
    """Of the five, three have leases, Terraform's has none, and one is only read."""
    names = {dialect.name for dialect in DIALECTS}
    assert names == {*WITH_LEASES, "terraform", "tristanls"}


@servers(*ALL)
@pytest.mark.parametrize("dialect", WITH_LEASES)
def test_a_lock_of_every_dialect_is_held_renewed_and_freed(
    dialect: DialectName, play_locks: Play
) -> None:
    """Its row is one of that client's; while it is held, nobody else has it."""

    async def scene(session: LockSession) -> None:
        key = session.key()
        locks = session.locks(dialect=dialect, owner="me")
        others = session.locks(dialect=dialect)
        async with Within(locks.hold(key, lease=LONG, data=b"why")) as lease:
            first = await got(others.inspect(key))
            assert recognise([first.raw]) == dialect
            assert (first.owner, first.lease, first.data) == ("me", LONG, b"why")
            assert (await got(others.assess(key))).verdict == "HELD"
            with pytest.raises(LockTimeoutError, match="held by 'me'"):
                await got(others.acquire(key, wait=0))
            await got(lease.renew())
            renewed = (await session.listed(others))["it"]
            assert renewed.version != first.version
            assert (renewed.owner, renewed.data) == ("me", b"why")
            assert not await got(others.force_release(first))
        await expect_free(session, dialect, others, key)
        lease = await got(others.acquire(key))
        record = await got(locks.inspect(key))
        assert record.data is None
        assert await got(locks.force_release(record))
        await expect_free(session, dialect, others, key)
        with pytest.raises(LockLostError) as caught:
            await got(lease.renew())
        assert caught.value.reason == "deleted"

    play_locks(scene, TWO_FACES, dialect=dialect)


async def expect_free(
    session: LockSession, dialect: DialectName, locks: Any, key: str
) -> None:
    """Check that a lock is free as its dialect has it."""
    record = await got(locks.inspect(key))
    if dialect in ("amazon", "go"):
        assert record.released
        assert record.raw["isReleased"] == {"S": "1"}
    elif dialect == "terraform":
        assert record is None
    verdict = "ABSENT" if record is None else "RELEASED"
    assert (await got(locks.assess(key))).verdict == verdict


@servers(*ALL)
@pytest.mark.parametrize("dialect", [each for each in WITH_LEASES if each != "amazon"])
def test_a_dead_lock_of_every_dialect_is_taken_after_one_lease(
    dialect: DialectName, play_locks: Play
) -> None:
    """For amazon's, see `test_locks.py`."""

    async def scene(session: LockSession) -> None:
        key = session.key()
        dead = session.locks(dialect=dialect, heartbeat=None, lease=DEAD)
        first = await got(dead.acquire(key))
        begun = time.monotonic()
        hold = session.locks(dialect=dialect, lease=LONG).hold(key, wait=20)
        async with Within(hold) as lease:
            assert DEAD < time.monotonic() - begun < OVER + SLACK
            assert first.lost == "expired"
            assert await got(first.release()) is ReleaseOutcome.ALREADY_LOST
            await got(lease.renew())

    play_locks(scene, TWO_FACES, dialect=dialect)


@servers(*ALL)
def test_a_terraform_lock_is_held_until_it_is_given_back(play_locks: Play) -> None:
    """It has no lease; its data are an ``Info``, and that is its identity."""

    async def scene(session: LockSession) -> None:
        key = session.key()
        locks = session.locks(dialect="terraform")
        others = session.locks(dialect="terraform")
        text = write_info(
            lock_id=f"lock-{session.name}",
            operation="migration",
            info="",
            who="me@here",
            version="",
            created=datetime.now(UTC),
            path=key,
        )
        async with Within(locks.hold(key, data=text)) as lease:
            assert lease.remaining() == float("inf")
            record = await got(others.inspect(key))
            assert record.raw == {"LockID": {"S": key}, "Info": {"S": text}}
            assert (record.owner, record.version) == ("me@here", f"lock-{session.name}")
            other = text.replace("lock-", "other-")
            with pytest.raises(LockTimeoutError, match="held by 'me@here'"):
                await got(others.acquire(key, wait=0, data=other))
            assert (await got(others.assess(key))).verdict == "UNKNOWN"
            terraform = session.terraform()
            assert (await got(terraform.inspect(key))).raw == text
        await expect_free(session, "terraform", others, key)
        with pytest.raises(InvalidArgumentError, match="no Info that Terraform reads"):
            await got(locks.acquire(key, data="{}"))
        await expect_free(session, "terraform", others, key)

    play_locks(scene, TWO_FACES, dialect="terraform")


@servers(*ALL)
def test_a_tristanls_lock_is_only_read(play_locks: Play) -> None:
    """It is listed, and watched; to acquire one is refused before a call."""

    async def scene(session: LockSession) -> None:
        locks = session.locks(dialect="tristanls")
        row = {
            **JAVASCRIPT,
            "id": {"S": session.key()},
            "leaseDurationMs": {"N": "500"},
        }
        await session.raw("put_item", Item=row)
        session.sent()
        with pytest.raises(InvalidArgumentError, match="only read"):
            await got(locks.acquire(session.key()))
        assert session.sent() == []
        record = (await session.listed(locks))["it"]
        assert (record.lease, record.fencing_token) == (0.5, 7)
        found = await got(locks.assess(session.key(), observe=20))
        assert found.verdict == "STALE", found
        await session.raw("put_item", Item={**row, "leaseDurationMs": {"N": "1"}})
        assert (await got(locks.assess(session.key()))).verdict == "RELEASED"

    play_locks(scene, TWO_FACES, dialect="tristanls")


@servers(*ALL)
def test_a_table_with_a_sort_key_and_names_of_its_own(play_locks: Play) -> None:
    """Locks of one partition key are as many as there are sort keys."""
    names = {"partition_key": "tenant", "sort_key": "resource"}

    async def scene(session: LockSession) -> None:
        key = session.key()
        locks, others = session.locks(**names), session.locks(**names)
        hold = locks.hold(key, sort_key="a")
        async with Within(hold) as one, Within(others.hold(key, sort_key="b")) as two:
            assert (one.key, one.sort_key, two.sort_key) == (key, "a", "b")
            assert await got(others.try_acquire(key, sort_key="a")) is None
            record = await got(others.inspect(key, sort_key="a"))
            assert (record.key, record.sort_key) == (key, "a")
            assert record.raw["tenant"] == {"S": key}
            assert (await got(others.assess(key, sort_key="b"))).verdict == "HELD"
        with pytest.raises(InvalidArgumentError, match="sort_key"):
            await got(locks.acquire(key))
        report = await got(locks.check_table())
        assert report.ok, report
        permissions = await got(locks.check_permissions())
        assert permissions.ok, permissions

    play_locks(scene, TWO_FACES, **names)


@servers(*ALL)
def test_rows_of_others_break_nothing(play_locks: Play, server: str) -> None:
    """They are listed as unreadable, and only their own keys cannot be had.

    By force they go if they are still the same as a whole; dynalite never finds a map
    or a list the same.
    """
    documents: Any = {"M": {"a": {"L": []}}} if server != "dynalite" else {"BOOL": True}

    async def scene(session: LockSession) -> None:
        rows: dict[str, dict[str, Any]] = {
            "empty": {},
            "total": {"total": {"N": "7"}, "tags": {"SS": ["a"]}, "no": {"NULL": True}},
            "number": {
                "ownerName": {"S": "me"},
                "leaseDuration": {"N": "20000"},
                "recordVersionNumber": {"S": "1"},
            },
            "big": {"data": {"B": b"x" * 300_000}, "nested": documents},
        }
        for name, row in rows.items():
            item = {"key": {"S": session.key(name)}, **row}
            await session.raw("put_item", Item=item)
        locks = session.locks()
        async with Within(locks.hold(session.key("mine"))) as lease:
            lease.check()
            found = await session.listed(locks)
        assert {name for name, record in found.items() if not record.readable} == {
            *rows
        }
        assert "of type N, not S" in (found["number"].problem or "")
        for name in rows:
            with pytest.raises(UnreadableLockError, match=name):
                await got(locks.acquire(session.key(name), wait=1))
            assert (await got(locks.assess(session.key(name)))).verdict == "UNREADABLE"
        report = await got(locks.check_table())
        assert not report.ok
        for record in found.values():
            if not record.readable:
                assert await got(locks.force_release(record))
        assert set(await session.listed(locks)) == {"mine"}

    play_locks(scene, TWO_FACES, table="strange")
