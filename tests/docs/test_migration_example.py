"""The migration script of the documentation, through crashes and lost answers."""

from __future__ import annotations

import asyncio

import pytest

from docs.examples.migration import CAPACITY, CREATE, INDEXES, migrate
from dynawait import CreateIndex, QuotaError
from dynawait.sync import apply_index_changes, safe_create_table
from dynawait.testing import (
    Crash,
    Crashed,
    Durations,
    Faults,
    History,
    Limits,
    SimulatedDynamoDB,
    Trouble,
    simplest_failure,
    simulate,
)

pytest_plugins = ["dynawait.testing.fixtures"]

# Short, so that a run has few awaits: each of them is a place for a crash.
QUICK = Durations(
    table_create=1,
    index_allocation=1,
    index_backfill=2,
    to_provisioned=2,
    index_switch=1,
)
ROUGH = Faults(lost_response=0.3, dropped=0.1, throttle=0.1, stale_describe=0.3)


def assert_migrated(dynamodb: SimulatedDynamoDB) -> None:
    """Check what the migration is for."""
    table = dynamodb.tables["orders"]
    indexes = {each["IndexName"]: each for each in table["GlobalSecondaryIndexes"]}
    assert set(indexes) == set(INDEXES)
    assert all(each["IndexStatus"] == "ACTIVE" for each in indexes.values())
    assert table["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert table["TableStatus"] == "ACTIVE"


def changes(dynamodb: SimulatedDynamoDB) -> list[str]:
    """Return the calls that are no looks."""
    names = [call.operation for call in dynamodb.calls]
    return [name for name in names if name != "DescribeTable"]


def test_it_takes_four_changes(simulated_dynamodb: SimulatedDynamoDB) -> None:
    """The table, two indexes and the billing mode: no more than that is sent."""
    asyncio.run(migrate(simulated_dynamodb.async_client()))
    assert_migrated(simulated_dynamodb)
    assert changes(simulated_dynamodb) == ["CreateTable", *["UpdateTable"] * 3]


def test_a_second_run_changes_nothing(simulated_dynamodb: SimulatedDynamoDB) -> None:
    """Whoever runs it again sends no change at all."""
    for _ in range(2):
        asyncio.run(migrate(simulated_dynamodb.async_client()))
    assert len(changes(simulated_dynamodb)) == 4


def test_a_crash_at_any_await_is_repaired_by_the_next_run() -> None:
    """Killed at any of its awaits, the migration is finished by whoever starts it."""
    steps = simulate(
        {"first": migrate}, seed=1, service=SimulatedDynamoDB(durations=QUICK)
    ).steps["first"]
    for step in range(1, steps + 1):
        dynamodb = SimulatedDynamoDB(durations=QUICK)
        crash = Crash("first", at_step=step)
        first = simulate({"first": migrate}, seed=1, service=dynamodb, crashes=[crash])
        assert first.outcomes["first"] == Crashed(step)
        second = simulate({"second": migrate}, seed=step, service=dynamodb)
        assert second.result("second"), second
        assert_migrated(dynamodb)


def test_lost_answers_are_survived() -> None:
    """With three of ten answers lost, and more, every run reaches its goal."""
    lost: set[str] = set()
    for seed in range(30):
        dynamodb = SimulatedDynamoDB(durations=QUICK, faults=ROUGH)
        history = simulate({"migration": migrate}, seed=seed, service=dynamodb)
        assert history.result("migration"), history
        assert_migrated(dynamodb)
        lost |= {call.operation for call in dynamodb.calls if call.outcome == "lost"}
    assert lost == {"CreateTable", "UpdateTable", "DescribeTable"}


def test_two_deploys_at_once_do_no_harm() -> None:
    """Of two runs side by side each may be refused, and both reach the goal."""
    for seed in range(20):
        dynamodb = SimulatedDynamoDB(durations=QUICK, faults=ROUGH)
        deploys = {"blue": migrate, "green": migrate}
        history = simulate(deploys, seed=seed, service=dynamodb)
        assert all(history.result(name) for name in deploys), history
        assert_migrated(dynamodb)


def test_it_waits_for_a_backfill_of_half_a_day() -> None:
    """No time-out of its own ends the migration of a large table."""
    dynamodb = SimulatedDynamoDB(durations=Durations(index_backfill=43_200))
    asyncio.run(migrate(dynamodb.async_client()))
    assert dynamodb.clock.now() > 2 * 43_200
    assert_migrated(dynamodb)


def test_an_index_that_was_dropped_is_built_anew() -> None:
    """On a table that is provisioned already, an index brings its own capacity."""
    dynamodb = SimulatedDynamoDB(durations=QUICK)
    asyncio.run(migrate(dynamodb.async_client()))
    dynamodb.plane.forget("orders", "by-email")
    asyncio.run(migrate(dynamodb.async_client()))
    assert_migrated(dynamodb)


def test_a_refusal_that_stays_is_told() -> None:
    """Where the account allows no second index, the run ends, and says how far."""
    dynamodb = SimulatedDynamoDB(durations=QUICK, limits=Limits(indexes=1))
    history = simulate({"migration": migrate}, seed=1, service=dynamodb)
    with pytest.raises(QuotaError, match="per-table limit of 1") as caught:
        history.result("migration")
    assert [step.title for step in caught.value.done] == ["create index by-email"]
    assert caught.value.failed is not None
    assert caught.value.failed.title == "create index by-day"


def test_another_index_goes_along_with_the_switch() -> None:
    """An index that somebody adds before the switch is switched as well."""
    dynamodb = SimulatedDynamoDB(durations=QUICK)
    client = dynamodb.client()
    safe_create_table(client, **CREATE)
    apply_index_changes(client, "orders", [CreateIndex("theirs", "other")])
    asyncio.run(migrate(dynamodb.async_client()))
    indexes = dynamodb.tables["orders"]["GlobalSecondaryIndexes"]
    units = {
        each["IndexName"]: each["ProvisionedThroughput"]["WriteCapacityUnits"]
        for each in indexes
    }
    assert units == dict.fromkeys([*INDEXES, "theirs"], CAPACITY["WriteCapacityUnits"])


def test_no_drawn_trouble_stops_it() -> None:
    """Faults, other writers, pauses and clocks that drift: it reaches its goal."""

    def run(trouble: Trouble) -> History:
        dynamodb = SimulatedDynamoDB(durations=QUICK, faults=trouble.faults)
        actors = {"migration": migrate}
        return simulate(actors, service=dynamodb, **trouble.arguments())

    failure = simplest_failure(run, seeds=range(60), actors=["migration"])
    assert failure is None, failure
