"""How long a lock is usually held: so that who waits looks when it may be free.

The row says since when it is held and how long its last holders had it. These are
hints, and nothing but the time of the next look rests on them: they may be missing or
wrong, as in a row that another client has put.

The next hold is as likely to end in any of the gaps that the last ones leave between
them as in any other, whatever distribution they come from. Where one of `n` gaps that
are left is `w` seconds long, looks and delay are in balance with a look in every
``sqrt(2 * price * w * n)`` seconds.
"""

from __future__ import annotations

from itertools import pairwise
from math import inf, sqrt
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .store import AttributeValue, Row

SINCE = "acquiredAt"
"""The attribute that says since when the lock is held, in milliseconds since 1970."""
HOLDS = "lastHolds"
"""The attribute with how long it was held, the latest last, in milliseconds."""
MOST_HOLDS = 12
_PRICE = 0.007
"""How many seconds of delay one look is worth."""
_OVERDUE = 0.5
"""Who has waited for longer than any hold rests for this share of the time since."""


def holds_of(row: Row | None) -> tuple[float, ...]:
    """Return how long a lock was held lately, in seconds; nothing if unreadable."""
    listed: Any = (row or {}).get(HOLDS)
    members: Any = (
        cast("dict[str, Any]", listed).get("L") if isinstance(listed, dict) else None
    )
    if not isinstance(members, list):
        return ()
    found = [_seconds(member) for member in cast("list[object]", members)]
    return tuple(each for each in found if each is not None)[-MOST_HOLDS:]


def since_of(row: Row | None) -> float | None:
    """Return since when a lock is held, in seconds since 1970; None if unreadable."""
    return _seconds((row or {}).get(SINCE))


def _seconds(value: object) -> float | None:
    text: Any = cast("dict[str, Any]", value).get("N") if isinstance(value, dict) else 0
    if not isinstance(text, str):
        return None
    try:
        seconds = float(text) / 1000
    except ValueError:
        return None
    return seconds if 0 <= seconds < inf else None


def begun(at: float) -> dict[str, AttributeValue]:
    """Return what an acquisition writes, given the time in seconds since 1970."""
    return {SINCE: {"N": str(int(at * 1000))}}


def ended(before: Sequence[float], held: float) -> dict[str, AttributeValue]:
    """Return what a release writes, given the holds before and this one, in seconds."""
    last = (*before, held)[-MOST_HOLDS:]
    return {HOLDS: {"L": [{"N": str(round(each * 1000))} for each in last]}}


def pause(holds: Sequence[float], held: float, shortest: float, usual: float) -> float:
    """Tell how long to rest before the next look.

    Args:
        holds: how long the lock was held lately, in seconds.
        held: for how long it is held now.
        shortest: what no rest is shorter than.
        usual: the rest of somebody who knows nothing of holds.
    """
    ends = sorted({0.0, *holds})
    if held >= ends[-1]:
        return max(shortest, min(usual, (held - ends[-1]) * _OVERDUE))
    rest = ends[-1] - held + shortest
    for place, (begin, end) in enumerate(pairwise(ends)):
        if held < end:
            step = sqrt(2 * _PRICE * (end - begin) * (len(ends) - place))
            rest = min(rest, max(0.0, begin - held) + step)
    return max(shortest, rest)
