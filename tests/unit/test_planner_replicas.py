"""What is asked of replicas and witnesses is planned in calls that DynamoDB takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait._core.planner.update import plan_update
from dynawait.errors import PlanError
from tests.unit.described_tables import table, units

if TYPE_CHECKING:
    from dynawait.plans import Plan

HOME, WEST, EAST = "us-east-1", "us-west-2", "us-east-2"
KEY = "arn:aws:kms:us-west-2:123456789012:key/one"


def replica(region: str = WEST, **more: Any) -> dict[str, Any]:
    """Return the description of a replica."""
    return {"RegionName": region, "ReplicaStatus": "ACTIVE", **more}


def ask(*updates: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a request about replicas."""
    return {"TableName": "orders", "ReplicaUpdates": list(updates), **more}


def create(region: str = WEST, **more: Any) -> dict[str, Any]:
    """Return the creation of a replica."""
    return {"Create": {"RegionName": region, **more}}


def change(**more: Any) -> dict[str, Any]:
    """Return the update of a replica."""
    return {"Update": {"RegionName": WEST, **more}}


def delete(region: str = WEST) -> dict[str, Any]:
    """Return the deletion of a replica."""
    return {"Delete": {"RegionName": region}}


LEAVE = {
    "Disassociate": {"RegionName": HOME, "DisassociationMode": "WAIT_FOR_REPLICATION"}
}


def titles(plan: Plan) -> list[str]:
    """Return the titles of the steps that are left."""
    return [step.title for step in plan]


@pytest.mark.parametrize(
    ("live", "request_", "words"),
    [
        ({}, ask(create(), delete()), "us-west-2 is named more than once"),
        ({}, ask({}), "each has one of Create, Update, Delete, Disassociate"),
        ({}, ask(create(HOME)), "is the Region of the table itself"),
        ({}, ask(change(TableClassOverride="STANDARD")), "no replica us-west-2"),
        ({"Replicas": [replica()]}, ask(change()), "nothing is to be changed"),
        (
            {"Replicas": [replica()]},
            ask(change(KMSMasterKeyId="two")),
            "cannot be changed by itself",
        ),
        (
            {
                "Replicas": [replica()],
                "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
            },
            ask(change(ProvisionedThroughputOverride={"ReadCapacityUnits": 5})),
            "is for PROVISIONED tables only",
        ),
        (
            {"Replicas": [replica()]},
            ask(change(GlobalSecondaryIndexes=[{"IndexName": "by-a"}] * 2)),
            "index by-a is named twice",
        ),
        (
            {"Replicas": [replica(ReplicaStatus="CREATION_FAILED")]},
            ask(create()),
            "is CREATION_FAILED; delete it first",
        ),
        (
            {"Replicas": [replica()], "MultiRegionConsistency": "STRONG"},
            ask(create(EAST)),
            "cannot be added to a strongly consistent table",
        ),
        (
            {
                "Replicas": [replica(), replica(EAST)],
                "MultiRegionConsistency": "STRONG",
            },
            ask(delete()),
            "also delete us-east-2",
        ),
        (
            {"Replicas": [replica(), replica(EAST)]},
            ask(create(), create(EAST), MultiRegionConsistency="STRONG"),
            "a global table already",
        ),
        ({}, ask(create(), MultiRegionConsistency="STRONG"), "has two replicas, or"),
        (
            {},
            ask(create("us-west-1"), create(EAST), MultiRegionConsistency="STRONG"),
            "no strong consistency in us-west-1",
        ),
        (
            {"Replicas": [replica()]},
            ask(delete(), MultiRegionConsistency="EVENTUAL"),
            "goes with Create in ReplicaUpdates only",
        ),
        (
            {},
            ask(create(), GlobalTableWitnessUpdates=[{"Create": {"RegionName": EAST}}]),
            "needs MultiRegionConsistency STRONG",
        ),
        (
            {},
            ask(
                create(),
                SSESpecification={
                    "Enabled": True,
                    "SSEType": "KMS",
                    "KMSMasterKeyId": "k",
                },
            ),
            "needs a KMSMasterKeyId",
        ),
        ({"Replicas": [replica()]}, ask(LEAVE), "disassociation protection is on"),
        (
            {"Replicas": [replica()]},
            ask(LEAVE, delete(), DisassociationProtectionEnabled=False),
            "Disassociate goes alone",
        ),
        (
            {"Replicas": [replica()], "MultiRegionConsistency": "STRONG"},
            ask(LEAVE),
            "cannot leave a strongly consistent global table",
        ),
        (
            {"Replicas": [replica()]},
            ask(create(EAST), GlobalTableSettingsReplicationMode="ENABLED"),
            "is for a table without replicas",
        ),
    ],
)
def test_what_can_never_be_asked_of_regions_is_refused(
    live: dict[str, Any], request_: dict[str, Any], words: str
) -> None:
    """A request that DynamoDB refuses is refused at once, and says what to do."""
    with pytest.raises(PlanError) as caught:
        plan_update(table(**live), **request_)
    assert any(words in problem for problem in caught.value.problems), caught.value


def test_regions_come_and_go_one_at_a_time() -> None:
    """With eventual consistency each Region has a call of its own; some go first."""
    state = table(Replicas=[replica()])
    updates = [create(EAST), create("eu-west-1"), delete()]
    plan = plan_update(state, **ask(*updates))
    assert titles(plan) == [
        "remove replica us-west-2",
        "add replica us-east-2",
        "add replica eu-west-1",
    ]
    assert [step.parameters["ReplicaUpdates"] for step in plan] == [
        [updates[2]],
        [updates[0]],
        [updates[1]],
    ]
    assert [step.destructive for step in plan] == [True, False, False]
    assert "write auto scaling" in plan.notes[0]


