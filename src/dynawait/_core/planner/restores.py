"""Restores: what RestoreTableFromBackup and RestoreTableToPointInTime are to do.

A restore makes a table, whose description says where it comes from; once the table is
ACTIVE it may say so no more (as measured on AWS). So a restore that runs is adopted,
and a table that says nothing is a conflict, unless this run has seen it being restored.

Sources: API reference, RestoreTableFromBackup, RestoreTableToPointInTime and
RestoreSummary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ...conditions import Verdict, quiet, restored, table_absent
from ...errors import TableConflictError
from ...plans import Plan, Step
from .forms import CREATE_TABLE, Flag, Group, Text
from .settings import checked_form, question

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ...states import RestoreState, TableState
    from .problems import Problems

_CREATE = CREATE_TABLE.members
_TARGET = Text(3, 255, named=True)
_CAPS = "OnDemandThroughputOverride"
_COMMON = {
    "TargetTableName": _TARGET,
    "BillingModeOverride": _CREATE["BillingMode"],
    "ProvisionedThroughputOverride": _CREATE["ProvisionedThroughput"],
    _CAPS: _CREATE["OnDemandThroughput"],
    "GlobalSecondaryIndexOverride": _CREATE["GlobalSecondaryIndexes"],
    "LocalSecondaryIndexOverride": _CREATE["LocalSecondaryIndexes"],
    "VectorIndexOverride": _CREATE["VectorIndexes"],
    "SSESpecificationOverride": _CREATE["SSESpecification"],
}
_FROM_BACKUP = Group(
    {**_COMMON, "BackupArn": Text(37, 1024)}, ("TargetTableName", "BackupArn")
)
_TO_A_TIME = Group(
    {
        **_COMMON,
        "SourceTableName": _TARGET,
        "SourceTableArn": Text(1, 1024),
        "UseLatestRestorableTime": Flag(),
    },
    ("TargetTableName",),
)
_OTHER_MEMBERS = ("RestoreDateTime",)
# Clients send times to the second.
_PRECISION = timedelta(seconds=1)
_BACKUP_TIME = re.compile(r"/backup/(\d{13,14})-")


@dataclass(frozen=True, slots=True)
class Restore:
    """A restore that can be read.

    Attributes:
        table: the table that it makes.
        operation: which of the two it is.
        request: the request.
        moment: the point in time; None: that of the backup, or the latest.
    """

    table: str
    operation: str
    request: Mapping[str, Any]
    moment: datetime | None = None

    @property
    def source(self) -> str:
        """What it is restored from, in words."""
        for member in ("BackupArn", "SourceTableArn"):
            if member in self.request:
                return str(self.request[member])
        return str(self.request["SourceTableName"])


def read_restore_of_backup(request: Mapping[str, Any]) -> Restore:
    """Read the request of RestoreTableFromBackup.

    Raises:
        PlanError: it can never work.
    """
    table = str(request.get("TargetTableName"))
    problems = checked_form(request, _FROM_BACKUP, table)
    arn = request["BackupArn"]
    if not arn.startswith("arn:") or ":table/" not in arn or "/backup/" not in arn:
        problems.add(f"BackupArn: not the ARN of a backup: {arn!r}")
    _check_overrides(request, problems)
    problems.check()
    return Restore(table, "RestoreTableFromBackup", request)


def read_restore_to_time(request: Mapping[str, Any], now: datetime) -> Restore:
    """Read the request of RestoreTableToPointInTime.

    Args:
        request: the request.
        now: the date; a point in time in the future is refused.

    Raises:
        PlanError: it can never work.
    """
    table = str(request.get("TargetTableName"))
    known = {
        name: value for name, value in request.items() if name not in _OTHER_MEMBERS
    }
    problems = checked_form(known, _TO_A_TIME, table)
    sources = [name for name in ("SourceTableName", "SourceTableArn") if name in known]
    if len(sources) != 1:
        problems.add("SourceTableName, SourceTableArn: give one of them")
    elif known.get("SourceTableName") == table:
        problems.add(f"TargetTableName: {table} is the source; give another name")
    if "SourceTableArn" in known and ":table/" not in known["SourceTableArn"]:
        found = known["SourceTableArn"]
        problems.add(f"SourceTableArn: not the ARN of a table: {found!r}")
    moment = _moment(request, problems)
    if bool(known.get("UseLatestRestorableTime")) == ("RestoreDateTime" in request):
        problems.add("RestoreDateTime, UseLatestRestorableTime: give one of them")
    elif moment is not None and moment > now:
        problems.add(f"RestoreDateTime: {moment.isoformat()} is in the future")
    _check_overrides(request, problems)
    problems.check()
    return Restore(table, "RestoreTableToPointInTime", request, moment)


def plan_restore(
    wanted: Restore, state: TableState, ours: Collection[str | None] = ()
) -> Plan:
    """Work out what is left to do, from what the target is described with.

    Args:
        wanted: the request.
        state: the state of the target.
        ours: the identifiers of tables that were seen being restored from the source.

    Raises:
        TableConflictError: the target exists and is another table.
    """
    step = Step(
        title=f"restore {wanted.table}",
        operation=wanted.operation,
        parameters=wanted.request,
        reason=f"from {wanted.source}; the table is {state.status}",
        needs=table_absent(),
        effect=question("restore_begun", _begun, wanted.table),
        still=restored() & quiet(),
        action="create",
        duration="minutes",
    )
    if not state.exists or state.status == "DELETING":
        return Plan(wanted.table, (step,))
    if state.table_id not in ours:
        different = differences_of(wanted, state.restore)
        if state.restore is None and is_older(wanted, state):
            problem = "it is older than the backup, so it does not come from it"
            different = [f"{problem}; restore to another name"]
        if different:
            raise TableConflictError(
                existing=state, wanted=wanted.request, differences=different
            )
    return Plan(wanted.table, already=(step,))


def differences_of(wanted: Restore, found: RestoreState | None) -> list[str]:
    """Say in what a table's origin is not the one that was asked for."""
    if found is None:
        problem = (
            "its description does not say that it was restored, which DynamoDB may "
            "leave out once a table is ACTIVE: if it is what an earlier run has "
            "restored, say adopt=True; if not, delete it or restore to another name"
        )
        return [problem]
    request = wanted.request
    different: list[str] = []
    if found.source_backup_arn != request.get("BackupArn"):
        there = found.source_backup_arn or "a point in time"
        asked = request.get("BackupArn", "a point in time")
        different.append(f"BackupArn: it comes from {there}, not from {asked}")
    arn = found.source_table_arn or ""
    name = arn.rpartition(":table/")[2]
    for member, there in (("SourceTableArn", arn), ("SourceTableName", name)):
        if request.get(member) not in (there, None):
            different.append(f"{member}: it is {there}, not {request[member]}")
    if wanted.moment is not None and found.restored_at is not None:
        gap = abs(found.restored_at - wanted.moment)
        if gap > _PRECISION:
            there = found.restored_at.isoformat()
            asked = wanted.moment.isoformat()
            different.append(f"RestoreDateTime: it is {there}, not {asked}")
    return different


