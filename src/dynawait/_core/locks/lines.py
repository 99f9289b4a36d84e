"""The tasks of one client that want the same lock: one line, first in, first out.

One of them contends at the table or holds the lock; the others wait for their turn.
Who is done hands the lock itself on, where that may be, or else the turn.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Any, TypeAlias

    from ..gateway import Signal
    from .holding import Tenure
    from .runtime import Runtime
    from .store import Place

    Turn: TypeAlias = "Tenure | Literal['contend', 'late']"


class _Waiter:
    """A task that waits for its turn, or for the lock itself."""

    __slots__ = ("signal", "turn", "wants")

    def __init__(self, signal: Signal, wants: object) -> None:
        self.signal = signal
        self.wants = wants
        self.turn: Turn | None = None


class Lines:
    """The lines of one client, by place."""

    __slots__ = ("_guard", "_lines", "_orphan", "_runtime")

    def __init__(
        self,
        runtime: Runtime,
        guard: AbstractContextManager[Any],
        orphan: Callable[[Tenure], object],
    ) -> None:
        """Start with nobody waiting.

        Args:
            runtime: where tasks sleep.
            guard: held for the few instructions that change a line.
            orphan: given a lock that was handed to a task which is no more; the turn
                is with it.
        """
        self._runtime = runtime
        self._guard = guard
        self._orphan = orphan
        self._lines: dict[Place, deque[_Waiter]] = {}

    def length(self, place: Place) -> int:
        """Tell how many tasks wait for their turn."""
        return len(self._lines.get(place, ()))

    async def enter(self, place: Place, wants: object, deadline: float) -> Turn:
        """Wait for the turn.

        Args:
            place: the lock.
            wants: what the lock must be like to be handed on to this task.
            deadline: on the clock of `boottime`.

        Returns:
            The lock itself; or *contend*, and `leave` is owed; or *late*.
        """
        with self._guard:
            line = self._lines.get(place)
            if line is None:
                self._lines[place] = deque()
                return "contend"
            me = _Waiter(self._runtime.signal(), wants)
            line.append(me)
        try:
            while me.turn is None:
                left = deadline - self._runtime.boottime()
                if left <= 0:
                    break
                await self._runtime.sleep(left, wake=me.signal)
        except BaseException:
            self._give_up(place, me)
            raise
        with self._guard:
            if me.turn is None:
                line.remove(me)
                return "late"
            return me.turn

    def hand_on(self, place: Place, tenure: Tenure, like: object) -> bool:
        """Hand the lock to who is next, if that task can take it as it is."""
        with self._guard:
            line = self._lines[place]
            if not line or line[0].wants != like:
                return False
            heir = line.popleft()
            heir.turn = tenure
        heir.signal.set()
        return True

    def leave(self, place: Place) -> None:
        """Let the next one contend."""
        with self._guard:
            line = self._lines[place]
            if not line:
                del self._lines[place]
                return
            heir = line.popleft()
            heir.turn = "contend"
        heir.signal.set()

    def _give_up(self, place: Place, me: _Waiter) -> None:
        """Leave the line for good; a turn that has just come goes to the next."""
        with self._guard:
            turn = me.turn
            if turn is None:
                self._lines[place].remove(me)
        if turn == "contend":
            self.leave(place)
        elif turn is not None and turn != "late":
            self._orphan(turn)
