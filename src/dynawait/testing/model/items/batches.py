"""BatchGetItem and BatchWriteItem: many items, each on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..refusals import refuse
from .capacity import consumed_each
from .keys import check_item, check_key, key_names
from .marks import read_request
from .readiness import ready_table
from .single import look_up
from .values import read_item
from .writing import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..account import Account
    from ..tables import Table

_MOST_KEYS, _MOST_WRITES = 100, 25
_TWICE = "Provided list of item keys contains duplicates"


def batch_get(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer BatchGetItem; everything is always processed."""
    batches = _batches(request, "BatchGetItem", _MOST_KEYS, _keys)
    asked: list[tuple[str, Table, dict[str, Any]]] = []
    for subject, batch in batches.items():
        read = read_request(batch)
        table = ready_table(account, subject)
        keys = [read_item(key) for key in read.pop("Keys")]
        _refuse_twins(keys)
        asked += [(subject, table, {**read, "Key": key}) for key in keys]
    found: dict[str, list[Any]] = {subject: [] for subject in batches}
    units: dict[str, float] = {}
    for subject, table, read in asked:
        item, cost = look_up(account, table, read)
        units[table.name] = units.get(table.name, 0) + cost
        if item is not None:
            found[subject].append(item)
    return {
        "Responses": found,
        "UnprocessedKeys": {},
        **consumed_each(request, units),
    }


def batch_write(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer BatchWriteItem; everything is always processed."""
    batches = _batches(request, "BatchWriteItem", _MOST_WRITES, list)
    asked: list[tuple[Table, str, dict[str, Any], dict[str, Any]]] = []
    for subject, batch in batches.items():
        table = ready_table(account, subject)
        asked += [(table, *_write(table, each)) for each in batch]
        keys = [key for other, _, _, key in asked if other is table]
        _refuse_twins(keys)
    units: dict[str, float] = {}
    for table, operation, read, key in asked:
        done = write(account, table, operation, read, key)
        units[table.name] = units.get(table.name, 0) + done.units
    return {"UnprocessedItems": {}, **consumed_each(request, units)}


def _write(
    table: Table, wanted: Mapping[str, Any]
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return the operation, the request and the key of one write."""
    given = [kind for kind in wanted if wanted[kind] is not None]
    if len(given) != 1:
        text = "Supplied AttributeValue has more than one datatypes set, must contain"
        text += " exactly one of the supported datatypes"
        raise refuse(text)
    if given == ["PutRequest"]:
        item = read_item(wanted["PutRequest"]["Item"])
        check_item(table, item)
        return (
            "PutItem",
            {"Item": item},
            {name: item[name] for name in key_names(table)},
        )
    key = read_item(wanted["DeleteRequest"]["Key"])
    check_key(table, key)
    return "DeleteItem", {"Key": key}, key


def _batches(
    request: Mapping[str, Any], operation: str, most: int, members: Any
) -> Mapping[str, Any]:
    batches: Mapping[str, Any] = request["RequestItems"]
    if not batches:
        text = "1 validation error detected: Value '{}' at 'requestItems' failed to"
        text += " satisfy constraint: Member must have length greater than or equal to"
        raise refuse(f"{text} 1")
    if sum(len(members(batch)) for batch in batches.values()) > most:
        raise refuse(f"Too many items requested for the {operation} call")
    return batches


def _keys(batch: Mapping[str, Any]) -> list[Any]:
    return list(batch["Keys"])


def _refuse_twins(keys: Iterable[Mapping[str, Any]]) -> None:
    seen: list[Mapping[str, Any]] = []
    for key in keys:
        if key in seen:
            raise refuse(_TWICE)
        seen.append(key)
