"""Replicas and witnesses: how they come and go, and what is refused."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from dynawait.testing import ControlPlane, Ending
from tests.simulation.botocore_shapes import MODEL, flaws
from tests.simulation.support import (
    COLD,
    INVALID,
    NO_STREAM,
    ONE_INDEX,
    PROTECTED,
    STREAM,
    Plane,
    create_index,
    index,
    indexed_table,
    provisioned,
    table,
    throughput,
)

IN_USE = (
    "ResourceInUseException: The resource which you are attempting to change is in use."
)
REFUSED = "ValidationException: "
EXISTS = (
    f"{REFUSED}Failed to create a the new replica of table with name: ‘orders’ because "  # noqa: RUF001
    "one or more replicas already existed as tables."
)
STRONG: dict[str, Any] = {"MultiRegionConsistency": "STRONG"}


def replica(action: str, *regions: str, **members: object) -> dict[str, Any]:
    """Return the member of an UpdateTable that acts on replicas."""
    return {
        "ReplicaUpdates": [
            {action: {"RegionName": region, **members}} for region in regions
        ]
    }


def witness(action: str, region: str) -> dict[str, Any]:
    """Return the member of an UpdateTable that acts on a witness."""
    return {"GlobalTableWitnessUpdates": [{action: {"RegionName": region}}]}


def replicas(plane: Plane) -> dict[str, str]:
    """Return the status of each replica, by Region."""
    return {
        entry["RegionName"]: entry["ReplicaStatus"]
        for entry in plane.look().get("Replicas", ())
    }


def group(*regions: str) -> Plane:
    """Return a plane with a table and its replicas, all at rest."""
    plane = Plane()
    plane.create(table())
    for region in regions or ("eu-west-1",):
        plane.update(**replica("Create", region))
        plane.time += 60
    return plane


def strong_group(*, witnessed: bool = False) -> Plane:
    """Return a plane with a strongly consistent group."""
    plane = Plane()
    plane.create(table())
    if witnessed:
        request = replica("Create", "us-east-2") | witness("Create", "us-west-2")
    else:
        request = replica("Create", "us-east-2", "us-west-2")
    plane.update(**request, **STRONG)
    plane.time += 90
    return plane


def test_a_replica_is_listed_seconds_after_the_call() -> None:
    """The response has none; it is CREATING after 6.4 s and ACTIVE after 21."""
    plane = Plane()
    plane.create(table())
    response = plane.update(**replica("Create", "eu-west-1"))
    assert (response["TableStatus"], response["Replicas"]) == ("UPDATING", [])
    assert response["GlobalTableVersion"] == "2019.11.21"
    plane.time += 6.3
    assert replicas(plane) == {}
    plane.time += 0.2
    assert (plane.status(), replicas(plane)) == ("UPDATING", {"eu-west-1": "CREATING"})
    plane.time += 14.5
    assert (plane.status(), replicas(plane)) == ("ACTIVE", {"eu-west-1": "ACTIVE"})
    entry = plane.look()["Replicas"][0]
    assert entry["GlobalTableSettingsReplicationMode"] == "ENABLED_WITH_OVERRIDES"
    assert "ReplicaArn" not in entry


def test_a_replica_of_items_takes_ten_minutes() -> None:
    """The table is UPDATING, ACTIVE and UPDATING again; the progress is told."""
    plane = Plane()
    plane.create(table())
    plane.plane.count_items("orders", 1)
    plane.update(**replica("Create", "eu-west-1"))
    seen = []
    for _ in range(126):
        plane.time += 5
        seen.append((plane.status(), replicas(plane).get("eu-west-1")))
    phases = [seen[0], *(b for a, b in pairwise(seen) if a != b)]
    assert phases == [
        ("UPDATING", None),
        ("ACTIVE", "CREATING"),
        ("UPDATING", "CREATING"),
        ("ACTIVE", "ACTIVE"),
    ]
    plane.update(**replica("Create", "eu-west-2"))
    plane.time += 313
    told = plane.look()["Replicas"][1]["ReplicaStatusPercentProgress"]
    assert told == "50"


def test_a_replica_switches_a_stream_on() -> None:
    """A table without a stream gets one with both images; another stays as it is."""
    plane = group()
    spec = plane.look()["StreamSpecification"]
    assert spec == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    plane = Plane()
    plane.create(table(**STREAM))
    plane.update(**replica("Create", "eu-west-1"))
    assert plane.look()["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"


def test_a_replica_goes_in_two_steps() -> None:
    """UPDATING and still ACTIVE, then DELETING behind an ACTIVE table, then gone."""
    plane = group()
    plane.update(**replica("Delete", "eu-west-1"))
    assert (plane.status(), replicas(plane)) == ("UPDATING", {"eu-west-1": "ACTIVE"})
    plane.time += 36
    assert (plane.status(), replicas(plane)) == ("ACTIVE", {"eu-west-1": "DELETING"})
    plane.time += 88
    found = plane.look()
    assert not {"Replicas", "GlobalTableVersion"} & set(found)
    assert plane.refusal(**replica("Create", "eu-west-1")) == EXISTS
    plane.time += 35
    assert plane.refusal(**replica("Create", "eu-west-1")) == "accepted"


def test_what_moves_is_not_named() -> None:
    """A table with replicas says that it is in use, and not why."""
    plane = Plane()
    plane.create(table())
    plane.update(**replica("Create", "eu-west-1"))
    for later in (0, 10):
        plane.time += later
        assert plane.refusal(**replica("Create", "eu-west-2")) == IN_USE
        assert plane.refusal(**PROTECTED) == IN_USE
        assert plane.refusal(**COLD) == IN_USE
    plane.time += 20
    plane.update(**replica("Delete", "eu-west-1"))
    for later in (0, 40):
        plane.time += later
        assert plane.refusal(**replica("Delete", "eu-west-1")) == IN_USE
        assert plane.refusal(**replica("Create", "eu-west-2")) == IN_USE
        assert plane.refusal(**replica("Create", "eu-west-1")) == EXISTS
        assert plane.refusal(**PROTECTED) == IN_USE
    plane.time += 100
    plane.create(table("others"))
    assert plane.refusal("DeleteTable", TableName="others") == "accepted"


def test_a_table_is_not_deleted_under_a_replica_that_joins() -> None:
    """Before the replica is listed the table is just in use."""
    plane = Plane()
    plane.create(table())
    plane.update(**replica("Create", "eu-west-1"))
    assert plane.refusal("DeleteTable") == IN_USE


def test_a_stranger_is_no_replica() -> None:
    """A Region that is not listed, or not yet, cannot be changed or deleted."""
    plane = Plane()
    plane.create(table())
    plane.update(**replica("Create", "eu-west-1"))
    stranger = (
        f"{REFUSED}Update global table operation failed because one or more replicas "
        "were not part of the global table. Please retry the request without these "
        "replicas: [eu-west-1]."
    )
    assert plane.refusal(**replica("Delete", "eu-west-1")) == stranger
    change = replica("Update", "eu-west-1", TableClassOverride="STANDARD")
    assert plane.refusal(**change) == stranger
    plane.time += 60
    assert plane.refusal(**replica("Create", "eu-west-1")) == EXISTS


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            replica("Create", "eu-west-1") | PROTECTED,
            f"{INVALID}Replica modification must be the only operation in the request",
        ),
        (
            replica("Create", "eu-west-1", "eu-west-2"),
            (
                f"{REFUSED}Update table operation with more than one create or delete "
                "replica actions not allowed"
            ),
        ),
        (
            {
                "ReplicaUpdates": [
                    {
                        "Create": {"RegionName": "eu-west-1"},
                        "Delete": {"RegionName": "eu-west-2"},
                    }
                ]
            },
            (
                f"{REFUSED}Update table operation with more than one type of replica "
                "actions not allowed."
            ),
        ),
        (
            {
                "ReplicaUpdates": [
                    {"Create": {"RegionName": "eu-west-1"}},
                    {"Delete": {"RegionName": "eu-west-2"}},
                ]
            },
            (
                f"{REFUSED}Update table operation with more than one type of replica "
                "actions not allowed."
            ),
        ),
        (
            {"ReplicaUpdates": [{}]},
            (
                f"{REFUSED}There are no actions specified in the Replica Update Action "
                "of the request."
            ),
        ),
        (
            replica("Update", "eu-west-1"),
            (
                f"{REFUSED}There are no actions specified in the Replica Update Action "
                "of the request."
            ),
        ),
        (
            replica("Create", "us-east-1"),
            (
                f"{REFUSED}Cannot add or delete the local region through "
                "ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as "
                "required."
            ),
        ),
        (
            replica("Create", "us-fake-1"),
            (
                f"{REFUSED}Region us-fake-1 is not supported. The latest version of "
                "global tables are only supported in the following regions: [af-south-1"
            ),
        ),
        (
            replica("Create", "us-east-2") | STRONG,
            (
                f"{REFUSED}Unsupported replica count for global tables with "
                "MultiRegionConsistency set to STRONG."
            ),
        ),
        (
            replica("Create", "us-east-2", "us-west-1") | STRONG,
            (
                f"{REFUSED}Unsupported Region(s) specified for global tables with "
                "MultiRegionConsistency set to STRONG: [us-west-1]."
            ),
        ),
        (
            replica("Create", "us-east-2") | witness("Create", "us-west-2"),
            (
                f"{REFUSED}MultiRegionConsistency must be set as STRONG when "
                "GlobalTableWitnessUpdates parameter is present."
            ),
        ),
        (
            replica("Create", "us-east-2") | witness("Create", "us-east-2") | STRONG,
            f"{REFUSED}Cannot target multiple regions with the same action",
        ),
        (
            replica("Create", "us-east-2") | witness("Create", "us-east-1") | STRONG,
            (
                f"{REFUSED}Cannot add a witness in the same region as an existing "
                "replica when creating a global table with MultiRegionConsistency set "
                "to STRONG."
            ),
        ),
        (
            replica("Create", "us-east-2", "us-west-2") | STRONG | PROTECTED,
            (
                f"{INVALID}Requests that modify replicas or witnesses must not also "
                "modify other fields"
            ),
        ),
        (
            replica("Delete", "us-east-2") | STRONG,
            (
                f"{REFUSED}Only Replica Create actions are supported when "
                "MultiRegionConsistency parameter is provided."
            ),
        ),
        (
            STRONG,
            f"{REFUSED}At least one of ProvisionedThroughput, BillingMode, Update",
        ),
        (
            witness("Create", "us-west-2"),
            f"{REFUSED}At least one of ProvisionedThroughput, BillingMode, Update",
        ),
        (
            replica(
                "Disassociate", "us-east-1", DisassociationMode="WAIT_FOR_REPLICATION"
            ),
            (
                f"{REFUSED}Update global table operation failed because one or more "
                "replicas were not part of the global table. Please retry the request "
                "without these replicas: [us-east-1]."
            ),
        ),
    ],
)
def test_replica_updates_are_checked(request_: dict[str, Any], expected: str) -> None:
    """What a table without replicas refuses, in AWS's words and before anything."""
    plane = Plane()
    plane.create(table())
    assert plane.refusal(**request_).startswith(expected)
    assert "GlobalTableVersion" not in plane.look()


