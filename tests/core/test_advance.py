"""One turn of a change: a look, at most one write, and no waiting."""

from __future__ import annotations

from typing import Any

import pytest

import dynawait
import dynawait.sync
from dynawait import (
    Advance,
    CreateIndex,
    Event,
    IndexConflictError,
    InvalidArgumentError,
    PlanError,
    QuotaError,
    ReplaceIndex,
    ServiceError,
)
from dynawait.errors import ChangeError
from dynawait.testing import Durations, Faults, SimulatedDynamoDB
from tests.core.fakes import (
    BROKEN,
    DENIED,
    NO_TABLE,
    THROTTLED,
    Script,
    by_operation,
    play,
    refusal,
    table,
)
from tests.core.worlds import BUSY, QUOTA
from tests.gateways.faces import create

BY_DAY = CreateIndex("by-day", "day")


class Sleepless:
    """The gateway of an actor who may not sleep."""

    def __init__(self, inner: Any) -> None:
        """Stand on another gateway."""
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        """Return whatever else it can do."""
        return getattr(self._inner, name)

    async def sleep(self, *_arguments: Any, **_options: Any) -> None:
        """Refuse to sleep."""
        raise AssertionError("a turn has slept")


class Awake:
    """A client whose library calls may not sleep."""

    def __init__(self, gateway: Any) -> None:
        """Stand on a gateway."""
        self._gateway = gateway

    def __dynawait_gateway__(self) -> Sleepless:
        """Return the gateway that library functions are to use."""
        return Sleepless(self._gateway)


def turn(script: Script, *arguments: Any, **options: Any) -> Any:
    """Take one turn against a script."""

    async def actor(client: Any) -> Advance:
        awake: Any = Awake(client.gateway)
        return await dynawait.advance(
            awake, "orders", *(arguments or ([BY_DAY],)), **options
        )

    return play(script, actor)


def on_demand(status: str) -> dict[str, Any]:
    """Return a response of DescribeTable for a table that is on demand."""
    mode = {"BillingMode": "PAY_PER_REQUEST"}
    return table(status, BillingModeSummary=mode)


def answering(update: Any = None, look: Any = None) -> Script:
    """Return a service with a table that answers so."""
    return Script(
        by_operation(
            DescribeTable=look or on_demand("ACTIVE"),
            UpdateTable={} if update is None else update,
        )
    )


def test_it_sends_one_step() -> None:
    """A turn looks once, sends the first step, and says when to come again."""
    script = answering()
    found = turn(script, [BY_DAY, CreateIndex("by-week", "week")])
    assert [call.operation for call in script.calls] == ["DescribeTable", "UpdateTable"]
    assert found.sent.title == "create index by-day"
    assert not found.finished
    assert found.retry_after == 30
    assert [step.title for step in found.plan] == [
        "create index by-day",
        "create index by-week",
    ]


def test_it_waits_for_others() -> None:
    """While something moves, a turn sends nothing, and says what it waits for."""
    found = turn(answering(look=on_demand("UPDATING")))
    assert found.sent is None
    assert found.retry_after == 15
    assert found.reasons == ("table is UPDATING",)


@pytest.mark.parametrize(
    ("answer", "sent", "rest"),
    [
        (BUSY, False, 15),
        (THROTTLED, False, 10),
        (BROKEN, True, 5),
        (refusal("ValidationException", "Index already exists"), True, 5),
        (NO_TABLE, True, 5),
    ],
)
def test_refused_for_now(answer: Exception, *, sent: bool, rest: float) -> None:
    """What is refused for now, or lost, is left to the next turn."""
    found = turn(answering(answer))
    assert not found.finished
    assert (found.sent is not None) == sent
    assert found.retry_after == rest
    assert found.reasons
    assert found.reasons[0].startswith("create index by-day: ")


def test_throttled_with_a_date() -> None:
    """A date in the refusal is when to come again."""
    late = refusal("ThrottlingException", "Try again after 2026-01-01T00:05:00Z")
    assert turn(answering(late)).retry_after == 300


def test_quota() -> None:
    """A hard limit is an error, with the step that met it."""
    with pytest.raises(QuotaError) as caught:
        turn(answering(QUOTA))
    assert caught.value.failed is not None
    assert caught.value.plan is not None


