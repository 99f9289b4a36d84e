"""The queue of index changes: one at a time, first in, first out, on every face."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import anyio
import pytest

import dynawait
import dynawait.sync
from dynawait import (
    ChangeTimeoutError,
    CreateIndex,
    DeleteIndex,
    IndexConflictError,
    InvalidArgumentError,
    PlanError,
    QueueClosedError,
)
from dynawait.testing import Faults
from tests.gateways.faces import on_asyncio, on_trio
from tests.gateways.queues import CROWDS, Ask, Crowd, Stage, creation, sent, service

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

BOTH = pytest.mark.parametrize("enter", [on_asyncio, on_trio])


@pytest.fixture(params=CROWDS)
def crowd(request: pytest.FixtureRequest) -> Crowd:
    """Return each way to let people ask in turn."""
    return CROWDS[request.param]


def test_first_in_first_out(crowd: Crowd) -> None:
    """Changes are made in the order of their submission, one in flight at a time."""
    dynamodb = service()
    names = [f"index-{number}" for number in range(5)]
    asks = [Ask(at, creation(name)) for at, name in enumerate(names, 1)]
    stage = Stage(asks)
    crowd(dynamodb, stage)
    writes = sent(dynamodb)
    assert [name for _, _, name in writes] == names
    # Each takes 30 seconds, and is noticed within a tenth of that.
    assert all(30 <= b - a <= 33.5 for (a, *_), (b, *_) in pairwise(writes))
    for ask in asks:
        assert ask.outcome.indexes[ask.change.name].is_active
    assert [ask.ended for ask in asks] == sorted(ask.ended for ask in asks)
    assert stage.closed == pytest.approx(asks[-1].ended, abs=0.5)


def test_a_failure_fails_its_own_submitter(crowd: Crowd) -> None:
    """A change that cannot be made fails who asked for it, and the queue goes on."""
    dynamodb = service()
    other = CreateIndex("index-1", "another-key")
    asks = [Ask(1, creation("index-1")), Ask(2, other), Ask(3, creation("index-2"))]
    crowd(dynamodb, Stage(asks))
    assert isinstance(asks[1].outcome, IndexConflictError)
    assert asks[2].outcome.indexes["index-2"].is_active
    assert len(sent(dynamodb)) == 2


def test_stop_on_error(crowd: Crowd) -> None:
    """With stop_on_error the first failure sends all who wait away, as their cause."""
    dynamodb = service()
    asks = [
        Ask(1, creation("index-1")),
        Ask(2, CreateIndex("index-1", "another-key")),
        Ask(3, creation("index-2")),
        Ask(4, creation("index-3")),
        Ask(60, creation("index-4")),
    ]
    crowd(dynamodb, Stage(asks, options={"stop_on_error": True}, close_at=70))
    assert asks[0].outcome.indexes["index-1"].is_active
    assert isinstance(asks[1].outcome, IndexConflictError)
    for ask in asks[2:]:
        assert isinstance(ask.outcome, QueueClosedError)
        assert "it stopped at an error" in str(ask.outcome)
        assert ask.outcome.__cause__ is asks[1].outcome
    assert len(sent(dynamodb)) == 1


def test_closing_while_they_wait(crowd: Crowd) -> None:
    """Leaving the block waits for those in line; who comes later is sent away."""
    dynamodb = service()
    asks = [
        Ask(1, creation("index-1")),
        Ask(2, creation("index-2")),
        Ask(9, creation("index-3")),
    ]
    stage = Stage(asks, close_at=5)
    crowd(dynamodb, stage)
    assert asks[1].outcome.indexes["index-2"].is_active
    assert isinstance(asks[2].outcome, QueueClosedError)
    assert asks[2].ended == pytest.approx(9, abs=0.5)
    assert stage.closed == pytest.approx(asks[1].ended, abs=0.5)


def test_leaving_by_an_error(crowd: Crowd) -> None:
    """Leaving the block by an error sends who wait away; what is in flight goes on."""
    dynamodb = service()
    asks = [Ask(1, creation("index-1")), Ask(2, creation("index-2"))]
    stage = Stage(asks, fail_at=5)
    crowd(dynamodb, stage)
    assert asks[0].outcome.indexes["index-1"].is_active
    assert isinstance(asks[1].outcome, QueueClosedError)
    assert "left by an error" in str(asks[1].outcome)
    assert asks[1].ended == pytest.approx(5, abs=0.5)
    assert stage.closed == pytest.approx(5, abs=0.5)


def test_time_out_in_line(crowd: Crowd) -> None:
    """A time-out counts the waiting in line, and takes nobody else out of it."""
    dynamodb = service()
    asks = [
        Ask(1, creation("index-1")),
        Ask(2, creation("index-2"), timeout=10),
        Ask(3, creation("index-3")),
    ]
    crowd(dynamodb, Stage(asks))
    assert isinstance(asks[1].outcome, ChangeTimeoutError)
    assert "timed out in the queue" in str(asks[1].outcome)
    assert "1 was before it" in str(asks[1].outcome)
    assert asks[1].ended == pytest.approx(12, abs=0.5)
    assert [name for _, _, name in sent(dynamodb)] == ["index-1", "index-3"]


def test_its_turn_comes_too_late(crowd: Crowd) -> None:
    """Who gets his turn when his time is up makes no call any more."""
    dynamodb = service()
    asks = [
        Ask(1, creation("index-1"), timeout=15),
        Ask(2, creation("index-2"), timeout=14),
    ]
    crowd(dynamodb, Stage(asks))
    for ask in asks:
        assert isinstance(ask.outcome, ChangeTimeoutError)
        assert ask.ended == pytest.approx(16, abs=0.5)
    assert len(sent(dynamodb)) == 1


def test_no_time_in_the_queue(crowd: Crowd) -> None:
    """With a timeout of 0 it looks once if it is its turn, and does not wait."""
    dynamodb = service()
    asks = [
        Ask(1, DeleteIndex("index-1"), timeout=0),
        Ask(2, creation("index-2")),
        Ask(3, creation("index-2"), timeout=0),
    ]
    crowd(dynamodb, Stage(asks))
    assert not asks[0].outcome.indexes
    assert isinstance(asks[2].outcome, ChangeTimeoutError)


def test_time_out_at_work(crowd: Crowd) -> None:
    """A change that times out at work goes on, and the next one waits for it."""
    dynamodb = service()
    asks = [Ask(1, creation("index-1"), timeout=15), Ask(2, creation("index-2"))]
    crowd(dynamodb, Stage(asks))
    assert isinstance(asks[0].outcome, ChangeTimeoutError)
    failed: Any = asks[0].outcome.failed
    assert failed.title == "create index index-1"
    assert asks[0].ended == pytest.approx(16, abs=0.5)
    (first, *_), (second, *_) = sent(dynamodb)
    assert second - first >= 30


def test_two_queues_of_one_table(crowd: Crowd) -> None:
    """Two queues know nothing of each other, and their changes still do not meet."""
    dynamodb = service()
    asks = [Ask(1, creation(f"index-{n}"), queue=n % 2) for n in range(4)]
    crowd(dynamodb, Stage(asks, queues=2))
    for ask in asks:
        assert not isinstance(ask.outcome, Exception), ask.outcome
        assert ask.outcome.indexes[ask.change.name].is_active
    accepted = [call for call in dynamodb.calls if call.operation == "UpdateTable"]
    assert len({str(call.parameters) for call in accepted}) == 4


def test_until_started(crowd: Crowd) -> None:
    """A submitter may go when his change has begun; the next waits for quiet."""
    dynamodb = service()
    asks = [Ask(1, creation("index-1")), Ask(2, creation("index-2"))]
    crowd(dynamodb, Stage(asks, options={"until": "started"}))
    assert asks[0].ended < 2
    (first, *_), (second, *_) = sent(dynamodb)
    assert second - first >= 30


def test_faults(crowd: Crowd) -> None:
    """Whatever goes wrong on the way, all get their changes, each sent once."""
    dynamodb = service()
    dynamodb.faults = Faults(
        throttle=0.2, lost_response=0.2, dropped=0.2, stale_describe=0.2
    )
    asks = [Ask(at, creation(f"index-{at}")) for at in range(1, 5)]
    crowd(dynamodb, Stage(asks))
    for ask in asks:
        assert not isinstance(ask.outcome, Exception), ask.outcome
        assert ask.outcome.indexes[ask.change.name].is_active


def test_the_same_twice(crowd: Crowd) -> None:
    """Who asks for what another has just asked for gets it without a call."""
    dynamodb = service()
    asks = [Ask(1, creation("index-1")), Ask(2, creation("index-1"))]
    crowd(dynamodb, Stage(asks))
    assert len(sent(dynamodb)) == 1
    assert asks[1].ended == pytest.approx(asks[0].ended, abs=0.5)


def test_a_deletion_after_a_creation(crowd: Crowd) -> None:
    """The order of submission is what counts when two contradict each other."""
    dynamodb = service()
    asks = [Ask(1, creation("index-1")), Ask(2, DeleteIndex("index-1"))]
    crowd(dynamodb, Stage(asks))
    assert not asks[1].outcome.indexes
    assert [action for _, action, _ in sent(dynamodb)] == ["Create", "Delete"]


def queue_of(**options: Any) -> Any:
    """Return a queue of the blocking face."""
    return dynawait.sync.IndexChangeQueue(service().client(), "orders", **options)


@pytest.mark.parametrize(
    "options",
    [
        {"until": "tomorrow"},
        {"on_cancel": "ask"},
        {"polling": 5},
        {"on_event": "print"},
        {"cloudwatch": "client"},
        {"cloudtrail": object()},
    ],
    ids=lambda options: next(iter(options)),
)
def test_options_that_are_wrong(options: dict[str, Any]) -> None:
    """An option that cannot be right is refused when the queue is made."""
    with pytest.raises(InvalidArgumentError, match=next(iter(options))):
        queue_of(**options)
    with pytest.raises(InvalidArgumentError, match=next(iter(options))):
        dynawait.IndexChangeQueue(service().async_client(), "orders", **options)


def test_a_table_that_is_wrong() -> None:
    """A name that can be no table's is refused when the queue is made."""
    with pytest.raises(InvalidArgumentError, match="table"):
        dynawait.sync.IndexChangeQueue(service().client(), "?")


