"""The planners of settings, backups and restores, as pure functions."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait._core.planner import (
    backups,
    destinations,
    insights,
    recovery,
    restores,
    tags,
    time_to_live,
)
from dynawait.errors import PlanError, QuotaError, TableConflictError
from dynawait.states import (
    BackupsState,
    BackupState,
    ContributorInsightsState,
    KinesisDestinationState,
    RestoreState,
    TableState,
    TimeToLiveState,
)
from tests.simulation.samples import ARN, ORDERS, OTHER_STREAM, STREAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynawait.plans import Plan

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BACKUP = f"{ARN}/backup/01767225620907-00000002"

attributes = st.sampled_from(["expires", "until", None])
expiries = st.builds(
    lambda status, attribute: TimeToLiveState(
        status, attribute=None if status == "DISABLED" else attribute or "expires"
    ),
    st.sampled_from(["ENABLED", "ENABLING", "DISABLED", "DISABLING", "NEW"]),
    attributes,
)
recoveries = st.builds(
    lambda on, days: BackupsState(
        "ENABLED",
        point_in_time_recovery="ENABLED" if on else "DISABLED",
        recovery_period_days=days if on else None,
    ),
    st.booleans(),
    st.one_of(st.none(), st.integers(1, 35)),
)
statuses = st.sampled_from(
    ["ENABLING", "ACTIVE", "DISABLING", "DISABLED", "ENABLE_FAILED", "UPDATING", "NEW"]
)
streams = st.lists(
    st.builds(
        lambda arn, status, precision: KinesisDestinationState(
            arn, status=status, precision=precision, status_description="words"
        ),
        st.sampled_from([STREAM, OTHER_STREAM]),
        statuses,
        st.sampled_from([None, "MILLISECOND", "MICROSECOND"]),
    ),
    max_size=2,
    unique_by=lambda state: state.stream_arn,
).map(tuple)
insight_states = st.builds(
    lambda status, mode, at: ContributorInsightsState(
        "orders", status=status, mode=mode, failure_name="Error", updated_at=at
    ),
    st.sampled_from(["ENABLING", "ENABLED", "DISABLING", "DISABLED", "FAILED", "NEW"]),
    st.sampled_from([None, "ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"]),
    st.sampled_from([None, NOW]),
)
tag_states = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xy"))
backup_states = st.builds(
    lambda status: BackupState("" if status == "ABSENT" else BACKUP, status=status),
    st.sampled_from(["ABSENT", "CREATING", "AVAILABLE", "DELETED", "NEW"]),
)
table_states = st.builds(
    lambda status, backup: TableState(
        "restored",
        status=status,
        table_id=None if status == "ABSENT" else "1",
        restore=None if backup is None else RestoreState(source_backup_arn=backup),
    ),
    st.sampled_from(["ABSENT", "CREATING", "ACTIVE", "DELETING"]),
    st.sampled_from([None, BACKUP, f"{BACKUP}-other"]),
)


def expiring(enabled: bool, attribute: str | None) -> Callable[[Any], Plan]:
    """Return the planner of an UpdateTimeToLive."""
    named = {"AttributeName": attribute} if attribute else {}
    specification = {"Enabled": enabled, **named}
    request = {**ORDERS, "TimeToLiveSpecification": specification}
    wanted = time_to_live.read_time_to_live(request)
    return lambda state: time_to_live.plan_time_to_live(wanted, state)


def recovering(enabled: bool, days: int | None) -> Callable[[Any], Plan]:
    """Return the planner of an UpdateContinuousBackups."""
    more = {"RecoveryPeriodInDays": days} if days and enabled else {}
    specification = {"PointInTimeRecoveryEnabled": enabled, **more}
    request = {**ORDERS, "PointInTimeRecoverySpecification": specification}
    wanted = recovery.read_recovery(request)
    return lambda state: recovery.plan_recovery(wanted, state)


def streaming(enable: bool, precision: str | None) -> Callable[[Any], Plan]:
    """Return the planner of a Kinesis destination."""
    member = {"ApproximateCreationDateTimePrecision": precision}
    more = (
        {"EnableKinesisStreamingConfiguration": member} if precision and enable else {}
    )
    request = {**ORDERS, "StreamArn": STREAM, **more}
    wanted = destinations.read_streaming(request, enable=enable)
    plan = destinations.plan_enabling if enable else destinations.plan_disabling
    return lambda state: plan(wanted, state)


def insight(enable: bool, mode: str | None) -> Callable[[Any], Plan]:
    """Return the planner of an UpdateContributorInsights."""
    action = {"ContributorInsightsAction": "ENABLE" if enable else "DISABLE"}
    more = {"ContributorInsightsMode": mode} if mode else {}
    wanted = insights.read_insights({**ORDERS, **action, **more})
    return lambda state: insights.plan_insights(wanted, state)


def tagging(pairs: dict[str, str]) -> Callable[[Any], Plan]:
    """Return the planner of a TagResource."""
    listed = [{"Key": key, "Value": value} for key, value in pairs.items()]
    wanted = tags.read_tagging({"ResourceArn": ARN, "Tags": listed})
    return lambda state: tags.plan_tagging(wanted, state)


def untagging(keys: list[str]) -> Callable[[Any], Plan]:
    """Return the planner of an UntagResource."""
    wanted = tags.read_untagging({"ResourceArn": ARN, "TagKeys": keys})
    return lambda state: tags.plan_untagging(wanted, state)


def backing_up() -> Callable[[Any], Plan]:
    """Return the planner of a CreateBackup."""
    wanted = backups.read_backup({**ORDERS, "BackupName": "nightly"})
    return lambda state: backups.plan_backup(wanted, state)


def restoring(known: bool) -> Callable[[Any], Plan]:
    """Return the planner of a RestoreTableFromBackup."""
    wanted = restores.read_restore_of_backup(
        {"TargetTableName": "restored", "BackupArn": BACKUP}
    )
    ours = {"1"} if known else set[str]()
    return lambda state: restores.plan_restore(wanted, state, ours)


modes = st.sampled_from([None, "ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"])
precisions = st.sampled_from([None, "MILLISECOND", "MICROSECOND"])
asked = st.one_of(
    st.tuples(st.builds(expiring, st.just(False), attributes), expiries, expiries),
    st.tuples(
        st.builds(expiring, st.just(True), attributes.filter(bool)), expiries, expiries
    ),
    st.tuples(
        st.builds(recovering, st.booleans(), st.one_of(st.none(), st.integers(1, 35))),
        recoveries,
        recoveries,
    ),
    st.tuples(st.builds(streaming, st.booleans(), precisions), streams, streams),
    st.tuples(st.builds(insight, st.booleans(), modes), insight_states, insight_states),
    st.tuples(
        st.builds(tagging, tag_states.filter(bool)),
        tag_states,
        tag_states,
    ),
    st.tuples(
        st.builds(untagging, st.lists(st.sampled_from("abcd"), min_size=1)),
        tag_states,
        tag_states,
    ),
    st.tuples(st.builds(backing_up), backup_states, backup_states),
    st.tuples(st.builds(restoring, st.booleans()), table_states, table_states),
)


def planned(plan: Callable[[Any], Plan], state: Any) -> Plan | None:
    """Return the plan; None where the state contradicts the request."""
    try:
        return plan(state)
    except (PlanError, TableConflictError):
        return None


@given(asked)
def test_a_plan_is_what_is_left(case: tuple[Callable[[Any], Plan], Any, Any]) -> None:
    """What is left does not hold yet, what was so does; no two steps share a title."""
    plan, state, _ = case
    found = planned(plan, state)
    if found is None:
        return
    for step in found.already:
        assert step.effect.judge(state).kind == "satisfied"
    for step in found.steps[:1]:
        assert step.effect.judge(state).kind != "satisfied"
    titles = [step.title for step in (*found.steps, *found.already)]
    assert len(titles) == len(set(titles)) > 0


@given(asked)
def test_a_step_is_called_alike_in_every_state(
    case: tuple[Callable[[Any], Plan], Any, Any],
) -> None:
    """So that a step that was done is known in the next plan."""
    plan, one, other = case
    first, second = planned(plan, one), planned(plan, other)
    if first is None or second is None:
        return
    named = [
        {step.title: step.operation for step in (*found.steps, *found.already)}
        for found in (first, second)
    ]
    shared = named[0].keys() & named[1].keys()
    assert shared
    assert all(named[0][title] == named[1][title] for title in shared)


@given(asked)
def test_a_plan_is_a_value(case: tuple[Callable[[Any], Plan], Any, Any]) -> None:
    """It is the same each time, pickles, prints, and is JSON."""
    plan, state, other = case
    found = planned(plan, state)
    if found is None:
        return
    assert plan(state) == found
    copy = pickle.loads(pickle.dumps(found))  # noqa: S301 - our own bytes
    assert copy == found
    assert str(copy) == str(found)
    assert json.loads(found.to_json())["version"] == 1
    for mine, its in zip(found.steps, copy.steps, strict=True):
        for condition in ("needs", "effect", "still"):
            before = getattr(mine, condition).judge(other)
            assert getattr(its, condition).judge(other) == before


def test_a_failure_counts_only_where_it_is_a_new_one() -> None:
    """Insights that had FAILED before the call have not failed by it."""
    failed = ContributorInsightsState("orders", status="FAILED", updated_at=NOW)
    later = ContributorInsightsState(
        "orders",
        status="FAILED",
        failure_name="LimitExceededException",
        failure_description="too many rules",
        updated_at=NOW + timedelta(seconds=1),
    )
    (step,) = insight(True, None)(failed)
    assert step.effect.judge(failed).kind == "pending"
    verdict = step.effect.judge(later)
    assert verdict.kind == "impossible"
    assert verdict.reasons == (
        "contributor insights are FAILED: LimitExceededException: too many rules",
    )


def test_a_destination_that_fails_is_impossible() -> None:
    """It says why, in the words of AWS; one that had failed before is only pending."""
    failed = KinesisDestinationState(
        STREAM, status="ENABLE_FAILED", status_description="no such stream"
    )
    (step,) = streaming(True, None)(())
    verdict = step.effect.judge((failed,))
    assert verdict.kind == "impossible"
    assert "ENABLE_FAILED: no such stream" in verdict.reasons[0]
    (step,) = streaming(True, None)((failed,))
    assert step.effect.judge((failed,)).kind == "pending"
    assert step.needs.judge((failed,)).kind == "satisfied"


def test_a_backup_that_was_deleted_meanwhile_is_impossible() -> None:
    """One that was DELETED before is not in the way of another."""
    deleted = BackupState(BACKUP, status="DELETED")
    (step,) = backing_up()(deleted)
    assert step.effect.judge(deleted).kind == "pending"
    other = BackupState(f"{BACKUP}-2", status="DELETED")
    assert step.effect.judge(other).kind == "impossible"


def test_the_tags_of_aws_do_not_count() -> None:
    """Fifty tags besides them are allowed."""
    state = {"aws:a": "", "aws:b": ""} | {str(number): "" for number in range(49)}
    assert len(tagging({"a": ""})(state)) == 1
    with pytest.raises(QuotaError, match="would have 51"):
        tagging({"a": "", "b": ""})(state)


@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        (NOW, True),
        (NOW.replace(tzinfo=None).astimezone().replace(tzinfo=None), None),
        (NOW.timestamp(), True),
        (NOW.isoformat(), True),
        (NOW + timedelta(seconds=30), False),
    ],
)
def test_a_point_in_time_may_be_given_as_botocore_takes_it(
    moment: Any, fits: bool | None
) -> None:
    """As a datetime, a number of seconds or text."""
    request = {
        "SourceTableName": "orders",
        "TargetTableName": "restored",
        "RestoreDateTime": moment,
    }
    wanted = restores.read_restore_to_time(request, NOW + timedelta(days=2))
    found = RestoreState(source_table_arn=ARN, restored_at=NOW)
    if fits is not None:
        assert (not restores.differences_of(wanted, found)) is fits
