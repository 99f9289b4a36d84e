"""One write to one item, which can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..refusals import ServiceFault
from .capacity import write_units
from .keys import check_updated
from .marks import as_expression
from .probing import contradicts_itself
from .shelf import Item, Shelf, count, shelf_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..account import Account
    from ..tables import Table
    from .values import Value

_FAILED = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class Write:
    """A write that was made.

    Attributes:
        before: the item as it was; None where there was none.
        after: the item as it is; None where there is none.
        updated: what moto says of the attributes that an update named.
    """

    account: Account
    table: Table
    shelf: Shelf
    key: Mapping[str, Value]
    before: Item | None
    after: Item | None
    updated: Mapping[str, Any]

    @property
    def units(self) -> float:
        """What it cost."""
        return write_units(self.before, self.after)

    def undo(self) -> None:
        """Let the item be as it was."""
        self.shelf.set(self.key, self.before)
        count(self.account, self.table, _change(self.after, self.before))


def write(
    account: Account,
    table: Table,
    operation: str,
    request: Mapping[str, Any],
    key: Mapping[str, Value],
) -> Write:
    """Put, update or delete one item.

    Args:
        account: where.
        table: a table that can be written.
        operation: ``"PutItem"``, ``"UpdateItem"`` or ``"DeleteItem"``.
        request: the request, with its values read and its keys checked.
        key: the item's key.

    Raises:
        ServiceFault: it is refused, and nothing has changed.
    """
    asked = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    if contradicts_itself(request) and not asked:
        raise ServiceFault(_FAILED, "The conditional request failed")
    shelf = shelf_of(account, table)
    before = shelf.find(key)
    if operation == "UpdateItem":
        shelf.detach(key)
        request = as_expression(request)
    try:
        response = shelf.run(operation, request)
        after = shelf.find(key)
        if operation == "UpdateItem" and after is not None:
            old = before.attributes if before else {}
            check_updated(table, old, after.attributes)
    except ServiceFault as fault:
        shelf.set(key, before)
        if fault.code == _FAILED and asked and before is not None:
            members = {"Item": before.attributes}
            raise ServiceFault(_FAILED, fault.message, members=members) from None
        raise
    count(account, table, _change(before, after))
    updated = response.get("Attributes", {})
    return Write(account, table, shelf, key, before, after, updated)


def _change(before: Item | None, after: Item | None) -> int:
    return (after is not None) - (before is not None)
