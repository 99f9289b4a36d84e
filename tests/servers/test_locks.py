"""One lock on servers, through every face: held, waited for, taken over, lost."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from changes import ALL, TWO_FACES, in_faces, servers
from faces import ASYNC_FACES
from locks import DEAD, LEASE, LONG, OVER, SLACK, LockSession

from dynawait.errors import LockLostError, LockTimeoutError
from dynawait.locks import ReleaseOutcome
from tests.gateways.either import Within, got

if TYPE_CHECKING:
    from changes import Play
    from faces import Face


WHO = {"owner": "me"}


@servers(*ALL)
def test_a_table_is_made_once(server: str, request: pytest.FixtureRequest) -> None:
    """With time to live where the server has it; the second time nothing is sent."""

    def own(face: Face, client: Any, name: str) -> LockSession:
        return LockSession(name, face, client, name)

    async def scene(session: LockSession) -> None:
        locks = session.locks()
        state = await got(locks.ensure_table(timeout=20))
        assert state.status == "ACTIVE"
        assert session.sent()[0] == "CreateTable"
        warned = server == "dynalite"  # it knows no UpdateTimeToLive
        assert session.told("lock.warned") == warned
        await got(locks.ensure_table(timeout=20))
        assert "CreateTable" not in session.sent()
        report = await got(locks.check_table())
        assert report.ok, report
        assert any("no time to live" in note for note in report.notes) == warned
        permissions = await got(locks.check_permissions())
        assert permissions.ok, permissions
        assert await session.listed(locks) == {}

    url = request.getfixturevalue(f"{server}_url")
    in_faces(url, scene, TWO_FACES, make=own)


@servers(*ALL)
def test_a_lock_is_held_for_longer_than_its_lease(play_locks: Play) -> None:
    """Nobody gets it meanwhile; its row stays when it is free, and its token grows."""

    async def scene(session: LockSession) -> None:
        key = session.key()
        locks = session.locks(heartbeat=LEASE / 8, **WHO)
        others = session.locks(owner="you")
        async with Within(locks.hold(key, lease=LEASE, data=b"why")) as lease:
            seen: dict[str, Any] = {}
            begun = time.monotonic()
            while time.monotonic() < begun + 1.1 * LEASE:
                assert await got(others.try_acquire(key)) is None
                lease.check()
                assert 0 < lease.remaining() < LEASE
                record = await got(others.inspect(key))
                seen[record.version] = record
                await session.sleep(0.1)
            assert len(seen) > 3
            record = next(reversed(seen.values()))
            assert (record.owner, record.lease, record.data) == ("me", LEASE, b"why")
            assert record.fencing_token == lease.fencing_token
            assert (await got(others.assess(key))).verdict == "HELD"
        assert not lease.valid
        record = await got(others.inspect(key))
        assert record.released
        assert record.fencing_token == lease.fencing_token
        async with Within(others.hold(key)) as again:
            assert again.fencing_token == lease.fencing_token + 1
        assert session.told("lock.lost") == 0

    play_locks(scene)


@servers(*ALL)
def test_an_uncontended_pair_is_two_calls(play_locks: Play, server: str) -> None:
    """And a refusal one, which says who holds the lock.

    dynalite does not show the row that has refused a write: there it is a look more.
    """

    async def scene(session: LockSession) -> None:
        key = session.key()
        locks, others = (session.locks(heartbeat=None, **WHO) for _ in range(2))
        for each in (locks, others):
            async with Within(each.hold(key)):
                pass
        session.sent()
        async with Within(locks.hold(key)):
            assert session.sent() == ["UpdateItem"]
            with pytest.raises(LockTimeoutError, match="held by 'me'"):
                await got(others.acquire(key, wait=0))
            look = ["GetItem"] if server == "dynalite" else []
            assert session.sent() == ["UpdateItem", *look]
        assert session.sent() == ["UpdateItem"]

    play_locks(scene)


@servers(*ALL)
def test_renewal_and_release_by_hand(play_locks: Play) -> None:
    """A renewed lease lasts longer; given back it is over, once."""

    async def scene(session: LockSession) -> None:
        locks = session.locks(heartbeat=None, lease=LONG)
        lease = await got(locks.acquire(session.key()))
        ends = time.monotonic() + lease.remaining()
        assert await got(lease.renew()) is lease
        assert time.monotonic() + lease.remaining() > ends
        assert await got(locks.renew(lease)) is lease
        assert await got(lease.release()) is ReleaseOutcome.RELEASED
        assert await got(locks.release(lease)) is ReleaseOutcome.ALREADY_LOST
        with pytest.raises(LockLostError):
            await got(lease.renew())
        assert session.told("lock.released") == 1
        assert session.told("lock.lost") == 0

    play_locks(scene)


@servers(*ALL)
def test_who_waits_is_next(play_locks: Play) -> None:
    """Soon after the holder has gone, with a larger token."""

    async def scene(session: LockSession) -> None:
        key = session.key()
        story: list[tuple[str, float, int]] = []

        async def first() -> None:
            async with Within(session.locks().hold(key)) as lease:
                story.append(("held", time.monotonic(), lease.fencing_token))
                await session.sleep(0.4)
                story.append(("left", time.monotonic(), lease.fencing_token))

        async def second() -> None:
            await session.until(lambda: story)
            async with Within(session.locks().hold(key, wait=20)) as lease:
                story.append(("taken", time.monotonic(), lease.fencing_token))

        await session.beside(first, second)
        names, times, tokens = zip(*story, strict=True)
        assert names == ("held", "left", "taken")
        assert times[2] - times[1] < SLACK
        assert tokens[0] == tokens[1] < tokens[2]

    play_locks(scene)


@servers("simulated", "dynamodb_local", "dynalite")
def test_faces_exclude_each_other(play_locks: Play) -> None:
    """All want one lock three times; never are two of them inside.

    moto does not keep writes apart: of two that come at the same time both may find
    that there is no row, and a look may find one with nothing but its key.
    """
    inside, tokens = threading.Lock(), list[int]()

    async def scene(session: LockSession) -> None:
        locks = session.locks(lease=LONG)
        for _ in range(3):
            async with Within(locks.hold("everybody's", wait=30)) as lease:
                assert inside.acquire(blocking=False)
                await session.sleep(0.02)
                tokens.append(lease.fencing_token)
                inside.release()

    play_locks(scene)
    assert len(tokens) == 15
    assert tokens == sorted(set(tokens))


@servers(*ALL)
def test_a_dead_lock_is_taken_after_one_lease(play_locks: Play) -> None:
    """Not earlier, when its holder has long given up; and its release harms nobody."""

    async def scene(session: LockSession) -> None:
        key = session.key()
        dead = session.locks(heartbeat=None, lease=DEAD)
        first = await got(dead.acquire(key))
        begun = time.monotonic()
        async with Within(session.locks().hold(key, wait=20)) as lease:
            assert DEAD < time.monotonic() - begun < OVER + SLACK
            assert first.lost == "expired"
            with pytest.raises(LockLostError, match="could not be renewed"):
                first.check()
            assert lease.fencing_token > first.fencing_token
            assert await got(first.release()) is ReleaseOutcome.ALREADY_LOST
            lease.check()
            await got(lease.renew())
        assert session.told("lock.lost") == 1

    play_locks(scene)


@servers(*ALL)
def test_a_lock_is_lost_once_and_says_how(play_locks: Play) -> None:
    """The body is cancelled, or told when it asks; one call, one event, one error."""

    async def lose(session: LockSession, how: str) -> None:
        key, told, events = session.key(how), list[Any](), list[Any]()
        locks = session.locks(heartbeat=0.2, on_event=events.append)
        options = {"lease": LONG, "on_lost": told.append}
        if how == "expired":
            locks = session.locks(heartbeat=None, on_event=events.append)
            options["lease"] = DEAD

        async def work() -> None:
            async with Within(locks.hold(key, **options)) as lease:
                await spoil(session, key, how)
                if session.face.loop is not None:
                    await session.sleep(60)
                    raise AssertionError
                await session.until(lambda: told)
                assert not lease.valid
                with pytest.raises(LockLostError):
                    lease.check()

        with pytest.raises(LockLostError) as caught:
            await work()
        assert caught.value.reason == how
        assert [lease.lost for lease in told] == [how]
        assert [event.name for event in events].count("lock.lost") == 1

    async def scene(session: LockSession) -> None:
        await session.beside(
            lambda: lose(session, "stolen"),
            lambda: lose(session, "deleted"),
            lambda: lose(session, "expired"),
        )

    play_locks(scene)


async def spoil(session: LockSession, key: str, how: str) -> None:
    """Do to a held lock what others may do."""
    where = {"Key": {"key": {"S": key}}}
    if how == "deleted":
        await session.raw("delete_item", **where)
    elif how == "stolen":
        values = {":v": {"S": "theirs"}, ":o": {"S": "they"}}
        await session.raw(
            "update_item",
            UpdateExpression="SET recordVersionNumber = :v, ownerName = :o",
            ExpressionAttributeValues=values,
            **where,
        )


@servers(*ALL)
def test_a_cancelled_task_leaves_nothing_behind(play_locks: Play) -> None:
    """Neither one that holds nor one that waits; blocking calls are not cancelled."""

    async def scene(session: LockSession) -> None:
        key = session.key()
        locks, others = session.locks(), session.locks()

        async def hold() -> None:
            async with Within(locks.hold(key)):
                held.set()
                await anyio.sleep_forever()

        async def wait() -> None:
            async with Within(others.hold(key)):
                raise AssertionError

        held = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(hold)
            await held.wait()
            group.start_soon(wait)
            await session.sleep(0.4)
            group.cancel_scope.cancel()
        record = await got(locks.inspect(key))
        assert record.released
        assert not record.raw.get("waiters", {}).get("L")

    play_locks(scene, ASYNC_FACES)


@servers(*ALL)
def test_what_one_has_watched_another_need_not(play_locks: Play) -> None:
    """A verdict of an hour ago, exported, takes a dead lock at once; or force does."""

    async def scene(session: LockSession) -> None:
        key = session.key()
        dead = session.locks(heartbeat=None, lease=DEAD)
        await got(dead.acquire(key))
        watcher = session.locks()
        assert (await got(watcher.assess(key))).verdict in ("UNKNOWN", "HELD")
        # By its date it is younger than its lease for up to a second longer.
        while (found := await got(watcher.assess(key, observe=20))).verdict == "HELD":
            await session.sleep(0.1)
        assert found.verdict == "STALE", found
        heir = session.locks(observations=watcher.observations.export())
        assert await got(session.locks().try_acquire(key)) is None
        lease = await got(heir.try_acquire(key))
        assert lease is not None
        record = await got(watcher.inspect(key))
        assert await got(watcher.force_release(record))
        assert not await got(watcher.force_release(record))
        assert (await got(watcher.assess(key))).verdict == "RELEASED"
        with pytest.raises(LockLostError) as caught:
            await got(lease.renew())
        assert caught.value.reason == "deleted"
        absent = await got(watcher.assess(session.key("none")))
        assert absent.verdict == "ABSENT"

    play_locks(scene)


@servers(*ALL)
def test_who_trusts_the_services_time_waits_for_no_lease(play_locks: Play) -> None:
    """A lock that died long ago is taken in its first try; and rows may be deleted."""

    async def trust(session: LockSession) -> None:
        key = session.key("trusted")
        first = await got(session.locks(heartbeat=None, lease=DEAD).acquire(key))
        # Dates are told in whole seconds, so as many more must have passed.
        await session.sleep(OVER + 2.2)
        assert await got(session.locks().try_acquire(key)) is None
        lease = await got(session.locks(trust_service_time=True).try_acquire(key))
        assert lease is not None
        assert lease.fencing_token > first.fencing_token
        await got(lease.release())

    async def delete(session: LockSession) -> None:
        key = session.key("deleted")
        locks, tokens = session.locks(delete_on_release=True), list[int]()
        for _ in range(2):
            async with Within(locks.hold(key)) as lease:
                tokens.append(lease.fencing_token)
            assert await got(locks.inspect(key)) is None
        assert tokens[0] < tokens[1]

    async def scene(session: LockSession) -> None:
        await session.beside(lambda: trust(session), lambda: delete(session))

    play_locks(scene)
