"""What a user reads at two in the morning: the events of locks, and their words."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from dynawait import LoggingObserver
from dynawait.errors import LockLostError
from dynawait.locks import LockClient, ReleaseOutcome
from dynawait.testing import Faults
from tests.gateways.locks import KEY, LOOPS, Loop, spoil

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dynawait.events import Event


class Ear:
    """An observer that keeps what it hears."""

    def __init__(self) -> None:
        """Start with nothing heard."""
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        """Hear an event."""
        self.events.append(event)

    def texts(self, name: str) -> list[str]:
        """Return what was said in the events of a name."""
        return [event.text for event in self.events if event.name == name]


def play(main: Callable[[Loop], Awaitable[None]]) -> None:
    """Run something on a loop of its own."""
    loop = LOOPS["asyncio"]()
    loop.run(lambda: main(loop))


def test_who_waits_is_told_for_whom_and_for_how_long_yet() -> None:
    """After two seconds, and then every ten."""
    ear = Ear()

    async def main(loop: Loop) -> None:
        client = loop.client()
        dead = LockClient(client, "locks", owner="nightly", heartbeat=None, lease=30)
        lease = await dead.acquire("orders")
        locks = LockClient(client, "locks", owner="me", on_event=ear)
        await (await locks.acquire("orders")).release()
        assert lease.lost == "expired"

    play(main)
    waits = ear.texts("lock.waiting")
    assert 3 <= len(waits) <= 5
    assert waits[0].startswith("orders: still waiting after 2 s: held by 'nightly' (")
    assert "pid=" in waits[0]
    assert "token 17" in waits[0]
    assert "it is ours in 30 s" in waits[0] or "it is ours in 29 s" in waits[0]
    assert ear.events[0].awaited == "orders"
    (seized,) = ear.texts("lock.seized")
    assert seized.startswith("orders: taken over from 'nightly' (host=")
    assert "its lease of 30 s is over: no sign of life was seen for 3" in seized
    (acquired,) = ear.texts("lock.acquired")
    assert acquired.startswith("orders: acquired, token 17")
    assert "after 3" in acquired
    assert ear.texts("lock.released")[0].startswith("orders: released after 0.0 s")


def test_who_waits_for_another_task_of_its_client_is_told_so() -> None:
    """And the lock is handed on, which is told too."""
    ear = Ear()

    async def main(loop: Loop) -> None:
        locks = LockClient(loop.client(), "locks", on_event=ear)

        async def work(after: float, seconds: float) -> None:
            await loop.sleep(after)
            async with locks.hold("orders"):
                await loop.sleep(seconds)

        async with anyio.create_task_group() as group:
            group.start_soon(work, 0, 5)
            group.start_soon(work, 0.1, 0.1)
            group.start_soon(work, 0.2, 0.1)

    play(main)
    waits = ear.texts("lock.waiting")
    assert waits
    assert all("another task of this client" in text for text in waits)
    released = ear.texts("lock.released")
    assert [text.split()[1] for text in released] == ["released", "handed", "released"]
    assert "after 5.0 s" in released[0]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("stolen", "taken by 'they'"),
        ("deleted", "its row was deleted, or released by force"),
        ("expired", "no heartbeat got through for "),
    ],
)
@pytest.mark.parametrize("kind", ["hold", "write", "hold_all"])
def test_a_loss_is_told_once_for_a_lease_with_its_reason(
    how: str, words: str, kind: str
) -> None:
    """However many rows it consists of, and whatever else is lost with it."""
    ear = Ear()

    async def main(loop: Loop) -> None:
        locks = LockClient(loop.client(), "locks", on_event=ear, lease=9)
        blocks: dict[str, Any] = {
            "hold": locks.hold("orders"),
            "write": locks.write("orders", readers=3),
            "hold_all": locks.hold_all(["orders", "users"]),
        }

        async def work() -> None:
            async with blocks[kind]:
                spoil(loop.dynamodb, how)
                await loop.sleep(100)

        with pytest.raises(LockLostError) as caught:
            await work()
        assert caught.value.reason == how
        loop.dynamodb.faults = Faults()
        await loop.sleep(30)

    play(main)
    lost = ear.texts("lock.lost")
    keys = {"orders", "users"} if (kind, how) == ("hold_all", "expired") else {"orders"}
    assert {text.split(":")[0] for text in lost} == keys
    assert len(lost) == len(keys)
    assert all(words in text for text in lost)
    if how == "expired":
        assert any("a heartbeat failed, " in text for text in ear.texts("lock.retried"))


def test_a_loss_that_only_the_release_finds_is_told_too() -> None:
    """Nobody has asked before, and nobody beats; the block fails for it."""
    ear = Ear()

    async def main(loop: Loop) -> None:
        locks = LockClient(loop.client(), "locks", on_event=ear, heartbeat=None)
        lease = await locks.acquire("orders")
        spoil(loop.dynamodb, "stolen")
        assert await lease.release() is ReleaseOutcome.ALREADY_LOST
        assert lease.lost == "stolen"
        assert await lease.release() is ReleaseOutcome.ALREADY_LOST
        loop.dynamodb.client().delete_item(TableName="locks", Key=KEY)

        async def work() -> None:
            async with locks.hold("orders"):
                spoil(loop.dynamodb, "stolen")

        with pytest.raises(LockLostError, match="another client has taken it"):
            await work()

    play(main)
    assert len(ear.texts("lock.lost")) == 2
    assert "taken by 'they'" in ear.texts("lock.lost")[0]
    assert ear.texts("lock.released") == []


def test_a_lease_that_was_handed_on_is_not_lost_with_the_next_one() -> None:
    """What the next task loses is the next task's."""
    ear = Ear()

    async def main(loop: Loop) -> None:
        locks = LockClient(loop.client(), "locks", lease=9, on_event=ear)
        leases: list[Any] = []

        async def work(number: int) -> None:
            await loop.sleep(number * 0.01)
            lease = await locks.acquire("orders")
            leases.append(lease)
            await loop.sleep(0.1)
            if number < 2:
                await lease.release()
                return
            spoil(loop.dynamodb, "stolen")
            await loop.sleep(20)
            assert lease.lost == "stolen"

        async with anyio.create_task_group() as group:
            for number in range(3):
                group.start_soon(work, number)
        assert [lease.lost for lease in leases] == [None, None, "stolen"]

    play(main)
    assert len(ear.texts("lock.lost")) == 1
    assert "handed on" in ear.texts("lock.released")[1]


