"""News while a command works: lines for logs, a live picture for a terminal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from .shapes import short_name
from .spans import spell

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ..events import Event
    from .output import Output
    from .settings import Settings

    Tell = Callable[[Event], object]

# The last word on a change is its result, or the error's own.
_SILENT = frozenset(
    {
        "wait.started",
        "wait.failed",
        "change.finished",
        "change.failed",
        "step.waiting",
    }
)
HEARTBEAT = 10.0
"""Seconds between two lines where nothing changes."""


@contextmanager
def progress(settings: Settings, *, fleeting: bool = False) -> Generator[Tell]:
    """Give an observer that shows what happens, in the manner of this run.

    With ``--json`` every event is an object. On a terminal there is a live picture,
    elsewhere a line for every change, and one every ten seconds where there is none.

    Args:
        settings: what this run was told.
        fleeting: whether the picture goes at the end, as a result is printed then.
    """
    output = settings.output
    if output.is_live:
        from .live import live

        with live(fleeting=fleeting) as tell:
            yield tell
        return
    lines = Lines(output)
    yield lines.hear


class Lines:
    """A line for every change, and a sign of life."""

    def __init__(self, output: Output) -> None:
        """Take where they go."""
        self._output = output
        self._told: dict[str, float] = {}

    def hear(self, event: Event) -> None:
        """Write what has happened."""
        record_event(self._output, event)
        if event.name in _SILENT or self._is_soon(event):
            return
        self._told[event.table] = event.elapsed
        self._output.tell(line_of(event))

    def _is_soon(self, event: Event) -> bool:
        """Tell whether this says nothing new, so shortly after the last line."""
        if not event.name.endswith((".continued", ".progress")):
            return False
        return event.elapsed - self._told.get(event.table, -HEARTBEAT) < HEARTBEAT


def line_of(event: Event) -> str:
    """Return a line for people."""
    return f"{short_name(event.table)}: {event.text} ({spell(event.elapsed)})"


def record_event(output: Output, event: Event) -> None:
    """Print an event for machines."""
    if not output.json:
        return
    facts: dict[str, object] = {
        "event": event.name,
        "table": event.table,
        "awaited": event.awaited,
        "elapsed": round(event.elapsed, 3),
        "text": event.text,
        "reasons": event.reasons,
    }
    if event.step is not None:
        facts["step"] = event.step.title
    if event.progress is not None:
        told = event.progress
        facts["progress"] = {
            "index": told.index,
            "phase": told.phase,
            "percent": told.percent,
            "remaining": told.remaining,
            "items": told.items,
        }
    if event.writers:
        facts["writers"] = [str(writer) for writer in event.writers]
    output.record("event", **facts)
