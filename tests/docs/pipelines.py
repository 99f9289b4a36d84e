"""What the tests of the pipelines share: the files, and a table to change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dynawait.testing import SimulatedDynamoDB

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples" / "pipelines"
PAGE = ROOT / "docs" / "how-to" / "carry-a-change-that-takes-days.md"
INDEXES = EXAMPLES / "indexes.yaml"
ORDERS: dict[str, Any] = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "email", "AttributeType": "S"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-email",
            "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}


def world() -> tuple[SimulatedDynamoDB, Any]:
    """Return a DynamoDB with a table, and a client of it."""
    dynamodb = SimulatedDynamoDB(seed=1)
    client: Any = dynamodb.client()
    client.create_table(**ORDERS)
    client.__dynawait_clock__.advance(600)
    return dynamodb, client


def indexes_of(client: Any) -> list[str]:
    """Return the names of the global indexes."""
    table = client.describe_table(TableName="orders")["Table"]
    return [each["IndexName"] for each in table.get("GlobalSecondaryIndexes", ())]
