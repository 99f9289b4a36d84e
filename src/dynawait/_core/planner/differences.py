"""How what there is differs from what is wanted, a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...changes import CreateIndex, CreateVectorIndex
from ...states import IndexState, VectorIndexState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...changes import Pairs
    from ...states import TableState


def index_differences(
    change: CreateIndex | CreateVectorIndex,
    index: IndexState | VectorIndexState,
    state: TableState,
) -> list[str]:
    """Say how a live index differs from the one that is wanted.

    What can be changed in place (throughput, limits) makes no other index, and
    projected attributes are a set.
    """
    if isinstance(change, CreateIndex) and isinstance(index, IndexState):
        told = [
            _different(
                "the partition key", index.key_schema.partition, change.partition
            ),
            _different("the sort key", index.key_schema.sort, change.sort),
            _types(change.attribute_types, state),
        ]
    elif isinstance(change, CreateVectorIndex) and isinstance(index, VectorIndexState):
        told = [
            _other("the vector attribute", index.vector_attribute, change.attribute),
            _other("the number of dimensions", index.dimensions, change.dimensions),
            _other("the distance", index.distance_function, change.distance),
            _different("the partition key", index.partition, change.partition),
            _different("the filters", sorted(index.filters), sorted(change.filtered)),
            _types(change.attribute_types, state),
        ]
    else:
        return ["it is an index of another kind"]
    told.append(_projection(change, index))
    return [difference for difference in told if difference]


def _different(what: str, live: Iterable[str], wanted: Pairs | list[Any]) -> str:
    found, names = list(live), [name for name, _ in wanted]
    if found == names:
        return ""
    return f"{what} is {_listed(found)}, not {_listed(names)}"


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _other(what: str, live: object, wanted: object) -> str:
    return "" if live == wanted else f"{what} is {live}, not {wanted}"


def _types(wanted: dict[str, str], state: TableState) -> str:
    return "; ".join(
        f"{name} is of type {state.attribute_types[name]}, not {kind}"
        for name, kind in wanted.items()
        if state.attribute_types.get(name, kind) != kind
    )


def _projection(
    change: CreateIndex | CreateVectorIndex, index: IndexState | VectorIndexState
) -> str:
    live: Any = index.projection.type
    if live in ("INCLUDE", ""):
        live = sorted(index.projection.attributes)
    wanted: Any = change.projection
    if not isinstance(wanted, str):
        wanted = sorted(wanted)
    return "" if live == wanted else f"the projection is {live}, not {wanted}"
