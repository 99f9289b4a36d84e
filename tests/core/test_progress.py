"""How far a backfill has come: told by the minute, whatever CloudWatch answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait import InvalidArgumentError, TableState
from dynawait._core.execute import execute
from dynawait._core.gateway import CallTimedOut
from dynawait._core.metrics import (
    metric_request,
    of_one_build,
    points_in,
    remaining,
)
from dynawait._core.patience import Patience
from dynawait._core.progress import building, described
from dynawait._core.sources import answer_of, sources_of
from dynawait._gateways.aio import open_async
from dynawait._gateways.blocking import drive
from dynawait.events import Progress
from dynawait.testing import SimulatedDynamoDB, simulate
from dynawait.testing.model.durations import Durations
from tests.core.other_services import (
    START,
    TABLE,
    Async,
    Blocking,
    Told,
    aim_of,
    change,
    created,
    creation,
    grown,
    percentages,
    refused,
)

KINDS = {"simulated": Async, "asyncio": Async, "blocking": Blocking}


def built(client: Any, *, backfill: float = 520.0) -> Told:
    """Create an index whose backfill takes so long, in seconds."""
    dynamodb = SimulatedDynamoDB(durations=Durations(index_backfill=backfill))

    async def main(client_of_it: Any) -> Told:
        await client_of_it.create_table(**TABLE)
        gateway = client_of_it.__dynawait_gateway__()
        await gateway.sleep(10)
        return await change(gateway, sources_of(client), "by-email")

    told: Told = simulate({"main": main}, seed=3, service=dynamodb).result("main")
    return told


def growing(seconds: float, *, lag: float = 50.0) -> Any:
    """Return a CloudWatch whose percentage grows evenly, 50 s after the start."""
    begin = START + timedelta(seconds=lag)
    return Async(lambda asked: grown(asked["EndTime"], begin=begin, seconds=seconds))


@pytest.mark.parametrize("face", KINDS)
def test_progress_without_cloudwatch(face: str) -> None:
    """Each minute of a creation is told with its phase, through each face."""
    told = created(face, sources_of(), "by-email")
    events = told.of("change.progress")
    assert 8 <= len(events) <= 9
    for sooner, later in pairwise(events):
        assert 60 <= later.elapsed - sooner.elapsed < 75
    for event in events:
        assert event.progress is not None
        assert event.progress.index == "by-email"
        assert event.progress.phase == "backfilling"
        assert (event.progress.percent, event.progress.remaining) == (None, None)
        assert event.progress.items == 0
    assert events[0].text.startswith("index by-email: backfilling after 6")
    assert events[0].text.endswith("the table holds about 0 items")


@pytest.mark.parametrize("face", KINDS)
def test_progress_with_cloudwatch(face: str) -> None:
    """The newest percentage is told, with the time that is left at its rate."""
    begin = START + timedelta(seconds=50)
    cloudwatch = KINDS[face](
        lambda asked: grown(asked["EndTime"], begin=begin, seconds=520)
    )
    told = created(face, sources_of(cloudwatch), "by-email")
    percents = [
        event.progress.percent
        for event in told.of("change.progress")
        if event.progress is not None
    ]
    assert percents[0] is None
    known = [percent for percent in percents if percent is not None]
    assert known == sorted(known)
    assert known[-1] > 20
    last = told.of("change.progress")[-1]
    assert last.progress is not None
    assert last.progress.remaining == pytest.approx(570 + 10 - last.elapsed, abs=40)
    assert " % after " in last.text
    assert last.text.endswith(" s left")
    assert not told.of("change.stalled")


def test_cloudwatch_is_asked_once_a_minute_while_it_backfills() -> None:
    """Two hours of backfill cost at most 120 calls, and allocating costs none."""
    cloudwatch = growing(7200)
    built(cloudwatch, backfill=7200)
    assert 90 <= len(cloudwatch.requests) <= 120
    ends = [asked["EndTime"] for asked in cloudwatch.requests]
    for sooner, later in pairwise(ends):
        assert (later - sooner).total_seconds() >= 60


def test_a_stall_is_told_once_each_time() -> None:
    """No change for a quarter of an hour is told, and again after it moved."""

    def answer(asked: Any) -> Any:
        minutes = ((asked["EndTime"] - START) / timedelta(minutes=1)) - 1
        value = 42.0 if minutes < 60 else 60.0 if minutes < 120 else minutes / 2
        return percentages([(asked["EndTime"] - timedelta(minutes=5), value)])

    told = built(Async(answer), backfill=3 * 3600)
    stalls = told.of("change.stalled")
    assert [round(event.elapsed / 60) for event in stalls] == [20, 76]
    assert [event.progress.percent for event in stalls if event.progress] == [42, 60]
    assert "index by-email: has stood at 42 % for 9" in stalls[0].text
    assert "write capacity" in stalls[0].text


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "nothing",
        {},
        {"MetricDataResults": None},
        {"MetricDataResults": [None, 7, {}]},
        {"MetricDataResults": [{"Id": "p0", "Timestamps": [], "Values": []}]},
        {"MetricDataResults": [{"Id": "p0", "Timestamps": ["x"], "Values": ["y"]}]},
        {"MetricDataResults": [{"Id": "p0", "Timestamps": 3, "Values": 4}]},
        {"MetricDataResults": [{"Id": 5, "Timestamps": [START], "Values": [5.0]}]},
        percentages([(START, float("nan")), (START, 1e9), (START, -1.0)]),
        refused("Throttling"),
        refused("InternalServiceFault", 500),
    ],
    ids=repr,
)
def test_a_bad_answer_is_no_answer(answer: Any) -> None:
    """Whatever comes back, the change goes on, and the percentage is not known."""
    cloudwatch = Async(lambda _: answer)
    told = built(cloudwatch)
    assert len(cloudwatch.requests) >= 7
    assert told.result.done
    assert not told.of("change.warned")
    assert all(
        event.progress is not None and event.progress.percent is None
        for event in told.of("change.progress")
    )


@pytest.mark.parametrize(
    "error",
    [
        refused("AccessDenied", 403),
        refused("InvalidParameterValue"),
        ConnectionError("no way"),
        TypeError("not a client of this kind"),
    ],
    ids=repr,
)
def test_a_client_that_fails_is_not_asked_again(error: Exception) -> None:
    """One warning, and progress goes on without percentages."""
    cloudwatch = Async(lambda _: error)
    told = built(cloudwatch)
    assert len(cloudwatch.requests) == 1
    (text,) = told.texts("change.warned")
    assert text.startswith("CloudWatch cannot be asked, going on without: ")
    assert len(told.of("change.progress")) >= 8
    assert told.result.done


def test_an_older_build_of_the_same_name_is_left_out() -> None:
    """Percentages from before the resources were allocated are of another index."""
    old = [(START - timedelta(minutes=minute), 99.0) for minute in (10, 5)]
    told = built(Async(lambda _: percentages(old)))
    assert all(
        event.progress is not None and event.progress.percent is None
        for event in told.of("change.progress")
    )


def test_a_backfill_that_was_found_half_way() -> None:
    """Percentages from before the run count where the build was already under way."""
    dynamodb = SimulatedDynamoDB()
    newest = START + timedelta(seconds=90)
    cloudwatch = Async(lambda _: percentages([(newest, 12.345)]))

    async def main(client: Any) -> Told:
        await client.create_table(**TABLE)
        gateway = client.__dynawait_gateway__()
        await gateway.sleep(10)
        await client.update_table(**creation("by-other").parameters)
        await gateway.sleep(200)
        return await change(gateway, sources_of(cloudwatch), "by-other")

    told: Told = simulate({"main": main}, seed=3, service=dynamodb).result("main")
    text = told.texts("change.progress")[0]
    assert text.startswith("index by-other: 12.3 % after 6")
    assert "left" not in text
    assert not told.result.done


def test_without_a_count_of_items() -> None:
    """A service that counts no items is told of without them."""
    progress = Progress("by-email", None, 61.0)
    assert described("index by-email", progress) == (
        "index by-email: being created after 61 s"
    )


def test_only_tables_have_indexes() -> None:
    """A change of something else has no progress to tell."""
    assert building(None) == {}
    assert building(TableState("orders", status="ACTIVE")) == {}


def test_a_service_that_does_not_answer_is_given_up() -> None:
    """A private network may lead to DynamoDB only: ten seconds are enough to know."""

    class Mute:
        def now(self) -> float:
            return 5.0

        async def ask(self, *_: Any, deadline: float) -> Any:
            assert deadline == 15.0
            raise CallTimedOut

    gateway: Any = Mute()
    with pytest.raises(TimeoutError, match="get_metric_data had no answer in 10 s"):
        drive(answer_of(gateway, None, "get_metric_data", {}))


@pytest.mark.anyio
async def test_an_asynchronous_question_ends_at_its_deadline() -> None:
    """A client that hangs is abandoned."""

    class Hanging:
        async def get_metric_data(self, **_: Any) -> Any:
            await anyio.sleep_forever()

    class Client:
        async def describe_table(self, **_: Any) -> Any:
            raise AssertionError

    gateway = open_async(Client())
    with pytest.raises(CallTimedOut):
        await gateway.ask(Hanging(), "get_metric_data", {}, deadline=gateway.now())
    answered = await gateway.ask(
        Async(lambda _: {}), "get_metric_data", {}, deadline=gateway.now() + 60
    )
    assert answered == {}


def test_nobody_needs_to_listen(caplog: pytest.LogCaptureFixture) -> None:
    """Without an observer a change only logs, and what nobody hears is not built."""
    caplog.set_level("ERROR", logger="dynawait")

    async def main(client: Any) -> Any:
        await client.create_table(**TABLE)
        gateway = client.__dynawait_gateway__()
        await gateway.sleep(10)
        aim, patience = aim_of("by-email"), Patience(None)
        return await execute(gateway, aim, patience, sources=sources_of())

    result = simulate({"main": main}, seed=3).result("main")
    assert len(result.done) == 1
    assert not caplog.records


def test_waiting_is_not_told_again_after_each_question() -> None:
    """A source that is asked does not make the wait begin anew for observers."""
    told = built(growing(520))
    assert len(told.of("step.waiting")) == 2  # allocating, backfilling
    assert len(told.of("step.continued")) > 20


def test_the_request_is_one_that_cloudwatch_takes() -> None:
    """The request has the shape of the service model, for many indexes too."""
    session = pytest.importorskip("botocore.session").get_session()
    validate = pytest.importorskip("botocore.validate").ParamValidator().validate
    shape = session.get_service_model("cloudwatch").operation_model("GetMetricData")
    names = [f"by-{number}" for number in range(20)]
    asked = metric_request("orders", names, START)
    assert not validate(asked, shape.input_shape).has_errors()
    assert len({query["Id"] for query in asked["MetricDataQueries"]}) == 20
    cloudwatch = growing(520)
    built(cloudwatch)
    for request in cloudwatch.requests:
        assert not validate(request, shape.input_shape).has_errors()


def test_the_answer_is_read_as_botocore_gives_it() -> None:
    """What botocore parses from the wire is read, with times in any zone."""
    parsers = pytest.importorskip("botocore.parsers")
    session = pytest.importorskip("botocore.session").get_session()
    model = session.get_service_model("cloudwatch")
    shape = model.operation_model("GetMetricData").output_shape
    body = b"""<GetMetricDataResponse><GetMetricDataResult><MetricDataResults><member>
      <Id>p0</Id><StatusCode>Complete</StatusCode>
      <Timestamps><member>2026-01-01T00:05:00Z</member>
        <member>2026-01-01T01:00:00+01:00</member></Timestamps>
      <Values><member>42.5</member><member>10</member></Values>
    </member></MetricDataResults></GetMetricDataResult>
    <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
    </GetMetricDataResponse>"""
    answer = parsers.create_parser("query").parse(
        {"body": body, "headers": {}, "status_code": 200}, shape
    )
    read = points_in(answer)
    assert read == {
        "p0": [(START, 10.0), (START + timedelta(minutes=5), 42.5)],
    }


def test_remaining_follows_the_last_points() -> None:
    """The rate is that of the last points, and the age of the newest counts."""
    slow = [(START + timedelta(minutes=5 * n), float(n)) for n in range(10)]
    fast = [(START + timedelta(minutes=50 + 5 * n), 10.0 + 10 * n) for n in range(5)]
    newest = fast[-1][0]
    assert remaining([*slow, *fast], newest) == pytest.approx(1500)
    later = newest + timedelta(minutes=4)
    assert remaining([*slow, *fast], later) == pytest.approx(1260)
    assert remaining(fast[:1], newest) is None
    assert remaining([], newest) is None
    assert remaining([fast[0], (newest, fast[0][1])], newest) is None


def test_a_fall_begins_a_new_build() -> None:
    """Only what comes after the last fall counts; a wobble is no fall."""
    values = [90.0, 100.0, 3.0, 9.0, 8.5, 12.0]
    points = [(START + timedelta(minutes=n), each) for n, each in enumerate(values)]
    assert of_one_build(points) == points[2:]
    assert of_one_build([]) == []


@given(
    st.lists(
        st.tuples(
            st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - naive on purpose
            st.floats(),
        )
    ),
    st.timedeltas(timedelta(days=-400), timedelta(days=400)),
)
def test_remaining_is_never_absurd(points: Any, shift: timedelta) -> None:
    """Whatever CloudWatch sends, the time left is None or 0 and more."""
    read = points_in(percentages(points))["p0"]
    assert all(0 <= percent <= 100 for _, percent in read)
    left = remaining(of_one_build(read), START + shift)
    assert left is None or left >= 0


@pytest.mark.parametrize(
    "client", [7, "cloudwatch", Async, object()], ids=["int", "str", "class", "object"]
)
def test_what_is_no_client_is_refused(client: Any) -> None:
    """A client has the one method that is needed; the error says which."""
    with pytest.raises(InvalidArgumentError, match=r"cloudwatch: .*get_metric_data"):
        sources_of(cloudwatch=client)
    with pytest.raises(InvalidArgumentError, match=r"cloudtrail: .*lookup_events"):
        sources_of(cloudtrail=client)
