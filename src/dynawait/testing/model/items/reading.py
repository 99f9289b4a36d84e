"""Query and Scan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..refusals import refuse
from .capacity import consumed, read_units
from .marks import read_request
from .probing import asks_for_one
from .readiness import ready_index, ready_table
from .shelf import holds_items, shelf_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..account import Account
    from ..tables import Table

_NO_KEY = (
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in "
    "the request."
)


def query(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer Query."""
    read = read_request(request)
    if not (read.get("KeyConditionExpression") or read.get("KeyConditions")):
        raise refuse(_NO_KEY)
    table = ready_table(account, read["TableName"])
    index = _index(table, read)
    schema = table.key_schema if index is None else index["KeySchema"]
    if not holds_items(table) and asks_for_one(read, schema, table.attribute_types):
        return {"Items": [], "Count": 0, "ScannedCount": 0}
    return _read(account, table, "Query", read, index)


def scan(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer Scan."""
    read = read_request(request)
    table = ready_table(account, read["TableName"])
    return _read(account, table, "Scan", read, _index(table, read))


def _index(table: Table, read: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if "IndexName" not in read:
        return None
    consistent = bool(read.get("ConsistentRead"))
    return ready_index(table, read["IndexName"], consistent=consistent)


def _read(
    account: Account,
    table: Table,
    operation: str,
    read: Mapping[str, Any],
    index: Mapping[str, Any] | None,
) -> dict[str, Any]:
    shelf = shelf_of(account, table)
    asked = {name: read[name] for name in read if name != "ConsistentRead"}
    if index is None:
        response = shelf.run(operation, asked)
    else:
        response = shelf.run_on_index(operation, asked, index)
    response.pop("ConsumedCapacity", None)
    picked = read.get("AttributesToGet")
    if picked is not None and "Items" in response:
        response["Items"] = [
            {name: item[name] for name in picked if name in item}
            for item in response["Items"]
        ]
    consistent = bool(read.get("ConsistentRead"))
    size = sum(len(str(item)) for item in response.get("Items", ()))
    cost = {table.name: read_units(size, consistent=consistent)}
    answer: dict[str, Any] = response | consumed(read, cost)
    return answer
