"""Looking at locks: observations, verdicts, and release by force."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait._core.locks.acquire import acquire
from dynawait._core.locks.assess import assess, force_release
from dynawait._core.locks.beating import beat
from dynawait._core.locks.looking import inspect, records
from dynawait._core.locks.release import release
from dynawait._core.locks.store import Place
from dynawait._core.locks.timing import ServiceClock, Tolerance
from dynawait.errors import InvalidArgumentError, ServiceError
from dynawait.locks.dialects import TERRAFORM
from tests.core.locks.scene import PLACE, Scene, wanted
from tests.unit.locks.lock_rows import INFO

LEASE = 8.0
OVER = Tolerance(margin=0.05).over(LEASE)


def test_a_dead_lock_is_taken_at_once_with_what_another_process_has_seen() -> None:
    """Observations go from one process to the next as text."""
    scene = Scene()
    dead, first, second = (scene.client(name) for name in ("dead", "first", "second"))
    text: list[str] = []

    async def die() -> None:
        await acquire(dead.keeper, wanted(lease=LEASE))
        scene.world.at(scene.world.time, dead.actor.kill)

    async def watch() -> None:
        await first.actor.sleep(1)
        await inspect(first.keeper, PLACE)
        await first.actor.sleep(4)
        text.append(first.keeper.observations.export(first.clock()))

    async def take() -> None:
        await second.actor.sleep(OVER + 3.5)  # the date is known to a second or so
        second.keeper.observations.load(text[0], second.clock())
        started = scene.world.time
        await acquire(second.keeper, wanted(lease=LEASE))
        assert scene.world.time - started < 0.1

    scene.run((dead, die()), (first, watch()), (second, take()))
    seen = json.loads(text[0])["observations"][0]
    assert seen["key"] == "orders"
    assert 3.9 < seen["watched"] < 4.1
    assert seen["by"] == "first"


def exported(**times: float | None) -> str:
    """Return an export of one observation."""
    seen = {"key": "a", "sort_key": None, "version": "v", "released": False, "by": "me"}
    return json.dumps({"format": 1, "observations": [{**seen, **times}]})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": 2, "observations": []}',
        '{"format": 1, "observations": [7]}',
        exported(watched=-1, since=None),
        exported(watched=1, since=float("nan")),
    ],
)
def test_what_is_no_export_is_refused(text: str) -> None:
    """With the argument's name."""
    with pytest.raises(InvalidArgumentError, match="observations"):
        Scene().client().keeper.observations.load(text, 0.0)


def test_verdicts_rest_on_evidence() -> None:
    """Absent, unknown, held, stale, released, unreadable: and nothing is changed."""
    scene = Scene()
    me, you = scene.client("me"), scene.client("you")
    found: dict[str, str] = {}

    async def look(name: str, observe: float = 0.0) -> None:
        before = dict(scene.table.rows)
        answer = await assess(me.keeper, PLACE, observe=observe)
        found[name] = answer.verdict
        assert answer.evidence
        assert str(answer).startswith(answer.verdict)
        if not observe:
            assert scene.table.rows == before

    async def work() -> None:
        await look("none")
        grant = await acquire(you.keeper, wanted(lease=LEASE))
        await look("young")
        await you.actor.sleep(3)
        del scene.row["heartbeatAt"]
        await look("unknown")
        you.start(later(grant))
        await look("beating", observe=5.0)
        await you.actor.sleep(2)
        await look("watched", observe=20.0)
        await release(you.keeper, grant)
        await look("released")
        scene.table.rows[PLACE] = {"key": {"S": "orders"}}
        await look("strange")

    async def later(grant: Any) -> None:
        await you.actor.sleep(1)
        await beat(you.keeper, grant.tenure)
        del scene.row["heartbeatAt"]

    # One task for both: their clocks are the same.
    you.keeper.runtime = me.keeper.runtime
    you.store.actor = me.actor
    you.actor = me.actor
    scene.run((me, work()))
    assert found == {
        "none": "ABSENT",
        "young": "HELD",
        "unknown": "UNKNOWN",
        "beating": "HELD",
        "watched": "STALE",
        "released": "RELEASED",
        "strange": "UNREADABLE",
    }


@pytest.mark.parametrize(
    ("alive", "verdict"), [(None, "UNKNOWN"), (True, "HELD"), (False, "STALE")]
)
def test_without_a_lease_only_a_probe_can_tell(
    alive: bool | None, verdict: str
) -> None:
    """However old a lock of Terraform's is."""
    scene = Scene(TERRAFORM)
    me = scene.client()
    scene.table.rows[PLACE] = {"LockID": {"S": "orders"}, "Info": {"S": INFO}}

    async def work() -> None:
        await inspect(me.keeper, PLACE)
        await me.actor.sleep(1e6)
        found = await assess(me.keeper, PLACE, is_owner_alive=lambda _: alive)
        assert found.verdict == verdict

    scene.run((me, work()))


def test_force_frees_exactly_the_record_that_was_read() -> None:
    """One that has moved on, was released or is gone stays as it is."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        grant = await acquire(me.keeper, wanted())
        old = await inspect(me.keeper, PLACE)
        assert old is not None
        await beat(me.keeper, grant.tenure)
        assert await force_release(me.keeper, old) is False
        now = await inspect(me.keeper, PLACE)
        assert now is not None
        me.store.fates.append("lost")
        assert await force_release(me.keeper, now) is True
        assert scene.row["isReleased"] == {"S": "1"}
        assert scene.row["fencingToken"] == {"N": str(grant.token)}
        assert await force_release(me.keeper, now) is False
        scene.table.rows.clear()
        assert await force_release(me.keeper, now) is False

    scene.run((me, work()))


def test_rows_of_any_shape_are_listed() -> None:
    """A strange one breaks nothing."""
    scene = Scene()
    me = scene.client()
    scene.table.rows[Place("a")] = {"key": {"N": "7"}}
    scene.table.rows[Place("b")] = {}

    async def work() -> None:
        await acquire(me.keeper, wanted())
        found, after = await records(me.keeper)
        assert [record.readable for record in found] == [False, False, True]
        assert after is None

    scene.run((me, work()))


def test_a_look_that_gets_no_answer_says_so() -> None:
    """In its time."""
    scene = Scene()
    me = scene.client()
    me.store.fates.extend(["dropped"] * 50)

    async def work() -> None:
        with pytest.raises(ServiceError, match="no answer in 2 s"):
            await inspect(me.keeper, PLACE, timeout=2)

    scene.run((me, work()))


@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.floats(0, 5), st.floats(0, 1)),
        min_size=1,
        max_size=30,
    ),
    st.floats(-0.05, 0.05),
)
def test_the_services_time_lies_between_the_bounds(
    calls: list[tuple[float, float, float]], drift: float
) -> None:
    """Whatever calls take, and as long as the local clock drifts within its bound."""
    clock, time = ServiceClock(Tolerance()), 1e9
    for pause, took, share in calls:
        time += pause
        local = time * (1 + drift)
        date = float(int(time + took * share))
        time += took
        clock.hear(local, time * (1 + drift), date)
        now = time * (1 + drift)
        assert clock.earliest(now) <= time + 1e-6
        assert clock.latest(now) >= time - 1e-6
        assert clock.latest(now) - clock.earliest(now) < 1.001 + 5 * 1.2 + 101 * 0.11
