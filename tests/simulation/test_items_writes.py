"""Single writes and reads: conditions, what they return, what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from dynawait.testing import ServiceFault
from dynawait.testing.model.items.requests import REQUESTS
from tests.simulation.botocore_shapes import MODEL, flaws, input_of, legal
from tests.simulation.desk import KEY, Desk, number, text
from tests.simulation.support import INVALID, attributes, indexed_table
from tests.simulation.test_items_lifecycle import CALLS, set_to
from tests.simulation.test_model_shapes import compare

FAILED = "ConditionalCheckFailedException: The conditional request failed"
HASH_TOO_LONG = "Size of hashkey has exceeded the maximum size limit of2048 bytes"
RANGE_TOO_LONG = (
    "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
)
NO_MATCH = "ValidationException: The provided key element does not match the schema"
# An attribute value refers to itself; the model reads it elsewhere.
_VALUE_SHAPE: Any = MODEL.shape_for("AttributeValue")
VALUE = str(sorted(_VALUE_SHAPE.members))
SORTED: dict[str, Any] = {
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": attributes("pk", "sk"),
}
FREE: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}


@pytest.mark.parametrize("operation", REQUESTS)
def test_requests_have_botocores_members(operation: str) -> None:
    """Every member, its type, its bounds and its values are the service model's."""
    differs = compare(REQUESTS[operation], input_of(operation), operation)
    assert [line for line in differs if not line.endswith(VALUE)] == []


@pytest.mark.parametrize("operation", REQUESTS)
def test_responses_are_botocores(operation: str) -> None:
    """Requests of all kinds are legal, and so is what is answered."""
    desk = Desk()
    desk.put(blob={"B": b"x"}, many={"L": [{"NS": ["1", "2"]}]})
    plain = {"ReturnConsumedCapacity": "INDEXES", **CALLS[operation]}
    if "Items" not in operation and "Batch" not in operation:
        plain["TableName"] = "orders"
    if operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        plain["ReturnValues"] = "ALL_OLD"
    assert legal(operation, plain) == []
    answer = desk.plane.handle(operation, plain)
    output: Any = MODEL.operation_model(operation).output_shape
    assert flaws(output, answer) == []
    assert answer["ConsumedCapacity"]