def test_the_mode_is_left_out_of_the_list_when_it_was_sent() -> None:
    """The list of what could be asked for omits what was and does not count."""
    plane = Plane()
    plane.create(table())
    assert "MultiRegionConsistency" not in plane.refusal(**STRONG)
    assert "MultiRegionConsistency" in plane.refusal()


def test_two_creates_of_one_region_are_one() -> None:
    """The same Region twice in a call is accepted, and makes one replica."""
    plane = Plane()
    plane.create(table())
    plane.update(**replica("Create", "eu-west-1", "eu-west-1"))
    plane.time += 30
    assert replicas(plane) == {"eu-west-1": "ACTIVE"}


def test_provisioned_tables_need_automatic_scaling() -> None:
    """Writes of the table and of every index must be scaled first."""
    plane = provisioned()
    fit = "write capacity should either be Pay-Per-Request or AutoScaled."
    assert plane.refusal(**replica("Create", "eu-west-1")) == f"{REFUSED}Table {fit}"
    plane.plane.autoscale("orders")
    assert plane.refusal(**replica("Create", "eu-west-1")) == f"{REFUSED}GSI {fit}"
    plane.plane.autoscale("orders", "by-email")
    assert plane.refusal(**replica("Create", "eu-west-1")) == "accepted"


def test_a_key_of_its_own_needs_one_in_every_region() -> None:
    """A table with a customer's key is copied only to where there is a key too."""
    plane = Plane()
    encryption = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "k-1"}
    plane.create(table(SSESpecification=encryption))
    each = f"{INVALID}KMSMasterKeyId must be specified for each replica."
    assert plane.refusal(**replica("Create", "eu-west-1")) == each
    plane.update(**replica("Create", "eu-west-1", KMSMasterKeyId="k-2"))
    plane.time += 60
    entry = plane.look()["Replicas"][0]
    assert entry["KMSMasterKeyId"] == "arn:aws:kms:eu-west-1:123456789012:key/k-2"
    change = replica("Update", "eu-west-1", KMSMasterKeyId="k-3")
    assert plane.refusal(**change) == each


