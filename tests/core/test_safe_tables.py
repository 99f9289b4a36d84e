"""Creating and deleting tables through the executor, on the simulated DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from dynawait import TableState
from dynawait._core.safe_tables import safe_create_table, safe_delete_table
from dynawait.errors import (
    ChangeError,
    ChangeTimeoutError,
    InvalidArgumentError,
    PlanError,
    QuotaError,
    ServiceError,
    TableConflictError,
)
from dynawait.plans import ChangeResult, Plan
from dynawait.testing import (
    Crash,
    Crashed,
    Durations,
    Ending,
    Faults,
    Limits,
    SimulatedDynamoDB,
    simulate,
)
from tests.simulation.support import (
    ON_DEMAND,
    attributes,
    create_index,
    delete_index,
    index,
    indexed_table,
    key,
    table,
    throughput,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dynawait import Event
    from dynawait.testing import ActorClient, Call, History

    Actor: TypeAlias = Callable[[ActorClient], Awaitable[Any]]

TITLE = "create table orders"
WRITES = ("CreateTable", "UpdateTable", "DeleteTable")
REQUESTS = (
    table(),
    indexed_table(),
    table(SSESpecification={"Enabled": True, "SSEType": "KMS"}),
    indexed_table(
        GlobalSecondaryIndexes=[index("by-email", "email", **throughput(5, 5))],
        **throughput(5, 5),
    ),
)


def creating(request: dict[str, Any] | None = None, **options: Any) -> Actor:
    """Return an actor that creates a table."""

    async def actor(client: ActorClient) -> ChangeResult | Plan:
        wanted = table() if request is None else request
        return await safe_create_table(
            client.__dynawait_gateway__(), **wanted, **options
        )

    return actor


def deleting(name: str = "orders", **options: Any) -> Actor:
    """Return an actor that deletes a table."""

    async def actor(client: ActorClient) -> ChangeResult | Plan:
        options.setdefault("timeout", 40_000)
        return await safe_delete_table(
            client.__dynawait_gateway__(), TableName=name, **options
        )

    return actor


def holding(
    request: dict[str, Any], *updates: dict[str, Any], **options: Any
) -> SimulatedDynamoDB:
    """Return a DynamoDB with a table, after some updates that were waited for."""
    dynamodb = SimulatedDynamoDB(**options)
    client = dynamodb.client()
    client.create_table(**request)
    dynamodb.clock.advance(60)
    for update in updates:
        client.update_table(TableName="orders", **update)
        dynamodb.clock.advance(200)
    return dynamodb


def run(
    dynamodb: SimulatedDynamoDB, *actors: Actor, seed: int = 1, **more: Any
) -> History:
    """Run actors, whose names are "0", "1", ..."""
    named = {str(number): actor for number, actor in enumerate(actors)}
    return simulate(named, seed=seed, service=dynamodb, **more)


def result(dynamodb: SimulatedDynamoDB, actor: Actor, **more: Any) -> ChangeResult:
    """Return what an actor's change came to."""
    found = run(dynamodb, actor, **more).result("0")
    assert isinstance(found, ChangeResult)
    return found


def failure(
    dynamodb: SimulatedDynamoDB, actor: Actor, kind: type[ChangeError]
) -> ChangeError:
    """Return the error that an actor ends with."""
    with pytest.raises(kind) as caught:
        run(dynamodb, actor).result("0")
    return caught.value


def writes(dynamodb: SimulatedDynamoDB) -> list[Call]:
    """Return the calls that change something, of the actors."""
    return [
        call
        for call in dynamodb.calls
        if call.operation in WRITES and call.client.isdigit()
    ]


def titles(steps: tuple[Any, ...]) -> list[str]:
    """Return the titles of steps."""
    return [step.title for step in steps]


def test_a_table_is_created_and_can_be_used() -> None:
    """It is ACTIVE with its index, and was sent for once."""
    dynamodb = SimulatedDynamoDB()
    found = result(dynamodb, creating(indexed_table()))
    assert titles(found.done) == [TITLE]
    assert table_of(found).status == "ACTIVE"
    assert table_of(found).indexes["by-email"].is_active
    assert len(writes(dynamodb)) == 1


def test_a_second_run_sends_nothing() -> None:
    """The table is as asked for: one look, an empty plan."""
    dynamodb = holding(indexed_table())
    found = result(dynamodb, creating(indexed_table()))
    assert (found.done, titles(found.already)) == ((), [TITLE])
    assert not found.plan
    assert not writes(dynamodb)
    assert dynamodb.calls[-1].operation == "DescribeTable"


