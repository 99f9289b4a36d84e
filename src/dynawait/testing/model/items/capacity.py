"""What requests cost: the table's part of it, by the sizes of items.

Units are those of the developer guide, "DynamoDB read and write operations". What
writes cost an index is not counted, and reads are charged for what they return.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .shelf import Item

_READ_UNIT, _WRITE_UNIT = 4096, 1024


def read_units(size: int, *, consistent: bool) -> float:
    """Return the read units of that many bytes."""
    units = max(1, math.ceil(size / _READ_UNIT))
    return float(units) if consistent else units / 2


def write_units(*items: Item | None) -> float:
    """Return the write units of an item, by how it was and is."""
    size = max((item.size for item in items if item is not None), default=0)
    return float(max(1, math.ceil(size / _WRITE_UNIT)))


def consumed(request: Mapping[str, Any], units: Mapping[str, float]) -> dict[str, Any]:
    """Return the member that says what a request for one table cost, if it is asked.

    Args:
        request: the request.
        units: the units of the table, by its name.
    """
    costs = consumed_each(request, units)
    return {"ConsumedCapacity": costs["ConsumedCapacity"][0]} if costs else {}


def consumed_each(
    request: Mapping[str, Any], units: Mapping[str, float]
) -> dict[str, Any]:
    """Return the same for a request for several tables."""
    wanted = request.get("ReturnConsumedCapacity", "NONE")
    if wanted == "NONE":
        return {}
    costs: list[dict[str, Any]] = []
    for name, number in units.items():
        cost: dict[str, Any] = {"TableName": name, "CapacityUnits": number}
        if wanted == "INDEXES":
            cost["Table"] = {"CapacityUnits": number}
        costs.append(cost)
    return {"ConsumedCapacity": costs}
