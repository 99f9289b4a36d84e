"""A plane with a table in it, for tests of items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulation.support import Plane, table

if TYPE_CHECKING:
    from dynawait.testing import Durations

KEY: dict[str, Any] = {"Key": {"pk": {"S": "a"}}}


class Desk(Plane):
    """A plane whose table is there from the start."""

    def __init__(self, durations: Durations | None = None, **request: Any) -> None:
        """Create the table."""
        super().__init__(durations)
        self.create(table(**request))

    def ask(self, operation: str, **request: Any) -> dict[str, Any]:
        """Return the response to a request about the table."""
        return self.plane.handle(operation, {"TableName": "orders", **request})

    def put(self, **attributes: Any) -> None:
        """Put an item with the key ``a`` unless another is given."""
        self.ask("PutItem", Item={**KEY["Key"], **attributes})

    def get(self, **more: Any) -> Any:
        """Return the item with the key ``a``; None where there is none."""
        return self.ask("GetItem", **KEY, **more).get("Item")

    def keys(self, index: str | None = None) -> list[str]:
        """Return the keys of all items in the table, or in an index."""
        named = {} if index is None else {"IndexName": index}
        items = self.ask("Scan", **named)["Items"]
        return [item["pk"]["S"] for item in items]


def text(value: str) -> dict[str, str]:
    """Return a string as an attribute value."""
    return {"S": value}


def number(value: float) -> dict[str, str]:
    """Return a number as an attribute value."""
    return {"N": str(value)}
