"""What is drawn on a terminal while a command works."""

from __future__ import annotations

import io
import os
import re

import pytest
from rich.console import Console

from dynawait._cli.live import live
from dynawait._cli.output import Output
from dynawait.events import Event, Progress

_LONG = "create index by-email: still waiting: index by-email is CREATING (backfilling)"


def event(name: str, text: str, table: str = "orders", **facts: object) -> Event:
    """Return an event."""
    given = {"awaited": "", "elapsed": 1.0, "polls": 1, "text": text, "reasons": ()}
    return Event(name, table, **{**given, **facts})  # type: ignore[arg-type]  # known only here


def picture(*events: Event, encoding: str = "utf-8", fleeting: bool = False) -> str:
    """Return what a terminal of 80 columns shows at the end."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    console = Console(file=file, width=80, force_terminal=True, color_system=None)
    with live(console=console, fleeting=fleeting) as hear:
        for each in events:
            hear(each)
    file.flush()
    shown = raw.getvalue().decode(encoding)
    return shown.rpartition("\x1b[2K")[2].replace("\x1b[?25h", "")


def backfill(percent: float | None) -> Event:
    """Return the news of a backfill."""
    told = Progress("by-email", "backfilling", 60.0, percent, 1800.0, 1000)
    return event("change.progress", _LONG, progress=told)


def test_a_long_text_gives_way_and_the_rest_stays() -> None:
    """At 80 columns a line shows who, what and for how long, on one line."""
    lines = picture(event("step.waiting", _LONG)).splitlines()
    (line,) = [each for each in lines if "orders" in each]
    assert "orders create index by-email: still waiting" in line
    assert "…" in line
    assert line.rstrip().endswith("0:00:00")
    assert len(line) <= 80


def test_a_backfill_has_a_bar_and_a_transition_none() -> None:
    """A bar says that the share is known."""
    assert "━" not in picture(event("step.waiting", "waiting: table is UPDATING"))
    assert "━" not in picture(backfill(None))
    shown = picture(backfill(42.0))
    assert "━━━━" in shown
    assert "by-email: 42 %, 30 min 0 s left" in shown


def test_several_tables_have_a_line_each() -> None:
    """What is reached says so, beside what is still under way."""
    lines = picture(
        event("wait.changed", "waiting: orders", "orders"),
        event("wait.changed", "waiting: customers", "customers"),
        event("wait.finished", "table orders is ACTIVE", "orders"),
    ).splitlines()
    orders, customers = (
        next(each for each in lines[::-1] if name in each)
        for name in ("orders", "customers")
    )
    assert orders.startswith("ok")
    assert "waiting: customers" in customers
    assert not customers.startswith("ok")


def test_what_has_failed_leaves_no_line_that_waits() -> None:
    """The error below it tells more."""
    shown = picture(
        event("wait.changed", "waiting: x"), event("wait.failed", "gave up")
    )
    assert "gave up" not in shown
    assert "waiting: x" not in shown


def test_nothing_is_drawn_that_a_terminal_cannot_spell() -> None:
    """With LANG=C the spinner, the bar and the cut are ASCII, or it would fail."""
    shown = picture(event("step.waiting", _LONG), backfill(42.0), encoding="ascii")
    assert "by-email: 42 %" in shown


@pytest.mark.parametrize("wish", ["", "1"])
def test_there_are_no_colours_where_none_are_wanted(
    monkeypatch: pytest.MonkeyPatch, wish: str
) -> None:
    """As NO_COLOR says; what is drawn is the same."""
    monkeypatch.setenv("NO_COLOR", wish)
    file = io.StringIO()
    console = Console(
        file=file, width=80, force_terminal=True, color_system="truecolor"
    )
    with live(console=console) as hear:
        hear(backfill(42.0))
        hear(event("wait.finished", "table orders is ACTIVE"))
    coloured = re.search(r"\x1b\[[\d;]*3[0-8][\d;]*m", file.getvalue())
    assert (coloured is None) is bool(wish)


@pytest.mark.parametrize(
    ("term", "drawn"), [("dumb", False), ("unknown", False), ("xterm", True)]
)
def test_a_dumb_terminal_gets_lines(
    monkeypatch: pytest.MonkeyPatch, term: str, drawn: bool
) -> None:
    """It cannot draw over what it shows."""
    master, slave = os.openpty()
    with os.fdopen(slave, "w") as stream, os.fdopen(master, "w"):
        monkeypatch.setattr("sys.stderr", stream)
        monkeypatch.setenv("TERM", term)
        assert Output().is_live is drawn
