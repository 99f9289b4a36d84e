"""What an index change may not be, at the point of a plan where it stands.

Sources: API reference, UpdateTable; developer guide, "Service, account, and table
quotas", "Global secondary indexes" and "Working with vector indexes"; what is refused
as measured on AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...changes import CreateIndex, units_member
from .shapes import (
    MOST_INDEXES,
    MOST_PROJECTED,
    MOST_VECTOR_INDEXES,
    capacity_problems,
    caps_problems,
    mode_problems,
    new_warmth_problems,
)
from .throughput import warmth_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...changes import CreateVectorIndex, UpdateIndex
    from ...states import TableState
    from .inventory import Inventory


@dataclass(frozen=True, slots=True)
class Rules:
    """What the changes of a plan have in common.

    Attributes:
        billing_mode: the table's mode when they are made.
        max_indexes: how many global secondary indexes a table may have.
    """

    billing_mode: str
    max_indexes: int = MOST_INDEXES

    @property
    def on_demand(self) -> bool:
        """Whether the table is PAY_PER_REQUEST then."""
        return self.billing_mode == "PAY_PER_REQUEST"

    def creation_problems(
        self, change: CreateIndex | CreateVectorIndex, there: Inventory
    ) -> Iterator[str]:
        """Say why an index cannot be created where there is what there is."""
        kind = there.kind_of(change.name)
        if kind is not None:
            yield (
                f"index {change.name}: a {kind} index of the table has this name; use "
                "another"
            )
        yield from _type_problems(change, there)
        if not isinstance(change, CreateIndex):
            yield from self._vector_problems(change, there)
            yield from _projection_problems(change, there)
            return
        count = len(there.names("global"))
        if count >= self.max_indexes:
            yield (
                f"index {change.name}: the table has {count} global secondary indexes "
                f"at this point, and {self.max_indexes} is the quota; delete one "
                "first, or pass max_indexes if yours was raised"
            )
        where, members = f"index {change.name}", change.definition()
        yield from mode_problems(members, where, on_demand=self.on_demand)
        yield from capacity_problems(members.get("ProvisionedThroughput"), where)
        caps = members.get("OnDemandThroughput")
        yield from caps_problems(caps, where, on_demand=self.on_demand)
        yield from new_warmth_problems(members, where, on_demand=self.on_demand)
        yield from _projection_problems(change, there)

    def update_problems(
        self, change: UpdateIndex, there: Inventory, state: TableState
    ) -> Iterator[str]:
        """Say why an index cannot be updated."""
        where, kind = f"index {change.name}", there.kind_of(change.name)
        if kind != "global":
            what = "it does not exist" if kind is None else f"it is a {kind} index"
            yield f"{where}: {what}, so there is nothing to update"
            return
        member = units_member("ProvisionedThroughput", change.throughput)
        if member and self.on_demand:
            yield from mode_problems(member, where, on_demand=True)
        yield from capacity_problems(member.get("ProvisionedThroughput"), where)
        caps = units_member("OnDemandThroughput", change.on_demand)
        yield from caps_problems(
            caps.get("OnDemandThroughput"),
            where,
            on_demand=self.on_demand,
            clears=True,
        )
        yield from warmth_problems(state, change.name, change.warm)

    def _vector_problems(
        self, change: CreateVectorIndex, there: Inventory
    ) -> Iterator[str]:
        where = f"vector index {change.name}"
        if not self.on_demand:
            yield f"{where}: the table must be PAY_PER_REQUEST: see BillingMode"
        if len(there.names("vector")) >= MOST_VECTOR_INDEXES:
            yield f"{where}: a table has at most {MOST_VECTOR_INDEXES} vector indexes"
        other, dimensions = there.vectors().get(change.attribute, ("", None))
        if dimensions not in (None, change.dimensions):
            yield (
                f"{where}: {change.attribute} has {dimensions} dimensions in index "
                f"{other}, not {change.dimensions}"
            )


def _type_problems(
    change: CreateIndex | CreateVectorIndex, there: Inventory
) -> Iterator[str]:
    """Refuse an attribute of another type, and a vector that is a key as well.

    DynamoDB takes a definition of another type without a word and keeps the old one, so
    the index would never be the one that was asked for (as measured on AWS).
    """
    known, vectors = there.types(), there.vectors()
    for attribute, kind in change.attribute_types.items():
        if known.get(attribute, kind) != kind:
            yield (
                f"index {change.name}: the attribute {attribute} is of type "
                f"{known[attribute]} already, and cannot be of type {kind} too"
            )
    clash = {*vectors} & {*change.attribute_types}
    if not isinstance(change, CreateIndex):
        clash |= {change.attribute} & {*known}
    for attribute in sorted(clash):
        yield f"index {change.name}: {attribute} cannot be a vector and a key both"


def _projection_problems(
    change: CreateIndex | CreateVectorIndex, there: Inventory
) -> Iterator[str]:
    """Refuse more projected attributes than all indexes together may have."""
    own = 0 if isinstance(change.projection, str) else len(change.projection)
    count = there.projected() + own
    if own and count > MOST_PROJECTED:
        yield (
            f"index {change.name}: NonKeyAttributes: all indexes of a table together "
            f"project at most {MOST_PROJECTED} attributes by name, not {count}"
        )
