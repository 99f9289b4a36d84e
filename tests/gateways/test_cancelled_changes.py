"""Changes that are cancelled say what they leave behind, and clear it up if asked."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import pytest
import trio

import dynawait
import dynawait.sync
from dynawait._core.gateway import CallTimedOut
from dynawait._gateways.aio import open_async
from dynawait._gateways.blocking import drive, open_blocking
from dynawait.testing import Faults
from tests.gateways.faces import on_asyncio, on_trio
from tests.gateways.queues import creation, sent, service

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dynawait import Event
    from dynawait.testing import SimulatedDynamoDB

    Enter = Callable[[Callable[[], Awaitable[Any]]], Any]

BOTH = pytest.mark.parametrize("enter", [on_asyncio, on_trio])


class Cancelled:
    """What a cancelled change has said.

    Attributes:
        notes: on the exception.
        events: to the observer.
    """

    def __init__(self) -> None:
        """Start with nothing said."""
        self.notes: list[str] = []
        self.events: list[Event] = []

    @property
    def note(self) -> str:
        """The note that was left; there is one."""
        (note,) = self.notes
        assert self.events[-1].name == "change.failed"
        assert "interrupted by" in self.events[-1].text
        assert self.events[-1].text.endswith(note.removeprefix("orders: "))
        return note


async def changing(
    dynamodb: SimulatedDynamoDB, said: Cancelled, *names: str, **options: Any
) -> None:
    """Create indexes, and keep what is said when that is cancelled."""
    client: Any = dynamodb.async_client()
    try:
        await dynawait.apply_index_changes(
            client,
            "orders",
            [creation(name) for name in names or ("index-1",)],
            on_event=said.events.append,
            **options,
        )
    except BaseException as error:
        said.notes += getattr(error, "__notes__", [])
        raise


def cancelled_at(
    moment: float,
    enter: Enter,
    *names: str,
    dynamodb: SimulatedDynamoDB | None = None,
    **options: Any,
) -> tuple[SimulatedDynamoDB, Cancelled]:
    """Cancel a change some seconds after its start."""
    service_ = dynamodb or service()
    said = Cancelled()

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: changing(service_, said, *names, **options))
            await service_.clock.sleep(moment)
            group.cancel_scope.cancel()

    enter(main)
    return service_, said


def index_of(dynamodb: SimulatedDynamoDB) -> Any:
    """Return the status of the index as it is now, and whether it backfills."""
    for index in dynamodb.tables["orders"].get("GlobalSecondaryIndexes", ()):
        return index["IndexStatus"], bool(index.get("Backfilling"))
    return None


@BOTH
def test_kept(enter: Enter) -> None:
    """An index that is being built goes on, and that is said."""
    dynamodb, said = cancelled_at(20, enter)
    assert said.note == (
        "orders: create index index-1 was sent, and goes on without us"
    )
    assert index_of(dynamodb) == ("CREATING", True)
    assert len(sent(dynamodb)) == 1


@BOTH
def test_deleted_in_the_backfill(enter: Enter) -> None:
    """While it backfills, an index is deleted again if that was asked for."""
    dynamodb, said = cancelled_at(20, enter, on_cancel="delete")
    assert "was backfilling and is being deleted again" in said.note
    assert [action for _, action, _ in sent(dynamodb)] == ["Create", "Delete"]
    dynamodb.clock.advance(60)
    assert index_of(dynamodb) is None


@BOTH
def test_not_deleted_while_allocated(enter: Enter) -> None:
    """While its resources are allocated it cannot be deleted, and that is said."""
    dynamodb, said = cancelled_at(5, enter, on_cancel="delete")
    assert "is being allocated and cannot be deleted yet" in said.note
    assert len(sent(dynamodb)) == 1
    assert index_of(dynamodb) == ("CREATING", False)


@BOTH
@pytest.mark.parametrize("on_cancel", ["keep", "delete"])
def test_before_the_answer(enter: Enter, on_cancel: str) -> None:
    """Cancelled before the answer has come, it says that nobody can tell."""
    dynamodb = service()
    dynamodb.faults = Faults(latency=4.0)
    # The look takes 4 seconds; the call arrives at 6, its answer would come at 8.
    dynamodb, said = cancelled_at(5, enter, dynamodb=dynamodb, on_cancel=on_cancel)
    if on_cancel == "keep":
        assert "it cannot be told whether it was taken" in said.note
    else:
        assert "does not show yet" in said.note


@BOTH
def test_before_the_first_step(enter: Enter) -> None:
    """Cancelled before anything was sent, it leaves nothing behind, nor a note."""
    dynamodb = service()
    dynamodb.faults = Faults(latency=4.0)
    dynamodb, said = cancelled_at(1, enter, dynamodb=dynamodb, on_cancel="delete")
    assert not said.notes
    assert [event.name for event in said.events] == ["change.failed"]
    assert not sent(dynamodb)


@BOTH
def test_between_two_steps(enter: Enter) -> None:
    """Cancelled half-way, it says what is done and what is left."""
    _, said = cancelled_at(40, enter, "index-1", "index-2", "index-3")
    assert said.note == (
        "orders: create index index-2 was sent, and goes on without us; "
        "done: create index index-1; left: create index index-3"
    )


@BOTH
def test_deleting_it_fails(enter: Enter) -> None:
    """A deletion that is refused is said, and the cancellation goes on."""
    dynamodb = service()

    async def main() -> list[str]:
        said = Cancelled()
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: changing(dynamodb, said, on_cancel="delete"))
            await dynamodb.clock.sleep(20)
            dynamodb.faults = Faults(throttle=1.0)
            group.cancel_scope.cancel()
        return [said.note]

    (note,) = enter(main)
    assert "could not be cleared up" in note
    assert "Rate exceeded" in note
    assert index_of(dynamodb) == ("CREATING", True)


def test_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """The log says as well what was left behind."""
    with caplog.at_level(logging.INFO, "dynawait.change"):
        cancelled_at(20, on_asyncio)
    assert "goes on without us" in caplog.records[-1].getMessage()


@pytest.mark.parametrize("again", [False, True], ids=["once", "twice"])
def test_a_cancelled_task(*, again: bool) -> None:
    """`Task.cancel` is honoured too; a second one does not end the clearing up."""
    dynamodb = service()
    dynamodb.faults = Faults(latency=1.0)
    said = Cancelled()

    async def main() -> None:
        task = asyncio.create_task(changing(dynamodb, said, on_cancel="delete"))
        await dynamodb.clock.sleep(22)
        task.cancel()
        if again:
            await dynamodb.clock.sleep(0.5)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    on_asyncio(main)
    assert "is being deleted again" in said.note
    assert [action for _, action, _ in sent(dynamodb)] == ["Create", "Delete"]


def test_asyncio_timeout() -> None:
    """`asyncio.timeout` around a change is a TimeoutError, with the note below it."""
    dynamodb = service()
    said = Cancelled()

    async def main() -> None:
        limit = asyncio.timeout(None)

        async def expire() -> None:
            await dynamodb.clock.sleep(20)
            limit.reschedule(asyncio.get_running_loop().time())

        task = asyncio.create_task(expire())
        with suppress(TimeoutError):
            async with limit:
                await changing(dynamodb, said, on_cancel="delete")
        assert limit.expired()
        await task

    on_asyncio(main)
    assert "is being deleted again" in said.note


class Interrupted:
    """A blocking client at whose look somebody presses Ctrl-C, once."""

    def __init__(self, dynamodb: SimulatedDynamoDB, moment: float) -> None:
        """Press it some seconds after now."""
        self._client = dynamodb.client()
        self.__dynawait_clock__ = dynamodb.clock
        self._at = dynamodb.clock.now() + moment
        self.meta = self._client.meta

    def describe_table(self, **parameters: Any) -> Any:
        """Answer, or be interrupted."""
        if self.__dynawait_clock__.now() >= self._at:
            self._at = float("inf")
            raise KeyboardInterrupt
        return self._client.describe_table(**parameters)

    def update_table(self, **parameters: Any) -> Any:
        """Answer."""
        return self._client.update_table(**parameters)


@pytest.mark.parametrize(
    ("moment", "on_cancel", "left"),
    [
        (5, "keep", "goes on without us"),
        (20, "keep", "goes on without us"),
        (5, "delete", "cannot be deleted yet"),
        (20, "delete", "is being deleted again"),
    ],
)
def test_ctrl_c(moment: float, on_cancel: Any, left: str) -> None:
    """Ctrl-C in the blocking face is one more way to cancel."""
    dynamodb = service()
    client: Any = Interrupted(dynamodb, moment)
    events: list[Event] = []
    with pytest.raises(KeyboardInterrupt) as caught:
        dynawait.sync.apply_index_changes(
            client,
            "orders",
            [creation("index-1")],
            on_cancel=on_cancel,
            on_event=events.append,
        )
    (note,) = caught.value.__notes__
    assert left in note
    assert left in events[-1].text
    assert len(sent(dynamodb)) == 1 + (left == "is being deleted again")


def test_it_is_taken_up_again() -> None:
    """What a cancelled run left behind is taken up by the next one."""
    dynamodb, _ = cancelled_at(20, on_trio, "index-1", "index-2")
    result: Any = dynawait.sync.apply_index_changes(
        dynamodb.client(), "orders", [creation("index-1"), creation("index-2")]
    )
    assert [step.title for step in result.already] == ["create index index-1"]
    assert [step.title for step in result.done] == ["create index index-2"]
    assert len(sent(dynamodb)) == 2


async def nothing() -> None:
    """Take no time."""


def gateway_of() -> Any:
    """Return an async gateway in real time."""
    from tests.gateways.fakes import AsyncFake

    return open_async(AsyncFake("ACTIVE"))


@BOTH
def test_shielded(enter: Enter) -> None:
    """What is shielded ends, though the scope around it was cancelled before."""
    ended: list[str] = []

    async def work() -> str:
        await anyio.sleep(0.02)
        ended.append("work")
        return "result"

    async def main() -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            try:
                await anyio.sleep(1)
            finally:
                ended.append(await gateway_of().shielded(work(), 5))
            ended.append("never")

    enter(main)
    assert ended == ["work", "result"]


@BOTH
def test_shielded_for_too_long(enter: Enter) -> None:
    """A shield ends at its time, and what was in it is cancelled then."""
    ended: list[str] = []

    async def work() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("cleaned")

    async def main() -> float:
        began = anyio.current_time()
        with pytest.raises(CallTimedOut):
            await gateway_of().shielded(work(), 0.03)
        return anyio.current_time() - began

    assert 0.02 <= enter(main) < 1
    assert ended == ["cleaned"]


@BOTH
def test_shielded_and_failed(enter: Enter) -> None:
    """An error of what is shielded comes through as it is."""
    wrong = ValueError("wrong")

    async def work() -> None:
        await anyio.lowlevel.checkpoint()
        raise wrong

    async def main() -> None:
        with pytest.raises(ValueError, match="wrong") as caught:
            await gateway_of().shielded(work(), 5)
        assert caught.value is wrong

    enter(main)


def test_a_task_is_cancelled_in_the_shield() -> None:
    """`Task.cancel` during the shield is raised at the next await after it."""
    told: list[str] = []

    async def work() -> str:
        await asyncio.sleep(0.03)
        return "result"

    async def whole() -> None:
        told.append(await gateway_of().shielded(work(), 5))
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError as error:
            told.extend(error.args)
            raise

    async def main() -> None:
        task = asyncio.create_task(whole())
        await asyncio.sleep(0.01)
        task.cancel("first")
        await asyncio.sleep(0.01)
        task.cancel("second")
        with suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()

    on_asyncio(main)
    assert told == ["result", "second"]


def test_a_timeout_expires_in_the_shield() -> None:
    """`asyncio.timeout` around a shield still ends in a TimeoutError, after it."""

    async def main() -> None:
        limit = asyncio.timeout(0.01)
        with suppress(TimeoutError):
            async with limit:
                await gateway_of().shielded(asyncio.sleep(0.03), 5)
                await asyncio.sleep(5)
        assert limit.expired()
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0

    on_asyncio(main)


def test_cancelled_before_the_shield_and_in_it() -> None:
    """A scope of trio that is cancelled in the shield is noticed after it."""
    told: list[str] = []

    async def main() -> None:
        with trio.CancelScope() as scope:
            scope.cancel()
            await gateway_of().shielded(nothing(), 5)
            told.append("after")
            await trio.lowlevel.checkpoint()
            told.append("never")

    trio.run(main)
    assert told == ["after"]


def test_the_blocking_shield() -> None:
    """In the blocking face there is nothing to shield from."""
    gateway = open_blocking(service().client())
    assert drive(gateway.shielded(gateway.sleep(1), 5)) is None


@BOTH
def test_ask_is_given_up(enter: Enter) -> None:
    """A question to another service ends at its deadline."""

    class Slow:
        async def lookup_events(self, **_parameters: Any) -> None:
            await anyio.sleep_forever()

    async def main() -> float:
        gateway = gateway_of()
        began = gateway.now()
        with pytest.raises(CallTimedOut):
            await gateway.ask(Slow(), "lookup_events", {}, deadline=began + 0.03)
        passed: float = gateway.now() - began
        return passed

    assert enter(main) < 1


@BOTH
def test_the_date(enter: Enter) -> None:
    """The date is that of the client's clock, or else the system's, in UTC."""

    async def main() -> Any:
        virtual = open_async(service().async_client())
        return virtual.moment(), gateway_of().moment()

    virtual, real = enter(main)
    assert virtual.isoformat() == "2026-01-01T00:01:00+00:00"
    assert real.utcoffset().total_seconds() == 0
