"""Backups of tables, and tables from backups."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from .aim import Aim
from .patience import INDEX_TIMEOUT, Patience
from .planner.backups import plan_backup, read_backup
from .planner.requests import checked_request
from .planner.restores import (
    differences_of,
    is_older,
    moving_restore,
    plan_restore,
    read_restore_of_backup,
    read_restore_to_time,
)
from .safe_settings import change_setting
from .setting_subjects import backup_subject
from .subject import table_subject

if TYPE_CHECKING:
    from datetime import datetime

    from ..events import Observer
    from ..plans import ChangeResult, Plan
    from ..polling import Polling
    from ..states import BackupState, TableState
    from .gateway import Gateway
    from .incarnation import Identity
    from .planner.backups import Backup
    from .planner.restores import Restore


async def safe_create_backup(
    gateway: Gateway,
    *,
    dry_run: bool = False,
    timeout: float | None = INDEX_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Create a backup of a table, unless this table has one of that name.

    DynamoDB itself makes another backup of the same name each time. A backup of an
    earlier table of the same name does not count.

    Args:
        client: the DynamoDB client.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        request: the parameters of CreateBackup, as botocore takes them.

    Returns:
        What was done and what was so already, and the `BackupState`; with `dry_run`,
        the plan.

    Raises:
        PlanError: the request can never work, or there is no such table; nothing was
            sent.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether the backup was begun.
        QuotaError: a hard limit was reached.
        ChangeError: the backup is DELETED, or it ended half-way otherwise.
        InvalidArgumentError: an argument cannot be right.
    """
    wanted = read_backup(checked_request(request, "CreateBackup"))
    aim = Aim(
        subject=backup_subject(wanted.table, wanted.name),
        plan=partial(_plan_backup, wanted),
    )
    patience = Patience(timeout, polling, on_event, "fail")
    return await change_setting(gateway, aim, patience, dry_run=dry_run)


async def safe_restore_table_from_backup(
    gateway: Gateway,
    *,
    adopt: bool = False,
    dry_run: bool = False,
    timeout: float | None = None,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Restore a table from a backup, and wait until it is there and quiet.

    A restore from that backup which runs already is adopted. What is not restored
    (streams, time to live, recovery, tags, policies) is left to its own functions.

    Args:
        client: the DynamoDB client.
        adopt: whether a table of that name whose description does not say where it
            comes from counts as restored; DynamoDB may not say it for long.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever, as a restore
            may take hours; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        request: the parameters of RestoreTableFromBackup, as botocore takes them.

    Returns:
        What was done and what was so already, and the `TableState`; with `dry_run`,
        the plan.

    Raises:
        PlanError: the request can never work; nothing was sent.
        TableConflictError: the target exists, and is not known to come from there.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether the restore was begun.
        QuotaError: a hard limit was reached.
        ChangeError: it ended half-way; says how far it had come.
        InvalidArgumentError: an argument cannot be right.
    """
    operation = "RestoreTableFromBackup"
    wanted = read_restore_of_backup(checked_request(request, operation))
    patience = Patience(timeout, polling, on_event)
    return await _restore(gateway, wanted, patience, adopt=adopt, dry_run=dry_run)


async def safe_restore_table_to_point_in_time(
    gateway: Gateway,
    *,
    adopt: bool = False,
    dry_run: bool = False,
    timeout: float | None = None,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Restore a table to a point in time, as another table that will be quiet.

    A restore of that table and time which runs already is adopted; with
    ``UseLatestRestorableTime``, one to any time.

    Args:
        client: the DynamoDB client.
        adopt: whether a table of that name whose description does not say where it
            comes from counts as restored; DynamoDB may not say it for long.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever, as a restore
            may take hours; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        request: the parameters of RestoreTableToPointInTime, as botocore takes them.

    Returns:
        What was done and what was so already, and the `TableState`; with `dry_run`,
        the plan.

    Raises:
        PlanError: the request can never work; nothing was sent.
        TableConflictError: the target exists, and is not known to come from there.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether the restore was begun.
        QuotaError: a hard limit was reached.
        ChangeError: it ended half-way; says how far it had come.
        InvalidArgumentError: an argument cannot be right.
    """
    given = checked_request(request, "RestoreTableToPointInTime")
    wanted = read_restore_to_time(given, gateway.moment())
    patience = Patience(timeout, polling, on_event)
    return await _restore(gateway, wanted, patience, adopt=adopt, dry_run=dry_run)


async def _restore(
    gateway: Gateway,
    wanted: Restore,
    patience: Patience,
    *,
    adopt: bool,
    dry_run: bool,
) -> ChangeResult | Plan:
    aim = Aim(
        subject=table_subject(wanted.table),
        plan=_Restoring(wanted, adopt=adopt).plan,
        moving=moving_restore,
        absent=True,
        identity=_living,
    )
    return await change_setting(gateway, aim, patience, dry_run=dry_run)


def _living(state: TableState) -> Identity:
    """Return the identity of a table, but for one that is on its way out."""
    if state.status == "DELETING":
        return None, None
    return state.table_id, state.created_at


def _plan_backup(wanted: Backup, state: BackupState, _moment: datetime | None) -> Plan:
    return plan_backup(wanted, state)


class _Restoring:
    """Plans a restore, and keeps in mind which table was seen being restored.

    Its description may not say where it comes from any more, once it is ACTIVE.
    """

    def __init__(self, wanted: Restore, *, adopt: bool) -> None:
        self._wanted = wanted
        self._adopt = adopt
        self._ours: set[str | None] = set()

    def plan(self, state: TableState, _moment: datetime | None) -> Plan:
        found = state.restore
        named = found is not None and not differences_of(self._wanted, found)
        adopted = found is None and self._adopt and not is_older(self._wanted, state)
        if named or adopted:
            self._ours.add(state.table_id)
        return plan_restore(self._wanted, state, self._ours)
