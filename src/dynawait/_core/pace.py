"""How many calls a second: a rate cap that throttling lowers for the whole group."""

from __future__ import annotations

from heapq import heappop, heappush

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

    __slots__ = ("_free", "_held", "_returned", "_sent", "limit", "rate")

    def __init__(self, limit: float) -> None:
        """Start at full pace.

        Args:
            limit: calls a second.
        """
        self.limit: float = limit
        self.rate: float = limit
        self._free = self._sent = float("-inf")
        self._held = 0
        self._returned: list[float] = []

    @classmethod
    def of_operation(cls, operation: str) -> Pacer:
        """Return a pacer with the rate that suits an operation."""
        return cls(RATES.get(operation, SMALL_RATE))

    def reserve(self, now: float) -> float:
        """Take the next free moment, in seconds on the clock of `now`.

        Whoever takes one either uses it or gives it back.
        """
        self._held += 1
        while self._returned and self._returned[0] < now:
            heappop(self._returned)
        if self._returned:
            return heappop(self._returned)
        moment = max(now, self._free)
        self._free = moment + 1 / self.rate
        return moment

    def use(self, moment: float) -> None:
        """Make the call that a moment was taken for."""
        self._sent = max(self._sent, moment)
        self._leave()

    def give_back(self, moment: float) -> None:
        """Leave a moment to others: the wait that took it has ended before it came."""
        heappush(self._returned, moment)
        self._leave()

    def _leave(self) -> None:
        self._held -= 1
        if not self._held:  # nobody is in the line any more, so it need not be kept
            self._returned.clear()
            self._free = self._sent + 1 / self.rate

    def slow_down(self) -> None:
        """Halve the pace: a call of the group was throttled."""
        self.rate = max(self.limit * SLOWEST, self.rate / 2)

    def speed_up(self) -> None:
        """Take back a twentieth of the limit: a call of the group went through."""
        if self.rate < self.limit:
            self.rate = min(self.limit, self.rate + self.limit / 20)
