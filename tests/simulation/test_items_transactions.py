"""Transactions: all or nothing, and once."""

from __future__ import annotations

from typing import Any

import pytest

from dynawait.testing import ServiceFault
from tests.simulation.desk import KEY, Desk, number, text
from tests.simulation.support import index, table

FREE = {"ConditionExpression": "attribute_not_exists(pk)"}


def put(name: str, **more: Any) -> dict[str, Any]:
    """Return a put of a transaction."""
    return {"Put": {"TableName": "orders", "Item": {"pk": text(name)}, **more}}


def add(name: str) -> dict[str, Any]:
    """Return an update of a transaction, which adds one."""
    return {
        "Update": {
            "TableName": "orders",
            "Key": {"pk": text(name)},
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": number(1)},
        }
    }


def cancelled(desk: Desk, *items: Any) -> Any:
    """Return why a transaction was cancelled."""
    with pytest.raises(ServiceFault) as caught:
        desk.ask("TransactWriteItems", TransactItems=list(items))
    fault = caught.value
    assert fault.code == "TransactionCanceledException"
    reasons = fault.members["CancellationReasons"]
    codes = ", ".join(reason["Code"] for reason in reasons)
    assert fault.message.endswith(f"for specific reasons [{codes}]")
    return reasons


def test_all_or_nothing() -> None:
    """One condition that fails undoes everything before it, and each item says why."""
    desk = Desk()
    desk.put(n=number(1))
    delete = {"Delete": {"TableName": "orders", **KEY}}
    check = {
        "ConditionCheck": {
            "TableName": "orders",
            "Key": {"pk": text("lock")},
            "ConditionExpression": "attribute_exists(pk)",
        }
    }
    reasons = cancelled(desk, put("b"), delete, check)
    assert [reason["Code"] for reason in reasons] == [
        "None",
        "None",
        "ConditionalCheckFailed",
    ]
    assert desk.keys() == ["a"]
    desk.ask("PutItem", Item={"pk": text("lock")})
    desk.ask("TransactWriteItems", TransactItems=[put("b"), delete, check])
    assert desk.keys() == ["b", "lock"]


def test_a_reason_shows_the_item() -> None:
    """With ALL_OLD a reason carries the item that was in the way."""
    desk = Desk()
    desk.put(n=number(1))
    more = {**FREE, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    reasons = cancelled(desk, put("a", **more))
    assert reasons == [
        {
            "Code": "ConditionalCheckFailed",
            "Message": "The conditional request failed",
            "Item": {**KEY["Key"], "n": number(1)},
        }
    ]


def test_what_an_index_cannot_take_cancels() -> None:
    """An item that breaks an index is a validation error of its own."""
    desk = Desk(
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "day")
        ],
        GlobalSecondaryIndexes=[index("by-day", "day")],
    )
    bad = {"Put": {"TableName": "orders", "Item": {**KEY["Key"], "day": number(1)}}}
    reasons = cancelled(desk, put("b"), bad)
    assert reasons[1]["Code"] == "ValidationError"
    assert "Type mismatch for Index Key day" in reasons[1]["Message"]
    assert desk.keys() == []


def test_a_token_makes_a_retry_harmless() -> None:
    """The same request with the same token is applied once in ten minutes."""
    desk = Desk()
    request = {"TransactItems": [add("a")], "ClientRequestToken": "one"}
    for _ in range(2):
        assert desk.ask("TransactWriteItems", **request) == {}
    assert desk.get()["n"] == number(1)
    other = {**request, "TransactItems": [add("b")]}
    refusal = desk.refusal("TransactWriteItems", **other)
    assert refusal.startswith("IdempotentParameterMismatchException")
    desk.time += 600
    desk.ask("TransactWriteItems", **request)
    assert desk.get()["n"] == number(2)


def test_a_transaction_touches_each_item_once() -> None:
    """Two operations on an item are refused, and so is more than one kind in one."""
    desk = Desk()
    refusal = desk.refusal("TransactWriteItems", TransactItems=[put("a"), add("a")])
    assert refusal.endswith("cannot include multiple operations on one item")
    both = {**put("a"), **add("b")}
    refusal = desk.refusal("TransactWriteItems", TransactItems=[both])
    assert refusal.endswith("only contain one of Check, Put, Update or Delete")


def test_a_wrong_expression_is_no_cancellation() -> None:
    """What is wrong with the request itself is a ValidationException."""
    desk = Desk()
    wrong = add("b")
    wrong["Update"]["UpdateExpression"] = "ADD n, :one"
    refusal = desk.refusal("TransactWriteItems", TransactItems=[put("a"), wrong])
    assert refusal.startswith("ValidationException: Invalid UpdateExpression: Syntax")
    assert desk.keys() == []


def test_reads_are_of_one_moment() -> None:
    """TransactGetItems answers in the order of its items, over tables."""
    desk = Desk()
    desk.create(table("users"))
    desk.put(n=number(1))
    gets = [
        {"Get": {"TableName": "users", "Key": {"pk": text("x")}}},
        {"Get": {"TableName": "orders", **KEY, "ProjectionExpression": "n"}},
    ]
    answer = desk.ask(
        "TransactGetItems", TransactItems=gets, ReturnConsumedCapacity="TOTAL"
    )
    assert answer["Responses"] == [{}, {"Item": {"n": number(1)}}]
    assert [cost["CapacityUnits"] for cost in answer["ConsumedCapacity"]] == [2, 2]
