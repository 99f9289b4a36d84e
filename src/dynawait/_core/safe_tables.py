"""Creating and deleting tables safely: each a plan and the loop that carries it out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..plans import Plan
from .aim import Aim
from .execute import execute
from .index_changes import checked_flag
from .patience import TABLE_TIMEOUT, Patience
from .planner.create import checked_creation, plan_creation
from .planner.delete import checked_deletion, plan_delete
from .planner.shapes import MOST_INDEXES
from .subject import table_subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ..events import Observer
    from ..plans import ChangeResult
    from ..polling import Polling
    from ..states import TableState
    from .gateway import Gateway
    from .incarnation import Identity
    from .planner.create import Creation


async def safe_create_table(
    gateway: Gateway,
    *,
    ignore: Iterable[str] = (),
    max_indexes: int = MOST_INDEXES,
    dry_run: bool = False,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Create a table and wait until it can be used; adopt one that is as asked for.

    A table that is being deleted is waited out. One that exists is compared with what
    the request states. Indexes and replicas besides are no difference; tags and the
    resource policy are not compared, as no description of the table shows them.

    Args:
        client: the DynamoDB client.
        ignore: parameters that are not compared with a table that exists,
            ``["ProvisionedThroughput"]`` under autoscaling.
        max_indexes: how many global secondary indexes the account allows on a table.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        request: the parameters of CreateTable, as botocore takes them.

    Returns:
        What was done and what was so already; with `dry_run`, the plan.

    Raises:
        PlanError: the request can never work; nothing was sent.
        TableConflictError: the table exists and is another one.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether the table was created.
        QuotaError: a hard limit was reached, as of tables in the account.
        ChangeError: it was refused, or the table is gone again.
        InvalidArgumentError: an option cannot be right.
    """
    aim = create_aim(request, ignore=ignore, max_indexes=max_indexes)
    patience = Patience(timeout, polling, on_event)
    return await execute(gateway, aim, patience, dry_run=dry_run)


async def safe_delete_table(
    gateway: Gateway,
    *,
    disable_protection: bool = False,
    delete_replicas: bool = False,
    dry_run: bool = False,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Delete a table and wait until it is gone; whatever moves on it is waited out.

    Where there is none, nothing is done. A table that somebody creates meanwhile under
    the same name is left alone. If point-in-time recovery is on, DynamoDB keeps a
    backup for 35 days.

    Args:
        client: the DynamoDB client.
        disable_protection: whether deletion protection may be disabled.
        delete_replicas: whether the replicas in other Regions go as well, which takes
            minutes each; otherwise they stay.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
            A backfill that is under way may take days.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        request: the parameters of DeleteTable, as botocore takes them; TableName may
            be an ARN.

    Returns:
        What was done and what was so already, without a state, as there is no table;
        with `dry_run`, the plan.

    Raises:
        PlanError: the table is protected, or strongly consistent across Regions, and
            that was not allowed for; nothing was sent.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether the deletion was accepted.
        QuotaError: a replica was copied from the table in the last 24 hours.
        ChangeError: it was refused, or ended half-way; says how far it had come.
        InvalidArgumentError: an option cannot be right.
    """
    aim = delete_aim(
        request,
        disable_protection=disable_protection,
        delete_replicas=delete_replicas,
    )
    patience = Patience(timeout, polling, on_event)
    result = await execute(gateway, aim, patience, dry_run=dry_run)
    return result if isinstance(result, Plan) else replace(result, state=None)


def create_aim(
    request: Mapping[str, Any],
    *,
    ignore: Iterable[str] = (),
    max_indexes: int = MOST_INDEXES,
) -> Aim[TableState]:
    """Return the aim that a CreateTable is.

    Raises:
        PlanError: the request can never work.
        InvalidArgumentError: an option cannot be right.
    """
    wanted = checked_creation(request, ignore=ignore, max_indexes=max_indexes)
    return Aim(
        subject=table_subject(wanted.table),
        plan=partial(_plan_creation, wanted=wanted),
        moving=_moving,
        absent=True,
        identity=_living,
    )


def delete_aim(
    request: Mapping[str, Any],
    *,
    disable_protection: bool = False,
    delete_replicas: bool = False,
) -> Aim[TableState]:
    """Return the aim that a DeleteTable is.

    Raises:
        PlanError: the request can never work.
        InvalidArgumentError: an option cannot be right.
    """
    options: dict[str, Any] = {
        "disable_protection": disable_protection,
        "delete_replicas": delete_replicas,
    }
    for name, value in options.items():
        checked_flag(value, name)
    given = checked_deletion(request)
    subject = table_subject(given["TableName"])
    return Aim(
        subject=subject,
        plan=partial(_plan_deletion, options=options | given),
        moving=_moving,
        absent=True,
        identity=subject.identity,
        vanished="success",
    )


def _plan_creation(
    state: TableState, _moment: datetime | None, *, wanted: Creation
) -> Plan:
    return plan_creation(state, wanted)


def _plan_deletion(
    state: TableState, _moment: datetime | None, *, options: dict[str, Any]
) -> Plan:
    return plan_delete(state, **options)


def _moving(state: TableState) -> tuple[str, ...]:
    return state.blockers() if state.exists else ()


def _living(state: TableState) -> Identity:
    """Return the identity of a table, but for one that is on its way out."""
    if state.status == "DELETING":
        return None, None
    return state.table_id, state.created_at
