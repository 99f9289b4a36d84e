"""The observer that writes to a logger of the user's own."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from dynawait import Event, events
from dynawait._core import report
from dynawait.events import LoggingObserver, Progress, Writer
from dynawait.plans import Step

EVENT = Event("step.started", "orders", "quiet()", 3.25, 2, "create index by-email")
NAMES = sorted(report._LEVELS)
LOGGER = logging.getLogger("migrations")


def logged(
    caplog: pytest.LogCaptureFixture, event: Event, level: int | None = None
) -> Any:
    """Send an event to the observer and return the one record that it wrote."""
    with caplog.at_level(logging.DEBUG, logger="migrations"):
        LoggingObserver(LOGGER, level)(event)
    (record,) = caplog.records
    caplog.clear()
    return record


def test_a_line_per_event(caplog: pytest.LogCaptureFixture) -> None:
    """The line names table and text, and the facts are in the record."""
    step = Step(title="a", operation="b", parameters={}, reason="c")
    progress, writer = Progress("by-email", None, 1.0), Writer("UpdateTable", "ci")
    event = replace(EVENT, step=step, progress=progress, writers=(writer,))
    record = logged(caplog, event)
    assert (record.name, record.levelno) == ("migrations", logging.INFO)
    assert record.getMessage() == "orders: create index by-email"
    assert record.event == "step.started"
    assert (record.table, record.awaited, record.polls) == ("orders", "quiet()", 2)
    assert (record.elapsed, record.reasons) == (3.25, ())
    assert (record.step, record.progress, record.writers) == (
        *(step, progress, (writer,)),
    )
    assert not hasattr(logged(caplog, EVENT), "writers")


@pytest.mark.parametrize("name", NAMES)
def test_levels(caplog: pytest.LogCaptureFixture, name: str) -> None:
    """What the library itself warns of is a warning here too, and the rest is not."""
    warns = report._LEVELS[name] >= logging.WARNING
    record = logged(caplog, replace(EVENT, name=name))
    assert record.levelno == (logging.WARNING if warns else logging.INFO)
    assert (name in events._WARNINGS) == warns
    assert logged(caplog, replace(EVENT, name=name), 15).levelno == 15


def test_an_adapter_and_a_deaf_logger(caplog: pytest.LogCaptureFixture) -> None:
    """An adapter's context is added; what nobody hears is not even built."""
    with caplog.at_level(logging.WARNING, logger="migrations"):
        LoggingObserver(logging.LoggerAdapter(LOGGER, {"deploy": 7}))(EVENT)
        assert not caplog.records
        adapter = logging.LoggerAdapter(LOGGER, {"deploy": 7})
        LoggingObserver(adapter)(replace(EVENT, name="change.blocked"))
    (record,) = caplog.records
    assert vars(record)["deploy"] == 7
