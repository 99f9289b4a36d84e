"""A table in memory, as one process reaches it through a network."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from dynawait._core.locks.store import StoreTrouble

from .world import EPOCH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from dynawait._core.locks.store import (
        Change,
        Page,
        Place,
        Refused,
        RefusedAll,
        Sight,
        Written,
    )

    from .memory import Table
    from .world import Actor

A = TypeVar("A", bound="Sight | Written | Refused | RefusedAll | Page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How unkind the network is; shares of calls, and seconds.

    Attributes:
        latency: the shortest and the longest time that a call takes, there and back.
        throttled: calls that are refused and did not happen.
        dropped: calls that do not arrive.
        lost: calls that happen and whose answer does not arrive.
        late: calls that arrive after a delay of up to `lateness`.
        twice: calls that happen, and happen again after a delay of up to `lateness`.
        lateness: in seconds.
        dated: whether answers have a date.
    """

    latency: tuple[float, float] = (0.002, 0.02)
    throttled: float = 0.0
    dropped: float = 0.0
    lost: float = 0.0
    late: float = 0.0
    twice: float = 0.0
    lateness: float = 0.0
    dated: bool = True

    def fate(self, chance: float) -> str:
        """Tell what becomes of a call, given a number between 0 and 1."""
        for fate in ("throttled", "dropped", "lost", "late", "twice"):
            share: float = getattr(self, fate)
            if chance < share:
                return fate
            chance -= share
        return "well"


class RemoteStore:
    """A table in memory, as one actor reaches it through bad weather.

    Attributes:
        calls: how many calls were sent.
        fates: what becomes of the next calls, whatever the weather: ``"well"``,
            ``"lost"``, ``"dropped"``, ``"throttled"``.
    """

    def __init__(self, actor: Actor, table: Table, weather: Weather) -> None:
        """Take who asks, what, and through what."""
        self.actor = actor
        self.table = table
        self.weather = weather
        self.calls: int = 0
        self.fates: deque[str] = deque()

    async def read(self, place: Place, *, deadline: float | None = None) -> Sight:
        """Read a row."""
        return await self._call(lambda: self.table.read(place), deadline)

    async def write(
        self, place: Place, change: Change, *, deadline: float | None = None
    ) -> Written | Refused:
        """Write a row if its condition holds."""
        return await self._call(lambda: self.table.write(place, change), deadline)

    async def write_all(
        self,
        changes: Sequence[tuple[Place, Change]],
        *,
        deadline: float | None = None,
    ) -> Written | RefusedAll:
        """Write several rows, all or none."""
        return await self._call(lambda: self.table.write_all(changes), deadline)

    async def scan(
        self, after: Mapping[str, Any] | None = None, *, deadline: float | None = None
    ) -> Page:
        """Read everything."""
        del after
        return await self._call(self.table.scan, deadline)

    async def _call(self, happen: Callable[[], A], deadline: float | None) -> A:
        self.calls += 1
        world, weather, actor = self.actor.world, self.weather, self.actor
        random = world.random
        took = random.uniform(*weather.latency)
        there = random.random() * took
        answer: list[tuple[A, float]] = []

        def arrive() -> None:
            answer.append((happen(), world.time))

        fate = self.fates.popleft() if self.fates else weather.fate(random.random())
        if fate == "late":
            there += random.random() * weather.lateness
        if fate not in ("throttled", "dropped"):
            world.at(world.time + there, arrive)
        if fate == "twice":
            again = random.random() * weather.lateness
            world.at(world.time + there + again, happen)
        pause = max(took, there) * actor.rate
        left = math.inf if deadline is None else deadline - actor.boottime()
        await actor.sleep(max(0.0, min(pause, left)))
        if fate == "throttled":
            raise StoreTrouble("throttled")
        if fate in ("dropped", "lost") or not answer or pause > left:
            raise StoreTrouble("transient")
        found, time = answer[0]
        date = math.floor(time) + EPOCH.timestamp() if weather.dated else None
        return replace(found, date=date)
