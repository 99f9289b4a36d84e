"""What a client has seen: shared by threads, and no more than there is room for."""

from __future__ import annotations

import json
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from dynawait._core.locks import observing
from dynawait._core.locks.acquire import acquire
from dynawait._core.locks.looking import records
from dynawait._core.locks.observing import Observations
from dynawait._core.locks.store import Place
from dynawait._core.locks.timing import ServiceClock, Tolerance
from tests.core.locks.scene import PLACE, Scene, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynawait.locks.records import LockRecord

LEASE = 8.0
OVER = Tolerance(margin=0.05).over(LEASE)
ROOM = 20


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few locks be remembered."""
    monkeypatch.setattr(observing, "_MOST", ROOM)


@pytest.fixture
def restless() -> Iterator[None]:
    """Let threads take turns as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def held() -> LockRecord:
    """Return the record of a lock that is held."""
    scene = Scene()
    me = scene.client()

    async def work() -> None:
        await acquire(me.keeper, wanted())

    scene.run((me, work()))
    return scene.dialect.decode(scene.row)


@pytest.mark.usefixtures("restless")
def test_threads_that_make_room_do_not_meet() -> None:
    """Several may want to forget the same lock at the same time."""
    seen = Observations(ServiceClock(Tolerance()), "me")
    record = held()
    failures: list[BaseException] = []

    def look(name: str) -> None:
        try:
            for number in range(3000):
                seen.note(Place(f"{name}-{number}"), record, 0.0)
        except BaseException as error:  # noqa: BLE001 - the test fails with it
            failures.append(error)

    threads = [threading.Thread(target=look, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen.export(1.0)
    assert not failures
    left = json.loads(seen.export(1.0))["observations"]
    assert len(left) <= ROOM + 2 * len(threads)


def test_what_is_looked_at_is_not_forgotten() -> None:
    """However many others are seen meanwhile, as those that one's own tasks acquire."""
    seen = Observations(ServiceClock(Tolerance()), "me")
    record = held()
    for number in range(5 * ROOM):
        seen.note(PLACE, record, float(number))
        seen.note(Place(f"k{number}"), record, float(number))
    assert seen.age(PLACE, record, 5.0 * ROOM) == 5.0 * ROOM


def test_more_than_there_is_room_for_is_forgotten() -> None:
    """Whatever was imported, the next lock that is seen makes room for itself."""
    seen = Observations(ServiceClock(Tolerance()), "me")
    row = {"sort_key": None, "version": "v", "released": False, "by": "you"}
    rows = [
        {**row, "key": f"k{number}", "watched": 1.0, "since": None}
        for number in range(2 * ROOM)
    ]
    seen.load(json.dumps({"format": 1, "observations": rows}), 0.0)
    seen.note(PLACE, held(), 0.0)
    left = json.loads(seen.export(1.0))["observations"]
    assert [each["key"] for each in left[-2:]] == [f"k{2 * ROOM - 1}", PLACE.key]
    assert len(left) == ROOM


def test_who_lists_a_large_table_forgets_no_lock_that_is_waited_for() -> None:
    """A dead holder's lock is taken when its time is over, whatever is read beside."""
    scene = Scene()
    dead, me = scene.client("dead"), scene.client("me")

    async def die() -> None:
        await acquire(dead.keeper, wanted(lease=LEASE))
        row = scene.row
        for number in range(ROOM + 5):
            key = f"k{number}"
            scene.table.rows[Place(key)] = {**row, "key": {"S": key}}
        scene.world.at(scene.world.time, dead.actor.kill)

    async def wait() -> None:
        await me.actor.sleep(1)
        started = scene.world.time
        await acquire(me.keeper, wanted(lease=LEASE, wait=4 * OVER))
        assert scene.world.time - started < OVER + 3

    async def scan() -> None:
        await me.actor.sleep(1.5)
        for _ in range(10):
            found, _ = await records(me.keeper)
            assert len(found) == ROOM + 6
            await me.actor.sleep(1)

    scene.run((dead, die()), (me, wait()), (me, scan()))
    assert PLACE in scene.table.rows
