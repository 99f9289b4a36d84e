"""What the demo asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...changes import CreateIndex, DeleteIndex

if TYPE_CHECKING:
    from ...changes import Change

TABLE = "orders"
LOCKS = "locks"
LOCK = f"dynawait:{TABLE}"
ITEMS = 500
LEASE = 5.0
_BATCH = 25
_STATUSES = ("open", "paid", "sent")
_DAYS = 7


def _units(number: int) -> dict[str, int]:
    return {"ReadCapacityUnits": number, "WriteCapacityUnits": number}


def _key(name: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": "HASH"}]


def _types(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


CREATION: dict[str, Any] = {
    "TableName": TABLE,
    "AttributeDefinitions": _types("id", "coupon"),
    "KeySchema": _key("id"),
    "BillingMode": "PROVISIONED",
    "ProvisionedThroughput": _units(5),
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "legacy",
            "KeySchema": _key("coupon"),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
            "ProvisionedThroughput": _units(5),
        }
    ],
}
SWITCH: dict[str, Any] = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
}
IN_THE_QUEUE: tuple[tuple[str, Change], ...] = (
    ("create index by-email", CreateIndex("by-email", partition_key="email")),
    ("create index by-status", CreateIndex("by-status", partition_key="status")),
    ("delete index legacy", DeleteIndex("legacy")),
)


def creation_of(attribute: str) -> dict[str, Any]:
    """Return the UpdateTable that creates an index, as a plain client sends it."""
    return {
        "AttributeDefinitions": _types(attribute),
        "GlobalSecondaryIndexUpdates": [
            {
                "Create": {
                    "IndexName": f"by-{attribute}",
                    "KeySchema": _key(attribute),
                    "Projection": {"ProjectionType": "ALL"},
                }
            }
        ],
    }


def batches() -> list[dict[str, Any]]:
    """Return BatchWriteItem's requests for the items."""
    items = [_item(number) for number in range(ITEMS)]
    return [
        {
            "RequestItems": {
                TABLE: [
                    {"PutRequest": {"Item": item}}
                    for item in items[start : start + _BATCH]
                ]
            }
        }
        for start in range(0, ITEMS, _BATCH)
    ]


def _item(number: int) -> dict[str, Any]:
    return {
        "id": {"S": f"order-{number:04}"},
        "email": {"S": f"customer-{number % 40}@example.com"},
        "status": {"S": _STATUSES[number % len(_STATUSES)]},
        "day": {"S": f"2030-01-{number % _DAYS + 1:02}"},
    }
