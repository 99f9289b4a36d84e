"""The operations on tables: what answers Create, Describe, Update and Delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .account import copied
from .admission import admit_delete, admit_update, refuse_unless_still
from .changes import check_members, check_values, set_under_way
from .combination import check_combination
from .creation import build_table, check_create
from .definitions import capacity_of
from .operation import Operation
from .quotas import admit_operation, admit_table, check_reserve
from .refusals import (
    ServiceFault,
    being_created,
    in_use,
    in_use_by_replicas,
    no_table,
    table_exists,
)
from .replica_rules import check_last_day
from .requests import REQUESTS
from .sightings import is_restoring, note_active
from .tables import Job, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .account import Account

_PAGE = 100
# What DeleteTable's response says of the table: the example in the API reference.
_DELETED = (
    "TableName",
    "TableStatus",
    "ProvisionedThroughput",
    "TableSizeBytes",
    "ItemCount",
    "TableArn",
    "TableId",
    "DeletionProtectionEnabled",
)


def create(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer CreateTable."""
    check_create(account, request)
    present = account.find(request["TableName"])
    if present is not None:
        name = present.name
        if is_restoring(present):
            raise in_use(f"Table is being used: {name}")
        creating = present.status == "CREATING"
        raise being_created(name) if creating else table_exists(name)
    admit_table(account)
    indexes = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes", "VectorIndexes")
    admit_operation(account, indexed=any(request.get(name) for name in indexes))
    check_reserve(account, capacity_of(request))
    table = open_table(account, request)
    return {"TableDescription": account.recorded(table)}


def open_table(
    account: Account,
    request: Mapping[str, Any],
    *,
    seconds: float | None = None,
    extra: Mapping[str, Any] | None = None,
    finish: Callable[[Table, float], None] | None = None,
) -> Table:
    """Make a table that is CREATING, as CreateTable, a restore or an import does.

    With ``arrange("table", Ending("VANISHED"))`` it is gone at the end, as a table that
    is born with a dying key.

    Args:
        account: where.
        request: a checked CreateTable; nobody has a table of that name.
        seconds: how long it is CREATING; as long as any where None.
        extra: members that its description has besides its own.
        finish: what changes when it is ACTIVE; takes the table and the time.

    Returns:
        The table, which the caller has yet to record.
    """
    table = build_table(account, copied(request))
    table.extra.update(extra or {})
    durations = account.durations
    if seconds is None:
        indexed = bool(table.indexes)
        seconds = (
            durations.table_create_with_indexes if indexed else durations.table_create
        )
    for hook in account.hooks.created:
        hook(account, table, request)

    vanishes = account.ending_of("table", table.name) is not None
    if vanishes:
        seconds = durations.dying_key

    def done(ended: float) -> None:
        if vanishes:
            account.remove(table, ended)
            return
        note_active(table, ended)
        if finish is not None:
            finish(table, ended)

    table.start(Job("create", account.now + seconds, finish=done))
    account.add(table)
    return table


def update(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer UpdateTable."""
    check_combination(request, account.region)
    table = account.existing(request["TableName"])
    if is_restoring(table):
        raise no_table(table.name)
    try:
        check_members(account, table, request)
        admit_update(table, request)
        check_values(account, table, request)
    except ServiceFault as fault:
        raise _as_global(table, fault) from None
    admit_operation(account)
    before = table.describe(account.now)
    set_under_way(account, table, copied(request))
    after = account.recorded(table)
    if request.get("SSESpecification") is not None:
        return {"TableDescription": copied(before)}
    if request.get("DeletionProtectionEnabled") is None:
        # The response to what changes nothing says UPDATING: measured on AWS.
        noop = before == after
        after["TableStatus"] = "UPDATING" if noop else after["TableStatus"]
    return {"TableDescription": after}


def delete(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer DeleteTable."""
    table = account.existing(request["TableName"])
    try:
        admit_delete(table)
        check_last_day(account, table)
        refuse_unless_still(table)
    except ServiceFault as fault:
        raise _as_global(table, fault) from None
    admit_operation(account)

    def finish(ended: float) -> None:
        account.remove(table, ended)

    for hook in account.hooks.deleted:
        hook(account, table)
    ends = account.now + account.durations.table_delete
    table.start(Job("delete", ends, finish=finish))
    description = account.recorded(table)
    return {"TableDescription": {name: description[name] for name in _DELETED}}


def _as_global(table: Table, fault: ServiceFault) -> ServiceFault:
    """Return how a table with replicas says it: without a word on what is in use."""
    if table.replicas and fault.code == "ResourceInUseException":
        return in_use_by_replicas()
    return fault


def describe(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer DescribeTable."""
    name = account.name_of(request["TableName"])
    if name not in account.tables:
        for plane in account.peers.values():
            view = plane.view_from(name, account.region)
            if view is not None:
                return {"Table": view}
    return {"Table": account.described(name)}


def list_tables(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer ListTables."""
    after = request.get("ExclusiveStartTableName") or ""
    limit = request.get("Limit") or _PAGE
    names = [table.name for table in account.present() if table.name > after]
    response: dict[str, Any] = {"TableNames": names[:limit]}
    if len(names) > limit:
        response["LastEvaluatedTableName"] = names[limit - 1]
    return response


OPERATIONS: Mapping[str, Operation] = {
    "CreateTable": Operation(REQUESTS["CreateTable"], create, "mutation"),
    "DescribeTable": Operation(REQUESTS["DescribeTable"], describe, "read"),
    "UpdateTable": Operation(REQUESTS["UpdateTable"], update, "mutation"),
    "DeleteTable": Operation(REQUESTS["DeleteTable"], delete, "mutation"),
    "ListTables": Operation(REQUESTS["ListTables"], list_tables, "read"),
}
