"""What the lifecycle of tables and indexes does to their items."""

from __future__ import annotations

from typing import Any

import pytest

from dynawait.testing import Durations
from tests.simulation.desk import KEY, Desk, number, text
from tests.simulation.support import (
    INVALID,
    NO_STREAM,
    STREAM,
    Plane,
    create_index,
    delete_index,
    indexed_table,
    table,
)

MISSING = "ResourceNotFoundException: Requested resource not found"
NEXT_DAY = 21_600.0
CALLS: dict[str, dict[str, Any]] = {
    "GetItem": KEY,
    "PutItem": {"Item": KEY["Key"]},
    "UpdateItem": KEY,
    "DeleteItem": KEY,
    "Scan": {},
    "Query": {
        "KeyConditionExpression": "pk = :k",
        "ExpressionAttributeValues": {":k": text("a")},
    },
    "BatchGetItem": {"RequestItems": {"orders": {"Keys": [KEY["Key"]]}}},
    "BatchWriteItem": {
        "RequestItems": {"orders": [{"PutRequest": {"Item": KEY["Key"]}}]}
    },
    "TransactGetItems": {"TransactItems": [{"Get": {"TableName": "orders", **KEY}}]},
    "TransactWriteItems": {
        "TransactItems": [{"Delete": {"TableName": "orders", **KEY}}]
    },
}


@pytest.mark.parametrize("operation", CALLS)
def test_data_is_served_from_active_until_the_table_is_gone(operation: str) -> None:
    """Nothing finds a table that is CREATING or gone; UPDATING and DELETING serve."""
    plane = Plane()
    request = CALLS[operation]
    assert plane.refusal(operation, **request) == MISSING
    plane.create(table(), wait=0)
    assert plane.refusal(operation, **request) == MISSING
    plane.time += 60
    assert plane.refusal(operation, **request) == "accepted"
    plane.update(**STREAM)
    assert plane.status() == "UPDATING"
    assert plane.refusal(operation, **request) == "accepted"
    plane.time += 60
    plane.update(**NO_STREAM)
    plane.time += 60
    plane.delete()
    assert plane.refusal(operation, **request) == "accepted"
    plane.time += 60
    assert plane.refusal(operation, **request) == MISSING


def test_an_archived_table_is_not_found() -> None:
    """A table that is archived serves no data; one whose replicas may not go on does.

    The first is a guess.
    """
    desk = Desk()
    table = desk.plane._account.tables["orders"]
    table.affliction = "REPLICATION_NOT_AUTHORIZED"
    assert desk.refusal("GetItem", **KEY) == "accepted"
    table.affliction = "ARCHIVED"
    assert desk.refusal("GetItem", **KEY) == MISSING


def test_items_go_with_their_table() -> None:
    """A table that is created again under the same name is empty."""
    desk = Desk()
    desk.put()
    desk.delete()
    desk.time += 10
    desk.create(table())
    assert desk.keys() == []


def test_an_index_is_filled_with_what_was_there() -> None:
    """Items of before its creation, and of while it builds, are in a new index."""
    desk = Desk()
    desk.put(day=text("monday"))
    desk.update(**create_index())
    desk.ask("PutItem", Item={"pk": text("b"), "day": text("tuesday")})
    desk.ask("PutItem", Item={"pk": text("c")})
    scan = {"IndexName": "by-day"}
    assert "backfilling" in desk.refusal("Scan", **scan)
    desk.time += 41
    assert "backfilling" in desk.refusal("Scan", **scan)
    desk.time += 600
    assert desk.keys("by-day") == ["a", "b"]
    found = desk.ask(
        "Query",
        **scan,
        KeyConditionExpression="#day = :day",
        ExpressionAttributeNames={"#day": "day"},
        ExpressionAttributeValues={":day": text("tuesday")},
    )
    assert [item["pk"] for item in found["Items"]] == [text("b")]


def test_items_survive_the_end_of_an_index() -> None:
    """An index that is deleted takes no item with it, and can be made anew."""
    desk = Desk()
    desk.put(day=text("monday"))
    for _ in range(2):
        desk.update(**create_index())
        desk.time += 1_000
        assert desk.keys("by-day") == ["a"]
        desk.update(**delete_index("by-day"))
        refusal = desk.refusal("Scan", IndexName="by-day")
        assert refusal.endswith("does not have the specified index: by-day")
        desk.time += 60
    assert desk.keys() == ["a"]


