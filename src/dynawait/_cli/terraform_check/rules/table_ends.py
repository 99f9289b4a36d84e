"""Tables that a plan would destroy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plans import Plan
    from ..tables import TableChange

DESTROYED = Rule(
    "DW201",
    "table-destroyed",
    Severity.ERROR,
    "A table would be destroyed",
    "Its items are lost, but for backups. A resource that was renamed or moved in the "
    "configuration is destroyed too, and made again without items.",
    "Where it was renamed, add a `moved` block; where Terraform shall forget it, a "
    "`removed` block. Where it shall go, waive this rule for it. `prevent_destroy` and "
    "deletion_protection_enabled keep it from happening by mistake.",
)
REPLACED = Rule(
    "DW202",
    "table-replaced",
    Severity.ERROR,
    "A table would be destroyed and made again",
    "A table's name, key and local indexes cannot be changed: Terraform destroys the "
    "table with its items, and makes an empty one. Its stream, backups and replicas go "
    "with it.",
    "Make another table beside it, copy the items, let the readers move, and destroy "
    "the old one in a later apply. `prevent_destroy` refuses such a plan.",
)
PROTECTED = Rule(
    "DW203",
    "protected-table-destroyed",
    Severity.ERROR,
    "A table that is protected against deletion would be destroyed",
    "DynamoDB refuses DeleteTable while deletion protection is on, when the apply has "
    "already destroyed or changed other things.",
    "Keep the table. Where it shall go: switch deletion_protection_enabled off in an "
    "apply of its own, and destroy it in the next.",
)
RULES = (DESTROYED, REPLACED, PROTECTED)


def check(table: TableChange, plan: Plan) -> Iterator[Finding]:
    """Yield what the rules of this module find."""
    del plan
    resource = table.resource
    if resource is None or not (resource.is_destroyed or resource.is_replaced):
        return
    if resource.is_destroyed:
        yield DESTROYED.finds(table.address, "it would be destroyed", table.name)
    else:
        why = " and ".join(resource.replacing) or "something that cannot be changed"
        message = f"it would be destroyed and made again, since {why} would be another"
        yield REPLACED.finds(table.address, message, table.name)
    if table.before.get("deletion_protection_enabled"):
        message = "it is protected against deletion, so DeleteTable will be refused"
        yield PROTECTED.finds(table.address, message, table.name)
