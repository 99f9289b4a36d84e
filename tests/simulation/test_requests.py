"""Which requests are refused before anybody looks at a table."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.support import (
    Plane,
    attributes,
    index,
    key,
    table,
    throughput,
)


def hashed(name: str) -> dict[str, str]:
    """Return a partition key element."""
    return key(name)[0]


def ranged(name: str) -> list[dict[str, str]]:
    """Return a key schema of one sort key."""
    return [{"AttributeName": name, "KeyType": "RANGE"}]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"TableName": "x"}, "TableName must be at least 3 characters long"),
        ({"TableName": "a b c"}, "Value 'a b c' at 'tableName' failed to satisfy"),
        ({"BillingMode": None}, "ReadCapacityUnits and WriteCapacityUnits must both"),
        (throughput(1, 1), "Neither ReadCapacityUnits nor WriteCapacityUnits can be"),
        (
            {"AttributeDefinitions": attributes("other")},
            (
                "Some index key attributes are not defined in AttributeDefinitions. "
                "Keys: "
                "[pk], AttributeDefinitions: [other]"
            ),
        ),
        (
            {"AttributeDefinitions": attributes("pk", "other")},
            "Number of attributes in KeySchema does not exactly match number of",
        ),
        (
            {"AttributeDefinitions": attributes("pk", "pk")},
            "Attribute Name is duplicated: pk",
        ),
        (
            {
                "AttributeDefinitions": attributes("pk", "email", "other"),
                "GlobalSecondaryIndexes": [index("by-email", "email")],
            },
            (
                "Some AttributeDefinitions are not used. AttributeDefinitions: [pk, "
                "email, "
                "other], keys used: [email, pk]"
            ),
        ),
        (
            {
                "AttributeDefinitions": attributes("pk", "email"),
                "GlobalSecondaryIndexes": [index("by-email", "email")] * 2,
            },
            "Duplicate index name: by-email",
        ),
        ({"GlobalSecondaryIndexes": []}, "List of GlobalSecondaryIndexes is empty"),
        (
            {"KeySchema": [{"AttributeName": "pk", "KeyType": "RANGE"}]},
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ),
        (
            {"KeySchema": key("pk") * 2},
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
        ),
        (
            {
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "pk", "KeyType": "RANGE"},
                ]
            },
            "The KeySchema contains multiple key attributes with the same name",
        ),
        (
            {
                "AttributeDefinitions": attributes("pk", "email"),
                "GlobalSecondaryIndexes": [
                    index("by-email", "email", Projection={"ProjectionType": "INCLUDE"})
                ],
            },
            "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
        ),
        (
            {"StreamSpecification": {"StreamEnabled": True}},
            "Table is being created with a stream enabled, UpdateViewType is required",
        ),
        (
            {"WarmThroughput": {"ReadUnitsPerSecond": 1}},
            "WarmThroughput for table is lower than initial throughput for OnDemand",
        ),
        (
            {
                "StreamSpecification": {
                    "StreamEnabled": False,
                    "StreamViewType": "KEYS_ONLY",
                }
            },
            "stream disabled, UpdateViewType should not be specified",
        ),
        (
            {
                "AttributeDefinitions": attributes("pk", "email"),
                "GlobalSecondaryIndexes": [index("by-email", "email", Projection={})],
            },
            "Unknown ProjectionType: null",
        ),
        (
            {
                "AttributeDefinitions": attributes("pk", "email"),
                "GlobalSecondaryIndexes": [
                    index(
                        "by-email",
                        "email",
                        Projection={
                            "ProjectionType": "ALL",
                            "NonKeyAttributes": ["total"],
                        },
                    )
                ],
            },
            "ProjectionType is ALL, but NonKeyAttributes is specified",
        ),
        (
            {
                "LocalSecondaryIndexes": [
                    index(f"local-{number}", "pk") for number in range(6)
                ]
            },
            "Number of LocalSecondaryIndexes exceeds per-table limit of 5",
        ),
        (
            {
                "AttributeDefinitions": attributes("pk", "a", "b", "c"),
                "GlobalSecondaryIndexes": [
                    index("mixed", "a", KeySchema=key("a") + ranged("b") + key("c"))
                ],
            },
            "All HASH key attributes must precede RANGE key attributes",
        ),
        (
            {
                "AttributeDefinitions": attributes("pk", *"abcde"),
                "GlobalSecondaryIndexes": [
                    index("wide", "a", KeySchema=[*map(hashed, "abcde")])
                ],
            },
            "exceeds the maximum allowed number of HASH key attributes",
        ),
    ],
)
def test_create_table_is_checked(changes: dict[str, Any], expected: str) -> None:
    """A CreateTable that DynamoDB refuses is refused with its text."""
    refusal = Plane().refusal("CreateTable", **table() | changes)
    assert refusal.startswith("ValidationException: ")
    assert expected in refusal


@pytest.mark.parametrize(
    ("operation", "request_", "expected"),
    [
        (
            "DescribeTable",
            {"TableName": 5},
            "SerializationException: NUMBER_VALUE cannot be converted to String",
        ),
        (
            "DescribeTable",
            {"TableName": {}},
            (
                "SerializationException: Start of structure or map found where not "
                "expected"
            ),
        ),
        (
            "DescribeTable",
            {"TableName": None},
            (
                "ValidationException: 1 validation error detected: Value null at "
                "'tableName' failed to satisfy constraint: Member must not be null"
            ),
        ),
        (
            "ListTables",
            {"Limit": 0},
            (
                "ValidationException: 1 validation error detected: Value '0' at "
                "'limit' "
                "failed to satisfy constraint: Member must have value greater than or "
                "equal to 1"
            ),
        ),
        (
            "UpdateTable",
            {"BillingMode": "FREE", "TableClass": "HOT"},
            (
                "ValidationException: 2 validation errors detected: Value 'FREE' at "
                "'billingMode' failed to satisfy constraint: Member must satisfy enum "
                "value set: [PROVISIONED, PAY_PER_REQUEST]; Value 'HOT' at "
                "'tableClass' "
                "failed to satisfy constraint: Member must satisfy enum value set: "
                "[STANDARD, STANDARD_INFREQUENT_ACCESS]"
            ),
        ),
        (
            "UpdateTable",
            {"DeletionProtectionEnabled": "yes"},
            "SerializationException: STRING_VALUE cannot be converted to Boolean",
        ),
        (
            "UpdateTable",
            {"GlobalSecondaryIndexUpdates": "none"},
            "SerializationException: STRING_VALUE cannot be converted to List",
        ),
        (
            "ListTables",
            {"Limit": 101, "ExclusiveStartTableName": "x"},
            (
                "ValidationException: 2 validation errors detected: Value '101' at "
                "'limit' failed to satisfy constraint: Member must have value less "
                "than or equal to 100; Value 'x' at 'exclusiveStartTableName' failed "
                "to satisfy constraint: Member must have length greater than or equal "
                "to 3"
            ),
        ),
        (
            "UpdateTable",
            {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "a b c"}}]},
            (
                "ValidationException: 1 validation error detected: Value 'a b c' at "
                "'globalSecondaryIndexUpdates.1.member.delete.indexName' failed to "
                "satisfy constraint: Member must satisfy regular expression pattern: "
                "[a-zA-Z0-9_.-]+"
            ),
        ),
        (
            "UpdateTable",
            {"ProvisionedThroughput": {"ReadCapacityUnits": "5"}},
            "SerializationException: STRING_VALUE cannot be converted to Long",
        ),
        (
            "UpdateTable",
            {"ProvisionedThroughput": []},
            "SerializationException: Unexpected field type",
        ),
        (
            "DescribeGlobalTable",
            {},
            (
                "UnknownOperationException: The simulated control plane does not model "
                "DescribeGlobalTable"
            ),
        ),
    ],
)
def test_requests_are_read_strictly(
    operation: str, request_: dict[str, Any], expected: str
) -> None:
    """Wrong types, broken constraints and unknown operations get their own codes."""
    assert Plane().refusal(operation, **request_) == expected