def test_overrides_take_their_time_and_merge() -> None:
    """A replica is UPDATING for 36 s; indexes that are not named keep their own."""
    plane = Plane()
    plane.create(indexed_table())
    cap = {"OnDemandThroughputOverride": {"MaxReadRequestUnits": 7}}
    one = [{"IndexName": "by-email", **cap}]
    plane.update(**replica("Create", "eu-west-1", GlobalSecondaryIndexes=one, **cap))
    plane.time += 60
    two = [{"IndexName": "by-other", **cap}]
    request = replica("Update", "eu-west-1", GlobalSecondaryIndexes=two)
    assert plane.update(**request)["TableStatus"] == "UPDATING"
    assert replicas(plane) == {"eu-west-1": "UPDATING"}
    plane.time += 36
    entry = plane.look()["Replicas"][0]
    assert [i["IndexName"] for i in entry["GlobalSecondaryIndexes"]] == [
        "by-email",
        "by-other",
    ]
    assert entry["OnDemandThroughputOverride"] == {"MaxReadRequestUnits": 7}
    units = {"ProvisionedThroughputOverride": {"ReadCapacityUnits": 5}}
    assert plane.refusal(**replica("Update", "eu-west-1", **units)) == (
        f"{REFUSED}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
        "when BillingMode is PAY_PER_REQUEST"
    )


