"""Changes of settings, as somebody who makes them sees them."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._gateways.faces import asynchronous
from dynawait.errors import (
    ChangeError,
    ChangeTimeoutError,
    InvalidArgumentError,
    OutcomeUnknownError,
    PlanError,
    QuotaError,
)
from dynawait.testing import Durations, Ending, Faults, SimulatedDynamoDB, simulate
from dynawait.testing.history import Raised, Returned
from tests.core.fakes import Script, ScriptedGateway, refusal
from tests.core.setting_changes import (
    HOUR,
    PRECISE,
    TAGS,
    core,
    expiry,
    insights,
    recovery,
    run,
    service_with,
    writes,
)
from tests.simulation.samples import ARN, ORDERS, OTHER_STREAM, STREAM
from tests.simulation.support import create_index, table

if TYPE_CHECKING:
    from collections.abc import Callable

EXPIRE = "safe_update_time_to_live"
RECOVER = "safe_update_continuous_backups"
TAG = "safe_tag_resource"
UNTAG = "safe_untag_resource"
STREAMING = "safe_enable_kinesis_streaming_destination"
UNSTREAM = "safe_disable_kinesis_streaming_destination"
INSIGHTS = "safe_update_contributor_insights"
ELSEWHERE = STREAM.replace("us-east-1", "eu-west-1")


def destination(stream: str = STREAM, **more: Any) -> dict[str, Any]:
    """Return an EnableKinesisStreamingDestination."""
    return {**ORDERS, "StreamArn": stream, **more}


# Time to live


def test_moving_time_to_live_takes_an_hour_and_says_so() -> None:
    """The plan has both steps and a note; the run waits the hour out."""
    service = service_with(("update_time_to_live", expiry("expires")))
    plan = run(service, EXPIRE, dry_run=True, **expiry("until"))
    assert [step.title for step in plan] == [
        "disable time to live",
        "enable time to live on until",
    ]
    assert [step.duration for step in plan] == ["seconds", "hours"]
    assert "one change of it an hour" in str(plan)
    result = run(service, EXPIRE, **expiry("until"))
    assert 3_600 <= result.elapsed < 4_000
    assert len(result.done) == 2


def test_a_cooldown_can_be_an_error_that_says_when_it_is_over() -> None:
    """The time is an hour after it was switched off; then the rest is done."""
    service = service_with(("update_time_to_live", expiry("expires")))
    off = service.clock.moment()
    with pytest.raises(QuotaError, match="fixed interval") as caught:
        run(service, EXPIRE, on_cooldown="fail", **expiry("until"))
    error = caught.value
    assert error.not_before is not None
    assert (error.not_before - off).total_seconds() == pytest.approx(3_600, abs=1)
    assert [step.title for step in error.done] == ["disable time to live"]
    assert error.failed is not None
    service.clock.advance((error.not_before - service.clock.moment()).total_seconds())
    result = run(service, EXPIRE, on_cooldown="fail", **expiry("until"))
    assert len(result.done) == 1


def test_a_cooldown_that_somebody_else_began_is_over_in_an_hour_at_most() -> None:
    """When the last change was cannot be seen: within an hour it may be tried again."""
    service = service_with()
    service.client().update_time_to_live(**expiry("expires"))
    with pytest.raises(QuotaError) as caught:
        run(service, EXPIRE, on_cooldown="fail", **expiry(enabled=False))
    assert caught.value.not_before == service.clock.moment() + timedelta(hours=1)


def test_what_disables_need_not_name_the_attribute() -> None:
    """The current one is sent, as DynamoDB wants it."""
    service = service_with(("update_time_to_live", expiry("expires")))
    before = len(service.calls)
    run(service, EXPIRE, **expiry(enabled=False))
    (call,) = writes(service, before)
    assert call.parameters == expiry("expires", enabled=False)


def test_disabling_another_attribute_is_refused() -> None:
    """The error names the live attribute; nothing was sent."""
    service = service_with(("update_time_to_live", expiry("expires")))
    before = len(service.calls)
    with pytest.raises(PlanError, match="ENABLED on expires, not on until"):
        run(service, EXPIRE, **expiry("until", enabled=False))
    assert not writes(service, before)


def test_a_change_that_is_under_way_is_waited_for() -> None:
    """Enabled while it is DISABLING, and disabled while it is ENABLING."""
    service = service_with(time_to_live=600, time_to_live_interval=0)
    service.client().update_time_to_live(**expiry("expires"))
    result = run(service, EXPIRE, **expiry("until"))
    assert result.state.attribute == "until"
    assert 1_800 <= result.elapsed < 1_900
    service.client().update_time_to_live(**expiry("until", enabled=False))
    result = run(service, EXPIRE, **expiry("until"))
    assert (result.state.status, len(result.done)) == ("ENABLED", 1)


# New tables, missing tables


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        (EXPIRE, expiry("expires")),
        (RECOVER, recovery()),
        (TAG, {"ResourceArn": ARN, "Tags": TAGS}),
        (UNTAG, {"ResourceArn": ARN, "TagKeys": ["team"]}),
        (STREAMING, destination()),
        (INSIGHTS, insights()),
        (INSIGHTS, insights(IndexName="by-email")),
        ("safe_create_backup", {**ORDERS, "BackupName": "nightly"}),
    ],
)
@pytest.mark.parametrize("new", [False, True])
def test_a_table_that_is_new_or_missing(
    name: str,
    request_: dict[str, Any],
    new: bool,
) -> None:
    """One that is CREATING for long is waited for; one that is not there is an error
    after the grace, and nothing is sent.
    """
    if new:
        service = service_with(wait=0, table_create_with_indexes=120)
        result = run(service, name, **request_)
        # Tags can be read a second before the table is ACTIVE.
        assert 119 <= service.clock.now() < 150
        assert result.done or name == UNTAG
        return
    service = SimulatedDynamoDB()
    with pytest.raises(PlanError, match="does not exist"):
        run(service, name, **request_)
    assert not writes(service)
    assert 10 <= service.clock.now() < 12


def test_a_table_that_is_restored_is_waited_for() -> None:
    """Nobody but DescribeTable knows it until the restore has ended."""
    service = service_with(("update_continuous_backups", recovery()))
    client = service.client()
    client.restore_table_to_point_in_time(
        SourceTableName="orders",
        TargetTableName="restored",
        UseLatestRestorableTime=True,
    )
    result = run(service, EXPIRE, **expiry("expires") | {"TableName": "restored"})
    assert result.state.status == "ENABLED"
    assert 200 <= result.elapsed < 230


def test_an_index_that_is_new_or_missing() -> None:
    """Insights of an index wait until it is built; of one that is not there, never."""
    service = service_with()
    service.client().update_table(**ORDERS, **create_index("by-day", "day"))
    result = run(service, INSIGHTS, **insights(IndexName="by-day"))
    assert result.state.status == "ENABLED"
    assert result.elapsed > 500
    with pytest.raises(PlanError, match="index by-nothing of orders does not exist"):
        run(service, INSIGHTS, **insights(IndexName="by-nothing"))


def test_a_time_out_says_what_was_waited_for() -> None:
    """That the table is CREATING, which no look at the setting showed."""
    service = service_with(wait=0)
    with pytest.raises(ChangeTimeoutError, match="table orders is CREATING"):
        run(service, TAG, ResourceArn=ARN, Tags=TAGS, timeout=3)


# Tags


def test_other_tags_stay() -> None:
    """Only what was named changes; the result shows all of them."""
    tagged = ("tag_resource", {"ResourceArn": ARN, "Tags": TAGS})
    service = service_with(tagged)
    stage = [{"Key": "stage", "Value": "test"}, {"Key": "cost", "Value": ""}]
    result = run(service, TAG, ResourceArn=ARN, Tags=stage)
    assert result.state == {"team": "shop", "stage": "test", "cost": ""}
    result = run(service, UNTAG, ResourceArn=ARN, TagKeys=["stage", "none"])
    assert result.state == {"team": "shop", "cost": ""}


def test_a_table_has_at_most_fifty_tags() -> None:
    """What would be the 51st is refused before it is sent; AWS's own do not count."""
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(49)]
    service = service_with(("tag_resource", {"ResourceArn": ARN, "Tags": many}))
    before = len(service.calls)
    with pytest.raises(QuotaError, match="at most 50 tags, and would have 51"):
        run(service, TAG, ResourceArn=ARN, Tags=TAGS)
    assert not writes(service, before)
    run(service, TAG, ResourceArn=ARN, Tags=TAGS[:1])


