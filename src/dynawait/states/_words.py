"""Say in words what is moving."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container


def moving(
    subject: str, status: str, *, known: Container[str], note: str | None = None
) -> str:
    """Build ``"index by-email is CREATING (backfilling)"``.

    Args:
        subject: what moves, ``"index by-email"``.
        status: its status.
        known: the statuses that the library knows the meaning of.
        note: what else is known of the movement.
    """
    notes = [] if note is None else [note]
    if status not in known:
        notes.append("a status dynawait does not know")
    return f"{subject} is {status}" + (f" ({'; '.join(notes)})" if notes else "")
