"""The clock of one actor, which need not go as the others' do."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Let an actor's clock run too fast or too slow.

    Its deadlines and sleeps are measured on that clock, so at a rate of 2 it sleeps
    half as long as it means to.

    Attributes:
        rate: how many of its seconds pass in a true one.
    """

    rate: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no rate."""
        if not 0 < self.rate < math.inf:
            message = f"rate: {self.rate!r} is not a number > 0"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Pause:
    """Let an actor stand still at one of its awaits, and go on later.

    The await is begun, so a call at this step is sent; its answer is seen only after
    the pause. So it is with a process that is stopped, or busy with something else.

    Attributes:
        actor: whose await it is.
        at_step: which one; the first is 1.
        seconds: how long it stands still, in true time.
        suspended: whether its clock stands still as well, as when a machine sleeps.
    """

    actor: str
    at_step: int
    seconds: float
    suspended: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no step and no duration."""
        if self.at_step < 1:
            message = f"at_step: {self.at_step!r} is no step: they count from 1"
            raise ValueError(message)
        if not 0 <= self.seconds < math.inf:
            message = f"seconds: {self.seconds!r} is not a number >= 0"
            raise ValueError(message)


class ActorClock:
    """What an actor believes the time to be, given the true one."""

    __slots__ = ("_lag", "_rate")

    def __init__(self, drift: Drift | None = None) -> None:
        """Go right, unless it drifts."""
        self._rate = 1.0 if drift is None else drift.rate
        self._lag = 0.0

    def read(self, true: float) -> float:
        """Return what it shows at a true time."""
        return true * self._rate - self._lag

    def boottime(self, true: float) -> float:
        """Return what a clock beside it shows that goes on while it stands still."""
        return true * self._rate

    def stop(self, seconds: float) -> None:
        """Stand still for some seconds of true time."""
        self._lag += seconds * self._rate

    def reaches(self, moment: float) -> float:
        """Return the first true time at which it shows that moment, or a later one."""
        if not math.isfinite(moment):
            return moment
        true = (moment + self._lag) / self._rate
        # Rounded down it would wake somebody too early, again and again.
        while self.read(true) < moment:
            true = math.nextafter(true, math.inf)
        return true
