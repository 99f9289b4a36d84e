"""What is asked of a lock, and what was sent to obtain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...locks.records import LockRecord
    from .store import Place


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        place: where the lock lies.
        lease: for how long a sign of life is to count, in seconds.
        wait: for how long to wait for it, in seconds; 0: try once; None: for ever.
        heartbeat: seconds between two heartbeats; None: the caller renews.
        data: what the row is to carry.
    """

    place: Place
    lease: float
    wait: float | None = None
    heartbeat: float | None = None
    data: bytes | str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A write that was sent.

    Attributes:
        at: when, on the clock of `boottime`.
        tokens: how many fencing tokens it reserves.
        seed: from what they count where the row has none.
        last: the last of them, where the write says which; else DynamoDB counts.
        over: from whom the lock is taken over; None: it was free, or our own.
        age: for how long that one had been seen without a sign of life, in seconds.
        proves: whether its condition holds only for the row that was seen, so that no
            token between the one in that row and its own can have been given.
    """

    at: float
    tokens: int
    seed: int
    last: int | None
    over: LockRecord | None = None
    age: float = 0.0
    proves: bool = False
