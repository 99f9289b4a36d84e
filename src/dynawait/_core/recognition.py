"""Whether a look showed the table that the change is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from ..conditions import Verdict
from .incarnation import Incarnation

if TYPE_CHECKING:
    from .aim import Aim

S = TypeVar("S")

# How long a look may show an older state than the one before it, in seconds.
DOUBT = 10.0


class Recognition(Generic[S]):
    """Tells the table that a change is about from others that have its name."""

    __slots__ = ("_gone_since", "_incarnation", "_succeeds", "_what")

    def __init__(self, aim: Aim[S]) -> None:
        """Know of no table yet."""
        self._incarnation = None if aim.identity is None else Incarnation(aim.identity)
        self._succeeds = aim.vanished == "success"
        self._what = f"{aim.subject.noun} {aim.subject.name}"
        self._gone_since: float | None = None

    def judge(self, state: S, at: float, *, going: bool) -> Verdict | None:
        """Judge whether a look showed that table.

        Args:
            state: what was seen.
            at: when the look was sent, in seconds on the gateway's clock.
            going: whether that table may be gone by now, as it was asked to go.

        Returns:
            None when it did, or showed none yet. *Satisfied* when the table was to go
            and another one has its name now; *impossible* when it was not to go and is
            gone; *pending* when that cannot be told yet.
        """
        if self._incarnation is None:
            return None
        relation = self._incarnation.compare(state)
        if relation == "older":
            return Verdict.pending("looking again: that was an earlier table")
        if relation == "another" and self._succeeds:
            return Verdict.satisfied()
        if relation == "another":
            problem = f"{self._what} was deleted and created again by somebody else"
            return Verdict.impossible(problem)
        if relation == "none" and self._incarnation.known and not going:
            return self._gone(at)
        self._gone_since = None
        return None

    def _gone(self, at: float) -> Verdict | None:
        self._gone_since = at if self._gone_since is None else self._gone_since
        if at - self._gone_since >= DOUBT:
            if self._succeeds:
                return None
            return Verdict.impossible(f"{self._what} was there and is gone")
        return Verdict.pending(f"looking again: {self._what} seems to be gone")