def test_tags_are_read_page_by_page() -> None:
    """One look reads all pages."""
    pages = {
        None: {"Tags": TAGS[:1], "NextToken": "more"},
        "more": {"Tags": TAGS[1:], "NextToken": ""},
    }
    script = Script(lambda call: pages[call.parameters.get("NextToken")])
    result = scripted(script, TAG, ResourceArn=ARN, Tags=TAGS)
    assert result.state == {"team": "shop", "stage": "live"}
    assert [call.parameters.get("NextToken") for call in script.calls] == [
        None,
        "more",
    ]


# Kinesis


def test_a_stream_that_cannot_be_reached_fails_in_the_words_of_aws() -> None:
    """The first time and, though it was ENABLE_FAILED before, the second time."""
    service = service_with()
    for _ in range(2):
        with pytest.raises(ChangeError, match="not in the current region") as caught:
            run(service, STREAMING, **destination(ELSEWHERE))
        assert str(caught.value).count("not in the current region") == 1
    result = run(service, STREAMING, **destination())
    assert result.state.status == "ACTIVE"


def test_a_table_sends_its_changes_to_one_stream() -> None:
    """Another one is refused while one is ACTIVE, and waits while it is DISABLING."""
    service = service_with(("enable_kinesis_streaming_destination", destination()))
    before = len(service.calls)
    with pytest.raises(PlanError, match="disable that one first"):
        run(service, STREAMING, **destination(OTHER_STREAM))
    assert not writes(service, before)
    service.client().disable_kinesis_streaming_destination(**destination())
    result = run(service, STREAMING, **destination(OTHER_STREAM))
    assert (result.state.stream_arn, result.state.status) == (OTHER_STREAM, "ACTIVE")


