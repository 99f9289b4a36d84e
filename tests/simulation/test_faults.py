"""What goes wrong with calls, and how often."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest

from dynawait.testing import Faults, SimulatedDynamoDB
from tests.simulation.support import table


def outcome(client: Any, operation: str = "describe_table", **more: Any) -> str:
    """Return the error code or the name of the error that a call ends with."""
    try:
        getattr(client, operation)(**({"TableName": "orders"} | more))
    except botocore.exceptions.ClientError as error:
        return str(error.response.get("Error", {}).get("Code"))
    except botocore.exceptions.BotoCoreError as error:
        return type(error).__name__
    return "ok"


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        (Faults(throttle=1), "ThrottlingException"),
        (Faults(dropped=1), "ConnectionClosedError"),
        (Faults(server_error=1), "InternalServerError"),
    ],
)
def test_what_never_arrives_is_not_applied(faults: Faults, expected: str) -> None:
    """A throttled, dropped or failed call raises botocore's error and does nothing."""
    dynamodb = SimulatedDynamoDB(faults=faults)
    assert outcome(dynamodb.client(), "create_table", **table()) == expected
    assert dynamodb.tables == {}


def test_a_lost_answer_was_applied() -> None:
    """A lost response is a time-out, a reset or a 500, and the table is there."""
    seen = set()
    for seed in range(12):
        dynamodb = SimulatedDynamoDB(seed=seed, faults=Faults(lost_response=1))
        seen.add(outcome(dynamodb.client(), "create_table", **table()))
        assert list(dynamodb.tables) == ["orders"]
    assert seen == {"ReadTimeoutError", "ConnectionClosedError", "InternalServerError"}


def test_a_new_table_may_be_missing_for_a_while() -> None:
    """Soon after CreateTable a describe finds nothing; after the lag it does."""
    dynamodb = SimulatedDynamoDB(faults=Faults(missing_after_create=1, creation_lag=3))
    client = dynamodb.client()
    client.create_table(**table())
    assert outcome(client) == "ResourceNotFoundException"
    dynamodb.clock.advance(3)
    assert outcome(client) == "ok"


def test_stale_describes_are_bounded() -> None:
    """A stale describe may miss a change, but none older than the staleness."""
    dynamodb = SimulatedDynamoDB(faults=Faults(stale_describe=1, staleness=2))
    client = dynamodb.client()
    client.create_table(**table())
    dynamodb.clock.advance(6)
    seen = {
        client.describe_table(TableName="orders")["Table"]["TableStatus"]
        for _ in range(40)
    }
    assert seen == {"ACTIVE", "CREATING"}
    dynamodb.clock.advance(1)
    for _ in range(40):
        found = client.describe_table(TableName="orders")["Table"]["TableStatus"]
        assert found == "ACTIVE"


def test_latency_spends_virtual_time() -> None:
    """A call takes as long as the latency says, and arrives half-way."""
    dynamodb = SimulatedDynamoDB(faults=Faults(latency=(2.0, 4.0)))
    assert outcome(dynamodb.client()) == "ResourceNotFoundException"
    assert 2.0 <= dynamodb.clock.now() <= 4.0
    assert dynamodb.calls[0].time == dynamodb.clock.now() / 2


def test_the_same_seed_has_the_same_faults() -> None:
    """Two services of one seed misbehave alike, of two seeds differently."""

    def run(seed: int) -> list[str]:
        dynamodb = SimulatedDynamoDB(seed=seed, faults=Faults(throttle=0.5))
        return [outcome(dynamodb.client()) for _ in range(50)]

    assert run(1) == run(1)
    assert run(1) != run(2)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"throttle": 1.5}, "throttle"),
        ({"dropped": float("nan")}, "dropped"),
        ({"latency": -1.0}, "latency"),
        ({"latency": (2.0, 1.0)}, "latency"),
        ({"staleness": float("inf")}, "staleness"),
    ],
)
def test_faults_are_checked(arguments: dict[str, Any], named: str) -> None:
    """What is no probability or no duration is refused by name."""
    with pytest.raises(ValueError, match=named):
        Faults(**arguments)
