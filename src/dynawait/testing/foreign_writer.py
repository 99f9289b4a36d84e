"""Another writer, who changes tables at moments that nobody foresees."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Any

from .foreign_changes import CHANGES
from .model import ServiceFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from .model import ControlPlane

    Written: TypeAlias = Callable[[float, str, Mapping[str, Any], str], object]

NAME = "foreign writer"
# After a long time without any call, only so many of the missed changes are made.
_MOST_AT_ONCE = 1_000
_MINUTE = 60.0


class ForeignWriter:
    """Somebody who changes a table now and then, without being asked.

    It stands between the clock and the planes. Nothing happens between two looks at the
    time; so whoever looks at it next has the changes made that were due meanwhile, each
    at its own moment. Thus the planes see them in order, whatever clock there is.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        planes: Mapping[str, ControlPlane],
        *,
        seed: object,
        written: Written,
    ) -> None:
        """Write nothing yet.

        Args:
            clock: tells the time, in seconds.
            planes: whose tables are changed, by Region.
            seed: where chance comes from.
            written: is told of each change: the time, operation, parameters, Region.
        """
        self._clock = clock
        self._planes = planes
        self._written = written
        self._random = Random(f"{seed}/{NAME}")
        self._rate = 0.0
        self._due = math.inf
        self._moment: float | None = None

    def reseed(self, seed: object) -> None:
        """Start chance anew."""
        self.now()
        self._random.seed(f"{seed}/{NAME}")
        self._due = self._next(self._clock())

    def set_rate(self, rate: float) -> None:
        """Write so often from now on, in changes a minute; 0: never."""
        self.now()
        self._rate = rate
        self._due = self._next(self._clock())

    def now(self) -> float:
        """Tell the time in seconds, with all changes made that were due by then."""
        if self._moment is not None:
            return self._moment
        now = self._clock()
        if self._due <= now:
            self._catch_up(now)
        return now

    def _catch_up(self, now: float) -> None:
        missed = (now - self._due) * self._rate / _MINUTE
        if missed > _MOST_AT_ONCE:
            self._due = now - _MOST_AT_ONCE * _MINUTE / self._rate
        try:
            while self._due <= now:
                self._moment = self._due
                self._due = self._next(self._moment)
                self._write(self._moment)
        finally:
            self._moment = None

    def _next(self, moment: float) -> float:
        if not self._rate:
            return math.inf
        return moment + self._random.expovariate(self._rate / _MINUTE)

    def _write(self, moment: float) -> None:
        """Make the first change that is admitted now, of all in a random order."""
        tables = [
            (region, plane, description)
            for region, plane in self._planes.items()
            for description in plane.describe_all().values()
        ]
        if not tables:
            return
        region, plane, description = self._random.choice(tables)
        for change in self._random.sample(CHANGES, len(CHANGES)):
            request = change(description, self._random)
            if request is None:
                continue
            operation, parameters = request
            try:
                plane.handle(operation, parameters)
            except ServiceFault:
                continue  # the table is busy with something: another change may pass
            self._written(moment, operation, parameters, region)
            return
