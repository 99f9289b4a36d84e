"""Ctrl-C at any moment of the blocking face leaves no lock behind."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._gateways import blocking_locks
from dynawait.sync.locks import LockClient, TerraformLocks
from dynawait.testing import Durations, SimulatedDynamoDB
from tests.gateways.faces import own_threads
from tests.gateways.interrupts import Interrupts
from tests.gateways.locks import service

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from contextlib import AbstractContextManager

# Of each kind every so-manieth moment, and about a dozen where there are few. Which
# ones, differs from kind to kind.
STRIDE = 37
DOZEN = 12
pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")

ACQUIRED: dict[str, Callable[[LockClient], object]] = {
    "acquire": lambda locks: locks.acquire("orders", wait=5),
    "on_lost": lambda locks: locks.acquire("orders", wait=5, on_lost=print),
    "try_acquire": lambda locks: locks.try_acquire("orders"),
}
HELD: dict[str, Callable[[LockClient], AbstractContextManager[object]]] = {
    "hold": lambda locks: locks.hold("orders", wait=5),
    "hold_all": lambda locks: locks.hold_all(["a", "orders"], wait=5),
    "semaphore": lambda locks: locks.semaphore("orders", 2, wait=5),
    "read": lambda locks: locks.read("orders", readers=2, wait=5),
    "write": lambda locks: locks.write("orders", readers=2, wait=5),
}


class NoThread:
    """A worker that does nothing, so that whoever is to be renewed can be counted."""

    def start(self, work: Coroutine[Any, Any, None]) -> NoThread:
        """Do not start it."""
        work.close()
        return self

    async def stop(self) -> None:
        """It is not running."""


@pytest.fixture
def _without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking_locks, "ThreadStage", NoThread)


class Play:
    """One call, interrupted at one moment, and what is left of it."""

    def __init__(self, kind: str, at: int | None) -> None:
        """Take what is called and when it is interrupted."""
        self.dynamodb = service()
        self.locks = LockClient(self.dynamodb.client(), "locks")
        self.interrupts = Interrupts(at)
        self.kind = kind
        self.hold = HELD[kind](self.locks) if kind in HELD else None

    def begin(self) -> Any:
        """Acquire."""
        hold = self.hold
        return ACQUIRED[self.kind](self.locks) if hold is None else hold.__enter__()

    def interrupted(self, work: Callable[[], Any]) -> bool:
        """Tell whether some work was interrupted."""
        try:
            self.interrupts.run(work)
        except KeyboardInterrupt:
            return True
        return False

    def renewed(self) -> list[str]:
        """Name the locks that heartbeats would keep for ever."""
        roster = self.locks.__dynawait_desk__().keeper.roster
        members = roster._members
        return [each.place.key for each in members if each.heartbeat and not each.ended]

    def held(self) -> list[str]:
        """Name the locks that rows show to be held."""
        return [each.key for each in self.locks.records() if not each.released]

    def can_go_on(self) -> bool:
        """Tell whether the same client can have the locks, at once."""
        return self.locks.try_acquire("orders") is not None


def moments(kind: str, act: Callable[[Play], Callable[[], Any]]) -> range:
    """Return at which moments to interrupt."""
    Play(kind, None).interrupted(act(Play(kind, None)))  # what is imported only once
    play = Play(kind, None)
    play.interrupted(act(play))
    count = play.interrupts.count
    stride = min(STRIDE, count // DOZEN)
    assert stride > 1
    return range(len(kind) % stride, count, stride)


@pytest.mark.usefixtures("_without_threads")
@pytest.mark.parametrize("kind", [*ACQUIRED, *HELD])
def test_ctrl_c_while_acquiring_leaves_nothing_behind(kind: str) -> None:
    """Not after the write was answered either, when nobody has the lease yet."""
    count = 0
    for at in moments(kind, lambda play: play.begin):
        play = Play(kind, at)
        if not play.interrupted(play.begin):
            continue
        count += 1
        where = play.interrupts.where
        assert play.renewed() == [], where
        assert play.held() == [], where
        assert play.can_go_on(), where
    assert count > 10


@pytest.mark.usefixtures("_without_threads")
@pytest.mark.parametrize("kind", HELD)
def test_ctrl_c_at_the_end_of_a_block_keeps_no_lock_alive(kind: str) -> None:
    """Even when it comes as `__exit__` begins: then the lease runs out."""

    def act(play: Play) -> Callable[[], Any]:
        play.begin()
        hold = play.hold
        assert hold is not None
        return lambda: hold.__exit__(None, None, None)

    count = 0
    for at in (0, *moments(kind, act)):
        play = Play(kind, at)
        if not play.interrupted(act(play)):
            continue
        count += 1
        where = play.interrupts.where
        play.hold = None  # as when the `with` statement is left
        assert play.renewed() == [], where
        assert play.held() == [] or at == 0, where
        play.dynamodb.clock.advance(30)
        assert play.can_go_on(), where
    assert count > 5


@pytest.mark.usefixtures("_without_threads")
def test_ctrl_c_during_a_release_keeps_no_lock_alive() -> None:
    """Either its caller still has the lease, or it runs out."""
    for at in moments("acquire", lambda play: play.begin().release):
        play = Play("acquire", at)
        lease = play.begin()
        play.interrupted(lease.release)
        assert play.renewed() == (["orders"] if lease.valid else [])
        lease.release()
        play.dynamodb.clock.advance(30)
        assert play.can_go_on()


def test_ctrl_c_while_a_thread_is_started_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It runs by then, and goes home; in the thread's own time."""
    before = threading.enumerate()
    locks = LockClient(service().client(), "locks")
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        start(thread)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", interrupted)
        with pytest.raises(KeyboardInterrupt):
            locks.acquire("orders")
    assert [each.released for each in locks.records()] == [True]
    end = time.monotonic() + 5
    while own_threads(before) and time.monotonic() < end:
        time.sleep(0.005)  # it is about to end
    assert own_threads(before) == []


