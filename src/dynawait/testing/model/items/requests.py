"""What requests of the data plane must look like.

Attribute values are not described here: `values` reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..shapes import Flag, Group, Many, Named, Text, Whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..shapes import Shape

_TABLE = Text(least=1, most=1024)
_VALUE = Group()
_ITEM = Named(_VALUE)
_ATTRIBUTE = Text(most=65_535)
_NAMES = Named(_ATTRIBUTE)
_COMPARISON = Text(
    choices=(
        *("EQ", "NE", "IN", "LE", "LT", "GE", "GT", "BETWEEN", "NOT_NULL", "NULL"),
        *("CONTAINS", "NOT_CONTAINS", "BEGINS_WITH"),
    )
)
_EXPECTED = Named(
    Group(
        {
            "Value": _VALUE,
            "Exists": Flag(),
            "ComparisonOperator": _COMPARISON,
            "AttributeValueList": Many(_VALUE),
        }
    )
)
_CONDITIONS = Named(
    Group(
        {"ComparisonOperator": _COMPARISON, "AttributeValueList": Many(_VALUE)},
        ("ComparisonOperator",),
    )
)
_AND_OR = Text(choices=("AND", "OR"))
_SELECT = Text(
    choices=(
        "ALL_ATTRIBUTES",
        "ALL_PROJECTED_ATTRIBUTES",
        "SPECIFIC_ATTRIBUTES",
        "COUNT",
    )
)
_ON_FAILURE = Text(choices=("ALL_OLD", "NONE"))
_COSTS: Mapping[str, Shape] = {
    "ReturnConsumedCapacity": Text(choices=("INDEXES", "TOTAL", "NONE"))
}
_SIZES: Mapping[str, Shape] = {
    "ReturnItemCollectionMetrics": Text(choices=("SIZE", "NONE"))
}
_MARKS: Mapping[str, Shape] = {
    "ExpressionAttributeNames": _NAMES,
    "ExpressionAttributeValues": _ITEM,
}
_CONDITION: Mapping[str, Shape] = {
    "ConditionExpression": Text(),
    "ReturnValuesOnConditionCheckFailure": _ON_FAILURE,
    **_MARKS,
}
_WRITE: Mapping[str, Shape] = {
    "TableName": _TABLE,
    "Expected": _EXPECTED,
    "ConditionalOperator": _AND_OR,
    "ReturnValues": Text(
        choices=("NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW")
    ),
    **_CONDITION,
    **_COSTS,
    **_SIZES,
}
_PICK: Mapping[str, Shape] = {
    "AttributesToGet": Many(_ATTRIBUTE, least=1),
    "ProjectionExpression": Text(),
    "ExpressionAttributeNames": _NAMES,
}
_READ: Mapping[str, Shape] = {
    "TableName": _TABLE,
    "IndexName": Text(3, 255, "[a-zA-Z0-9_.-]+"),
    "Select": _SELECT,
    "Limit": Whole(least=1),
    "ConsistentRead": Flag(),
    "ConditionalOperator": _AND_OR,
    "ExclusiveStartKey": _ITEM,
    "FilterExpression": Text(),
    "ExpressionAttributeValues": _ITEM,
    **_PICK,
    **_COSTS,
}
_BATCHED_KEYS = Group(
    {
        "Keys": Many(_ITEM, least=1, most=100),
        "ConsistentRead": Flag(),
        **_PICK,
    },
    ("Keys",),
)
_BATCHED_WRITE = Group(
    {
        "PutRequest": Group({"Item": _ITEM}, ("Item",)),
        "DeleteRequest": Group({"Key": _ITEM}, ("Key",)),
    }
)
_KEYED: Mapping[str, Shape] = {"TableName": _TABLE, "Key": _ITEM}
_TRANSACTED: Mapping[str, Shape] = {"TableName": _TABLE, **_CONDITION}
_TRANSACTED_WRITE = Group(
    {
        "ConditionCheck": Group(
            {**_TRANSACTED, "Key": _ITEM}, ("Key", "TableName", "ConditionExpression")
        ),
        "Put": Group({**_TRANSACTED, "Item": _ITEM}, ("Item", "TableName")),
        "Delete": Group({**_TRANSACTED, "Key": _ITEM}, ("Key", "TableName")),
        "Update": Group(
            {**_TRANSACTED, "Key": _ITEM, "UpdateExpression": Text()},
            ("Key", "UpdateExpression", "TableName"),
        ),
    }
)
_MOST = 100

REQUESTS: Mapping[str, Group] = {
    "GetItem": Group(
        {**_KEYED, "ConsistentRead": Flag(), **_PICK, **_COSTS}, ("TableName", "Key")
    ),
    "PutItem": Group({**_WRITE, "Item": _ITEM}, ("TableName", "Item")),
    "UpdateItem": Group(
        {
            **_WRITE,
            "Key": _ITEM,
            "UpdateExpression": Text(),
            "AttributeUpdates": Named(
                Group(
                    {"Value": _VALUE, "Action": Text(choices=("ADD", "PUT", "DELETE"))}
                )
            ),
        },
        ("TableName", "Key"),
    ),
    "DeleteItem": Group({**_WRITE, "Key": _ITEM}, ("TableName", "Key")),
    "Query": Group(
        {
            **_READ,
            "KeyConditionExpression": Text(),
            "KeyConditions": _CONDITIONS,
            "QueryFilter": _CONDITIONS,
            "ScanIndexForward": Flag(),
        },
        ("TableName",),
    ),
    "Scan": Group(
        {
            **_READ,
            "ScanFilter": _CONDITIONS,
            "Segment": Whole(least=0, most=999_999),
            "TotalSegments": Whole(least=1, most=1_000_000),
        },
        ("TableName",),
    ),
    "BatchGetItem": Group(
        {"RequestItems": Named(_BATCHED_KEYS), **_COSTS}, ("RequestItems",)
    ),
    "BatchWriteItem": Group(
        {
            "RequestItems": Named(Many(_BATCHED_WRITE, least=1, most=25)),
            **_COSTS,
            **_SIZES,
        },
        ("RequestItems",),
    ),
    "TransactGetItems": Group(
        {
            "TransactItems": Many(
                Group(
                    {
                        "Get": Group(
                            {
                                **_KEYED,
                                "ProjectionExpression": Text(),
                                "ExpressionAttributeNames": _NAMES,
                            },
                            ("Key", "TableName"),
                        )
                    },
                    ("Get",),
                ),
                least=1,
                most=_MOST,
            ),
            **_COSTS,
        },
        ("TransactItems",),
    ),
    "TransactWriteItems": Group(
        {
            "TransactItems": Many(_TRANSACTED_WRITE, least=1, most=_MOST),
            "ClientRequestToken": Text(least=1, most=36),
            **_COSTS,
            **_SIZES,
        },
        ("TransactItems",),
    ),
}
