"""The same changes through every face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait import (
    ChangeTimeoutError,
    CreateIndex,
    DeleteIndex,
    Event,
    IndexConflictError,
    Plan,
    PlanError,
    ReplaceIndex,
    TableConflictError,
)
from dynawait.testing import Durations, Faults
from tests.gateways.faces import KEY, Job, create, run, service, together

if TYPE_CHECKING:
    from dynawait.testing import SimulatedDynamoDB
    from tests.gateways.faces import Face

QUICK = Durations(index_allocation=10, index_backfill=20)
TABLE: dict[str, Any] = {
    "TableName": "orders",
    "KeySchema": KEY,
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
UPDATE: dict[str, Any] = {
    "TableName": "orders",
    "DeletionProtectionEnabled": True,
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    "AttributeDefinitions": [{"AttributeName": "day", "AttributeType": "S"}],
    "GlobalSecondaryIndexUpdates": [
        {
            "Create": {
                "IndexName": "by-day",
                "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        },
        {"Delete": {"IndexName": "by-age"}},
    ],
}
CHANGES = [CreateIndex("by-day", "day"), DeleteIndex("by-age")]


def ready(face: Face, *indexes: str) -> SimulatedDynamoDB:
    """Return a service with a quiet table."""
    face.dynamodb = service(durations=QUICK)
    create(face.dynamodb, "orders", *indexes)
    face.dynamodb.clock.advance(60)
    face.dynamodb.__dynawait_service__.calls.clear()
    return face.dynamodb


def writes(dynamodb: SimulatedDynamoDB) -> list[str]:
    """Name the writes that were taken."""
    return [
        call.operation
        for call in dynamodb.calls
        if call.outcome in ("ok", "lost") and call.operation != "DescribeTable"
    ]


def live(dynamodb: SimulatedDynamoDB) -> set[str]:
    """Name the indexes that are ACTIVE."""
    indexes = dynamodb.tables["orders"].get("GlobalSecondaryIndexes", ())
    return {i["IndexName"] for i in indexes if i["IndexStatus"] == "ACTIVE"}


def test_a_table(face: Face) -> None:
    """A table is created, adopted, and deleted."""
    result = run(face, "safe_create_table", **TABLE)
    assert result.table.status == "ACTIVE"
    assert [step.operation for step in result.done] == ["CreateTable"]
    again = run(face, "safe_create_table", **TABLE)
    assert not again.plan
    assert writes(face.dynamodb) == ["CreateTable"]
    other = {**TABLE, "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}
    other["AttributeDefinitions"] = [{"AttributeName": "id", "AttributeType": "S"}]
    with pytest.raises(TableConflictError):
        run(face, "safe_create_table", **other)
    gone = run(face, "safe_delete_table", TableName="orders")
    assert gone.table is None
    assert not face.dynamodb.tables
    assert not run(face, "safe_delete_table", TableName="orders").done


def test_an_update(face: Face) -> None:
    """An update of many concerns is made call by call; the second one sends nothing."""
    dynamodb = ready(face, "by-age")
    events: list[Event] = []
    result = run(face, "safe_update_table", on_event=events.append, **UPDATE)
    assert len(result.done) == 4
    assert live(dynamodb) == {"by-day"}
    assert dynamodb.tables["orders"]["DeletionProtectionEnabled"]
    assert len(writes(dynamodb)) == 4
    assert events[0].name == "change.planned"
    assert events[-1].name == "change.finished"
    dynamodb.__dynawait_service__.calls.clear()
    before = dynamodb.clock.now()
    again = run(face, "safe_update_table", **UPDATE)
    assert not again.plan
    assert [call.operation for call in dynamodb.calls] == ["DescribeTable"]
    assert dynamodb.clock.now() == before


def test_index_changes(face: Face) -> None:
    """A list of index changes is made in its order."""
    dynamodb = ready(face, "by-age")
    result = run(face, "apply_index_changes", "orders", CHANGES)
    assert [step.title for step in result.done] == [
        "create index by-day",
        "delete index by-age",
    ]
    assert live(dynamodb) == {"by-day"}
    replace = [ReplaceIndex("by-day", CreateIndex("by-week", "week"))]
    run(face, "apply_index_changes", "orders", replace)
    assert live(dynamodb) == {"by-week"}


def test_a_dry_run(face: Face) -> None:
    """A dry run returns the plan, and changes nothing."""
    dynamodb = ready(face, "by-age")
    for plan in (
        run(face, "safe_update_table", dry_run=True, **UPDATE),
        run(face, "apply_index_changes", "orders", CHANGES, dry_run=True),
        run(face, "safe_create_table", dry_run=True, **TABLE),
        run(face, "safe_delete_table", dry_run=True, TableName="orders"),
    ):
        assert isinstance(plan, Plan)
    assert not writes(dynamodb)
    assert len(dynamodb.calls) == 4


def test_until_it_answers(face: Face) -> None:
    """With until="queryable" the new index has answered a query."""
    dynamodb = ready(face)
    run(face, "apply_index_changes", "orders", CHANGES[:1], until="queryable")
    assert dynamodb.calls[-1].operation == "Query"


def test_until_it_backfills(face: Face) -> None:
    """With until="backfilling" a creation is done when its backfill has begun."""
    dynamodb = ready(face)
    began = dynamodb.clock.now()
    run(face, "apply_index_changes", "orders", CHANGES[:1], until="backfilling")
    assert 10 <= dynamodb.clock.now() - began <= 12


def test_time_out(face: Face) -> None:
    """One deadline for the whole change, and it goes on where it has ended."""
    dynamodb = ready(face, "by-age")
    began = dynamodb.clock.now()
    with pytest.raises(ChangeTimeoutError) as caught:
        run(face, "apply_index_changes", "orders", CHANGES, timeout=20)
    assert dynamodb.clock.now() - began == pytest.approx(20, abs=0.01)
    assert caught.value.failed is not None
    assert caught.value.failed.title == "create index by-day"
    assert [step.title for step in caught.value.left] == ["delete index by-age"]
    result = run(face, "apply_index_changes", "orders", CHANGES)
    assert [step.title for step in result.already] == ["create index by-day"]
    assert writes(dynamodb) == ["UpdateTable"] * 2


def test_no_time(face: Face) -> None:
    """With a timeout of 0 it looks once and writes nothing."""
    dynamodb = ready(face, "by-age")
    with pytest.raises(ChangeTimeoutError):
        run(face, "apply_index_changes", "orders", CHANGES, timeout=0)
    assert [call.operation for call in dynamodb.calls] == ["DescribeTable"]


def test_what_can_never_work(face: Face) -> None:
    """What can never work is refused before the first write."""
    dynamodb = ready(face, "by-age")
    with pytest.raises(IndexConflictError):
        run(face, "apply_index_changes", "orders", [CreateIndex("by-age", "age")])
    with pytest.raises(PlanError):
        run(face, "safe_update_table", TableName="orders")
    with pytest.raises(PlanError, match="does not exist"):
        run(face, "apply_index_changes", "users", CHANGES)
    assert not writes(dynamodb)


def test_two_at_once(face: Face) -> None:
    """Two who ask for the same at once both get it, and it is made once."""
    dynamodb = ready(face, "by-age")
    jobs = [Job("apply_index_changes", "orders", CHANGES)] * 2
    for outcome in together(face, *jobs):
        assert not isinstance(outcome, Exception), outcome
    assert live(dynamodb) == {"by-day"}
    assert writes(dynamodb) == ["UpdateTable"] * 2


@pytest.mark.parametrize(
    "faults",
    [
        Faults(throttle=0.4),
        Faults(server_error=0.4),
        Faults(dropped=0.4),
        Faults(lost_response=0.4),
        Faults(stale_describe=0.5),
        Faults(latency=(0.01, 2.0)),
        Faults(throttle=0.2, lost_response=0.2, stale_describe=0.2, latency=(0, 1)),
    ],
    ids=["throttle", "error", "dropped", "lost", "stale", "latency", "all"],
)
def test_faults(face: Face, faults: Faults) -> None:
    """Whatever goes wrong on the way, it is made, and nothing of it twice."""
    dynamodb = ready(face, "by-age")
    dynamodb.faults = faults
    result = run(face, "safe_update_table", timeout=None, **UPDATE)
    dynamodb.faults = Faults()
    assert live(dynamodb) == {"by-day"}
    assert len(result.done) == 4
    assert not result.already


def test_by_turns(face: Face) -> None:
    """A change is carried by turns as well."""
    dynamodb = ready(face, "by-age")
    for _ in range(100):
        turn = run(face, "advance", "orders", CHANGES)
        if turn.finished:
            break
        dynamodb.clock.advance(turn.retry_after)
    assert live(dynamodb) == {"by-day"}
    assert len(writes(dynamodb)) == 2
