"""On-demand backups, and the SYSTEM backup that a table with recovery leaves behind.

A backup outlives its table. It is CREATING in the response and AVAILABLE within moments
(as measured on AWS). A test arranges ``"backup"``, by the backup's name, with a status
such as DELETED.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .backup_details import feature_details, table_details
from .items.shelf import kept_items
from .moments import milliseconds, read_moment, shown_finely
from .operation import Operation
from .recovery import check_ready, is_enabled
from .refusals import ServiceFault, invalid, refuse
from .shapes import Group, Moment, Text, Whole
from .sightings import check_key, kept, no_backups_table, seen
from .snapshots import snapshot_of
from .tables import Job, Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .account import Account
    from .items.shelf import Item

_KEPT = timedelta(days=35)
_PAGE = 100
_ARN = Text(least=37, most=1024)


@dataclass(slots=True, kw_only=True)
class Backup:
    """A backup.

    Attributes:
        table: the table's name.
        source: SourceTableDetails.
        features: SourceTableFeatureDetails.
        snapshot: the CreateTable that would make the table again.
        restoring: the name of the table that is being restored from it.
        items: the table's items.
    """

    arn: str
    name: str
    kind: str
    created: datetime
    table: str
    source: dict[str, Any]
    features: dict[str, Any]
    snapshot: dict[str, Any]
    status: str = "CREATING"
    expires: datetime | None = None
    restoring: str | None = None
    items: tuple[Item, ...] = ()

    def details(self) -> dict[str, Any]:
        """Return its BackupDetails."""
        details: dict[str, Any] = {
            "BackupArn": self.arn,
            "BackupName": self.name,
            "BackupSizeBytes": 0,
            "BackupStatus": self.status,
            "BackupType": self.kind,
            "BackupCreationDateTime": self.created,
        }
        if self.expires is not None:
            details["BackupExpiryDateTime"] = self.expires
        return details

    def description(self) -> dict[str, Any]:
        """Return its BackupDescription."""
        return {
            "BackupDetails": self.details(),
            "SourceTableDetails": dict(self.source),
            "SourceTableFeatureDetails": dict(self.features),
        }


def find_backup(account: Account, arn: str) -> Backup:
    """Return a backup.

    Raises:
        ServiceFault: there is none, or it is no ARN of one.
    """
    if not arn.startswith("arn:") or ":table/" not in arn or "/backup/" not in arn:
        raise refuse("Invalid Backup ARN")
    backup = _all(account).get(arn)
    if backup is None:
        raise ServiceFault("BackupNotFoundException", f"Backup not found: {arn}")
    if backup.restoring is not None:
        account.settled(backup.restoring)
    return backup


def backup_in_use(problem: str) -> ServiceFault:
    """Return the refusal of a backup that something else is done with."""
    return ServiceFault("BackupInUseException", problem)


def leave_system_backup(account: Account, table: Table) -> None:
    """Expect the backup that a table with recovery leaves when it is deleted.

    Whether recovery is on is asked when the backup is made: it can still be switched
    for a second after DeleteTable, as measured on AWS.
    """
    created = account.now + account.durations.system_backup

    def finish(ended: float) -> None:
        if is_enabled(table):
            moment = account.moment(ended)
            backup = _made(account, table, f"{table.name}$DeletedTableBackup", moment)
            backup.arn = f"{backup.arn.rpartition('-')[0]}-00000000"
            backup.kind, backup.status, backup.features = "SYSTEM", "AVAILABLE", {}
            backup.expires = moment + _KEPT
            _all(account)[backup.arn] = backup

    account.start(Job("system-backup", created, finish=finish))


def _create(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    name = request["BackupName"]
    subject = request["TableName"]
    table = seen(account, subject, missing=no_backups_table, forgets=True)
    check_ready(account, table)
    check_key(table)
    backup = _made(account, table, name, account.moment())
    _all(account)[backup.arn] = backup
    arranged = account.ending_of("backup", name)

    def finish(_ended: float) -> None:
        backup.status = arranged.status if arranged else "AVAILABLE"

    response = {"BackupDetails": backup.details()}
    ends = account.now + account.durations.backup
    account.start(Job("backup", ends, detail=backup.arn, finish=finish))
    return response


def _describe(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    backup = find_backup(account, request["BackupArn"])
    return {"BackupDescription": backup.description()}


def _delete(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    backup = find_backup(account, request["BackupArn"])
    if backup.expires is not None:
        message = "Invalid Request: User is not allowed to delete the system backup"
        message += f" with arn {backup.arn}. It will automatically expire on"
        raise refuse(f"{message} {shown_finely(backup.expires)}")
    if backup.restoring is not None:
        raise backup_in_use(f"Backup is being used to restore table: {backup.arn}")
    if backup.status == "CREATING":
        # That this is refused the API reference says; the text is a guess.
        raise backup_in_use(f"Backup is being created: {backup.arn}")
    del _all(account)[backup.arn]
    backup.status = "DELETED"
    return {"BackupDescription": backup.description()}


def _list(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    wanted = request.get("BackupType") or "USER"
    lower, upper = _bound(request, "Lower"), _bound(request, "Upper")
    if lower is not None and upper is not None and lower > upper:
        problem = "Time range lower bound must be less than or equal to upper bound"
        raise invalid(problem)
    subject = request.get("TableName")
    table = None if subject is None else account.name_of(subject)
    after = request.get("ExclusiveStartBackupArn") or ""
    found = sorted(
        (
            backup
            for backup in _all(account).values()
            if wanted in ("ALL", backup.kind)
            and table in (None, backup.table)
            and (lower is None or backup.created >= lower)
            and (upper is None or backup.created < upper)
            and _place(backup.arn) > _place(after)
        ),
        key=lambda backup: _place(backup.arn),
    )
    limit = request.get("Limit") or _PAGE
    summaries = [_summary(backup) for backup in found[:limit]]
    response: dict[str, Any] = {"BackupSummaries": summaries}
    if len(found) > limit:
        response["LastEvaluatedBackupArn"] = found[limit - 1].arn
    return response


def _summary(backup: Backup) -> dict[str, Any]:
    named = ("TableName", "TableId", "TableArn")
    source = {member: backup.source[member] for member in named}
    return source | backup.details()


def _made(account: Account, table: Table, name: str, created: datetime) -> Backup:
    number = f"{milliseconds(created):014d}-{account.new_id()[:8]}"
    description = table.describe(account.now)
    return Backup(
        arn=account.arn(f"table/{table.name}/backup/{number}"),
        name=name,
        kind="USER",
        created=created,
        table=table.name,
        source=table_details(description),
        features=feature_details(table, description),
        snapshot=snapshot_of(description),
        items=kept_items(table),
    )


def _all(account: Account) -> dict[str, Backup]:
    backups = kept(account.features, "backups", dict[str, Backup])
    now = account.moment()
    for arn in [
        arn for arn, one in backups.items() if one.expires and one.expires <= now
    ]:
        del backups[arn]
    return backups


def _place(arn: str) -> tuple[str, str]:
    return arn.rpartition("/")[2], arn


def _bound(request: Mapping[str, Any], side: str) -> datetime | None:
    value = request.get(f"TimeRange{side}Bound")
    return None if value is None else read_moment(value)


_BY_ARN = Group({"BackupArn": _ARN}, ("BackupArn",))
OPERATIONS: Mapping[str, Operation] = {
    "CreateBackup": Operation(
        Group(
            {
                "TableName": Text(least=1, most=1024),
                "BackupName": Text(least=3, most=255, pattern="[a-zA-Z0-9_.-]+"),
            },
            ("TableName", "BackupName"),
        ),
        _create,
    ),
    "DescribeBackup": Operation(_BY_ARN, _describe, "read"),
    "DeleteBackup": Operation(_BY_ARN, _delete, "read"),
    "ListBackups": Operation(
        Group(
            {
                "TableName": Text(least=1, most=1024),
                "Limit": Whole(least=1, most=_PAGE),
                "TimeRangeLowerBound": Moment(),
                "TimeRangeUpperBound": Moment(),
                "ExclusiveStartBackupArn": _ARN,
                "BackupType": Text(choices=("USER", "SYSTEM", "AWS_BACKUP", "ALL")),
            }
        ),
        _list,
        "read",
    ),
}
