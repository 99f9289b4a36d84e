"""A small world with virtual time, for locks: fast, and unkind by its seed.

Its actors stand still, die, and have clocks that go wrong; their calls are slow, lost
or come twice. It runs coroutines of the lock protocol thousands of times a second,
which the simulated service, being whole, cannot.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from random import Random
from types import coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Coroutine,
        Generator,
        Iterable,
    )

    from dynawait._core.gateway import Signal


T = TypeVar("T")


EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Cancelled(BaseException):
    """Thrown into a coroutine that is cancelled."""


class StuckError(RuntimeError):
    """Nobody can go on, or nobody comes to an end."""


class Task:
    """A coroutine, and who waits for it."""

    __slots__ = (
        "actor",
        "cancelled",
        "children",
        "coroutine",
        "ended",
        "error",
        "failure",
        "left",
        "parent",
        "place",
        "result",
        "results",
        "shield",
        "ticket",
    )

    def __init__(self, coroutine: Coroutine[Any, Any, Any], actor: Actor) -> None:
        """Start as nobody's child."""
        self.coroutine = coroutine
        self.actor = actor
        self.parent: Task | None = None
        self.place = 0
        self.children: list[Task] = []
        self.left = 0
        self.results: list[Any] = []
        self.result: Any = None
        self.failure: BaseException | None = None
        self.error: BaseException | None = None
        self.ticket = 0
        self.shield = 0
        self.cancelled = False
        self.ended = False


class Flag:
    """A signal of this world."""

    __slots__ = ("_up", "_waiting", "_world")

    def __init__(self, world: World) -> None:
        """Start down."""
        self._world = world
        self._up = False
        self._waiting: list[tuple[Task, int]] = []

    def set(self) -> None:
        """Raise the flag and wake who waits for it."""
        self._up = True
        waiting, self._waiting = self._waiting, []
        for task, ticket in waiting:
            if task.ticket == ticket and not task.ended:
                self._world.wake(self._world.time, task)

    def is_set(self) -> bool:
        """Tell whether the flag is up."""
        return self._up

    def awaited_by(self, task: Task) -> None:
        """Remember a task that waits."""
        self._waiting.append((task, task.ticket))


class World:
    """Time, chance and everybody in it.

    Attributes:
        time: true time, in seconds.
        random: where all chance comes from.
        failures: what tasks raised that nobody was waiting for.
        watch: called after everything that happens; None: nobody is.
    """

    def __init__(self, seed: int) -> None:
        """Begin at 0."""
        self.time: float = 0.0
        self.random: Random = Random(seed)
        self.failures: list[BaseException] = []
        self.watch: Callable[[], object] | None = None
        self.current: Task | None = None
        self.steps: int = 0
        self._agenda: list[tuple[float, int, Task | None, int, Any]] = []
        self._order = count()

    def at(self, time: float, happen: Callable[[], object]) -> None:
        """Let something happen at a time, whoever may be alive then."""
        heappush(self._agenda, (time, next(self._order), None, 0, happen))

    def wake(self, time: float, task: Task) -> None:
        """Let a task go on at a time, if it still waits for the same then."""
        heappush(self._agenda, (time, next(self._order), task, task.ticket, None))

    def run(self, until: float = math.inf, *, most: int = 200_000) -> None:
        """Let time pass until nothing is left to happen.

        Raises:
            StuckError: there is no end to it.
        """
        while (agenda := self._agenda) and agenda[0][0] <= until:
            time, _, task, ticket, happen = heappop(agenda)
            if task is None:
                self.time = time
                happen()
                self._tell()
            elif task.ticket == ticket and not task.ended:
                self.time = time
                paused = task.actor.paused_until
                if paused > time:
                    heappush(agenda, (paused, next(self._order), task, ticket, None))
                    continue
                self._step(task)
                self._tell()
                if self.steps > most:
                    message = f"{most} steps and no end in sight at {time:.3f} s"
                    raise StuckError(message)

    def _tell(self) -> None:
        if self.watch is not None:
            self.watch()

    def delay(self, actor: Actor, seconds: float) -> None:
        """Let everything that an actor waits for be so much farther away."""
        self._agenda = [
            (time + seconds, order, task, ticket, happen)
            if task is not None and task.actor is actor
            else (time, order, task, ticket, happen)
            for time, order, task, ticket, happen in self._agenda
        ]
        heapify(self._agenda)

    def _step(self, task: Task) -> None:
        self.steps += 1
        task.ticket += 1
        self.current = task
        error, task.error = task.error, None
        if task.cancelled and not task.shield:
            task.cancelled = False
            error = Cancelled()
        value, task.result = task.result, None
        try:
            if error is None:
                task.coroutine.send(value)
            else:
                task.coroutine.throw(error)
        except StopIteration as stop:
            self._end(task, stop.value, None)
        except (Exception, Cancelled) as failure:  # noqa: BLE001 - it is the result
            self._end(task, None, failure)

    def _end(self, task: Task, value: object, failure: BaseException | None) -> None:
        task.ended = True
        task.actor.tasks.pop(task, None)
        parent = task.parent
        if parent is None:
            if isinstance(failure, Exception):
                self.failures.append(failure)
            return
        parent.results[task.place] = value
        parent.left -= 1
        if failure is not None and parent.failure is None:
            parent.failure = failure
            for sibling in parent.children:
                self.cancel(sibling)
        if parent.left == 0:
            parent.children = []
            parent.error, parent.result = parent.failure, parent.results
            self.wake(self.time, parent)

    def cancel(self, task: Task) -> None:
        """Cancel a task at its next step; what is shielded goes on first."""
        if task.ended:
            return
        if task.children and not task.shield:
            for child in task.children:
                self.cancel(child)
            return
        task.cancelled = True
        if not task.shield:
            self.wake(self.time, task)


