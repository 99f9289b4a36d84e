"""Another writer, who changes tables at any moment."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest

from dynawait.testing import Faults, SimulatedDynamoDB, SimulatedServer, simulate
from dynawait.testing.backend import Backend
from dynawait.testing.fault_words import parse_faults
from tests.simulation.support import indexed_table, table, throughput

HOUR = 3600.0
BUSY = Faults(foreign_writer=6)
NAME = "foreign writer"


def foreign(calls: Any) -> list[Any]:
    """Return the calls that another writer made."""
    return [call for call in calls if call.client == NAME]


def left_alone(seed: int, request: dict[str, Any]) -> SimulatedDynamoDB:
    """Create a table, and leave it to the other writer for an hour."""
    dynamodb = SimulatedDynamoDB(seed=seed, faults=BUSY)
    dynamodb.client().create_table(**request)
    dynamodb.clock.advance(HOUR)
    assert dynamodb.tables
    return dynamodb


def kinds(calls: Any) -> set[str]:
    """Return what was changed, by the members that say so."""
    found: set[str] = set()
    for call in calls:
        updates = call.parameters.get("GlobalSecondaryIndexUpdates")
        found |= set(updates[0]) if updates else set(call.parameters)
    return found


def test_it_changes_what_others_have() -> None:
    """Within an hour it scales, tags, protects, and makes and drops indexes."""
    provisioned = indexed_table(
        GlobalSecondaryIndexes=[
            indexed_table()["GlobalSecondaryIndexes"][0] | throughput(5, 5)
        ],
        **throughput(10, 10),
    )
    dynamodb = left_alone(1, provisioned)
    calls = foreign(dynamodb.calls)
    assert 200 < len(calls) < 500
    assert {call.outcome for call in calls} == {"ok"}
    assert kinds(calls) >= {
        "ProvisionedThroughput",
        "DeletionProtectionEnabled",
        "Tags",
        "TagKeys",
        "Create",
        "Delete",
        "Update",
    }
    names = [
        i["IndexName"] for i in dynamodb.tables["orders"]["GlobalSecondaryIndexes"]
    ]
    assert "by-email" in names
    assert "OnDemandThroughput" in kinds(foreign(left_alone(2, table()).calls))


def test_its_changes_come_at_their_own_moments() -> None:
    """Made when somebody looks, they are of the moments between, in order."""
    dynamodb = left_alone(3, table())
    times = [call.time for call in dynamodb.calls]
    assert times == sorted(times)
    assert len(set(times)) == len(times)
    assert max(times) < HOUR


def test_the_same_seed_is_the_same_writer() -> None:
    """Two services of one seed see the same changes, of two seeds others."""
    assert left_alone(4, table()).calls == left_alone(4, table()).calls
    assert left_alone(4, table()).calls != left_alone(5, table()).calls


def test_it_stops_when_told_to() -> None:
    """Faults that are replaced end it; a rate that is set again starts it."""
    dynamodb = left_alone(6, table())
    before = len(dynamodb.calls)
    dynamodb.faults = Faults()
    dynamodb.clock.advance(HOUR)
    assert dynamodb.tables
    assert len(dynamodb.calls) == before
    dynamodb.faults = BUSY
    dynamodb.clock.advance(60)
    assert dynamodb.tables
    assert before < len(dynamodb.calls) < before + 30
    assert min(call.time for call in dynamodb.calls[before:]) > 2 * HOUR


def test_without_tables_it_has_nothing_to_do() -> None:
    """Nothing is created, and nothing is recorded."""
    dynamodb = SimulatedDynamoDB(faults=BUSY)
    dynamodb.clock.advance(HOUR)
    assert (dynamodb.tables, dynamodb.calls) == ({}, [])


def test_a_long_absence_is_cheap() -> None:
    """After a thousand years without a call, only the latest changes are made."""
    dynamodb = SimulatedDynamoDB(faults=BUSY)
    dynamodb.client().create_table(**table())
    dynamodb.clock.advance(1_000 * 365 * 24 * HOUR)
    assert dynamodb.tables
    assert 500 < len(dynamodb.calls) < 1_500


def test_it_is_in_the_history_of_a_simulation() -> None:
    """Its changes stand between the actors' events, in the order of time."""

    async def actor(client: Any) -> None:
        await client.create_table(**table())
        for _ in range(30):
            await client.__dynawait_gateway__().sleep(10)
            await client.describe_table(TableName="orders")

    def run(seed: int) -> Any:
        service = SimulatedDynamoDB(faults=BUSY)
        return simulate({"actor": actor}, seed=seed, service=service)

    history = run(1)
    times = [event.time for event in history.events]
    assert times == sorted(times)
    assert 10 < sum(event.actor == NAME for event in history.events) < 60
    assert run(1) == history


def test_it_works_on_a_server() -> None:
    """Through HTTP as well, tables change by another's hand."""
    with SimulatedServer(speed=0, faults=parse_faults("foreign_writer=6")) as server:
        body = (
            b'{"TableName": "orders", "BillingMode": "PAY_PER_REQUEST",'
            b'"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],'
            b'"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}'
        )
        request = urllib.request.Request(
            server.url, body, {"X-Amz-Target": "DynamoDB_20120810.CreateTable"}
        )
        with urllib.request.urlopen(request) as response:
            assert response.status == 200
        server.advance(HOUR)
        assert server.tables
        assert len(foreign(server.calls)) > 100


def test_a_reset_drops_the_writer_with_its_tables() -> None:
    """After a reset it begins anew, on tables that come after it."""
    backend = Backend(speed=0, faults=BUSY)
    backend.clock.advance(HOUR)
    backend.reset()
    backend.begin("CreateTable", table()).arrive()
    assert foreign(backend.service.calls) == []


def test_a_rate_is_checked() -> None:
    """A rate below 0 is refused by name."""
    with pytest.raises(ValueError, match=r"foreign_writer: -1 .* changes a minute"):
        Faults(foreign_writer=-1)
