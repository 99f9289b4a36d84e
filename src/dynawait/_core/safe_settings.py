"""Changes of the settings that have describe operations of their own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from ..errors import (
    ChangeError,
    DynawaitError,
    InvalidArgumentError,
    ServiceError,
)
from ..plans import Plan
from .execute import execute
from .outcome import read_fault
from .patience import TABLE_TIMEOUT, Patience
from .planner.destinations import destination_of
from .planner.insights import failure_of
from .setting_aims import (
    insights_aim,
    recovery_aim,
    streaming_aim,
    tagging_aim,
    time_to_live_aim,
    untagging_aim,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from ..events import Observer
    from ..plans import ChangeResult
    from ..polling import Polling
    from .aim import Aim
    from .gateway import Gateway
    from .planner.destinations import Destinations

    OnCooldown: TypeAlias = Literal["wait", "fail"]

S = TypeVar("S")

# Two waits of an hour, as the API reference has it, where it was changed just before it
# is moved to another attribute; and one to spare.
EXPIRY_TIMEOUT = 10_800.0


async def safe_update_time_to_live(
    gateway: Gateway,
    *,
    on_cooldown: OnCooldown = "wait",
    dry_run: bool = False,
    timeout: float | None = EXPIRY_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Enable time to live, disable it, or move it to another attribute.

    DynamoDB takes one change an hour (API reference, UpdateTimeToLive). To move it
    takes two: it is disabled, and enabled again an hour later; nothing expires in
    between. To disable it the attribute need not be named.

    Args:
        client: the DynamoDB client.
        on_cooldown: what to do when DynamoDB says that the last change was less than
            an hour ago: ``"wait"``, or ``"fail"`` with a `QuotaError`.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        request: the parameters of UpdateTimeToLive, as botocore takes them.

    Returns:
        What was done and what was so already; with `dry_run`, the plan.

    Raises:
        PlanError: the request can never work, or there is no such table; nothing was
            sent.
        QuotaError: the last change was less than an hour ago; only with ``"fail"``.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether the change took effect.
        ChangeError: it ended half-way; says how far it had come.
        InvalidArgumentError: an argument cannot be right.
    """
    if on_cooldown not in ("wait", "fail"):
        problem = f'expected "wait" or "fail", got {on_cooldown!r}'
        raise InvalidArgumentError("on_cooldown", problem)
    aim = time_to_live_aim(request, waits_out=on_cooldown == "wait")
    patience = Patience(timeout, polling, on_event, "fail")
    return await change_setting(gateway, aim, patience, dry_run=dry_run)


