"""What the tables themselves say, against what a plan means to do with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ..findings import Finding, Rule, Severity
from ..settings import ON_DEMAND
from .capacity import lowered
from .index_shapes import MOST_INDEXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ....states import TableState
    from ..tables import TableChange

BUSY = Rule(
    "DW501",
    "table-busy",
    Severity.ERROR,
    "The table is not quiet",
    "Something is changing the table right now; DynamoDB refuses other changes with "
    "ResourceInUseException until that is done, and Terraform does not try again.",
    "Wait with `dynawait wait TABLE --for quiet`, then plan and check again.",
)
DIFFERS = Rule(
    "DW502",
    "table-differs",
    Severity.ERROR,
    "The table is not as the plan takes it to be",
    "Somebody has changed it since the plan was made, or the plan is for another "
    "account or Region. What the plan adds may be there; what it drops may be gone.",
    "Make the plan again; import what others have made.",
)
AT_QUOTA = Rule(
    "DW503",
    "index-quota-reached",
    Severity.WARNING,
    "The table has no room for the index",
    f"The quota is {MOST_INDEXES} indexes a table, counting those that Terraform does "
    "not know.",
    "Drop an index that is not read, or have the quota raised and waive this rule.",
)
SPENT = Rule(
    "DW504",
    "decreases-spent",
    Severity.ERROR,
    "Throughput was lowered too often today",
    "A table, and each index, can be lowered 4 times on a UTC day, and then once an "
    "hour; DynamoDB refuses the whole call with LimitExceededException.",
    "Apply it after the time that is named, or leave the capacity as it is.",
)
PROTECTED = Rule(
    "DW505",
    "table-protected",
    Severity.ERROR,
    "The table is protected against deletion, which the plan does not know",
    "DynamoDB refuses DeleteTable while deletion protection is on.",
    "Keep the table, or switch the protection off first.",
)
SWITCHED = Rule(
    "DW506",
    "switched-lately",
    Severity.WARNING,
    "The table was switched to on-demand less than a day ago",
    "At most 4 switches in 24 hours are allowed; how many there were nobody tells.",
    "Apply it a day after the last switch, or be sure that there were less than 4.",
)
RULES = (BUSY, DIFFERS, AT_QUOTA, SPENT, PROTECTED, SWITCHED)

_FREE_DECREASES = 4
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def check(table: TableChange, state: TableState, now: datetime) -> Iterator[Finding]:
    """Yield what is found by one look at a table.

    Args:
        table: what the plan does to it.
        state: the table.
        now: the time of the look, with a time zone.
    """
    resource = table.resource
    if not state.exists:
        if resource is not None and resource.before is not None:
            message = "there is no such table, and the plan changes it"
            yield DIFFERS.finds(table.address, message, table.name)
        return
    if resource is not None and resource.is_created:
        message = "the table exists, and the plan creates it"
        yield DIFFERS.finds(table.address, message, table.name)
        return
    for blocker in state.blockers():
        yield BUSY.finds(table.address, f"it is not quiet: {blocker}", table.name)
    arn = table.before.get("arn")
    if arn and state.arn and arn != state.arn:
        message = f"the plan is for {arn}, and this is {state.arn}"
        yield DIFFERS.finds(table.address, message, table.name)
    yield from _indexes(table, state)
    yield from _quotas(table, state, now)


def _indexes(table: TableChange, state: TableState) -> Iterator[Finding]:
    there = set(state.indexes)
    for change in table.index_changes:
        if change.kind == "create" and change.name in there:
            message = f"index {change.name} is there, and the plan creates it"
            yield DIFFERS.finds(change.address, message, table.name)
        elif change.kind != "create" and change.name not in there:
            message = f"there is no index {change.name}, and the plan drops it"
            yield DIFFERS.finds(change.address, message, table.name)
    there -= {c.name for c in table.index_changes if c.kind != "create"}
    there |= {c.name for c in table.index_changes if c.kind != "delete"}
    # What the plan alone brings over the quota another rule has told.
    told = len(table.indexes) > MOST_INDEXES
    if len(there) > max(MOST_INDEXES, len(state.indexes)) and not told:
        message = f"with what is there it would have {len(there)} indexes"
        yield AT_QUOTA.finds(table.address, message, table.name)


def _quotas(table: TableChange, state: TableState, now: datetime) -> Iterator[Finding]:
    resource = table.resource
    if resource is None:
        return
    goes = resource.is_destroyed or resource.is_replaced
    told = table.before.get("deletion_protection_enabled")
    if goes and state.deletion_protected and not told:
        message = "it is protected against deletion, so DeleteTable will be refused"
        yield PROTECTED.finds(table.address, message, table.name)
    if not table.is_updated:
        return
    for index, what in lowered(table):
        again = _again(state, index, now)
        if again is not None:
            where = "table" if index is None else f"index {index}"
            message = f"{where}: {what}, which is refused before {again:%H:%M} UTC"
            yield SPENT.finds(table.address, message, table.name)
    since = state.on_demand_since
    switches = table.mode(table.before) != table.billing_mode == ON_DEMAND
    if switches and since is not None and now - since < _DAY:
        message = f"it was last switched to on-demand at {since:%Y-%m-%d %H:%M}"
        yield SWITCHED.finds(table.address, message, table.name)


def _again(state: TableState, index: str | None, now: datetime) -> datetime | None:
    """Return from when throughput may be lowered again; None: now."""
    holder = state if index is None else state.indexes.get(index)
    live = None if holder is None else holder.throughput
    if live is None or live.decreases_today < _FREE_DECREASES:
        return None
    if live.decreased_at is None:
        return None
    last = live.decreased_at.astimezone(UTC)
    midnight = (last + _DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    again = min(last + _HOUR, midnight)
    return again if now < again else None
