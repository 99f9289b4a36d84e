"""Indexes as plans write them, and what a plan does to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .plans import blocks, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Kind = Literal["create", "delete", "replace"]


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index.

    Attributes:
        name: its name.
        keys: its key attributes with their roles, ``(("email", "HASH"),)``.
        projection: ``"ALL"``, ...
        attributes: what an ``INCLUDE`` projection holds besides the keys.
        read: its read capacity; None where nothing is said or known.
        write: its write capacity; the same.
        warm: its warm throughput, read and write; None where nothing is said.
        has_capacity: whether both capacities are stated, or may yet be.
    """

    name: str
    keys: tuple[tuple[str, str], ...]
    projection: str
    attributes: frozenset[str]
    read: int | None = None
    write: int | None = None
    warm: tuple[int, int] | None = None
    has_capacity: bool = True

    def units(self, unit: str) -> int | None:
        """Return its capacity for ``"read"`` or ``"write"``."""
        return self.read if unit == "read" else self.write

    def differences(self, other: Index) -> Iterator[str]:
        """Say what of it DynamoDB cannot change in place."""
        if self.keys != other.keys:
            yield "another key"
        if (self.projection, self.attributes) != (other.projection, other.attributes):
            yield "another projection"


@dataclass(frozen=True, slots=True)
class IndexChange:
    """An index that comes, goes, or does both under one name.

    Attributes:
        kind: which of them.
        name: of the index.
        address: of the resource that does it.
        parts: of a replacement, what makes it one, ``("another key",)``.
    """

    kind: Kind
    name: str
    address: str
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it in two words."""
        return f"{self.kind} {self.name}"


def read_indexes(values: Mapping[str, Any] | None) -> dict[str, Index]:
    """Return the indexes in the values of a table by name.

    An index whose name is not known yet is left out.
    """
    parts = blocks(values, "global_secondary_index")
    found = [_index(block) for block in parts if block.get("name")]
    return {index.name: index for index in found}


def has_nameless(values: Mapping[str, Any] | None) -> bool:
    """Tell whether the name of an index is not known yet."""
    parts = blocks(values, "global_secondary_index")
    return any(not block.get("name") for block in parts)


def types_of(values: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the types of the attributes that a table defines."""
    return {
        str(block["name"]): str(block["type"])
        for block in blocks(values, "attribute")
        if block.get("name") and block.get("type")
    }


def compare(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, address: str
) -> Iterator[IndexChange]:
    """Yield what happens to the indexes of a table that stays."""
    old, new = read_indexes(before), read_indexes(after)
    types, later = types_of(before), types_of(after)
    retyped = {name for name in types.keys() & later if types[name] != later[name]}
    for name in old.keys() | new.keys():
        if name not in new:
            yield IndexChange("delete", name, address)
        elif name not in old:
            yield IndexChange("create", name, address)
        else:
            parts = [*old[name].differences(new[name])]
            if retyped & {attribute for attribute, _ in new[name].keys}:
                parts.append("another type of its key")
            if is_cooler(old[name].warm, new[name].warm):
                parts.append("less warm throughput")
            if parts:
                yield IndexChange("replace", name, address, tuple(parts))


def is_cooler(old: tuple[int, int] | None, new: tuple[int, int] | None) -> bool:
    """Tell whether warm throughput is lowered, which DynamoDB refuses."""
    if old is None or new is None:
        return False
    return any(later < now for now, later in zip(old, new, strict=True))


def warm_of(values: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the warm throughput that a table or an index states."""
    for block in blocks(values, "warm_throughput"):
        read, write = (block.get(f"{each}_units_per_second") for each in _UNITS)
        if isinstance(read, int) and isinstance(write, int) and read and write:
            return read, write
    return None


def units_of(values: Mapping[str, Any], unit: str) -> int | None:
    """Return the capacity that a table or an index states; None: none, or not yet."""
    found = values.get(f"{unit}_capacity")
    return found if isinstance(found, int) else None


_UNITS = ("read", "write")
_LATER = 1


def _index(block: Mapping[str, Any]) -> Index:
    return Index(
        name=str(block["name"]),
        keys=tuple(_keys(block)),
        projection=str(block.get("projection_type")),
        attributes=frozenset(words(block, "non_key_attributes")),
        read=units_of(block, "read"),
        write=units_of(block, "write"),
        warm=warm_of(block),
        # What is not known yet is left out of a plan.
        has_capacity=all(
            block.get(f"{each}_capacity", _LATER) for each in ("read", "write")
        ),
    )


def _keys(block: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys of an index, of the older or the newer way to write them."""
    schema = blocks(block, "key_schema")
    for key in schema:
        yield str(key.get("attribute_name")), str(key.get("key_type"))
    if not schema:
        for member, role in (("hash_key", "HASH"), ("range_key", "RANGE")):
            if block.get(member):
                yield str(block[member]), role