def table_of(found: Any) -> TableState:
    """Return the table that a result is about."""
    assert found.table is not None
    state: TableState = found.table
    return state


def test_a_table_that_somebody_creates_is_adopted_and_waited_for() -> None:
    """It is CREATING at the first look, and usable at the end."""
    dynamodb = SimulatedDynamoDB()
    dynamodb.client().create_table(**indexed_table())
    found = result(dynamodb, creating(indexed_table()))
    assert titles(found.already) == [TITLE]
    assert table_of(found).indexes["by-email"].is_active
    assert not writes(dynamodb)


def test_an_adopted_index_that_backfills_is_waited_for() -> None:
    """A table is usable when the indexes are that were asked for."""
    dynamodb = holding(table())
    dynamodb.client().update_table(
        TableName="orders", **create_index("by-email", "email")
    )
    dynamodb.clock.advance(60)
    found = result(dynamodb, creating(indexed_table(), timeout=3_600))
    assert table_of(found).indexes["by-email"].is_active
    assert found.elapsed > 400


def test_a_foreign_index_that_backfills_is_not_waited_for() -> None:
    """What the request does not name is no part of it."""
    dynamodb = holding(table())
    dynamodb.client().update_table(TableName="orders", **create_index())
    dynamodb.clock.advance(60)
    assert result(dynamodb, creating()).elapsed < 1


def test_another_table_of_that_name_is_a_conflict() -> None:
    """The error shows both, and nothing was sent."""
    dynamodb = holding(table(**throughput(5, 5)))
    error = failure(dynamodb, creating(table(**throughput(9, 5))), TableConflictError)
    assert isinstance(error, TableConflictError)
    assert error.differences == ("throughput is (5, 5), not (9, 5)",)
    assert error.wanted["TableName"] == "orders"
    assert not writes(dynamodb)
    actor = creating(table(**throughput(9, 5)), ignore=["ProvisionedThroughput"])
    assert not result(dynamodb, actor).plan


def test_nothing_is_asked_of_dynamodb_for_a_wrong_request() -> None:
    """Not even a look."""
    dynamodb = SimulatedDynamoDB()
    failure(dynamodb, creating(table(KeySchema=[])), PlanError)
    assert not dynamodb.calls


def test_a_dry_run_returns_the_plan() -> None:
    """Of both; nothing is sent."""
    dynamodb = SimulatedDynamoDB()
    plan = run(dynamodb, creating(dry_run=True)).result("0")
    assert isinstance(plan, Plan)
    assert titles(plan.steps) == [TITLE]
    dynamodb = holding(table())
    plan = run(dynamodb, deleting(dry_run=True)).result("0")
    assert titles(plan.steps) == ["delete table orders"]
    assert not writes(dynamodb)


def test_a_table_that_is_being_deleted_is_waited_out() -> None:
    """Then the new one is created; it has another identifier."""
    dynamodb = holding(table())
    before = dynamodb.tables["orders"]["TableId"]
    dynamodb.client().delete_table(TableName="orders")
    found = result(dynamodb, creating())
    assert titles(found.done) == [TITLE]
    assert table_of(found).table_id != before


def test_a_lost_answer_counts_as_done() -> None:
    """The look tells that it took effect; it is not sent again."""
    dynamodb = SimulatedDynamoDB()

    async def calmer(client: ActorClient) -> None:
        while not writes(dynamodb):
            await client.__dynawait_gateway__().sleep(0.01)
        dynamodb.faults = Faults()

    def spoil(event: Event) -> None:
        if event.name == "step.started":
            dynamodb.faults = Faults(lost_response=1.0)

    found = run(dynamodb, creating(on_event=spoil), calmer).result("0")
    assert titles(found.done) == [TITLE]
    assert [call.outcome for call in writes(dynamodb)] == ["lost"]


@pytest.mark.parametrize("seed", range(30))
def test_two_creators_of_one_table_both_succeed(seed: int) -> None:
    """One creates it, the other adopts it, whoever was first and whatever fails."""
    dynamodb = SimulatedDynamoDB(
        faults=Faults(missing_after_create=0.5, latency=(0, 1))
    )
    history = run(
        dynamodb, creating(indexed_table()), creating(indexed_table()), seed=seed
    )
    states = [history.result(name).table for name in "01"]
    assert states[0].table_id == states[1].table_id
    assert sum(call.outcome == "ok" for call in writes(dynamodb)) == 1


