"""Who else keeps the table busy: what moves, since when, and what CloudTrail knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait._core.movement import Movement
from dynawait._core.sources import sources_of
from dynawait._core.writers import changes_in, newest_first, others_in
from dynawait.errors import ChangeTimeoutError
from dynawait.events import Writer
from dynawait.testing import SimulatedDynamoDB, simulate
from dynawait.testing.model.durations import Durations
from tests.core.other_services import (
    AUTOSCALING,
    START,
    TABLE,
    Async,
    Blocking,
    Told,
    change,
    creation,
    record,
    refused,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CI = "arn:aws:sts::111122223333:assumed-role/Deploy/ci"


def kept_waiting(
    cloudtrail: Any = None,
    *,
    backfill: float = 520.0,
    timeout: float | None = None,
    after: float = 5.0,
) -> Told:
    """Create an index while somebody else builds one, begun so long before."""
    dynamodb = SimulatedDynamoDB(durations=Durations(index_backfill=backfill))

    async def main(client: Any) -> Told:
        await client.create_table(**TABLE)
        gateway = client.__dynawait_gateway__()
        await gateway.sleep(10)
        await client.update_table(**creation("by-other").parameters)
        await gateway.sleep(after)
        sources = sources_of(cloudtrail=cloudtrail)
        return await change(gateway, sources, "by-email", timeout=timeout)

    told: Told = simulate({"main": main}, seed=3, service=dynamodb).result("main")
    return told


def trail(*events: Any) -> Async:
    """Return a CloudTrail that knows of these events."""
    return Async(lambda _: {"Events": list(events)})


def test_blocked_without_cloudtrail() -> None:
    """After half a minute it is told once what moves, and since when."""
    told = kept_waiting()
    (event,) = told.of("change.blocked")
    assert 30 <= event.elapsed < 45
    assert event.writers == ()
    assert event.text.startswith(
        "create index by-email waits for what this run did not start: "
    )
    assert "index by-other is CREATING" in event.text
    assert f"(for {event.elapsed:.0f} s)" in event.text
    assert told.result.done


def test_what_this_run_moves_is_not_somebody_else() -> None:
    """A run that builds two indexes is never blocked by its own."""
    dynamodb = SimulatedDynamoDB()

    async def main(client: Any) -> Told:
        await client.create_table(**TABLE)
        gateway = client.__dynawait_gateway__()
        await gateway.sleep(10)
        return await change(gateway, sources_of(), "by-email", "by-day")

    told: Told = simulate({"main": main}, seed=3, service=dynamodb).result("main")
    assert len(told.result.done) == 2
    assert not told.of("change.blocked")


def test_what_was_begun_in_flight_stays_ours() -> None:
    """What begins to move while a step is in flight is ours, in each of its phases."""
    movement = Movement()
    movement.look(["index a is CREATING (allocating)"], 1.0, in_flight=True)
    movement.look(["index a is CREATING (backfilling)"], 50.0, in_flight=False)
    assert movement.seen == {"index a is CREATING (backfilling)": 1.0}
    assert movement.others == {}
    assert movement.blocked_since is None
    movement.look(["table is UPDATING"], 60.0, in_flight=False)
    assert movement.others == {"table is UPDATING": 60.0}
    movement.look(["table is UPDATING"], 70.0, in_flight=True)
    assert movement.blocked_since == 60.0
    movement.look([], 80.0, in_flight=False)
    assert (movement.blocked_since, movement.told(80.0)) == (None, "")


def test_a_refusal_without_movement_is_told() -> None:
    """A table that refuses though nothing moves is blocked since the first refusal."""
    movement = Movement()
    movement.refuse(5.0)
    movement.refuse(9.0)
    assert movement.blocked_since == 5.0
    movement.answer({"ResponseMetadata": {"RequestId": "R1"}})
    assert movement.blocked_since is None
    assert movement.requests == {"R1"}
    for odd in ({}, {"ResponseMetadata": None}, {"ResponseMetadata": {"RequestId": 1}}):
        movement.answer(odd)
    assert movement.requests == {"R1"}


class Refusing:
    """A gateway whose writes are refused for a minute, though nothing moves."""

    def __init__(self, inner: Any) -> None:
        """Refuse from now on."""
        self._inner = inner
        self._until = inner.now() + 60

    def __getattr__(self, name: str) -> Any:
        """Do all else as the inner gateway does it."""
        return getattr(self._inner, name)

    async def call(self, operation: str, parameters: Any, **options: Any) -> Any:
        """Refuse a write."""
        if operation == "UpdateTable" and self.now() < self._until:
            raise refused("ResourceInUseException")
        return await self._inner.call(operation, parameters, **options)


def test_refusals_without_a_mover_are_blocked_too() -> None:
    """What refuses though nothing is seen to move is told with AWS's own words."""

    async def main(client: Any) -> Told:
        await client.create_table(**TABLE)
        gateway = client.__dynawait_gateway__()
        await gateway.sleep(10)
        return await change(Refusing(gateway), sources_of(), "by-email")

    told: Told = simulate({"main": main}, seed=3).result("main")
    (text,) = told.texts("change.blocked")
    assert text == (
        "create index by-email is refused, though nothing is seen to move: "
        "ResourceInUseException: no"
    )
    assert told.result.done


