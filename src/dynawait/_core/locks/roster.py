"""The tenures of one client that are to be renewed, and who is next."""

from __future__ import annotations

from collections import deque
from heapq import heapify, heappop, heappush
from itertools import count
from math import inf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ..gateway import Signal
    from .holding import Tenure
    from .runtime import Runtime

SPREAD = 0.1
"""The share of the interval by which heartbeats are early, at random."""
_IDLE = 64
"""How many plans that hold no more may lie about."""


class Roster:
    """Heartbeats by deadline: of those that are due, the tenure that ends first.

    Attributes:
        closed: whether those who renew are to go home.
    """

    __slots__ = (
        "_due",
        "_followers",
        "_guard",
        "_led",
        "_members",
        "_order",
        "_ripe",
        "_runtime",
        "_signal",
        "closed",
    )

    def __init__(self, runtime: Runtime, guard: AbstractContextManager[Any]) -> None:
        """Start with nothing to renew."""
        self._runtime = runtime
        self._guard = guard
        self._signal: Signal = runtime.signal()
        self._due: list[tuple[float, int, Tenure]] = []
        self._ripe: list[tuple[float, int, Tenure]] = []
        self._members: dict[Tenure, int] = {}
        self._order = count()
        self._followers: deque[Signal] = deque()
        self._led: bool = False
        self.closed: bool = False

    def __len__(self) -> int:
        """Return how many tenures are to be renewed."""
        return len(self._members)

    def plan(self, tenure: Tenure, after: float | None = None) -> None:
        """Plan the next heartbeat of a tenure, and forget any that was planned.

        Args:
            tenure: whose; one without heartbeats is not planned.
            after: how many seconds from now; None: its interval, a little less.
        """
        if tenure.heartbeat is None:
            return
        pause = after
        if pause is None:
            pause = tenure.heartbeat - self._runtime.jitter(tenure.heartbeat * SPREAD)
        with self._guard:
            if self.closed or tenure.ended or tenure.lost is not None:
                return
            ticket = self._members[tenure] = next(self._order)
            due = self._runtime.boottime() + pause
            first = not self._due or due < self._due[0][0]
            heappush(self._due, (due, ticket, tenure))
            if first:
                self._wake()

    def drop(self, tenure: Tenure) -> None:
        """Plan no more heartbeats of a tenure."""
        with self._guard:
            self._members.pop(tenure, None)
            if len(self._due) > 2 * len(self._members) + _IDLE:
                self._due = [
                    each for each in self._due if self._members.get(each[2]) == each[1]
                ]
                heapify(self._due)
            if not self._members:
                self._wake()

    def close(self) -> None:
        """Send those home who renew."""
        with self._guard:
            self.closed = True
            self._wake()
            while self._followers:
                self._followers.popleft().set()

    def take(self, now: float) -> Tenure | None:
        """Take the heartbeat that is to be made now, if one is due."""
        with self._guard:
            while self._due and self._due[0][0] <= now:
                _, ticket, tenure = heappop(self._due)
                if self._members.get(tenure) == ticket:
                    heappush(self._ripe, (tenure.until, ticket, tenure))
            while self._ripe:
                _, ticket, tenure = heappop(self._ripe)
                if self._members.get(tenure) != ticket:
                    continue
                if tenure.heartbeat is not None:
                    return tenure
                del self._members[tenure]
            return None

    def next(self) -> tuple[float, Signal]:
        """Return when the next heartbeat is due, and what is set when that changes."""
        with self._guard:
            while self._due and self._members.get(self._due[0][2]) != self._due[0][1]:
                heappop(self._due)
            return (self._due[0][0] if self._due else inf), self._signal

    def lead(self) -> Signal | None:
        """Become the one who waits for what is due; a signal where another does."""
        with self._guard:
            if not self._led:
                self._led = True
                return None
            signal = self._runtime.signal()
            self._followers.append(signal)
            return signal

    def follow(self) -> None:
        """Let another wait for what is due next."""
        with self._guard:
            self._led = False
            if self._followers:
                self._followers.popleft().set()

    def _wake(self) -> None:
        self._signal.set()
        self._signal = self._runtime.signal()
