"""A clock that moves on when everybody who looks at it is waiting."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from math import inf, nextafter
from typing import TYPE_CHECKING

from .turns import until_others_rest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import anyio

_START = datetime(2026, 1, 1, tzinfo=UTC)
# How long, in real seconds, others get to come to rest where several threads run.
_MOMENT = 0.001
# For how long, in real seconds, a thread that waits here now and then may be at work
# before the time passes it by; a busy machine may not let it run at once.
_WORK = 0.1


class _Sleeper:
    """Somebody who waits: a task, with the event that wakes it, or a thread."""

    __slots__ = ("due", "event", "interrupted", "party")

    def __init__(
        self,
        due: float,
        interrupted: Callable[[], bool],
        event: anyio.Event | None = None,
    ) -> None:
        self.due = due
        self.interrupted = interrupted
        self.event = event
        self.party = threading.get_ident()


class _Journey:
    """A call that goes to a worker thread and comes back."""

    __slots__ = ("asleep", "party")

    def __init__(self) -> None:
        self.asleep = False
        self.party = threading.get_ident()


# The worker thread runs in a copy of the context of the task that handed the call over.
_journey: ContextVar[_Journey | None] = ContextVar("dynawait_journey", default=None)


class VirtualClock:
    """A clock whose time passes only while everybody waits, and then at once.

    Tasks of asyncio and trio wait in `rest`, threads in `pause`; whoever is due first
    moves the time on, after the others had a chance to come to rest as well. Work that
    waits for something else, such as a real network, is not noticed: the time passes it
    by, unless it is done within `handing_over`.
    """

    def __init__(self, start: datetime | None = None) -> None:
        """Start at 0.

        Args:
            start: the moment at which it tells 0, with a time zone.
        """
        self._start = start or _START
        self._now = 0.0
        self._condition = threading.Condition()
        self._heap: list[tuple[float, int, _Sleeper]] = []
        self._parties: dict[int, OrderedDict[_Sleeper, None]] = {}
        self._journeys: set[_Journey] = set()
        self._at_work: dict[int, float] = {}
        self._gone = 0
        self._order = count()
        self._arrivals = 0

    def now(self) -> float:
        """Tell the time, in seconds."""
        return self._now

    def moment(self) -> datetime:
        """Tell the date and time, in UTC."""
        return self._start + timedelta(seconds=self._now)

    def advance(self, seconds: float) -> None:
        """Move the time on by hand.

        Raises:
            ValueError: `seconds` is negative.
        """
        if not seconds >= 0:
            message = f"seconds: {seconds!r} is negative; time does not go back"
            raise ValueError(message)
        with self._condition:
            self._move(self._now + seconds)

    async def sleep(self, seconds: float) -> None:
        """Let a task of asyncio or trio sleep, and so let the time pass.

        A test that wants others to go on meanwhile awaits it::

            await dynamodb.clock.sleep(30)
        """
        await self.rest(seconds, _never)

    @contextmanager
    def handing_over(self) -> Generator[None]:
        """Hold the time while a task's call is on its way to a worker thread, or back.

        Time passes only while the thread waits in `pause`; it is known by its context,
        which is a copy of the task's. Who waits for a free thread must not be in here:
        those who have one may need the time to pass.
        """
        before, journey = _journey.get(), _Journey()
        with self._condition:
            self._journeys.add(journey)
        _journey.set(journey)
        try:
            yield
        finally:
            _journey.set(before)
            with self._condition:
                self._journeys.discard(journey)
                self._arrivals += 1
                self._condition.notify_all()

    def pause(self, seconds: float, interrupted: Callable[[], bool]) -> None:
        """Let a thread wait, but no longer than until `interrupted` says so.

        Tasks of an event loop in this very thread cannot run meanwhile, so they are
        not waited for: as with a real sleep, they are late.
        """
        if seconds <= 0 or interrupted():
            return
        journey = _journey.get()
        if journey is not None and journey.party == threading.get_ident():
            journey = None
        with self._condition:
            sleeper = self._enter(_Sleeper(self._due(seconds), interrupted))
            self._at_work.pop(sleeper.party, None)
            if journey is not None:
                journey.asleep = True
            try:
                while sleeper.due > self._now and not interrupted():
                    seen = self._arrivals
                    first = self._first(other_than=sleeper) is None
                    if first and threading.active_count() == 1:
                        self._move(sleeper.due)
                        continue
                    self._condition.wait(_MOMENT)
                    still = self._first(other_than=sleeper) is None
                    if self._must_wait(sleeper, journey):
                        continue
                    if first and still and seen == self._arrivals and not interrupted():
                        self._move(max(sleeper.due, self._now))
            finally:
                if journey is not None:
                    journey.asleep = False
                else:
                    self._at_work[sleeper.party] = time.monotonic() + _WORK
                self._leave(sleeper)

    async def rest(self, seconds: float, interrupted: Callable[[], bool]) -> None:
        """Let a task wait, but no longer than until `interrupted` says so."""
        import anyio
        import anyio.lowlevel

        if seconds <= 0 or interrupted():
            await anyio.lowlevel.checkpoint()
            return
        sleeper = _Sleeper(self._due(seconds), interrupted, anyio.Event())
        with self._condition:
            self._enter(sleeper)
        try:
            while sleeper.due > self._now and not interrupted():
                if self._leads(sleeper):
                    await self._lead(sleeper)
                elif sleeper.event is not None:
                    await sleeper.event.wait()
                    sleeper.event = anyio.Event()
        finally:
            with self._condition:
                self._leave(sleeper)

    def _due(self, seconds: float) -> float:
        """Tell when a wait is over; the shortest there is moves the time on as well.

        What is left of a sum of floats may be too little to change the time, and who
        waits for it again and again would wait for ever.
        """
        return max(self._now + seconds, nextafter(self._now, inf))

    async def _lead(self, leader: _Sleeper) -> None:
        """Step aside for a while, then wake whom it concerns, or move the time on."""
        import anyio

        seen = self._arrivals
        await until_others_rest()
        if threading.active_count() > 1 or self._journeys:
            await anyio.sleep(_MOMENT)
        with self._condition:
            if self._wake(leader.party) or seen != self._arrivals:
                return
            if self._under_way() or self._others_work():
                return
            first = self._first()
            if first is not None and first.party == leader.party:
                self._move(max(first.due, self._now))
                self._wake(leader.party)

    def _under_way(self) -> bool:
        """Tell whether a call is on its way to its thread, or from there.

        One from a loop whose own thread is paused cannot come back before time passes.
        """
        return any(
            not journey.asleep and not self._is_paused(journey.party)
            for journey in self._journeys
        )

    def _must_wait(self, sleeper: _Sleeper, journey: _Journey | None) -> bool:
        """Tell whether a thread must not move the time on, even if it is due first."""
        if sleeper.due == inf:  # that time never comes
            return True
        under_way = journey in self._journeys and self._under_way()
        return under_way or self._others_work()

    def _others_work(self) -> bool:
        """Tell whether a thread that has waited here is at work, and has just begun.

        The thread of a lock's heartbeats is such a one: where the time passed it by
        again and again, the lock would be lost.
        """
        if self._at_work:
            alive = {thread.ident for thread in threading.enumerate()}
            now, mine = time.monotonic(), threading.get_ident()
            self._at_work = {
                party: until
                for party, until in self._at_work.items()
                if party in alive and now < until and party != mine
            }
        return bool(self._at_work)

    def _is_paused(self, party: int) -> bool:
        return any(sleeper.event is None for sleeper in self._parties.get(party, ()))

    def _wake(self, party: int) -> bool:
        """Wake the tasks of a thread whose wait is over; tell whether there are any."""
        over = False
        for sleeper in self._parties[party]:
            if sleeper.due <= self._now or sleeper.interrupted():
                over = True
                if sleeper.event is not None:
                    sleeper.event.set()
        return over

    def _enter(self, sleeper: _Sleeper) -> _Sleeper:
        heappush(self._heap, (sleeper.due, next(self._order), sleeper))
        self._parties.setdefault(sleeper.party, OrderedDict())[sleeper] = None
        self._arrivals += 1
        return sleeper

    def _leave(self, sleeper: _Sleeper) -> None:
        party = self._parties[sleeper.party]
        led = self._leads(sleeper)
        del party[sleeper]
        if not party:
            del self._parties[sleeper.party]
        elif led and (heir := next(iter(party))).event is not None:
            heir.event.set()
        sleeper.party = 0
        self._gone += 1
        self._arrivals += 1
        self._condition.notify_all()

    def _leads(self, sleeper: _Sleeper) -> bool:
        """Tell whether it is this sleeper who watches for all of its thread."""
        return next(iter(self._parties[sleeper.party])) is sleeper

    def _first(self, *, other_than: _Sleeper | None = None) -> _Sleeper | None:
        """Return who is due first; of those who hold back the thread, if one is named.

        For a thread: whoever is due before it, its own thread's tasks left out.
        """
        while self._heap and self._heap[0][2].party == 0:
            heappop(self._heap)
            self._gone -= 1
        if other_than is None:
            return self._heap[0][2] if self._heap else None
        if self._heap[0][2] is other_than:
            return None
        earlier = (
            sleeper
            for due, _, sleeper in self._heap
            if sleeper.party not in (0, other_than.party) and due < other_than.due
        )
        return next(earlier, None)

    def _move(self, moment: float) -> None:
        self._now = moment
        self._arrivals += 1
        if self._gone > len(self._heap) // 2:
            self._heap = [entry for entry in self._heap if entry[2].party]
            heapify(self._heap)
            self._gone = 0
        self._condition.notify_all()


def _never() -> bool:
    return False
