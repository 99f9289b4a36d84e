"""UpdateTable: the values it may carry, and what an admitted one sets under way.

A change shows its old value until it is over: DynamoDB's own responses do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .combination import index_updates
from .creation import (
    MAX_INDEXES,
    build_index,
    capacity_of,
    check_index_capacity,
    key_of,
    stream_label,
)
from .refusals import ServiceFault, invalid, refuse, unchanged_throughput
from .tables import Index, Job, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from .durations import Durations


def check_values(table: Table, request: Mapping[str, Any]) -> None:
    """Refuse values that the table cannot take, or already has."""
    _check_capacity(table, request)
    for action, members in index_updates(request):
        if action == "Create":
            _check_new_index(table, request, members)
    stream = request.get("StreamSpecification")
    if stream is not None and stream["StreamEnabled"] == (table.stream is not None):
        if table.stream is not None:
            message = f"Table already has an enabled stream: TableName: {table.name}"
        else:
            message = f"Table has no stream to disable: TableName: {table.name}"
        raise refuse(message)
    encryption = request.get("SSESpecification")
    if encryption is not None:
        _check_new_key(table, encryption)


def set_under_way(
    table: Table,
    request: Mapping[str, Any],
    *,
    now: float,
    moment: datetime,
    durations: Durations,
    at: Callable[[float], datetime],
) -> None:
    """Start what an admitted UpdateTable asks for.

    Args:
        table: the table, which changes.
        request: an admitted request with checked values.
        now: the time, in seconds.
        moment: the same, as a date.
        durations: how long things take.
        at: turns a time in seconds into a date.
    """
    mode = request.get("BillingMode")
    if mode is not None and mode != table.billing_mode:
        _switch_billing(table, request, now, durations, at)
    else:
        _change_throughput(table, request, now, durations)
    for action, members in index_updates(request):
        if action == "Create":
            _create_index(table, request, members, now, durations)
        elif action == "Delete":
            _delete_index(table, members["IndexName"], now, durations)
    if request.get("StreamSpecification") is not None:
        _change_stream(table, request["StreamSpecification"], now, moment, durations)
    if request.get("SSESpecification") is not None:
        encryption = request["SSESpecification"]
        enabled = encryption.get("Enabled")
        table.encryption_key = key_of(encryption, table.arn) if enabled else None
        table.start(Job("encryption", now + durations.encryption))
    if request.get("TableClass") not in (None, table.table_class or "STANDARD"):
        _change_class(table, request["TableClass"], now, durations)
    if request.get("DeletionProtectionEnabled") is not None:
        table.protected = request["DeletionProtectionEnabled"]


def _check_capacity(table: Table, request: Mapping[str, Any]) -> None:
    mode = request.get("BillingMode") or table.billing_mode
    updates = {
        members["IndexName"]: members
        for action, members in index_updates(request)
        if action == "Update"
    }
    given = request.get("ProvisionedThroughput") is not None
    if mode == "PAY_PER_REQUEST":
        if given:
            problem = "Neither ReadCapacityUnits nor WriteCapacityUnits can be"
            problem += " specified when BillingMode is PAY_PER_REQUEST"
            raise invalid(problem)
        for name in updates:
            problem = f"The only Updates for index: {name} when TableThroughputMode is"
            problem += " PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput"
            raise invalid(problem)
    elif table.billing_mode == "PAY_PER_REQUEST":
        if not given:
            problem = "ProvisionedThroughput must be specified when BillingMode is"
            raise invalid(f"{problem} PROVISIONED")
        for name in table.indexes:
            if updates.get(name, {}).get("ProvisionedThroughput") is None:
                problem = f"ProvisionedThroughput must be specified for index: {name}"
                raise invalid(problem)
    else:
        if given and capacity_of(request) == (table.read, table.write):
            raise unchanged_throughput("table", table.read, table.write)
        for name, members in updates.items():
            _check_index_change(table.indexes[name], members)


def _check_index_change(index: Index, members: Mapping[str, Any]) -> None:
    if members.get("ProvisionedThroughput") is None:
        problem = "Both ReadCapacityUnits and WriteCapacityUnits must be specified for"
        raise invalid(f"{problem} index: {index.name}")
    if capacity_of(members) == (index.read, index.write):
        raise unchanged_throughput(f"index {index.name}", index.read, index.write)


def _check_new_index(
    table: Table, request: Mapping[str, Any], index: Mapping[str, Any]
) -> None:
    if index["IndexName"] in table.indexes:
        message = "Attempting to create an index which already exists"
        raise refuse(message)
    if len(table.indexes) >= MAX_INDEXES:
        raise ServiceFault(
            "LimitExceededException",
            "Subscriber limit exceeded: Number of global secondary indexes exceeds "
            f"per-table limit of {MAX_INDEXES}",
        )
    # The keys of the new index must be in this very request, even where the table
    # knows them already: measured on AWS.
    defined = {item["AttributeName"] for item in _definitions(request)}
    if not {key["AttributeName"] for key in index["KeySchema"]} <= defined:
        problem = "AttributeDefinitions is not specified for index:"
        raise invalid(f"{problem} {index['IndexName']}")
    mode = request.get("BillingMode") or table.billing_mode
    check_index_capacity(index, on_demand=mode == "PAY_PER_REQUEST", absent="must be")


def _check_new_key(table: Table, encryption: Mapping[str, Any]) -> None:
    if not encryption.get("Enabled") and table.encryption_key is None:
        problem = "Table is already encrypted by default"
        raise invalid(problem)
    if encryption.get("Enabled") and table.encryption_key == key_of(
        encryption, table.arn
    ):
        problem = "Table is already encrypted with given KMSMasterKeyId. Use"
        problem += " KMSMasterKeyId parameter if you want to change Master Key"
        raise invalid(problem)


def _switch_billing(
    table: Table,
    request: Mapping[str, Any],
    now: float,
    durations: Durations,
    at: Callable[[float], datetime],
) -> None:
    mode = request["BillingMode"]
    capacities = {
        members["IndexName"]: capacity_of(members)
        for action, members in index_updates(request)
        if action == "Update"
    }

    def finish(ended: float) -> None:
        table.billing_mode = mode
        table.read, table.write = capacity_of(request)
        if mode == "PAY_PER_REQUEST":
            table.on_demand_since = at(ended)
        for index in table.indexes.values():
            if mode == "PAY_PER_REQUEST" or index.name in capacities:
                index.read, index.write = capacities.get(index.name, (0, 0))

    if mode == "PROVISIONED":
        seconds = durations.to_provisioned
    elif table.on_demand_since is None:
        seconds = durations.to_on_demand
    else:
        seconds = durations.to_on_demand_again
    for name in table.indexes:
        if not table.under_way("index-update", index=name):
            ends = now + min(seconds, durations.index_switch)
            table.start(Job("index-update", ends, index=name))
    table.start(Job("billing", now + seconds, finish=finish))


def _change_throughput(
    table: Table, request: Mapping[str, Any], now: float, durations: Durations
) -> None:
    if request.get("ProvisionedThroughput") is not None:

        def finish(_ended: float) -> None:
            table.read, table.write = capacity_of(request)

        ends = now + durations.table_update
        table.start(Job("throughput", ends, finish=finish))
    for action, members in index_updates(request):
        if action == "Update":
            _change_index(table, members, now, durations)


def _change_index(
    table: Table, members: Mapping[str, Any], now: float, durations: Durations
) -> None:
    index = table.indexes[members["IndexName"]]

    def finish(_ended: float) -> None:
        index.read, index.write = capacity_of(members)

    ends = now + durations.index_update
    table.start(Job("index-update", ends, index=index.name, finish=finish))


def _create_index(
    table: Table,
    request: Mapping[str, Any],
    members: Mapping[str, Any],
    now: float,
    durations: Durations,
) -> None:
    index = build_index(members)
    keys = {key["AttributeName"] for key in index.key_schema}
    table.indexes[index.name] = index
    # A type that the table knows already stays, whatever the request says, and what
    # no key needs is left out: measured on AWS.
    for item in _definitions(request):
        if item["AttributeName"] in keys:
            table.attribute_types.setdefault(
                item["AttributeName"], item["AttributeType"]
            )

    def backfill(ended: float) -> None:
        ends = ended + durations.index_backfill
        table.start(Job("backfill", ends, index=index.name))

    ends = now + durations.index_allocation
    table.start(Job("allocate", ends, index=index.name, finish=backfill))


def _delete_index(table: Table, name: str, now: float, durations: Durations) -> None:
    table.drop(*(job for job in table.jobs if job.index == name))

    def finish(_ended: float) -> None:
        del table.indexes[name]
        table.prune_attributes()

    ends = now + durations.index_delete
    table.start(Job("index-delete", ends, index=name, finish=finish))


def _change_stream(
    table: Table,
    stream: Mapping[str, Any],
    now: float,
    moment: datetime,
    durations: Durations,
) -> None:
    if stream["StreamEnabled"]:
        table.stream = dict(stream)
        table.stream_label = stream_label(moment)
        detail = "ENABLE"
    else:
        table.stream = None
        detail = "DISABLE"
    table.start(Job("stream", now + durations.stream, detail=detail))


def _change_class(table: Table, wanted: str, now: float, durations: Durations) -> None:
    def finish(_ended: float) -> None:
        table.table_class = wanted

    ends = now + durations.table_class
    table.start(Job("class", ends, detail=wanted, finish=finish))


def _definitions(request: Mapping[str, Any]) -> list[Mapping[str, str]]:
    return list(request.get("AttributeDefinitions") or ())
