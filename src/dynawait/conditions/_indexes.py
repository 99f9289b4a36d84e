"""Conditions about global secondary indexes and vector indexes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ._algebra import Condition, Verdict, all_of, leaf
from ._names import call_text, checked_names
from ._tables import doomed, no_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..states import IndexState, TableState, VectorIndexState


def indexes_active(*names: str) -> Condition[TableState]:
    """Ask whether indexes are ACTIVE and not backfilling.

    Impossible while a named index is DELETING. An index that does not exist is
    *missing*: it is waited for.

    Args:
        names: index names; none: every index that the table has, which is satisfied
            on a table without indexes.
    """
    names = checked_names(names)
    return leaf(call_text("indexes_active", names), partial(_indexes_active, names))


def _indexes_active(names: tuple[str, ...], state: TableState) -> Verdict:
    return _judge_active(state, state.indexes, names, "index")


def indexes_absent(*names: str) -> Condition[TableState]:
    """Ask whether indexes are gone from an existing table.

    Args:
        names: index names; none: the table shall have no index at all.
    """
    names = checked_names(names)
    return leaf(call_text("indexes_absent", names), partial(_indexes_absent, names))


def _indexes_absent(names: tuple[str, ...], state: TableState) -> Verdict:
    return _judge_absent(state, state.indexes, names, "index")


def indexes_started(*names: str) -> Condition[TableState]:
    """Ask whether the creation of indexes has been accepted: they are listed.

    Args:
        names: index names; none: the table shall have at least one index.
    """
    names = checked_names(names)
    return leaf(call_text("indexes_started", names), partial(_indexes_started, names))


def _indexes_started(names: tuple[str, ...], state: TableState) -> Verdict:
    if not state.exists:
        return no_table(state)
    if not names and not state.indexes:
        return doomed(state) or Verdict.pending("the table has no index")
    return doomed(state) or all_of(
        _started(name, state.indexes.get(name)) for name in names or state.indexes
    )


def vector_indexes_active(*names: str) -> Condition[TableState]:
    """Ask whether vector indexes are ACTIVE and not backfilling.

    DynamoDB may refuse searches for minutes after that (as measured on AWS).

    Args:
        names: vector index names; none: every one that the table has.
    """
    names = checked_names(names)
    text = call_text("vector_indexes_active", names)
    return leaf(text, partial(_vector_indexes_active, names))


def _vector_indexes_active(names: tuple[str, ...], state: TableState) -> Verdict:
    return _judge_active(state, state.vector_indexes, names, "vector index")


def vector_indexes_absent(*names: str) -> Condition[TableState]:
    """Ask whether vector indexes are gone from an existing table.

    Args:
        names: vector index names; none: the table shall have none.
    """
    names = checked_names(names)
    text = call_text("vector_indexes_absent", names)
    return leaf(text, partial(_vector_indexes_absent, names))


def _vector_indexes_absent(names: tuple[str, ...], state: TableState) -> Verdict:
    return _judge_absent(state, state.vector_indexes, names, "vector index")


def _judge_active(
    state: TableState,
    indexes: Mapping[str, IndexState] | Mapping[str, VectorIndexState],
    names: tuple[str, ...],
    noun: str,
) -> Verdict:
    if not state.exists:
        return no_table(state)
    return doomed(state) or all_of(
        _active(f"{noun} {name}", indexes.get(name), named=bool(names))
        for name in names or indexes
    )


def _active(
    what: str, index: IndexState | VectorIndexState | None, *, named: bool
) -> Verdict:
    if index is None:
        return Verdict.pending(f"{what} does not exist", missing=(what,))
    if index.is_active:
        return Verdict.satisfied()
    if index.status == "DELETING" and named:
        return Verdict.impossible(f"{what} is DELETING")
    return Verdict.pending(_moving(what, index))


def _judge_absent(
    state: TableState,
    indexes: Mapping[str, IndexState] | Mapping[str, VectorIndexState],
    names: tuple[str, ...],
    noun: str,
) -> Verdict:
    if not state.exists:
        return no_table(state)
    return all_of(
        Verdict.pending(_moving(f"{noun} {name}", indexes[name]))
        for name in names or indexes
        if name in indexes
    )


def _started(name: str, index: IndexState | None) -> Verdict:
    what = f"index {name}"
    if index is None:
        return Verdict.pending(f"{what} does not exist", missing=(what,))
    if index.status == "DELETING":
        return Verdict.impossible(f"{what} is DELETING")
    return Verdict.satisfied()


def _moving(what: str, index: IndexState | VectorIndexState) -> str:
    return f"{what} is {index.status}" + (f" ({index.phase})" if index.phase else "")
