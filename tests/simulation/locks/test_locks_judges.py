"""The rules that locks are held to find what breaks them."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.simulation.locks import (
    mutants_of_faces,
    mutants_of_holding,
    mutants_of_order,
)
from tests.simulation.locks.faces import Company, Plot
from tests.simulation.locks.judges import Judge, Violation
from tests.simulation.locks.script import Script
from tests.simulation.locks.stage import Stage

if TYPE_CHECKING:
    from tests.simulation.locks.mutant import Mutant

SEEDS = 100
MUTANTS = mutants_of_holding.MUTANTS + mutants_of_order.MUTANTS


def found(
    mutant: Mutant, seeds: int = SEEDS, *, strict: bool = True
) -> Violation | None:
    """Run drawn stories of locks that are broken, until a judge finds it out."""
    for seed in range(seeds):
        script = replace(Script.drawn(Random(seed)), **mutant.setting)
        with pytest.MonkeyPatch.context() as patch:
            mutant.patch(patch)
            stage = Stage(seed, script)
            stage.judge.strict = strict
            try:
                stage.run()
            except Violation as violation:
                return violation
    return None


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mistake_is_found(mutant: Mutant) -> None:
    """By the rule that it breaks, within a few stories."""
    violation = found(mutant)
    assert violation is not None
    assert violation.rule in mutant.rules


@pytest.mark.parametrize(
    "mutant", mutants_of_faces.MUTANTS, ids=lambda mutant: mutant.name
)
def test_every_mistake_of_a_face_is_found(
    mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the stories of lock clients in simulated processes."""
    mutant.patch(monkeypatch)

    def run(seeds: int) -> None:
        for seed in range(seeds):
            plot = replace(Plot.drawn(Random(f"{seed}/plot")), **mutant.setting)
            Company(seed, plot).run()

    with pytest.raises(Violation) as caught:
        run(100)
    assert caught.value.rule in mutant.rules


@pytest.mark.parametrize(
    "mutant", mutants_of_order.TOKENS, ids=lambda mutant: mutant.name
)
def test_the_resource_alone_finds_wrong_tokens(
    mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it takes and refuses shows them, if nobody looks at the tokens as such."""
    monkeypatch.setattr(Judge, "_is_in_order", lambda *args: None)
    violation = found(mutant, strict=False)
    assert violation is not None
    assert violation.rule == "resource"


@pytest.mark.parametrize(
    "mutant", mutants_of_holding.CLOCKS, ids=lambda mutant: mutant.name
)
def test_tokens_protect_from_a_client_whose_clock_lies(mutant: Mutant) -> None:
    """Two may then believe to hold a lock, and the resource still tells them apart."""
    assert found(mutant, strict=False) is None
