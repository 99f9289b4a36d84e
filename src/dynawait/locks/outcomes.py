"""How the release of a lock ended."""

from __future__ import annotations

from enum import Enum


class ReleaseOutcome(Enum):
    """How the release of a lock ended."""

    RELEASED = "released"
    """The lock was ours to the end, and is free or in the hands of the next task."""
    ALREADY_LOST = "already lost"
    """It was not ours any more; nothing was changed."""
    UNCONFIRMED = "unconfirmed"
    """No answer came in time. If it is still held, its lease runs out."""
