"""What once went wrong, or would at two in the morning: slow calls, lines, forks."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

import dynawait
from dynawait import (
    ImpossibleError,
    InvalidArgumentError,
    Polling,
    ServiceError,
    satisfies,
    sync,
    table_active,
)
from dynawait._core.pace import Pacer

if TYPE_CHECKING:
    from collections.abc import Callable

ACTIVE = {
    "Table": {
        "TableName": "orders",
        "TableStatus": "ACTIVE",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }
}
CREATING = {"Table": {"TableName": "orders", "TableStatus": "CREATING"}}


class OwnTime:
    """A clock of its own, and a client that takes time and may fail."""

    def __init__(self, answer: Callable[[float, int], tuple[float, Any]]) -> None:
        """Take what says, of time and call, how long it takes and what comes."""
        self.answer = answer
        self.calls = 0
        self.time = 0.0
        self.__dynawait_clock__ = self

    def now(self) -> float:
        """Tell the time."""
        return self.time

    def pause(self, seconds: float, interrupted: Callable[[], bool]) -> None:
        """Let the time pass."""
        self.time += 0 if interrupted() else seconds

    async def rest(self, seconds: float, interrupted: Callable[[], bool]) -> None:
        """Let the time pass."""
        self.pause(seconds, interrupted)

    def describe_table(self, **_: Any) -> Any:
        """Answer as it was told, in its time."""
        self.calls += 1
        seconds, answer = self.answer(self.time, self.calls)
        self.time += seconds
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_slow_first_call_does_not_silence_the_rest() -> None:
    """A first look of 2 s leaves room for another one before a deadline of 5 s."""
    client = OwnTime(
        lambda now, call: (2 if call == 1 else 0.01, ACTIVE if now > 2 else CREATING)
    )
    assert sync.wait_for_table_active(client, "orders", timeout=5).status == "ACTIVE"


def test_a_slow_failure_is_tried_again() -> None:
    """A call that fails after 10 s is made again, however near the deadline is."""
    client = OwnTime(
        lambda _, call: (10, ConnectionResetError()) if call == 1 else (0.01, ACTIVE)
    )
    sync.wait_for_table_active(client, "orders", timeout=29)
    assert client.calls == 2


def test_the_line_is_forgotten_when_everybody_has_left() -> None:
    """Moments that waits took and never used do not hold up those who come later."""
    pacer = Pacer(1.0)
    taken = [pacer.reserve(0.0) for _ in range(100)]
    pacer.use(taken[0])
    for moment in taken[1:]:
        pacer.give_back(moment)
    assert pacer.reserve(2.0) == 2.0


def test_moments_given_back_are_taken_again() -> None:
    """Whoever leaves the line makes room in it, and the interval is still kept."""
    pacer = Pacer(1.0)
    first, second, third = (pacer.reserve(0.0) for _ in range(3))
    assert (first, second, third) == (0.0, 1.0, 2.0)
    pacer.give_back(second)
    assert pacer.reserve(0.5) == second
    assert pacer.reserve(0.5) == 3.0


@pytest.mark.parametrize("predicate", [None, "x", asyncio.sleep])
def test_a_predicate_that_cannot_be_asked(predicate: Any) -> None:
    """What cannot be called, or would have to be awaited, is refused at once."""
    with pytest.raises(InvalidArgumentError, match="predicate: expected a plain"):
        satisfies(predicate, "anything")


def test_a_predicate_that_returns_an_awaitable() -> None:
    """An awaitable is no answer, and certainly not yes."""

    async def never() -> bool:
        return False

    condition = satisfies(lambda _: never(), "anything")  # type: ignore[arg-type,return-value]
    with pytest.raises(TypeError, match="returned an awaitable"):
        condition.judge(dynawait.TableState.parse(CREATING))


def test_a_predicate_that_raises_is_told_of() -> None:
    """The error comes out as it is, after a last event."""
    events: list[str] = []

    def broken(_: Any) -> bool:
        raise LookupError("broken")

    client = OwnTime(lambda *_: (0.01, ACTIVE))
    with pytest.raises(LookupError, match="broken"):
        sync.wait_for(
            client,
            "orders",
            satisfies(broken, "anything"),
            on_event=lambda event: events.append(event.name),
        )
    assert events == ["wait.started", "wait.failed"]


def test_a_predicate_about_a_missing_table() -> None:
    """With missing="fail" a table that does not exist ends a wait for anything."""
    error = RuntimeError()
    error.response = {"Error": {"Code": "ResourceNotFoundException"}}  # type: ignore[attr-defined]
    client = OwnTime(lambda *_: (0.01, error))
    with pytest.raises(ImpossibleError) as caught:
        sync.wait_for(
            client,
            "orders",
            satisfies(lambda state: state.exists, "it is there"),
            missing="fail",
            polling=Polling(grace=3),
        )
    assert caught.value.missing == ("table orders",)


def test_a_probe_long_after_the_start_is_tried_again() -> None:
    """The five minutes without an answer are counted for each question anew."""

    class Slow(OwnTime):
        puts = 0

        def put_item(self, **_: Any) -> Any:
            self.puts += 1
            if self.puts == 1:
                raise ConnectionResetError
            return {}

    client = Slow(lambda now, _: (0.01, ACTIVE if now > 400 else CREATING))
    sync.table_writable(client, "orders", timeout=None)
    assert client.puts == 2


def test_a_client_that_runs_out_of_answers() -> None:
    """StopIteration, as of a mock, becomes an error that a task can carry."""

    class Exhausted:
        def describe_table(self, **_: Any) -> Any:
            raise StopIteration

    async def main() -> None:
        await dynawait.wait_for_table_active(Exhausted(), "orders", timeout=5)

    with pytest.raises(RuntimeError, match="StopIteration"):
        asyncio.run(main())


class SpeechlessError(Exception):
    """An error that cannot even be printed."""

    def __str__(self) -> str:
        raise IndexError


def test_an_error_that_cannot_be_printed() -> None:
    """A client's error comes out as it is, even if nobody can say what it says."""
    client = OwnTime(lambda *_: (0.01, SpeechlessError()))
    with pytest.raises(SpeechlessError):
        sync.wait_for_table_active(client, "orders", on_event=lambda _: None)


