"""Probes: what a table's life lets through to its items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from conformance.bench import ACCEPTED as OK
from conformance.bench import KEY
from conformance.probe import BOTH, DOCUMENTED, MEASURED, row
from conformance.scenes import (
    allocating,
    backfilling,
    creating,
    creation_request,
    dropping,
    indexed,
    still,
    updating,
)

if TYPE_CHECKING:
    from conformance.bench import Bench

ITEM = {KEY: {"S": "a"}}


def query(attribute: str, name: str | None = None) -> dict[str, Any]:
    """Return a Query of the table, or of an index."""
    asked: dict[str, Any] = {
        "KeyConditionExpression": "#k = :v",
        "ExpressionAttributeNames": {"#k": attribute},
        "ExpressionAttributeValues": {":v": {"S": "a"}},
    }
    return asked if name is None else asked | {"IndexName": name}


_DAY = query("day", "by-day")
_NEW = {"Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}


def _twice(bench: Bench) -> str:
    bench.create()
    bench.do("put_item", Item=ITEM)
    return bench.ask("put_item", **_NEW)


def _returned(bench: Bench) -> str:
    bench.create()
    bench.do("put_item", Item=ITEM)
    try:
        bench.send("put_item", **_NEW, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    except ClientError as error:
        found = error.response.get("Item")
        return "the old item" if found == ITEM else "no item"
    return OK


def _counted(bench: Bench) -> str:
    bench.create()
    bench.do("put_item", Item=ITEM)
    return f"ItemCount {bench.look().get('ItemCount')}"


def _left_out(bench: Bench) -> str:
    bench.create()
    for key, day in (("a", {"S": "today"}), ("b", {"N": "1"})):
        bench.do("put_item", Item={KEY: {"S": key}, "day": day})
    bench.do("update_table", **creation_request())
    bench.until(bench.both, "ACTIVE/ACTIVE")
    found = bench.do("scan", IndexName="by-day")
    return f"{found['Count']} of 2 items in the index"


_NOT_YET = "ResourceNotFoundException: Requested resource not found"
_VE = "ValidationException"
_BACKFILLING = f"{_VE}: Cannot read from backfilling global secondary index: by-day"

ITEMS = (
    row(
        "a new index leaves out what its key does not fit",
        DOCUMENTED,
        _left_out,
        "1 of 2 items in the index",
    ),
    row(
        "Query of an index in backfill",
        MEASURED,
        backfilling("query", **_DAY),
        _BACKFILLING,
        slow=True,
    ),
    row(
        "Query of an index in allocation",
        MEASURED,
        allocating("query", **_DAY),
        _BACKFILLING,
    ),
    row(
        "PutItem, an index in allocation",
        BOTH,
        allocating("put_item", Item=ITEM | {"day": {"S": "today"}}),
        OK,
    ),
    row("PutItem, an index DELETING", BOTH, dropping("put_item", Item=ITEM), OK),
    row(
        "PutItem, the table CREATING",
        DOCUMENTED,
        creating("put_item", Item=ITEM),
        _NOT_YET,
    ),
    row(
        "GetItem, the table CREATING",
        DOCUMENTED,
        creating("get_item", Key=ITEM),
        _NOT_YET,
    ),
    row(
        "Query, the table CREATING",
        DOCUMENTED,
        creating("query", **query(KEY)),
        _NOT_YET,
    ),
    row("PutItem, the table UPDATING", BOTH, updating("put_item", Item=ITEM), OK),
    row("Query, the table UPDATING", BOTH, updating("query", **query(KEY)), OK),
    row("Query of an index", DOCUMENTED, indexed("query", **_DAY), OK),
    row(
        "Query of an index that does not exist",
        MEASURED,
        still("query", **_DAY),
        f"{_VE}: The table does not have the specified index: by-day",
    ),
    row(
        "PutItem that an active index's key does not fit",
        DOCUMENTED,
        indexed("put_item", Item=ITEM | {"day": {"N": "1"}}),
        _VE,
    ),
    row(
        "PutItem whose condition fails",
        DOCUMENTED,
        _twice,
        "ConditionalCheckFailedException: The conditional request failed",
    ),
    row("ALL_OLD where a condition fails", DOCUMENTED, _returned, "the old item"),
    row("ItemCount just after a PutItem", DOCUMENTED, _counted, "ItemCount 0"),
)