def test_a_condition_decides() -> None:
    """A write whose condition does not hold changes nothing."""
    desk = Desk()
    first = {"pk": text("a"), "owner": text("one")}
    assert desk.refusal("PutItem", Item=first, **FREE) == "accepted"
    second = {**first, "owner": text("two")}
    assert desk.refusal("PutItem", Item=second, **FREE) == FAILED
    assert desk.refusal("DeleteItem", **KEY, **FREE) == FAILED
    update = {**set_to("owner", text("two")), **FREE}
    assert desk.refusal("UpdateItem", **KEY, **update) == FAILED
    assert desk.get() == first


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem", "DeleteItem"])
def test_a_failed_condition_can_show_the_item(operation: str) -> None:
    """With ALL_OLD the error carries the item, where there is one."""
    desk = Desk()
    request = {**CALLS[operation], "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    with pytest.raises(ServiceFault) as caught:
        desk.ask(operation, **request, ConditionExpression="attribute_exists(pk)")
    assert not caught.value.members
    desk.put(blob={"B": b"\x00"})
    with pytest.raises(ServiceFault) as caught:
        desk.ask(operation, **request, **FREE)
    assert caught.value.members == {"Item": {**KEY["Key"], "blob": {"B": b"\x00"}}}


def test_writes_return_what_they_are_asked_for() -> None:
    """ReturnValues tells the item before or after."""
    desk = Desk()
    put = {"Item": KEY["Key"], "ReturnValues": "ALL_OLD"}
    assert desk.ask("PutItem", **put) == {}
    assert desk.ask("PutItem", **put) == {"Attributes": KEY["Key"]}
    change = {**KEY, **set_to("n", number(1))}
    answers = {
        wanted: desk.ask("UpdateItem", **change, ReturnValues=wanted)
        for wanted in ("ALL_OLD", "ALL_NEW", "NONE")
    }
    assert answers["ALL_OLD"] == {"Attributes": KEY["Key"]}
    assert answers["ALL_NEW"] == {"Attributes": {**KEY["Key"], "n": number(1)}}
    assert answers["NONE"] == {}
    more = {**KEY, **set_to("n", number(2)), "ReturnValues": "UPDATED_NEW"}
    assert desk.ask("UpdateItem", **more) == {"Attributes": {"n": number(2)}}
    gone = desk.ask("DeleteItem", **KEY, ReturnValues="ALL_OLD")
    assert gone["Attributes"]["n"] == number(2)
    refusal = desk.refusal("PutItem", Item=KEY["Key"], ReturnValues="ALL_NEW")
    assert refusal == "ValidationException: Return values set to invalid value"


def test_an_update_makes_what_is_not_there() -> None:
    """An update of nothing is an item; one that is refused leaves none behind."""
    desk = Desk()
    refusal = desk.refusal("UpdateItem", **KEY, UpdateExpression="SET a = b")
    assert refusal.startswith("ValidationException")
    assert desk.get() is None
    desk.ask("UpdateItem", **KEY)
    assert desk.get() == KEY["Key"]


def test_old_updates_keep_their_types() -> None:
    """AttributeUpdates put, add and delete, whatever the type."""
    desk = Desk()
    desk.put(gone=text("x"), tags={"SS": ["a", "b"]})
    updates = {
        "flag": {"Value": {"BOOL": True}},
        "count": {"Action": "ADD", "Value": number(3)},
        "gone": {"Action": "DELETE"},
        "tags": {"Action": "DELETE", "Value": {"SS": ["a"]}},
    }
    desk.ask("UpdateItem", **KEY, AttributeUpdates=updates)
    assert desk.get() == {
        **KEY["Key"],
        "flag": {"BOOL": True},
        "count": number(3),
        "tags": {"SS": ["b"]},
    }
    refusal = desk.refusal("UpdateItem", **KEY, AttributeUpdates={"flag": {}})
    assert refusal.startswith(f"{INVALID}Only DELETE action is allowed")


def test_old_conditions_are_read() -> None:
    """Expected, KeyConditions and filters work as expressions do."""
    desk = Desk()
    desk.put(n=number(1))
    expected = {"n": {"Value": number(2)}}
    assert desk.refusal("PutItem", Item=KEY["Key"], Expected=expected) == FAILED
    equals = {"ComparisonOperator": "EQ", "AttributeValueList": [text("a")]}
    assert desk.ask("Query", KeyConditions={"pk": equals})["Count"] == 1
    assert desk.ask("Scan", ScanFilter={"pk": equals})["Count"] == 1
    found = desk.ask("Scan", AttributesToGet=["n"])["Items"]
    assert found == [{"n": number(1)}]
    assert desk.get(AttributesToGet=["n"]) == {"n": number(1)}


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (
            {"ConditionExpression": "#k = :v"},
            (
                "Invalid ConditionExpression: An expression attribute name used in the "
                "document path is not defined; attribute name: #k"
            ),
        ),
        (
            {"ConditionExpression": "pk = :v"},
            (
                "Invalid ConditionExpression: An expression attribute value used in "
                "expression is not defined; attribute value: :v"
            ),
        ),
        (
            {"ExpressionAttributeValues": {":v": text("a")}},
            "ExpressionAttributeValues can only be specified when using expressions",
        ),
        (
            {**FREE, "ExpressionAttributeValues": {":v": text("a")}},
            (
                "Value provided in ExpressionAttributeValues unused in expressions: "
                "keys: {:v}"
            ),
        ),
        (
            {**FREE, "ExpressionAttributeNames": {}},
            "ExpressionAttributeNames must not be empty",
        ),
        (
            {**FREE, "ExpressionAttributeNames": {"k": "pk"}},
            'ExpressionAttributeNames contains invalid key: Syntax error; key: "k"',
        ),
        (
            {"ConditionExpression": " "},
            "Invalid ConditionExpression: The expression can not be empty;",
        ),
        (
            {**FREE, "Expected": {"pk": {"Exists": False}}},
            (
                "Can not use both expression and non-expression parameters in the same "
                "request: Non-expression parameters: {Expected} Expression parameters: "
                "{ConditionExpression}"
            ),
        ),
    ],
)
def test_marks_are_defined_and_used(request_: Any, refusal: str) -> None:
    """A request that names too much or too little is refused."""
    desk = Desk()
    put = desk.refusal("PutItem", Item=KEY["Key"], **request_)
    assert put == f"ValidationException: {refusal}"


