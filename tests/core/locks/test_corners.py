"""What seldom happens to locks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._core.locks.acquire import acquire
from dynawait._core.locks.assess import assess, force_release
from dynawait._core.locks.beating import beat, keep_beating, renew
from dynawait._core.locks.contender import Request
from dynawait._core.locks.contest import line_of
from dynawait._core.locks.looking import inspect
from dynawait._core.locks.release import release
from dynawait._core.locks.semaphore import acquire_permit
from dynawait._core.locks.several import acquire_all
from dynawait._core.locks.store import Place, Refused, RefusedAll
from dynawait._core.locks.timing import Tolerance
from dynawait.errors import InvalidArgumentError, LockTimeoutError, ServiceError
from dynawait.locks.dialects import PYTHON_DYNAMODB_LOCK, TERRAFORM, TRISTANLS
from dynawait.locks.outcomes import ReleaseOutcome
from tests.core.locks.scene import CALL, PLACE, Scene, wanted
from tests.unit.locks.lock_rows import INFO

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynawait._core.locks.store import Change


@pytest.mark.parametrize(
    ("rate", "margin"), [(-0.1, 0), (1, 0), (0, -1), (0, float("inf"))]
)
def test_a_tolerance_that_bounds_nothing_is_refused(rate: float, margin: float) -> None:
    """A clock cannot be slower than standing still."""
    with pytest.raises(InvalidArgumentError):
        Tolerance(rate=rate, margin=margin)


def test_a_lock_handed_to_a_task_that_is_no_more_is_the_next_ones() -> None:
    """It is not held by nobody until its lease is over."""
    scene = Scene()
    me = scene.client()
    got: list[tuple[str, float]] = []
    tasks: dict[str, Any] = {}

    async def task(name: str, after: float) -> None:
        await me.actor.sleep(after)
        grant = await acquire(me.keeper, wanted())
        got.append((name, scene.world.time))
        await me.actor.sleep(0.1)
        if name == "second":
            scene.world.cancel(tasks["third"])
        await release(me.keeper, grant)

    for number, name in enumerate(("first", "second", "third", "fourth")):
        tasks[name] = me.start(task(name, number * 0.001))
    scene.run()
    assert [name for name, _ in got] == ["first", "second", "fourth"]
    assert got[2][1] - got[1][1] < 0.1 + 5 * CALL


def test_a_task_that_waits_for_another_is_late_in_time() -> None:
    """Its holder is in the same client, and it leaves the line."""
    scene = Scene()
    me = scene.client()

    async def hold() -> None:
        grant = await acquire(me.keeper, wanted())
        await me.actor.sleep(2)
        await release(me.keeper, grant)

    async def wait() -> None:
        await me.actor.sleep(0.1)
        with pytest.raises(LockTimeoutError, match="another task of this client"):
            await acquire(me.keeper, wanted(wait=1))
        assert me.keeper.lines.length(PLACE) == 0

    scene.run((me, hold()), (me, wait()))


class Crossed(str):
    """A version at whose comparison another thread is faster."""

    __slots__ = ("meanwhile",)
    meanwhile: list[Callable[[], object]]
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        """Let the other one go first."""
        if self.meanwhile:
            self.meanwhile.pop()()
        return str.__eq__(self, other)


def test_two_threads_may_confirm_one_after_the_other() -> None:
    """As when one renews by hand what another renews anyway."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        tenure = (await acquire(me.keeper, wanted())).tenure
        first, last = Crossed("first"), "last"
        first.meanwhile = []
        tenure.sent(first, me.clock())
        tenure.sent(last, me.clock())
        first.meanwhile = [lambda: tenure.confirm(last)]
        tenure.confirm(last)
        assert not first.meanwhile
        assert tenure.versions == ("last",)

    scene.run((me, work()))


