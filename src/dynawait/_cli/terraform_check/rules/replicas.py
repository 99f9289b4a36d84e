"""Replicas: one at a time, and what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..findings import Finding, Rule, Severity
from ..plans import blocks
from ..settings import PROVISIONED, regions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..plans import Plan, Resource
    from ..tables import TableChange

SEVERAL = Rule(
    "DW307",
    "several-replica-changes",
    Severity.WARNING,
    "More than one replica of a table comes or goes in one apply",
    "DynamoDB adds or removes one replica of a table at a time and refuses a second "
    "with ResourceInUseException. Each takes minutes to hours; separate "
    "aws_dynamodb_table_replica resources are made side by side and get in each "
    "other's way until their time is up.",
    "Add or remove one replica an apply, or order the resources with depends_on and "
    "give them longer time-outs. Strongly consistent replicas are the exception: all "
    "of them must come in one apply.",
)
UNSCALED = Rule(
    "DW308",
    "replica-without-scaling",
    Severity.WARNING,
    "A replica is added to a provisioned table that is not scaled",
    "DynamoDB refuses it with `Table write capacity should either be Pay-Per-Request "
    "or AutoScaled`.",
    "Switch the table to on-demand, or scale its writes with aws_appautoscaling_target "
    "before the replica is added; waive this rule where they are scaled elsewhere.",
)
RULES = (SEVERAL, UNSCALED)

_WRITES = "dynamodb:table:WriteCapacityUnits"


def check(table: TableChange, plan: Plan) -> Iterator[Finding]:
    """Yield what the rules of this module find."""
    del plan
    if table.resource is not None and table.resource.after is None:
        return
    come, go = _inside(table)
    come += [_region(each) for each in table.replicas if each.is_created]
    go += [_region(each) for each in table.replicas if each.is_destroyed]
    if len(come) + len(go) > 1 and not is_strong(table.after):
        parts = [*(f"add {each}" for each in come), *(f"remove {each}" for each in go)]
        message = f"{len(parts)} replica changes in one apply: {', '.join(parts)}"
        yield SEVERAL.finds(table.address, message, table.name)
    scaled = any(
        each.values.get("scalable_dimension") == _WRITES for each in table.targets
    )
    provisioned = table.resource is not None and table.billing_mode == PROVISIONED
    if come and provisioned and not scaled:
        message = f"replica {come[0]} would be added to a PROVISIONED table, and "
        message += "nothing in this plan scales its writes"
        yield UNSCALED.finds(table.address, message, table.name)


def is_strong(values: Mapping[str, Any]) -> bool:
    """Tell whether the replicas of a table are strongly consistent."""
    parts = blocks(values, "replica")
    return any(block.get("consistency_mode") == "STRONG" for block in parts)


def _inside(table: TableChange) -> tuple[list[str], list[str]]:
    """Return the Regions that come and go in the table's own blocks."""
    old, new = regions_of(table.before), regions_of(table.after)
    return sorted(new - old), sorted(old - new)


def _region(resource: Resource) -> str:
    return str(resource.values.get("region") or resource.address)
