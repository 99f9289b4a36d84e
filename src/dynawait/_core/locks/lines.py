"""The tasks of one client that want the same lock: one line, first in, first out.

One of them contends at the table or holds the lock; the others wait for their turn.
Who is done hands the lock itself on, where that may be, or else the turn.
"""

from __future__ import annotations

from collections import deque
from math import inf
from typing import TYPE_CHECKING, Literal

from .holding import Tenure

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Any, TypeAlias

    from ..gateway import Signal
    from .runtime import Runtime
    from .store import Place

    Turn: TypeAlias = "Tenure | Literal['contend', 'late']"


_GLANCE = 2.0
"""After how many seconds a waiter looks by itself: Ctrl-C may swallow a signal."""


class _Waiter:
    """A task that waits for its turn, or for the lock itself."""

    __slots__ = ("me", "signal", "turn", "wants")

    def __init__(self, me: object, signal: Signal, wants: object) -> None:
        self.me = me
        self.signal = signal
        self.wants = wants
        self.turn: Turn | None = None


class _Line:
    """Whose turn it is, by identity, and who waits.

    It is the turn of a contender, and then of what that one has obtained. Whoever is no
    longer the one whose turn it is cannot give it away.
    """

    __slots__ = ("turn", "waiting")

    def __init__(self, turn: object) -> None:
        self.turn = turn
        self.waiting: deque[_Waiter] = deque()


class Lines:
    """The lines of one client, by place."""

    __slots__ = ("_guard", "_lines", "_runtime")

    def __init__(self, runtime: Runtime, guard: AbstractContextManager[Any]) -> None:
        """Start with nobody waiting.

        Args:
            runtime: where tasks sleep.
            guard: held for the few instructions that change a line.
        """
        self._runtime = runtime
        self._guard = guard
        self._lines: dict[Place, _Line] = {}

    def length(self, place: Place) -> int:
        """Tell how many tasks wait for their turn."""
        line = self._lines.get(place)
        return 0 if line is None else len(line.waiting)

    @property
    def tenures(self) -> list[Tenure]:
        """What tasks of this client hold."""
        turns = [line.turn for line in self._lines.values()]
        return [turn for turn in turns if isinstance(turn, Tenure)]

    def has_turn(self, place: Place, one: object) -> bool:
        """Tell whether it is the turn of this one."""
        line = self._lines.get(place)
        return line is not None and line.turn is one

    def sit(self, tenure: Tenure, me: object) -> None:
        """Let the turn of a contender be that of what it has obtained."""
        with self._guard:
            line = self._lines.get(tenure.place)
            if line is not None and line.turn is me:
                line.turn = tenure

    def _until_over(self, line: _Line) -> float:
        """Return for how long nobody need look; a tenure that is over is noticed.

        Nobody else may ask about one that its task has forgotten to give back.
        """
        tenure = line.turn
        if not isinstance(tenure, Tenure):
            return inf
        now = self._runtime.boottime()
        tenure.look(now)
        if tenure.ended or tenure.lost is not None:
            return inf
        return tenure.until - now

    async def enter(
        self,
        place: Place,
        me: object,
        wants: object,
        deadline: float,
        remind: Callable[[], object],
    ) -> Turn:
        """Wait for the turn; `quit` is owed, whatever becomes of it.

        Args:
            place: the lock.
            me: who waits.
            wants: what the lock must be like to be handed on to this one.
            deadline: on the clock of `boottime`.
            remind: called again and again while it waits.

        Returns:
            The lock itself, or *contend*, or *late*.
        """
        with self._guard:
            line = self._lines.get(place)
            if line is None:
                self._lines[place] = _Line(me)
                return "contend"
            waiter = _Waiter(me, self._runtime.signal(), wants)
            line.waiting.append(waiter)
        while True:
            until_over = self._until_over(line)
            left = deadline - self._runtime.boottime()
            if waiter.turn is not None or left <= 0:
                break
            remind()
            rest = min(left, until_over, _GLANCE)
            await self._runtime.sleep(rest, wake=waiter.signal)
        with self._guard:
            if waiter.turn is None:
                line.waiting.remove(waiter)
                return "late"
            return waiter.turn

    def hand_on(self, tenure: Tenure, like: object) -> bool:
        """Hand the lock to who is next, if that task can take it as it is."""
        with self._guard:
            line = self._lines.get(tenure.place)
            if line is None or line.turn is not tenure:
                return False
            if not line.waiting or line.waiting[0].wants != like:
                return False
            heir = line.waiting.popleft()
            tenure.holder = heir.me
            heir.turn = tenure
        heir.signal.set()
        return True

    def leave(self, place: Place, one: object) -> None:
        """Let the next one contend, if it is the turn of this one."""
        with self._guard:
            line = self._lines.get(place)
            if line is None or line.turn is not one:
                return
            if not line.waiting:
                del self._lines[place]
                return
            heir = line.waiting.popleft()
            line.turn = heir.me
            heir.turn = "contend"
        heir.signal.set()

    def quit(self, place: Place, me: object) -> None:
        """Wait no longer, and leave the turn to the next one."""
        with self._guard:
            line = self._lines.get(place)
            if line is not None:
                waiting = [each for each in line.waiting if each.me is not me]
                line.waiting = deque(waiting)
        self.leave(place, me)

    def handed_to(self, place: Place, me: object) -> Tenure | None:
        """Return the lock that was handed to this one, and was not taken yet."""
        line = self._lines.get(place)
        tenure = None if line is None else line.turn
        if isinstance(tenure, Tenure) and tenure.holder is me:
            return tenure
        return None