def test_a_second_ctrl_c_ends_the_cleaning_up() -> None:
    """The lock is not renewed, and others have it when its lease is over."""
    dynamodb = service()
    client: Any = dynamodb.client()
    locks = LockClient(client, "locks")
    other = locks.try_acquire("something else")
    assert other is not None

    def unanswered(**_: object) -> object:
        raise KeyboardInterrupt

    client.update_item = client.get_item = unanswered
    with pytest.raises(KeyboardInterrupt):
        locks.acquire("orders")
    del client.update_item, client.get_item
    lease = locks.try_acquire("orders")
    assert lease is not None
    lease.release()
    other.release()


def test_ctrl_c_while_it_joins_the_line_leaves_no_place_in_it() -> None:
    """Also when it was written, and the answer is not read any more."""
    dynamodb = service()
    holding = LockClient(dynamodb.client(), "locks", heartbeat=None)
    lease = holding.acquire("orders")
    client: Any = dynamodb.client()
    update = client.update_item
    lines: list[object] = []

    def interrupted(**parameters: Any) -> object:
        update(**parameters)
        record = holding.inspect("orders")
        assert record is not None
        lines.append(record.raw["waiters"])
        del client.update_item
        raise KeyboardInterrupt

    client.update_item = interrupted
    with pytest.raises(KeyboardInterrupt):
        LockClient(client, "locks", fairness="fifo").acquire("orders", wait=60)
    record = holding.inspect("orders")
    assert record is not None
    assert lines != [{"L": []}]
    assert record.raw.get("waiters", {"L": []}) == {"L": []}
    lease.release()


def terraform() -> tuple[SimulatedDynamoDB, TerraformLocks]:
    """Return a client of an empty table of Terraform's locks."""
    dynamodb = SimulatedDynamoDB(seed=1, durations=Durations(table_create=0))
    dynamodb.client().create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb, TerraformLocks(dynamodb.client(), "locks")


@pytest.mark.parametrize("end", [False, True])
def test_ctrl_c_leaves_no_lock_of_terraforms_behind(*, end: bool) -> None:
    """Nobody else would ever free it."""

    def play(at: int | None) -> tuple[Interrupts, TerraformLocks, bool]:
        _, locks = terraform()
        hold, interrupts = locks.hold("b/a", wait=5), Interrupts(at)
        if end:
            hold.__enter__()
        try:
            interrupts.run(
                (lambda: hold.__exit__(None, None, None)) if end else hold.__enter__
            )
        except KeyboardInterrupt:
            return interrupts, locks, True
        return interrupts, locks, False

    play(None)
    moments = play(None)[0].count
    count = 0
    for at in range(2, moments, min(STRIDE, moments // DOZEN)):
        interrupts, locks, done = play(at)
        if done:
            count += 1
            assert list(locks.records()) == [], interrupts.where
            with locks.hold("b/a", wait=0):
                pass
    assert count > 5
