"""What holds once a step has worked, where public conditions have no word for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...conditions import Condition, Verdict, no_table
from .differences import index_differences

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...changes import Caps, CreateIndex, CreateVectorIndex
    from ...states import IndexState, TableState, VectorIndexState


def all_hold(first: Condition[Any], *others: Condition[Any]) -> Condition[Any]:
    """Return the condition that all of these hold."""
    for other in others:
        first = first & other
    return first


def condition(
    text: str, found: Callable[[TableState], str | None], *token: object
) -> Condition[TableState]:
    """Make a condition from a function that says what is found instead, or None.

    Args:
        text: how it prints.
        found: the function; it must pickle, so be of a module, or partial of one.
        token: what else two equal conditions have in common.
    """
    return Condition(text, partial(_judge, found=found), "leaf", token)


def _judge(state: TableState, *, found: Callable[[TableState], str | None]) -> Verdict:
    if not state.exists:
        return no_table(state)
    other = found(state)
    return Verdict.satisfied() if other is None else Verdict.pending(other)


def index_of(
    state: TableState, change: CreateIndex | CreateVectorIndex
) -> IndexState | VectorIndexState | None:
    """Return the live index of a change's name; None where it is going or gone."""
    vector = hasattr(change, "dimensions")
    index = (state.vector_indexes if vector else state.indexes).get(change.name)
    return None if index is None or index.status == "DELETING" else index


def index_listed(change: CreateIndex | CreateVectorIndex) -> Condition[TableState]:
    """Ask whether this very index is there, whatever its status."""
    text = f"indexes_started({change.name!r})"
    return condition(text, partial(_unlisted, change=change), change)


def _unlisted(
    state: TableState, *, change: CreateIndex | CreateVectorIndex
) -> str | None:
    index = index_of(state, change)
    if index is None:
        return f"index {change.name} does not exist"
    different = index_differences(change, index, state)
    return f"index {change.name}: {'; '.join(different)}" if different else None


def index_backfilling(change: CreateIndex | CreateVectorIndex) -> Condition[TableState]:
    """Ask whether the index is past the allocation of its resources."""
    text = f"indexes_backfilling({change.name!r})"
    return condition(text, partial(_allocating, change=change), change)


def _allocating(
    state: TableState, *, change: CreateIndex | CreateVectorIndex
) -> str | None:
    index = index_of(state, change)
    if index is None:
        return f"index {change.name} does not exist"
    if index.backfilling or index.is_active:
        return None
    phase = f" ({index.phase})" if index.phase else ""
    return f"index {change.name} is {index.status}{phase}"


def capped(caps: Caps, index: str | None = None) -> Condition[TableState]:
    """Ask whether on-demand limits are these; -1 is none, None is any."""
    text = f"on_demand_throughput{(*caps, *(() if index is None else (index,)))!r}"
    return condition(text, partial(_uncapped, caps=caps, index=index))


def _uncapped(state: TableState, *, caps: Caps, index: str | None) -> str | None:
    holder: Any = state if index is None else state.indexes.get(index)
    if holder is None:
        return f"index {index} does not exist"
    live: tuple[Any, Any] = (None, None)
    if holder.on_demand is not None:
        live = (holder.on_demand.read, holder.on_demand.write)
    wanted = [cap for cap in caps if cap is not None]
    found = [
        -1 if now in (None, 0) else now
        for now, cap in zip(live, caps, strict=True)
        if cap is not None
    ]
    return None if found == wanted else f"on-demand limits are {live}, not {caps}"


def warmed(units: Caps, index: str | None = None) -> Condition[TableState]:
    """Ask whether warm throughput is this much or more.

    Satisfied where the server does not report warm throughput at all.
    """
    text = f"warm_throughput{(*units, *(() if index is None else (index,)))!r}"
    return condition(text, partial(_cold, units=units, index=index))


def _cold(state: TableState, *, units: Caps, index: str | None) -> str | None:
    holder: Any = state if index is None else state.indexes.get(index)
    if holder is None:
        return f"index {index} does not exist"
    if holder.warm_throughput is None:
        return None
    live = (holder.warm_throughput.read, holder.warm_throughput.write)
    pairs = zip(units, live, strict=True)
    if all(wanted is None or (now or 0) >= wanted for wanted, now in pairs):
        return None
    return f"warm throughput is {live}, not {units}"


def warmth_settled(index: str | None = None) -> Condition[TableState]:
    """Ask whether nothing raises the warm throughput of the table, or of an index."""
    text = f"warm_throughput_settled({'' if index is None else repr(index)})"
    return condition(text, partial(_warming, index=index))


def _warming(state: TableState, *, index: str | None) -> str | None:
    holder: Any = state if index is None else state.indexes.get(index)
    warm = None if holder is None else holder.warm_throughput
    if warm is None or warm.status in ("ACTIVE", None):
        return None
    what = "the table" if index is None else f"index {index}"
    return f"warm throughput of {what} is {warm.status}"


def shows(
    attribute: str, value: object, default: object = None
) -> Condition[TableState]:
    """Ask whether an attribute of a `TableState` is this; None in it is the default."""
    text = f"{attribute}({value!r})"
    found = partial(_shown, attribute=attribute, value=value, default=default)
    return condition(text, found, default)


def _shown(
    state: TableState, *, attribute: str, value: object, default: object
) -> str | None:
    found = getattr(state, attribute)
    found = default if found is None else found
    return None if found == value else f"{attribute} is {found}, not {value}"


def steady(*indexes: str) -> Condition[TableState]:
    """Ask whether indexes may be updated: they are ACTIVE, or backfill.

    Sources: developer guide, "Managing global secondary indexes", for what a backfill
    lets through.
    """
    text = f"indexes_steady({', '.join(map(repr, indexes))})"
    return condition(text, partial(_unsteady, indexes=indexes))


def _unsteady(state: TableState, *, indexes: tuple[str, ...]) -> str | None:
    for name in indexes:
        index = state.indexes.get(name)
        if index is None:
            return f"index {name} does not exist"
        if index.allocating:
            return f"index {name} is {index.status} ({index.phase})"
        if index.status not in ("ACTIVE", "CREATING"):
            return f"index {name} is {index.status}"
        if index.status == "CREATING" and not index.backfilling:
            return f"index {name} is {index.status}"
    return None
