"""Provisioned throughput, and the caps of indexes: their rules and their changes.

Sources: API reference, UpdateTable; developer guide, "Service quotas"; texts as
measured on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .combination import index_updates
from .definitions import capacity_of
from .describing import day_of
from .quotas import check_capacity, check_reserve
from .refusals import invalid, unchanged_throughput
from .tables import Index, Job
from .warmth import capped, given

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .account import Account
    from .tables import Table


def check_throughput(
    account: Account, table: Table, request: Mapping[str, Any]
) -> None:
    """Refuse throughput that the table cannot take, already has, or may not give up."""
    if (request.get("BillingMode") or table.billing_mode) == "PAY_PER_REQUEST":
        _check_on_demand(request)
        return
    changes = list(_asked(table, request))
    for holder, units in changes:
        name = holder.name if isinstance(holder, Index) else None
        check_capacity(account, units, index=name)
        check_reserve(account, units, (holder.read, holder.write))
    # A switch sets all throughput anew: what it was before does not matter.
    if table.billing_mode == "PROVISIONED":
        _check_changes(account, table, request, changes)


def _check_changes(
    account: Account,
    table: Table,
    request: Mapping[str, Any],
    changes: list[tuple[Table | Index, tuple[int, int]]],
) -> None:
    for action, members in index_updates(request):
        if action == "Update" and not _changes_anything(members):
            problem = "Both ReadCapacityUnits and WriteCapacityUnits must be specified"
            raise invalid(f"{problem} for index: {members['IndexName']}")
    for holder, units in changes:
        if units == (holder.read, holder.write):
            what = f"index {holder.name}" if isinstance(holder, Index) else "table"
            raise unchanged_throughput(what, holder.read, holder.write)
    day = day_of(table, account.now)
    for holder, units in changes:
        if _is_less(holder, units):
            holder.decreases.check(day, account.now)


def start_throughput(
    account: Account, table: Table, request: Mapping[str, Any]
) -> None:
    """Start the changes of throughput and of index caps that a request asks for."""
    durations = account.durations
    for holder, units in _asked(table, request):
        if isinstance(holder, Index):
            seconds, kind, name = durations.index_update, "index-update", holder.name
        else:
            seconds, kind, name = durations.table_update, "throughput", None
        if table.replicas:
            seconds = max(seconds, durations.replica_update)
        _count(account, table, holder, units)
        finish = _setting(holder, units)
        table.start(Job(kind, account.now + seconds, index=name, finish=finish))
    for action, members in index_updates(request):
        caps = given(members, "OnDemandThroughput")
        if action == "Update" and caps:
            _start_caps(account, table, table.indexes[members["IndexName"]], caps)


def _check_on_demand(request: Mapping[str, Any]) -> None:
    if request.get("ProvisionedThroughput") is not None:
        problem = "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified"
        raise invalid(f"{problem} when BillingMode is PAY_PER_REQUEST")
    for action, members in index_updates(request):
        fits = given(members, "OnDemandThroughput") or given(members, "WarmThroughput")
        has = members.get("ProvisionedThroughput") is not None
        if action == "Update" and (has or not fits):
            problem = f"The only Updates for index: {members['IndexName']} when"
            problem += " TableThroughputMode is PAY_PER_REQUEST can be to"
            raise invalid(f"{problem} OnDemandThroughput, WarmThroughput")


def _asked(
    table: Table, request: Mapping[str, Any]
) -> Iterator[tuple[Table | Index, tuple[int, int]]]:
    """Yield whose throughput is to change, and what it is to be."""
    if request.get("ProvisionedThroughput") is not None:
        yield table, capacity_of(request)
    for action, members in index_updates(request):
        if action == "Update" and members.get("ProvisionedThroughput") is not None:
            yield table.indexes[members["IndexName"]], capacity_of(members)


def _changes_anything(members: Mapping[str, Any]) -> bool:
    if members.get("ProvisionedThroughput") is not None:
        return True
    names = ("OnDemandThroughput", "WarmThroughput")
    return any(given(members, name) for name in names)


def _is_less(holder: Table | Index, units: tuple[int, int]) -> bool:
    return units[0] < holder.read or units[1] < holder.write


def _count(
    account: Account, table: Table, holder: Table | Index, units: tuple[int, int]
) -> None:
    if _is_less(holder, units):
        day = day_of(table, account.now)
        holder.decreases.add(day, account.now, account.moment())
    if units[0] > holder.read or units[1] > holder.write:
        holder.increased = account.moment()


def _setting(holder: Table | Index, units: tuple[int, int]) -> Any:
    def finish(_ended: float) -> None:
        holder.read, holder.write = units

    return finish


def _start_caps(
    account: Account, table: Table, index: Index, caps: dict[str, int]
) -> None:
    def finish(_ended: float) -> None:
        index.on_demand = capped(index.on_demand, caps)

    ends = account.now + account.durations.index_on_demand
    table.start(Job("index-update", ends, index=index.name, finish=finish))