def test_that_replicas_are_eventual_goes_without_saying() -> None:
    """EVENTUAL is not sent: a second replica could not be added with it."""
    asked = ask(create(), create(EAST), MultiRegionConsistency="EVENTUAL")
    plan = plan_update(table(), **asked)
    assert all([*step.parameters] == ["TableName", "ReplicaUpdates"] for step in plan)


def test_a_strong_group_is_made_and_dissolved_in_one_call() -> None:
    """Its replica and its witness come together, and go together."""
    witness = [{"Create": {"RegionName": EAST}}]
    asked = ask(
        create(), MultiRegionConsistency="STRONG", GlobalTableWitnessUpdates=witness
    )
    (made,) = plan_update(table(), **asked)
    assert made.parameters == asked
    state = table(
        Replicas=[replica()],
        MultiRegionConsistency="STRONG",
        GlobalTableWitnesses=[{"RegionName": EAST, "WitnessStatus": "ACTIVE"}],
    )
    assert not plan_update(state, **asked)
    gone = ask(delete(), GlobalTableWitnessUpdates=[delete(EAST)])
    (dissolved,) = plan_update(state, **gone)
    assert dissolved.parameters == gone
    assert dissolved.destructive
    after = plan_update(table(), **gone)
    assert not after
    assert [step.title for step in after.already] == [dissolved.title]


def test_what_is_deleted_already_is_not_deleted_again() -> None:
    """A replica that is DELETING counts as a step that others have taken."""
    state = table(Replicas=[replica(ReplicaStatus="DELETING")])
    plan = plan_update(state, **ask(delete()))
    assert not plan
    assert plan.goal.judge(state).kind == "pending"


@pytest.mark.parametrize(
    ("asked", "live"),
    [
        ({"TableClassOverride": "STANDARD"}, {"TableClass": "STANDARD"}),
        ({"ProvisionedThroughputOverride": {"ReadCapacityUnits": 7}}, {}),
        ({"OnDemandThroughputOverride": {"MaxReadRequestUnits": 7}}, {}),
    ],
)
def test_a_replica_is_changed_until_it_is_so(
    asked: dict[str, Any], live: dict[str, Any]
) -> None:
    """An override is sent where it differs, and not where it is so already."""
    request = ask(change(**asked))
    assert titles(plan_update(table(Replicas=[replica()]), **request)) == [
        "update replica us-west-2"
    ]
    said: dict[str, Any] = {"ReplicaTableClassSummary": live} if live else asked
    assert not plan_update(table(Replicas=[replica(**said)]), **request)


def test_overrides_of_indexes_are_compared_by_name() -> None:
    """Only what an update names is compared; an empty override asks for nothing."""
    override = {"ProvisionedThroughputOverride": units(7, 7)}
    del override["ProvisionedThroughputOverride"]["WriteCapacityUnits"]
    asked = ask(
        change(
            GlobalSecondaryIndexes=[
                {"IndexName": "by-a", **override},
                {"IndexName": "by-b", "OnDemandThroughputOverride": {}},
            ]
        )
    )
    assert plan_update(table(Replicas=[replica()]), **asked)
    there = replica(GlobalSecondaryIndexes=[{"IndexName": "by-a", **override}])
    assert not plan_update(table(Replicas=[there]), **asked)


def test_the_key_of_a_replica_may_be_named_where_it_is_so() -> None:
    """A key that a replica has already is left out of the call."""
    state = table(Replicas=[replica(KMSMasterKeyId=KEY)])
    asked = ask(change(KMSMasterKeyId="one", TableClassOverride="STANDARD"))
    (step,) = plan_update(state, **asked)
    assert step.parameters == ask(change(TableClassOverride="STANDARD"))


def test_a_table_leaves_once_its_protection_is_off() -> None:
    """Protection that nobody has set is on, and is lifted before the table leaves."""
    asked = ask(LEAVE, DisassociationProtectionEnabled=False)
    plan = plan_update(table(Replicas=[replica()]), **asked)
    assert titles(plan) == [
        "disable disassociation protection",
        "leave the global table",
    ]
    off = table(Replicas=[replica()], DisassociationProtectionEnabled=False)
    assert titles(plan_update(off, **asked)) == ["leave the global table"]
    assert titles(plan_update(off, **ask(LEAVE))) == ["leave the global table"]
    assert not plan_update(table(), **asked)


@pytest.mark.parametrize(
    "live",
    [
        {"BillingModeSummary": {"BillingMode": "PROVISIONED"}},
        {"SSEDescription": {"Status": "ENABLED", "KMSMasterKeyArn": KEY}},
    ],
)
def test_nothing_is_deleted_before_a_replica_that_may_be_refused(
    live: dict[str, Any],
) -> None:
    """Auto scaling and the owner of a key are in no description, so that goes first."""
    described = table(
        GlobalSecondaryIndexes=[{"IndexName": "legacy", "IndexStatus": "ACTIVE"}],
        **live,
    )
    deletion = [{"Delete": {"IndexName": "legacy"}}]
    plan = plan_update(described, **ask(create(), GlobalSecondaryIndexUpdates=deletion))
    assert titles(plan) == [f"add replica {WEST}", "delete index legacy"]
    assert plan.notes
