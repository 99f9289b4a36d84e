"""GetItem, PutItem, UpdateItem and DeleteItem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..refusals import refuse
from .capacity import consumed, read_units
from .keys import check_item, check_key, key_names
from .marks import read_request
from .readiness import ready_table
from .shelf import shelf_of
from .writing import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..account import Account
    from ..tables import Table
    from .values import Value
    from .writing import Write


def get_item(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer GetItem."""
    read = read_request(request)
    table = ready_table(account, read["TableName"])
    item, units = look_up(account, table, read)
    found = {} if item is None else {"Item": item}
    return found | consumed(read, {table.name: units})


def look_up(
    account: Account, table: Table, read: Mapping[str, Any]
) -> tuple[dict[str, Value] | None, float]:
    """Return what a GetItem with its values read asks for, and what it costs.

    Raises:
        ServiceFault: ValidationException.
    """
    check_key(table, read["Key"])
    shelf = shelf_of(account, table)
    stored = shelf.find(read["Key"])
    consistent = bool(read.get("ConsistentRead"))
    units = read_units(stored.size if stored else 0, consistent=consistent)
    item = shelf.run("GetItem", read).get("Item")
    if item is not None and "AttributesToGet" in read:
        item = {name: item[name] for name in read["AttributesToGet"] if name in item}
    return item, units


def put_item(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer PutItem."""
    read = read_request(request)
    _check_returned(read)
    table = ready_table(account, read["TableName"])
    check_item(table, read["Item"])
    key = {name: read["Item"][name] for name in key_names(table)}
    return _told(read, write(account, table, "PutItem", read, key))


def delete_item(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer DeleteItem."""
    read = read_request(request)
    _check_returned(read)
    table = ready_table(account, read["TableName"])
    check_key(table, read["Key"])
    return _told(read, write(account, table, "DeleteItem", read, read["Key"]))


def update_item(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer UpdateItem."""
    read = read_request(request)
    table = ready_table(account, read["TableName"])
    check_key(table, read["Key"])
    return _told(read, write(account, table, "UpdateItem", read, read["Key"]))


def _check_returned(read: Mapping[str, Any]) -> None:
    if read.get("ReturnValues", "NONE") not in {"NONE", "ALL_OLD"}:
        raise refuse("Return values set to invalid value")


def _told(read: Mapping[str, Any], done: Write) -> dict[str, Any]:
    match read.get("ReturnValues", "NONE"):
        case "NONE":
            attributes: Mapping[str, Any] = {}
        case "ALL_OLD":
            attributes = done.before.attributes if done.before else {}
        case "ALL_NEW":
            attributes = done.after.attributes if done.after else {}
        case _:
            attributes = done.updated
    told = {"Attributes": attributes} if attributes else {}
    return told | consumed(read, {done.table.name: done.units})
