"""Index changes: a list of them, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..changes import checked_changes
from ..errors import InvalidArgumentError
from .abandon import drop_creation
from .aim import Aim
from .execute import execute
from .patience import Patience
from .planner.index_steps import UNTIL
from .planner.indexes import MOST_INDEXES, plan_index_changes
from .probes import indexes_queryable
from .sources import sources_of
from .subject import table_subject

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Literal, TypeAlias

    from ..changes import Change
    from ..events import Observer
    from ..plans import ChangeResult, Plan
    from ..polling import Polling
    from ..states import TableState
    from .gateway import Gateway
    from .planner.index_steps import Until

    OnCancel: TypeAlias = Literal["keep", "delete"]

ON_CANCEL = ("keep", "delete")


async def apply_index_changes(
    gateway: Gateway,
    table: str,
    changes: Iterable[Change],
    *,
    until: Until = "active",
    on_cancel: OnCancel = "keep",
    allow_gap: bool = False,
    max_indexes: int = MOST_INDEXES,
    dry_run: bool = False,
    timeout: float | None = None,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    cloudwatch: Any = None,
    cloudtrail: Any = None,
) -> ChangeResult | Plan:
    """Create, delete, update and replace indexes, one after the other.

    The whole list is checked against the live table before the first call. An index
    that is there already and matches is adopted, whoever creates it. Run it again
    after it was killed or has failed: it goes on from the live table.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        changes: what is asked for, in order: `CreateIndex`, `DeleteIndex`,
            `UpdateIndex`, `ReplaceIndex`, `CreateVectorIndex`, `DeleteVectorIndex`.
        until: when a creation counts as done: ``"started"`` (DynamoDB has accepted
            it), ``"backfilling"``, ``"active"``, or ``"queryable"`` (a query of it was
            answered). The next change waits for the table to be quiet all the same.
        on_cancel: what to do with an index that is being built when the call is
            cancelled: ``"keep"`` it, or ``"delete"`` it where DynamoDB allows that.
        allow_gap: whether a `ReplaceIndex` may delete the old index first, where it
            cannot be otherwise.
        max_indexes: how many global secondary indexes the account allows on a table.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever, as a backfill
            may take days; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        cloudwatch: a CloudWatch client, for the percentage of a backfill.
        cloudtrail: a CloudTrail client, to tell who else changes the table.

    Returns:
        What was done and what was so already; with `dry_run`, the plan.

    Raises:
        PlanError: the changes can never work; nothing was sent.
        IndexConflictError: another index has the name; nothing was sent.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether a change took effect.
        QuotaError: a hard limit was reached.
        ChangeError: it ended half-way; says how far it had come.
        InvalidArgumentError: an argument cannot be right.
    """
    checked_choice(until, UNTIL, "until")
    checked_choice(on_cancel, ON_CANCEL, "on_cancel")
    asked = checked_changes(changes)
    aim = index_aim(
        table, asked, until=until, allow_gap=allow_gap, max_indexes=max_indexes
    )
    return await execute(
        gateway,
        aim,
        Patience(timeout, polling, on_event, "fail"),
        dry_run=dry_run,
        sources=sources_of(cloudwatch, cloudtrail),
        on_interrupt=drop_creation if on_cancel == "delete" else None,
        proof=answering if until == "queryable" else None,
    )


def checked_choice(value: str, choices: tuple[str, ...], argument: str) -> None:
    """Refuse what is none of the choices.

    Raises:
        InvalidArgumentError: names the choices.
    """
    if value not in choices:
        problem = f"expected {' or '.join(choices)}, got {value!r}"
        raise InvalidArgumentError(argument, problem)


def checked_flag(value: Any, argument: str) -> None:
    """Refuse what is neither True nor False, where a slip would delete something.

    Raises:
        InvalidArgumentError: says what was given instead.
    """
    if not isinstance(value, bool):
        problem = f"expected True or False, got {value!r}"
        raise InvalidArgumentError(argument, problem)


def index_aim(
    table: str,
    changes: tuple[Change, ...],
    *,
    until: Until,
    allow_gap: bool,
    max_indexes: int,
) -> Aim[TableState]:
    """Return the aim that index changes are.

    Raises:
        InvalidArgumentError: an option cannot be right.
    """
    checked_flag(allow_gap, "allow_gap")

    def plan(state: TableState, moment: datetime | None) -> Plan:
        return plan_index_changes(
            state,
            changes,
            until=until,
            allow_gap=allow_gap,
            max_indexes=max_indexes,
            table=table,
            moment=moment,
        )

    subject = table_subject(table)
    return Aim(
        subject=subject, plan=plan, moving=table_moving, identity=subject.identity
    )


def table_moving(state: TableState) -> tuple[str, ...]:
    """Say what moves on a table, warm throughput included."""
    return (*state.blockers(), *warming(state))


def warming(state: TableState) -> tuple[str, ...]:
    """Say whose warm throughput is being raised."""
    holders: list[tuple[str, Any]] = [("table", state), *state.indexes.items()]
    return tuple(
        f"warm throughput of {name} is {holder.warm_throughput.status}"
        for name, holder in holders
        if holder.warm_throughput is not None
        and holder.warm_throughput.status == "UPDATING"
    )


async def answering(gateway: Gateway, result: ChangeResult, patience: Patience) -> None:
    """Wait until the new indexes answer a query."""
    names = [
        update["Create"]["IndexName"]
        for step in (*result.already, *result.done)
        for update in step.parameters.get("GlobalSecondaryIndexUpdates", ())
        if "Create" in update
    ]
    if names:
        left = patience.left(gateway.now())
        await indexes_queryable(
            gateway,
            result.plan.table,
            names,
            timeout=left,
            polling=patience.polling,
            on_event=patience.on_event,
        )
