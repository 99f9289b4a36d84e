"""What a plan does not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plans import Plan
    from ..tables import TableChange

UNKNOWN = Rule(
    "DW901",
    "not-known-yet",
    Severity.NOTE,
    "What happens to the indexes is known only when the plan is applied",
    "The plan leaves the indexes, or their names, to be known after apply, so the "
    "rules about them could not look.",
    "Give indexes names that do not come from other resources of the same apply.",
)
INCOMPLETE = Rule(
    "DW902",
    "plan-incomplete",
    Severity.WARNING,
    "The plan is not the whole plan",
    "Making it ended in an error, or it was limited; what is missing was not checked.",
    "Make the plan again without the error, and without -target.",
)
RULES = (UNKNOWN, INCOMPLETE)


def check(table: TableChange, plan: Plan) -> Iterator[Finding]:
    """Yield what the rules of this module find in a table."""
    del plan
    if table.is_updated and table.has_nameless_index:
        message = "its indexes are known only when the plan is applied"
        yield UNKNOWN.finds(table.address, message, table.name)


def check_plan(plan: Plan) -> Iterator[Finding]:
    """Yield what they find in the plan as a whole."""
    if plan.problem is not None:
        yield INCOMPLETE.finds("plan", plan.problem)
