"""Throughput that DynamoDB lets be lowered only so often, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import Finding, Rule, Severity
from ..indexes import is_cooler, read_indexes, units_of, warm_of
from ..settings import PROVISIONED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plans import Plan
    from ..tables import TableChange

LOWERED = Rule(
    "DW303",
    "throughput-lowered",
    Severity.NOTE,
    "Provisioned throughput would be lowered",
    "A table, and each of its indexes, can be lowered 4 times on a UTC day, and then "
    "once an hour. After that DynamoDB refuses the whole call with "
    "LimitExceededException.",
    "Lower it once, to what is needed; `--live` tells how often it was lowered today.",
)
COOLED = Rule(
    "DW304",
    "warm-throughput-lowered",
    Severity.ERROR,
    "Warm throughput of a table would be lowered",
    "DynamoDB refuses it with `decreasing WarmThroughput is not supported`: it only "
    "ever grows, also by itself.",
    "Leave the warm_throughput block out, or state what it has grown to.",
)
RULES = (LOWERED, COOLED)


def check(table: TableChange, plan: Plan) -> Iterator[Finding]:
    """Yield what the rules of this module find."""
    del plan
    if not table.is_updated:
        return
    for index, what in lowered(table):
        where = "table" if index is None else f"index {index}"
        yield LOWERED.finds(table.address, f"{where}: {what}", table.name)
    if is_cooler(warm_of(table.before), warm_of(table.after)):
        message = "its warm throughput would be lowered, which is refused"
        yield COOLED.finds(table.address, message, table.name)


def lowered(table: TableChange) -> Iterator[tuple[str | None, str]]:
    """Yield what is lowered: the index, or None for the table, and how far."""
    if not table.mode(table.before) == table.billing_mode == PROVISIONED:
        return
    old, new = table.before, table.after
    pairs: list[tuple[str | None, str, int | None, int | None]] = [
        (None, each, units_of(old, each), units_of(new, each))
        for each in ("read", "write")
    ]
    before = read_indexes(old)
    for name, index in table.indexes.items():
        if name in before:
            pairs.append((name, "read", before[name].read, index.read))
            pairs.append((name, "write", before[name].write, index.write))
    for where, each, now, later in pairs:
        if now and later and later < now:
            yield where, f"its {each} capacity would fall from {now} to {later}"
