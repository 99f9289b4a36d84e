"""A live picture on a terminal: a line a table, and a bar where a share is known."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import (
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress_bar import ProgressBar
from rich.table import Column
from rich.text import Text

from .progress import line_of
from .shapes import short_name
from .spans import spell

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from rich.console import OverflowMethod, RenderableType

    from ..events import Event

_LASTING = (
    "change.planned",
    "change.blocked",
    "change.stalled",
    "change.warned",
    "step.finished",
    "step.failed",
    "step.retried",
    "wait.missing",
    "wait.warned",
    "wait.retried",
)


_OVER = ("wait.finished", "change.finished")
_FAILED = ("wait.failed", "change.failed")
_NAME, _BAR = 20, 16  # columns of the terminal


@contextmanager
def live(
    *, fleeting: bool = False, console: Console | None = None
) -> Generator[Callable[[Event], object]]:
    """Give an observer that draws on standard error while the block runs.

    Args:
        fleeting: whether the picture goes when the block ends; its lines stay.
        console: where to draw instead.
    """
    console = console or Console(stderr=True)
    bars = Progress(
        *_columns(ascii_only=console.options.ascii_only),
        console=console,
        transient=fleeting,
        expand=True,
    )
    bars.start()
    try:
        yield _Picture(bars).hear
    finally:
        with suppress(OSError):  # the terminal was closed
            bars.stop()


def _columns(*, ascii_only: bool) -> list[ProgressColumn]:
    """Return what a line shows: only its text gives way where there is no room."""
    cut: OverflowMethod = "crop" if ascii_only else "ellipsis"
    name = Column(no_wrap=True, overflow=cut, max_width=_NAME)
    text = Column(no_wrap=True, overflow=cut, ratio=1)
    return [
        _Mark("line" if ascii_only else "dots"),
        TextColumn(
            "{task.fields[table]}", style="bold", markup=False, table_column=name
        ),
        TextColumn("{task.description}", markup=False, table_column=text),
        _Share(table_column=Column(no_wrap=True)),
        TimeElapsedColumn(table_column=Column(no_wrap=True)),
    ]


class _Mark(SpinnerColumn):
    """Turns while something is under way."""

    def render(self, task: Task) -> RenderableType:
        """Draw it."""
        return Text("ok", "green") if task.fields["over"] else super().render(task)


class _Share(ProgressColumn):
    """A bar where it is known how much is done, and nothing elsewhere."""

    def render(self, task: Task) -> RenderableType:
        """Draw it."""
        share: float | None = task.fields["share"]
        if share is None:
            return Text()
        return ProgressBar(total=100, completed=share, width=_BAR)


class _Picture:
    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def hear(self, event: Event) -> None:
        """Draw what has happened."""
        if event.name in _LASTING:
            self._bars.console.print(
                line_of(event), markup=False, highlight=False, soft_wrap=True
            )
        facts: dict[str, Any] = {
            "description": _words(event),
            "share": None if event.progress is None else event.progress.percent,
            "over": event.name in _OVER,
            # What went wrong is told below it, at length.
            "visible": event.name not in _FAILED,
        }
        task = self._tasks.get(event.table)
        if task is None:
            facts |= {"total": None, "table": short_name(event.table)}
            self._tasks[event.table] = self._bars.add_task(**facts)
        else:
            self._bars.update(task, **facts)


def _words(event: Event) -> str:
    """Return what fits on a line: the numbers first, where there are some."""
    told = event.progress
    if told is None or told.percent is None:
        return event.text
    left = "" if told.remaining is None else f", {spell(told.remaining)} left"
    return f"{told.index}: {told.percent:.0f} %{left}"
