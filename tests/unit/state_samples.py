"""Responses that the tests of states start from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dynawait.states import (
    BackupsState,
    BackupState,
    ContributorInsightsState,
    ExportState,
    ImportState,
    KinesisDestinationState,
    ResourcePolicyState,
    TableState,
    TimeToLiveState,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"

TABLE: dict[str, Any] = {
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "at", "AttributeType": "N"},
    ],
    "TableName": "orders",
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "at", "KeyType": "RANGE"},
    ],
    "TableStatus": "ACTIVE",
    "CreationDateTime": NOON,
    "ProvisionedThroughput": {
        "NumberOfDecreasesToday": 1,
        "ReadCapacityUnits": 5,
        "WriteCapacityUnits": 6,
        "LastIncreaseDateTime": NOON,
        "LastDecreaseDateTime": NOON,
    },
    "TableSizeBytes": 70,
    "ItemCount": 7,
    "TableArn": ARN,
    "TableId": "0f8fad5b",
    "DeletionProtectionEnabled": True,
}
FULL: dict[str, Any] = {
    **TABLE,
    "BillingModeSummary": {
        "BillingMode": "PAY_PER_REQUEST",
        "LastUpdateToPayPerRequestDateTime": NOON,
    },
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by-day",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
            "IndexSizeBytes": 1,
            "ItemCount": 2,
            "IndexArn": f"{ARN}/index/by-day",
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-email",
            "KeySchema": [
                {"AttributeName": "email", "KeyType": "HASH"},
                {"AttributeName": "tenant", "KeyType": "HASH"},
                {"AttributeName": "at", "KeyType": "RANGE"},
                {"AttributeName": "odd", "KeyType": "FUTURE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]},
            "IndexStatus": "ACTIVE",
            "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
            "IndexSizeBytes": 3,
            "ItemCount": 4,
            "IndexArn": f"{ARN}/index/by-email",
            "OnDemandThroughput": {"MaxReadRequestUnits": 9},
            "WarmThroughput": {"ReadUnitsPerSecond": 10, "Status": "UPDATING"},
        }
    ],
    "VectorIndexes": [
        {
            "IndexName": "like",
            "IndexStatus": "ACTIVE",
            "SearchSchema": [
                {"AttributeName": "pk", "SearchSchemaElementType": "HASH"},
                {"AttributeName": "kind", "SearchSchemaElementType": "INLINE_FILTER"},
            ],
            "Projection": {"ProjectionType": "ALL"},
            "VectorAttribute": {"AttributeName": "embedding"},
            "Dimensions": 512,
            "DistanceFunction": "COSINE",
        }
    ],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    "LatestStreamLabel": "2026-01-02T12:00:00.000",
    "LatestStreamArn": f"{ARN}/stream/1",
    "GlobalTableVersion": "2019.11.21",
    "Replicas": [
        {
            "RegionName": "eu-west-1",
            "ReplicaStatus": "ACTIVE",
            "ReplicaStatusDescription": "fine",
            "ReplicaStatusPercentProgress": "100",
            "ReplicaArn": ARN,
            "KMSMasterKeyId": "key",
            "ProvisionedThroughputOverride": {"ReadCapacityUnits": 11},
            "OnDemandThroughputOverride": {"MaxReadRequestUnits": 12},
            "WarmThroughput": {"WriteUnitsPerSecond": 13},
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "by-email",
                    "ProvisionedThroughputOverride": {"ReadCapacityUnits": 14},
                }
            ],
            "ReplicaInaccessibleDateTime": NOON,
            "ReplicaTableClassSummary": {"TableClass": "STANDARD"},
            "GlobalTableSettingsReplicationMode": "ENABLED",
        }
    ],
    "GlobalTableWitnesses": [
        {"RegionName": "us-west-2", "WitnessStatus": "ACTIVE"},
    ],
    "GlobalTableSettingsReplicationMode": "ENABLED_WITH_OVERRIDES",
    "RestoreSummary": {
        "SourceBackupArn": f"{ARN}/backup/1",
        "SourceTableArn": ARN,
        "RestoreDateTime": NOON,
        "RestoreInProgress": False,
    },
    "SSEDescription": {
        "Status": "ENABLED",
        "SSEType": "KMS",
        "KMSMasterKeyArn": "arn:aws:kms:key",
        "InaccessibleEncryptionDateTime": NOON,
    },
    "ArchivalSummary": {
        "ArchivalDateTime": NOON,
        "ArchivalReason": "the key was lost",
        "ArchivalBackupArn": f"{ARN}/backup/2",
    },
    "TableClassSummary": {
        "TableClass": "STANDARD_INFREQUENT_ACCESS",
        "LastUpdateDateTime": NOON,
    },
    "DisassociationProtectionEnabled": True,
    "OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 20},
    "WarmThroughput": {
        "ReadUnitsPerSecond": 12000,
        "WriteUnitsPerSecond": 4000,
        "Status": "UPDATING",
    },
    "MultiRegionConsistency": "STRONG",
    "AMemberOfTomorrow": {"Status": "UPDATING"},
}

PARSES: dict[Callable[[Any], object], dict[str, Any]] = {
    TableState.parse: {"Table": FULL},
    TimeToLiveState.parse: {
        "TimeToLiveDescription": {
            "TimeToLiveStatus": "ENABLED",
            "AttributeName": "expires",
        }
    },
    BackupsState.parse: {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {
                "PointInTimeRecoveryStatus": "ENABLED",
                "RecoveryPeriodInDays": 35,
                "EarliestRestorableDateTime": NOON,
                "LatestRestorableDateTime": NOON,
            },
        }
    },
    KinesisDestinationState.parse_all: {
        "KinesisDataStreamDestinations": [
            {
                "StreamArn": "arn:aws:kinesis:stream",
                "DestinationStatus": "ENABLE_FAILED",
                "DestinationStatusDescription": "no permission",
                "ApproximateCreationDateTimePrecision": "MICROSECOND",
            }
        ]
    },
    ContributorInsightsState.parse: {
        "TableName": "orders",
        "IndexName": "by-email",
        "ContributorInsightsRuleList": ["rule-1"],
        "ContributorInsightsStatus": "FAILED",
        "LastUpdateDateTime": NOON,
        "FailureException": {
            "ExceptionName": "LimitExceededException",
            "ExceptionDescription": "100 rules",
        },
        "ContributorInsightsMode": "THROTTLED_KEYS",
    },
    ResourcePolicyState.parse: {"Policy": "{}", "RevisionId": "1"},
    ExportState.parse: {
        "ExportDescription": {
            "ExportArn": f"{ARN}/export/1",
            "ExportStatus": "FAILED",
            "StartTime": NOON,
            "FailureCode": "S3NoSuchBucket",
            "FailureMessage": "the bucket is gone",
            "S3Bucket": "exports",
            "ExportType": "INCREMENTAL_EXPORT",
            "IncrementalExportSpecification": {"ExportFromTime": NOON},
        }
    },
    ImportState.parse: {
        "ImportTableDescription": {
            "ImportArn": f"{ARN}/import/1",
            "ImportStatus": "CANCELLED",
            "S3BucketSource": {"S3Bucket": "imports", "S3KeyPrefix": "day-1/"},
            "TableCreationParameters": {"TableName": "orders"},
            "ErrorCount": 3,
            "ImportedItemCount": 4,
        }
    },
    BackupState.parse: {
        "BackupDescription": {
            "BackupDetails": {
                "BackupArn": f"{ARN}/backup/1",
                "BackupName": "nightly",
                "BackupStatus": "CREATING",
                "BackupType": "USER",
                "BackupCreationDateTime": NOON,
            },
            "SourceTableDetails": {"TableName": "orders", "ItemCount": 7},
        }
    },
}


def table(**changes: Any) -> TableState:
    """Return the state of the small table with some members changed."""
    return TableState.parse({**TABLE, **changes})


def index(status: str = "ACTIVE", **members: Any) -> dict[str, Any]:
    """Return the description of an index."""
    return {"IndexName": "by-email", "IndexStatus": status, **members}
