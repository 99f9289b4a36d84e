"""Indexes that are created on, and deleted from, a table that is in use.

Sources: developer guide, "Managing global secondary indexes in DynamoDB" and "Working
with vector indexes"; texts and times as measured on AWS.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .combination import index_updates
from .definitions import build_index, capacity_of, check_index_capacity
from .quotas import check_capacity
from .refusals import invalid, limit_exceeded, refuse
from .tables import Job
from .vectors import build_vector, check_vectors, vector_updates
from .warmth import check_caps, check_new_warmth, given

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .account import Account
    from .tables import Table


def check_new_index(
    account: Account,
    table: Table,
    request: Mapping[str, Any],
    index: Mapping[str, Any],
) -> None:
    """Refuse an index that the table cannot get, or already has."""
    name = index["IndexName"]
    _check_name(table, name)
    most = account.limits.indexes
    if len(table.indexes) >= most:
        problem = "Number of global secondary indexes exceeds per-table limit of"
        raise limit_exceeded(f"{problem} {most}")
    # The keys of the new index must be in this very request, even where the table
    # knows them already: measured on AWS.
    defined = {item["AttributeName"] for item in _definitions(request)}
    if not {key["AttributeName"] for key in index["KeySchema"]} <= defined:
        problem = "AttributeDefinitions is not specified for index:"
        raise invalid(f"{problem} {name}")
    _check_vector_keys(table, request, index)
    mode = request.get("BillingMode") or table.billing_mode
    on_demand = mode == "PAY_PER_REQUEST"
    check_index_capacity(index, on_demand=on_demand, absent="must be")
    capacity = capacity_of(index)
    check_capacity(account, capacity, index=name)
    caps, warm = given(index, "OnDemandThroughput"), given(index, "WarmThroughput")
    check_caps(account, caps, on_demand=on_demand, index=name)
    check_new_warmth(warm, capacity, on_demand=on_demand, index=name)


def check_new_vector(
    account: Account,
    table: Table,
    request: Mapping[str, Any],
    index: Mapping[str, Any],
) -> None:
    """Refuse a vector index that the table cannot get, or already has."""
    _check_name(table, index["IndexName"])
    check_vectors(
        [index],
        [vector.definition for vector in table.vectors.values()],
        declared=[item["AttributeName"] for item in _definitions(request)],
        on_demand=table.billing_mode == "PAY_PER_REQUEST",
        most=account.limits.vector_indexes,
    )


def start_online_changes(
    account: Account, table: Table, request: Mapping[str, Any]
) -> None:
    """Start the creation or deletion of an index, if the request asks for one."""
    durations = account.durations
    for action, members in index_updates(request):
        if action == "Create":
            index = build_index(members)
            table.indexes[index.name] = index
            _define(table, request, (key["AttributeName"] for key in index.key_schema))
            allocation, backfill = durations.index_allocation, durations.index_backfill
            _build(account, table, index.name, allocation, backfill)
        elif action == "Delete":
            _delete(account, table, members["IndexName"])
    for action, members in vector_updates(request):
        if action == "Create":
            vector = build_vector(members)
            table.vectors[vector.name] = vector
            schema = vector.definition.get("SearchSchema") or ()
            _define(table, request, (item["AttributeName"] for item in schema))
            allocation, backfill = (
                durations.vector_allocation,
                durations.vector_backfill,
            )
            _build(account, table, vector.name, allocation, backfill)
        else:
            _delete(account, table, members["IndexName"])


def _build(
    account: Account, table: Table, name: str, allocation: float, backfill: float
) -> None:
    """Start both phases of an index: the second takes as long as there are items.

    With ``arrange("index", Ending("STUCK"))`` the second never ends.
    """
    stuck = account.ending_of("index", name) is not None

    def fill(ended: float) -> None:
        seconds = backfill + table.items * account.durations.backfill_per_item
        ends = math.inf if stuck else ended + seconds
        table.start(Job("backfill", ends, index=name, finish=follow))

    def follow(ended: float) -> None:
        if table.replicas:
            # The other Regions may still build it, and nothing here tells so: as
            # measured on AWS.
            ends = ended + account.durations.replica_index
            table.start(Job("replica-index", ends, detail=name))

    ends = account.now + allocation
    table.start(Job("allocate", ends, index=name, finish=fill))


def _delete(account: Account, table: Table, name: str) -> None:
    table.drop(*(job for job in table.jobs if job.index == name))

    def finish(_ended: float) -> None:
        table.indexes.pop(name, None)
        table.vectors.pop(name, None)
        table.prune_attributes()

    ends = account.now + account.durations.index_delete
    table.start(Job("index-delete", ends, index=name, finish=finish))


def _define(table: Table, request: Mapping[str, Any], names: Iterable[str]) -> None:
    """Take over the types of a new index's keys.

    A type that the table knows already stays, whatever the request says, and what no
    key needs is left out: measured on AWS.
    """
    needed = set(names)
    for item in _definitions(request):
        if item["AttributeName"] in needed:
            name, kind = item["AttributeName"], item["AttributeType"]
            table.attribute_types.setdefault(name, kind)


def _check_name(table: Table, name: str) -> None:
    local = {index["IndexName"] for index in table.local_indexes}
    if name in table.indexes or name in table.vectors or name in local:
        message = "Attempting to create an index which already exists"
        raise refuse(message)


def _check_vector_keys(
    table: Table, request: Mapping[str, Any], index: Mapping[str, Any]
) -> None:
    """Refuse a key that a vector index uses as its vector."""
    sizes = {
        vector.definition["VectorAttribute"]["AttributeName"]: vector.definition[
            "Dimensions"
        ]
        for vector in table.vectors.values()
    }
    kinds = {d["AttributeName"]: d["AttributeType"] for d in _definitions(request)}
    for key in index["KeySchema"]:
        name = key["AttributeName"]
        if name not in sizes:
            continue
        old = f"VectorIndexSchema:[VectorAttribute: key{{{name}:L:{sizes[name]}}}]"
        new = f"Schema:[SchemaElement: key{{{name}:{kinds[name]}:{key['KeyType']}}}]"
        problem = "Attributes cannot be redefined. Please check that your attribute has"
        problem += " the same type as previously defined. Existing schema:"
        raise invalid(f"{problem} {old} New schema: {new}")


def _definitions(request: Mapping[str, Any]) -> list[Mapping[str, str]]:
    return list(request.get("AttributeDefinitions") or ())
