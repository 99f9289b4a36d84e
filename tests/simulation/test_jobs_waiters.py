"""Waiters of jobs reach their ends against the simulated service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait import ImpossibleError
from dynawait.testing import Durations, Ending, SimulatedDynamoDB
from tests.simulation.faces import both_faces
from tests.simulation.samples import ARN, NEW_TABLE, ORDERS, SOURCE
from tests.simulation.support import table

if TYPE_CHECKING:
    from tests.simulation.faces import Wait

IMPORT: dict[str, Any] = {
    "S3BucketSource": SOURCE,
    "InputFormat": "DYNAMODB_JSON",
    "TableCreationParameters": NEW_TABLE,
}


def service(**durations: float) -> SimulatedDynamoDB:
    """Return a service with a table that has had recovery for a while."""
    dynamodb = SimulatedDynamoDB(durations=Durations(**durations))
    client = dynamodb.client()
    client.create_table(**table())
    dynamodb.clock.advance(60)
    client.update_continuous_backups(
        **ORDERS, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return dynamodb


def export(dynamodb: SimulatedDynamoDB) -> str:
    """Start an export and return its ARN."""
    response = dynamodb.client().export_table_to_point_in_time(
        TableArn=ARN, S3Bucket="exports"
    )
    return str(response["ExportDescription"]["ExportArn"])


def back_up(dynamodb: SimulatedDynamoDB) -> str:
    """Create a backup and return its ARN."""
    response = dynamodb.client().create_backup(**ORDERS, BackupName="nightly")
    return str(response["BackupDetails"]["BackupArn"])


def start_import(dynamodb: SimulatedDynamoDB) -> str:
    """Start an import and return its ARN."""
    response = dynamodb.client().import_table(**IMPORT)
    return str(response["ImportTableDescription"]["ImportArn"])


@both_faces
def test_an_export(wait: Wait) -> None:
    """It is waited for until it is COMPLETED."""
    dynamodb = service()
    state = wait(dynamodb, "wait_for_export", export(dynamodb))
    assert (state.status, state.bucket) == ("COMPLETED", "exports")
    assert state.manifest is not None
    assert 210 <= dynamodb.clock.now() < 240


@both_faces
def test_an_export_that_fails(wait: Wait) -> None:
    """FAILED ends the wait, with AWS's code and text."""
    dynamodb = service()
    reason = "S3AccessDenied: Access Denied"
    dynamodb.plane.arrange("export", Ending("FAILED", reason))
    with pytest.raises(ImpossibleError, match=r"FAILED.*S3AccessDenied.*Access Denied"):
        wait(dynamodb, "wait_for_export", export(dynamodb))


@both_faces
def test_an_import(wait: Wait) -> None:
    """It is COMPLETED a little after its table is ACTIVE."""
    dynamodb = service()
    arn = start_import(dynamodb)
    state = wait(dynamodb, "wait_for_table_active", "imported")
    assert dynamodb.clock.now() >= 170
    state = wait(dynamodb, "wait_for_import", arn)
    assert (state.status, state.table) == ("COMPLETED", "imported")
    assert dynamodb.clock.now() >= 176


@both_faces
@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (
            Ending("FAILED", "S3NoSuchBucket: The bucket does not exist"),
            "FAILED.*S3NoSuchBucket.*The bucket does not exist",
        ),
        (
            Ending("FAILED", "ItemValidationError: Some of the items failed"),
            "FAILED.*ItemValidationError.*Some of the items failed",
        ),
        (Ending("CANCELLED"), "CANCELL(ING|ED)"),
    ],
)
def test_an_import_that_ends_badly(wait: Wait, ending: Ending, expected: str) -> None:
    """FAILED and CANCELLED end the wait, with AWS's code and text."""
    dynamodb = service()
    dynamodb.plane.arrange("import", ending)
    with pytest.raises(ImpossibleError, match=expected):
        wait(dynamodb, "wait_for_import", start_import(dynamodb))


@both_faces
def test_a_backup(wait: Wait) -> None:
    """It is waited for until it is AVAILABLE."""
    dynamodb = service(backup=90)
    state = wait(dynamodb, "wait_for_backup", back_up(dynamodb))
    assert (state.status, state.name) == ("AVAILABLE", "nightly")
    assert 150 <= dynamodb.clock.now() < 170


@both_faces
def test_a_backup_that_is_deleted(wait: Wait) -> None:
    """DELETED ends the wait."""
    dynamodb = service(backup=90)
    dynamodb.plane.arrange("backup", Ending("DELETED"))
    with pytest.raises(ImpossibleError, match="DELETED"):
        wait(dynamodb, "wait_for_backup", back_up(dynamodb))


@both_faces
def test_a_restore(wait: Wait) -> None:
    """It is waited for until the table is ACTIVE and says nothing of a restore."""
    dynamodb = service()
    arn = back_up(dynamodb)
    dynamodb.clock.advance(1)
    dynamodb.client().restore_table_from_backup(
        TargetTableName="restored", BackupArn=arn
    )
    state = wait(dynamodb, "wait_for_restore", "restored")
    assert state.status == "ACTIVE"
    assert "RestoreSummary" not in state.raw
    assert 261 <= dynamodb.clock.now() < 300


@both_faces
def test_a_restore_to_a_point_in_time(wait: Wait) -> None:
    """It ends like any other; other waiters meanwhile take its table for missing."""
    dynamodb = service()
    dynamodb.client().restore_table_to_point_in_time(
        TargetTableName="restored",
        SourceTableName="orders",
        UseLatestRestorableTime=True,
    )
    with pytest.raises(ImpossibleError, match="not exist"):
        wait(
            dynamodb,
            "wait_for_point_in_time_recovery",
            "restored",
            missing="fail",
        )
    state = wait(dynamodb, "wait_for_restore", "restored")
    assert state.status == "ACTIVE"
