"""Plans for deleting tables: what must go before, and what must be allowed for."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from dynawait import TableState
from dynawait._core.planner.delete import plan_delete
from dynawait.errors import InvalidArgumentError, PlanError
from tests.simulation.support import (
    Plane,
    create_index,
    indexed_table,
    table,
)

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
BACKUP = "if point-in-time recovery is on, DynamoDB keeps a backup for 35 days"


def add(*regions: str) -> dict[str, Any]:
    """Return the members that add replicas."""
    return {
        "ReplicaUpdates": [{"Create": {"RegionName": region}} for region in regions]
    }


def live(request: dict[str, Any], *updates: dict[str, Any]) -> TableState:
    """Return the state of a table after some updates, when all is still."""
    plane = Plane()
    plane.create(request)
    for update in updates:
        plane.update(**update)
        plane.time += 200
    return TableState.parse(plane.look())


def strong() -> TableState:
    """Return a strongly consistent table of two replicas and a witness."""
    witness = [{"Create": {"RegionName": "us-west-2"}}]
    update = add("us-east-2") | {
        "MultiRegionConsistency": "STRONG",
        "GlobalTableWitnessUpdates": witness,
    }
    return live(table(), update)


def titles(state: TableState, **options: Any) -> list[str]:
    """Return the titles of the steps."""
    return [step.title for step in plan_delete(state, **options)]


def test_where_there_is_no_table_nothing_is_done() -> None:
    """Deleting what is gone is no mistake."""
    plan = plan_delete(TableState.absent("orders"), TableName="orders")
    assert not plan
    assert not plan.already
    assert not plan.notes


def test_the_step_is_destructive_and_done_when_the_table_is_gone() -> None:
    """The notes say what stays behind."""
    state = live(table())
    plan = plan_delete(state, TableName=ARN)
    (step,) = plan
    assert (step.title, step.operation) == (f"delete table {ARN}", "DeleteTable")
    assert step.parameters == {"TableName": ARN}
    assert plan.destructive
    assert plan.notes == (BACKUP,)
    assert step.needs.judge(state).kind == "satisfied"
    assert step.effect.judge(state).kind == "pending"
    assert step.effect.judge(TableState.absent("orders")).kind == "satisfied"


def test_a_deletion_under_way_is_only_waited_for() -> None:
    """Whoever began it; protection and replicas are of no matter any more."""
    state = TableState("orders", status="DELETING", deletion_protected=True)
    plan = plan_delete(state)
    assert not plan
    assert [step.title for step in plan.already] == ["delete table orders"]
    assert plan.goal.judge(state).kind == "pending"


def test_a_protected_table_is_refused_unless_that_was_allowed_for() -> None:
    """The error names the setting and the option."""
    state = live(table(DeletionProtectionEnabled=True))
    with pytest.raises(PlanError, match="DeletionProtectionEnabled") as caught:
        plan_delete(state)
    assert "disable_protection=True" in str(caught.value)
    plan = plan_delete(state, disable_protection=True)
    unlock, delete = plan
    assert unlock.title == "disable deletion protection"
    assert unlock.parameters == {
        "TableName": "orders",
        "DeletionProtectionEnabled": False,
    }
    assert delete.needs.judge(state).reasons == ("table is protected against deletion",)
    assert unlock.effect.judge(live(table())).kind == "satisfied"


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        (create_index(), "index day is CREATING"),
        (
            {
                "StreamSpecification": {
                    "StreamEnabled": True,
                    "StreamViewType": "KEYS_ONLY",
                }
            },
            "table is UPDATING",
        ),
        ({"SSESpecification": {"Enabled": True, "SSEType": "KMS"}}, "encryption is"),
        (add("eu-west-1"), "table is UPDATING"),
    ],
)
def test_it_waits_for_whatever_moves(update: dict[str, Any], reason: str) -> None:
    """DynamoDB refuses the deletion of a table on which anything is under way."""
    plane = Plane()
    plane.create(indexed_table())
    plane.update(**update)
    plane.time += 1
    state = TableState.parse(plane.look())
    (step,) = plan_delete(state)
    verdict = step.needs.judge(state)
    assert verdict.kind == "pending"
    assert reason.replace("index day", "index by-day") in "; ".join(verdict.reasons)


@pytest.mark.parametrize(
    "status", ["ACTIVE", "ARCHIVED", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"]
)
def test_a_table_that_cannot_be_used_can_be_deleted(status: str) -> None:
    """Its key may be lost for good."""
    state = TableState("orders", status=status)
    (step,) = plan_delete(state)
    assert step.needs.judge(state).kind == "satisfied"


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "ARCHIVING", "NEW"])
def test_a_table_that_changes_is_waited_for(status: str) -> None:
    """Statuses that the library does not know are waited for too."""
    state = TableState("orders", status=status)
    (step,) = plan_delete(state)
    assert step.needs.judge(state).reasons == (f"table is {status}",)


def test_replicas_stay_unless_they_were_asked_for() -> None:
    """The notes name them."""
    state = live(table(), add("eu-west-1"), add("us-west-2"))
    plan = plan_delete(state)
    assert [step.title for step in plan] == ["delete table orders"]
    assert plan.notes == (
        BACKUP,
        "the replicas in other Regions stay: eu-west-1, us-west-2",
    )


def test_replicas_go_one_after_the_other_before_the_table() -> None:
    """And protection is disabled last, so that what fails leaves it protected."""
    protect = {"DeletionProtectionEnabled": True}
    state = live(table(), add("eu-west-1"), add("us-west-2"), protect)
    options = {"delete_replicas": True, "disable_protection": True}
    assert titles(state, **options) == [
        "remove replica eu-west-1",
        "remove replica us-west-2",
        "disable deletion protection",
        "delete table orders",
    ]
    first = plan_delete(state, delete_replicas=True, disable_protection=True).steps[0]
    assert first.destructive
    assert first.parameters == {
        "TableName": "orders",
        "ReplicaUpdates": [{"Delete": {"RegionName": "eu-west-1"}}],
    }
    assert first.effect.judge(state).kind == "pending"
    assert first.effect.judge(live(table(), add("us-west-2"))).kind == "satisfied"


def test_the_regions_of_a_strongly_consistent_table_go_in_one_call() -> None:
    """DynamoDB dissolves the group as a whole, its witness included."""
    state = strong()
    with pytest.raises(PlanError, match="delete_replicas=True"):
        plan_delete(state)
    remove, delete = plan_delete(state, delete_replicas=True)
    assert remove.title == "remove all replicas"
    assert remove.parameters == {
        "TableName": "orders",
        "ReplicaUpdates": [{"Delete": {"RegionName": "us-east-2"}}],
        "GlobalTableWitnessUpdates": [{"Delete": {"RegionName": "us-west-2"}}],
    }
    assert remove.effect.judge(state).kind == "pending"
    assert remove.effect.judge(live(table())).kind == "satisfied"
    assert delete.title == "delete table orders"


def test_all_that_forbids_it_is_told_at_once() -> None:
    """A table can be protected and strongly consistent."""
    state = TableState.parse(
        {**strong().raw, "DeletionProtectionEnabled": True},
    )
    with pytest.raises(PlanError) as caught:
        plan_delete(state)
    assert len(caught.value.problems) == 2


def test_its_own_conditions_can_be_pickled() -> None:
    """A worker in another process can judge them."""
    (step,) = plan_delete(live(table()))
    again = pickle.loads(pickle.dumps(step.needs))  # noqa: S301 - our own bytes
    assert again == step.needs
    assert again.judge(live(table())).kind == "satisfied"


def test_a_parameter_of_a_newer_botocore_passes_untouched() -> None:
    """It is sent as it is; one that is nearly a known one is a typing error."""
    (step,) = plan_delete(live(table()), Confirmation="yes")
    assert step.parameters["Confirmation"] == "yes"
    with pytest.raises(PlanError, match="did you mean TableName"):
        plan_delete(live(table()), TableNam="orders")


@pytest.mark.parametrize(
    "options", [{"force": True}, {"TableName": "others"}, {"TableName": "o/"}]
)
def test_an_option_that_cannot_be_right_is_refused(options: dict[str, Any]) -> None:
    """Options are in lower case; the state is of the table that was named."""
    with pytest.raises(InvalidArgumentError):
        plan_delete(live(table()), **options)
