"""Continuous backups and point-in-time recovery.

Both are synchronous, but for a table that is new: until a little after it has become
ACTIVE, "backups are being enabled" for it (as measured on AWS). They go by the codes of
the backup services: TableNotFoundException, not ResourceNotFoundException.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .operation import Operation
from .refusals import ServiceFault, refuse
from .shapes import Flag, Group, Text, Whole
from .sightings import active_since, kept, no_backups_table, seen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .account import Account
    from .tables import Table

_DAYS = 35
_LAG = 300.0
_DAY = 86_400.0
_NAME = Text(least=1, most=1024)


@dataclass(slots=True)
class Recovery:
    """Point-in-time recovery of one table.

    Attributes:
        since: when it was enabled, in seconds; None while it is not.
        days: how far back it reaches.
        ever: whether it was ever enabled.
    """

    since: float | None = None
    days: int = _DAYS
    ever: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """The times that a table can be restored to."""

    earliest: datetime
    latest: datetime

    def holds(self, moment: datetime) -> bool:
        """Tell whether a time is in it, to the second that clients send."""
        second = timedelta(seconds=1)
        return self.earliest - second < moment <= self.latest


def check_ready(account: Account, table: Table) -> None:
    """Refuse a table that backups are not enabled for yet.

    Raises:
        ServiceFault: ContinuousBackupsUnavailableException.
    """
    if not _ready(account, table):
        message = f"Backups are being enabled for the table: {table.name}. Please retry"
        raise ServiceFault("ContinuousBackupsUnavailableException", f"{message} later")


def is_enabled(table: Table) -> bool:
    """Tell whether point-in-time recovery is on."""
    return _state(table).since is not None


def window_of(account: Account, table: Table) -> Window:
    """Return the times that a table can be restored to.

    The latest is five minutes ago (API reference, UpdateContinuousBackups), but not
    before recovery was enabled.

    Raises:
        ServiceFault: PointInTimeRecoveryUnavailableException, when it is off.
    """
    state = _state(table)
    if state.since is None:
        message = f"Point in time recovery is not enabled for table '{table.name}'"
        raise ServiceFault("PointInTimeRecoveryUnavailableException", message)
    now = account.now
    return Window(
        account.moment(max(state.since, now - state.days * _DAY)),
        account.moment(max(state.since, now - _LAG)),
    )


def _describe(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    return _description(account, _table(account, request))


def _update(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    wanted = request["PointInTimeRecoverySpecification"]
    enabled = wanted["PointInTimeRecoveryEnabled"]
    days = wanted.get("RecoveryPeriodInDays")
    if not enabled and days is not None:
        message = "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling"
        raise refuse(f"{message} point-in-time recovery.")
    table = _table(account, request)
    check_ready(account, table)
    state = _state(table)
    if not enabled:
        state.since, state.days = None, _DAYS
    else:
        state.since = account.now if state.since is None else state.since
        state.days = days or state.days
        state.ever = True
    return _description(account, table)


def _table(account: Account, request: Mapping[str, Any]) -> Table:
    return seen(account, request["TableName"], missing=no_backups_table, forgets=True)


def _ready(account: Account, table: Table) -> bool:
    since = active_since(table)
    if since is None:
        return False
    return account.now - since >= account.durations.backups_enabling


def _state(table: Table) -> Recovery:
    return kept(table.features, "recovery", Recovery)


def _description(account: Account, table: Table) -> dict[str, Any]:
    state = _state(table)
    ready = state.ever or _ready(account, table)
    recovery: dict[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
    if state.since is not None:
        window = window_of(account, table)
        recovery = {
            "PointInTimeRecoveryStatus": "ENABLED",
            "RecoveryPeriodInDays": state.days,
            "EarliestRestorableDateTime": window.earliest,
            "LatestRestorableDateTime": window.latest,
        }
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED" if ready else "DISABLED",
            "PointInTimeRecoveryDescription": recovery,
        }
    }


OPERATIONS: Mapping[str, Operation] = {
    "UpdateContinuousBackups": Operation(
        Group(
            {
                "TableName": _NAME,
                "PointInTimeRecoverySpecification": Group(
                    {
                        "PointInTimeRecoveryEnabled": Flag(),
                        "RecoveryPeriodInDays": Whole(least=1, most=_DAYS),
                    },
                    ("PointInTimeRecoveryEnabled",),
                ),
            },
            ("TableName", "PointInTimeRecoverySpecification"),
        ),
        _update,
    ),
    "DescribeContinuousBackups": Operation(
        Group({"TableName": _NAME}, ("TableName",)), _describe, "read"
    ),
}
