"""Restores: RestoreTableFromBackup and RestoreTableToPointInTime.

A restore makes a table that is CREATING, with a RestoreSummary in its description until
it is ACTIVE. What is looked at in which order is as measured on AWS: the shape of the
request, whether recovery is on, the time, the name of the target. Items come along;
from a point in time they are those of the moment of the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .backups import backup_in_use, find_backup
from .items.shelf import kept_items, restore_items
from .lifecycle import open_table
from .moments import read_moment, shown
from .operation import Operation
from .overrides import overridden
from .quotas import admit_operation
from .recovery import window_of
from .refusals import ServiceFault, invalid, refuse
from .requests import REQUESTS
from .shapes import Flag, Group, Moment, Text
from .sightings import is_restoring, no_backups_table, seen
from .snapshots import snapshot_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from .account import Account
    from .items.shelf import Item
    from .tables import Table

_MOST = 50
_RESTORE = "RestoreSummary"


def _from_backup(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    backup = find_backup(account, request["BackupArn"])
    table = overridden(backup.snapshot, request)
    _check_target(account, request["TargetTableName"], f"backup: {backup.arn}")
    if backup.restoring is not None:
        message = f"Backup is being used to restore another table: {backup.arn}"
        raise backup_in_use(message)
    if backup.status == "CREATING":
        # That this is refused the API reference says; the text is a guess.
        raise backup_in_use(f"Backup is being created: {backup.arn}")

    def done() -> None:
        backup.restoring = None

    summary = {
        "SourceBackupArn": backup.arn,
        "SourceTableArn": backup.source["TableArn"],
        "RestoreDateTime": backup.created,
    }
    response = _restore(account, table, summary, done, items=backup.items)
    backup.restoring = request["TargetTableName"]
    return response


def _to_point_in_time(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    _check_time(request)
    source = _source(account, request)
    window = window_of(account, source)
    moment = window.latest
    if request.get("RestoreDateTime") is not None:
        moment = read_moment(request["RestoreDateTime"])
        if not window.holds(moment):
            raise _out_of_window(moment, window.earliest, window.latest)
    table = overridden(snapshot_of(source.describe(account.now)), request)
    _check_target(account, request["TargetTableName"], f"table: {source.arn}")
    summary = {"SourceTableArn": source.arn, "RestoreDateTime": moment}
    items = kept_items(source)
    return _restore(account, table, summary, lambda: None, items=items)


def _restore(
    account: Account,
    table: Mapping[str, Any],
    summary: Mapping[str, Any],
    done: Callable[[], None],
    *,
    items: tuple[Item, ...],
) -> dict[str, Any]:
    if sum(is_restoring(table) for table in account.present()) >= _MOST:
        message = f"Subscriber limit exceeded: Only {_MOST} restore operations can be"
        raise ServiceFault("LimitExceededException", f"{message} done simultaneously")

    indexed = bool(table.get("GlobalSecondaryIndexes"))
    admit_operation(account, indexed=indexed)

    def finish(restored: Table, _ended: float) -> None:
        del restored.extra[_RESTORE]
        done()

    restored = open_table(
        account,
        table,
        seconds=account.durations.restore,
        extra={_RESTORE: {**summary, "RestoreInProgress": True}},
        finish=finish,
    )
    restore_items(account, restored, items)
    return {"TableDescription": account.recorded(restored)}


def _check_target(account: Account, name: str, source: str) -> None:
    present = account.settled(account.name_of(name))
    if present is None:
        return
    if is_restoring(present):
        message = f"Table: {name} is already being restored from {source}"
        raise ServiceFault("TableInUseException", message)
    raise ServiceFault("TableAlreadyExistsException", f"Table already exists: {name}")


def _check_time(request: Mapping[str, Any]) -> None:
    latest = bool(request.get("UseLatestRestorableTime"))
    timed = request.get("RestoreDateTime") is not None
    if latest and timed:
        message = "Both RestoreDateTime and UseLatestRestorableTime cannot be set for"
        message += " point-in-time restore request. Please specify only one of them."
        raise refuse(f"Invalid Request: {message}")
    if not latest and not timed:
        message = "Either one of RestoreDateTime or UseLatestRestorableTime must be"
        raise refuse(f"Invalid Request: {message} specified, but not both")


def _source(account: Account, request: Mapping[str, Any]) -> Table:
    name, arn = request.get("SourceTableName"), request.get("SourceTableArn")
    if name is not None and arn is not None:
        message = "Must provide exactly one of: sourceTableArn, sourceTableName"
        raise refuse(message)
    subject = name if arn is None else arn
    if subject is None:
        message = "The parameter 'TableName' is required but was not present in the"
        raise refuse(f"{message} request")
    if arn is not None and ":table/" not in arn:
        problem = "sourceTableArn is not a valid ARN"
        raise invalid(problem)
    return seen(account, subject, missing=no_backups_table, forgets=True)


def _out_of_window(
    moment: datetime, earliest: datetime, latest: datetime
) -> ServiceFault:
    return ServiceFault(
        "InvalidRestoreTimeException",
        f"RestoreDateTime '{shown(moment)}' must be within EarliestRestorableDateTime "
        f"'{shown(earliest)}' and LatestRestorableDateTime '{shown(latest)}'",
    )


_CREATE = REQUESTS["CreateTable"].members
_TARGET = Text(least=3, most=255, pattern="[a-zA-Z0-9_.-]+")
_OVERRIDES = {
    "TargetTableName": _TARGET,
    "BillingModeOverride": _CREATE["BillingMode"],
    "GlobalSecondaryIndexOverride": _CREATE["GlobalSecondaryIndexes"],
    "LocalSecondaryIndexOverride": _CREATE["LocalSecondaryIndexes"],
    "VectorIndexOverride": _CREATE["VectorIndexes"],
    "ProvisionedThroughputOverride": _CREATE["ProvisionedThroughput"],
    "OnDemandThroughputOverride": _CREATE["OnDemandThroughput"],
    "SSESpecificationOverride": _CREATE["SSESpecification"],
}
OPERATIONS: Mapping[str, Operation] = {
    "RestoreTableFromBackup": Operation(
        Group(
            {**_OVERRIDES, "BackupArn": Text(least=37, most=1024)},
            ("TargetTableName", "BackupArn"),
        ),
        _from_backup,
    ),
    "RestoreTableToPointInTime": Operation(
        Group(
            {
                **_OVERRIDES,
                "SourceTableArn": Text(least=1, most=1024),
                "SourceTableName": _TARGET,
                "UseLatestRestorableTime": Flag(),
                "RestoreDateTime": Moment(),
            },
            ("TargetTableName",),
        ),
        _to_point_in_time,
    ),
}
