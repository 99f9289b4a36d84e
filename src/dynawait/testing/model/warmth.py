"""Warm throughput and on-demand throughput: what a table is ready for, and its caps.

Sources: developer guide, "Understanding DynamoDB warm throughput"; API reference,
OnDemandThroughput; texts, times and statuses as measured on AWS. An index takes the
rules of its table, with its name in the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .jobs import Job
from .refusals import invalid, limit_exceeded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .account import Account
    from .tables import Index, Table

_MOST = 40_000
_CLEARED = -1
_WARM = ("ReadUnitsPerSecond", "WriteUnitsPerSecond")
_CAPS = ("MaxReadRequestUnits", "MaxWriteRequestUnits")


@dataclass(frozen=True, slots=True)
class Units:
    """Units for reading and for writing."""

    read: int
    write: int


INITIAL = Units(12_000, 4_000)


def warm_of(table: Table, index: Index | None = None) -> Units:
    """Return the warm throughput that a table or an index has now."""
    holder = table if index is None else index
    if table.billing_mode == "PAY_PER_REQUEST":
        least = INITIAL
    else:
        least = Units(max(holder.read, 1), max(holder.write, 1))
    warm = holder.warm or least
    return Units(max(warm.read, least.read), max(warm.write, least.write))


def check_new_warmth(
    warm: Mapping[str, int] | None,
    capacity: tuple[int, int],
    *,
    on_demand: bool,
    index: str | None = None,
) -> None:
    """Refuse a warm throughput below what a new table or index starts with.

    Args:
        warm: the member of the request.
        capacity: the provisioned read and write units.
        on_demand: whether the table will be PAY_PER_REQUEST.
        index: the index's name; None for the table.
    """
    bounds = (INITIAL.read, INITIAL.write) if on_demand else capacity
    for member, bound in zip(_WARM, bounds, strict=True):
        wanted = (warm or {}).get(member)
        if wanted is None or wanted >= bound:
            continue
        what = f"Requested {member} for WarmThroughput for {_of(index)} is lower than"
        if on_demand:
            page = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
            where = (
                f"{page}/on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
            )
            raise invalid(f"{what} initial throughput for OnDemand. See: {where}")
        units = member.removesuffix("UnitsPerSecond") + "CapacityUnits"
        raise invalid(f"{what} {units} of ProvisionedThroughput")


def check_warmth(
    account: Account, table: Table, warm: Mapping[str, int], index: Index | None = None
) -> None:
    """Refuse a warm throughput that is lower than the current one, or too high."""
    current = warm_of(table, index)
    where = _of(None if index is None else index.name)
    for member, units in zip(_WARM, (current.read, current.write), strict=True):
        wanted = warm.get(member)
        if wanted is None:
            continue
        what = f"Requested {member} for WarmThroughput for {where}"
        if wanted < units:
            problem = "is lower than current WarmThroughput, decreasing WarmThroughput"
            raise invalid(f"{what} {problem} is not supported")
        if wanted > max(_MOST, units):
            raise limit_exceeded(_too_much(account, what, member))


def start_warming(
    account: Account, table: Table, warm: Mapping[str, int], index: Index | None = None
) -> None:
    """Warm a table or an index up; what was asked for shows at the end.

    What is warm already says UPDATING all the same, for two seconds.
    """
    current = warm_of(table, index)
    wanted = Units(
        warm.get("ReadUnitsPerSecond", current.read),
        warm.get("WriteUnitsPerSecond", current.write),
    )
    holder = table if index is None else index

    def finish(_ended: float) -> None:
        now = warm_of(table, index)
        holder.warm = Units(max(now.read, wanted.read), max(now.write, wanted.write))

    durations = account.durations
    seconds = durations.warm_unchanged if wanted == current else durations.warm
    name = None if index is None else index.name
    ends = account.now + seconds
    table.start(Job("warm", ends, index=name, finish=finish, aside=True))


def check_caps(
    account: Account,
    caps: Mapping[str, int] | None,
    *,
    on_demand: bool,
    index: str | None = None,
    clears: bool = False,
) -> None:
    """Refuse caps of on-demand throughput that cannot be.

    Args:
        account: where.
        caps: the member of the request.
        on_demand: whether the table is, or will be, PAY_PER_REQUEST.
        index: the index's name; None for the table.
        clears: whether -1 takes a cap away.
    """
    for member in _CAPS:
        wanted = (caps or {}).get(member)
        if wanted is None:
            continue
        named = "" if index is None else f"for index : {index} "
        if not on_demand:
            problem = f"{member} for OnDemandThroughput {named}cannot be specified when"
            raise invalid(f"{problem} the table BillingMode is PROVISIONED")
        where = "table" if index is None else f"index : {index}"
        what = f"Requested {member} for OnDemandThroughput for {where}"
        if wanted < 1 and not (clears and wanted == _CLEARED):
            raise invalid(f"{what} is outside of valid range")
        if wanted > _MOST:
            raise limit_exceeded(_too_much(account, what, member))


def capped(
    present: Mapping[str, int] | None, caps: Mapping[str, int]
) -> dict[str, int] | None:
    """Return the caps after a change; None where nothing is capped any more."""
    merged = {**(present or {}), **{name: caps[name] for name in _CAPS if name in caps}}
    if all(units == _CLEARED for units in merged.values()):
        return None
    return merged


def given(members: Mapping[str, Any], name: str) -> dict[str, int]:
    """Return a structure of the request without its nulls; empty where it is absent."""
    units: Mapping[str, int | None] = members.get(name) or {}
    return {member: value for member, value in units.items() if value is not None}


def _of(index: str | None) -> str:
    return "table" if index is None else f"index {index}"


def _too_much(account: Account, what: str, member: str) -> str:
    kind = "Read" if "Read" in member else "Write"
    return (
        f"{what} exceeds TableMax{kind}CapacityUnits of the account in region "
        f"{account.region}"
    )
