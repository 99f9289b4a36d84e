"""The shapes of the requests that the model answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .shapes import Flag, Group, Many, Text, Whole

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = Text(least=1, most=1024)
_INDEX = Text(least=3, most=255, pattern="[a-zA-Z0-9_.-]+")
_THROUGHPUT = Group(
    {"ReadCapacityUnits": Whole(least=1), "WriteCapacityUnits": Whole(least=1)},
    ("ReadCapacityUnits", "WriteCapacityUnits"),
)
_ATTRIBUTES = Many(
    Group(
        {
            "AttributeName": Text(least=1, most=255),
            "AttributeType": Text(choices=("S", "N", "B")),
        },
        ("AttributeName", "AttributeType"),
    )
)
_KEYS = Many(
    Group(
        {
            "AttributeName": Text(least=1, most=255),
            "KeyType": Text(choices=("HASH", "RANGE")),
        },
        ("AttributeName", "KeyType"),
    ),
    least=1,
)
_PROJECTION = Group(
    {
        "ProjectionType": Text(choices=("ALL", "KEYS_ONLY", "INCLUDE")),
        "NonKeyAttributes": Many(Text(least=1, most=255), least=1, most=20),
    }
)
_CAPS = Group({"MaxReadRequestUnits": Whole(), "MaxWriteRequestUnits": Whole()})
_WARM = Group({"ReadUnitsPerSecond": Whole(), "WriteUnitsPerSecond": Whole()})
_LOCAL_INDEX = Group(
    {"IndexName": _INDEX, "KeySchema": _KEYS, "Projection": _PROJECTION},
    ("IndexName", "KeySchema", "Projection"),
)
_NEW_INDEX = Group(
    {
        "IndexName": _INDEX,
        "KeySchema": _KEYS,
        "Projection": _PROJECTION,
        "ProvisionedThroughput": _THROUGHPUT,
        "OnDemandThroughput": _CAPS,
        "WarmThroughput": _WARM,
    },
    ("IndexName", "KeySchema", "Projection"),
)
_NEW_VECTOR_INDEX = Group(
    {
        "IndexName": _INDEX,
        "VectorAttribute": Group(
            {"AttributeName": Text(least=1, most=255)}, ("AttributeName",)
        ),
        "SearchSchema": Many(
            Group(
                {
                    "AttributeName": Text(most=65_535),
                    "SearchSchemaElementType": Text(choices=("HASH", "INLINE_FILTER")),
                },
                ("AttributeName", "SearchSchemaElementType"),
            ),
            least=1,
        ),
        "Projection": _PROJECTION,
        "Dimensions": Whole(least=1),
        "DistanceFunction": Text(choices=("COSINE", "DOT_PRODUCT", "EUCLIDEAN")),
    },
    (
        "IndexName",
        "VectorAttribute",
        "Projection",
        "Dimensions",
        "DistanceFunction",
    ),
)
_BILLING = Text(choices=("PROVISIONED", "PAY_PER_REQUEST"))
_STREAM = Group(
    {
        "StreamEnabled": Flag(),
        "StreamViewType": Text(
            choices=("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")
        ),
    },
    ("StreamEnabled",),
)
_ENCRYPTION = Group(
    {
        "Enabled": Flag(),
        "SSEType": Text(choices=("AES256", "KMS")),
        "KMSMasterKeyId": Text(),
    }
)
_CLASS = Text(choices=("STANDARD", "STANDARD_INFREQUENT_ACCESS"))
_TAG = Group(
    {"Key": Text(least=1, most=128), "Value": Text(most=256)}, ("Key", "Value")
)
_INDEX_UPDATE = Group(
    {
        "Create": _NEW_INDEX,
        "Update": Group(
            {
                "IndexName": _INDEX,
                "ProvisionedThroughput": _THROUGHPUT,
                "OnDemandThroughput": _CAPS,
                "WarmThroughput": _WARM,
            },
            ("IndexName",),
        ),
        "Delete": Group({"IndexName": _INDEX}, ("IndexName",)),
    }
)
_VECTOR_UPDATE = Group(
    {
        "Create": _NEW_VECTOR_INDEX,
        "Delete": Group({"IndexName": _INDEX}, ("IndexName",)),
    }
)
_REGION = Group({"RegionName": Text()}, ("RegionName",))
_READ_OVERRIDE = Group({"ReadCapacityUnits": Whole(least=1)})
_CAP_OVERRIDE = Group({"MaxReadRequestUnits": Whole()})
_REPLICA = Group(
    {
        "RegionName": Text(),
        "KMSMasterKeyId": Text(),
        "ProvisionedThroughputOverride": _READ_OVERRIDE,
        "OnDemandThroughputOverride": _CAP_OVERRIDE,
        "GlobalSecondaryIndexes": Many(
            Group(
                {
                    "IndexName": _INDEX,
                    "ProvisionedThroughputOverride": _READ_OVERRIDE,
                    "OnDemandThroughputOverride": _CAP_OVERRIDE,
                },
                ("IndexName",),
            ),
            least=1,
        ),
        "TableClassOverride": _CLASS,
    },
    ("RegionName",),
)
_REPLICA_UPDATE = Group(
    {
        "Create": _REPLICA,
        "Update": _REPLICA,
        "Delete": _REGION,
        "Disassociate": Group(
            {
                "RegionName": Text(),
                "DisassociationMode": Text(choices=("WAIT_FOR_REPLICATION",)),
            },
            ("RegionName", "DisassociationMode"),
        ),
    }
)
_SETTINGS_MODE = Text(choices=("ENABLED", "DISABLED", "ENABLED_WITH_OVERRIDES"))

REQUESTS: Mapping[str, Group] = {
    "CreateTable": Group(
        {
            "TableName": _NAME,
            "AttributeDefinitions": _ATTRIBUTES,
            "KeySchema": _KEYS,
            "BillingMode": _BILLING,
            "ProvisionedThroughput": _THROUGHPUT,
            "LocalSecondaryIndexes": Many(_LOCAL_INDEX),
            "GlobalSecondaryIndexes": Many(_NEW_INDEX),
            "VectorIndexes": Many(_NEW_VECTOR_INDEX),
            "OnDemandThroughput": _CAPS,
            "WarmThroughput": _WARM,
            "StreamSpecification": _STREAM,
            "SSESpecification": _ENCRYPTION,
            "TableClass": _CLASS,
            "DeletionProtectionEnabled": Flag(),
            "ResourcePolicy": Text(),
            "GlobalTableSourceArn": Text(least=1, most=1024),
            "GlobalTableSettingsReplicationMode": _SETTINGS_MODE,
            "Tags": Many(_TAG),
        },
        ("TableName",),
    ),
    "DescribeTable": Group({"TableName": _NAME}, ("TableName",)),
    "UpdateTable": Group(
        {
            "TableName": _NAME,
            "AttributeDefinitions": _ATTRIBUTES,
            "BillingMode": _BILLING,
            "ProvisionedThroughput": _THROUGHPUT,
            "GlobalSecondaryIndexUpdates": Many(_INDEX_UPDATE),
            "StreamSpecification": _STREAM,
            "SSESpecification": _ENCRYPTION,
            "TableClass": _CLASS,
            "DeletionProtectionEnabled": Flag(),
            "OnDemandThroughput": _CAPS,
            "WarmThroughput": _WARM,
            "VectorIndexUpdates": Many(_VECTOR_UPDATE),
            "ReplicaUpdates": Many(_REPLICA_UPDATE, least=1),
            "MultiRegionConsistency": Text(choices=("EVENTUAL", "STRONG")),
            "GlobalTableWitnessUpdates": Many(
                Group({"Create": _REGION, "Delete": _REGION}), least=1, most=1
            ),
            "GlobalTableSettingsReplicationMode": _SETTINGS_MODE,
            "DisassociationProtectionEnabled": Flag(),
        },
        ("TableName",),
    ),
    "DeleteTable": Group({"TableName": _NAME}, ("TableName",)),
    "ListTables": Group(
        {
            "ExclusiveStartTableName": _INDEX,
            "Limit": Whole(least=1, most=100),
        }
    ),
}
