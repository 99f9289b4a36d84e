"""What an actor of a simulation holds: its client, its gateway, its tasks."""

from __future__ import annotations

import math
from datetime import timedelta
from types import coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from dynawait._core.board import Board
from dynawait._core.gateway import CallTimedOut

from .actor_clocks import ActorClock
from .client_errors import ClientExceptions, deliver
from .clients import ClientMeta, operation_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Iterable, Mapping
    from datetime import datetime

    from dynawait._core.gateway import Signal

    from .actor_clocks import Drift, Pause
    from .scheduler import Scheduler
    from .service import Attempt

T = TypeVar("T")


class Cancelled(BaseException):
    """Thrown into a coroutine whose sibling has failed."""


class Died(BaseException):
    """Raised where a dead actor asks for something: it can do nothing any more."""


class Send:
    """Ask the scheduler to let a call pass."""

    __slots__ = ("attempt", "deadline", "late")

    def __init__(self, attempt: Attempt, deadline: float, late: Exception) -> None:
        """Take the call, and what is raised if its answer comes too late."""
        self.attempt: Attempt = attempt
        self.deadline: float = deadline
        self.late: Exception = late


class Aside:
    """Ask the scheduler to wait, until a time or for a flag."""

    __slots__ = ("flag", "until")

    def __init__(self, until: float, flag: Flag | None) -> None:
        """Take the true time, which may be infinite, and the flag."""
        self.until: float = until
        self.flag: Flag | None = flag


class Join:
    """Ask the scheduler to run coroutines side by side."""

    __slots__ = ("coroutines",)

    def __init__(self, coroutines: list[Coroutine[Any, Any, Any]]) -> None:
        """Take the coroutines, not yet started."""
        self.coroutines: list[Coroutine[Any, Any, Any]] = coroutines


class Flag:
    """A signal of the simulation."""

    __slots__ = ("_scheduler", "_up", "waiting")

    def __init__(self, scheduler: Scheduler) -> None:
        """Start down."""
        self._scheduler = scheduler
        self._up = False
        self.waiting: list[tuple[Task, int]] = []

    def set(self) -> None:
        """Raise the flag and wake who waits for it."""
        self._up = True
        waiting, self.waiting = self.waiting, []
        for task, ticket in waiting:
            self._scheduler.wake(task, ticket)

    def is_set(self) -> bool:
        """Tell whether the flag is up."""
        return self._up


class Task:
    """A coroutine of an actor, and what it waits for.

    Attributes:
        ticket: grows at each step, so that what would wake an earlier wait is void.
    """

    __slots__ = (
        "cancelled",
        "cancels",
        "children",
        "coroutine",
        "ended",
        "error",
        "failure",
        "gateway",
        "left",
        "parent",
        "place",
        "queued",
        "results",
        "ticket",
        "value",
        "waits_for",
    )

    def __init__(
        self,
        coroutine: Coroutine[Any, Any, Any],
        gateway: SimulatedGateway,
        *,
        parent: Task | None = None,
        place: int = 0,
    ) -> None:
        """Start as nobody's child, or in its place among its parent's."""
        self.coroutine: Coroutine[Any, Any, Any] = coroutine
        self.gateway: SimulatedGateway = gateway
        self.parent: Task | None = parent
        self.place: int = place
        self.children: list[Task] = []
        self.left: int = 0
        self.results: list[Any] = []
        self.failure: Exception | None = None
        self.value: Any = None
        self.error: BaseException | None = None
        self.queued: bool = False
        self.ended: bool = False
        self.cancelled: bool = False
        self.cancels: int = 0
        self.ticket: int = 0
        self.waits_for: str = "its turn"


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

    def moment(self) -> datetime:
        """Tell the date and time, as far as the actor's clock goes right."""
        skew = timedelta(seconds=self.now() - self._scheduler.now())
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
        """Run a coroutine; nobody is cancelled here but by a sibling."""
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

    def _refuse_if_dead(self) -> None:
        if self.dead:
            raise Died


class ActorClient:
    """The client of one actor: asynchronous, for this simulation only.

    Attributes:
        meta: the Region and the service's name.
        exceptions: the error classes.
    """

    def __init__(self, gateway: SimulatedGateway) -> None:
        """Stand on the actor's gateway."""
        self._gateway = gateway
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
