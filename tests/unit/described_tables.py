"""Tables as DynamoDB describes them, with indexes on the attribute ``a``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dynawait.states import TableState

KEYS = [{"AttributeName": "pk", "KeyType": "HASH"}]
TABLE = {
    "TableName": "orders",
    "TableStatus": "ACTIVE",
    "TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders",
    "KeySchema": KEYS,
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
}
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def index(name: str, attribute: str = "a", **more: Any) -> dict[str, Any]:
    """Return the description of an index."""
    return {
        "IndexName": name,
        "IndexStatus": "ACTIVE",
        "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
        "WarmThroughput": {"ReadUnitsPerSecond": 5, "WriteUnitsPerSecond": 5},
    } | more


def table(*indexes: dict[str, Any], on_demand: bool = False, **more: Any) -> TableState:
    """Return a table with indexes on the attribute ``a``."""
    response: dict[str, Any] = {**TABLE, **more}
    if indexes:
        response["GlobalSecondaryIndexes"] = list(indexes)
        known = {"AttributeName": "a", "AttributeType": "S"}
        response["AttributeDefinitions"] = [*TABLE["AttributeDefinitions"], known]
    if on_demand:
        response["BillingModeSummary"] = {"BillingMode": "PAY_PER_REQUEST"}
    return TableState.parse(response)


def units(read: int, write: int) -> dict[str, int]:
    """Return provisioned throughput."""
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def lowered(times: int, when: datetime) -> dict[str, Any]:
    """Return a throughput that was lowered so often."""
    return {
        **units(5, 5),
        "NumberOfDecreasesToday": times,
        "LastDecreaseDateTime": when,
    }
