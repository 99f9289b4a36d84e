"""DescribeLimits and DescribeEndpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .operation import Operation
from .shapes import Group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .account import Account

# The initial quotas of an account in most Regions: developer guide, "Service, account,
# and table quotas".
_ACCOUNT_UNITS = 80_000
_TABLE_UNITS = 40_000
_DAY_IN_MINUTES = 1440


def _limits(_account: Account, _request: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "AccountMaxReadCapacityUnits": _ACCOUNT_UNITS,
        "AccountMaxWriteCapacityUnits": _ACCOUNT_UNITS,
        "TableMaxReadCapacityUnits": _TABLE_UNITS,
        "TableMaxWriteCapacityUnits": _TABLE_UNITS,
    }


def _endpoints(account: Account, _request: Mapping[str, Any]) -> dict[str, Any]:
    address = f"dynamodb.{account.region}.amazonaws.com"
    return {
        "Endpoints": [{"Address": address, "CachePeriodInMinutes": _DAY_IN_MINUTES}]
    }


OPERATIONS: Mapping[str, Operation] = {
    "DescribeLimits": Operation(Group(), _limits, "read"),
    "DescribeEndpoints": Operation(Group(), _endpoints),
}
