"""Settings that DynamoDB lets be changed only so often, or not at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import Finding, Rule, Severity
from ..settings import BILLING_MODE, ENCRYPTION, ON_DEMAND, TABLE_CLASS, ttl_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plans import Plan
    from ..tables import TableChange

COUNTED = Rule(
    "DW301",
    "counted-change",
    Severity.NOTE,
    "A change that DynamoDB counts",
    "A table is switched to on-demand at most 4 times in 24 hours; its class changes "
    "twice in 30 days; its encryption 4 times in 24 hours, then once in 6. After that "
    "DynamoDB refuses with LimitExceededException for hours or days, also the change "
    "back.",
    "Be sure of it before applying; `--live` tells when it was last made.",
)
TTL = Rule(
    "DW302",
    "ttl-attribute-changed",
    Severity.ERROR,
    "Time to live moves to another attribute",
    "DynamoDB refuses it with `TimeToLive is active on a different AttributeName`: it "
    "must be disabled first, and a further change is refused for up to an hour.",
    "Disable time to live in one apply, and enable it on the new attribute in another, "
    "an hour later: `dynawait ttl enable TABLE ATTRIBUTE` does both and waits.",
)
RULES = (COUNTED, TTL)


def check(table: TableChange, plan: Plan) -> Iterator[Finding]:
    """Yield what the rules of this module find."""
    del plan
    if not table.is_updated:
        return
    for message in _counted(table):
        yield COUNTED.finds(table.address, message, table.name)
    old, new = ttl_of(table.before), ttl_of(table.after)
    if old and new and old != new:
        message = f"time to live would move from {old} to {new} in one apply"
        yield TTL.finds(table.address, message, table.name)


def _counted(table: TableChange) -> Iterator[str]:
    if BILLING_MODE in table.changed_settings and table.billing_mode == ON_DEMAND:
        yield "it would be switched to on-demand: 4 times in 24 hours at most"
    if TABLE_CLASS in table.changed_settings:
        yield "its class would change: twice in 30 days at most"
    if ENCRYPTION in table.changed_settings:
        yield "its encryption would change: 4 times in 24 hours at most"
