"""What an actor of a simulation holds: its client, its gateway, its tasks."""

from __future__ import annotations

import math
from datetime import timedelta
from types import coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from dynawait._core.board import Board
from dynawait._core.gateway import CallTimedOut

from .actor_clocks import ActorClock
from .cancelling import Scope, Shield
from .client_errors import ClientExceptions, deliver
from .clients import ClientMeta, operation_of
from .tasks import Aside, Cancelled, Died, Flag, Join, Send, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Iterable, Mapping
    from datetime import datetime

    from dynawait._core.gateway import Signal

    from .actor_clocks import Drift, Pause
    from .scheduler import Scheduler

__all__ = [
    "ActorClient",
    "ActorTime",
    "Cancelled",
    "SimulatedGateway",
    "SimulatedStage",
]

T = TypeVar("T")


class SimulatedGateway:
    """The gateway of one actor.

    Attributes:
        name: the actor's name.
        clock: what it believes the time to be.
        steps: how many awaits the actor has made.
        crash_at: at which of them it dies.
        dead: whether it did.
        pauses: at which of them it stands still.
        paused_until: the true time at which it goes on.
        tasks: its coroutines that have not ended.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        name: str,
        *,
        crash_at: int | None = None,
        drift: Drift | None = None,
        pauses: Iterable[Pause] = (),
    ) -> None:
        """Belong to an actor of a scheduler."""
        self.name = name
        self.clock: ActorClock = ActorClock(drift)
        self.pauses: dict[int, Pause] = {pause.at_step: pause for pause in pauses}
        self.paused_until: float = 0.0
        self.steps = 0
        self.crash_at = crash_at
        self.dead = False
        self.tasks: dict[Task, None] = {}
        self._scheduler = scheduler
        self._board = Board()

    @property
    def board(self) -> Board:
        """The board of this actor's client."""
        return self._board

    @property
    def region(self) -> str:
        """The Region of the service."""
        return self._scheduler.service.plane.region

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Call an operation; a call in flight arrives even if nobody waits for it."""
        self._refuse_if_dead()
        attempt = self._scheduler.service.begin(operation, parameters, client=self.name)
        late = CallTimedOut(f"{operation}: no answer before the deadline")
        until = math.inf if deadline is None else self.clock.reaches(deadline)
        await _ask(Send(attempt, until, late))
        return deliver(attempt)

    def now(self) -> float:
        """Tell the virtual time, in seconds, as far as the actor's clock goes right."""
        return self.clock.read(self._scheduler.now())

    def boottime(self) -> float:
        """Tell the time on a clock that runs on while the machine is suspended."""
        return self.clock.boottime(self._scheduler.now())

    def moment(self) -> datetime:
        """Tell the date and time, as far as the actor's clock goes right."""
        skew = timedelta(seconds=self.boottime() - self._scheduler.now())
        return self._scheduler.clock.moment() + skew

    async def ask(
        self,
        client: Any,
        method: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,  # noqa: ARG002 - the answer takes no time
    ) -> Mapping[str, Any]:
        """Call a client of another service, which answers at once."""
        self._refuse_if_dead()
        response: Any = getattr(client, method)(**parameters)
        if hasattr(response, "__await__"):
            response = await response
        answer: Mapping[str, Any] = response
        return answer

    async def shielded(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:  # noqa: ARG002 - calls end by themselves here
        """Run a coroutine that no cancellation from outside touches."""
        with Shield(self._scheduler.canceller):
            return await coroutine

    async def sleep(self, seconds: float, *, wake: Signal | None = None) -> None:
        """Sleep, but no longer than until `wake` is set."""
        self._refuse_if_dead()
        if wake is not None and not isinstance(wake, Flag):
            message = f"wake: {wake!r} is no signal of this gateway"
            raise TypeError(message)
        await _ask(Aside(self.clock.reaches(self.now() + seconds), wake))

    async def gather(self, coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Run coroutines side by side and return their results, in order."""
        started = list(coroutines)
        if self.dead:
            for unstarted in started:
                unstarted.close()
        self._refuse_if_dead()
        results: list[T] = await _ask(Join(started))
        return results

    def signal(self) -> Signal:
        """Return a new flag, down."""
        return Flag(self._scheduler)

    def jitter(self, span: float) -> float:
        """Return a random number of seconds between 0 and `span`, by the seed."""
        return self._scheduler.random.random() * span

    @property
    def stage(self) -> SimulatedStage:
        """Where work runs beside the actor."""
        return SimulatedStage(self._scheduler, self)

    def scope(self) -> Scope:
        """Return a context manager whose block can be cancelled."""
        return Scope(self._scheduler.canceller)

    def _refuse_if_dead(self) -> None:
        if self.dead:
            raise Died


class SimulatedStage:
    """Work that runs beside an actor: it stands still, and dies, with the actor."""

    def __init__(self, scheduler: Scheduler, gateway: SimulatedGateway) -> None:
        """Belong to an actor of a scheduler."""
        self._scheduler = scheduler
        self._gateway = gateway

    def start(self, work: Coroutine[Any, Any, None]) -> BackgroundWork:
        """Start some work that ends by itself, is stopped, or ends with the actor."""
        task = Task(work, self._gateway, background=True)
        self._scheduler.start(task)
        return BackgroundWork(self._scheduler, task)


class BackgroundWork:
    """Work that runs beside an actor."""

    def __init__(self, scheduler: Scheduler, task: Task) -> None:
        """Take the task that was started."""
        self._scheduler = scheduler
        self._task = task

    async def stop(self) -> None:
        """Cancel it: it sends nothing any more."""
        self._scheduler.canceller.cancel(self._task)


class ActorTime:
    """The time of one actor, as far as its clock goes right."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        """Stand on the actor's gateway."""
        self._gateway = gateway

    def now(self) -> float:
        """Tell the time, in seconds."""
        return self._gateway.now()

    def moment(self) -> datetime:
        """Tell the date and time, in UTC."""
        return self._gateway.moment()

    async def sleep(self, seconds: float) -> None:
        """Let the actor work, or wait, for some seconds of virtual time."""
        await self._gateway.sleep(seconds)


class ActorClient:
    """The client of one actor: asynchronous, for this simulation only.

    Attributes:
        meta: the Region and the service's name.
        exceptions: the error classes.
        clock: the actor's time: ``await client.clock.sleep(30)``.
    """

    def __init__(self, gateway: SimulatedGateway) -> None:
        """Stand on the actor's gateway."""
        self._gateway = gateway
        self.clock: ActorTime = ActorTime(gateway)
        self.meta: ClientMeta = ClientMeta(gateway.region)
        self.exceptions: ClientExceptions = ClientExceptions()

    def __dynawait_gateway__(self) -> SimulatedGateway:
        """Return the gateway that library functions are to use with this client."""
        return self._gateway

    def __getattr__(
        self, name: str
    ) -> Callable[..., Coroutine[Any, Any, Mapping[str, Any]]]:
        """Return the method of an operation."""
        operation = operation_of(self, name)

        async def call(**parameters: object) -> Mapping[str, Any]:
            return await self._gateway.call(operation, parameters)

        call.__name__ = call.__qualname__ = name
        return call

    async def describe_table(self, **parameters: Any) -> Mapping[str, Any]:
        """Describe a table; by this method type checkers know the client."""
        return await self._gateway.call("DescribeTable", parameters)


@coroutine
def _ask(request: Send | Aside | Join) -> Generator[object, Any, Any]:
    return (yield request)
