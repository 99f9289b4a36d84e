"""The data plane, as far as readiness probes need it: no table holds any item."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .refusals import ServiceFault, invalid, not_readable, refuse, unmodelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .tables import Table

# A conjunct of one of these forms does not hold for an item that is not there.
_NEEDS_AN_ITEM = re.compile(
    r"\(*\s*(attribute_exists\s*\(|attribute_type\s*\(|begins_with\s*\(|contains\s*\("
    r"|[#\w.]+\s*(=|<(?!>)|>))",
    re.IGNORECASE,
)


def query(table: Table | None, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a Query: with no items, or with what an index that builds answers."""
    conditions = (request.get("KeyConditionExpression"), request.get("KeyConditions"))
    if not any(conditions):
        message = "Either the KeyConditions or KeyConditionExpression parameter must be"
        raise refuse(f"{message} specified in the request.")
    readable = _readable(table)
    name = request.get("IndexName")
    if name is not None:
        local = {index["IndexName"] for index in readable.local_indexes}
        if name not in local:
            _check_index(readable, name, consistent=bool(request.get("ConsistentRead")))
    return {"Items": [], "Count": 0, "ScannedCount": 0}


def put_item(table: Table | None, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a PutItem whose condition cannot hold.

    Raises:
        ServiceFault: always; for any other PutItem it says that there are no items.
    """
    readable = _readable(table)
    for key in readable.key_schema:
        name = key["AttributeName"]
        value = request["Item"].get(name)
        if value is None:
            problem = f"Missing the key {name} in the item"
            raise invalid(problem)
        expected, actual = readable.attribute_types[name], next(iter(value), "NULL")
        if actual != expected:
            problem = f"Type mismatch for key {name} expected: {expected} actual:"
            raise invalid(f"{problem} {actual}")
    if not _cannot_hold(request.get("ConditionExpression") or ""):
        what = "items; only a PutItem whose condition cannot hold is answered"
        raise unmodelled(what)
    raise ServiceFault(
        "ConditionalCheckFailedException", "The conditional request failed"
    )


def _readable(table: Table | None) -> Table:
    if table is None or table.status == "CREATING":
        raise not_readable()
    return table


def _check_index(table: Table, name: str, *, consistent: bool) -> None:
    if name not in table.indexes or table.under_way("index-delete", index=name):
        message = f"The table does not have the specified index: {name}"
        raise refuse(message)
    if consistent:
        message = "Consistent reads are not supported on global secondary indexes"
        raise refuse(message)
    if table.under_way("allocate", "backfill", index=name):
        message = f"Cannot read from backfilling global secondary index: {name}"
        raise refuse(message)


def _cannot_hold(condition: str) -> bool:
    if re.search(r"\b(OR|NOT)\b", condition, re.IGNORECASE):
        return False
    conjuncts = re.split(r"\bAND\b", condition, flags=re.IGNORECASE)
    return any(_NEEDS_AN_ITEM.match(conjunct.strip()) for conjunct in conjuncts)