@pytest.mark.parametrize(
    ("key", "refusal"),
    [
        ({}, NO_MATCH),
        ({"pk": text("a")}, NO_MATCH),
        ({"pk": text("a"), "sk": number(1)}, NO_MATCH),
        ({"pk": text("a"), "sk": text("b"), "x": text("c")}, NO_MATCH),
        (
            {"pk": text(""), "sk": text("b")},
            (
                "ValidationException: One or more parameter values are not valid. The "
                "AttributeValue for a key attribute cannot contain an empty string "
                "value. Key: pk"
            ),
        ),
        (
            {"pk": text("a" * 2049), "sk": text("b")},
            f"{INVALID}{HASH_TOO_LONG}",
        ),
        (
            {"pk": text("a"), "sk": text("b" * 1025)},
            f"{INVALID}{RANGE_TOO_LONG}",
        ),
    ],
)
def test_keys_are_whole(key: Any, refusal: str) -> None:
    """A key has just the attributes of the table's key, of their types and sizes."""
    desk = Desk(**SORTED)
    assert desk.refusal("GetItem", Key=key) == refusal
    assert desk.refusal("DeleteItem", Key=key) == refusal


def test_queries_are_sorted_and_paged() -> None:
    """A table with a sort key is read in its order, forward and back, by pages."""
    desk = Desk(**SORTED)
    for name in "cab":
        desk.ask("PutItem", Item={"pk": text("p"), "sk": text(name)})
    query: dict[str, Any] = {
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": text("p")},
        "ReturnConsumedCapacity": "TOTAL",
    }
    page = desk.ask("Query", **query, Limit=2, ScanIndexForward=False)
    assert [item["sk"]["S"] for item in page["Items"]] == ["c", "b"]
    assert page["LastEvaluatedKey"] == {"pk": text("p"), "sk": text("b")}
    assert page["ConsumedCapacity"] == {"TableName": "orders", "CapacityUnits": 0.5}
    rest = desk.ask("Query", **query, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert [item["sk"]["S"] for item in rest["Items"]] == ["c"]
    strong = desk.ask("Query", **query, ConsistentRead=True)
    assert strong["ConsumedCapacity"]["CapacityUnits"] == 1


def test_batches_are_bounded() -> None:
    """Too many items, the same twice, or none at all are refused."""
    desk = Desk(**SORTED)
    twice = [{"pk": text("a"), "sk": text("b")}] * 2
    refusal = desk.refusal("BatchGetItem", RequestItems={"orders": {"Keys": twice}})
    assert refusal.endswith("Provided list of item keys contains duplicates")
    assert "at 'requestItems'" in desk.refusal("BatchGetItem", RequestItems={})
    desk.create(indexed_table("users"))
    put = [{"PutRequest": {"Item": {"pk": text(str(n))}}} for n in range(20)]
    many = {"users": put, "orders": put}
    refusal = desk.refusal("BatchWriteItem", RequestItems=many)
    assert refusal.endswith("Too many items requested for the BatchWriteItem call")
    answer = desk.ask("BatchWriteItem", RequestItems={"users": put})
    assert answer == {"UnprocessedItems": {}}
    found = desk.ask(
        "BatchGetItem",
        RequestItems={"users": {"Keys": [{"pk": text("1")}, {"pk": text("x")}]}},
    )
    assert found["Responses"] == {"users": [{"pk": text("1")}]}
    delete = [{"DeleteRequest": {"Key": {"pk": text("1")}}}, {}]
    assert "exactly one" in desk.refusal(
        "BatchWriteItem", RequestItems={"users": delete}
    )


def test_what_moto_does_not_understand_is_said() -> None:
    """A request that it breaks over is refused, with what broke."""
    desk = Desk()
    desk.put()
    refusal = desk.refusal("Scan", FilterExpression="attribute_exists(")
    assert refusal.startswith("ValidationException")
