"""The lock client of the blocking face, its threads, and boto3's own clients."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest

import dynawait.locks
from dynawait._gateways import clocks
from dynawait.errors import InvalidArgumentError, LockLostError, LockTimeoutError
from dynawait.sync.locks import Lease, LockClient, ReleaseOutcome
from dynawait.testing import Faults, clock
from tests.gateways.faces import own_threads
from tests.gateways.locks import calls_of, service, spoil

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynawait.testing import SimulatedDynamoDB

moto = pytest.importorskip("moto")


@pytest.fixture
def dynamodb() -> Iterator[SimulatedDynamoDB]:
    """Return a service with a table of locks; no thread may be left."""
    before = threading.enumerate()
    yield service()
    end = time.monotonic() + 5
    while own_threads(before) and time.monotonic() < end:
        time.sleep(0.005)  # they are about to end
    assert not own_threads(before)


def sleep(dynamodb: SimulatedDynamoDB, seconds: float) -> None:
    """Let virtual time pass, a second at a time.

    A busy machine may let a heartbeat's thread stand still in the midst of a call,
    which the virtual time does not wait for. So it is waited for after every step.
    """
    while seconds > 0:
        end = time.monotonic() + 5
        while not at_rest(dynamodb) and time.monotonic() < end:
            time.sleep(0.001)
        dynamodb.clock.pause(min(1.0, seconds), lambda: False)
        seconds -= 1


def at_rest(dynamodb: SimulatedDynamoDB) -> bool:
    """Tell whether all threads that renew locks wait for the time to pass."""
    waiting = [party for party, few in dynamodb.clock._parties.items() if few]
    threads = [t for t in threading.enumerate() if t.name == "dynawait-locks"]
    return all(thread.ident in waiting for thread in threads)


def test_an_uncontended_pair_is_two_calls(dynamodb: SimulatedDynamoDB) -> None:
    """After the look at the table, which the first acquisition makes."""
    locks = LockClient(dynamodb.client(), "locks", heartbeat=None)
    with locks.hold("orders") as lease:
        assert isinstance(lease, Lease)
        assert lease.valid
    calls_of(dynamodb)
    with locks.hold("orders") as again:
        assert again.fencing_token > lease.fencing_token
    assert calls_of(dynamodb) == ["UpdateItem", "UpdateItem"]


def test_one_thread_renews_what_is_held(dynamodb: SimulatedDynamoDB) -> None:
    """For many leases; with the last of them it is gone."""
    before = threading.enumerate()
    client = dynamodb.client()
    locks, others = LockClient(client, "locks"), LockClient(client, "locks")
    with locks.hold("orders", lease=60) as lease, locks.hold("users", lease=60):
        assert own_threads(before) == ["dynawait-locks"]
        for _ in range(30):
            sleep(dynamodb, 7)
            lease.check()
            assert others.try_acquire("orders") is None


@pytest.mark.parametrize("how", ["stolen", "deleted", "expired"])
def test_a_lock_is_lost_once_and_says_how(
    dynamodb: SimulatedDynamoDB, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`check` raises, `on_lost` is called, and the block fails at its end."""
    # Whoever watches the lease would let the time pass while a heartbeat is made.
    monkeypatch.setattr(clock, "_MOMENT", 0.05)
    told: list[Any] = []
    locks = LockClient(dynamodb.client(), "locks")

    def work() -> None:
        with locks.hold("orders", lease=9, on_lost=told.append) as lease:
            spoil(dynamodb, how)
            sleep(dynamodb, 12)
            assert told == [lease]
            assert lease.remaining() == 0
            with pytest.raises(LockLostError, match="orders"):
                lease.check()
            dynamodb.faults = Faults()

    with pytest.raises(LockLostError) as caught:
        work()
    assert caught.value.reason == how
    assert len(told) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_whatever_ends_the_block_gives_the_lock_back(
    dynamodb: SimulatedDynamoDB, error: type[BaseException]
) -> None:
    """Ctrl-C as well as an error, and it goes on to the caller."""
    locks = LockClient(dynamodb.client(), "locks")
    with pytest.raises(error), locks.hold("orders"):
        raise error
    record = locks.inspect("orders")
    assert record is not None
    assert record.released