class Actor:
    """A process: the runtime of its lock client, with a clock of its own.

    Attributes:
        rate: how many of its seconds pass in a true one.
        offset: what its clock showed at the beginning.
        date_error: by how much its date is wrong, in seconds.
        paused_until: the true time until which it stands still.
        dead: whether it was killed.
        tasks: its coroutines that have not ended.
    """

    def __init__(self, world: World, name: str, *, rate: float = 1.0) -> None:
        """Be born."""
        self.world = world
        self.name = name
        self.rate = rate
        self.offset: float = world.random.uniform(0, 1e5)
        self.date_error: float = 0.0
        self.paused_until: float = 0.0
        self.dead: bool = False
        self.tasks: dict[Task, None] = {}

    def start(self, coroutine: Coroutine[Any, Any, Any]) -> Task:
        """Start a task."""
        task = Task(coroutine, self)
        self.tasks[task] = None
        self.world.wake(self.world.time, task)
        return task

    def kill(self) -> None:
        """Die: nothing of it goes on, though its calls in flight may arrive."""
        self.dead = True
        for task in list(self.tasks):
            task.ended = True
            task.coroutine.close()
        self.tasks.clear()

    def pause(self, seconds: float) -> None:
        """Stand still; its clock goes on."""
        self.paused_until = max(self.paused_until, self.world.time + seconds)

    def suspend(self, seconds: float) -> None:
        """Stand still as a machine does that sleeps: its timers are late by as much."""
        self.world.delay(self, seconds)
        self.pause(seconds)

    def drift(self, rate: float) -> None:
        """Let the clock go faster or slower from now on."""
        self.offset += self.world.time * (self.rate - rate)
        self.rate = rate

    def boottime(self) -> float:
        """Tell the time as far as this clock goes right."""
        return self.world.time * self.rate + self.offset

    def moment(self) -> datetime:
        """Tell the date as this machine has it."""
        return EPOCH + timedelta(seconds=self.world.time + self.date_error)

    async def sleep(self, seconds: float, *, wake: Signal | None = None) -> None:
        """Sleep, but no longer than until `wake` is set."""
        world, task = self.world, self._task()
        if isinstance(wake, Flag):
            if wake.is_set():
                seconds = 0.0
            else:
                # The ticket of the wait that begins now.
                wake.awaited_by(task)
        if seconds < math.inf:
            world.wake(world.time + max(0.0, seconds) / self.rate, task)
        await _rest()

    async def gather(self, coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Run coroutines side by side; the first failure cancels the others."""
        parent = self._task()
        children = [Task(each, self) for each in coroutines]
        if not children:
            return []
        parent.children, parent.left = children, len(children)
        parent.results, parent.failure = [None] * len(children), None
        for place, child in enumerate(children):
            child.parent, child.place = parent, place
            self.tasks[child] = None
            self.world.wake(self.world.time, child)
        results: list[T] = await _rest()
        return results

    async def shielded(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        """Run a coroutine that a cancellation does not interrupt."""
        del seconds  # its calls have deadlines of their own
        task = self._task()
        task.shield += 1
        try:
            return await coroutine
        finally:
            task.shield -= 1

    def signal(self) -> Signal:
        """Return a new flag, down."""
        return Flag(self.world)

    def jitter(self, span: float) -> float:
        """Return a random number of seconds between 0 and `span`."""
        return self.world.random.random() * span

    def _task(self) -> Task:
        task = self.world.current
        if task is None or task.actor is not self:
            message = f"{self.name}: nobody of this actor is running"
            raise RuntimeError(message)
        return task


@coroutine
def _rest() -> Generator[None, Any, Any]:
    return (yield)