def test_a_precision_that_nobody_named_stays() -> None:
    """It is changed by itself where it was named, and is no reason otherwise."""
    fine = destination(EnableKinesisStreamingConfiguration=PRECISE)
    enabled = ("enable_kinesis_streaming_destination", fine)
    service = service_with(enabled)
    assert not run(service, STREAMING, **destination()).done
    coarse = {"ApproximateCreationDateTimePrecision": "MILLISECOND"}
    asked = destination(EnableKinesisStreamingConfiguration=coarse)
    result = run(service, STREAMING, **asked)
    assert [step.operation for step in result.done] == [
        "UpdateKinesisStreamingDestination"
    ]
    assert result.state.precision == "MILLISECOND"


def test_a_stream_that_is_no_destination_need_not_be_disabled() -> None:
    """It counts as disabled whether it was never listed or has failed."""
    service = service_with()
    result = run(service, UNSTREAM, **destination())
    assert (result.state.status, result.done) == ("ABSENT", ())
    service.client().enable_kinesis_streaming_destination(**destination(ELSEWHERE))
    result = run(service, UNSTREAM, **destination(ELSEWHERE))
    assert (result.state.status, result.done) == ("ENABLE_FAILED", ())


# Insights


def test_insights_that_fail_say_why() -> None:
    """FAILED stays; another request asks again, and fails or works anew."""
    service = service_with()
    reason = "LimitExceededException: rule limit reached"
    for _ in range(2):
        service.plane.arrange("insights", Ending("FAILED", reason))
        with pytest.raises(ChangeError, match=reason) as caught:
            run(service, INSIGHTS, **insights())
        assert caught.value.failed is not None
    assert run(service, INSIGHTS, **insights()).state.status == "ENABLED"


def test_failed_insights_can_be_disabled() -> None:
    """That clears the failure."""
    service = service_with()
    service.plane.arrange("insights", Ending("FAILED", "no"))
    service.client().update_contributor_insights(**insights())
    service.clock.advance(10)
    assert run(service, INSIGHTS, **insights("DISABLE")).state.status == "DISABLED"


def test_a_mode_that_nobody_named_stays() -> None:
    """Enabled in one mode counts as enabled, unless another one was asked for."""
    throttled = insights(ContributorInsightsMode="THROTTLED_KEYS")
    service = service_with(("update_contributor_insights", throttled))
    assert not run(service, INSIGHTS, **insights()).done
    mode = "ACCESSED_AND_THROTTLED_KEYS"
    result = run(service, INSIGHTS, **insights(ContributorInsightsMode=mode))
    assert result.state.mode == mode


# Recovery