async def safe_update_continuous_backups(
    gateway: Gateway,
    *,
    dry_run: bool = False,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Enable point-in-time recovery, disable it, or change how far it reaches back.

    While DynamoDB enables backups for a new table, it is waited for.

    Args:
        client: the DynamoDB client.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        request: the parameters of UpdateContinuousBackups, as botocore takes them.

    Returns:
        What was done and what was so already; with `dry_run`, the plan.

    Raises:
        PlanError: the request can never work, or there is no such table; nothing was
            sent.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether the change took effect.
        ChangeError: it ended half-way; says how far it had come.
        InvalidArgumentError: an argument cannot be right.
    """
    aim = recovery_aim(request)
    patience = Patience(timeout, polling, on_event, "fail")
    return await change_setting(gateway, aim, patience, dry_run=dry_run)


async def safe_tag_resource(
    gateway: Gateway,
    *,
    dry_run: bool = False,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Set tags of a table, and wait until they can be read.

    Tags are read some seconds after they were written (API reference, TagResource).
    Other tags of the table stay as they are.

    Args:
        client: the DynamoDB client.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        request: the parameters of TagResource, as botocore takes them.

    Returns:
        What was done and what was so already, and all tags of the table, by key, as
        its state; with `dry_run`, the plan.

    Raises:
        PlanError: the request can never work, or there is no such table; nothing was
            sent.
        QuotaError: the table would have more than 50 tags; nothing was sent.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether the change took effect.
        ChangeError: it ended half-way; says how far it had come.
        InvalidArgumentError: an argument cannot be right.
    """
    aim = tagging_aim(request)
    patience = Patience(timeout, polling, on_event, "fail")
    return await change_setting(gateway, aim, patience, dry_run=dry_run)


async def safe_untag_resource(
    gateway: Gateway,
    *,
    dry_run: bool = False,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Remove tags of a table, and wait until they cannot be read any more.

    Args:
        client: the DynamoDB client.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        request: the parameters of UntagResource, as botocore takes them.

    Returns:
        What was done and what was so already, and all tags of the table, by key, as
        its state; with `dry_run`, the plan.

    Raises:
        PlanError: the request can never work, or there is no such table; nothing was
            sent.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether the change took effect.
        ChangeError: it ended half-way; says how far it had come.
        InvalidArgumentError: an argument cannot be right.
    """
    aim = untagging_aim(request)
    patience = Patience(timeout, polling, on_event, "fail")
    return await change_setting(gateway, aim, patience, dry_run=dry_run)


async def safe_enable_kinesis_streaming_destination(
    gateway: Gateway,
    *,
    dry_run: bool = False,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Make a Kinesis data stream an ACTIVE destination of a table.

    Where it is one already and only the precision differs, that is changed.

    Args:
        client: the DynamoDB client.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        request: the parameters of EnableKinesisStreamingDestination, as botocore takes
            them.

    Returns:
        What was done and what was so already, and the `KinesisDestinationState`; with
        `dry_run`, the plan.

    Raises:
        PlanError: the request can never work, there is no such table, or it sends its
            changes to another stream; nothing was sent.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether the change took effect.
        ChangeError: it is ENABLE_FAILED, in AWS's words, or ended half-way otherwise;
            says how far it had come.
        InvalidArgumentError: an argument cannot be right.
    """
    aim = streaming_aim(request, enable=True)
    patience = Patience(timeout, polling, on_event, "fail")
    stream = str(request["StreamArn"])
    return await _stream(gateway, aim, stream, patience, dry_run=dry_run)


async def safe_disable_kinesis_streaming_destination(
    gateway: Gateway,
    *,
    dry_run: bool = False,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Make a Kinesis data stream no destination of a table any more.

    Args:
        client: the DynamoDB client.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        request: the parameters of DisableKinesisStreamingDestination, as botocore takes
            them.

    Returns:
        What was done and what was so already, and the `KinesisDestinationState`, with
        the status ``"ABSENT"`` where it is not listed; with `dry_run`, the plan.

    Raises:
        PlanError: the request can never work, or there is no such table; nothing was
            sent.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether the change took effect.
        ChangeError: it ended half-way; says how far it had come.
        InvalidArgumentError: an argument cannot be right.
    """
    aim = streaming_aim(request, enable=False)
    patience = Patience(timeout, polling, on_event, "fail")
    stream = str(request["StreamArn"])
    return await _stream(gateway, aim, stream, patience, dry_run=dry_run)


async def safe_update_contributor_insights(
    gateway: Gateway,
    *,
    dry_run: bool = False,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    **request: Any,
) -> ChangeResult | Plan:
    """Enable or disable contributor insights of a table or an index, or their mode.

    Args:
        client: the DynamoDB client.
        dry_run: whether to return the plan instead.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        request: the parameters of UpdateContributorInsights, as botocore takes them.

    Returns:
        What was done and what was so already; with `dry_run`, the plan.

    Raises:
        PlanError: the request can never work, or there is no such table or index;
            nothing was sent.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        OutcomeUnknownError: it cannot be told whether the change took effect.
        ChangeError: they are FAILED, in AWS's words, or it ended half-way otherwise;
            says how far it had come.
        InvalidArgumentError: an argument cannot be right.
    """
    aim = insights_aim(request)
    patience = Patience(timeout, polling, on_event, "fail")
    return await change_setting(
        gateway, aim, patience, dry_run=dry_run, explain=failure_of
    )


async def change_setting(
    gateway: Gateway,
    aim: Aim[S],
    patience: Patience,
    *,
    dry_run: bool,
    explain: Callable[[S], str | None] | None = None,
) -> ChangeResult | Plan:
    """Do what is left to do, and say in AWS's words why it cannot be.

    Args:
        gateway: the door out.
        aim: what is to be reached.
        patience: the options.
        dry_run: whether to return the plan of the first look instead.
        explain: returns AWS's own words about a state that is a failure.

    Raises:
        ChangeError: it ended before that; says how far it had come.
    """
    try:
        return await execute(gateway, aim, patience, dry_run=dry_run)
    except ChangeError as error:
        words = _words_of(error.__cause__)
        state: Any = error.state
        if words is None and explain is not None and state is not None:
            words = explain(state)
        if words is not None and words not in error.problem:
            _add(error, words)
        raise


def _add(error: ChangeError, words: str) -> None:
    error.problem = f"{error.problem}: {words}"
    error.place(
        plan=error.plan,
        done=error.done,
        failed=error.failed,
        left=error.left,
        state=error.state,
    )


def _words_of(cause: BaseException | None) -> str | None:
    """Return what AWS said; readably where a server does not know an operation."""
    if isinstance(cause, ServiceError):
        if cause.code == "UnknownOperationException":
            return f"this server does not know {cause.operation}"
        return cause.message or None
    if cause is None or isinstance(cause, DynawaitError):
        return None
    fault = read_fault(cause)
    return fault.message or None if fault is not None else None


async def _stream(
    gateway: Gateway,
    aim: Aim[Destinations],
    stream: str,
    patience: Patience,
    *,
    dry_run: bool,
) -> ChangeResult | Plan:
    explain = partial(_stream_failure, stream)
    result = await change_setting(
        gateway, aim, patience, dry_run=dry_run, explain=explain
    )
    if isinstance(result, Plan):
        return result
    return replace(result, state=destination_of(result.state, stream))


def _stream_failure(stream: str, state: Destinations) -> str | None:
    entry = destination_of(state, stream)
    if entry.status != "ENABLE_FAILED":
        return None
    words = f": {entry.status_description}" if entry.status_description else ""
    return f"destination {stream} is {entry.status}{words}"
