"""A plane on which something of everything exists, and requests that it accepts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.simulation.support import (
    Plane,
    attributes,
    create_index,
    index,
    indexed_table,
    key,
    table,
)

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"
OTHER_STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/others"
POLICY = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    '"Principal":{"AWS":"arn:aws:iam::123456789012:root"},'
    f'"Action":"dynamodb:GetItem","Resource":"{ARN}"}}]}}'
)
OTHER_POLICY = POLICY.replace("GetItem", "PutItem")
SOURCE = {"S3Bucket": "imports", "S3KeyPrefix": "orders/"}
KEYED: dict[str, Any] = {
    "KeySchema": key("pk"),
    "AttributeDefinitions": attributes("pk"),
}
NEW_TABLE = {"TableName": "imported", "BillingMode": "PAY_PER_REQUEST", **KEYED}
AN_HOUR = 3_700.0


class Desk(Plane):
    """A plane that takes requests as they are, without adding the table's name."""

    def ask(self, operation: str, **request: Any) -> Any:
        """Return the response to a request."""
        return self.plane.handle(operation, request)

    def refused(self, operation: str, **request: Any) -> str:
        """Return the code and the text with which the plane refuses."""
        return self.refusal(operation, **{"TableName": None, **request})

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds


def prepared() -> Desk:
    """Return a plane with a table that everything is switched on for, long ago.

    It has an index, a stream, recovery, tags, a policy, a Kinesis destination,
    insights, a backup and an export. Beside it are a plain table and a running import.
    """
    desk = Desk()
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    tags = [{"Key": "team", "Value": "shop"}]
    desk.create(indexed_table(StreamSpecification=stream, Tags=tags))
    desk.create(table("plain"))
    recovery = {"PointInTimeRecoveryEnabled": True}
    desk.ask(
        "UpdateContinuousBackups",
        TableName="orders",
        PointInTimeRecoverySpecification=recovery,
    )
    desk.ask("PutResourcePolicy", ResourceArn=ARN, Policy=POLICY)
    desk.ask("EnableKinesisStreamingDestination", TableName="orders", StreamArn=STREAM)
    desk.ask(
        "UpdateContributorInsights",
        TableName="orders",
        ContributorInsightsAction="ENABLE",
    )
    desk.ask("CreateBackup", TableName="orders", BackupName="nightly")
    desk.ask("ExportTableToPointInTime", TableArn=ARN, S3Bucket="exports")
    desk.wait(AN_HOUR)
    desk.ask(
        "ImportTable",
        S3BucketSource=SOURCE,
        InputFormat="DYNAMODB_JSON",
        TableCreationParameters={**NEW_TABLE, "TableName": "arriving"},
    )
    return desk


def _found(operation: str, listed: str, member: str) -> str:
    response = prepared().ask(operation)
    return str(response[listed][0][member])


BACKUP = _found("ListBackups", "BackupSummaries", "BackupArn")
EXPORT = _found("ListExports", "ExportSummaries", "ExportArn")
IMPORT = _found("ListImports", "ImportSummaryList", "ImportArn")
ORDERS: dict[str, Any] = {"TableName": "orders"}
BY_ARN: dict[str, Any] = {"TableName": ARN}
START = datetime(2026, 1, 1, tzinfo=UTC)
BEFORE = START.replace(minute=30)
LATER = START.replace(hour=23)