@pytest.mark.parametrize("seed", range(10))
def test_of_two_creators_of_different_tables_one_fails(seed: int) -> None:
    """With a conflict, as the table that there is is not its own."""
    dynamodb = SimulatedDynamoDB()
    protected = table(DeletionProtectionEnabled=True)
    other = table(KeySchema=key("id"), AttributeDefinitions=attributes("id"))
    history = run(dynamodb, creating(protected), creating(other), seed=seed)
    kinds = {type(getattr(each, "error", None)) for each in history.outcomes.values()}
    assert kinds == {type(None), TableConflictError}


def test_a_table_that_is_not_seen_yet_is_not_created_again() -> None:
    """DescribeTable may not know a table that was just created."""
    faults = Faults(missing_after_create=1.0, creation_lag=4.0)
    dynamodb = SimulatedDynamoDB(faults=faults)
    result(dynamodb, creating())
    assert len(writes(dynamodb)) == 1


def test_a_table_born_with_a_dying_key_is_told_to_be_gone() -> None:
    """It is CREATING for an hour and vanishes; that is not created again."""
    dynamodb = SimulatedDynamoDB(durations=Durations(dying_key=100))
    dynamodb.plane.arrange("table", Ending("VANISHED"))
    error = failure(dynamodb, creating(), ChangeError)
    assert "was there and is gone" in str(error)
    assert len(writes(dynamodb)) == 1


@pytest.mark.parametrize("again", [False, True])
def test_a_table_that_goes_while_it_is_waited_for_is_a_failure(*, again: bool) -> None:
    """It is not created anew, and another one in its place is not taken for it."""
    dynamodb = holding(table())
    dynamodb.plane.afflict("orders", "INACCESSIBLE_ENCRYPTION_CREDENTIALS")

    async def vandal(client: ActorClient) -> None:
        gateway = client.__dynawait_gateway__()
        await gateway.sleep(30.0)
        await safe_delete_table(gateway, TableName="orders")
        if again:
            await client.create_table(**table())

    history = run(dynamodb, creating(), vandal)
    words = "created again by somebody else" if again else "was there and is gone"
    with pytest.raises(ChangeError, match=words):
        history.result("0")
    assert "CreateTable" not in [
        c.operation for c in writes(dynamodb) if c.client == "0"
    ]


def test_the_time_is_up() -> None:
    """The error names what is waited for, and that the same can be run again."""
    dynamodb = SimulatedDynamoDB(durations=Durations(table_create=100))
    error = failure(dynamodb, creating(timeout=20), ChangeTimeoutError)
    assert "table is CREATING" in str(error)
    dynamodb.clock.advance(100)
    assert titles(result(dynamodb, creating()).already) == [TITLE]


def test_a_quota_of_the_account_ends_it() -> None:
    """No wait makes room for one more table."""
    dynamodb = SimulatedDynamoDB(limits=Limits(tables=1))
    dynamodb.client().create_table(**table("others"))
    failure(dynamodb, creating(), QuotaError)


def test_a_table_is_deleted_and_gone() -> None:
    """There is no state in the end."""
    dynamodb = holding(table())
    found = result(dynamodb, deleting())
    assert titles(found.done) == ["delete table orders"]
    assert found.state is None
    assert found.table is None
    assert "orders" not in dynamodb.tables


def test_deleting_what_is_not_there_does_nothing() -> None:
    """One look."""
    dynamodb = SimulatedDynamoDB()
    found = result(dynamodb, deleting())
    assert not found.done
    assert not found.already
    assert [call.operation for call in dynamodb.calls] == ["DescribeTable"]


def test_a_deletion_under_way_is_waited_for() -> None:
    """It counts as done by somebody else."""
    dynamodb = holding(table())
    dynamodb.client().delete_table(TableName="orders")
    found = result(dynamodb, deleting())
    assert titles(found.already) == ["delete table orders"]
    assert "orders" not in dynamodb.tables
    assert not writes(dynamodb)


def test_a_table_can_be_named_by_its_arn() -> None:
    """Which is what is sent."""
    dynamodb = holding(table())
    arn = dynamodb.tables["orders"]["TableArn"]
    result(dynamodb, deleting(arn))
    assert [call.parameters for call in writes(dynamodb)] == [{"TableName": arn}]


