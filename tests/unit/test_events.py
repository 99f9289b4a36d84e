"""What observers and the log are told, and that neither can do harm."""

from __future__ import annotations

import copy
import dataclasses
import logging
import pickle
import re
import warnings
from functools import partial
from typing import Any

import pytest

from dynawait import Event, TableState, events
from dynawait._core import report
from dynawait._core.report import Observers
from dynawait.errors import InvalidArgumentError

NAMES = sorted(report._LEVELS)
STATE = TableState("orders", status="CREATING")
EVENT = Event(
    "wait.changed",
    "orders",
    "table_active()",
    3.25,
    2,
    "waiting: table is CREATING",
    ("table is CREATING",),
    STATE,
)
FACTS: dict[str, Any] = {
    "table": "orders",
    "awaited": "table_active()",
    "elapsed": 3.25,
    "polls": 2,
    "reasons": ("table is CREATING",),
}
LOGGER = "dynawait.wait"


def tell(on_event: Any, name: str = "wait.changed") -> Observers:
    """Send the event above to an observer."""
    observers = Observers(on_event)
    observers.tell(name, EVENT.text, **FACTS, state=STATE)
    return observers


def test_events_are_values() -> None:
    """An event compares, hashes, pickles and copies by value, and cannot change."""
    event: Any = EVENT
    assert copy.deepcopy(event) == event
    assert pickle.loads(pickle.dumps(event)) == event  # noqa: S301 - our own bytes
    assert hash(copy.copy(event)) == hash(event)
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.polls = 3


def test_an_event_prints_as_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """`on_event=print` shows when, which table and what, in columns."""
    tell(print)
    assert capsys.readouterr().out == (
        "    3.2 s  orders: waiting: table is CREATING\n"
    )
    late = dataclasses.replace(EVENT, elapsed=12345.67)
    assert str(late).startswith("12345.7 s  orders: ")


def test_every_name_is_documented() -> None:
    """The table in the module's docstring names the events that there are."""
    assert events.__doc__ is not None
    pattern = r"^``((?:wait|change|step|lock)\.\w+)``"
    documented = re.findall(pattern, events.__doc__, re.MULTILINE)
    assert sorted(documented) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_observer_gets_the_event(name: str) -> None:
    """An observer is called once an event, with all its facts."""
    seen: list[Event] = []
    observers = tell(seen.append, name)
    assert seen == [dataclasses.replace(EVENT, name=name)]
    assert seen[0].state is STATE
    assert observers.wants(name)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("wait.started", logging.DEBUG),
        ("wait.changed", logging.INFO),
        ("wait.continued", logging.INFO),
        ("wait.missing", logging.WARNING),
        ("wait.warned", logging.WARNING),
        ("wait.retried", logging.WARNING),
        ("wait.finished", logging.INFO),
        ("wait.failed", logging.INFO),
    ],
)
def test_the_log_gets_the_event(
    caplog: pytest.LogCaptureFixture, name: str, level: int
) -> None:
    """Each event is one record of dynawait.wait, with its facts in `extra`."""
    with caplog.at_level(logging.DEBUG, logger=LOGGER):
        tell(None, name)
    (record,) = caplog.records
    assert (record.name, record.levelno) == (LOGGER, level)
    assert record.getMessage() == "orders: waiting: table is CREATING"
    extra = vars(record)
    assert extra["event"] == name
    assert {key: extra[key] for key in FACTS} == FACTS


def test_nobody_hears_of_what_nobody_wants(caplog: pytest.LogCaptureFixture) -> None:
    """Without an observer, what the log would drop is not even wanted."""
    with caplog.at_level(logging.WARNING, logger=LOGGER):
        observers = tell(None, "wait.changed")
        assert not observers.wants("wait.changed")
        assert observers.wants("wait.missing")
        assert Observers(print).wants("wait.started")
    assert not caplog.records


def test_the_library_logs_nothing_by_itself() -> None:
    """The root logger of the library has a NullHandler and sets no level."""
    root = logging.getLogger("dynawait")
    assert any(isinstance(each, logging.NullHandler) for each in root.handlers)
    assert root.level == logging.NOTSET
    assert root.propagate


def test_an_observer_that_raises_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    """It is told no more and the log has its traceback; the wait goes on."""
    seen: list[str] = []

    def observer(event: Event) -> None:
        seen.append(event.name)
        raise ZeroDivisionError

    observers = tell(observer)
    tell_again = partial(observers.tell, "wait.finished", "it holds", **FACTS)
    tell_again()
    assert seen == ["wait.changed"]
    assert not observers.wants("wait.started")
    record = next(each for each in caplog.records if each.levelno == logging.ERROR)
    assert "the observer failed at wait.changed" in record.getMessage()
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


def test_an_interrupt_in_the_observer_goes_through() -> None:
    """Ctrl-C, and whatever else is no Exception, ends the wait as it should."""

    def observer(_: Event) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tell(observer)


def test_a_coroutine_function_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    """It cannot be awaited here, so the log says so, once, and nothing leaks."""

    async def observer(_: Event) -> None:
        """Never run."""

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        observers = tell(observer)
        observers.tell("wait.finished", "it holds", **FACTS)
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert "the observer is a coroutine function" in record.getMessage()


@pytest.mark.parametrize("answer", [None, True, "text", [1], object()])
def test_what_an_observer_returns_does_not_matter(answer: Any) -> None:
    """Its answer is ignored."""
    assert tell(lambda _: answer).wants("wait.started")


@pytest.mark.parametrize("on_event", [5, "print", [print], {}])
def test_an_observer_can_be_called(on_event: Any) -> None:
    """What cannot be called is refused before the wait begins."""
    with pytest.raises(InvalidArgumentError, match="expected a function of one Event"):
        Observers(on_event)