def is_older(wanted: Restore, state: TableState) -> bool:
    """Tell whether a table is older than the backup that it is to come from.

    Then it is no restore of it; most likely it is the very table that was backed up.
    The ARN of a backup has the time of its creation, in milliseconds.
    """
    found = _BACKUP_TIME.search(str(wanted.request.get("BackupArn")))
    if found is None or state.created_at is None:
        return False
    return state.created_at.timestamp() < int(found[1]) / 1000


def moving_restore(state: TableState) -> tuple[str, ...]:
    """Say what moves on the target, where there is one."""
    return state.blockers() if state.exists else ()


def _check_overrides(request: Mapping[str, Any], problems: Problems) -> None:
    mode = request.get("BillingModeOverride")
    capacity = "ProvisionedThroughputOverride"
    if mode == "PAY_PER_REQUEST" and capacity in request:
        problems.add(f"{capacity}: leave it out with BillingModeOverride {mode}")
    if mode == "PROVISIONED" and _CAPS in request:
        problems.add(f"{_CAPS}: leave it out with BillingModeOverride {mode}")
    caps: Mapping[str, int] = request.get(_CAPS) or {}
    for unit, value in caps.items():
        if value < 1:
            problems.add(f"{_CAPS}.{unit}: expected 1 or more, got {value}")


def _moment(request: Mapping[str, Any], problems: Problems) -> datetime | None:
    value = request.get("RestoreDateTime")
    if value is None:
        return None
    try:
        if isinstance(value, datetime):
            # As botocore takes it: without a zone it is a time of this machine.
            return value.astimezone(UTC)
        if isinstance(value, str):
            return datetime.fromisoformat(value).astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        pass
    problems.add(f"RestoreDateTime: expected a datetime, got {value!r}")
    return None


def _begun(table: str, state: TableState) -> Verdict:
    if state.exists and state.status != "DELETING":
        return Verdict.satisfied()
    return Verdict.pending(f"table {table} is {state.status}")