@pytest.mark.parametrize("change", ["index-1", None, {}, [], [1]])
def test_what_is_no_change(change: Any) -> None:
    """What is no change is refused at once, and does not stop the queue."""
    queue = queue_of(stop_on_error=True)
    with pytest.raises(InvalidArgumentError):
        queue.submit(change)
    with pytest.raises(InvalidArgumentError, match="one by one"):
        queue.submit([creation("index-1"), creation("index-2")])
    with pytest.raises(InvalidArgumentError, match="timeout"):
        queue.submit(creation("index-1"), timeout=-1)
    assert queue.submit(creation("index-1")).indexes


def test_closed() -> None:
    """A closed queue takes nothing more; closing it again does nothing."""
    queue = queue_of()
    queue.close()
    queue.close()
    with queue, pytest.raises(QueueClosedError, match="it was closed"):
        queue.submit(creation("index-1"))
    assert queue.pending == 0


def test_a_plan_error_comes_through() -> None:
    """What can never work is told to who asked for it."""
    queue = queue_of()
    with pytest.raises(PlanError, match="ProvisionedThroughput"):
        queue.submit(CreateIndex("index-1", "key", throughput=(1, 1)))


@BOTH
@pytest.mark.parametrize("who", [0, 1], ids=["at work", "in line"])
def test_cancelled(
    enter: Callable[[Callable[[], Awaitable[Any]]], Any], who: int
) -> None:
    """A cancelled submitter steps out of the line, and the others go on."""
    dynamodb = service()
    ends: list[Any] = [None] * 3

    async def main() -> None:
        client: Any = dynamodb.async_client()
        scopes = [anyio.CancelScope() for _ in range(3)]
        queue = dynawait.IndexChangeQueue(client, "orders")

        async def work(place: int) -> None:
            with scopes[place]:
                await dynamodb.clock.sleep(place + 1)
                ends[place] = await queue.submit(creation(f"index-{place}"))

        async with queue, anyio.create_task_group() as group:
            for place in range(3):
                group.start_soon(work, place)
            await dynamodb.clock.sleep(5)
            assert queue.pending == 3
            scopes[who].cancel()
            await dynamodb.clock.sleep(0.1)
            assert queue.pending == 2
        assert queue.pending == 0

    enter(main)
    assert ends[who] is None
    assert all(ends[place] is not None for place in range(3) if place != who)
    names = [name for _, _, name in sent(dynamodb)]
    # What was sent already goes on, and the others have waited for it.
    assert names == [f"index-{n}" for n in range(3) if n != who or who == 0]


@BOTH
def test_closing_is_cancelled(
    enter: Callable[[Callable[[], Awaitable[Any]]], Any],
) -> None:
    """A closing that is cancelled leaves the queue closed, and who is at work at it."""
    dynamodb = service()

    async def main() -> Any:
        client: Any = dynamodb.async_client()
        queue = dynawait.IndexChangeQueue(client, "orders")
        found: list[Any] = []

        async def work() -> None:
            found.append(await queue.submit(creation("index-1")))

        async with anyio.create_task_group() as group:
            group.start_soon(work)
            await dynamodb.clock.sleep(1)
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as inner:
                    inner.start_soon(queue.aclose)
                    inner.start_soon(queue.aclose)
                    await dynamodb.clock.sleep(1)
                    assert queue.pending == 1
                    scope.cancel()
            with pytest.raises(QueueClosedError):
                await queue.submit(creation("index-2"))
        return found

    (state,) = enter(main) or [None]
    assert state is None or state.indexes["index-1"].is_active
    assert len(sent(dynamodb)) == 1
