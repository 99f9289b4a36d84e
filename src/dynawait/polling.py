"""How often to look, and how long to go on."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

from .errors import InvalidArgumentError


@dataclass(frozen=True, slots=True)
class Polling:
    """A schedule that looks again after a fixed share of the time already waited.

    Short transitions are noticed within a fraction of a second, long ones cost few
    calls. With the defaults, a transition is noticed within ten seconds.

    Attributes:
        fraction: the next look comes after this share of the time waited so far.
        floor: but never sooner than this, in seconds.
        cap: and never later than this, in seconds.
        jitter: how far an interval may vary, as a share of itself: 0.1 draws it
            between 95 % and 105 %.
        grace: for how long something may be missing before a warning is given (or,
            with ``missing="fail"``, the wait fails), and how long a disappearance has
            to last before it is believed, in seconds.

    Raises:
        InvalidArgumentError: a value is negative, not finite or out of order.
    """

    fraction: float = 0.08
    floor: float = 0.25
    cap: float = 9.5
    jitter: float = 0.1
    grace: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what cannot be a schedule."""
        for name in ("fraction", "floor", "cap", "jitter", "grace"):
            value = checked_number(getattr(self, name), f"Polling.{name}")
            if not isfinite(value) or value < 0:
                problem = f"expected a finite number, 0 or more, got {value!r}"
                raise InvalidArgumentError(f"Polling.{name}", problem)
        if self.floor == 0:
            raise InvalidArgumentError(
                "Polling.floor", "must be above 0, or the wait would never rest"
            )
        if self.cap < self.floor:
            raise InvalidArgumentError(
                "Polling.cap", f"{self.cap:g} s is below the floor of {self.floor:g} s"
            )
        if self.jitter > 1:
            raise InvalidArgumentError(
                "Polling.jitter",
                f"is a share of the interval, at most 1: {self.jitter}",
            )

    def interval(self, waited: float) -> float:
        """Return the seconds until the next look, before jitter.

        Args:
            waited: the seconds waited so far.
        """
        return min(self.cap, max(self.floor, self.fraction * waited))


def checked_number(value: Any, argument: str, what: str = "a number") -> float:
    """Return a number as a float.

    Raises:
        InvalidArgumentError: it is none, or is larger than a float can be.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidArgumentError(argument, f"expected {what}, got {value!r}")
    try:
        return float(value)
    except OverflowError:
        raise InvalidArgumentError(argument, "the number is too large") from None


def checked_timeout(timeout: Any) -> float | None:
    """Return the timeout, or refuse what cannot be one.

    Raises:
        InvalidArgumentError: it is negative, NaN or not a number.
    """
    if timeout is None:
        return None
    seconds = checked_number(timeout, "timeout", "seconds or None (for ever)")
    if not seconds >= 0:
        problem = f"expected 0 seconds or more, or None (for ever), got {timeout!r}"
        raise InvalidArgumentError("timeout", problem)
    return seconds


DEFAULT_POLLING = Polling()