def test_refused_for_good() -> None:
    """A refusal for good is an error, told as the end."""
    events: list[Event] = []
    with pytest.raises(ChangeError) as caught:
        turn(answering(DENIED), on_event=events.append)
    assert isinstance(caught.value.__cause__, ServiceError)
    assert [event.name for event in events] == [
        "change.planned",
        "step.started",
        "step.failed",
        "change.failed",
    ]


@pytest.mark.parametrize("answer", [THROTTLED, BROKEN])
def test_a_look_that_fails_for_now(answer: Exception) -> None:
    """A look that may be answered next time is left to the next turn."""
    found = turn(answering(look=answer))
    assert not found.finished
    assert found.retry_after == 10
    assert not found.plan
    assert len(found.reasons) == 1


def test_a_look_that_is_denied() -> None:
    """A look that will be refused again is an error."""
    with pytest.raises(ServiceError, match="AccessDenied"):
        turn(answering(look=DENIED))


def test_no_table() -> None:
    """A table that does not exist can be neither updated nor given an index."""
    for asked in ([BY_DAY], {"BillingMode": "PAY_PER_REQUEST"}):
        script = answering(look=NO_TABLE)
        with pytest.raises(PlanError, match="does not exist"):
            turn(script, asked)
        assert len(script.calls) == 1


def test_a_step_that_nobody_can_see() -> None:
    """A request with a step that no look can show is refused before the first step."""
    script = answering()
    request = {"NewFashion": True, "DeletionProtectionEnabled": True}
    with pytest.raises(PlanError, match=r"set NewFashion: .* send it whole"):
        turn(script, request)
    assert len(script.calls) == 1


def test_a_conflict() -> None:
    """What conflicts with the live table is an error."""
    dynamodb = SimulatedDynamoDB()
    create(dynamodb, "orders", "by-day")
    dynamodb.clock.advance(60)
    with pytest.raises(IndexConflictError):
        dynawait.sync.advance(
            dynamodb.client(), "orders", [CreateIndex("by-day", "other")]
        )


@pytest.mark.parametrize(
    ("arguments", "options", "problem"),
    [
        (([BY_DAY],), {"until": "tomorrow"}, "until"),
        (([BY_DAY],), {"operation": "RestoreTable"}, "operation"),
        (([BY_DAY],), {"operation": "CreateTable"}, "operation"),
        (({"TableName": "users"},), {}, "TableName"),
        (("by-day",), {}, "changes"),
        (([1],), {}, "changes"),
        (([BY_DAY],), {"on_event": "print"}, "on_event"),
    ],
)
def test_arguments_that_are_wrong(
    arguments: Any, options: dict[str, Any], problem: str
) -> None:
    """An argument that cannot be right is refused before anything is called."""
    script = answering()
    with pytest.raises(InvalidArgumentError, match=problem):
        turn(script, *arguments, **options)
    assert not script.calls


TABLE: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def carried(
    dynamodb: SimulatedDynamoDB, asked: Any, **options: Any
) -> tuple[list[Advance], float]:
    """Carry a change by turns to its end; return the turns and how long it took."""
    client = dynamodb.client()
    began = dynamodb.clock.now()
    turns: list[Advance] = []
    for _ in range(2000):
        before = dynamodb.clock.now()
        turns.append(dynawait.sync.advance(client, "orders", asked, **options))
        assert dynamodb.clock.now() == before
        rest = turns[-1].retry_after
        if turns[-1].finished:
            assert rest is None
            assert not turns[-1].plan
            return turns, dynamodb.clock.now() - began
        assert rest is not None
        assert 1 <= rest <= 300
        dynamodb.clock.advance(rest)
    raise AssertionError(turns[-1])


