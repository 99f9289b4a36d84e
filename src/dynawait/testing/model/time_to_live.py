"""Time to live: UpdateTimeToLive and DescribeTimeToLive.

What is refused when is as measured on AWS: the content of a request is looked at before
the interval between two changes is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .operation import Operation
from .refusals import in_use, no_table, refuse
from .shapes import Flag, Group, Text
from .sightings import check_key, is_restoring, kept, seen
from .tables import Job, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .account import Account

_KIND = "time-to-live"
_NAME = Text(least=1, most=1024)


@dataclass(slots=True)
class TimeToLive:
    """Time to live of one table.

    Attributes:
        enabled: what was asked for last.
        attribute: the attribute that holds the time of expiry, until it is off again.
        changed: when it was changed last, in seconds.
    """

    enabled: bool = False
    attribute: str | None = None
    changed: float = -math.inf


def describe_time_to_live(table: Table) -> dict[str, Any]:
    """Return the TimeToLiveDescription of a table."""
    state = _state(table)
    changing = table.under_way(_KIND) is not None
    status = f"{'EN' if state.enabled else 'DIS'}ABL{'ING' if changing else 'ED'}"
    description = {"TimeToLiveStatus": status}
    if state.attribute is not None:
        description["AttributeName"] = state.attribute
    return description


def _describe(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    table = account.existing(request["TableName"])
    if is_restoring(table):
        raise no_table(table.name)
    if table.status in ("CREATING", "DELETING"):
        message = f"Cannot describe time to live while table is in {table.status} state"
        raise refuse(f"{message}: Current table state is {table.status}")
    return {"TimeToLiveDescription": describe_time_to_live(table)}


def _update(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    table = seen(account, request["TableName"], forgets=True)
    if table.status == "CREATING":
        raise in_use(f"Table {table.name} is being created")
    _check_replicas(table)
    wanted = request["TimeToLiveSpecification"]
    enabled, attribute = wanted["Enabled"], wanted["AttributeName"]
    state = _state(table)
    _check(account, state, enabled=enabled, attribute=attribute)
    check_key(table)
    state.enabled, state.attribute, state.changed = enabled, attribute, account.now

    def finish(_ended: float) -> None:
        state.attribute = attribute if enabled else None

    ends = account.now + account.durations.time_to_live
    table.start(Job(_KIND, ends, finish=finish, aside=True))
    answer = {"Enabled": enabled, "AttributeName": attribute}
    return {"TimeToLiveSpecification": answer}


def _check_replicas(table: Table) -> None:
    """Refuse a change while a replica is added: it is one for all Regions."""
    for replica in table.replicas.values():
        if replica.listed and replica.status == "CREATING":
            message = "Create/Update/Delete of replica is not allowed while the replica"
            message += f" is being added to table with name: ‘{table.name}’ in region:"  # noqa: RUF001 - AWS's quotes
            raise refuse(f"{message} ‘{replica.region}’.")  # noqa: RUF001 - the same


def _check(
    account: Account, state: TimeToLive, *, enabled: bool, attribute: str
) -> None:
    if not enabled and not state.enabled:
        raise refuse("TimeToLive is already disabled")
    if state.enabled and state.attribute != attribute:
        message = "TimeToLive is active on a different AttributeName: current"
        raise refuse(f"{message} AttributeName is {state.attribute}")
    if enabled and state.enabled:
        raise refuse("TimeToLive is already enabled")
    if account.now - state.changed < account.durations.time_to_live_interval:
        message = "Time to live has been modified multiple times within a fixed"
        raise refuse(f"{message} interval")


def _state(table: Table) -> TimeToLive:
    return kept(table.features, _KIND, TimeToLive)


OPERATIONS: Mapping[str, Operation] = {
    "UpdateTimeToLive": Operation(
        Group(
            {
                "TableName": _NAME,
                "TimeToLiveSpecification": Group(
                    {"Enabled": Flag(), "AttributeName": Text(least=1, most=255)},
                    ("Enabled", "AttributeName"),
                ),
            },
            ("TableName", "TimeToLiveSpecification"),
        ),
        _update,
    ),
    "DescribeTimeToLive": Operation(
        Group({"TableName": _NAME}, ("TableName",)), _describe, "read"
    ),
}
