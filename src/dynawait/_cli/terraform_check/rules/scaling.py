"""Application Auto Scaling, which changes tables beside Terraform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import Finding, Rule, Severity
from ..indexes import read_indexes, units_of
from ..settings import PROVISIONED
from ..tables import index_of_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plans import Plan
    from ..tables import TableChange

UNORDERED = Rule(
    "DW401",
    "scaling-target-unordered",
    Severity.WARNING,
    "A scaling target does not wait for its table",
    "A target whose resource_id is written out is registered while the table is still "
    "being made or changed, and removed at the same time as the table. Registering "
    "fails where there is no table yet; scaling a table that is being changed meets "
    "ResourceInUseException, or makes Terraform meet it.",
    'Refer to the table, resource_id = "table/${aws_dynamodb_table.NAME.name}", or add '
    "depends_on = [aws_dynamodb_table.NAME].",
)
RESET = Rule(
    "DW402",
    "scaled-capacity-reset",
    Severity.WARNING,
    "The capacity of a scaled table would be set by Terraform",
    "Auto scaling has set another capacity than the configuration states, and "
    "Terraform sets it back: the table is throttled until it is scaled again, one of "
    "the few decreases of the day is spent, and the two meet "
    "ResourceInUseException.",
    "Add lifecycle { ignore_changes = [read_capacity, write_capacity] } to the table. "
    "For the capacity of indexes, ignore global_secondary_index, and change indexes "
    "with `dynawait indexes apply`.",
)
RULES = (UNORDERED, RESET)


def check(table: TableChange, plan: Plan) -> Iterator[Finding]:
    """Yield what the rules of this module find."""
    if table.resource is None:
        return
    for target in table.targets:
        both = (target, table.resource)
        written = plan.configuration.describes(target)
        if written and plan.configuration.depends(*both) is False:
            message = "it scales the table without a reference to it or depends_on"
            yield UNORDERED.finds(target.address, message, table.name)
    yield from _reset(table)


def _reset(table: TableChange) -> Iterator[Finding]:
    """Find capacity that Terraform takes back, as `ignore_changes` would prevent.

    Whether that is stated a plan does not tell; what it would change it does.
    """
    modes = {table.mode(table.before), table.billing_mode}
    if not table.is_updated or modes != {PROVISIONED}:
        return
    old = read_indexes(table.before)
    for target in table.targets:
        if target.before is None or target.after is None:
            continue
        dimension = str(target.values.get("scalable_dimension"))
        unit = "read" if "ReadCapacity" in dimension else "write"
        index = index_of_target(target)
        if index is None:
            now, later = units_of(table.before, unit), units_of(table.after, unit)
        elif index in old and index in table.indexes:
            now, later = old[index].units(unit), table.indexes[index].units(unit)
        else:
            continue
        if now and later and now != later:
            where = "its" if index is None else f"index {index}'s"
            message = f"{where} {unit} capacity is scaled, and would be set from {now} "
            yield RESET.finds(table.address, f"{message}to {later}", table.name)
