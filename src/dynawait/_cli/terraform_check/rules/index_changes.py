"""Index changes that one apply should not make together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import Finding, Rule, Severity
from ..indexes import read_indexes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plans import Plan
    from ..tables import TableChange

SEVERAL = Rule(
    "DW101",
    "several-index-changes",
    Severity.ERROR,
    "More than one index change of a table in one apply",
    "DynamoDB makes or drops one index of a table at a time, and refuses a second with "
    "LimitExceededException or ResourceInUseException while one is made. Each creation "
    "takes minutes on an empty table and days on a big one; an apply that is "
    "stopped or times out in between leaves some done and some not.",
    "Let each apply make one index change, or make them with "
    "`dynawait indexes apply TABLE FILE`, which goes on where it was stopped.",
)
REPLACED = Rule(
    "DW102",
    "index-replaced",
    Severity.ERROR,
    "An index is dropped and made again under its name",
    "The key, the projection and the key types of an index cannot change: Terraform "
    "drops the index and makes another. Until that one is built, which may take days, "
    "every query of it fails.",
    "Add the new index under another name, wait until it is active, let the readers "
    "move, and drop the old one in a later apply.",
)
BESIDE = Rule(
    "DW103",
    "index-change-beside-settings",
    Severity.ERROR,
    "An index change in one apply with other changes of its table",
    "DynamoDB takes one of these a call and refuses the others with "
    "ResourceInUseException while the table is changing; Terraform does not try again. "
    "Where it gets through, what comes after an index waits for its backfill, and an "
    "apply that ends in between leaves the rest undone.",
    "Put the index change into an apply of its own, after the other one is done: "
    "`dynawait wait TABLE --for quiet` tells when that is.",
)
RENAMED = Rule(
    "DW104",
    "index-renamed",
    Severity.ERROR,
    "An index gets another name",
    "An index cannot be renamed: Terraform drops the old one first and builds the new "
    "one from nothing. In between there is neither, and queries fail.",
    "Add the index under its new name, wait until it is active, let the readers move, "
    "and drop the old one in a later apply.",
)
RULES = (SEVERAL, REPLACED, BESIDE, RENAMED)
KINDS = ("create", "delete")


def check(table: TableChange, plan: Plan) -> Iterator[Finding]:
    """Yield what the rules of this module find."""
    del plan
    changes = table.index_changes
    if not changes:
        return
    renamed = list(_renamed(table))
    yield from renamed
    if len(changes) - len(renamed) > 1:
        what = ", ".join(map(str, changes))
        message = f"{len(changes)} index changes in one apply: {what}"
        yield SEVERAL.finds(table.address, message, table.name)
    for change in changes:
        if change.kind == "replace":
            parts = " and ".join(change.parts) or "something else about it"
            message = f"index {change.name} would be dropped and made again, with "
            message += parts
            yield REPLACED.finds(change.address, message, table.name)
    if table.changed_settings:
        what, beside = ", ".join(map(str, changes)), ", ".join(table.changed_settings)
        message = f"index changes ({what}) beside changes of {beside}"
        yield BESIDE.finds(table.address, message, table.name)


def _renamed(table: TableChange) -> Iterator[Finding]:
    old = read_indexes(table.before) if table.is_updated else {}
    names = {
        kind: [c.name for c in table.index_changes if c.kind == kind] for kind in KINDS
    }
    gone = [old[name] for name in names["delete"] if name in old]
    new = [table.indexes[name] for name in names["create"] if name in table.indexes]
    for index in gone:
        same = next((each for each in new if not list(index.differences(each))), None)
        if same is not None:
            new.remove(same)
            message = f"index {index.name} would be dropped, and {same.name} made with "
            message += "the same key and projection"
            yield RENAMED.finds(table.address, message, table.name)
