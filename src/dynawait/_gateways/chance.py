"""Chance of our own: a program that seeds `random` gets what it has asked for.

Locks draw in threads of their own, at times of their own. The system's chance has no
state that a fork would double.
"""

from __future__ import annotations

from random import SystemRandom

_SYSTEM = SystemRandom()


def up_to(span: float) -> float:
    """Return a random number of seconds between 0 and `span`."""
    return _SYSTEM.uniform(0, span)
