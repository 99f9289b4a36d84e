"""How far clocks are trusted, and what follows for both sides of a lease."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from ...errors import InvalidArgumentError

BEATS_A_LEASE = 4
"""How many heartbeats are planned in one lease: two may fail without harm."""
FEWEST_BEATS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How wrong a clock may go before two clients can both believe to hold a lock.

    A holder counts its lease from before the write that obtained it, an observer from
    after the read that first showed it, so that messages of any delay are harmless.
    What is left is how fast their clocks go: a holder whose clock is slow by `rate`
    gives up after at most one true lease, an observer whose clock is fast by as much
    waits for at least one.

    Attributes:
        rate: the share by which a clock may be fast or slow. The default of 5 % is a
            hundred times what NTP allows itself (500 parts per million).
        margin: seconds that each side gives away besides, for what lies between
            a question and what is done with its answer.
    """

    rate: float = 0.05
    margin: float = 0.1

    def __post_init__(self) -> None:
        """Refuse what cannot be a bound."""
        if not 0 <= self.rate < 1:
            raise InvalidArgumentError("rate", f"{self.rate!r} is not in [0, 1)")
        if not 0 <= self.margin < inf:
            raise InvalidArgumentError("margin", f"{self.margin!r} is not >= 0")

    def certain(self, lease: float) -> float:
        """Return for how long a holder may be sure of a lease, in its own seconds."""
        return lease * (1 - self.rate) - self.margin

    def over(self, lease: float) -> float:
        """Return after how long an observer may be sure that a lease is over."""
        return lease * (1 + self.rate) + self.margin

    def check(self, lease: float, heartbeat: float | None) -> None:
        """Refuse a lease that this leaves nothing of.

        Args:
            lease: in seconds.
            heartbeat: seconds between two heartbeats; None: the caller renews.

        Raises:
            InvalidArgumentError: the lease is shorter than what is taken off it, or
                than three heartbeats.
        """
        certain = self.certain(lease)
        if not 0 < certain < inf:
            problem = (
                f"{lease!r} s leaves nothing once {self.rate:.0%} for drift and "
                f"a margin of {self.margin:g} s are taken off"
            )
            raise InvalidArgumentError("lease", problem)
        if heartbeat is None:
            return
        if not heartbeat > 0:
            problem = f"{heartbeat!r} is not > 0 seconds; None: the caller renews"
            raise InvalidArgumentError("heartbeat", problem)
        if not heartbeat * FEWEST_BEATS <= lease:
            problem = (
                f"a heartbeat every {heartbeat!r} s does not fit {FEWEST_BEATS} times "
                f"into a lease of {lease:g} s"
            )
            raise InvalidArgumentError("heartbeat", problem)


class ServiceClock:
    """Between which times the service's own clock must be, by its answers' dates.

    A date says the second in which an answer was written: after the request was sent
    and before the answer was here. Each answer narrows the two bounds; between answers
    they widen as the local clock may drift. No trust in any client's date is needed.
    """

    __slots__ = ("_earliest", "_earliest_at", "_latest", "_latest_at", "_rate")

    _SECOND = 1.0  # how coarse a Date header is

    def __init__(self, tolerance: Tolerance) -> None:
        """Know nothing yet."""
        self._rate = tolerance.rate
        self._earliest, self._earliest_at = -inf, 0.0
        self._latest, self._latest_at = inf, 0.0

    @property
    def known(self) -> bool:
        """Tell whether any answer had a date."""
        return self._latest < inf

    def hear(self, sent: float, received: float, date: float | None) -> None:
        """Take the date of an answer.

        Args:
            sent: when its request was sent, on the local clock.
            received: when it was here, on the local clock.
            date: what it said, in seconds since 1970; None when it said nothing.
        """
        if date is None:
            return
        latest = date + self._SECOND + (received - sent) / (1 - self._rate)
        if date > self.latest(received) or latest < self.earliest(received):
            # The two clocks have gone apart by more than the bound: begin anew.
            self._earliest, self._latest = -inf, inf
        if date > self.earliest(received):
            self._earliest, self._earliest_at = date, received
        if latest < self.latest(received):
            self._latest, self._latest_at = latest, received

    def earliest(self, now: float) -> float:
        """Return a time that the service's clock has reached, in seconds since 1970."""
        return self._earliest + (now - self._earliest_at) / (1 + self._rate)

    def latest(self, now: float) -> float:
        """Return a time that the service's clock has not passed."""
        return self._latest + (now - self._latest_at) / (1 - self._rate)