def test_ctrl_c_while_waiting_leaves_nothing_behind(
    dynamodb: SimulatedDynamoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next thread of the client gets its turn."""
    client = dynamodb.client()
    locks = LockClient(client, "locks")
    lease = LockClient(client, "locks", heartbeat=None, lease=60).acquire("orders")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(dynamodb.clock), "pause", interrupted)
        with pytest.raises(KeyboardInterrupt):
            locks.acquire("orders")
    assert lease.release() is ReleaseOutcome.RELEASED
    with locks.hold("orders", wait=1):
        pass


def test_manual_renewal(dynamodb: SimulatedDynamoDB) -> None:
    """No thread; who renews in time keeps the lock, who does not has lost it."""
    before = threading.enumerate()
    locks = LockClient(dynamodb.client(), "locks", heartbeat=None, lease=10)
    lease = locks.acquire("orders")
    for _ in range(5):
        dynamodb.clock.advance(6)
        assert lease.renew() is lease
        assert locks.renew(lease).remaining() > 9
    assert not own_threads(before)
    dynamodb.clock.advance(10)
    assert lease.lost == "expired"
    with pytest.raises(LockLostError):
        lease.renew()
    # Who comes next in this client does not wait for what nobody gives back.
    again = locks.acquire("orders", wait=0)
    assert again.fencing_token > lease.fencing_token
    assert again.release() is ReleaseOutcome.RELEASED


def test_several_locks_permits_readers_and_writers(dynamodb: SimulatedDynamoDB) -> None:
    """Each is given back at the end of its block."""
    client = dynamodb.client()
    locks = LockClient(client, "locks", lease=3600)
    others = LockClient(client, "locks", lease=3600)
    with locks.hold_all(["b", "a"]) as leases:
        assert list(leases) == ["b", "a"]
        assert others.try_acquire("a") is None
    with locks.semaphore("pool", 1), pytest.raises(LockTimeoutError):
        others.semaphore("pool", 1, wait=0).__enter__()
    with locks.read("book", readers=2), pytest.raises(LockTimeoutError):
        others.write("book", readers=2, wait=0).__enter__()
    with locks.write("book", readers=2) as lease:
        assert lease.valid
    assert all(record.released for record in locks.records())


def test_assessing_and_freeing(dynamodb: SimulatedDynamoDB) -> None:
    """Without a change, and by force only what was read."""
    client = dynamodb.client()
    LockClient(client, "locks", heartbeat=None, lease=20).acquire("orders")
    locks = LockClient(client, "locks")
    assert locks.assess("orders").verdict == "HELD"  # by its age, so far
    assert locks.assess("orders", observe=30).verdict == "STALE"
    assert "orders" in locks.observations.export()
    record = locks.inspect("orders")
    assert record is not None
    assert locks.force_release(record)
    assert not locks.force_release(record)
    assert locks.assess("nothing").verdict == "ABSENT"


def test_a_manager_is_entered_once(dynamodb: SimulatedDynamoDB) -> None:
    """Another block needs another one."""
    hold = LockClient(dynamodb.client(), "locks").hold("orders")
    with hold:
        pass
    with pytest.raises(RuntimeError, match="make another"), hold:
        pass


def test_clients_that_are_none(dynamodb: SimulatedDynamoDB) -> None:
    """An asynchronous one, or a lease of somebody else."""
    wrong: Any = dynamodb.async_client()
    with pytest.raises(TypeError, match="asynchronous"):
        LockClient(wrong, "locks")
    stranger: Any = object()
    with pytest.raises(InvalidArgumentError, match="not a lease of this client"):
        LockClient(dynamodb.client(), "locks").release(stranger)


def test_both_faces_have_the_same_methods() -> None:
    """With the same parameters and the same docstrings."""
    import inspect

    theirs, ours = dynawait.locks.LockClient, LockClient
    names = {name for name in dir(theirs) if not name.startswith("_")}
    assert names == {name for name in dir(ours) if not name.startswith("_")}
    for name in names - {"observations"}:
        one, other = getattr(theirs, name), getattr(ours, name)
        assert one.__doc__ == other.__doc__
        parameters = inspect.signature(one).parameters
        assert list(parameters) == list(inspect.signature(other).parameters)


@pytest.fixture
def resource(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a boto3 resource."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with moto.mock_aws():
        yield boto3.resource("dynamodb", region_name="us-east-1")


def test_threads_hand_the_lock_on(resource: Any) -> None:
    """Each has it alone, with a larger token than the one before; in real time."""
    locks = LockClient(resource.Table("locks"), "locks")
    locks.ensure_table()
    tokens: list[int] = []
    inside: list[int] = []

    def work() -> None:
        with locks.hold("orders") as lease:
            inside.append(1)
            assert len(inside) == 1
            tokens.append(lease.fencing_token)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(tokens) == 8
    assert tokens == sorted(set(tokens))


def test_a_table_of_boto3_speaks_as_any_client_does(resource: Any) -> None:
    """A lock of its own is read in DynamoDB's JSON; the Table itself is untouched."""
    table = resource.Table("locks")
    locks = LockClient(table, "locks")
    locks.ensure_table()
    with locks.hold("orders", data=b"mine") as lease:
        record = locks.inspect("orders")
        assert record is not None
        assert record.readable
        assert record.data == b"mine"
        assert LockClient(table.meta.client, "locks").try_acquire("orders") is None
        assert table.get_item(Key={"key": "orders"})["Item"]["key"] == "orders"
        with locks.hold_all(["a", "b"]):
            assert lease.valid
    assert [found.readable for found in locks.records()] == [True] * 3


def test_a_clock_that_runs_during_suspend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without CLOCK_BOOTTIME: the larger of the two that there are, never backwards."""
    times = {"monotonic": 100.0, "time": 5000.0}
    monkeypatch.setattr(time, "monotonic", lambda: times["monotonic"])
    monkeypatch.setattr(time, "time", lambda: times["time"])
    clock = clocks.Suspendproof()
    times["monotonic"] += 5
    assert clock() == 105
    times["time"] += 3600  # it slept
    assert clock() == pytest.approx(3705, abs=6)
    times["time"] -= 9999  # somebody has set the date
    times["monotonic"] += 1
    before = clock()
    times["monotonic"] += 1
    assert clock() == before + 1
    first = clocks.boottime()
    assert clocks.boottime() >= first
