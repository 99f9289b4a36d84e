"""Several locks at once, semaphores, readers and writers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait._core.locks.acquire import acquire
from dynawait._core.locks.contender import Request
from dynawait._core.locks.readwrite import acquire_read, acquire_write
from dynawait._core.locks.release import release
from dynawait._core.locks.semaphore import acquire_permit
from dynawait._core.locks.several import acquire_all, acquire_any, release_each
from dynawait._core.locks.store import Place
from dynawait.errors import InvalidArgumentError, LockTimeoutError
from dynawait.locks.outcomes import ReleaseOutcome
from tests.core.locks.scene import Scene

if TYPE_CHECKING:
    from tests.core.locks.scene import Client

KEYS = ("b", "a", "c")


def several(*keys: str, wait: float | None = None) -> list[Request]:
    """Return a request for each key."""
    return [Request(Place(key), 8.0, wait) for key in keys]


def one(key: str, wait: float | None = None) -> Request:
    """Return a request."""
    return Request(Place(key), 8.0, wait)


@pytest.mark.parametrize("fate", ["well", "lost", "dropped", "throttled"])
def test_all_of_them_are_had_at_once(fate: str) -> None:
    """In the order they were asked for, with a token each, whatever the answer."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        await release_each(me.keeper, await acquire_all(me.keeper, several(*KEYS)))
        me.store.fates.extend(["well"] * 3 + [fate])
        grants = await acquire_all(me.keeper, several(*KEYS))
        assert [grant.tenure.place.key for grant in grants] == list(KEYS)
        for grant in grants:
            row = scene.table.rows[grant.tenure.place]
            assert row["fencingToken"] == {"N": str(grant.token)}
            assert grant.remaining(me.clock()) > 6
        assert set(await release_each(me.keeper, grants)) == {ReleaseOutcome.RELEASED}

    scene.run((me, work()))
    assert all(row["isReleased"] == {"S": "1"} for row in scene.table.rows.values())


def test_none_of_them_is_had_while_one_is_held() -> None:
    """The others stay free for whoever wants them meanwhile."""
    scene = Scene()
    me, you = scene.client("me"), scene.client("you")

    async def yours() -> None:
        grant = await acquire(you.keeper, one("a"))
        await you.actor.sleep(3)
        other = await acquire(you.keeper, one("b", wait=0))
        await release(you.keeper, other)
        await release(you.keeper, grant)

    async def mine() -> None:
        await me.actor.sleep(0.5)
        with pytest.raises(LockTimeoutError, match=r"^a: not acquired"):
            await acquire_all(me.keeper, several(*KEYS, wait=1.0))
        started = scene.world.time
        await acquire_all(me.keeper, several(*KEYS))
        assert scene.world.time - started < 3

    scene.run((you, yours()), (me, mine()))


@pytest.mark.parametrize("keys", [(), ("a", "a"), tuple(map(str, range(101)))])
def test_keys_that_cannot_be_had_at_once_are_refused(keys: tuple[str, ...]) -> None:
    """None, one twice, or more than a transaction takes."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        with pytest.raises(InvalidArgumentError, match="keys"):
            await acquire_all(me.keeper, several(*keys))
        if len(keys) < 100:
            with pytest.raises(InvalidArgumentError, match="keys"):
                await acquire_any(me.keeper, several(*keys))

    scene.run((me, work()))
    assert me.store.calls == 0


def test_two_clients_that_want_the_same_in_another_order_go_on() -> None:
    """Nobody holds one while he waits for the other."""
    scene = Scene()
    me, you = scene.client("me"), scene.client("you")
    done: list[str] = []

    async def use(client: Client, *keys: str) -> None:
        for _ in range(5):
            grants = await acquire_all(client.keeper, several(*keys))
            await client.actor.sleep(0.1)
            await release_each(client.keeper, grants)
            done.append(client.actor.name)

    scene.run((me, use(me, "a", "b")), (you, use(you, "b", "a")))
    assert len(done) == 10
    assert scene.world.time < 30


def test_a_semaphore_lets_in_as_many_as_it_has_permits() -> None:
    """One more waits until somebody leaves, and a dead one's permit comes back."""
    scene = Scene()
    inside: list[int] = []
    most: list[int] = []

    async def use(client: Client, *, dies: bool) -> None:
        grant = await acquire_permit(client.keeper, one("pool"), 2)
        inside.append(1)
        most.append(len(inside))
        await client.actor.sleep(0.5)
        inside.pop()
        if not dies:
            await release(client.keeper, grant)

    clients = [scene.client(f"c{number}") for number in range(6)]
    scene.run(
        *(
            (client, use(client, dies=number == 0))
            for number, client in enumerate(clients)
        )
    )
    assert max(most) == 2
    assert len(most) == 6
    assert {place.key for place in scene.table.rows} == {"pool#0", "pool#1"}


