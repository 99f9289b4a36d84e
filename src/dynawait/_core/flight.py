"""A step that was sent, and how often one may come to nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..conditions import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..plans import Step

# How often a step may come to nothing, though DynamoDB did not say why, and how often
# in a row its call may be lost on the way.
VAIN = 3
LOST = 30


@dataclass(slots=True)
class Flight:
    """A step that was sent and has not been seen to have worked.

    Attributes:
        step: the step.
        sent: when, in seconds on the gateway's clock.
        sure: whether DynamoDB said that it has taken it.
        error: what came instead of an answer.
    """

    step: Step
    sent: float
    sure: bool = False
    error: Exception | None = None

    def judge(self, state: Any, at: float, moving: Iterable[str]) -> Verdict | None:
        """Judge what became of it.

        Args:
            state: what was seen.
            at: when that look was sent, in seconds on the gateway's clock.
            moving: what moves.

        Returns:
            *Satisfied* when it has worked, and what it moved is still; None when
            nothing came of it.
        """
        must_show = at - self.sent >= self.step.lag
        effect = self._effect(state)
        if effect.kind == "satisfied":
            still = self.step.still.judge(state)
            early = still.kind == "impossible" and not must_show
            return Verdict.pending(*still.reasons) if early else still
        moves = tuple(moving)
        if moves:
            return Verdict.pending(*moves)
        if not must_show:
            return Verdict.pending(f"{self.step.title}: no effect is to be seen yet")
        return effect if effect.kind == "impossible" else None

    def _effect(self, state: Any) -> Verdict:
        if not self.step.blind:
            return self.step.effect.judge(state)
        if self.sure:
            return Verdict.satisfied()
        return Verdict.pending("its answer was lost")


@dataclass(slots=True)
class Setbacks:
    """What went wrong with the calls of one run.

    Attributes:
        rest_until: when the next step may be sent, in seconds on the gateway's clock.
        refusals: how many calls in a row were refused for now.
        lost: how many calls in a row were lost.
        vain: how often a step was sent without effect, by its title.
    """

    rest_until: float
    refusals: int = 0
    lost: int = 0
    vain: dict[str, int] = field(default_factory=dict[str, int])

    def rest(self, least: float, most: float) -> float:
        """Return how long to rest after one more refusal in a row, in seconds."""
        self.refusals += 1
        return min(most, least * 2.0 ** (min(self.refusals, 30) - 1))

    def too_vain(self, step: Step) -> bool:
        """Count a step that worked nothing; tell whether it has often enough."""
        self.vain[step.title] = self.vain.get(step.title, 0) + 1
        return self.vain[step.title] >= VAIN

    def too_lost(self) -> bool:
        """Count a call that was lost; tell whether too many in a row were."""
        self.lost += 1
        return self.lost > LOST
