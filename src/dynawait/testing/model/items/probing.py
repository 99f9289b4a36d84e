"""Requests that can be answered without any item, and so without moto.

Readiness probes send them: a PutItem whose condition contradicts itself, and a Query
for one item of a table into which nobody wrote.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONTRADICTION = re.compile(
    r"\s*attribute_exists\s*\(\s*([#\w]+)\s*\)\s+AND\s+"
    r"attribute_not_exists\s*\(\s*\1\s*\)\s*",
    re.IGNORECASE,
)
_PART = re.compile(r"\s*([#\w]+)\s*=\s*(:\w+)\s*")
_PROBE = {
    "TableName",
    "IndexName",
    "Limit",
    "KeyConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
}


def contradicts_itself(request: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds neither for any item nor for none."""
    condition = request.get("ConditionExpression") or ""
    return _CONTRADICTION.fullmatch(condition) is not None


def asks_for_one(
    request: Mapping[str, Any],
    schema: list[dict[str, str]],
    types: Mapping[str, str],
) -> bool:
    """Tell whether a Query asks for one item by nothing but a whole partition key.

    Args:
        request: the Query.
        schema: the key schema of the table or index that it reads.
        types: the types of the table's key attributes.
    """
    if not request.keys() <= _PROBE or request.get("Limit") != 1:
        return False
    names = request.get("ExpressionAttributeNames", {})
    values = request.get("ExpressionAttributeValues", {})
    asked: dict[str, str] = {}
    for part in re.split(r"\bAND\b", request.get("KeyConditionExpression") or ""):
        found = _PART.fullmatch(part)
        if found is None:
            return False
        asked[names.get(found[1], found[1])] = next(iter(values[found[2]]))
    partition = [key["AttributeName"] for key in schema if key["KeyType"] == "HASH"]
    return asked == {name: types[name] for name in partition}