def test_what_takes_points_in_time_away_is_destructive() -> None:
    """Disabling recovery, and letting it reach back less far."""
    service = service_with(("update_continuous_backups", recovery()))
    asked = (
        (recovery(enabled=False), True),
        (recovery(RecoveryPeriodInDays=7), True),
        (recovery(RecoveryPeriodInDays=35), False),
        (recovery(), False),
    )
    for request, destructive in asked:
        plan = run(service, RECOVER, dry_run=True, **request)
        assert plan.destructive is destructive


# Errors


class Scripted(ScriptedGateway):
    """A gateway whose calls go to a script, and which tells the date."""

    def moment(self) -> datetime:
        """Tell the same date always."""
        return datetime(2026, 1, 1, tzinfo=UTC)


def scripted(script: Script, name: str, **request: Any) -> Any:
    """Run a change against a script, and return its result."""

    async def change(client: Any) -> Any:
        gateway = Scripted(script, client.__dynawait_gateway__())
        return await core(name)(gateway, **request)

    outcome = simulate({"change": change}, seed=1).outcomes["change"]
    if isinstance(outcome, Raised):
        raise outcome.error
    assert isinstance(outcome, Returned)
    return outcome.value


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            refusal("UnknownOperationException", ""),
            "this server does not know DescribeTimeToLive",
        ),
        (refusal("AccessDeniedException", "not you"), "AccessDeniedException: not you"),
    ],
)
def test_what_cannot_be_looked_at_says_why(error: Exception, expected: str) -> None:
    """A server without the operation, or credentials without the permission."""

    def answer(_call: Any) -> Any:
        raise error

    with pytest.raises(ChangeError, match=expected):
        scripted(Script(answer), EXPIRE, **expiry("expires"))


def test_a_table_that_cannot_be_asked_about_is_missing() -> None:
    """Where only the setting may be looked at, what is not found is missing."""

    def answer(call: Any) -> Any:
        if call.operation == "DescribeTable":
            raise refusal("AccessDeniedException", "not you")
        raise refusal("ResourceNotFoundException", "not found")

    with pytest.raises(PlanError, match="table orders does not exist"):
        scripted(Script(answer), EXPIRE, **expiry("expires"))


def test_a_table_that_is_slow_to_tell_does_not_hold_up_the_deadline() -> None:
    """The time is up for both calls of a look."""

    def answer(_call: Any) -> Any:
        raise refusal("ResourceNotFoundException", "not found")

    def latency(call: Any) -> float:
        return 100.0 if call.operation == "DescribeTable" else 0.1

    with pytest.raises(ChangeTimeoutError):
        scripted(Script(answer, latency=latency), EXPIRE, **expiry("a"), timeout=5)


def test_what_is_refused_for_good_keeps_the_words_of_aws() -> None:
    """Nothing is sent again, and the error holds its plan through a pickle."""

    def answer(call: Any) -> Any:
        if call.operation == "DescribeTimeToLive":
            return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
        raise refusal("ValidationException", "no such thing")

    script = Script(answer)
    with pytest.raises(ChangeError, match="no such thing") as caught:
        scripted(script, EXPIRE, **expiry("expires"))
    assert [call.operation for call in script.calls][1:] == ["UpdateTimeToLive"]
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert (str(copy), copy.failed) == (str(caught.value), caught.value.failed)


def test_an_answer_that_never_comes_is_unknown() -> None:
    """When the time is up before a look could tell, the error says that."""
    service = service_with(("tag_resource", {"ResourceArn": ARN, "Tags": TAGS}))
    service.__dynawait_service__.faults = Faults(lost_response=1.0)
    with pytest.raises((OutcomeUnknownError, ChangeTimeoutError)):
        run(service, UNTAG, ResourceArn=ARN, TagKeys=["team"], timeout=2)


def test_two_who_ask_for_the_same_do_no_harm() -> None:
    """Side by side, both end well, and the setting is as they wanted."""
    service = service_with()

    async def stream(client: Any) -> Any:
        return await asynchronous(core(STREAMING))(client, **destination())

    async def tag(client: Any) -> Any:
        return await asynchronous(core(TAG))(client, ResourceArn=ARN, Tags=TAGS)

    actors: dict[str, Callable[[Any], Any]] = {
        "one": stream,
        "two": stream,
        "three": tag,
        "four": tag,
    }
    history = simulate(actors, seed=3, service=service)
    for name in actors:
        assert isinstance(history.outcomes[name], Returned), history


