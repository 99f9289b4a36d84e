"""Cancellation in a simulation: by a sibling's failure or a scope, not in a shield.

It is thrown into where a task waits, and again at each of its awaits, until what is
cancelled has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .tasks import Cancelled, Join

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from .tasks import Task

_TOO_MANY_CANCELS = 1_000


class Canceller:
    """Cancels tasks of one simulation.

    Attributes:
        current: the task that runs now; None before the first.
    """

    __slots__ = ("_queue", "current")

    def __init__(self, queue: Callable[[Task], object]) -> None:
        """Take what lets a task go on."""
        self._queue = queue
        self.current: Task | None = None

    def running(self) -> Task:
        """Return the task that runs now.

        Raises:
            RuntimeError: none of this simulation does.
        """
        if self.current is None:
            raise RuntimeError("nobody of this simulation is running")
        return self.current

    def cancel(self, task: Task) -> None:
        """Cancel a task; what is shielded in it comes to its end first."""
        if not (task.ended or task.cancelled):
            task.cancelled = True
            self.interrupt(task)

    def interrupt(self, task: Task) -> None:
        """Have a task that is cancelled know of it where it waits."""
        if task.ended or not task.is_cancelled:
            return
        for child in task.children:
            self.cancel(child)
        if task.children or task is self.current:
            return
        task.error = Cancelled()
        if not task.queued:
            self._queue(task)

    def again(self, task: Task, request: object) -> None:
        """Throw the cancellation in anew: a cancelled task may not wait any more."""
        if isinstance(request, Join):
            for coroutine in request.coroutines:
                coroutine.close()
        task.cancels += 1
        if task.cancels > _TOO_MANY_CANCELS:
            message = f"{task.gateway.name} goes on although it is cancelled"
            raise RuntimeError(message)
        task.error = Cancelled()
        self._queue(task)


class Fence:
    """A part of a task that a cancellation does not leave, or does not enter.

    Attributes:
        shields: whether it keeps out cancellations from outside.
        cancelled: whether what is in it is cancelled.
    """

    __slots__ = ("cancelled", "shields")

    def __init__(self, *, shields: bool) -> None:
        """Stand around nothing yet."""
        self.shields: bool = shields
        self.cancelled: bool = False


class Scope:
    """A context manager whose block can be cancelled, and nothing around it."""

    __slots__ = ("_canceller", "_fence", "_task")

    def __init__(self, canceller: Canceller) -> None:
        """Stand around nothing yet."""
        self._canceller = canceller
        self._fence = Fence(shields=False)
        self._task: Task | None = None

    def cancel(self) -> None:
        """Cancel the block, now or when it is entered."""
        self._fence.cancelled = True
        if self._task is not None:
            self._canceller.interrupt(self._task)

    def __enter__(self) -> Self:
        """Stand around what the task that runs now does from here on."""
        self._task = self._canceller.running()
        self._task.fences.append(self._fence)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """End a cancellation of this block, and say whether it was one."""
        task, self._task = self._task, None
        if task is None:
            return False
        task.fences.remove(self._fence)
        cancelled = isinstance(error, Cancelled) and self._fence.cancelled
        return cancelled and not task.is_cancelled


class Shield:
    """A context manager whose block no cancellation from outside touches."""

    __slots__ = ("_fence", "_task")

    def __init__(self, canceller: Canceller) -> None:
        """Stand around what the task that runs now does."""
        self._fence = Fence(shields=True)
        self._task = canceller.running()

    def __enter__(self) -> None:
        """Begin to shield."""
        self._task.fences.append(self._fence)

    def __exit__(self, *failure: object) -> None:
        """Let cancellations through again."""
        self._task.fences.remove(self._fence)
