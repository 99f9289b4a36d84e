"""UpdateTable made safe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .aim import Aim
from .execute import execute
from .index_changes import answering, checked_choice, table_moving
from .patience import INDEX_TIMEOUT, Patience
from .planner.index_steps import UNTIL
from .planner.indexes import MOST_INDEXES
from .planner.requests import checked_request
from .planner.update import plan_update
from .sources import sources_of
from .subject import table_subject

if TYPE_CHECKING:
    from datetime import datetime

    from ..events import Observer
    from ..plans import ChangeResult, Plan
    from ..polling import Polling
    from ..states import TableState
    from .gateway import Gateway
    from .planner.index_steps import Until


async def safe_update_table(
    gateway: Gateway,
    *,
    until: Until = "active",
    max_indexes: int = MOST_INDEXES,
    dry_run: bool = False,
    timeout: float | None = INDEX_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    cloudwatch: Any = None,
    cloudtrail: Any = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Bring a table to what an UpdateTable asks for, however many calls that takes.

    DynamoDB takes one concern a call, and one call at a time. This reads the table,
    leaves out what is so already, checks the rest as a whole, and sends it in calls
    that DynamoDB accepts, each when the table is quiet enough for it, waiting for the
    effect of each. Run it again after it was killed or has failed: it goes on from the
    live table, and a finished one sends nothing.

    Args:
        client: the DynamoDB client.
        until: when the creation of an index counts as done: ``"started"`` (DynamoDB
            has accepted it), ``"backfilling"``, ``"active"``, or ``"queryable"``.
        max_indexes: how many global secondary indexes the account allows on a table.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        cloudwatch: a CloudWatch client, for the percentage of a backfill.
        cloudtrail: a CloudTrail client, to tell who else changes the table.
        request: the parameters of UpdateTable, as botocore takes them; TableName may be
            an ARN. One that dynawait does not know yet is sent in a call of its own.

    Returns:
        What was done and what was so already; with `dry_run`, the plan.

    Raises:
        PlanError: the request can never work; nothing was sent.
        IndexConflictError: another index has the name; nothing was sent.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether a step took effect.
        QuotaError: a hard limit was reached; says when it may be tried again.
        ChangeError: it ended half-way; says how far it had come.
        InvalidArgumentError: an option cannot be right.
    """
    checked_choice(until, UNTIL, "until")
    return await execute(
        gateway,
        update_aim(request, until=until, max_indexes=max_indexes),
        Patience(timeout, polling, on_event, "fail"),
        dry_run=dry_run,
        sources=sources_of(cloudwatch, cloudtrail),
        proof=answering if until == "queryable" else None,
    )


def update_aim(
    request: dict[str, Any], *, until: Until = "active", max_indexes: int = MOST_INDEXES
) -> Aim[TableState]:
    """Return the aim that an UpdateTable is.

    Raises:
        InvalidArgumentError: it names no table.
    """

    def plan(state: TableState, moment: datetime | None) -> Plan:
        return plan_update(
            state, until=until, max_indexes=max_indexes, moment=moment, **given
        )

    given = checked_request(request, "UpdateTable", "TableName")
    subject = table_subject(given["TableName"])
    return Aim(
        subject=subject, plan=plan, moving=table_moving, identity=subject.identity
    )