@pytest.mark.parametrize(
    "update",
    [
        create_index(),
        {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}},
        {"SSESpecification": {"Enabled": True, "SSEType": "KMS"}},
        {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
        {"ReplicaUpdates": [{"Create": {"RegionName": "eu-west-1"}}]},
    ],
)
def test_whatever_moves_is_waited_out(update: dict[str, Any]) -> None:
    """No call is sent that DynamoDB refuses for a reason that was to be seen."""
    dynamodb = holding(table())
    dynamodb.client().update_table(TableName="orders", **update)
    result(dynamodb, deleting(delete_replicas=True))
    assert "orders" not in dynamodb.tables
    assert {call.outcome for call in writes(dynamodb)} == {"ok"}


def test_a_protected_table_stays_unless_that_was_allowed_for() -> None:
    """Protection that was switched on just now makes it wait, as DynamoDB does."""
    dynamodb = holding(table())
    client = dynamodb.client()
    client.update_table(TableName="orders", DeletionProtectionEnabled=True)
    failure(dynamodb, deleting(), PlanError)
    assert "orders" in dynamodb.tables
    found = result(dynamodb, deleting(disable_protection=True))
    assert titles(found.done) == ["disable deletion protection", "delete table orders"]
    assert "orders" not in dynamodb.tables
    assert found.elapsed > 10


REPLICAS = [
    {"ReplicaUpdates": [{"Create": {"RegionName": region}}]}
    for region in ("eu-west-1", "us-west-2")
]


def test_replicas_go_if_they_were_asked_for() -> None:
    """One after the other, then the table."""
    dynamodb = holding(table(DeletionProtectionEnabled=True), *REPLICAS)
    actor = deleting(delete_replicas=True, disable_protection=True)
    found = result(dynamodb, actor)
    assert titles(found.done) == [
        "remove replica eu-west-1",
        "remove replica us-west-2",
        "disable deletion protection",
        "delete table orders",
    ]
    assert {call.outcome for call in writes(dynamodb)} == {"ok"}
    assert "orders" not in dynamodb.tables


def test_a_table_that_was_copied_today_cannot_go_alone() -> None:
    """DynamoDB refuses for a day; the error says so."""
    dynamodb = holding(table(), REPLICAS[0])
    error = failure(dynamodb, deleting(), QuotaError)
    assert "in the last 24 hours" in str(error)
    dynamodb.clock.advance(86_400)
    assert titles(result(dynamodb, deleting()).done) == ["delete table orders"]


def test_a_strongly_consistent_group_goes_in_one_call() -> None:
    """With its witness."""
    dynamodb = holding(
        table(),
        {
            "ReplicaUpdates": [{"Create": {"RegionName": "us-east-2"}}],
            "GlobalTableWitnessUpdates": [{"Create": {"RegionName": "us-west-2"}}],
            "MultiRegionConsistency": "STRONG",
        },
    )
    failure(dynamodb, deleting(), PlanError)
    found = result(dynamodb, deleting(delete_replicas=True))
    assert titles(found.done) == ["remove all replicas", "delete table orders"]


@pytest.mark.parametrize("seed", range(20))
def test_a_table_that_was_created_again_is_left_alone(seed: int) -> None:
    """Somebody creates one as soon as the old one is gone: it is not ours to delete."""
    dynamodb = holding(table())
    before = dynamodb.tables["orders"]["TableId"]

    async def phoenix(client: Any) -> None:
        gateway = client.__dynawait_gateway__()
        while "orders" in dynamodb.tables:
            await gateway.sleep(0.01)
        await client.create_table(**table())

    dynamodb.faults = Faults(lost_response=0.3, latency=(0.0, 0.2))
    history = run(dynamodb, deleting(), phoenix, seed=seed)
    found = history.result("0")
    assert titles(found.done) == ["delete table orders"]
    assert found.state is None
    dynamodb.faults = Faults()
    dynamodb.clock.advance(60)
    assert dynamodb.tables["orders"]["TableId"] != before
    assert dynamodb.tables["orders"]["TableStatus"] == "ACTIVE"


