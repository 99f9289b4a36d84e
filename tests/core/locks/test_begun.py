"""What a call has begun is taken back, whatever goes wrong with that as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait._core.gateway import CallTimedOut
from dynawait._core.locks.acquire import acquire, obtain
from dynawait._core.locks.begun import Begun, kept
from dynawait._core.locks.contest import line_of
from dynawait._core.locks.release import release
from dynawait.errors import ServiceError
from dynawait.locks.outcomes import ReleaseOutcome
from tests.core.locks.scene import CALL, PLACE, Scene, wanted

if TYPE_CHECKING:
    from tests.core.locks.scene import Client


async def denied(*_: object, **__: object) -> Any:
    """Refuse a call for good."""
    raise ServiceError(code="AccessDenied", message="", operation="x", table="y")


def is_idle(client: Client) -> bool:
    """Tell whether nothing is renewed, and nobody has a turn."""
    return not len(client.keeper.roster) and not client.keeper.lines._lines


def test_what_was_obtained_is_released_once() -> None:
    """A second time there is nothing to do, and no call is made."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        begun = Begun(me.keeper)
        grant = await obtain(begun, wanted(heartbeat=2.0))
        assert begun.grants == (grant,)
        assert await begun.take_back()
        assert grant.outcome is ReleaseOutcome.RELEASED
        before = me.store.calls
        assert await begun.take_back()
        assert me.store.calls == before
        assert is_idle(me)

    scene.run((me, work()))
    assert scene.dialect.decode(scene.row).released


@pytest.mark.parametrize("trouble", ["denied", "unanswered", "slow"])
def test_a_lock_that_cannot_be_freed_is_not_renewed(trouble: str) -> None:
    """It runs out, and whoever called is told that it may still be there."""
    scene = Scene()
    me, you = scene.client("me"), scene.client("you")

    async def late(coroutine: Any, seconds: float) -> Any:
        del seconds
        coroutine.close()
        raise CallTimedOut

    async def work() -> None:
        begun = Begun(me.keeper)
        grant = await obtain(begun, wanted(heartbeat=2.0))
        if trouble == "denied":
            me.store.write = denied  # type: ignore[method-assign]
        elif trouble == "slow":
            me.actor.shielded = late  # type: ignore[method-assign]
        else:
            me.store.fates.extend(["dropped"] * 99)
        assert not await begun.take_back()
        assert grant.remaining(me.clock()) == 0
        assert is_idle(me)

    async def next_one() -> None:
        await you.actor.sleep(1)
        await acquire(you.keeper, wanted())
        assert scene.world.time < 12

    scene.run((me, work()), (you, next_one()))


def test_an_attempt_whose_fate_is_unknown_is_undone() -> None:
    """Its write may have happened; the error of the work goes on as it is."""
    scene = Scene()
    me = scene.client()

    async def fail(begun: Begun) -> None:
        await obtain(begun, wanted())
        raise ZeroDivisionError

    async def work() -> None:
        await release(me.keeper, await acquire(me.keeper, wanted()))
        begun = Begun(me.keeper)
        with pytest.raises(ZeroDivisionError):
            await kept(begun, fail(begun))
        assert is_idle(me)

    scene.run((me, work()))
    assert scene.dialect.decode(scene.row).released


@pytest.mark.parametrize("fate", ["well", "lost", "dropped", "throttled", "denied"])
def test_who_stands_in_line_and_gives_up_leaves_it(fate: str) -> None:
    """Whatever becomes of the call; where it cannot, others wait for a turn."""
    scene = Scene()
    me, you = scene.client("me", fairness="fifo"), scene.client("you", fairness="fifo")

    async def hold() -> None:
        grant = await acquire(you.keeper, wanted())
        await you.actor.sleep(5)
        await release(you.keeper, grant)

    def spoil() -> None:
        if fate == "denied":
            me.store.write = denied  # type: ignore[method-assign]
        else:
            me.store.fates.append(fate)
        scene.world.cancel(task)

    async def wait() -> None:
        await me.actor.sleep(CALL * 5)
        await acquire(me.keeper, wanted())
        raise AssertionError

    you.start(hold())
    task = me.start(wait())
    scene.world.at(2, lambda: seen.append(line_of(scene.row)))
    scene.world.at(2.001, spoil)
    scene.world.at(3, lambda: seen.append(line_of(scene.row)))
    seen: list[tuple[str, ...]] = []
    scene.run()
    assert len(seen[0]) == 1
    assert len(seen[1]) == (1 if fate == "denied" else 0)
    assert is_idle(me)


def test_a_coroutine_that_is_closed_leaves_nothing_that_is_renewed() -> None:
    """As when an event loop ends: nothing can be awaited any more."""
    scene = Scene()
    me = scene.client()
    seen: list[bool] = []

    async def stay(begun: Begun) -> None:
        await obtain(begun, wanted(heartbeat=2.0))
        await me.actor.sleep(100)

    async def work() -> None:
        begun = Begun(me.keeper)
        await kept(begun, stay(begun))

    def close() -> None:
        me.actor.kill()
        seen.append(is_idle(me))

    scene.world.at(1, close)
    scene.run((me, work()))
    assert seen == [True]
    assert not scene.dialect.decode(scene.row).released
    assert PLACE in me.keeper._ghosts
