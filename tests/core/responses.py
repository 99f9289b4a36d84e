"""Responses of describe operations, with the member that a test is about."""

from __future__ import annotations

from typing import Any

from tests.core.fakes import ARN, index, table

STREAM = "arn:aws:kinesis:eu-central-1:123456789012:stream/changes"
EXPORT = f"{ARN}/export/01695353076000-a1b2c3d4"
IMPORT = f"{ARN}/import/01695353076000-a1b2c3d4"
BACKUP = f"{ARN}/backup/01695353076000-a1b2c3d4"


def vector(status: str, **more: Any) -> dict[str, Any]:
    """Return a table with a vector index."""
    entry = {"IndexName": "like", "IndexStatus": status, **more}
    return table("ACTIVE", VectorIndexes=[entry])


def replica(status: str, **more: Any) -> dict[str, Any]:
    """Return a table with a replica."""
    entry = {"RegionName": "eu-west-1", "ReplicaStatus": status, **more}
    return table("ACTIVE" if status == "ACTIVE" else "UPDATING", Replicas=[entry])


def witness(status: str) -> dict[str, Any]:
    """Return a table with a witness."""
    entry = {"RegionName": "eu-west-3", "WitnessStatus": status}
    return table("ACTIVE", GlobalTableWitnesses=[entry])


def stream(view: str = "NEW_IMAGE", status: str = "ACTIVE") -> dict[str, Any]:
    """Return a table whose stream is on."""
    specification = {"StreamEnabled": True, "StreamViewType": view}
    return table(
        status,
        StreamSpecification=specification,
        LatestStreamArn=f"{ARN}/stream/1",
        LatestStreamLabel="1",
    )


def encrypted(status: str, table_status: str = "ACTIVE") -> dict[str, Any]:
    """Return a table whose encryption has a status."""
    return table(table_status, SSEDescription={"Status": status, "SSEType": "KMS"})


def warm(status: str) -> dict[str, Any]:
    """Return a table whose index has warm throughput."""
    return table(
        "ACTIVE",
        index(WarmThroughput={"ReadUnitsPerSecond": 9, "Status": status}),
        WarmThroughput={"ReadUnitsPerSecond": 9, "Status": "ACTIVE"},
    )


def restoring(status: str, *, running: bool) -> dict[str, Any]:
    """Return a table that came from a backup."""
    return table(status, RestoreSummary={"RestoreInProgress": running})


def time_to_live(status: str, attribute: str | None = None) -> dict[str, Any]:
    """Return a response of DescribeTimeToLive."""
    description = {"TimeToLiveStatus": status}
    if attribute is not None:
        description["AttributeName"] = attribute
    return {"TimeToLiveDescription": description}


def recovery(status: str | None) -> dict[str, Any]:
    """Return a response of DescribeContinuousBackups."""
    description: dict[str, Any] = {"ContinuousBackupsStatus": "ENABLED"}
    if status is not None:
        description["PointInTimeRecoveryDescription"] = {
            "PointInTimeRecoveryStatus": status
        }
    return {"ContinuousBackupsDescription": description}


def destination(status: str, *, arn: str = STREAM, words: str = "") -> dict[str, Any]:
    """Return a response of DescribeKinesisStreamingDestination."""
    entry = {"StreamArn": arn, "DestinationStatus": status}
    if words:
        entry["DestinationStatusDescription"] = words
    return {"TableName": "orders", "KinesisDataStreamDestinations": [entry]}


def insights(status: str, **failure: str) -> dict[str, Any]:
    """Return a response of DescribeContributorInsights."""
    response: dict[str, Any] = {
        "TableName": "orders",
        "ContributorInsightsStatus": status,
    }
    return response | ({"FailureException": failure} if failure else {})


def export(status: str, **more: str) -> dict[str, Any]:
    """Return a response of DescribeExport."""
    return {"ExportDescription": {"ExportArn": EXPORT, "ExportStatus": status, **more}}


def imported(status: str, **more: str) -> dict[str, Any]:
    """Return a response of DescribeImport."""
    description = {"ImportArn": IMPORT, "ImportStatus": status, **more}
    return {"ImportTableDescription": description}


def backup(status: str) -> dict[str, Any]:
    """Return a response of DescribeBackup."""
    details = {"BackupArn": BACKUP, "BackupStatus": status, "BackupName": "b"}
    return {"BackupDescription": {"BackupDetails": details}}
