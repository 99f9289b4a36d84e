"""Rules of provisioned and warm throughput, of a table or one of its indexes.

Sources: developer guide, "Service, account, and table quotas", for the most of an
account and for decreases (four on a UTC day, and then one an hour), and "Understanding
DynamoDB warm throughput".
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from ...errors import QuotaError
from .shapes import MOST_UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ...changes import Caps, Units
    from ...states import IndexState, TableState
    from ...states._parts import WarmThroughput

_MOST_OF_ACCOUNT = 80_000
_FREE_DECREASES = 4
_HOUR = timedelta(hours=1)


def holder_of(state: TableState, index: str | None) -> TableState | IndexState | None:
    """Return the table, or one of its indexes; None where there is no such index."""
    return state if index is None else state.indexes.get(index)


def named(index: str | None) -> str:
    """Return how messages call the table, or one of its indexes."""
    return "the table" if index is None else f"index {index}"


def live_units(state: TableState, index: str | None) -> Units:
    """Return the capacity units of a table or an index; zeros where it has none."""
    holder = holder_of(state, index)
    live = None if holder is None else holder.throughput
    return (0, 0) if live is None else (live.read, live.write)


def live_warmth(state: TableState, index: str | None) -> WarmThroughput | None:
    """Return what a table or an index is ready for; None where that is not known."""
    holder = holder_of(state, index)
    return None if holder is None else holder.warm_throughput


def total_problems(state: TableState, wanted: Mapping[str | None, Units]) -> list[str]:
    """Refuse more capacity in one table than the whole account may have.

    Args:
        state: the table.
        wanted: the new units of the table (None) and of indexes, by name.
    """
    live = {index: live_units(state, index) for index in (None, *state.indexes)}
    after = {**live, **wanted}
    return [
        f"ProvisionedThroughput: the table and its indexes together would have "
        f"{total:,} {kind}CapacityUnits, and {_MOST_OF_ACCOUNT:,} is the quota of an "
        "account; Service Quotas can raise the limit"
        for position, kind in enumerate(("Read", "Write"))
        if (total := _sum(after.values(), position)) > _MOST_OF_ACCOUNT
        and total > _sum(live.values(), position)
    ]


def _sum(units: Iterable[Units], position: int) -> int:
    return sum(each[position] for each in units)


def warmth_problems(
    state: TableState, index: str | None, wanted: Caps | None
) -> list[str]:
    """Refuse a warm throughput that no table or index can have.

    Less than there is no problem: it is warmer already, and stays so.
    """
    live = live_warmth(state, index)
    now = (0, 0) if live is None else (live.read or 0, live.write or 0)
    where = "" if index is None else f"index {index}: "
    problems: list[str] = []
    for kind, units, least in zip(
        ("Read", "Write"), wanted or (None, None), now, strict=True
    ):
        what = f"{where}WarmThroughput: {kind}UnitsPerSecond"
        if units is not None and units < 1:
            problems.append(f"{what} is 1 or more, not {units:,}")
        elif units is not None and units > max(MOST_UNITS, least):
            bound = f"at most {MOST_UNITS:,}, not {units:,}"
            problems.append(f"{what} is {bound}; Service Quotas can raise the limit")
    return problems


def raised(units: Caps, live: WarmThroughput | None, floor: Units = (0, 0)) -> Caps:
    """Return those of the units that are more than there is: warmth only grows.

    Args:
        units: what is asked for.
        live: what there is; None: not known.
        floor: what there is at least once the steps before have been done: as much as
            is provisioned, or what any table on demand has.
    """
    now = (0, 0) if live is None else (live.read or 0, live.write or 0)
    least = (max(now[0], floor[0]), max(now[1], floor[1]))
    read, write = (
        None if wanted is None or wanted <= bound else wanted
        for wanted, bound in zip(units, least, strict=True)
    )
    # Nothing is left to be sent then; what the step would send is told all the same.
    return units if (read, write) == (None, None) else (read, write)


def next_decrease(state: TableState, index: str | None) -> datetime | None:
    """Return when throughput may go down again; None where it may now, as it seems."""
    holder = holder_of(state, index)
    live = None if holder is None else holder.throughput
    if live is None or live.decreases_today < _FREE_DECREASES:
        return None
    if live.decreased_at is None:
        return None
    last = live.decreased_at.astimezone(UTC)
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    return min(last + _HOUR, midnight + timedelta(days=1))


def decrease_error(
    state: TableState, index: str | None, units: Units, moment: datetime | None
) -> QuotaError | None:
    """Return why throughput cannot be lowered now; None where it can.

    Args:
        state: the table.
        index: whose throughput; None: the table's.
        units: what it shall be.
        moment: the time of planning; None: nothing is refused.
    """
    read, write = live_units(state, index)
    again = next_decrease(state, index)
    if moment is None or again is None or again <= moment:
        return None
    if units[0] >= read and units[1] >= write:
        return None
    problem = (
        f"ProvisionedThroughput: {named(index)} was lowered {_FREE_DECREASES} times or "
        "more today, and after that it may be lowered once an hour"
    )
    return QuotaError(problem, table=state.name, not_before=again)
