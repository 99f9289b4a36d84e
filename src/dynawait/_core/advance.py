"""One turn of a change, for those who cannot wait: schedulers, state machines, cron."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from ..changes import checked_changes
from ..errors import InvalidArgumentError, PlanError, ServiceError
from ..plans import Advance, Plan
from .anything import describe
from .execute import part
from .index_changes import checked_choice, index_aim
from .outcome import classify, read_fault
from .planner.index_steps import UNTIL
from .planner.indexes import MOST_INDEXES
from .run import Run
from .safe_tables import create_aim, delete_aim
from .safe_update import update_aim
from .send import send
from .subject import checked_table
from .tell import Teller

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from ..changes import Change
    from ..conditions import Verdict
    from ..events import Observer
    from ..plans import Step
    from ..states import TableState
    from .aim import Aim
    from .gateway import Gateway
    from .planner.index_steps import Until

    Operation: TypeAlias = Literal["CreateTable", "UpdateTable", "DeleteTable"]

_OPERATIONS = ("CreateTable", "UpdateTable", "DeleteTable")
# How long to wait before the next turn, in seconds, after a step that takes so long.
_AFTER = {"instant": 1.0, "seconds": 5.0, "minutes": 30.0, "hours": 300.0}
# And while something moves, or a call was throttled.
_MOVING = 15.0
_BACKFILLING = 60.0
_THROTTLED = 10.0


async def advance(
    gateway: Gateway,
    table: str,
    request_or_changes: Mapping[str, Any] | Iterable[Change],
    *,
    operation: Operation = "UpdateTable",
    until: Until = "active",
    allow_gap: bool = False,
    max_indexes: int = MOST_INDEXES,
    disable_protection: bool = False,
    delete_replicas: bool = False,
    on_event: Observer | None = None,
) -> Advance:
    """Take one turn of a change: look once, send at most one step, and do not wait.

    For AWS Step Functions, Airflow, Celery or a cron job that carries a change which
    takes days: call it again after `Advance.retry_after` until it is finished. Nothing
    is kept between the turns; each works out from the live table what is left.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        request_or_changes: the parameters of UpdateTable (or of `operation`), with or
            without TableName; or a list of index changes.
        operation: what the parameters are those of: ``"UpdateTable"``,
            ``"CreateTable"`` or ``"DeleteTable"``.
        until: when the creation of an index counts as done, as for
            `apply_index_changes`; ``"queryable"`` counts as ``"active"``.
        allow_gap: whether a `ReplaceIndex` may delete the old index first.
        max_indexes: how many global secondary indexes the account allows on a table.
        disable_protection: as for `safe_delete_table`.
        delete_replicas: as for `safe_delete_table`.
        on_event: whom to tell; any callable that takes an `Event`.

    Returns:
        Whether it is finished, what was sent, and how long to wait before the next
        turn.

    Raises:
        PlanError: the request can never work, or needs a step whose effect no
            description shows.
        IndexConflictError: another index has the name.
        TableConflictError: another table has the name.
        QuotaError: a hard limit was reached; says when it may be tried again.
        ChangeError: DynamoDB refused the step for good.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    checked_table(table)
    aim = _aim(
        table,
        request_or_changes,
        operation,
        until=until,
        allow_gap=allow_gap,
        max_indexes=max_indexes,
        disable_protection=disable_protection,
        delete_replicas=delete_replicas,
    )
    teller = Teller(gateway, table, on_event)
    run = Run(gateway, aim, teller)
    teller.follow(run)
    try:
        turn = await _turn(gateway, run)
    except Exception as error:
        failure = teller.failed(run.completed(error))
        if failure is error:
            raise
        raise failure from failure.__cause__
    except BaseException as interruption:  # Ctrl-C or a cancellation: say what is left
        await part(gateway, run, teller, interruption)
        raise
    if turn.finished:
        teller.finished(run.result())
    return turn


async def _turn(gateway: Gateway, run: Run[TableState]) -> Advance:
    """Look, and send what may be sent.

    Raises:
        ChangeError: no plan can be made, or the step was refused for good.
        ServiceError: the look was refused.
    """
    table = run.aim.subject.name
    try:
        state, verdict = await _look(gateway, run)
    except ServiceError as error:
        if not _passes(error):
            raise
        return _later(_THROTTLED, Plan(table), error.message or error.code)
    _refuse_the_blind(run)
    left = Plan(table, run.left)
    if run.over:
        return Advance(finished=True, sent=None, retry_after=None, plan=left)
    if run.next is not None:
        return await _send(gateway, run, run.next, left)
    return _later(
        _BACKFILLING if _backfills(state) else _MOVING, left, *verdict.reasons
    )


