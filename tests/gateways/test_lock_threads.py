"""The threads in which a blocking lock client renews what it holds."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING

import pytest

from dynawait._gateways.blocking_door import ThreadStage

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 10.0
colour: ContextVar[str] = ContextVar("colour")


class Job:
    """Some work that says in which thread it runs, and ends when it is told to."""

    def __init__(self, stage: ThreadStage) -> None:
        """Start it."""
        self.began, self.end = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None
        self.colour = ""
        stage.start(self._run())
        assert self.began.wait(PATIENCE)

    async def _run(self) -> None:
        self.thread = threading.current_thread()
        self.colour = colour.get("none")
        self.began.set()
        self.end.wait(PATIENCE)

    def finish(self, stage: ThreadStage) -> threading.Thread:
        """End it, and return its thread once that rests or is gone."""
        resting = stage._resting
        self.end.set()
        assert self.thread is not None
        while self.thread.is_alive() and stage._resting <= resting:
            self.thread.join(0.001)
        return self.thread


@pytest.fixture
def stage() -> Iterator[ThreadStage]:
    """Give a stage whose threads stay, and see them go."""
    before = set(threading.enumerate())
    made = ThreadStage()
    made.idle = PATIENCE
    yield made
    made.idle = 0.0
    for _ in range(10):  # each takes a thread that rests, which then ends
        Job(made).finish(made)
    for thread in set(threading.enumerate()) - before:
        thread.join(2 * PATIENCE)
        assert not thread.is_alive()


def test_a_thread_whose_work_is_over_takes_the_next(stage: ThreadStage) -> None:
    """In the context of whoever has started that, not of the first."""
    colour.set("red")
    first = Job(stage)
    thread = first.finish(stage)
    colour.set("blue")
    second = Job(stage)
    assert second.thread is thread
    assert (first.colour, second.colour) == ("red", "blue")
    second.finish(stage)


def test_work_never_waits_for_a_thread(stage: ThreadStage) -> None:
    """As many run side by side as were started, whether threads rest or not."""
    for count in (1, 3, 2, 4):
        jobs = [Job(stage) for _ in range(count)]
        assert len({job.thread for job in jobs}) == count
        for job in jobs:
            job.finish(stage)


def test_a_thread_without_work_ends() -> None:
    """After the time for which it stays."""
    stage = ThreadStage()
    stage.idle = 0.0
    thread = Job(stage).finish(stage)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert Job(stage).finish(stage) is not thread