def test_a_table_by_turns() -> None:
    """A table is created, updated and deleted by turns; the end is the end."""
    dynamodb = SimulatedDynamoDB()
    _, took = carried(dynamodb, TABLE, operation="CreateTable")
    assert dynamodb.tables["orders"]["TableStatus"] == "ACTIVE"
    assert took <= 60
    request = {"DeletionProtectionEnabled": True, "TableClass": "STANDARD"}
    carried(dynamodb, request)
    assert dynamodb.tables["orders"]["DeletionProtectionEnabled"]
    with pytest.raises(PlanError, match="protect"):
        dynawait.sync.advance(dynamodb.client(), "orders", {}, operation="DeleteTable")
    carried(dynamodb, {}, operation="DeleteTable", disable_protection=True)
    assert not dynamodb.tables
    taken = [call for call in dynamodb.calls if call.outcome == "ok"]
    sent = [c.operation for c in taken if c.operation != "DescribeTable"]
    assert sent == ["CreateTable", "UpdateTable", "UpdateTable", "DeleteTable"]


def test_indexes_by_turns() -> None:
    """A list of index changes is carried by turns, few of them for a long backfill."""
    dynamodb = SimulatedDynamoDB(durations=Durations(index_backfill=36_000))
    create(dynamodb, "orders", "by-age")
    dynamodb.clock.advance(60)
    changes: list[Any] = [
        BY_DAY,
        ReplaceIndex("by-age", CreateIndex("by-week", "week")),
    ]
    turns, took = carried(dynamodb, changes)
    live = dynamodb.tables["orders"]["GlobalSecondaryIndexes"]
    assert {index["IndexName"] for index in live} == {"by-day", "by-week"}
    assert len(turns) <= 2 * 36_000 / 60 + 20
    assert took <= 2 * 36_040 * 1.01 + 120
    before = len(dynamodb.calls)
    again = dynawait.sync.advance(dynamodb.client(), "orders", changes)
    assert again.finished
    assert again.sent is None
    assert len(dynamodb.calls) == before + 1


def test_what_is_told() -> None:
    """Each turn tells what is left; the last one, that it is finished."""
    dynamodb = SimulatedDynamoDB()
    create(dynamodb)
    dynamodb.clock.advance(60)
    events: list[Event] = []
    carried(dynamodb, [BY_DAY], on_event=events.append)
    names = [event.name for event in events]
    assert names[:2] == ["change.planned", "step.started"]
    assert names[-2:] == ["change.planned", "change.finished"]
    assert names.count("change.finished") == 1


def test_trouble_by_turns() -> None:
    """Faults only make it take longer."""
    dynamodb = SimulatedDynamoDB(seed=3)
    create(dynamodb)
    dynamodb.clock.advance(60)
    dynamodb.faults = Faults(
        throttle=0.2, lost_response=0.3, stale_describe=0.3, server_error=0.1
    )
    carried(dynamodb, [BY_DAY, CreateIndex("by-week", "week")])
    live = dynamodb.tables["orders"]["GlobalSecondaryIndexes"]
    assert {index["IndexName"] for index in live} == {"by-day", "by-week"}


@pytest.mark.parametrize(
    "change", [dynawait.sync.advance, dynawait.sync.apply_index_changes]
)
def test_a_process_that_stands_still_with_a_look_in_its_hands(change: Any) -> None:
    """A look that is old when it is acted on is made again, once, before a write."""
    dynamodb = SimulatedDynamoDB()
    create(dynamodb)
    dynamodb.clock.advance(60)
    client: Any = dynamodb.client()
    before, look = len(dynamodb.calls), client.describe_table

    def held(**request: Any) -> Any:
        answer = look(**request)
        dynamodb.clock.advance(60)
        return answer

    client.describe_table = held
    change(client, "orders", [BY_DAY])
    operations = [call.operation for call in dynamodb.calls[before:]]
    assert operations[:3] == ["DescribeTable", "DescribeTable", "UpdateTable"]


def test_a_turn_that_is_interrupted() -> None:
    """The interruption says what was sent, and that nobody knows what came of it."""
    dynamodb = SimulatedDynamoDB()
    create(dynamodb)
    dynamodb.clock.advance(60)
    client: Any = dynamodb.client()

    def interrupted(**_request: Any) -> Any:
        raise KeyboardInterrupt

    client.update_table = interrupted
    events: list[Event] = []
    with pytest.raises(KeyboardInterrupt) as caught:
        dynawait.sync.advance(client, "orders", [BY_DAY], on_event=events.append)
    [note] = caught.value.__notes__
    assert "create index by-day was sent" in note
    assert events[-1].name == "change.failed"
