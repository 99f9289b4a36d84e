"""Restores make tables that only DescribeTable knows for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dynawait.testing import Durations
from tests.simulation.samples import ARN, ORDERS, Desk
from tests.simulation.support import (
    IN_USE,
    create_index,
    delete_index,
    index,
    indexed_table,
    key,
    table,
    throughput,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
TARGET = {"TargetTableName": "restored"}
RESTORED = {"TableName": "restored"}
POINT = "RestoreTableToPointInTime"
BACKUP = "RestoreTableFromBackup"
LATEST = {**TARGET, "SourceTableName": "orders", "UseLatestRestorableTime": True}


def desk_with_backup(**more: Any) -> tuple[Desk, dict[str, str]]:
    """Return a plane with a table, and the restore of a backup of it."""
    desk = Desk(Durations(index_backfill=0, index_allocation=0))
    desk.create(indexed_table(**more))
    details = desk.ask("CreateBackup", **ORDERS, BackupName="nightly")["BackupDetails"]
    desk.wait(1)
    return desk, {**TARGET, "BackupArn": details["BackupArn"]}


def recoverable() -> Desk:
    """Return a plane with a table that has had recovery for an hour."""
    desk = Desk()
    desk.create(table())
    specification = {"PointInTimeRecoveryEnabled": True}
    desk.ask(
        "UpdateContinuousBackups",
        **ORDERS,
        PointInTimeRecoverySpecification=specification,
    )
    desk.wait(3_600)
    return desk


def test_a_restore_is_a_table_that_is_creating() -> None:
    """It has a RestoreSummary until it is ACTIVE, and then nothing that tells it from
    others.
    """
    desk, restore = desk_with_backup()
    response = desk.ask(BACKUP, **restore)["TableDescription"]
    assert response["TableStatus"] == "CREATING"
    assert response["RestoreSummary"] == {
        "SourceBackupArn": restore["BackupArn"],
        "SourceTableArn": ARN,
        "RestoreDateTime": START + timedelta(seconds=60),
        "RestoreInProgress": True,
    }
    desk.wait(199)
    assert desk.look("restored")["TableStatus"] == "CREATING"
    desk.wait(1)
    described = desk.look("restored")
    assert described["TableStatus"] == "ACTIVE"
    assert "RestoreSummary" not in described
    assert described["GlobalSecondaryIndexes"][0]["IndexName"] == "by-email"


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("DescribeTimeToLive", RESTORED),
        (
            "UpdateTimeToLive",
            {
                **RESTORED,
                "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "a"},
            },
        ),
        ("UpdateTable", {**RESTORED, "DeletionProtectionEnabled": True}),
        ("DescribeContributorInsights", RESTORED),
        ("DescribeKinesisStreamingDestination", RESTORED),
        ("ListTagsOfResource", {"ResourceArn": ARN.replace("orders", "restored")}),
        ("GetResourcePolicy", {"ResourceArn": ARN.replace("orders", "restored")}),
        ("DescribeContinuousBackups", RESTORED),
        ("CreateBackup", {**RESTORED, "BackupName": "nightly"}),
    ],
)
def test_nobody_else_knows_the_table(operation: str, request_: dict[str, Any]) -> None:
    """While it is restored every other operation says that it is not found."""
    desk, restore = desk_with_backup()
    desk.ask(BACKUP, **restore)
    desk.wait(190)
    assert "NotFoundException" in desk.refused(operation, **request_)
    desk.wait(20)
    assert "TableNotFound" not in desk.refused(operation, **request_)
    assert "ResourceNotFound" not in desk.refused(operation, **request_)


def test_the_name_of_a_restore_is_taken() -> None:
    """A create says that it is used, another restore that it is being restored, a
    delete that it is being created; when it is there, it exists.
    """
    desk, restore = desk_with_backup()
    desk.ask(BACKUP, **restore)
    refusal = desk.refused("CreateTable", **table("restored"))
    assert refusal == f"{IN_USE}Table is being used: restored"
    refusal = desk.refused("DeleteTable", **RESTORED)
    assert refusal == f"{IN_USE}Table is being created: restored"
    twice = "TableInUseException: Table: restored is already being restored from"
    expected = f"{twice} backup: {restore['BackupArn']}"
    assert desk.refused(BACKUP, **restore) == expected
    desk.wait(200)
    exists = "TableAlreadyExistsException: Table already exists: restored"
    assert desk.refused(BACKUP, **restore) == exists
    desk.ask("DeleteTable", **RESTORED)
    assert desk.refused(BACKUP, **restore) == exists
    desk.wait(5)
    desk.ask(BACKUP, **restore)


def test_a_backup_is_restored_once_at_a_time() -> None:
    """A second restore of it is refused until the first table is ACTIVE."""
    desk, restore = desk_with_backup()
    desk.ask(BACKUP, **restore)
    other = {**restore, "TargetTableName": "another"}
    expected = "BackupInUseException: Backup is being used to restore another table:"
    assert desk.refused(BACKUP, **other) == f"{expected} {restore['BackupArn']}"
    desk.wait(200)
    desk.ask(BACKUP, **other)


def test_fifty_restores_at_once_are_enough() -> None:
    """The 51st is refused until one has ended."""
    desk = recoverable()
    for number in range(50):
        desk.ask(POINT, **{**LATEST, "TargetTableName": f"restored-{number}"})
    expected = "LimitExceededException: Subscriber limit exceeded: Only 50 restore"
    expected += " operations can be done simultaneously"
    assert desk.refused(POINT, **LATEST) == expected
    desk.wait(200)
    desk.ask(POINT, **LATEST)


def test_what_a_restore_keeps() -> None:
    """Billing, capacity and encryption are as in the backup; stream, protection and
    tags are not.
    """
    desk, restore = desk_with_backup(
        GlobalSecondaryIndexes=[index("by-email", "email", **throughput(2, 3))],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        SSESpecification={"Enabled": True, "SSEType": "KMS"},
        DeletionProtectionEnabled=True,
        TableClass="STANDARD_INFREQUENT_ACCESS",
        Tags=[{"Key": "team", "Value": "shop"}],
        **throughput(5, 6),
    )
    desk.ask(BACKUP, **restore)
    desk.wait(200)
    described = desk.look("restored")
    assert described["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    (by_email,) = described["GlobalSecondaryIndexes"]
    assert by_email["ProvisionedThroughput"]["WriteCapacityUnits"] == 3
    assert described["SSEDescription"]["SSEType"] == "KMS"
    assert described["DeletionProtectionEnabled"] is False
    for member in ("StreamSpecification", "TableClassSummary"):
        assert member not in described
    arn = ARN.replace("orders", "restored")
    assert desk.ask("ListTagsOfResource", ResourceArn=arn) == {"Tags": []}


def test_overrides_change_the_table() -> None:
    """An empty list leaves all indexes out, a billing mode comes with its capacity, and
    encryption can be switched off.
    """
    desk, restore = desk_with_backup(
        SSESpecification={"Enabled": True, "SSEType": "KMS"}
    )
    desk.ask(
        BACKUP,
        **restore,
        GlobalSecondaryIndexOverride=[],
        BillingModeOverride="PROVISIONED",
        ProvisionedThroughputOverride=throughput(7, 8)["ProvisionedThroughput"],
        SSESpecificationOverride={"Enabled": False},
    )
    described = desk.look("restored")
    assert "GlobalSecondaryIndexes" not in described
    assert [item["AttributeName"] for item in described["AttributeDefinitions"]] == [
        "pk"
    ]
    assert described["ProvisionedThroughput"]["WriteCapacityUnits"] == 8
    assert "SSEDescription" not in described


CAPACITY = {
    "ProvisionedThroughputOverride": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
}


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (
            CAPACITY,
            "Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED",
        ),
        (
            {**CAPACITY, "BillingModeOverride": "PAY_PER_REQUEST"},
            (
                "Cannot override ProvisionedThroughput if BillingMode is overridden to "
                "PAY_PER_REQUEST"
            ),
        ),
        (
            {"BillingModeOverride": "PROVISIONED"},
            (
                "Must override ProvisionedThroughput if BillingMode is overridden to "
                "PROVISIONED"
            ),
        ),
        (
            {**CAPACITY, "BillingModeOverride": "PROVISIONED"},
            "Must specify provisioned throughput for index by-email",
        ),
        (
            {"GlobalSecondaryIndexOverride": [index("by-pk", "pk")]},
            (
                "Index by-pk does not match a secondary index that existed in the "
                "source table and cannot be created during the restore operation"
            ),
        ),
        (
            {"OnDemandThroughputOverride": {"MaxReadRequestUnits": 0}},
            (
                "Requested MaxReadRequestUnits for OnDemandThroughput is outside of "
                "valid range"
            ),
        ),
    ],
)
def test_overrides_are_checked(overrides: dict[str, Any], expected: str) -> None:
    """What does not fit is refused, and no table is made."""
    desk, restore = desk_with_backup()
    refusal = desk.refused(BACKUP, **restore, **overrides)
    assert refusal == f"ValidationException: Invalid Request: {expected}"
    assert "not found" in desk.refused("DescribeTable", **RESTORED)


def test_an_on_demand_override_needs_on_demand() -> None:
    """Caps do not go with provisioned capacity."""
    indexes = [index("by-email", "email", **throughput(1, 1))]
    desk, restore = desk_with_backup(GlobalSecondaryIndexes=indexes, **throughput(1, 1))
    caps = {"MaxReadRequestUnits": 5}
    refusal = desk.refused(BACKUP, **restore, OnDemandThroughputOverride=caps)
    assert "Cannot override MaxReadRequestUnits for OnDemandThroughput" in refusal
    switched = {"BillingModeOverride": "PAY_PER_REQUEST"}
    desk.ask(BACKUP, **restore, **switched, OnDemandThroughputOverride=caps)
    described = desk.look("restored")
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_a_point_in_time_is_within_the_window() -> None:
    """The latest, or any time from the beginning of recovery to five minutes ago."""
    desk = recoverable()
    response = desk.ask(POINT, **LATEST)["TableDescription"]
    summary = response["RestoreSummary"]
    assert summary["RestoreDateTime"] == START + timedelta(seconds=3_360)
    assert "SourceBackupArn" not in summary
    for seconds, fits in ((60, True), (58, False), (3_360, True), (3_361, False)):
        request = {
            "TargetTableName": f"restored-{seconds}",
            "SourceTableArn": ARN,
            "RestoreDateTime": START + timedelta(seconds=seconds),
        }
        refusal = desk.refused(POINT, **request)
        assert (refusal == "accepted") is fits
    assert refusal == (
        "InvalidRestoreTimeException: RestoreDateTime '2026-01-01T00:56:01Z' must be "
        "within EarliestRestorableDateTime '2026-01-01T00:01:00Z' and "
        "LatestRestorableDateTime '2026-01-01T00:56:00Z'"
    )


def test_the_first_thing_wrong_is_said() -> None:
    """The request's shape, then the source, then recovery, the time, the target."""
    desk = Desk()
    both = {**LATEST, "RestoreDateTime": START}
    shape = "ValidationException: Invalid Request: Both RestoreDateTime and"
    assert desk.refused(POINT, **both).startswith(shape)
    neither = {**TARGET, "SourceTableName": "orders"}
    assert desk.refused(POINT, **neither) == (
        "ValidationException: Invalid Request: Either one of RestoreDateTime or "
        "UseLatestRestorableTime must be specified, but not both"
    )
    named = {**LATEST, "SourceTableArn": ARN}
    assert "Must provide exactly one of" in desk.refused(POINT, **named)
    nameless = {**LATEST, "SourceTableName": None}
    assert "'TableName' is required" in desk.refused(POINT, **nameless)
    wrong = {**nameless, "SourceTableArn": "orders"}
    assert "sourceTableArn is not a valid ARN" in desk.refused(POINT, **wrong)
    missing = "TableNotFoundException: Table not found: orders"
    assert desk.refused(POINT, **LATEST) == missing
    desk.create(table())
    itself = {**LATEST, "TargetTableName": "orders"}
    off = "PointInTimeRecoveryUnavailableException: Point in time recovery is not"
    assert desk.refused(POINT, **itself) == f"{off} enabled for table 'orders'"
    desk = recoverable()
    early = {**itself, "UseLatestRestorableTime": False, "RestoreDateTime": START}
    assert desk.refused(POINT, **early).startswith("InvalidRestoreTimeException")
    exists = "TableAlreadyExistsException: Table already exists: orders"
    assert desk.refused(POINT, **itself) == exists


