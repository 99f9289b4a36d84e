"""Probes: backups, recovery, exports, insights and Kinesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.bench import ACCEPTED as OK
from conformance.probe import BOTH, DOCUMENTED, MEASURED, row
from conformance.scenes import creating, missing, still, updating

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.probe import Steps

_RECOVERY = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
_ACCOUNT = "arn:aws:dynamodb:us-east-1:123456789012:table"
_STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"


def _recovering(bench: Bench) -> str:
    bench.create()
    bench.pause(60)
    bench.do("update_continuous_backups", **_RECOVERY)
    told = bench.do("describe_continuous_backups")["ContinuousBackupsDescription"]
    return str(told["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"])


def _backed_up(bench: Bench) -> str:
    arn = _backup(bench)

    def look() -> str:
        told = bench.do("describe_backup", TableName=None, BackupArn=arn)
        return str(told["BackupDescription"]["BackupDetails"]["BackupStatus"])

    return bench.sights(look, "AVAILABLE")[-1]


def _backup(bench: Bench) -> str:
    bench.create()
    bench.pause(60)
    made = bench.do("create_backup", BackupName="nightly")
    bench.pause(60)
    return str(made["BackupDetails"]["BackupArn"])


def _restoring(bench: Bench) -> str:
    request = {"TargetTableName": f"{bench.table}-b", "BackupArn": _backup(bench)}
    bench.do("restore_table_from_backup", TableName=None, **request)

    def look() -> str:
        told = bench.do("describe_table", TableName=f"{bench.table}-b")
        return str(told["Table"]["TableStatus"])

    return bench.trace(look, "ACTIVE")


def _restored_over(bench: Bench) -> str:
    request = {"TargetTableName": bench.table, "BackupArn": _backup(bench)}
    return bench.ask("restore_table_from_backup", TableName=None, **request)


def _exported(bench: Bench) -> str:
    bench.create()
    bench.pause(60)
    arn = bench.look()["TableArn"]
    return bench.ask(
        "export_table_to_point_in_time", TableName=None, TableArn=arn, S3Bucket="b-1"
    )


def _insights(bench: Bench) -> str:
    bench.create()
    bench.pause(60)
    bench.do("update_contributor_insights", ContributorInsightsAction="ENABLE")

    def look() -> str:
        told = bench.do("describe_contributor_insights")
        return str(told["ContributorInsightsStatus"])

    return bench.trace(look, "ENABLED")


def _kinesis(bench: Bench) -> str:
    bench.create()
    bench.pause(60)
    bench.do("enable_kinesis_streaming_destination", StreamArn=_STREAM)

    def look() -> str:
        told = bench.do("describe_kinesis_streaming_destination")
        found = told["KinesisDataStreamDestinations"]
        return str(found[0]["DestinationStatus"]) if found else "none"

    return bench.trace(look, "ACTIVE")


def _policy(bench: Bench) -> str:
    bench.create()
    bench.pause(60)
    arn = bench.look()["TableArn"]
    return bench.ask("get_resource_policy", TableName=None, ResourceArn=arn)


def _without_table(operation: str, **request: Any) -> Steps:
    return missing(operation, TableName=None, **request)


SERVICES = (
    row("point-in-time recovery is enabled", MEASURED, _recovering, "ENABLED"),
    row(
        "point-in-time recovery, the table CREATING",
        BOTH,
        creating("update_continuous_backups", **_RECOVERY),
        "TableNotFoundException",
        "ContinuousBackupsUnavailableException: Backups are being enabled for the "
        "table: T",
    ),
    row(
        "point-in-time recovery, the table UPDATING",
        MEASURED,
        updating("update_continuous_backups", **_RECOVERY),
        OK,
    ),
    row(
        "point-in-time recovery, no table",
        DOCUMENTED,
        missing("update_continuous_backups", **_RECOVERY),
        "TableNotFoundException",
    ),
    row(
        "DescribeContinuousBackups, no table",
        DOCUMENTED,
        missing("describe_continuous_backups"),
        "TableNotFoundException",
    ),
    row("a backup, in the end", DOCUMENTED, _backed_up, "AVAILABLE"),
    row(
        "CreateBackup, no table",
        DOCUMENTED,
        missing("create_backup", BackupName="nightly"),
        "TableNotFoundException",
    ),
    row(
        "DescribeBackup, no backup",
        DOCUMENTED,
        _without_table(
            "describe_backup", BackupArn=f"{_ACCOUNT}/none/backup/01548148148148-7d17"
        ),
        "BackupNotFoundException",
    ),
    row("a restore from a backup", DOCUMENTED, _restoring, "CREATING → ACTIVE"),
    row(
        "a restore to a table that exists",
        DOCUMENTED,
        _restored_over,
        "TableAlreadyExistsException",
    ),
    row(
        "an export, recovery disabled",
        DOCUMENTED,
        _exported,
        "PointInTimeRecoveryUnavailableException",
    ),
    row(
        "an export, no table",
        DOCUMENTED,
        _without_table(
            "export_table_to_point_in_time",
            TableArn=f"{_ACCOUNT}/no-such-table",
            S3Bucket="b-1",
        ),
        "TableNotFoundException",
    ),
    row("contributor insights are enabled", BOTH, _insights, "ENABLING → ENABLED"),
    row(
        "DescribeContributorInsights, no table",
        DOCUMENTED,
        missing("describe_contributor_insights"),
        "ResourceNotFoundException",
    ),
    row("a Kinesis destination is enabled", BOTH, _kinesis, "ENABLING → ACTIVE"),
    row(
        "DescribeKinesisStreamingDestination, no table",
        DOCUMENTED,
        missing("describe_kinesis_streaming_destination"),
        "ResourceNotFoundException",
    ),
    row(
        "DescribeExport, no export",
        DOCUMENTED,
        _without_table(
            "describe_export", ExportArn=f"{_ACCOUNT}/none/export/01548148148148-7d17"
        ),
        "ExportNotFoundException",
    ),
    row(
        "DescribeImport, no import",
        DOCUMENTED,
        _without_table(
            "describe_import", ImportArn=f"{_ACCOUNT}/none/import/01548148148148-7d17"
        ),
        "ImportNotFoundException",
    ),
    row(
        "GetResourcePolicy, no policy",
        DOCUMENTED,
        _policy,
        "PolicyNotFoundException",
    ),
    row(
        "CreateGlobalTable, of 2017",
        MEASURED,
        still(
            "create_global_table",
            TableName=None,
            GlobalTableName="no-such-table",
            ReplicationGroup=[{"RegionName": "us-east-1"}],
        ),
        "ValidationException",
    ),
)
