"""Changes reach their end and keep the rules, whatever goes wrong: a small part.

The whole is benchmarks/changes_in_simulation.py. A failure prints the seed; with
``survive(seed, [kind])`` it comes again.
"""

from __future__ import annotations

import pytest

from tests.simulation.changes.judges import ViolationError
from tests.simulation.changes.survival import simplest, survive
from tests.simulation.changes.wide import DRAWS

# Cheap kinds get more: all of them together take about twenty seconds.
_STORIES = {
    "indexes": 40,
    "update": 40,
    "create": 160,
    "delete": 160,
    "turns": 100,
    "queue": 40,
    "settings": 160,
}
_PARTS = 4


@pytest.mark.parametrize("part", range(_PARTS))
@pytest.mark.parametrize("kind", list(DRAWS))
def test_a_change_survives(kind: str, part: int) -> None:
    """It converges after faults, crashes and pauses, does nothing twice and nothing
    unasked, tells the truth, ends in time, and a second run sends nothing.
    """
    for seed in range(part, _STORIES[kind], _PARTS):
        try:
            survive(seed, [kind])
        except ViolationError as violation:
            pytest.fail(f"seed {seed}, {kind}: {simplest(violation)}", pytrace=False)