def test_autoscaling_is_named() -> None:
    """Whoever reads the event knows that it was autoscaling, and when it called."""
    cloudtrail = trail(record(at=START + timedelta(seconds=9), **AUTOSCALING))
    told = kept_waiting(cloudtrail)
    event = told.of("change.blocked")[0]
    assert "; autoscaling called UpdateTable at 2026-01-01T00:00:09+00:00" in event.text
    (writer,) = event.writers
    assert writer.user == "autoscaling"
    assert writer.agent == "dynamodb.application-autoscaling.amazonaws.com"


def test_it_is_asked_at_most_every_five_minutes() -> None:
    """An hour of waiting costs a dozen questions, and each answer is told."""
    cloudtrail = trail(record())
    told = kept_waiting(cloudtrail, backfill=3600)
    events = told.of("change.blocked")
    assert 10 <= len(events) <= 12
    assert len(cloudtrail.requests) == len(events)
    for sooner, later in pairwise(events):
        assert 300 <= later.elapsed - sooner.elapsed < 325


def test_the_question() -> None:
    """It asks for the table by name, from before it was seen to move."""
    cloudtrail = trail(record())
    kept_waiting(cloudtrail)
    asked = cloudtrail.requests[0]
    assert asked["LookupAttributes"] == [
        {"AttributeKey": "ResourceName", "AttributeValue": "orders"}
    ]
    assert START - timedelta(minutes=30) <= asked["StartTime"] < START


def test_nobody_named() -> None:
    """Where CloudTrail names nobody it is asked by operation, and its lag is told."""
    cloudtrail = trail()
    told = kept_waiting(cloudtrail)
    text = told.texts("change.blocked")[0]
    assert text.endswith("; CloudTrail names nobody yet; it may be 15 minutes behind")
    assert [
        asked["LookupAttributes"][0]["AttributeKey"]
        for asked in cloudtrail.requests[:2]
    ] == ["ResourceName", "EventName"]
    window = START - cloudtrail.requests[1]["StartTime"]
    assert window > timedelta(hours=23)


def test_a_few_pages_are_read() -> None:
    """Descriptions fill pages; five of them are read, and each event counts once."""
    pages: dict[str | None, Any] = {
        None: {"Events": [record("DescribeTable")] * 50, "NextToken": "1"},
        "1": {"Events": [record(number="7")], "NextToken": "2"},
        "2": {"Events": [record(number="7")], "NextToken": "2"},
    }
    cloudtrail = Async(lambda asked: pages[asked.get("NextToken")])
    told = kept_waiting(cloudtrail)
    first = told.of("change.blocked")[0]
    assert len(first.writers) == 1
    assert [asked.get("NextToken") for asked in cloudtrail.requests[:5]] == [
        *(None, "1", "2", "2", "2")
    ]


def test_the_time_out_names_them() -> None:
    """The error of a time-out says who kept the table busy, and has it as values."""
    cloudtrail = trail(record(at=START + timedelta(seconds=9), **AUTOSCALING))
    told = kept_waiting(cloudtrail, timeout=60)
    error = told.result
    assert isinstance(error, ChangeTimeoutError)
    (writer,) = error.writers
    assert writer.user == "autoscaling"
    assert "somebody else keeps it busy: " in str(error)
    assert "index by-other is CREATING (backfilling) (for 60 s)" in str(error)
    assert "autoscaling called UpdateTable at 2026-01-01T00:00:09" in str(error)


def test_a_time_out_of_its_own_names_nobody() -> None:
    """Writers are forgotten when the next step is in flight."""
    cloudtrail = trail(record())
    told = kept_waiting(cloudtrail, timeout=700)
    error = told.result
    assert isinstance(error, ChangeTimeoutError)
    assert told.of("change.blocked")
    assert error.writers == ()
    assert "somebody else" not in str(error)


