"""States as JSON, and as text for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..states import IndexState, TableState, VectorIndexState


def table_facts(state: TableState) -> dict[str, Any]:
    """Return what machines want to know of a table."""
    blockers = state.blockers() if state.exists else ()
    return {
        "table": state.name,
        "status": state.status,
        "exists": state.exists,
        "quiet": state.exists and not blockers,
        "blockers": blockers,
        "arn": state.arn or None,
        "billing_mode": state.billing_mode if state.exists else None,
        "table_class": state.table_class if state.exists else None,
        "item_count": state.item_count,
        "deletion_protected": state.deletion_protected,
        "stream": None if state.stream is None else state.stream.view_type,
        "indexes": [index_facts(each) for each in state.indexes.values()],
        "vector_indexes": [index_facts(each) for each in state.vector_indexes.values()],
        "replicas": [
            {
                "region": each.region,
                "status": each.status,
                "progress": each.percent_progress,
            }
            for each in state.replicas.values()
        ],
    }


def index_facts(index: IndexState | VectorIndexState) -> dict[str, Any]:
    """Return what machines want to know of an index."""
    return {
        "name": index.name,
        "status": index.status,
        "backfilling": index.backfilling,
        "phase": index.phase,
        "active": index.is_active,
        "item_count": index.item_count,
    }


def table_lines(state: TableState) -> Iterator[str]:
    """Yield what people want to know of a table."""
    if not state.exists:
        yield f"{state.name}: there is no such table"
        return
    blockers = state.blockers()
    items = "" if state.item_count is None else f", about {state.item_count:,} items"
    protected = ", protected" if state.deletion_protected else ""
    yield f"{state.name}: {state.status}, {state.billing_mode}{items}{protected}"
    for index in indexes_of(state):
        yield f"  index {index.name}: {index_word(index)}"
    for replica in state.replicas.values():
        share = (
            ""
            if replica.percent_progress is None
            else (f" ({replica.percent_progress})")
        )
        yield f"  replica {replica.region}: {replica.status or 'unknown'}{share}"
    for witness in state.witnesses.values():
        yield f"  witness {witness.region}: {witness.status or 'unknown'}"
    for blocker in blockers:
        yield f"  moving: {blocker}"
    if blockers:
        yield "  until then DynamoDB refuses other changes of this table"


def indexes_of(state: TableState) -> Iterator[IndexState | VectorIndexState]:
    """Yield the indexes of both kinds."""
    yield from state.indexes.values()
    yield from state.vector_indexes.values()


def index_word(index: IndexState | VectorIndexState) -> str:
    """Return the status of an index, and what it is at."""
    return index.status if index.phase is None else f"{index.status}, {index.phase}"


def short_name(table: str) -> str:
    """Return the name of a table that is named by its name or its ARN."""
    return table.rpartition(":table/")[2]