def test_items_that_break_an_index_are_left_out() -> None:
    """A wrong type does not fail a build; it is refused once the index is ACTIVE."""
    desk = Desk()
    desk.put(day=number(1))
    desk.ask("PutItem", Item={"pk": text("b"), "day": text("monday")})
    desk.update(**create_index())
    desk.ask("PutItem", Item={"pk": text("c"), "day": number(3)})
    desk.time += 1_000
    assert desk.keys("by-day") == ["b"]
    assert desk.keys() == ["a", "b", "c"]
    refusal = desk.refusal("PutItem", Item={"pk": text("d"), "day": number(4)})
    mismatch = f"{INVALID}Type mismatch for Index Key day Expected: S Actual: N"
    assert refusal == f"{mismatch} IndexName: by-day"
    refusal = desk.refusal("PutItem", Item={"pk": text("d"), "day": text("")})
    assert refusal.endswith("empty string value. IndexName: by-day, IndexKey: day")
    refusal = desk.refusal("PutItem", Item={"pk": text("d"), "day": text("x" * 2049)})
    assert "Size of hashkey has exceeded" in refusal


def test_an_update_may_not_break_an_index() -> None:
    """What an update would break is refused and nothing is written; old sins stay."""
    desk = Desk()
    desk.put(day=number(1))
    desk.update(**create_index())
    desk.time += 1_000
    touched = desk.ask("UpdateItem", **KEY, **set_to("seen", number(1)))
    assert touched == {}
    refusal = desk.refusal("UpdateItem", **KEY, **set_to("day", number(2)))
    unsupported = "attempted to update the secondary index key to unsupported type"
    assert refusal == f"ValidationException: The update expression {unsupported}"
    too_long = desk.refusal("UpdateItem", **KEY, **set_to("day", text("x" * 2049)))
    assert too_long.endswith("secondary index key beyond allowed size limits")
    empty = desk.refusal("UpdateItem", **KEY, **set_to("day", text("")))
    assert empty.endswith("cannot contain an empty string value.")
    assert desk.get() == {**KEY["Key"], "day": number(1), "seen": number(1)}
    desk.ask("UpdateItem", **KEY, **set_to("day", text("friday")))
    assert desk.keys("by-day") == ["a"]


def set_to(name: str, value: Any) -> dict[str, Any]:
    """Return an update of one attribute."""
    return {
        "UpdateExpression": "SET #name = :value",
        "ExpressionAttributeNames": {"#name": name},
        "ExpressionAttributeValues": {":value": value},
    }


def test_a_description_counts_late() -> None:
    """ItemCount and sizes are those of the last count, six hours apart."""
    desk = Desk()
    desk.create(indexed_table("users"))
    desk.put(note=text("12345"))
    desk.ask("PutItem", Item={"pk": text("b")})
    desk.ask("DeleteItem", Key={"pk": text("b")})
    assert desk.look()["ItemCount"] == 0
    desk.time = NEXT_DAY - 1
    assert desk.look()["ItemCount"] == 0
    desk.time = NEXT_DAY
    seen = desk.look()
    assert (seen["ItemCount"], seen["TableSizeBytes"]) == (1, 12)


def test_counts_may_be_fresh() -> None:
    """With an item count of no age a description tells what there is, by index too."""
    plane = Desk(Durations(item_count=0))
    plane.update(**create_index())
    plane.time += 1_000
    plane.put(day=text("monday"))
    plane.ask("PutItem", Item={"pk": text("b")})
    seen = plane.look()
    assert seen["ItemCount"] == 2
    assert seen["GlobalSecondaryIndexes"][0]["ItemCount"] == 1


def test_a_backfill_takes_longer_for_more_items() -> None:
    """Each item adds to the second phase."""
    desk = Desk(Durations(backfill_per_item=100))
    for name in "abc":
        desk.ask("PutItem", Item={"pk": text(name)})
    desk.update(**create_index())
    desk.time += 40 + 520 + 299
    assert desk.index("by-day") == ("CREATING", True)
    desk.time += 1
    assert desk.index("by-day") == ("ACTIVE", None)


@pytest.mark.parametrize("latest", [True, False])
def test_items_are_restored(latest: bool) -> None:
    """A backup keeps the items of its moment; recovery brings those of the call."""
    desk = Desk()
    recovery = {"PointInTimeRecoveryEnabled": True}
    desk.time += 60
    desk.ask("UpdateContinuousBackups", PointInTimeRecoverySpecification=recovery)
    desk.put(n=number(1))
    made = desk.ask("CreateBackup", BackupName="nightly")
    desk.time += 3_600
    desk.put(n=number(2))
    if latest:
        desk.plane.handle(
            "RestoreTableToPointInTime",
            {
                "TargetTableName": "restored",
                "SourceTableName": "orders",
                "UseLatestRestorableTime": True,
            },
        )
    else:
        backup = made["BackupDetails"]["BackupArn"]
        desk.plane.handle(
            "RestoreTableFromBackup",
            {"TargetTableName": "restored", "BackupArn": backup},
        )
    desk.time += 1_000
    desk.put(n=number(3))
    found = desk.plane.handle("GetItem", {"TableName": "restored", **KEY})
    assert found["Item"]["n"] == number(2 if latest else 1)
    desk.time += NEXT_DAY
    assert desk.look("restored")["ItemCount"] == 1