@pytest.mark.parametrize("error", [refused("AccessDenied", 403), OSError("no way")])
def test_a_client_that_fails_is_not_asked_again(error: Exception) -> None:
    """One warning; what moves is told all the same."""
    cloudtrail = Async(lambda _: error)
    told = kept_waiting(cloudtrail)
    assert len(cloudtrail.requests) == 1
    assert len(told.of("change.blocked")) == 1
    (text,) = told.texts("change.warned")
    assert text.startswith("CloudTrail cannot be asked, going on without: ")
    assert told.result.done


def test_a_throttled_client_is_asked_again() -> None:
    """CloudTrail takes two calls a second of an account: that passes."""
    cloudtrail = Async(lambda _: refused("ThrottlingException"))
    told = kept_waiting(cloudtrail)
    assert len(told.of("change.blocked")) == 2
    assert not told.of("change.warned")


@pytest.mark.parametrize(
    "answer",
    [
        *(None, [], {}, {"Events": None}, {"Events": [None, 7, {}, {"EventName": 3}]}),
        {"Events": [{"EventName": "UpdateTable", "CloudTrailEvent": "{"}]},
    ],
    ids=repr,
)
def test_a_bad_answer_is_no_answer(answer: Any) -> None:
    """Whatever comes back, nobody is named and the change goes on."""
    told = kept_waiting(Async(lambda _: answer))
    assert all(event.writers == () for event in told.of("change.blocked"))
    assert told.result.done


def test_blocking_clients_are_asked_too() -> None:
    """A client like boto3's names them as well."""
    told = kept_waiting(Blocking(lambda _: {"Events": [record()]}))
    assert told.of("change.blocked")[0].writers[0].user == CI


def one(event: Any) -> Writer:
    """Read one event."""
    (found,) = changes_in({"Events": [event]})
    return found.writer


def test_a_record_is_read() -> None:
    """Who, what, when, from where, with what; and how it prints."""
    writer = one(record("DeleteTable"))
    assert writer == Writer(
        "DeleteTable", CI, at=START, source="192.0.2.7", agent="Boto3/1.40"
    )
    assert str(writer) == f"{CI} called DeleteTable at 2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("detail", "user"),
    [
        (AUTOSCALING, "autoscaling"),
        ({"userAgent": "application-autoscaling.amazonaws.com"}, "autoscaling"),
        (
            {"userIdentity": {"type": "Root", "arn": "arn:aws:iam::111122223333:root"}},
            "arn:aws:iam::111122223333:root",
        ),
        (
            {
                "userIdentity": {
                    "arn": CI,
                    "invokedBy": "cloudformation.amazonaws.com",
                }
            },
            f"{CI} through cloudformation.amazonaws.com",
        ),
        (
            {
                "userIdentity": {
                    "type": "AWSService",
                    "invokedBy": "replication.dynamodb.amazonaws.com",
                }
            },
            "replication.dynamodb.amazonaws.com",
        ),
        ({"userIdentity": {"type": "IAMUser", "userName": "deploy"}}, "deploy"),
        (
            {"userIdentity": {"sessionContext": {"sessionIssuer": {"arn": "arn:r"}}}},
            "arn:r",
        ),
        ({"userIdentity": {"principalId": "AIDA"}}, "AIDA"),
        (
            {"userIdentity": {"arn": "arn:aws:iam::1:user/autoscaling-fan"}},
            "arn:aws:iam::1:user/autoscaling-fan",
        ),
        ({"userIdentity": None}, "ci"),
    ],
    ids=str,
)
def test_users(detail: dict[str, Any], user: str) -> None:
    """Each kind of identity has a name that a person can follow up."""
    assert one(record(**detail)).user == user


def test_only_changes_of_tables_count() -> None:
    """Reads, changes of items and other services are left out."""
    events = [
        *(record(name) for name in ("DescribeTable", "ListTables", "GetItem")),
        *(record(name) for name in ("PutItem", "TransactWriteItems", "Query")),
        {**record(), "EventSource": "s3.amazonaws.com"},
        {**record("Inspect"), "ReadOnly": "true"},
        record("UpdateTimeToLive"),
        record("TagResource"),
    ]
    found = changes_in({"Events": events})
    assert [each.writer.operation for each in found] == [
        "UpdateTimeToLive",
        "TagResource",
    ]


def test_an_event_without_its_record_is_read_as_far_as_it_goes() -> None:
    """The outer members are enough to say who called what."""
    event = {**record(), "CloudTrailEvent": None}
    assert one(event) == Writer("UpdateTable", "ci", at=START)
    bare = {"EventName": "UpdateTable", "EventSource": "dynamodb.amazonaws.com"}
    assert one(bare) == Writer("UpdateTable", "somebody")