SAMPLES: dict[str, list[dict[str, Any]]] = {
    "CreateTable": [table("users"), indexed_table("users")],
    "DescribeTable": [ORDERS, BY_ARN],
    "UpdateTable": [
        {**ORDERS, **create_index()},
        {**ORDERS, "DeletionProtectionEnabled": True},
    ],
    "DeleteTable": [ORDERS],
    "ListTables": [{}, {"Limit": 1}],
    "UpdateTimeToLive": [
        {
            **subject,
            "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expires"},
        }
        for subject in (ORDERS, BY_ARN)
    ],
    "DescribeTimeToLive": [ORDERS, BY_ARN],
    "UpdateContinuousBackups": [
        {**ORDERS, "PointInTimeRecoverySpecification": specification}
        for specification in (
            {"PointInTimeRecoveryEnabled": True},
            {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7},
            {"PointInTimeRecoveryEnabled": False},
        )
    ],
    "DescribeContinuousBackups": [ORDERS, BY_ARN],
    "TagResource": [{"ResourceArn": ARN, "Tags": [{"Key": "stage", "Value": "test"}]}],
    "UntagResource": [{"ResourceArn": ARN, "TagKeys": ["team"]}],
    "ListTagsOfResource": [{"ResourceArn": ARN}],
    "PutResourcePolicy": [
        {"ResourceArn": ARN, "Policy": OTHER_POLICY},
        {
            "ResourceArn": ARN,
            "Policy": POLICY,
            "ConfirmRemoveSelfResourceAccess": True,
        },
    ],
    "GetResourcePolicy": [{"ResourceArn": ARN}],
    "DeleteResourcePolicy": [{"ResourceArn": ARN}],
    "EnableKinesisStreamingDestination": [
        {"TableName": "plain", "StreamArn": OTHER_STREAM},
        {
            "TableName": "plain",
            "StreamArn": STREAM,
            "EnableKinesisStreamingConfiguration": {
                "ApproximateCreationDateTimePrecision": "MILLISECOND"
            },
        },
    ],
    "DisableKinesisStreamingDestination": [{**ORDERS, "StreamArn": STREAM}],
    "UpdateKinesisStreamingDestination": [
        {
            **ORDERS,
            "StreamArn": STREAM,
            "UpdateKinesisStreamingConfiguration": {
                "ApproximateCreationDateTimePrecision": "MICROSECOND"
            },
        }
    ],
    "DescribeKinesisStreamingDestination": [ORDERS, BY_ARN],
    "UpdateContributorInsights": [
        {**ORDERS, "ContributorInsightsAction": "DISABLE"},
        {
            **ORDERS,
            "IndexName": "by-email",
            "ContributorInsightsAction": "ENABLE",
            "ContributorInsightsMode": "THROTTLED_KEYS",
        },
    ],
    "DescribeContributorInsights": [ORDERS, {**ORDERS, "IndexName": "by-email"}],
    "ListContributorInsights": [{}, ORDERS, {"MaxResults": 1}],
    "CreateBackup": [{**ORDERS, "BackupName": "nightly"}],
    "DescribeBackup": [{"BackupArn": BACKUP}],
    "DeleteBackup": [{"BackupArn": BACKUP}],
    "ListBackups": [
        {},
        {
            **ORDERS,
            "BackupType": "ALL",
            "Limit": 1,
            "TimeRangeLowerBound": START,
            "TimeRangeUpperBound": LATER,
            "ExclusiveStartBackupArn": f"{ARN}/backup/00000000000000-00000000",
        },
    ],
    "RestoreTableFromBackup": [
        {"TargetTableName": "restored", "BackupArn": BACKUP},
        {
            "TargetTableName": "restored",
            "BackupArn": BACKUP,
            "BillingModeOverride": "PROVISIONED",
            "ProvisionedThroughputOverride": {
                "ReadCapacityUnits": 1,
                "WriteCapacityUnits": 1,
            },
            "GlobalSecondaryIndexOverride": [],
            "LocalSecondaryIndexOverride": [],
            "SSESpecificationOverride": {"Enabled": True, "SSEType": "KMS"},
        },
    ],
    "RestoreTableToPointInTime": [
        {
            "TargetTableName": "restored",
            "SourceTableName": "orders",
            "UseLatestRestorableTime": True,
        },
        {
            "TargetTableName": "restored",
            "SourceTableArn": ARN,
            "RestoreDateTime": BEFORE,
            "OnDemandThroughputOverride": {"MaxReadRequestUnits": 10},
            "GlobalSecondaryIndexOverride": [index("by-mail", "email")],
        },
    ],
    "ExportTableToPointInTime": [
        {"TableArn": ARN, "S3Bucket": "exports"},
        {
            "TableArn": ARN,
            "S3Bucket": "exports",
            "S3Prefix": "daily/",
            "S3BucketOwner": "123456789012",
            "S3SseAlgorithm": "KMS",
            "S3SseKmsKeyId": "alias/exports",
            "ExportFormat": "ION",
            "ExportTime": BEFORE,
            "ClientToken": "a-token",
        },
        {
            "TableArn": ARN,
            "S3Bucket": "exports",
            "ExportType": "INCREMENTAL_EXPORT",
            "IncrementalExportSpecification": {
                "ExportFromTime": START,
                "ExportToTime": BEFORE,
                "ExportViewType": "NEW_IMAGE",
            },
        },
    ],
    "DescribeExport": [{"ExportArn": EXPORT}],
    "ListExports": [{}, {"TableArn": ARN, "MaxResults": 5}],
    "ImportTable": [
        {
            "S3BucketSource": SOURCE,
            "InputFormat": "DYNAMODB_JSON",
            "TableCreationParameters": NEW_TABLE,
        },
        {
            "S3BucketSource": {**SOURCE, "S3BucketOwner": "123456789012"},
            "InputFormat": "CSV",
            "InputFormatOptions": {"Csv": {"Delimiter": ";", "HeaderList": ["pk"]}},
            "InputCompressionType": "GZIP",
            "ClientToken": "a-token",
            "TableCreationParameters": {
                **NEW_TABLE,
                "AttributeDefinitions": attributes("pk", "email"),
                "GlobalSecondaryIndexes": [index("by-email", "email")],
            },
        },
    ],
    "DescribeImport": [{"ImportArn": IMPORT}],
    "ListImports": [{}, {"TableArn": ARN, "PageSize": 5}],
    "DescribeLimits": [{}],
    "DescribeEndpoints": [{}],
}