def test_a_table_replaced_before_anything_was_sent_is_left_alone() -> None:
    """The one that was to go is gone; the deletion counts as done by somebody else."""
    dynamodb = holding(table())
    dynamodb.client().update_table(TableName="orders", **create_index())
    told: list[str] = []

    async def vandal(client: Any) -> None:
        gateway = client.__dynawait_gateway__()
        await gateway.sleep(60.0)
        await client.update_table(TableName="orders", **delete_index("by-day"))
        await safe_delete_table(gateway, TableName="orders")
        await client.create_table(**table())

    actor = deleting(on_event=lambda event: told.append(event.name))
    history = run(dynamodb, actor, vandal)
    found = history.result("0")
    assert found.state is None
    assert "orders" in dynamodb.tables
    assert [step.title for step in (*found.done, *found.already)] == [
        "delete table orders"
    ]


@pytest.mark.parametrize("options", [{"disable_protection": "no"}, {"force": True}])
def test_an_option_that_cannot_be_right_is_refused(options: dict[str, Any]) -> None:
    """Before anything is called."""
    dynamodb = holding(table())
    calls = len(dynamodb.calls)
    with pytest.raises(InvalidArgumentError):
        run(dynamodb, deleting(**options)).result("0")
    assert len(dynamodb.calls) == calls


def test_a_refusal_is_raised_with_its_cause() -> None:
    """DynamoDB's own words, for what nobody could foresee."""
    dynamodb = SimulatedDynamoDB()
    request = table(GlobalTableSourceArn="arn:aws:dynamodb:us-east-1:1:table/t")
    error = failure(dynamodb, creating(request), ChangeError)
    assert isinstance(error.__cause__, ServiceError)
    assert titles((error.failed,)) == [TITLE]


def everywhere(prepare: Callable[[], SimulatedDynamoDB], actor: Actor) -> int:
    """Kill an actor at each of its awaits, run it again, and return how many."""
    steps = run(prepare(), actor, seed=7).steps["0"]
    for step in range(1, steps + 1):
        dynamodb = prepare()
        history = run(dynamodb, actor, seed=7, crashes=[Crash("0", step)])
        assert isinstance(history.outcomes["0"], Crashed)
        result(dynamodb, actor, seed=8)
        accepted = [call for call in writes(dynamodb) if call.outcome == "ok"]
        kinds = [(call.operation, str(call.parameters)) for call in accepted]
        assert len(set(kinds)) == len(kinds), (step, kinds)
    return steps


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_creation_that_is_killed_anywhere_is_finished_by_the_next(
    request_: dict[str, Any],
) -> None:
    """The table is created once."""
    assert everywhere(SimulatedDynamoDB, creating(request_)) > 3


def test_a_deletion_that_is_killed_anywhere_is_finished_by_the_next() -> None:
    """Whatever was removed is not removed again."""
    actor = deleting(disable_protection=True, delete_replicas=True)

    def prepare() -> SimulatedDynamoDB:
        return holding(table(DeletionProtectionEnabled=True), *REPLICAS)

    assert everywhere(prepare, actor) > 10


@pytest.mark.parametrize("block", range(4))
def test_faults_of_all_kinds_end_in_the_table_that_was_asked_for(block: int) -> None:
    """Or in an error that says why; never in a call that could not be right."""
    for seed in range(block * 50, block * 50 + 50):
        dynamodb = SimulatedDynamoDB(seed=seed, faults=Faults.drawn(seed))
        request = REQUESTS[seed % len(REQUESTS)]
        actor = creating(request, timeout=4_000, ignore=_SCALED)
        history = run(dynamodb, actor, actor, seed=seed)
        for name in "01":
            state = history.result(name).table
            assert state.status == "ACTIVE", seed
        assert all(
            call.outcome != "ValidationException" for call in writes(dynamodb)
        ), seed


_SCALED = ("ProvisionedThroughput", "OnDemandThroughput", "DeletionProtectionEnabled")


@pytest.mark.parametrize("block", range(4))
def test_faults_of_all_kinds_end_in_no_table(block: int) -> None:
    """Whatever another writer does to it meanwhile."""
    for seed in range(block * 50, block * 50 + 50):
        dynamodb = holding(REQUESTS[seed % len(REQUESTS)], seed=seed)
        dynamodb.faults = Faults.drawn(seed)
        history = run(dynamodb, deleting(disable_protection=True), seed=seed)
        assert history.result("0").state is None, seed
        assert "orders" not in dynamodb.tables, seed


def test_the_state_is_a_table_state() -> None:
    """So that callers can go on with it."""
    found = result(SimulatedDynamoDB(), creating(table(**ON_DEMAND)))
    assert isinstance(found.state, TableState)
