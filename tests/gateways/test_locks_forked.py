"""A process that is forked while it holds a lock: the child holds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dynawait

pytest.importorskip("moto")  # simulated items stand on it

START = """
import os, signal, sys, threading, traceback
import dynawait.locks, dynawait.sync.locks
import dynawait._gateways.blocking as blocking
from dynawait.errors import LockLostError
from dynawait.sync.locks import LockClient, ReleaseOutcome
from tests.gateways.locks import service

dynamodb = service()
# Virtual time would leap while a thread that beats waits for a process.
by_hand = {"heartbeat": None}

def child(work):
    pid = os.fork()
    if pid == 0:
        try:
            dynamodb.calls.clear()
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    # One that waits for ever ends too.
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.alarm(20)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    signal.alarm(0)

def holds_nothing(lease):
    assert not lease.valid
    assert lease.remaining() == 0
    assert lease.lost == "expired"
    try:
        lease.check()
    except LockLostError:
        pass
    else:
        raise AssertionError("it believes to hold the lock")
"""
BLOCKING = """
locks = dynawait.sync.locks.LockClient(dynamodb.client(), "locks", **by_hand)

def work():
    assert locks._door.board is not board
    holds_nothing(lease)
    assert lease.release() is ReleaseOutcome.ALREADY_LOST
    assert all_of["a"].release() is ReleaseOutcome.ALREADY_LOST
    assert not dynamodb.calls
    # Another thread had these in its hands when the process was copied.
    assert locks.try_acquire("orders") is None
    with locks.hold("users") as other:
        assert other.valid
        record = locks.inspect("users")
        assert f"pid={os.getpid()} " in record.acquired_by
        assert record.owner == other.owner != lease.owner

board = locks._door.board
with (
    locks.hold("orders") as lease,
    locks.hold_all(["a", "b"]) as all_of,
):
    with locks._guard, locks._last.keeper.guard, blocking._boards_guard:
        child(work)
    assert lease.valid
    lease.renew()
record = locks.inspect("orders")
assert record.released
"""
LEAVING = """
locks = dynawait.sync.locks.LockClient(dynamodb.client(), "locks", **by_hand)
pid = 0
try:
    with locks.hold("orders") as lease:
        pid = os.fork()
        if pid:
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
        else:
            dynamodb.calls.clear()
except LockLostError:
    os._exit(7 if not pid and not dynamodb.calls else 8)
assert pid
assert locks.inspect("orders").released
"""
ASYNC = """
import asyncio

async def main():
    locks = dynawait.locks.LockClient(dynamodb.async_client(), "locks", **by_hand)
    async with locks.hold("orders") as lease:
        child(lambda: holds_nothing(lease))
        lease.check()
        await lease.renew()
    assert (await locks.inspect("orders")).released

asyncio.run(main())
"""
TERRAFORM = """
from dynawait.errors import LockError

dynamodb.client().create_table(
    TableName="states",
    KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
)
locks = dynawait.sync.locks.TerraformLocks(dynamodb.client(), "states")
pid = 0
try:
    with locks.hold("b/a") as lock, locks._guard:
        pid = os.fork()
        if pid:
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
            assert locks.__class__(dynamodb.client(), "states").inspect("b/a") == lock
        else:
            dynamodb.calls.clear()
except LockError as error:
    assert "of the parent process" in str(error)
    assert not pid and not dynamodb.calls
    assert locks.inspect("b/a").id == lock.id
    os._exit(7)
assert pid
assert locks.inspect("b/a") is None
"""
# What is imported first is told first that it is a copy.
ASYNC_FIRST = "from dynawait.locks import LockClient"
PROGRAMS = {
    "blocking": START + BLOCKING,
    "blocking after async": ASYNC_FIRST + START + BLOCKING,
    "leaving": START + LEAVING,
    "terraform": START + TERRAFORM,
    "async": START + ASYNC,
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_forked_child_holds_nothing(name: str) -> None:
    """It neither renews nor frees what its parent holds, and does not believe in it."""
    root = Path(__file__).parents[2]
    paths = (str(Path(dynawait.__file__).parents[1]), str(root))
    # Newer Pythons warn of a fork beside threads; that is what happens to users.
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore::DeprecationWarning",
            "-c",
            PROGRAMS[name],
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
