"""Streams: what a change of them breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import Finding, Rule, Severity
from ..settings import regions_of, stream_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plans import Plan
    from ..tables import TableChange

VIEW = Rule(
    "DW305",
    "stream-view-type-changed",
    Severity.WARNING,
    "A stream gets another view type",
    "A stream's view type cannot be changed: it is switched off and on again. The new "
    "stream has another ARN; what reads the old one, by an event source mapping or by "
    "itself, sees nothing of later changes.",
    "Let the readers drain the old stream, and point them to the new ARN in the same "
    "apply: refer to stream_arn, do not write it out.",
)
REPLICATED = Rule(
    "DW306",
    "stream-of-replicas-changed",
    Severity.ERROR,
    "The stream of a table with replicas would be switched off or changed",
    "A table with replicas needs its stream with new and old images. DynamoDB refuses "
    "to take it away, also where the replicas go in the same apply.",
    "Remove the replicas in one apply and switch the stream off in a later one.",
)
RULES = (VIEW, REPLICATED)


def check(table: TableChange, plan: Plan) -> Iterator[Finding]:
    """Yield what the rules of this module find."""
    del plan
    if not table.is_updated or table.is_unknown("stream_enabled"):
        return
    old, new = stream_of(table.before), stream_of(table.after)
    if table.is_unknown("stream_view_type") and new is not None:
        return
    if old is None or old == new:
        return
    change = "switched off" if new is None else f"changed from {old} to {new}"
    if has_replicas(table):
        message = f"the stream would be {change}, and the table has replicas"
        yield REPLICATED.finds(table.address, message, table.name)
    elif new is not None:
        yield VIEW.finds(table.address, f"the stream would be {change}", table.name)


def has_replicas(table: TableChange) -> bool:
    """Tell whether a table has replicas while a plan is applied."""
    return bool(regions_of(table.before)) or any(
        each.before is not None for each in table.replicas
    )
