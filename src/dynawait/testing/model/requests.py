"""The shapes of the requests that the model answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .shapes import Flag, Group, Many, Named, Text, Whole

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
        "NonKeyAttributes": Many(Text(least=1, most=255), least=1),
    }
)
_NEW_INDEX = Group(
    {
        "IndexName": _INDEX,
        "KeySchema": _KEYS,
        "Projection": _PROJECTION,
        "ProvisionedThroughput": _THROUGHPUT,
    },
    ("IndexName", "KeySchema", "Projection"),
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
_INDEX_UPDATE = Group(
    {
        "Create": _NEW_INDEX,
        "Update": Group(
            {"IndexName": _INDEX, "ProvisionedThroughput": _THROUGHPUT},
            ("IndexName",),
        ),
        "Delete": Group({"IndexName": _INDEX}, ("IndexName",)),
    }
)

REQUESTS: Mapping[str, Group] = {
    "CreateTable": Group(
        {
            "TableName": _NAME,
            "AttributeDefinitions": _ATTRIBUTES,
            "KeySchema": _KEYS,
            "BillingMode": _BILLING,
            "ProvisionedThroughput": _THROUGHPUT,
            "LocalSecondaryIndexes": Many(_NEW_INDEX),
            "GlobalSecondaryIndexes": Many(_NEW_INDEX),
            "StreamSpecification": _STREAM,
            "SSESpecification": _ENCRYPTION,
            "TableClass": _CLASS,
            "DeletionProtectionEnabled": Flag(),
            "Tags": Many(Group({"Key": Text(), "Value": Text()}, ("Key", "Value"))),
        },
        ("TableName", "AttributeDefinitions", "KeySchema"),
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
        },
        ("TableName",),
    ),
    "DeleteTable": Group({"TableName": _NAME}, ("TableName",)),
    "ListTables": Group(
        {
            "ExclusiveStartTableName": Text(least=3, most=255),
            "Limit": Whole(least=1, most=100),
        }
    ),
    "Query": Group(
        {
            "TableName": _NAME,
            "IndexName": _INDEX,
            "KeyConditionExpression": Text(),
            "KeyConditions": Named(Group()),
            "ConsistentRead": Flag(),
            "Limit": Whole(least=1),
        },
        ("TableName",),
    ),
    "PutItem": Group(
        {
            "TableName": _NAME,
            "Item": Named(Group()),
            "ConditionExpression": Text(),
        },
        ("TableName", "Item"),
    ),
}