def test_a_class_is_changed_twice_a_month_in_every_region() -> None:
    """What a replica has spent of its budget refuses the table's change, too."""
    plane = group()
    for name in ("STANDARD_INFREQUENT_ACCESS", "STANDARD"):
        plane.update(**replica("Update", "eu-west-1", TableClassOverride=name))
        plane.time += 60
    limit = (
        "LimitExceededException: Limit exceeded for replica in eu-west-1. Updates to "
        "TableClass are limited to 2 times in 30 day(s)"
    )
    assert plane.refusal(**COLD) == limit
    again = replica("Update", "eu-west-1", TableClassOverride="STANDARD")
    assert plane.refusal(**again) == limit
    summary = plane.look()["Replicas"][0]["ReplicaTableClassSummary"]
    assert summary["TableClass"] == "STANDARD"


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (Ending("CREATION_FAILED", "No key"), {"eu-west-1": "CREATION_FAILED"}),
        (Ending("ABSENT"), {}),
    ],
)
def test_a_replica_may_fail(ending: Ending, expected: dict[str, str]) -> None:
    """With a status and a reason, or without a trace; the next one goes well."""
    plane = Plane()
    plane.create(table())
    plane.plane.arrange("replica", ending, name="eu-west-1")
    plane.update(**replica("Create", "eu-west-1"))
    plane.time += 60
    assert (plane.status(), replicas(plane)) == ("ACTIVE", expected)
    if expected:
        entry = plane.look()["Replicas"][0]
        assert entry["ReplicaStatusDescription"] == "No key"
        plane.update(**replica("Delete", "eu-west-1"))
        plane.time += 200
    plane.update(**replica("Create", "eu-west-1"))
    plane.time += 60
    assert replicas(plane) == {"eu-west-1": "ACTIVE"}


def test_a_source_is_not_deleted_within_a_day() -> None:
    """The table that a replica was copied from stays for 24 hours, or alone."""
    plane = group()
    source = (
        f"{REFUSED}Replica cannot be deleted because it has acted as a source region "
        "for new replica(s) being added to the table in the last 24 hours."
    )
    assert plane.refusal("DeleteTable") == source
    plane.time += 86_400
    assert plane.refusal("DeleteTable") == "accepted"
    plane = group()
    plane.update(**replica("Delete", "eu-west-1"))
    assert plane.refusal("DeleteTable") == source
    plane.time += 124
    assert plane.refusal("DeleteTable") == "accepted"