def test_a_dying_table_can_be_restored_for_a_second() -> None:
    """Then its recovery is forgotten, while the table is still DELETING."""
    desk = recoverable()
    desk.delete()
    desk.ask(POINT, **LATEST)
    desk.wait(1.2)
    refusal = desk.refused(POINT, **{**LATEST, "TargetTableName": "another"})
    assert refusal == "TableNotFoundException: Table not found: orders"


def test_a_local_index_is_restored() -> None:
    """Local indexes come back with the table, and can be left out."""
    ranged = [*key("pk"), {"AttributeName": "email", "KeyType": "RANGE"}]
    desk, restore = desk_with_backup(
        KeySchema=ranged,
        GlobalSecondaryIndexes=[index("by-email", "email")],
        LocalSecondaryIndexes=[index("local", "pk", KeySchema=ranged)],
    )
    desk.ask(BACKUP, **restore)
    assert "LocalSecondaryIndexes" in desk.look("restored")
    desk.wait(200)
    other = {**restore, "TargetTableName": "another"}
    desk.ask(BACKUP, **other, LocalSecondaryIndexOverride=[])
    assert "LocalSecondaryIndexes" not in desk.look("another")


def test_on_demand_caps_are_restored() -> None:
    """Those of the table and of its index come back as they were."""
    caps = {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20}
    desk, restore = desk_with_backup(
        OnDemandThroughput=caps,
        GlobalSecondaryIndexes=[index("by-email", "email", OnDemandThroughput=caps)],
    )
    desk.ask(BACKUP, **restore)
    described = desk.look("restored")
    assert described["OnDemandThroughput"] == caps
    assert described["GlobalSecondaryIndexes"][0]["OnDemandThroughput"] == caps
    source = desk.ask("DescribeBackup", BackupArn=restore["BackupArn"])
    details = source["BackupDescription"]["SourceTableDetails"]
    assert details["OnDemandThroughput"] == caps


def test_an_index_that_goes_is_not_restored() -> None:
    """An index that is DELETING is left out of a restore."""
    desk = recoverable()
    desk.update(**create_index())
    desk.wait(600)
    desk.update(**delete_index("by-day"))
    desk.ask(POINT, **LATEST)
    assert "GlobalSecondaryIndexes" not in desk.look("restored")


def test_a_vector_index_is_restored() -> None:
    """It comes back as it was, or not at all."""
    vector = {
        "IndexName": "by-likeness",
        "VectorAttribute": {"AttributeName": "embedding"},
        "Projection": {"ProjectionType": "KEYS_ONLY"},
        "Dimensions": 3,
        "DistanceFunction": "COSINE",
    }
    desk, restore = desk_with_backup(VectorIndexes=[vector])
    desk.ask(BACKUP, **restore)
    (found,) = desk.look("restored")["VectorIndexes"]
    assert found["Dimensions"] == 3
    desk.wait(200)
    other = {**restore, "TargetTableName": "another"}
    desk.ask(BACKUP, **other, VectorIndexOverride=[])
    assert "VectorIndexes" not in desk.look("another")
