"""Settings, backups and indexes as JSON, and as text for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..states import IndexState, VectorIndexState
from .shapes import index_facts, index_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from ..states import (
        BackupsState,
        BackupState,
        LocalIndexState,
        Projection,
        TableState,
        TimeToLiveState,
    )

    Index = IndexState | LocalIndexState | VectorIndexState


def time_to_live_facts(state: TimeToLiveState) -> dict[str, Any]:
    """Return what machines want to know of time to live."""
    return {"time_to_live": state.status, "attribute": state.attribute}


def recovery_facts(state: BackupsState) -> dict[str, Any]:
    """Return what machines want to know of point-in-time recovery."""
    return {
        "continuous_backups": state.status,
        "point_in_time_recovery": state.point_in_time_recovery,
        "recovery_period_days": state.recovery_period_days,
        "earliest_restorable_at": state.earliest_restorable_at,
        "latest_restorable_at": state.latest_restorable_at,
    }


def recovery_text(state: BackupsState) -> str:
    """Return what people want to know of point-in-time recovery."""
    told = [f"point-in-time recovery is {state.point_in_time_recovery}"]
    if state.recovery_period_days is not None:
        told.append(f"it reaches back {state.recovery_period_days} days")
    first, last = state.earliest_restorable_at, state.latest_restorable_at
    if first is not None and last is not None:
        told.append(f"from {_moment(first)} to {_moment(last)}")
    return ", ".join(told)


def backup_facts(state: BackupState) -> dict[str, Any]:
    """Return what machines want to know of a backup."""
    return {
        "backup": state.name,
        "backup_arn": state.arn,
        "backup_status": state.status,
        "backup_type": state.type,
        "created_at": state.created_at,
        "expires_at": state.expires_at,
        "size_bytes": state.size_bytes,
    }


def backup_rows(states: Iterable[BackupState]) -> Iterator[tuple[str, ...]]:
    """Yield what people want to know of backups, a row each."""
    for state in states:
        size = "" if state.size_bytes is None else f"{state.size_bytes:,} bytes"
        when = "" if state.created_at is None else _moment(state.created_at)
        yield state.name, state.status, state.type or "", when, size, state.arn


def tag_facts(tags: Mapping[str, str]) -> dict[str, Any]:
    """Return tags as JSON can hold them."""
    return {"tags": dict(tags)}


def indexes_with_kinds(state: TableState) -> Iterator[tuple[str, Index]]:
    """Yield all indexes, each with its kind."""
    for kind, indexes in (
        ("global", state.indexes),
        ("local", state.local_indexes),
        ("vector", state.vector_indexes),
    ):
        for index in indexes.values():
            yield kind, index


def whole_index_facts(kind: str, index: Index, table: TableState) -> dict[str, Any]:
    """Return all that machines want to know of an index."""
    facts: dict[str, Any] = {"table": table.name, "kind": kind, "name": index.name}
    if isinstance(index, (IndexState, VectorIndexState)):
        facts |= index_facts(index)
    facts["item_count"] = index.item_count
    facts["size_bytes"] = index.size_bytes
    facts["projection"] = index.projection.type or None
    facts["projected"] = index.projection.attributes
    if isinstance(index, VectorIndexState):
        facts["vector_attribute"] = index.vector_attribute
        facts["dimensions"] = index.dimensions
        facts["partition_key"] = index.partition
        return facts
    facts["partition_key"] = index.key_schema.partition
    facts["sort_key"] = index.key_schema.sort
    return facts


def index_rows(state: TableState) -> Iterator[tuple[str, ...]]:
    """Yield what people want to know of indexes, a row each."""
    for kind, index in indexes_with_kinds(state):
        items = "" if index.item_count is None else f"about {index.item_count:,} items"
        status = (
            index_word(index)
            if isinstance(index, (IndexState, VectorIndexState))
            else "as the table"
        )
        keys = _keys(index, state.attribute_types)
        yield index.name, kind, status, keys, _projection(index.projection), items


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as lines, with the cells of a column below each other."""
    found = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*found, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in found
    )


def _keys(index: Index, types: Mapping[str, str]) -> str:
    if isinstance(index, VectorIndexState):
        vector = f"{index.vector_attribute}[{index.dimensions}]"
        return " ".join([vector, *index.partition])
    schema = index.key_schema
    return ", ".join(
        f"{n}:{types.get(n, '?')}" for n in (*schema.partition, *schema.sort)
    )


def _projection(projection: Projection) -> str:
    named = ", ".join(projection.attributes)
    return f"{projection.type} {named}".strip()


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
