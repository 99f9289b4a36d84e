"""The coroutines of a simulation: what they ask for, wait for, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from .actors import SimulatedGateway
    from .cancelling import Fence
    from .scheduler import Scheduler
    from .service import Attempt


class Cancelled(BaseException):
    """Thrown into a coroutine that is cancelled: its sibling failed, or its scope."""


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
        fences: the scopes and shields that it is in, the innermost one last.
        background: whether it runs beside the actor, and ends with it.
    """

    __slots__ = (
        "background",
        "cancelled",
        "cancels",
        "children",
        "coroutine",
        "ended",
        "error",
        "failure",
        "fences",
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
        background: bool = False,
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
        self.fences: list[Fence] = []
        self.background: bool = background
        self.waits_for: str = "its turn"

    @property
    def is_cancelled(self) -> bool:
        """Whether it may not wait any more, where it is now."""
        for fence in reversed(self.fences):
            if fence.shields:
                return False
            if fence.cancelled:
                return True
        return self.cancelled
