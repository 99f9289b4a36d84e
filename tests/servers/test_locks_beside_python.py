"""python-dynamodb-lock and our locks share a table, on DynamoDB Local."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from changes import TWO_FACES
from faces import ANYONE
from locks import SLACK, LockSession, Tables, in_lock_faces, missing

from dynawait.errors import LockLostError, LockTimeoutError
from dynawait.locks import ReleaseOutcome
from dynawait.locks.dialects import recognise
from tests.gateways.either import Within, got

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    Scene = Callable[[LockSession], Coroutine[Any, Any, None]]

LEASE = 1.5
SHORT = 0.75
"""It cannot write a lease that is no sum of powers of two."""


@pytest.fixture(scope="module")
def tables(dynamodb_local_url: str) -> Tables:
    """Give tables on DynamoDB Local."""
    return Tables(dynamodb_local_url)


class Peers:
    """Clients of python-dynamodb-lock for one table."""

    def __init__(self, stack: ExitStack, url: str, table: str) -> None:
        """Find the package."""
        name = "python_dynamodb_lock.python_dynamodb_lock"
        try:
            self.package: Any = import_module(name)
        except ImportError:
            missing("python-dynamodb-lock is missing: pip install python-dynamodb-lock")
        self._stack, self._url, self._table = stack, url, table

    def client(self, lease: float = LEASE, heartbeat: float = LEASE / 6) -> Any:
        """Return a client of its own, which is closed soon if it beats soon."""
        session: Any = boto3.Session()
        resource = session.resource("dynamodb", endpoint_url=self._url, **ANYONE)
        client = self.package.DynamoDBLockClient(
            resource,
            self._table,
            owner_name="they",
            heartbeat_period=timedelta(seconds=heartbeat),
            # Whoever finds its own lock in danger does not beat for it any more.
            safe_period=timedelta(minutes=1),
            lease_duration=timedelta(seconds=lease),
        )
        if heartbeat < LEASE:  # it would sleep until its next heartbeat
            self._stack.callback(client.close)
        return client


@pytest.fixture
def python_table(tables: Tables) -> str:
    """Give a table of its dialect."""
    return tables.of("python-dynamodb-lock", "shared")


@pytest.fixture
def peers(tables: Tables, python_table: str) -> Iterator[Peers]:
    """Give what makes clients of python-dynamodb-lock."""
    with ExitStack() as stack:
        yield Peers(stack, tables.url, python_table)


@pytest.fixture
def play(tables: Tables, python_table: str) -> Callable[[Scene], None]:
    """Give what plays a scene through two faces in that table."""
    return lambda scene: in_lock_faces(tables.url, python_table, scene, TWO_FACES)


def ours(session: LockSession, **options: Any) -> Any:
    """Return a client of ours in its dialect."""
    return session.locks(dialect="python-dynamodb-lock", owner="we", **options)


def test_we_wait_for_a_lock_of_python_dynamodb_lock(
    peers: Peers, play: Callable[[Scene], None]
) -> None:
    """Its heartbeats keep us out for longer than its lease; its release lets us in."""

    async def scene(session: LockSession) -> None:
        theirs = peers.client().acquire_lock(session.key())
        locks = ours(session)
        record = await got(locks.inspect(session.key()))
        assert record.readable, record.problem
        assert (record.owner, record.lease, record.sort_key) == ("they", LEASE, None)
        assert recognise([record.raw]) == "python-dynamodb-lock"
        begun = time.monotonic()
        with pytest.raises(LockTimeoutError, match="held by 'they'"):
            await got(locks.acquire(session.key(), wait=1.5 * LEASE))
        assert time.monotonic() - begun >= 1.5 * LEASE
        found = await got(locks.assess(session.key(), observe=LEASE))
        assert found.verdict == "HELD", found
        theirs.release(best_effort=False)
        async with Within(locks.hold(session.key(), wait=SLACK)) as lease:
            lease.check()

    play(scene)


def test_python_dynamodb_lock_waits_for_ours(
    peers: Peers, play: Callable[[Scene], None]
) -> None:
    """Our heartbeats keep it out for longer than our lease; our release lets it in."""

    async def scene(session: LockSession) -> None:
        client, key = peers.client(), session.key()
        brisk = {"retry_period": timedelta(seconds=0.1)}
        answers: list[Any] = []

        def contend() -> None:
            late = timedelta(seconds=1.5 * LEASE)
            try:
                answers.append(client.acquire_lock(key, retry_timeout=late, **brisk))
            except peers.package.DynamoDBLockError as error:
                answers.append(error.code)
            soon = timedelta(seconds=20)
            answers.append(client.acquire_lock(key, retry_timeout=soon, **brisk))

        contending = threading.Thread(target=contend)
        async with Within(ours(session).hold(key, lease=LEASE)) as lease:
            contending.start()
            await session.until(lambda: answers)
            assert answers == [peers.package.DynamoDBLockError.ACQUIRE_TIMEOUT]
            lease.check()
            assert len(answers) == 1
        left = time.monotonic()
        contending.join(20)
        assert time.monotonic() - left < SLACK
        assert answers[1].status == "LOCKED"
        assert await got(ours(session).try_acquire(key)) is None
        answers[1].release(best_effort=False)
        lease = await got(ours(session).try_acquire(key))
        assert lease is not None
        await got(lease.release())

    play(scene)


def test_each_takes_over_a_dead_lock_of_the_other(
    peers: Peers, play: Callable[[Scene], None]
) -> None:
    """After its lease, and not earlier; whoever was dead learns that it was stolen."""

    async def scene(session: LockSession) -> None:
        key, stolen = session.key(), list[str]()
        slow = peers.client(lease=SHORT, heartbeat=3600)
        await session.sleep(0.1)  # its first round of heartbeats goes by
        dead = slow.acquire_lock(key, app_callback=lambda code, _: stolen.append(code))
        begun = time.monotonic()
        lease = await got(ours(session, heartbeat=None, lease=SHORT).acquire(key))
        assert SHORT < time.monotonic() - begun < SHORT * 1.05 + 0.1 + SLACK
        client = peers.client(lease=SHORT, heartbeat=0.1)
        late = timedelta(seconds=20)
        begun = time.monotonic()
        theirs = client.acquire_lock(
            key, retry_period=timedelta(seconds=0.05), retry_timeout=late
        )
        assert time.monotonic() - begun > SHORT
        assert lease.lost == "expired"
        with pytest.raises(LockLostError):
            lease.check()
        assert await got(lease.release()) is ReleaseOutcome.ALREADY_LOST
        record = await got(ours(session).inspect(key))
        assert record.owner == "they"
        slow._send_heartbeat(dead)
        await session.until(lambda: stolen)
        assert stolen == [peers.package.DynamoDBLockError.LOCK_STOLEN]
        theirs.release(best_effort=False)
        assert await got(ours(session).inspect(key)) is None

    play(scene)


def test_clients_of_both_kinds_exclude_each_other(
    peers: Peers, play: Callable[[Scene], None], table_name: str
) -> None:
    """All want one lock some times; never are two of them inside."""
    inside, turns = threading.Lock(), list[str]()

    def visit(who: str) -> None:
        assert inside.acquire(blocking=False)
        turns.append(who)
        time.sleep(0.02)
        inside.release()

    failures: list[BaseException] = []

    def contend() -> None:
        client = peers.client(lease=20, heartbeat=1)
        brisk = timedelta(seconds=0.05)
        late = timedelta(seconds=30)
        try:
            for _ in range(4):
                lock = client.acquire_lock(
                    table_name, retry_period=brisk, retry_timeout=late
                )
                visit("they")
                lock.release(best_effort=False)
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    async def scene(session: LockSession) -> None:
        locks = ours(session, lease=20)
        for _ in range(4):
            async with Within(locks.hold(table_name, wait=30)):
                visit("we")
                await session.sleep(0.05)

    several = [threading.Thread(target=contend) for _ in range(2)]
    for each in several:
        each.start()
    play(scene)
    for each in several:
        each.join(30)
    assert not failures
    assert sorted(turns) == ["they"] * 8 + ["we"] * 8
