"""Lock clients and simulated processes that are broken on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynawait._core.locks import claim
from dynawait._core.locks.dynamo import DynamoStore
from dynawait.testing.scheduler import Scheduler

from .mutant import mutant, mutants_of

if TYPE_CHECKING:
    import pytest


@mutant("body", kind="one")
def a_block_goes_on(patch: pytest.MonkeyPatch) -> None:
    """Nobody cancels a block whose lease is lost."""
    patch.setattr(claim.Claim, "watch", lambda self, tell: None)


@mutant("dead", kind="one")
def heartbeats_outlive_a_crash(patch: pytest.MonkeyPatch) -> None:
    """What runs beside a process that is killed goes on."""
    original = Scheduler._crash

    def crash(self: Any, gateway: Any) -> None:
        beside = {task: None for task in gateway.tasks if task.background}
        for task in beside:
            del gateway.tasks[task]
        original(self, gateway)
        gateway.tasks.update(beside)
        gateway.dead = False

    patch.setattr(Scheduler, "_crash", crash)
    patch.setattr("tests.simulation.locks.faces.UNTIL", 100.0)


@mutant("alone")
def nobody_looks_at_the_row(patch: pytest.MonkeyPatch) -> None:
    """The table writes whatever is asked for, on whatever condition."""
    original = DynamoStore._request

    def request(self: Any, place: Any, change: Any) -> dict[str, Any]:
        asked = original(self, place, change)
        name = self.columns.partition_key
        asked["ExpressionAttributeNames"]["#any"] = name
        condition = f"({asked['ConditionExpression']}) OR attribute_exists(#any)"
        return {**asked, "ConditionExpression": condition}

    patch.setattr(DynamoStore, "_request", request)


MUTANTS = mutants_of(globals())
