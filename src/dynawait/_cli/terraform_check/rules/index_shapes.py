"""Indexes and attributes that DynamoDB would refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import Finding, Rule, Severity
from ..indexes import read_indexes, types_of
from ..plans import blocks
from ..settings import PROVISIONED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..indexes import IndexChange
    from ..plans import Plan
    from ..tables import TableChange

MOST_INDEXES = 20

TOO_MANY = Rule(
    "DW105",
    "too-many-indexes",
    Severity.WARNING,
    f"More than {MOST_INDEXES} global secondary indexes on a table",
    f"The quota is {MOST_INDEXES} indexes a table, and can be raised. At the quota "
    "DynamoDB refuses another with LimitExceededException, after the changes before it "
    "were made.",
    "Drop an index that is not read, or have the quota raised and waive this rule.",
)
NO_CAPACITY = Rule(
    "DW106",
    "index-without-capacity",
    Severity.ERROR,
    "An index of a provisioned table states no capacity",
    "While a table is PROVISIONED each of its indexes needs a capacity of its own; "
    "DynamoDB refuses the whole call with `ProvisionedThroughput must be specified for "
    "index`. A switch from on-demand needs it for every index at once.",
    "Set read_capacity and write_capacity, 1 or more, on each global_secondary_index.",
)
UNUSED = Rule(
    "DW107",
    "unused-attribute",
    Severity.WARNING,
    "An attribute is defined and is no key",
    "CreateTable refuses attributes that are no key of the table or of an index; "
    "UpdateTable drops them silently, and every later plan wants to add them again.",
    "Define key attributes only: DynamoDB needs no schema for others.",
)
UNDEFINED = Rule(
    "DW108",
    "undefined-attribute",
    Severity.ERROR,
    "A key attribute is not defined",
    "Every key attribute of a table and of its indexes needs a type; DynamoDB refuses "
    "the call without it.",
    "Add an attribute block with the name and the type.",
)
RETYPED = Rule(
    "DW109",
    "table-key-retyped",
    Severity.ERROR,
    "A key attribute of the table gets another type",
    "The type of a table's own key cannot be changed; DynamoDB refuses or ignores it, "
    "and the items keep the old one.",
    "Make another table with the new key and copy the items.",
)
RULES = (TOO_MANY, NO_CAPACITY, UNUSED, UNDEFINED, RETYPED)


def check(table: TableChange, plan: Plan) -> Iterator[Finding]:
    """Yield what the rules of this module find."""
    del plan
    if table.resource is None or table.resource.after is None:
        return
    address, name = table.address, table.name
    count = len(table.indexes) + sum(c.kind == "create" for c in _separate(table))
    if count > MOST_INDEXES and count > len(read_indexes(table.before)):
        message = f"it would have {count} indexes; the quota is {MOST_INDEXES}"
        yield TOO_MANY.finds(address, message, name)
    if table.billing_mode == PROVISIONED:
        for index in table.indexes.values():
            if not index.has_capacity:
                message = f"index {index.name} states no capacity, and the table is "
                yield NO_CAPACITY.finds(address, f"{message}PROVISIONED", name)
    yield from _attributes(table)
    old = types_of(table.before)
    for key in _own_keys(table):
        if key in old and old[key] != table.types.get(key, old[key]):
            message = f"key {key} is {old[key]} and would be {table.types[key]}"
            yield RETYPED.finds(address, message, name)


def _separate(table: TableChange) -> list[IndexChange]:
    own = {each.address for each in table.separate}
    return [change for change in table.index_changes if change.address in own]


def _attributes(table: TableChange) -> Iterator[Finding]:
    if table.is_unknown("attribute") or table.has_nameless_index:
        return
    used = set(_used(table))
    for attribute in sorted(table.types.keys() - used):
        message = f"attribute {attribute} is no key of the table or of an index"
        yield UNUSED.finds(table.address, message, table.name)
    if not table.types:  # they come from elsewhere, as in a restored table
        return
    for attribute in sorted(used - table.types.keys()):
        message = f"attribute {attribute} is a key and has no type"
        yield UNDEFINED.finds(table.address, message, table.name)


def _own_keys(table: TableChange) -> list[str]:
    found = [table.after.get(each) for each in ("hash_key", "range_key")]
    return [str(key) for key in found if key]


def _used(table: TableChange) -> Iterator[str]:
    yield from _own_keys(table)
    for index in table.indexes.values():
        yield from (attribute for attribute, _ in index.keys)
    for block in blocks(table.after, "local_secondary_index"):
        if block.get("range_key"):
            yield str(block["range_key"])