def test_settings_of_a_group_take_longer() -> None:
    """Protection and throughput reach all Regions before the table is ACTIVE again."""
    plane = group()
    assert plane.update(**PROTECTED)["TableStatus"] == "UPDATING"
    assert plane.look()["DeletionProtectionEnabled"] is False
    assert plane.refusal(DeletionProtectionEnabled=False) == IN_USE
    plane.time += 37
    assert plane.look()["DeletionProtectionEnabled"] is True
    assert plane.refusal(**NO_STREAM) == (
        f"{INVALID}Disabling Stream is not allowed for a Global Table replica."
    )
    plane = provisioned()
    plane.plane.autoscale("orders")
    plane.plane.autoscale("orders", "by-email")
    plane.update(**replica("Create", "eu-west-1"))
    plane.time += 60
    plane.update(**throughput(9, 9))
    plane.time += 35
    assert plane.status() == "UPDATING"


def test_an_index_builds_on_in_other_regions() -> None:
    """All is ACTIVE here while another Region still builds: the next index waits."""
    plane = group()
    plane.update(**create_index())
    plane.time += 560
    assert (plane.status(), plane.index("by-day")) == ("ACTIVE", ("ACTIVE", None))
    assert plane.refusal(**create_index("by-name", "name")) == ONE_INDEX
    assert plane.refusal("DeleteTable").startswith(REFUSED)
    plane.time += 60
    assert plane.refusal(**create_index("by-name", "name")) == "accepted"


def test_a_strong_group_is_born_complete() -> None:
    """Two replicas in one call: listed after seconds, ACTIVE after 16."""
    plane = Plane()
    plane.create(table())
    response = plane.update(**replica("Create", "us-east-2", "us-west-2"), **STRONG)
    assert response["MultiRegionConsistency"] == "STRONG"
    assert response["Replicas"] == []
    plane.time += 7
    assert set(replicas(plane).values()) == {"CREATING"}
    plane.time += 9
    assert set(replicas(plane).values()) == {"ACTIVE"}
    assert plane.status() == "ACTIVE"


def test_a_witness_is_listed_apart() -> None:
    """It has a Region and a status, and nothing else."""
    plane = strong_group(witnessed=True)
    found = plane.look()
    assert found["GlobalTableWitnesses"] == [
        {"RegionName": "us-west-2", "WitnessStatus": "ACTIVE"}
    ]
    assert replicas(plane) == {"us-east-2": "ACTIVE"}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            replica("Create", "eu-west-1"),
            "Cannot add replicas to a global table with strong MultiRegionConsistency",
        ),
        (
            replica("Delete", "us-east-2"),
            "Update table delete operation does not include all witnesses.",
        ),
        (
            replica("Delete", "us-east-2") | witness("Delete", "eu-west-1"),
            (
                "Update global table operation failed because one or more witnesses "
                "were not part of the global table. Please retry the request without "
                "these witnesses: [eu-west-1]."
            ),
        ),
        (
            replica("Create", "eu-west-1") | {"MultiRegionConsistency": "EVENTUAL"},
            "MultiRegionConsistency parameter is unsupported on existing global table",
        ),
        (
            witness("Delete", "us-west-2"),
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled",
        ),
    ],
)
def test_a_strong_group_is_frozen(request_: dict[str, Any], expected: str) -> None:
    """Nothing joins it, and nothing leaves it alone."""
    plane = strong_group(witnessed=True)
    assert plane.refusal(**request_).startswith(REFUSED + expected)


def test_a_strong_group_ends_as_one() -> None:
    """All Regions in one call; then the table is a plain one again."""
    only_one = (
        f"{REFUSED}Deletion of only one table replica is not supported for global "
        "tables with MultiRegionConsistency set to STRONG."
    )
    plane = strong_group()
    assert plane.refusal("DeleteTable") == only_one
    assert plane.refusal(**replica("Delete", "us-east-2")) == only_one
    plane.update(**replica("Delete", "us-east-2", "us-west-2"))
    assert set(replicas(plane).values()) == {"ACTIVE"}
    plane.time += 36
    assert set(replicas(plane).values()) == {"DELETING"}
    plane.time += 11
    assert "MultiRegionConsistency" not in plane.look()
    assert plane.refusal("DeleteTable") == "accepted"
    plane = strong_group(witnessed=True)
    plane.update(**replica("Delete", "us-east-2"), **witness("Delete", "us-west-2"))
    plane.time += 60
    assert "GlobalTableWitnesses" not in plane.look()


