"""Stories played by their seeds, and the least that makes one of them fail."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dynawait.testing import Trouble
from tests.simulation.changes.judges import ViolationError
from tests.simulation.changes.stage import Story, play, trouble_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.simulation.changes.stage import Report

# Other seeds that are tried with less trouble: what is left out changes what is drawn.
_OTHER_SEEDS = range(5)


@dataclass(slots=True)
class Tally:
    """What many stories came to.

    Attributes:
        stories: how many were played.
        runs: how often their scripts were run.
        blocking: how many of the stories went through the blocking face.
        looks: how many descriptions were answered.
        writes: how many writes were sent.
        ends: how the runs ended, by the name of the error.
        fates: refusals that nobody could foresee, and the like, by what they were.
        failures: the violations: seed, rule and what happened.
    """

    stories: int = 0
    runs: int = 0
    blocking: int = 0
    looks: int = 0
    writes: int = 0
    ends: Counter[str] = field(default_factory=Counter[str])
    fates: Counter[str] = field(default_factory=Counter[str])
    failures: list[tuple[int, str, str]] = field(
        default_factory=list[tuple[int, str, str]]
    )

    def add(self, report: Report) -> None:
        """Count a story that went well."""
        writes = len(report.tap.writes())
        self.runs += len(report.runs)
        self.blocking += report.story.blocking
        self.looks += len(report.tap.record) - writes
        self.writes += writes
        self.fates.update(report.fates)
        self.ends.update(run.end for run in report.runs)

    def merge(self, other: Tally) -> None:
        """Add what was counted elsewhere."""
        for name in ("stories", "runs", "blocking", "looks", "writes"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.ends.update(other.ends)
        self.fates.update(other.fates)
        self.failures += other.failures


def survive(seed: int, kinds: Sequence[str] = ()) -> Report:
    """Play the story of a seed.

    Raises:
        ViolationError: it broke a rule.
    """
    story = Story.drawn(seed, kinds)
    return play(story, trouble_of(seed, story))


def tally(seeds: Iterable[int], kinds: Sequence[str] = ()) -> Tally:
    """Play many stories and count what they came to."""
    counted = Tally()
    for seed in seeds:
        counted.stories += 1
        try:
            counted.add(survive(seed, kinds))
        except ViolationError as violation:
            counted.failures.append((seed, violation.rule, violation.problem))
        except Exception as error:  # noqa: BLE001 - told with its seed
            told = f"{type(error).__name__}: {error}"
            counted.failures.append((seed, "crash", told))
    return counted


def simplest(violation: ViolationError) -> ViolationError:
    """Return the same violation with all trouble left out that it does not take."""
    story, trouble = violation.report.story, violation.report.trouble
    for simpler in trouble.simpler():
        for seed in dict.fromkeys((trouble.seed, *_OTHER_SEEDS)):
            found = _violation(story, _reseeded(simpler, seed), violation.rule)
            if found is not None:
                return simplest(found)
    return violation


def _violation(story: Story, trouble: Trouble, rule: str) -> ViolationError | None:
    try:
        play(story, trouble)
    except ViolationError as violation:
        return violation if violation.rule == rule else None
    return None


def _reseeded(trouble: Trouble, seed: int) -> Trouble:
    return Trouble(
        seed=seed,
        faults=trouble.faults,
        crashes=trouble.crashes,
        clocks=trouble.clocks,
        pauses=trouble.pauses,
    )
