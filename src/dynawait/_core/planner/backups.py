"""On-demand backups: what CreateBackup is to do.

DynamoDB makes as many backups of one name as it is asked for, so that a call whose
answer was lost must not be made again before a look has shown that it came to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...conditions import Verdict
from ...plans import Plan, Step
from .forms import Group, Text
from .settings import checked_form, question, status_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...states import BackupState

_LIVE = ("CREATING", "AVAILABLE")
# For how long a backup that was begun may not be listed, in seconds: a guess on the
# safe side, as only a call whose answer was lost waits for it.
_LAG = 30.0
_FORM = Group(
    {"TableName": Text(1, 1024), "BackupName": Text(3, 255, named=True)},
    ("TableName", "BackupName"),
)


@dataclass(frozen=True, slots=True)
class Backup:
    """A CreateBackup that can be read."""

    table: str
    name: str
    request: Mapping[str, Any]


def read_backup(request: Mapping[str, Any]) -> Backup:
    """Read the request of CreateBackup.

    Raises:
        PlanError: it can never work.
    """
    checked_form(request, _FORM, str(request.get("TableName"))).check()
    return Backup(request["TableName"], request["BackupName"], request)


def plan_backup(wanted: Backup, state: BackupState) -> Plan:
    """Work out what is left to do, from the newest backup of that name."""
    step = Step(
        title=f"create backup {wanted.name}",
        operation="CreateBackup",
        parameters=wanted.request,
        reason=f"it is {state.status}",
        effect=question("backup_begun", _begun, wanted.name, state.arn),
        still=question("backup_available", _available, wanted.name),
        action="create",
        lag=_LAG,
    )
    if state.status in _LIVE:
        return Plan(wanted.table, already=(step,))
    return Plan(wanted.table, (step,))


def _begun(name: str, before: str, state: BackupState) -> Verdict:
    """Judge the effect; `before` is the ARN of one that was DELETED already."""
    verdict = status_in(f"backup {name}", _LIVE, state.status)
    if state.status == "DELETED" and state.arn != before:
        return Verdict.impossible(*verdict.reasons)
    return verdict


def _available(name: str, state: BackupState) -> Verdict:
    return status_in(f"backup {name}", ("AVAILABLE",), state.status)