@pytest.mark.parametrize("conditions", [["orders"], None, "orders"])
def test_what_is_no_mapping_of_conditions(conditions: Any) -> None:
    """wait_for_all says what it takes."""
    with pytest.raises(InvalidArgumentError, match="conditions by the name"):
        sync.wait_for_all(OwnTime(lambda *_: (0, ACTIVE)), conditions)


def test_what_is_no_list_of_names() -> None:
    """A number is no list of names, and is told so."""
    with pytest.raises(InvalidArgumentError, match="expected a list of names"):
        sync.wait_for_indexes_active(OwnTime(lambda *_: (0, ACTIVE)), "orders", 5)  # type: ignore[arg-type]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_follows_nobody() -> None:
    """A child does not wait for the looks of a thread that only its parent has."""
    gate = threading.Event()

    class Held:
        def __init__(self) -> None:
            self.parent = os.getpid()

        def describe_table(self, **_: Any) -> Any:
            if os.getpid() == self.parent:
                gate.wait(10)
            return ACTIVE

    client = Held()
    thread = threading.Thread(
        target=sync.wait_for_table_active, args=(client, "orders")
    )
    thread.start()
    while not any("orders" in str(key) for key in _looks_of(client)):
        time.sleep(0.001)  # until the thread leads
    child = os.fork()
    if not child:
        try:
            sync.wait_for_table_active(client, "orders", timeout=5)
        except BaseException:  # noqa: BLE001 - nothing may escape into the test runner
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    gate.set()
    thread.join()
    assert os.waitstatus_to_exitcode(status) == 0


def _looks_of(client: Any) -> list[Any]:
    from dynawait._gateways import blocking

    board = blocking._boards.get(client)
    return list(board.looks) if board else []


def test_nothing_but_failures_for_five_minutes() -> None:
    """Without a time-out, a service that never answers is given up after 300 s."""
    client = OwnTime(lambda *_: (1.0, ConnectionResetError()))
    with pytest.raises(ServiceError):
        sync.wait_for(client, "orders", table_active(), timeout=None)
    assert 300 <= client.time < 330