def test_a_second_release_does_nothing() -> None:
    """The lock may be somebody else's by then."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        grant = await acquire(me.keeper, wanted())
        assert await release(me.keeper, grant) is ReleaseOutcome.RELEASED
        again = await acquire(me.keeper, wanted())
        assert await release(me.keeper, grant) is ReleaseOutcome.ALREADY_LOST
        assert again.remaining(me.clock()) > 7

    scene.run((me, work()))


def test_a_refused_heartbeat_is_told_and_tried_again() -> None:
    """Permissions may come back before the lease is over."""
    scene = Scene()
    me = scene.client()
    told: list[Exception] = []
    write = me.store.write

    async def refuse(*_: object, **__: object) -> Any:
        raise ServiceError(code="AccessDenied", message="", operation="x", table="y")

    async def work() -> None:
        me.keeper.on_trouble = lambda _, error: told.append(error)
        grant = await acquire(me.keeper, wanted(heartbeat=2.0))
        me.store.write = refuse  # type: ignore[method-assign] # it fails for a while
        await me.actor.sleep(3)
        me.store.write = write  # type: ignore[method-assign] # and works again
        await me.actor.sleep(10)
        me.store.fates.append("throttled")
        await me.actor.sleep(10)
        assert grant.remaining(me.clock()) > 0
        me.keeper.roster.close()

    scene.run((me, keep_beating(me.keeper)), (me, work()))
    assert [type(error).__name__ for error in told] == ["ServiceError", "StoreTrouble"]


def test_a_refusal_while_undoing_does_not_hide_why() -> None:
    """The caller sees the first error."""
    scene = Scene()
    me = scene.client()

    async def refuse(*_: object, **__: object) -> Any:
        raise ServiceError(code="AccessDenied", message="", operation="x", table="y")

    async def work() -> None:
        await release(me.keeper, await acquire(me.keeper, wanted()))
        me.store.fates.extend(["lost"] * 99)
        me.world.at(me.world.time + 0.3, deny)
        with pytest.raises(ServiceError, match="AccessDenied"):
            await acquire(me.keeper, wanted())

    def deny() -> None:
        me.store.read = refuse  # type: ignore[method-assign] # from here on

    scene.run((me, work()))


def test_more_lost_heartbeats_than_dynamodb_compares_with_are_survived() -> None:
    """The last version is then sent again, and counts from its first sending."""
    scene = Scene()
    me = scene.client()
    seen: list[int] = []
    write = me.store.write

    async def watched(place: Place, change: Change, **options: Any) -> Any:
        seen.append(len(getattr(change.condition, "versions", ())))
        return await write(place, change, **options)

    async def work() -> None:
        grant = await acquire(me.keeper, wanted(lease=400.0))
        me.store.write = watched  # type: ignore[method-assign] # it is only watched
        me.store.fates.extend(["lost"] * 120)
        for _ in range(120):
            with pytest.raises(Exception, match="transient"):
                await beat(me.keeper, grant.tenure)
        await renew(me.keeper, grant)
        assert max(seen) == 90
        assert await release(me.keeper, grant) is ReleaseOutcome.RELEASED

    scene.run((me, work()))


def test_who_trusts_the_service_calls_an_old_lock_stale() -> None:
    """By its heartbeat and the dates of the answers."""
    scene = Scene()
    me = scene.client(trust_service_time=True)
    you = scene.client("you")

    async def yours() -> None:
        await acquire(you.keeper, wanted())

    async def mine() -> None:
        await me.actor.sleep(60)
        found = await assess(me.keeper, PLACE)
        assert found.verdict == "STALE"
        assert "by its heartbeatAt" in str(found)

    scene.run((you, yours()), (me, mine()))


@pytest.mark.parametrize("held", [0.0, 3.0])
def test_force_deletes_where_the_dialect_does(held: float) -> None:
    """A row of python-dynamodb-lock, unless its token could then come back."""
    scene = Scene(PYTHON_DYNAMODB_LOCK)
    me = scene.client()

    async def work() -> None:
        await acquire(me.keeper, wanted())
        await me.actor.sleep(held)
        found = await inspect(me.keeper, PLACE)
        assert found is not None
        me.store.fates.append("lost")
        assert await force_release(me.keeper, found)
        assert not await force_release(me.keeper, found)

    scene.run((me, work()))
    records = [scene.dialect.decode(row) for row in scene.table.rows.values()]
    assert [record.released for record in records] == ([] if held else [True])


def test_force_deletes_where_there_is_no_mark() -> None:
    """Of Terraform's rows nothing else says that they are free."""
    scene = Scene(TERRAFORM)
    me = scene.client()

    async def work() -> None:
        await acquire(me.keeper, Request(PLACE, float("inf"), 0, None, INFO))
        found = await inspect(me.keeper, PLACE)
        assert found is not None
        me.store.fates.append("lost")
        assert await force_release(me.keeper, found)

    scene.run((me, work()))
    assert scene.table.rows == {}


