"""The scheduler behind `simulate`: coroutines stepped by hand, in virtual time."""

from __future__ import annotations

import math
from collections import defaultdict
from heapq import heapify, heappop, heappush
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from .actors import ActorClient, SimulatedGateway
from .cancelling import Canceller
from .history import (
    Crash,
    Crashed,
    DeadlockError,
    Happening,
    History,
    Raised,
    Returned,
    Unfinished,
)
from .tasks import Aside, Cancelled, Died, Join, Send, Task

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from typing import TypeAlias

    from .actor_clocks import Drift, Pause
    from .clock import VirtualClock
    from .history import Outcome
    from .service import Attempt, Call, Service

    Actor: TypeAlias = Callable[[ActorClient], Awaitable[Any]]

# Steps at one instant after which nobody can be believed to make progress.
_TOO_MANY_STEPS = 1_000_000


class Scheduler:
    """One run of `simulate`."""

    def __init__(
        self,
        service: Service,
        clock: VirtualClock,
        *,
        seed: int,
        until: float | None,
        crashes: Iterable[Crash],
        clocks: Mapping[str, Drift],
        pauses: Iterable[Pause],
    ) -> None:
        """Take time and chance into hand."""
        self.service = service
        self.clock = clock
        service.reseed(seed)
        self.random: Random = Random(f"{seed}/order")
        self._seed = seed
        self._until = math.inf if until is None else until
        self._crashes = {crash.actor: crash.at_step for crash in crashes}
        self._clocks = clocks
        self._pauses: defaultdict[str, list[Pause]] = defaultdict(list)
        for pause in pauses:
            self._pauses[pause.actor].append(pause)
        self.canceller: Canceller = Canceller(self._queue)
        self._ready: list[Task] = []
        self._timers: list[tuple[float, int, Task | None, int, Attempt | None]] = []
        self._order = count()
        self._events: list[Happening] = []
        self._gateways: dict[str, SimulatedGateway] = {}
        self._outcomes: dict[str, Outcome] = {}

    def now(self) -> float:
        """Tell the virtual time, in seconds."""
        return self.clock.now()

    def run(self, actors: Mapping[str, Actor]) -> History:
        """Run everybody until all have ended or the time is up."""
        for what, names in (
            ("crashes", self._crashes),
            ("clocks", self._clocks),
            ("pauses", self._pauses),
        ):
            if unknown := set(names) - set(actors):
                message = f"{what}: no actor is named {', '.join(sorted(unknown))}"
                raise ValueError(message)
        self.service.overheard = self._overhear
        try:
            for name, actor in actors.items():
                self._enlist(name, actor)
            self._loop()
        finally:
            self.service.overheard = None
            for gateway in self._gateways.values():
                self._close(gateway)
        return self._history()

    def wake(self, task: Task, ticket: int) -> None:
        """Let a task go on that still waits for what this ticket was drawn for."""
        if task.ticket == ticket and not task.queued and not task.ended:
            self._queue(task)

    def _enlist(self, name: str, actor: Actor) -> None:
        gateway = SimulatedGateway(
            self,
            name,
            crash_at=self._crashes.get(name),
            drift=self._clocks.get(name),
            pauses=self._pauses.get(name, ()),
        )
        self._gateways[name] = gateway
        if gateway.crash_at == 0:
            self._crash(gateway)
            return
        awaitable = actor(ActorClient(gateway))
        self.start(Task(_awaited(awaitable), gateway))

    def start(self, task: Task) -> None:
        """Start a task of an actor, unless the actor is no more."""
        if task.gateway.dead:
            task.coroutine.close()
            return
        task.gateway.tasks[task] = None
        self._queue(task)

    def _loop(self) -> None:
        ready, random = self._ready, self.random.random
        steps = 0
        while True:
            if ready:
                steps += 1
                if steps > _TOO_MANY_STEPS:
                    message = f"no time passes at {self.now():.3f} s: an actor loops"
                    raise RuntimeError(f"{message} without sleeping")
                chosen = int(random() * len(ready))
                task = ready[chosen]
                ready[chosen] = ready[-1]
                ready.pop()
                self._step(task)
            elif self._timers:
                if self._timers[0][0] > self._until:
                    if self._waiting():
                        self._move(self._until)
                    return
                self._fire()
                steps = 0
            elif waiting := self._waiting():
                raise DeadlockError(waiting, self._history())
            else:
                return

    def _fire(self) -> None:
        """Let everything happen that is due next."""
        timers = self._timers
        moment = timers[0][0]
        while timers and timers[0][0] <= moment:
            _, _, task, ticket, attempt = heappop(timers)
            if attempt is not None:
                self._move(moment)
                self._arrive(attempt)
            elif task is not None and task.ticket == ticket and not task.ended:
                # Whoever went on before its time has no need of time to pass.
                self._move(moment)
                self.wake(task, ticket)

    def _move(self, moment: float) -> None:
        clock = self.clock
        if moment > clock.now():
            clock.advance(moment - clock.now())
            self.service.catch_up()

    def _step(self, task: Task) -> None:
        task.queued = False
        self.canceller.current = task
        if task.gateway.paused_until > self.clock.now():
            self._time(task.gateway.paused_until, task, None)
            return
        task.ticket += 1
        error, task.error = task.error, None
        value, task.value = task.value, None
        if task.ended:
            return
        try:
            if error is None:
                request = task.coroutine.send(value)
            else:
                request = task.coroutine.throw(error)
        except StopIteration as stop:
            self._end(task, stop.value, None)
        except (Exception, Cancelled) as failure:  # noqa: BLE001 - it is the result
            self._end(task, None, failure)
        else:
            self._take(task, request)

    def _take(self, task: Task, request: object) -> None:
        gateway = task.gateway
        gateway.steps += 1
        if task.is_cancelled:
            self.canceller.again(task, request)
        else:
            match request:
                case Send():
                    self._send(task, request)
                case Aside():
                    self._set_aside(task, request)
                case Join():
                    self._join(task, request)
                case _:
                    message = f"{gateway.name} awaited something else than its client;"
                    message += " in a simulation only the client may be awaited"
                    task.error = RuntimeError(message)
                    self._queue(task)
        if gateway.steps == gateway.crash_at:
            self._crash(gateway)
        elif gateway.pauses and gateway.steps in gateway.pauses:
            self._pause(gateway, gateway.pauses[gateway.steps])

    def _send(self, task: Task, request: Send) -> None:
        attempt = request.attempt
        sent = self.now()
        answered = sent + attempt.outward + attempt.homeward
        if attempt.outward > 0:
            self._time(sent + attempt.outward, None, attempt)
        else:
            self._arrive(attempt)
        if answered > request.deadline:
            task.error = request.late
            task.waits_for = f"an answer to {attempt.operation}"
            self._time(max(request.deadline, sent), task, None)
        elif answered > sent:
            task.waits_for = f"an answer to {attempt.operation}"
            self._time(answered, task, None)
        else:
            self._queue(task)

    def _set_aside(self, task: Task, request: Aside) -> None:
        flag = request.flag
        until = request.until
        if until <= self.now() or (flag is not None and flag.is_set()):
            self._queue(task)
            return
        task.waits_for = "a signal" if until == math.inf else "the time"
        if flag is not None:
            flag.waiting.append((task, task.ticket))
        if until < math.inf:
            self._time(until, task, None)

    def _join(self, task: Task, request: Join) -> None:
        children = [
            Task(
                coroutine,
                task.gateway,
                parent=task,
                place=place,
                background=task.background,
            )
            for place, coroutine in enumerate(request.coroutines)
        ]
        task.children = children
        task.left = len(children)
        task.results = [None] * len(children)
        task.failure = None
        task.waits_for = "the coroutines that it gathers"
        for child in children:
            task.gateway.tasks[child] = None
            self._queue(child)
        if not children:
            task.value = task.results
            self._queue(task)

    def _end(
        self, task: Task, value: object, error: Exception | Cancelled | None
    ) -> None:
        task.ended = True
        gateway, parent = task.gateway, task.parent
        del gateway.tasks[task]
        if parent is not None:
            self._report(task, parent, value, error)
            return
        if isinstance(error, Exception):
            self._outcomes[gateway.name] = Raised(error)
            self.note(gateway.name, f"raised {type(error).__name__}: {error}")
        elif task.background:
            return
        else:
            self._outcomes[gateway.name] = Returned(value)
            self.note(gateway.name, "returned")
        self._close(gateway)

    def _report(
        self,
        task: Task,
        parent: Task,
        value: object,
        error: Exception | Cancelled | None,
    ) -> None:
        parent.results[task.place] = value
        parent.left -= 1
        if isinstance(error, Exception) and parent.failure is None:
            parent.failure = error
            for sibling in parent.children:
                self.canceller.cancel(sibling)
        if parent.left == 0:
            parent.children = []
            if parent.is_cancelled:
                parent.error = Cancelled()
            elif parent.failure is not None:
                parent.error = parent.failure
            else:
                parent.value = parent.results
            self._queue(parent)

    def _crash(self, gateway: SimulatedGateway) -> None:
        self.note(gateway.name, f"crashed at step {gateway.steps}")
        self._outcomes[gateway.name] = Crashed(gateway.steps)
        self._close(gateway)

    def _pause(self, gateway: SimulatedGateway, pause: Pause) -> None:
        self.note(gateway.name, f"stands still for {pause.seconds:.3f} s")
        gateway.paused_until = max(gateway.paused_until, self.now() + pause.seconds)
        if not pause.suspended:
            return
        # What it waits for is so much farther away: its clock has to get there.
        gateway.clock.stop(pause.seconds)
        self._timers = [
            (moment + pause.seconds, order, task, ticket, attempt)
            if task is not None and task.gateway is gateway
            else (moment, order, task, ticket, attempt)
            for moment, order, task, ticket, attempt in self._timers
        ]
        heapify(self._timers)

    def _close(self, gateway: SimulatedGateway) -> None:
        gateway.dead = True
        for task in reversed(list(gateway.tasks)):
            task.ended = True
            del gateway.tasks[task]
            try:
                task.coroutine.close()
            except (Exception, Died) as error:  # noqa: BLE001 - it has nobody to tell
                if not isinstance(error, Died):
                    self.note(gateway.name, f"raised while it died: {error!r}")

    def _queue(self, task: Task) -> None:
        task.queued = True
        self._ready.append(task)

    def _time(self, moment: float, task: Task | None, attempt: Attempt | None) -> None:
        ticket = 0 if task is None else task.ticket
        entry = (moment, next(self._order), task, ticket, attempt)
        heappush(self._timers, entry)

    def _arrive(self, attempt: Attempt) -> None:
        attempt.arrive()
        self.note(attempt.client, attempt.summary())

    def _overhear(self, call: Call) -> None:
        text = f"{call.operation} {call.subject}: {call.outcome}"
        self._events.append(Happening(call.time, call.client, text))

    def note(self, actor: str, text: str) -> None:
        """Write down what happened."""
        self._events.append(Happening(self.clock.now(), actor, text))

    def _waiting(self) -> dict[str, str]:
        return {
            name: tasks[-1].waits_for
            for name, gateway in self._gateways.items()
            if (tasks := [task for task in gateway.tasks if not task.background])
        }

    def _history(self) -> History:
        names = list(self._gateways)
        return History(
            seed=self._seed,
            events=tuple(self._events),
            outcomes={name: self._outcomes.get(name, Unfinished()) for name in names},
            steps={name: self._gateways[name].steps for name in names},
            ended=self.now(),
        )


async def _awaited(awaitable: Awaitable[Any]) -> object:
    return await awaitable