def test_a_release_without_an_answer_says_how_long_others_wait() -> None:
    """At the most."""
    ear = Ear()

    async def main(loop: Loop) -> None:
        locks = LockClient(loop.client(), "locks", lease=20, on_event=ear)
        lease = await locks.acquire("orders")
        loop.dynamodb.faults = Faults(throttle=1.0)
        assert await lease.release() is ReleaseOutcome.UNCONFIRMED

    play(main)
    (text,) = ear.texts("lock.unconfirmed")
    assert text.startswith("orders: nobody knows whether it was released")
    assert "others have it in 1" in text


def test_a_logging_observer_warns_of_what_to_look_into(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The key is in each line, the facts are in its extra, and only trouble warns."""
    caplog.set_level(logging.INFO, logger="mine")

    async def main(loop: Loop) -> None:
        observer = LoggingObserver(logging.getLogger("mine"))
        locks = LockClient(loop.client(), "locks", lease=9, on_event=observer)
        async with locks.hold("orders"):
            pass

        async def work() -> None:
            async with locks.hold("orders"):
                spoil(loop.dynamodb, "stolen")
                await loop.sleep(100)

        with pytest.raises(LockLostError):
            await work()

    play(main)
    lines = [record for record in caplog.records if record.name == "mine"]
    told = [(vars(line)["event"], line.levelname) for line in lines]
    assert told == [
        ("lock.acquired", "INFO"),
        ("lock.released", "INFO"),
        ("lock.acquired", "INFO"),
        ("lock.lost", "WARNING"),
    ]
    assert all(line.getMessage().startswith("locks: orders: ") for line in lines)
    assert all(vars(line)["awaited"] == "orders" for line in lines)


def test_an_observer_that_raises_is_logged_and_dropped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The lock is had and given back all the same; so with a callback for losses."""
    heard: list[Event] = []

    def broken(event: Event) -> None:
        heard.append(event)
        raise ZeroDivisionError

    def fails(_: object) -> None:
        raise ZeroDivisionError

    ear = Ear()

    async def main(loop: Loop) -> None:
        locks = LockClient(loop.client(), "locks", on_event=broken)
        async with locks.hold("orders"):
            pass
        record = await locks.inspect("orders")
        assert record is not None
        assert record.released
        others = LockClient(loop.client(), "locks", lease=9, on_event=ear)
        lease = await others.acquire("orders", on_lost=fails)
        spoil(loop.dynamodb, "stolen")
        await loop.sleep(20)
        assert lease.lost == "stolen"
        await lease.release()

    play(main)
    assert [event.name for event in heard] == ["lock.acquired"]
    assert "the observer failed at lock.acquired" in caplog.text
    assert ear.texts("lock.warned") == [
        "orders: on_lost failed: ZeroDivisionError()",
    ]
