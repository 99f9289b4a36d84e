"""A clock that runs on its own, at any speed, and can be moved on by hand."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_YEAR = 365 * 86_400.0
# Far enough for any test, and every moment is still one that a date can express.
HORIZON = 1_000 * _YEAR
_FASTEST = 1e6
# How long, in real seconds, somebody who waits may take to notice an interruption.
_TURN = 0.05


class PacedClock:
    """A clock whose seconds pass at a chosen speed, and by hand.

    At speed 0 time stands still until it is moved by hand. Then a wait ends at once:
    a program with one thread could not move the time on while it waits.
    """

    def __init__(
        self, speed: float = 1.0, *, real: Callable[[], float] = time.monotonic
    ) -> None:
        """Start at 0.

        Args:
            speed: how many of its seconds pass in a real one; 0: none.
            real: tells real time, in seconds.

        Raises:
            ValueError: `speed` is no speed.
        """
        self._real = real
        self._changed = threading.Condition()
        self._speed = checked_speed(speed)
        self._told = 0.0
        self._since = real()

    def now(self) -> float:
        """Tell the time, in seconds; it ends after a thousand years."""
        with self._changed:
            return self._now()

    @property
    def speed(self) -> float:
        """How many seconds pass in a real one; may be set at any time."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        wanted = checked_speed(speed)
        with self._changed:
            self._tell(self._now())
            self._speed = wanted
            self._changed.notify_all()

    def advance(self, seconds: float) -> None:
        """Move the time on by hand.

        Raises:
            ValueError: `seconds` is negative, or more than a thousand years.
        """
        if not 0 <= seconds <= HORIZON:
            message = f"seconds: {seconds!r} is not between 0 and {HORIZON:.0f}"
            raise ValueError(f"{message}; time does not go back")
        with self._changed:
            self._tell(min(self._now() + seconds, HORIZON))
            self._changed.notify_all()

    def wait(self, seconds: float, interrupted: Callable[[], bool]) -> None:
        """Let a thread wait, but no longer than until `interrupted` says so."""
        with self._changed:
            due = min(self._now() + seconds, HORIZON)
            while (left := due - self._now()) > 0 and self._speed and not interrupted():
                self._changed.wait(min(left / self._speed, _TURN))

    def _now(self) -> float:
        passed = (self._real() - self._since) * self._speed
        return min(self._told + passed, HORIZON)

    def _tell(self, moment: float) -> None:
        self._told = moment
        self._since = self._real()


def checked_speed(speed: float) -> float:
    """Return a speed.

    Raises:
        ValueError: it is negative, not finite, or more than a million.
    """
    if not 0 <= speed <= _FASTEST:
        message = f"speed: {speed!r} is not a number between 0 and {_FASTEST:.0f}"
        raise ValueError(message)
    return speed
