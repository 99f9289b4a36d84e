"""On-demand backups and SYSTEM backups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dynawait.testing import Durations, Ending
from tests.simulation.samples import ARN, ORDERS, Desk
from tests.simulation.support import index, indexed_table, table, throughput

START = datetime(2026, 1, 1, tzinfo=UTC)


def desk_with_table(**durations: float) -> Desk:
    """Return a plane with a table that backups are enabled for."""
    desk = Desk(Durations(**durations))
    desk.create(table())
    return desk


def back_up(desk: Desk, name: str = "nightly") -> Any:
    """Create a backup and return its details."""
    response = desk.ask("CreateBackup", **ORDERS, BackupName=name)
    return response["BackupDetails"]


def look(desk: Desk, arn: str) -> Any:
    """Return the description of a backup."""
    return desk.ask("DescribeBackup", BackupArn=arn)["BackupDescription"]


def names(desk: Desk, **request: Any) -> list[str]:
    """Return the names of the backups that are listed."""
    response = desk.ask("ListBackups", **request)
    return [backup["BackupName"] for backup in response["BackupSummaries"]]


def recovery(desk: Desk, *, enabled: bool = True) -> None:
    """Switch recovery."""
    specification = {"PointInTimeRecoveryEnabled": enabled}
    desk.ask(
        "UpdateContinuousBackups",
        **ORDERS,
        PointInTimeRecoverySpecification=specification,
    )


def test_a_backup_is_creating_for_a_moment() -> None:
    """The response says CREATING; 50 milliseconds later it is AVAILABLE."""
    desk = desk_with_table()
    details = back_up(desk)
    assert details["BackupStatus"] == "CREATING"
    assert details["BackupArn"].startswith(f"{ARN}/backup/01767225660000-")
    assert details["BackupCreationDateTime"] == START + timedelta(seconds=60)
    desk.wait(0.05)
    later = look(desk, details["BackupArn"])["BackupDetails"]
    assert later == {**details, "BackupStatus": "AVAILABLE"}
    assert later["BackupType"] == "USER"


def test_names_are_not_unique() -> None:
    """Each backup has an ARN of its own, and outlives its table."""
    desk = desk_with_table()
    arns = {back_up(desk)["BackupArn"] for _ in range(3)}
    assert len(arns) == 3
    desk.delete()
    back_up(desk)
    desk.wait(5)
    assert names(desk, **ORDERS) == ["nightly"] * 4
    assert names(desk, TableName="absent") == []


def test_a_backup_knows_its_table() -> None:
    """Keys, indexes, capacity, stream, encryption and time to live as they were; not
    the tags.
    """
    desk = Desk()
    desk.create(
        indexed_table(
            GlobalSecondaryIndexes=[index("by-email", "email", **throughput(2, 3))],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
            SSESpecification={"Enabled": True, "SSEType": "KMS"},
            Tags=[{"Key": "team", "Value": "shop"}],
            **throughput(5, 6),
        )
    )
    specification = {"Enabled": True, "AttributeName": "expires"}
    desk.ask("UpdateTimeToLive", **ORDERS, TimeToLiveSpecification=specification)
    described = look(desk, back_up(desk)["BackupArn"])
    source = described["SourceTableDetails"]
    assert source["TableId"] == desk.look()["TableId"]
    assert source["BillingMode"] == "PROVISIONED"
    assert source["ProvisionedThroughput"] == {
        "ReadCapacityUnits": 5,
        "WriteCapacityUnits": 6,
    }
    features = described["SourceTableFeatureDetails"]
    assert set(features) == {
        "StreamDescription",
        "TimeToLiveDescription",
        "SSEDescription",
        "GlobalSecondaryIndexes",
    }
    assert features["TimeToLiveDescription"]["AttributeName"] == "expires"
    assert features["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"] == {
        "ReadCapacityUnits": 2,
        "WriteCapacityUnits": 3,
    }
    plain = desk_with_table()
    arn = back_up(plain)["BackupArn"]
    assert look(plain, arn)["SourceTableFeatureDetails"] == {}


def test_a_backup_is_deleted_at_once() -> None:
    """The response says DELETED; the next look does not find it, a listing neither."""
    desk = desk_with_table()
    arn = back_up(desk)["BackupArn"]
    desk.wait(1)
    response = desk.ask("DeleteBackup", BackupArn=arn)
    details = response["BackupDescription"]["BackupDetails"]
    assert details["BackupStatus"] == "DELETED"
    missing = f"BackupNotFoundException: Backup not found: {arn}"
    assert desk.refused("DescribeBackup", BackupArn=arn) == missing
    assert desk.refused("DeleteBackup", BackupArn=arn) == missing
    assert names(desk) == []


def test_a_backup_in_use_is_not_deleted() -> None:
    """While it is CREATING, or a table is restored from it, it is in use."""
    desk = desk_with_table(backup=10)
    arn = back_up(desk)["BackupArn"]
    refusal = desk.refused("DeleteBackup", BackupArn=arn)
    assert refusal.startswith("BackupInUseException")
    restore = {"TargetTableName": "restored", "BackupArn": arn}
    refusal = desk.refused("RestoreTableFromBackup", **restore)
    assert refusal.startswith("BackupInUseException")
    desk.wait(10)
    desk.ask("RestoreTableFromBackup", **restore)
    expected = f"BackupInUseException: Backup is being used to restore table: {arn}"
    assert desk.refused("DeleteBackup", BackupArn=arn) == expected
    desk.wait(200)
    desk.ask("DeleteBackup", BackupArn=arn)


def test_a_backup_can_be_arranged_to_vanish() -> None:
    """A test can let one end as DELETED."""
    desk = desk_with_table()
    desk.plane.arrange("backup", Ending("DELETED"), name="nightly")
    arn = back_up(desk)["BackupArn"]
    desk.wait(1)
    assert look(desk, arn)["BackupDetails"]["BackupStatus"] == "DELETED"


def test_a_table_with_recovery_leaves_a_backup() -> None:
    """Eight seconds after DeleteTable there is a SYSTEM backup that nobody can delete
    and that is gone after 35 days; a table without recovery leaves none.
    """
    desk = desk_with_table()
    recovery(desk)
    desk.create(table("plain"))
    desk.ask("DeleteTable", TableName="plain")
    desk.delete()
    desk.wait(7.9)
    assert names(desk, BackupType="ALL") == []
    desk.wait(0.1)
    assert names(desk) == []
    (summary,) = desk.ask("ListBackups", BackupType="SYSTEM")["BackupSummaries"]
    assert summary["BackupName"] == "orders$DeletedTableBackup"
    assert summary["BackupArn"].endswith("-00000000")
    assert summary["BackupStatus"] == "AVAILABLE"
    lifetime = summary["BackupExpiryDateTime"] - summary["BackupCreationDateTime"]
    assert lifetime == timedelta(days=35)
    refusal = desk.refused("DeleteBackup", BackupArn=summary["BackupArn"])
    assert refusal.startswith(
        "ValidationException: Invalid Request: User is not allowed to delete the "
        f"system backup with arn {summary['BackupArn']}. It will automatically expire"
    )
    desk.wait(35 * 86_400)
    assert names(desk, BackupType="ALL") == []


@pytest.mark.parametrize("enabled", [True, False])
def test_recovery_is_asked_late(*, enabled: bool) -> None:
    """Switching it in the first second of DELETING decides whether a backup is left."""
    desk = desk_with_table()
    if not enabled:
        recovery(desk)
    desk.delete()
    recovery(desk, enabled=enabled)
    desk.wait(8)
    assert bool(names(desk, BackupType="ALL")) is enabled


def test_backups_are_listed_by_time_and_page() -> None:
    """A lower bound is inclusive and an upper one exclusive; a page says where the next
    begins; more upside down is refused.
    """
    desk = desk_with_table()
    for name in ("one", "two", "three"):
        back_up(desk, name)
        desk.wait(60)
    first, second = START + timedelta(minutes=1), START + timedelta(minutes=2)
    assert names(desk, TimeRangeLowerBound=second) == ["two", "three"]
    assert names(desk, TimeRangeUpperBound=second) == ["one"]
    bounds = {"TimeRangeLowerBound": first.timestamp(), "TimeRangeUpperBound": second}
    assert names(desk, **bounds) == ["one"]
    page = desk.ask("ListBackups", Limit=2)
    last = page["LastEvaluatedBackupArn"]
    assert last == page["BackupSummaries"][1]["BackupArn"]
    assert names(desk, ExclusiveStartBackupArn=last) == ["three"]
    assert "LastEvaluatedBackupArn" not in desk.ask("ListBackups", Limit=3)
    bounds = {"TimeRangeLowerBound": second, "TimeRangeUpperBound": first}
    refusal = desk.refused("ListBackups", **bounds)
    assert "Time range lower bound must be less than or equal to upper" in refusal


def test_what_is_no_backup_is_refused() -> None:
    """An ARN of something else is not valid; a table that is missing is not found."""
    desk = Desk()
    refusal = desk.refused("DescribeBackup", BackupArn=ARN)
    assert refusal == "ValidationException: Invalid Backup ARN"
    refusal = desk.refused("CreateBackup", **ORDERS, BackupName="nightly")
    assert refusal == "TableNotFoundException: Table not found: orders"


@pytest.mark.parametrize("moment", [1e300, -1e300, float("nan"), "soon", True])
def test_a_time_is_a_time(moment: object) -> None:
    """What is no time, or one that no calendar has, cannot be read."""
    refusal = Desk().refused("ListBackups", TimeRangeLowerBound=moment)
    assert refusal.startswith("SerializationException")
