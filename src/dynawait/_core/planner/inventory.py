"""Which indexes a table has at one point of a plan, and what they take up."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Literal

from ...changes import CreateIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Self, TypeAlias

    from ...changes import CreateVectorIndex
    from ...states import TableState

    Kind: TypeAlias = Literal["global", "local", "vector"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one index takes up, or the key of the table.

    Attributes:
        kind: what kind of index it is.
        types: the types of its keys or filters, by name.
        projected: how many attributes it projects by name.
        vector: what holds its vectors; None: it has none.
        dimensions: how many numbers these have.
    """

    kind: Kind
    types: Mapping[str, str]
    projected: int = 0
    vector: str | None = None
    dimensions: int | None = None


@dataclass(slots=True)
class Inventory:
    """The indexes of a table at one point of a plan.

    An index that is DELETING counts as gone: what waits for it to be gone comes later.
    An attribute that no key uses any more has no type: DynamoDB forgets it (as measured
    on AWS).

    Attributes:
        own: the keys of the table itself, with their types.
        entries: the indexes of all kinds, by name.
    """

    own: Mapping[str, str]
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])

    @classmethod
    def of(cls, state: TableState) -> Self:
        """Return what there is now."""

        def types(*names: Iterable[str]) -> dict[str, str]:
            known = state.attribute_types
            return {name: known[name] for name in chain(*names) if name in known}

        def keys(schema: object) -> dict[str, str]:
            return types(getattr(schema, "partition", ()), getattr(schema, "sort", ()))

        entries = {
            name: Entry("local", keys(each.key_schema), len(each.projection.attributes))
            for name, each in state.local_indexes.items()
        }
        entries |= {
            name: Entry(
                "global", keys(each.key_schema), len(each.projection.attributes)
            )
            for name, each in state.indexes.items()
            if each.status != "DELETING"
        }
        entries |= {
            name: Entry(
                "vector",
                types(each.partition, each.filters),
                len(each.projection.attributes),
                each.vector_attribute,
                each.dimensions,
            )
            for name, each in state.vector_indexes.items()
            if each.status != "DELETING"
        }
        return cls(keys(state.key_schema), entries)

    def kind_of(self, name: str) -> Kind | None:
        """Return what kind of index has this name; None: no index has it."""
        entry = self.entries.get(name)
        return None if entry is None else entry.kind

    def names(self, kind: Kind) -> list[str]:
        """Return the names of the indexes of one kind."""
        return [name for name, entry in self.entries.items() if entry.kind == kind]

    def add(self, change: CreateIndex | CreateVectorIndex) -> None:
        """Let an index be created."""
        named = 0 if isinstance(change.projection, str) else len(change.projection)
        entry = Entry("global", change.attribute_types, named)
        if not isinstance(change, CreateIndex):
            types, dimensions = change.attribute_types, change.dimensions
            entry = Entry("vector", types, named, change.attribute, dimensions)
        self.entries[change.name] = entry

    def remove(self, name: str) -> None:
        """Let an index be deleted."""
        self.entries.pop(name, None)

    def types(self) -> dict[str, str]:
        """Return the types of all attributes that are part of a key."""
        found = dict(self.own)
        for entry in self.entries.values():
            found |= entry.types
        return found

    def vectors(self) -> dict[str, tuple[str, int | None]]:
        """Return the attributes that hold vectors: an index on each, and its size."""
        return {
            entry.vector: (name, entry.dimensions)
            for name, entry in self.entries.items()
            if entry.vector is not None
        }

    def projected(self) -> int:
        """Return how many attributes all indexes together project by name."""
        return sum(entry.projected for entry in self.entries.values())
