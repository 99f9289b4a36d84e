"""The clock of a server."""

from __future__ import annotations

import threading

import pytest

from dynawait.testing.paced_clock import HORIZON, PacedClock


class Real:
    """Real time, moved by hand."""

    def __init__(self) -> None:
        """Start anywhere."""
        self.time = 1000.0

    def __call__(self) -> float:
        """Tell it."""
        return self.time


def never() -> bool:
    """Do not interrupt."""
    return False


def test_seconds_pass_at_the_speed() -> None:
    """At speed 60, a real second is a minute; a new speed counts from then on."""
    real = Real()
    clock = PacedClock(60, real=real)
    real.time += 2
    assert clock.now() == 120
    clock.speed = 1
    real.time += 3
    assert (clock.now(), clock.speed) == (123, 1)


def test_time_stands_still_until_moved() -> None:
    """At speed 0 only `advance` moves the time, and a wait takes none of it."""
    real = Real()
    clock = PacedClock(0, real=real)
    real.time += 1000
    assert clock.now() == 0
    clock.advance(7.5)
    clock.wait(3600, never)
    assert clock.now() == 7.5


def test_what_waits_is_woken_by_hand() -> None:
    """A wait of an hour ends when the time is moved on by an hour, or stands still."""
    for end in ("advance", "stop"):
        clock = PacedClock(1)
        waiting = threading.Event()

        def interrupted(waiting: threading.Event = waiting) -> bool:
            waiting.set()
            return False

        thread = threading.Thread(target=clock.wait, args=(3600, interrupted))
        thread.start()
        assert waiting.wait(10)
        if end == "advance":
            clock.advance(3600)
        else:
            clock.speed = 0
        thread.join(10)
        assert not thread.is_alive()


def test_what_waits_can_be_interrupted() -> None:
    """A wait ends when it is told to."""
    PacedClock(1).wait(3600, lambda: True)
    PacedClock(1).wait(-1, never)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e300])
def test_time_moves_forward_only(seconds: float) -> None:
    """Nobody moves the time back, or to where no date is."""
    with pytest.raises(ValueError, match="seconds"):
        PacedClock(0).advance(seconds)


def test_time_ends() -> None:
    """After a thousand years the time stands still, so that it always is a date."""
    clock = PacedClock(0)
    for _ in range(3):
        clock.advance(HORIZON)
    assert clock.now() == HORIZON