def test_ours_and_refused_and_other_tables_are_left_out() -> None:
    """Named are those whose calls changed this table, without our own."""
    elsewhere = record(number="4", requestParameters={"tableName": "orders-2"})
    elsewhere["Resources"] = []
    by_arn = record(
        number="5",
        requestParameters={"tableName": "arn:aws:dynamodb:eu-west-1:1:table/orders"},
    )
    by_arn["Resources"] = []
    events = [
        record(number="1"),
        record(number="2", errorCode="ResourceInUseException"),
        record(number="3", at=START + timedelta(hours=1)),
        elsewhere,
        by_arn,
    ]
    records = changes_in({"Events": [*events, *events]})
    found = others_in(records, "orders", {"R1"})
    assert [writer.at for writer in found] == [START + timedelta(hours=1), START]
    assert len(newest_first(records)) == 5
    assert [each.writer.error for each in records[:3]] == [
        *(None, "ResourceInUseException", None)
    ]


def test_the_text_names_three() -> None:
    """An event has all writers; its text the three newest calls."""
    events = [record(number=str(n), at=START - timedelta(minutes=n)) for n in range(5)]
    event = kept_waiting(trail(*events)).of("change.blocked")[0]
    assert len(event.writers) == 5
    assert event.text.endswith("; and 2 more")
    assert event.text.count("called UpdateTable") == 3


def test_the_request_is_one_that_cloudtrail_takes() -> None:
    """The requests have the shape of the service model, page by page."""
    session = pytest.importorskip("botocore.session").get_session()
    validate = pytest.importorskip("botocore.validate").ParamValidator().validate
    shape = session.get_service_model("cloudtrail").operation_model("LookupEvents")
    cloudtrail = Async(lambda _: {"Events": [], "NextToken": "next"})
    kept_waiting(cloudtrail)
    assert len(cloudtrail.requests) >= 10
    for request in cloudtrail.requests:
        assert not validate(request, shape.input_shape).has_errors()


def test_the_answer_is_read_as_botocore_gives_it() -> None:
    """What botocore parses from the wire is read: times are datetimes with a zone."""
    parsers = pytest.importorskip("botocore.parsers")
    session = pytest.importorskip("botocore.session").get_session()
    model = session.get_service_model("cloudtrail")
    body = b"""{"Events": [{"EventId": "E1", "EventName": "UpdateTable",
      "ReadOnly": "false", "EventTime": 1767225600.0, "Username": "ci",
      "EventSource": "dynamodb.amazonaws.com", "Resources": [],
      "CloudTrailEvent": "{\\"requestParameters\\": {\\"tableName\\": \\"orders\\"}}"
    }]}"""
    answer = parsers.create_parser("json").parse(
        {"body": body, "headers": {}, "status_code": 200},
        model.operation_model("LookupEvents").output_shape,
    )
    (found,) = changes_in(answer)
    assert found.is_about("orders")
    assert found.writer == Writer("UpdateTable", "ci", at=START)
    assert found.writer.at is not None
    assert found.writer.at.tzinfo is UTC


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["userIdentity", "arn", "eventTime", "requestParameters", "invokedBy"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["EventTime", "Username", "Resources", "EventId", "ReadOnly"]),
        JSON | st.datetimes(),
    ),
    JSON,
)
def test_anything_is_read(outer: dict[str, Any], inner: Any) -> None:
    """Whatever stands in an event, it is read or left out, and it can be ordered."""
    import json

    event = {
        "EventName": "UpdateTable",
        "EventSource": "dynamodb.amazonaws.com",
        "CloudTrailEvent": json.dumps(inner),
        **outer,
    }
    records = newest_first(changes_in({"Events": [event, record()]}))
    assert 1 <= len(records) <= 2
    assert all(str(each.writer) for each in records)
    assert all(
        each.writer.at is None or isinstance(each.writer.at, datetime)
        for each in records
    )


def test_both_sources_work_together() -> None:
    """With both clients, who blocks and how far it has come are both told."""
    ask: Callable[[Any], Any] = lambda _: {}  # noqa: E731 - the shortest client
    dynamodb = SimulatedDynamoDB()
    sources = sources_of(Async(ask), trail(record()))

    async def main(client: Any) -> Told:
        await client.create_table(**TABLE)
        gateway = client.__dynawait_gateway__()
        await gateway.sleep(10)
        await client.update_table(**creation("by-other").parameters)
        return await change(gateway, sources, "by-email")

    told: Told = simulate({"main": main}, seed=3, service=dynamodb).result("main")
    assert told.of("change.blocked")
    assert {
        event.progress.index
        for event in told.of("change.progress")
        if event.progress is not None
    } == {"by-other", "by-email"}
