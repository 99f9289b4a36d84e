"""A value that others see change only after a while."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")

_KEPT = 8


@dataclass(slots=True)
class Timeline(Generic[V]):
    """A value and the times from which it is seen.

    Attributes:
        steps: times in seconds, each with the value that is seen from then on.
    """

    steps: list[tuple[float, V]]

    def at(self, now: float) -> V:
        """Return the value that is seen at some time."""
        seen = self.steps[0][1]
        for since, value in self.steps:
            if since <= now:
                seen = value
        return seen

    def then(self, since: float, value: V) -> None:
        """Let a value be seen from some time on."""
        self.steps.append((since, value))
        del self.steps[:-_KEPT]

    @property
    def latest(self) -> V:
        """The value that was given last, whether it is seen yet or not."""
        return self.steps[-1][1]


def always(value: V) -> Timeline[V]:
    """Return a timeline that has always had this value."""
    return Timeline([(-math.inf, value)])