# Bad input

BAD: list[tuple[str, dict[str, Any], str]] = [
    (EXPIRE, {**ORDERS}, "TimeToLiveSpecification is missing"),
    (EXPIRE, expiry(), "TimeToLiveSpecification.AttributeName is missing"),
    (EXPIRE, expiry("x" * 256), "AttributeName: expected at most 255"),
    (EXPIRE, {**ORDERS, "TimeToLiveSpecification": True}, "expected a dict"),
    (EXPIRE, {**expiry("a"), "TableName": "a b c"}, "TableName: .*letters, digits"),
    (EXPIRE, {**expiry("a"), "TableName": 7}, "TableName: expected a string"),
    (RECOVER, recovery(RecoveryPeriodInDays=36), "expected 1 to 35, got 36"),
    (RECOVER, recovery(RecoveryPeriodInDays=0), "expected 1 or more"),
    (RECOVER, recovery(enabled=False, RecoveryPeriodInDays=7), "leave it out when"),
    (TAG, {"ResourceArn": "orders", "Tags": TAGS}, "ResourceArn: expected the ARN"),
    (TAG, {"ResourceArn": ARN, "Tags": []}, "Tags: expected at least 1"),
    (TAG, {"ResourceArn": ARN, "Tags": TAGS + TAGS}, "team comes 2 times"),
    (
        TAG,
        {"ResourceArn": ARN, "Tags": [{"Key": "aws:a", "Value": ""}]},
        "AWS's own",
    ),
    (
        TAG,
        {"ResourceArn": ARN, "Tags": [{"Key": "a!", "Value": "*"}]},
        r"Tags\[0\].Key: .*; Tags\[0\].Value: ",
    ),
    (
        TAG,
        {"ResourceArn": ARN, "Tags": [{"Key": "k", "Value": "v" * 257}]},
        "Value: expected at most 256",
    ),
    (
        TAG,
        {"ResourceArn": ARN, "Tags": [{"Key": f"{n}", "Value": ""} for n in range(51)]},
        "at most 50 tags, not 51",
    ),
    (UNTAG, {"ResourceArn": ARN, "TagKeys": []}, "TagKeys: expected at least 1"),
    (UNTAG, {"ResourceArn": ARN, "TagKeys": ["aws:x"]}, "TagKeys: aws:x"),
    (STREAMING, destination("x" * 40), "StreamArn: not the ARN of a Kinesis"),
    (STREAMING, destination("arn"), "StreamArn: expected at least 37"),
    (
        UNSTREAM,
        destination(EnableKinesisStreamingConfiguration=PRECISE),
        "leave it out when disabling",
    ),
    (INSIGHTS, insights("ON"), "expected ENABLE or DISABLE, got 'ON'"),
    (INSIGHTS, insights(IndexName="?"), "IndexName: "),
    (INSIGHTS, {**insights(), "ContributorInsightMode": "a"}, "did you mean"),
]


@pytest.mark.parametrize(("name", "request_", "expected"), BAD)
def test_bad_input_is_refused_before_the_first_call(
    name: str, request_: dict[str, Any], expected: str
) -> None:
    """The error names the parameter and the rule; nothing was even looked at."""
    service = SimulatedDynamoDB()
    with pytest.raises(PlanError, match=expected):
        run(service, name, **request_)
    assert not service.calls


def test_an_option_that_there_is_not_is_refused() -> None:
    """Options are in lower case; what is spelt like one is taken for one."""
    service = SimulatedDynamoDB()
    with pytest.raises(InvalidArgumentError, match="no such option"):
        run(service, EXPIRE, cooldown="fail", **expiry("expires"))
    with pytest.raises(InvalidArgumentError, match='"wait" or "fail"'):
        run(service, EXPIRE, on_cooldown="never", **expiry("expires"))


def test_durations_of_waits_are_in_the_plan() -> None:
    """A setting that somebody is changing costs looks, no calls."""
    service = SimulatedDynamoDB(durations=Durations(time_to_live=HOUR))
    service.client().create_table(**table())
    service.clock.advance(60)
    service.client().update_time_to_live(**expiry("expires"))
    before = len(service.calls)
    result = run(service, EXPIRE, **expiry("expires"))
    assert not result.done
    assert [step.title for step in result.already] == ["enable time to live on expires"]
    assert not writes(service, before)