def test_a_strong_group_comes_from_an_empty_table() -> None:
    """A table with items cannot become one."""
    plane = Plane()
    plane.create(table())
    plane.plane.count_items("orders", 1)
    request = replica("Create", "us-east-2", "us-west-2") | STRONG
    assert plane.refusal(**request).startswith(f"{REFUSED}The table must be empty")


def test_a_region_leaves_its_group_when_it_may() -> None:
    """Protection forbids it unless it was switched off; then the table is alone."""
    plane = group()
    leave = replica(
        "Disassociate", "us-east-1", DisassociationMode="WAIT_FOR_REPLICATION"
    )
    assert "has disassociation protection enabled" in plane.refusal(**leave)
    plane.update(DisassociationProtectionEnabled=False)
    assert plane.look()["DisassociationProtectionEnabled"] is False
    plane.update(**leave)
    plane.time += 36
    assert "Replicas" not in plane.look()
    refusal = plane.refusal(DisassociationProtectionEnabled=True)
    assert refusal.startswith(f"{INVALID}DisassociationProtectionEnabled can only")
    assert strong_group().refusal(**leave).startswith(f"{REFUSED}Deletion of only one")


def test_settings_replication_is_a_word() -> None:
    """A table without replicas may say ENABLED or DISABLED, never more."""
    plane = Plane()
    plane.create(table())
    plane.update(GlobalTableSettingsReplicationMode="ENABLED")
    assert plane.look()["GlobalTableSettingsReplicationMode"] == "ENABLED"
    request = {"GlobalTableSettingsReplicationMode": "ENABLED_WITH_OVERRIDES"}
    expected = (
        f"{REFUSED}Value 'ENABLED_WITH_OVERRIDES' at "
        "'GlobalTableSettingsReplicationMode' failed to satisfy constraint: Only "
        "ENABLED and DISABLED settings replication are supported for a Regional Table."
    )
    assert plane.refusal(**request) == expected
    others = table("others", **request)
    assert plane.refusal("CreateTable", **others) == expected


def test_an_index_may_be_called_like_a_region() -> None:
    """Names of indexes and Regions do not get in each other's way."""
    plane = Plane()
    plane.create(table())
    plane.update(**create_index("eu-west-1", "day"))
    plane.time += 600
    plane.update(**replica("Create", "eu-west-1"))
    plane.time += 60
    assert plane.index("eu-west-1") == ("ACTIVE", None)
    assert replicas(plane) == {"eu-west-1": "ACTIVE"}


def test_a_replica_is_seen_in_its_own_region() -> None:
    """Under an ARN and an id of its own, from when it is listed until it is gone."""
    plane = Plane()
    planes: dict[str, ControlPlane] = {}
    for region in ("us-east-1", "eu-west-1"):
        planes[region] = ControlPlane(lambda: plane.time, region=region, peers=planes)
    plane.plane = planes["us-east-1"]
    plane.create(indexed_table())
    there = Plane()
    there.plane = planes["eu-west-1"]
    plane.update(**replica("Create", "eu-west-1"))
    assert there.refusal("DescribeTable").startswith("ResourceNotFoundException")
    plane.time += 7
    assert there.status() == "CREATING"
    plane.time += 60
    found, home = there.look(), plane.look()
    assert found["TableArn"] == home["TableArn"].replace("us-east-1", "eu-west-1")
    assert found["TableId"] != home["TableId"]
    assert flaws(MODEL.shape_for("TableDescription"), found) == []
    assert [entry["RegionName"] for entry in found["Replicas"]] == ["us-east-1"]
    plane.update(**replica("Delete", "eu-west-1"))
    plane.time += 40
    assert there.status() == "DELETING"
    plane.time += 200
    assert there.refusal("DescribeTable").startswith("ResourceNotFoundException")
    there.create(table())
    assert plane.refusal(**replica("Create", "eu-west-1")) == EXISTS


def test_indexes_of_new_tables_are_counted() -> None:
    """A replica's table has the same indexes as its source."""
    plane = Plane()
    plane.create(
        indexed_table(GlobalSecondaryIndexes=[index("by-email", "email")]), wait=60
    )
    plane.update(**replica("Create", "eu-west-1"))
    plane.time += 60
    assert plane.index("by-email") == ("ACTIVE", None)