def test_what_is_only_read_is_not_acquired() -> None:
    """Rows of tristanls are not written."""
    scene = Scene(TRISTANLS)
    me = scene.client()

    async def work() -> None:
        with pytest.raises(TypeError, match="nobody acquires in the dialect tristanls"):
            await acquire(me.keeper, Request(PLACE, 8.0))

    scene.run((me, work()))


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"waiters": 7},
        {"waiters": {"S": "x"}},
        {"waiters": {"L": [7]}},
        {"waiters": {"L": [{"N": "7"}]}},
    ],
)
def test_a_line_that_cannot_be_read_is_empty(line: dict[str, Any]) -> None:
    """Whatever somebody has put there."""
    assert line_of(line) == ()


def test_a_clock_that_leaps_begins_anew() -> None:
    """Dates that contradict what is known are the service's all the same."""
    scene = Scene()
    clock = scene.client().keeper.clock
    clock.hear(0.0, 0.1, 1000.0)
    clock.hear(1.0, 1.1, 5000.0)
    assert clock.earliest(1.1) == 5000.0
    clock.hear(2.0, 2.1, 3000.0)
    assert clock.latest(2.1) < 3002


@pytest.mark.parametrize("kind", ["one", "all", "permit"])
def test_a_refusal_that_nothing_explains_does_not_make_a_storm(kind: str) -> None:
    """As from a server with rules of its own: it is tried again after a rest, and not
    beyond the time that there is.
    """
    scene = Scene()
    me = scene.client()

    async def refuse(*_: object, **__: object) -> Any:
        await me.actor.sleep(CALL)
        return Refused(None, None) if kind != "all" else RefusedAll(((True, None),) * 2)

    async def work() -> None:
        me.store.write = me.store.write_all = refuse  # type: ignore[method-assign]
        one = wanted(wait=10)
        several = [one, replace(one, place=Place("b"))]
        acquisition: Any = {
            "one": lambda: acquire(me.keeper, one),
            "all": lambda: acquire_all(me.keeper, several),
            "permit": lambda: acquire_permit(me.keeper, one, 2),
        }[kind]
        with pytest.raises(LockTimeoutError):
            await acquisition()

    scene.run((me, work()))
    assert 9 < scene.world.time < 12
    assert me.store.calls < 250


def test_a_release_that_is_refused_without_a_reason_is_unconfirmed() -> None:
    """Its row is still held, by its own version: to send it again would not help."""
    scene = Scene()
    me = scene.client()
    refusals: list[Any] = []

    async def refuse(*_: object, **__: object) -> Any:
        refusals.append(Refused(dict(scene.row), None))
        assert len(refusals) < 10
        return refusals[-1]

    async def work() -> None:
        grant = await acquire(me.keeper, wanted())
        me.store.write = refuse  # type: ignore[method-assign] # from here on
        assert await release(me.keeper, grant) is ReleaseOutcome.UNCONFIRMED

    scene.run((me, work()))
    assert len(refusals) == 1
