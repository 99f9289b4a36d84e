"""How many calls a second: a rate cap that throttling lowers for the whole group."""

from __future__ import annotations

# AWS throttles DescribeTable at 2,500 control-plane requests a second and account
# (developer guide, "Best practices for using the control plane"). Other describe
# operations have small buckets of their own: DescribeContinuousBackups 10 a second
# (API reference), and about 10 were measured for DescribeTimeToLive.
DEFAULT_RATE = 100.0
SMALL_RATE = 8.0
RATES = {
    "DescribeTable": DEFAULT_RATE,
    "Query": DEFAULT_RATE,
    "PutItem": DEFAULT_RATE,
}
SLOWEST = 1 / 64


class Pacer:
    """A rate cap without bursts: two calls are never closer than its interval.

    Attributes:
        limit: calls a second when nobody is throttled.
        rate: calls a second now.
    """

    __slots__ = ("_free", "limit", "rate")

    def __init__(self, limit: float) -> None:
        """Start at full pace.

        Args:
            limit: calls a second.
        """
        self.limit = limit
        self.rate = limit
        self._free = float("-inf")

    @classmethod
    def of_operation(cls, operation: str) -> Pacer:
        """Return a pacer with the rate that suits an operation."""
        return cls(RATES.get(operation, SMALL_RATE))

    def reserve(self, now: float) -> float:
        """Take the next free moment, in seconds on the clock of `now`."""
        moment = max(now, self._free)
        self._free = moment + 1 / self.rate
        return moment

    def slow_down(self) -> None:
        """Halve the pace: a call of the group was throttled."""
        self.rate = max(self.limit * SLOWEST, self.rate / 2)

    def speed_up(self) -> None:
        """Take back a twentieth of the limit: a call of the group went through."""
        if self.rate < self.limit:
            self.rate = min(self.limit, self.rate + self.limit / 20)
