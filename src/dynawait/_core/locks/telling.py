"""What the events of locks say to people: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...locks.records import LockRecord
    from .holding import Grant
    from .timing import Tolerance

FIRST_REMINDER = 2.0
"""After how many seconds of waiting it is told for what; before, nobody wonders."""
NEXT_REMINDER = 10.0
_AT_ONCE = 0.05


def holder_text(record: LockRecord | None) -> str:
    """Say who holds a lock, as far as its row tells."""
    if record is None:
        return "nobody who was seen"
    text = repr(record.owner)
    if record.acquired_by:
        text += f" ({record.acquired_by})"
    if record.fencing_token is not None:
        text += f", token {record.fencing_token}"
    return text


def waiting_text(
    record: LockRecord | None,
    *,
    waited: float,
    age: float,
    before: int,
    tolerance: Tolerance,
) -> str:
    """Say for whom a contender waits, and for how long it can be at the most.

    Args:
        record: the row as it was seen last; None: another task of the client has it.
        waited: for how long, in seconds.
        age: for how long the row has been as it is, in seconds.
        before: how many stand before it in line.
        tolerance: how far clocks are trusted.
    """
    told = f"still waiting after {waited:.0f} s"
    if record is None:
        return f"{told}: another task of this client has it, or is about to"
    if record.released:
        return f"{told}: it is free, and {before} others are before us in line"
    text = f"{told}: held by {holder_text(record)}; no sign of life for {age:.0f} s"
    if record.lease is None:
        return f"{text}, and it needs none: locks of this dialect end with a release"
    left = tolerance.over(record.lease) - age
    return f"{text}; without one it is ours in {max(0.0, left):.0f} s"


def acquired_text(grant: Grant, waited: float) -> str:
    """Say that a lock was acquired."""
    tenure = grant.tenure
    text = f"acquired, token {grant.token}" if grant.token else "acquired"
    if waited >= _AT_ONCE:
        text += f", after {waited:.1f} s"
    if tenure.heartbeat is None:
        return f"{text}; its lease of {tenure.lease:g} s is renewed by hand"
    return f"{text}; its lease of {tenure.lease:g} s is renewed"


def seized_text(record: LockRecord, age: float) -> str:
    """Say from whom a lock was taken over."""
    beat, lease = record.heartbeat_at, record.lease or 0.0
    alive = "" if beat is None else f", alive at {beat:%Y-%m-%d %H:%M:%S} UTC"
    proof = "by the service's clock"
    if age >= lease:
        proof = f"no sign of life was seen for {age:.0f} s"
    return (
        f"taken over from {holder_text(record)}{alive}; its lease of {lease:g} s is "
        f"over: {proof}"
    )


def lost_text(grant: Grant, now: float) -> str:
    """Say how a lock was lost."""
    tenure = grant.tenure
    text = f"lost after {now - grant.since:.1f} s: "
    if grant.lost == "stolen":
        return f"{text}taken by {holder_text(tenure.thief)}"
    if grant.lost == "deleted":
        return f"{text}its row was deleted, or released by force"
    silent = now - tenure.beaten
    return (
        f"{text}no heartbeat got through for {silent:.1f} s, and its lease is "
        f"{tenure.lease:g} s"
    )


def released_text(grant: Grant, now: float) -> str:
    """Say that a lock was given back."""
    done = "released"
    if grant.handed_on:
        done = "handed on to the next task of this client"
    return f"{done} after {now - grant.since:.1f} s"


def unconfirmed_text(grant: Grant, now: float, tolerance: Tolerance) -> str:
    """Say for how long others may have to wait for a lock."""
    tenure = grant.tenure
    left = max(0.0, tolerance.over(tenure.lease) - (now - tenure.beaten))
    return (
        "nobody knows whether it was released: no answer came; if it was not, others "
        f"have it in {left:.0f} s"
    )
