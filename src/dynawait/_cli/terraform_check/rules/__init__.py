"""The rules, an idea a module: each has its rules, and finds what they are about.

Sources, unless a module names others: the API reference of UpdateTable; the developer
guide, "Managing global secondary indexes", "Service, account, and table quotas"; what
was measured on AWS; and what the AWS provider of Terraform does, which sends index
deletions first, then one call with billing, capacity and stream, then index creations,
and tries none of these again where the table is in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    capacity,
    index_changes,
    index_shapes,
    live,
    replicas,
    scaling,
    settings,
    streams,
    table_ends,
    unknowns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..findings import Finding, Rule
    from ..plans import Plan
    from ..tables import TableChange

_MODULES = (
    index_changes,
    index_shapes,
    table_ends,
    settings,
    capacity,
    streams,
    replicas,
    scaling,
    unknowns,
)
RULES: tuple[Rule, ...] = tuple(
    rule for module in (*_MODULES, live) for rule in module.RULES
)


def check(tables: tuple[TableChange, ...], plan: Plan) -> Iterator[Finding]:
    """Yield what the rules find in a plan."""
    for table in tables:
        if table.is_changed:
            for module in _MODULES:
                yield from module.check(table, plan)
    yield from unknowns.check_plan(plan)