async def _look(gateway: Gateway, run: Run[TableState]) -> tuple[TableState, Verdict]:
    """Look; once more where the first look is too old to send anything on.

    Raises:
        PlanError: there is no table.
        ChangeError: no plan can be made.
        ServiceError: the look was refused.
    """
    table = run.aim.subject.name
    while True:
        run.see(gateway.now(), gateway.moment())
        state = await describe(gateway, table)
        if not state.exists and not run.aim.absent:
            raise PlanError([f"table {table} does not exist"], table=table)
        verdict = run.judge(state)
        if run.next is None or not run.looks_back():
            return state, verdict


def _passes(error: ServiceError) -> bool:
    """Tell whether a refused look may be answered next time."""
    cause = error.__cause__
    fault = None if cause is None else read_fault(cause)
    return fault is not None and classify(fault, cause).kind in (
        "throttled",
        "transient",
    )


def _later(seconds: float, left: Plan, *reasons: str) -> Advance:
    return Advance(
        finished=False, sent=None, retry_after=seconds, plan=left, reasons=reasons
    )


def _refuse_the_blind(run: Run[Any]) -> None:
    """Refuse a plan of which the next turn could not tell how far it has come.

    Raises:
        PlanError: names the steps.
    """
    blind = [step.title for step in run.left if step.blind]
    if blind:
        problem = "no description shows its effect, so it cannot be carried by turns"
        raise PlanError(
            [f"{title}: {problem}; send it whole" for title in blind],
            table=run.aim.subject.name,
        )


async def _send(gateway: Gateway, run: Run[Any], step: Step, left: Plan) -> Advance:
    """Send the step, and say when to come again."""
    outcome = await send(gateway, run, step)
    if outcome is None:
        return Advance(
            finished=False, sent=step, retry_after=_AFTER[step.duration], plan=left
        )
    reason = f"{step.title}: {outcome.kind}"
    if outcome.kind not in ("busy", "throttled"):
        # Lost, or so already: the next look tells.
        return Advance(
            finished=False,
            sent=step,
            retry_after=_AFTER["seconds"],
            plan=left,
            reasons=(reason,),
        )
    rest = _MOVING if outcome.kind == "busy" else _THROTTLED
    if outcome.not_before is not None:
        rest = max(1.0, (outcome.not_before - gateway.moment()).total_seconds())
    return _later(rest, left, reason)


def _aim(
    table: str,
    asked: Any,
    operation: str,
    *,
    until: Until,
    allow_gap: bool,
    max_indexes: int,
    disable_protection: bool,
    delete_replicas: bool,
) -> Aim[TableState]:
    """Return what is to be reached.

    Raises:
        InvalidArgumentError: an argument cannot be right.
    """
    checked_choice(until, UNTIL, "until")
    checked_choice(operation, _OPERATIONS, "operation")
    if not isinstance(asked, Mapping):
        if operation != "UpdateTable":
            problem = f"index changes are an UpdateTable, not a {operation}"
            raise InvalidArgumentError("operation", problem)
        return index_aim(
            table,
            checked_changes(asked),
            until=until,
            allow_gap=allow_gap,
            max_indexes=max_indexes,
        )
    request: dict[str, Any] = {"TableName": table, **cast("Mapping[str, Any]", asked)}
    if request["TableName"] != table:
        problem = f"is {request['TableName']!r}, and the table {table!r}"
        raise InvalidArgumentError("TableName", problem)
    if operation == "CreateTable":
        return create_aim(request, max_indexes=max_indexes)
    if operation == "DeleteTable":
        return delete_aim(
            request,
            disable_protection=disable_protection,
            delete_replicas=delete_replicas,
        )
    return update_aim(request, until=until, max_indexes=max_indexes)


def _backfills(state: TableState) -> bool:
    indexes: list[Any] = [*state.indexes.values(), *state.vector_indexes.values()]
    return any(index.backfilling for index in indexes)