def test_a_full_semaphore_says_who_holds_it() -> None:
    """To those who try once; and no permits are no semaphore."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        await acquire_permit(me.keeper, one("pool"), 1)
        with pytest.raises(LockTimeoutError):
            await acquire_permit(me.keeper, one("pool", wait=0), 1)
        with pytest.raises(InvalidArgumentError, match="permits"):
            await acquire_permit(me.keeper, one("pool"), 0)

    scene.run((me, work()))


def test_readers_share_and_a_writer_is_alone() -> None:
    """A writer who waits is not passed by readers who come later."""
    scene = Scene()
    story: list[str] = []

    async def read(client: Client, name: str, after: float, hold: float) -> None:
        await client.actor.sleep(after)
        grant = await acquire_read(client.keeper, one("book"), readers=3)
        story.append(f"{name} reads")
        await client.actor.sleep(hold)
        story.append(f"{name} leaves")
        await release(client.keeper, grant)

    async def write(client: Client) -> None:
        await client.actor.sleep(1)
        gate, all_of_it = await acquire_write(client.keeper, one("book"), readers=3)
        story.append("writer writes")
        await client.actor.sleep(1)
        story.append("writer leaves")
        await release_each(client.keeper, [gate, *all_of_it])

    one_, two, three = (scene.client(name) for name in ("r1", "r2", "r3"))
    scene.run(
        (one_, read(one_, "first", 0, 3)),
        (two, read(two, "second", 0.5, 3)),
        (three, read(three, "third", 1.5, 1)),
        (writer := scene.client("writer"), write(writer)),
    )
    assert story == [
        "first reads",
        "second reads",
        "first leaves",
        "second leaves",
        "writer writes",
        "writer leaves",
        "third reads",
        "third leaves",
    ]


def test_a_transaction_that_was_answered_needs_no_look_after_it() -> None:
    """Its tokens are known before it is sent: one look at each, and one write."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        for _ in range(2):
            grants, calls = await me.calls(
                lambda: acquire_all(me.keeper, several(*KEYS))
            )
            assert calls == len(KEYS) + 1
            for grant in grants:
                row = scene.table.rows[grant.tenure.place]
                assert row["fencingToken"] == {"N": str(grant.token)}
            await release_each(me.keeper, grants)

    scene.run((me, work()))


def test_a_writer_that_has_lost_the_gate_begins_anew() -> None:
    """What it is given in the end is all of it valid, whatever it had to wait for."""
    scene = Scene()
    reader, writer = scene.client("reader"), scene.client("writer")

    async def read() -> None:
        grant = await acquire_read(reader.keeper, one("book"), readers=2)
        await reader.actor.sleep(6)
        await release(reader.keeper, grant)

    async def write() -> None:
        await writer.actor.sleep(1)
        scene.world.at(scene.world.time + 1, lambda: writer.actor.pause(20))
        gate, permits = await acquire_write(writer.keeper, one("book"), readers=2)
        assert scene.world.time > 20
        for grant in (gate, *permits):
            assert grant.remaining(writer.clock()) > 0

    scene.run((reader, read()), (writer, write()))


def test_a_gate_that_goes_with_the_last_answer_is_no_gate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The permits are given back, and taken anew with the gate."""
    scene = Scene()
    writer = scene.client("writer")
    write_all, answers = writer.store.write_all, list[Any]()

    async def slow(*args: Any, **options: Any) -> Any:
        answers.append(await write_all(*args, **options))
        if len(answers) == 1:
            turn: Any = writer.keeper.lines._lines[Place("book")].turn
            turn.lose("stolen")
        return answers[-1]

    async def write() -> None:
        gate, permits = await acquire_write(writer.keeper, one("book"), readers=2)
        for grant in (gate, *permits):
            assert grant.remaining(writer.clock()) > 0

    monkeypatch.setattr(writer.store, "write_all", slow)
    scene.run((writer, write()))
    assert len(answers) == 2
