"""Conditions about things that have one status: as data, not as code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..conditions import Condition, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def status_is(
    what: str,
    wanted: Sequence[str],
    status_of: Callable[[Any], str],
    *,
    failures: Sequence[str] = (),
    reason: Callable[[Any], Sequence[str | None]] | None = None,
) -> Condition[Any]:
    """Ask whether something has one of some statuses.

    Args:
        what: what it is, in words.
        wanted: the statuses that are waited for, the usual one first.
        status_of: reads the status from a state.
        failures: the statuses from which it will not get there.
        reason: reads AWS's own words about a failure from a state.
    """

    def judge(state: Any) -> Verdict:
        status = status_of(state)
        if status in wanted:
            return Verdict.satisfied()
        text = f"{what} is {status}"
        if status not in failures:
            return Verdict.pending(text)
        words = [word for word in (reason(state) if reason else ()) if word]
        return Verdict.impossible(": ".join([text, *words]))

    return Condition(f"{what} {wanted[0]}", judge)
