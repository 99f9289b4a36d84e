"""Vector indexes: which definitions are accepted.

Sources: developer guide, "Working with vector indexes"; texts as measured on AWS. After
an index is ACTIVE the data plane may not know it for a while: SearchVectors then says
that the table does not have it. The model answers no SearchVectors.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .definitions import check_projection
from .refusals import invalid, one_online_index
from .tables import VectorIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_ACTIONS = ("Create", "Delete")
_MOST_DIMENSIONS = 4_096


def vector_updates(
    request: Mapping[str, Any],
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what the request asks of vector indexes: the action and its members."""
    for update in request.get("VectorIndexUpdates") or ():
        for action in _ACTIONS:
            if update.get(action) is not None:
                yield action, update[action]


def check_vector_updates(request: Mapping[str, Any]) -> None:
    """Refuse vector index updates that DynamoDB would refuse whatever the table."""
    updates = request.get("VectorIndexUpdates")
    if updates is None:
        return
    if not updates:
        # Worded like the other families' refusal; this one was not measured.
        problem = "List of VectorIndexUpdates is empty"
        raise invalid(problem)
    for update in updates:
        actions = sum(update.get(name) is not None for name in _ACTIONS)
        if actions == 0:
            problem = "One of VectorIndexUpdate.Create, VectorIndexUpdate.Delete must"
            raise invalid(f"{problem} not be null")
        if actions > 1:
            problem = "Only one vector index action is allowed per VectorIndexUpdate"
            raise invalid(f"{problem} object")
    if len(updates) > 1:
        raise one_online_index()
    for action, members in vector_updates(request):
        if action == "Create":
            check_projection(members)


def build_vector(request: Mapping[str, Any]) -> VectorIndex:
    """Return the vector index that a checked definition makes."""
    definition = {name: value for name, value in request.items() if value is not None}
    return VectorIndex(request["IndexName"], definition)


def check_vectors(
    definitions: Iterable[Mapping[str, Any]],
    present: Iterable[Mapping[str, Any]],
    *,
    declared: Iterable[str],
    on_demand: bool,
    most: int,
) -> None:
    """Refuse vector indexes that cannot be, or not together.

    Args:
        definitions: the new ones.
        present: those that the table has.
        declared: the names in the request's AttributeDefinitions.
        on_demand: whether the table is PAY_PER_REQUEST.
        most: how many a table may have.
    """
    new, declared = list(definitions), set(declared)
    every = [*present, *new]
    if new and not on_demand:
        problem = "Vector indexes are only supported for PAY_PER_REQUEST tables"
        raise invalid(problem)
    if new and len(every) > most:
        raise invalid(f"VectorIndex count exceeds the per-table limit of {most}")
    for index in new:
        _check_vector(index, declared)
    sizes = Counter(
        name
        for name, _ in {(_vector_of(index), index["Dimensions"]) for index in every}
    )
    for name, count in sizes.items():
        if new and count > 1:
            problem = f"Conflicting attribute definition for '{name}'. All"
            problem += " VectorIndexes on the same vector attribute must use the same"
            raise invalid(f"{problem} dimensions.")


def _check_vector(index: Mapping[str, Any], declared: set[str]) -> None:
    if index["Dimensions"] > _MOST_DIMENSIONS:
        problem = f"Number of dimensions must be between 1 and {_MOST_DIMENSIONS}"
        raise invalid(f"{problem} inclusive.")
    check_projection(index)
    for element in index.get("SearchSchema") or ():
        if element["AttributeName"] not in declared:
            problem = "One element in SearchSchema is not defined in attribute"
            raise invalid(f"{problem} definitions")
    name = _vector_of(index)
    if name in declared:
        problem = f"Conflicting attribute definition for '{name}'. An attribute cannot"
        problem += " be defined in AttributeDefinitions when used as a VectorAttribute."
        raise invalid(problem)


def _vector_of(index: Mapping[str, Any]) -> str:
    return str(index["VectorAttribute"]["AttributeName"])
