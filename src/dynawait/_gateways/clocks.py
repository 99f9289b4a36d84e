"""A clock that runs while the machine sleeps, for leases."""

from __future__ import annotations

import threading
import time


class Suspendproof:
    """The larger of what the monotonic clock and the date have moved on by.

    For systems without ``CLOCK_BOOTTIME``. A date that is set back does nothing, one
    that is set forward makes leases end early, which harms nobody but their holder.
    """

    __slots__ = ("_guard", "_last", "_seen")

    def __init__(self) -> None:
        """Start at the monotonic time."""
        self._guard = threading.Lock()
        self._seen = (time.monotonic(), time.time())
        self._last = self._seen[0]

    def __call__(self) -> float:
        """Tell the time, in seconds; it never goes back."""
        with self._guard:
            seen = (time.monotonic(), time.time())
            before, self._seen = self._seen, seen
            self._last += max(seen[0] - before[0], seen[1] - before[1], 0.0)
            return self._last


if hasattr(time, "CLOCK_BOOTTIME"):

    def boottime() -> float:
        """Tell the time in seconds since the machine was started."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

else:
    boottime = Suspendproof()
