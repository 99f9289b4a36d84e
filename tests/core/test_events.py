"""What observers and the log are told."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from dynawait import (
    Event,
    ImpossibleError,
    InvalidArgumentError,
    WaitTimeoutError,
)
from tests.core.fakes import (
    ACTIVE,
    BROKEN,
    CREATING,
    NO_TABLE,
    Listener,
    Script,
    by_time,
    in_turn,
    index,
    table,
    wait,
)

if TYPE_CHECKING:
    from collections.abc import Callable

GRAMMAR = re.compile(
    r"started( changed| continued| missing| warned| retried)* (finished|failed)"
)
BACKFILL = Script(
    by_time(
        (0, NO_TABLE),
        (30, table("UPDATING", index("CREATING", Backfilling=False))),
        (70, table("ACTIVE", index("CREATING", Backfilling=True))),
        (100, BROKEN),
        (120, table("ACTIVE", index("CREATING", Backfilling=True))),
        (600, table("ACTIVE", index())),
    )
)


def heard(script: Script, *arguments: Any, **options: Any) -> Listener:
    """Return what an observer is told of a wait, however it ends."""
    listener = Listener()
    with suppress(ImpossibleError, WaitTimeoutError):
        wait(script, *arguments, on_event=listener, **options)
    return listener


@pytest.mark.parametrize(
    "script",
    [
        BACKFILL,
        Script(in_turn(ACTIVE)),
        Script(in_turn(table("DELETING"))),
        Script(in_turn(NO_TABLE)),
    ],
)
def test_grammar(script: Script) -> None:
    """The events of a wait are a start, what happens, and one end."""
    listener = heard(script, "wait_for_indexes_active", "orders", ["by-email"])
    assert GRAMMAR.fullmatch(" ".join(listener.names))


def test_order() -> None:
    """Events come in the order of the clock, with the count of looks."""
    events = heard(BACKFILL, "wait_for_indexes_active").events
    assert [e.elapsed for e in events] == sorted(e.elapsed for e in events)
    assert [e.polls for e in events] == sorted(e.polls for e in events)
    assert all(e.table == "orders" for e in events)
    assert all(e.awaited == "indexes_active()" for e in events)


def test_first_and_last() -> None:
    """The start knows no state yet; the end has the one that satisfied."""
    first, *_, last = heard(BACKFILL, "wait_for_indexes_active").events
    assert (first.name, first.state, first.polls) == ("wait.started", None, 0)
    assert last.name == "wait.finished"
    assert last.state is not None
    assert last.reasons == ()


def test_changed_only_on_change() -> None:
    """A change is told once for each set of reasons, however often it is seen."""
    changes = heard(BACKFILL, "wait_for_indexes_active").named("changed")
    reasons = [event.reasons for event in changes]
    assert reasons == [
        ("table orders does not exist",),
        ("index by-email is CREATING (allocating)",),
        ("index by-email is CREATING (backfilling)",),
    ]


def test_continued_at_most_every_ten_seconds() -> None:
    """While nothing changes a sign of life comes every ten seconds or later."""
    listener = heard(Script(by_time((0, CREATING), (300, ACTIVE))))
    signs = listener.named("continued")
    assert 10 <= len(signs) <= 30
    moments = [event.elapsed for event in listener.named("changed") + signs]
    assert all(b - a >= 10 for a, b in pairwise(moments))
    assert all(b - a <= 20 for a, b in pairwise(moments))


def test_a_failure_is_told() -> None:
    """The last event of a failed wait says why, without naming the table twice."""
    last = heard(Script(in_turn(table("DELETING")))).events[-1]
    assert last.name == "wait.failed"
    assert "table is DELETING" in last.text
    assert not last.text.startswith("orders: ")
    assert str(last).endswith(f"orders: {last.text}")


@pytest.mark.parametrize("event", range(3))
def test_an_observer_that_raises(event: int, caplog: pytest.LogCaptureFixture) -> None:
    """An observer that raises is logged and not told any more; the wait goes on."""
    told: list[Event] = []

    def observer(happened: Event) -> None:
        told.append(happened)
        if len(told) == event + 1:
            raise ZeroDivisionError

    state = wait(Script(in_turn(CREATING, ACTIVE)), on_event=observer)
    assert state.exists
    assert len(told) == event + 1
    (record,) = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert record.name == "dynawait.wait"
    assert record.exc_info is not None
    assert "is not told any more" in record.getMessage()


def test_an_observer_that_is_a_coroutine_function(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A coroutine function cannot observe: that is logged once, and nothing leaks."""

    async def observer(_: Event) -> None:
        raise AssertionError

    assert wait(Script(in_turn(CREATING, ACTIVE)), on_event=observer).exists
    (record,) = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert "coroutine function" in record.getMessage()


def test_an_observer_that_interrupts() -> None:
    """An observer may end the wait with what is no Exception, such as Ctrl-C."""

    class Stop(BaseException):
        pass

    def observer(_: Event) -> None:
        raise Stop

    with pytest.raises(Stop):
        wait(Script(in_turn(ACTIVE)), on_event=observer)


@pytest.mark.parametrize("observer", ["print", 7, []])
def test_no_observer(observer: Any) -> None:
    """What cannot be called is refused before the first call."""
    script = Script(in_turn(ACTIVE))
    with pytest.raises(InvalidArgumentError, match="on_event"):
        wait(script, on_event=observer)
    assert not script.calls


@pytest.mark.parametrize("method", [print, list.append, Listener.__call__])
def test_any_callable_observes(method: Callable[..., object]) -> None:
    """Any callable will do, whatever it returns."""
    seen: list[Event] = []

    def observer(event: Event) -> object:
        seen.append(event)
        return method

    wait(Script(in_turn(ACTIVE)), on_event=observer)
    assert len(seen) == 2


def test_log(caplog: pytest.LogCaptureFixture) -> None:
    """The log has every event, with its facts in the record."""
    caplog.set_level(logging.DEBUG, logger="dynawait")
    listener = heard(BACKFILL, "wait_for_indexes_active")
    records = [r for r in caplog.records if r.name == "dynawait.wait"]
    assert len(records) == len(listener.events)
    for record, event in zip(records, listener.events, strict=True):
        facts = vars(record)
        for name in ("table", "awaited", "elapsed", "polls", "reasons"):
            assert facts[name] == getattr(event, name)
        assert facts["event"] == event.name
        assert record.getMessage() == f"orders: {event.text}"


def test_log_without_an_observer(caplog: pytest.LogCaptureFixture) -> None:
    """The log does not depend on an observer, and warnings stand out in it."""
    wait(Script(by_time((0, NO_TABLE), (20, BROKEN), (25, ACTIVE))))
    levels = {vars(r)["event"]: r.levelname for r in caplog.records}
    assert levels == {"wait.missing": "WARNING", "wait.retried": "WARNING"}
