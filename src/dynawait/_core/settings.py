"""Waiters for settings that have describe operations of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conditions import Condition, Verdict, no_table
from ..states import (
    BackupsState,
    ContributorInsightsState,
    KinesisDestinationState,
    ResourcePolicyState,
    TimeToLiveState,
)
from .patience import INDEX_TIMEOUT, TABLE_TIMEOUT, Patience
from .setting_subjects import (
    destinations_subject,
    insights_subject,
    recovery_subject,
    time_to_live_subject,
)
from .status import status_is
from .subject import Subject, checked_table, checked_text, table_subject
from .wait import wait_until

if TYPE_CHECKING:
    from ..events import Observer
    from ..polling import Polling
    from ..states import TableState
    from .gateway import Gateway
    from .patience import Missing


async def wait_for_time_to_live(
    gateway: Gateway,
    table: str,
    enabled: bool = True,
    *,
    attribute: str | None = None,
    timeout: float | None = INDEX_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TimeToLiveState:
    """Wait until time to live is enabled on a table, or is disabled.

    A change takes up to an hour (API reference, UpdateTimeToLive).

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        enabled: which of the two.
        attribute: the attribute it shall use; None: any.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The state of time to live.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: it is enabled on another attribute.
        TableGoneError: the table was seen and is gone.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    subject = time_to_live_subject(table)
    condition = _time_to_live(enabled=enabled, attribute=attribute)
    return await wait_until(gateway, subject, condition, patience)


async def wait_for_point_in_time_recovery(
    gateway: Gateway,
    table: str,
    enabled: bool = True,
    *,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> BackupsState:
    """Wait until point-in-time recovery is enabled on a table, or is disabled.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        enabled: which of the two.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The state of continuous backups.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: it cannot come true.
        TableGoneError: the table was seen and is gone.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    subject = recovery_subject(table)
    condition = status_is(
        "point-in-time recovery",
        ("ENABLED",) if enabled else ("DISABLED",),
        lambda state: state.point_in_time_recovery,
    )
    return await wait_until(gateway, subject, condition, patience)


async def wait_for_kinesis_destination(
    gateway: Gateway,
    table: str,
    stream_arn: str,
    active: bool = True,
    *,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> KinesisDestinationState:
    """Wait until one stream is an ACTIVE destination of a table, or is none.

    A destination that failed to be enabled counts as none.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        stream_arn: the ARN of the Kinesis data stream; others do not count.
        active: which of the two.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table or the destination does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The state of the destination; with the status ``"ABSENT"`` where `active` is
        False and the stream is not listed at all.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: it is ENABLE_FAILED; AWS's description is in it.
        TableGoneError: the table or the destination was seen and is gone.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    stream = checked_text(stream_arn, "stream_arn", "the ARN of a stream")
    subject = destinations_subject(table)
    condition = _kinesis(stream, active=active)
    states = await wait_until(gateway, subject, condition, patience)
    for state in states:
        if state.stream_arn == stream:
            return state
    return KinesisDestinationState(stream, status="ABSENT")


async def wait_for_contributor_insights(
    gateway: Gateway,
    table: str,
    enabled: bool = True,
    *,
    index: str | None = None,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> ContributorInsightsState:
    """Wait until contributor insights are enabled, or are disabled.

    Those that failed to be enabled count as disabled.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        enabled: which of the two.
        index: those of this index; None: those of the table.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The state of the insights.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: they are FAILED; AWS's reason is in it.
        TableGoneError: the table was seen and is gone.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    if index is not None:
        checked_text(index, "index", "the name of an index")
    subject = insights_subject(table, index)
    condition = status_is(
        "status of contributor insights",
        ("ENABLED",) if enabled else ("DISABLED", "FAILED"),
        lambda state: state.status,
        failures=("FAILED",),
        reason=lambda state: (state.failure_name, state.failure_description),
    )
    return await wait_until(gateway, subject, condition, patience)


async def wait_for_resource_policy(
    gateway: Gateway,
    table: str,
    present: bool = True,
    *,
    revision_id: str | None = None,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> ResourcePolicyState:
    """Wait until a table's resource policy can be read, or is gone.

    Policies are eventually consistent (API reference, GetResourcePolicy).

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        present: which of the two.
        revision_id: the revision that shall be seen; None: any.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table or the policy does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The policy; an empty one where `present` is False.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: it cannot come true.
        TableGoneError: the policy was seen and is gone.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    started = gateway.now()
    arn = checked_table(table)
    if not arn.startswith("arn:"):
        found = await wait_until(gateway, table_subject(table), _EXISTS, patience)
        arn = found.arn
        patience = patience.since(started)
    subject = Subject(
        name=table,
        noun="resource policy of",
        operation="GetResourcePolicy",
        parameters={"ResourceArn": arn},
        parse=ResourcePolicyState.parse,
        absent=lambda _: ResourcePolicyState(policy=""),
    )
    condition = _policy(table, present=present, revision_id=revision_id)
    return await wait_until(gateway, subject, condition, patience)


_EXISTS: Condition[TableState] = Condition(
    "table exists",
    lambda state: Verdict.satisfied() if state.exists else no_table(state),
)


def _time_to_live(
    *, enabled: bool, attribute: str | None
) -> Condition[TimeToLiveState]:
    wanted = ("ENABLED",) if enabled else ("DISABLED",)
    what = "time to live" if attribute is None else f"time to live on {attribute}"
    settled = status_is(what, wanted, lambda state: state.status)

    def judge(state: TimeToLiveState) -> Verdict:
        other = state.attribute not in (attribute, None)
        if enabled and attribute is not None and other and state.status == "ENABLED":
            return Verdict.impossible(
                f"time to live is enabled on {state.attribute}: it has to be disabled "
                "first, and DynamoDB takes one change an hour"
            )
        return settled.judge(state)

    return Condition(repr(settled), judge)


def _kinesis(
    stream: str, *, active: bool
) -> Condition[tuple[KinesisDestinationState, ...]]:
    what = f"destination {stream}"
    wanted = status_is(
        what,
        ("ACTIVE",) if active else ("DISABLED", "ENABLE_FAILED"),
        lambda state: state.status,
        failures=("ENABLE_FAILED",),
        reason=lambda state: (state.status_description,),
    )

    def judge(states: tuple[KinesisDestinationState, ...]) -> Verdict:
        for state in states:
            if state.stream_arn == stream:
                return wanted.judge(state)
        if not active:
            return Verdict.satisfied()
        return Verdict.pending(f"{what} is not listed", missing=(what,))

    return Condition(repr(wanted), judge)


def _policy(
    table: str, *, present: bool, revision_id: str | None
) -> Condition[ResourcePolicyState]:
    what = f"resource policy of {table}"

    def judge(state: ResourcePolicyState) -> Verdict:
        if not state.policy:
            if not present:
                return Verdict.satisfied()
            return Verdict.pending(f"{what} does not exist", missing=(what,))
        if not present:
            return Verdict.pending(f"{what} can still be read")
        if revision_id not in (state.revision_id, None):
            return Verdict.pending(f"{what} is at revision {state.revision_id}")
        return Verdict.satisfied()

    return Condition(f"{what} {'present' if present else 'absent'}", judge)
