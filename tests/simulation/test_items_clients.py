"""Items through clients, faults, the scheduler and the server."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import boto3
import botocore.client
import botocore.httpsession
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from dynawait.testing import (
    Durations,
    Faults,
    History,
    SimulatedDynamoDB,
    SimulatedServer,
    simulate,
)
from tests.simulation.desk import KEY, number, text
from tests.simulation.support import table

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = Durations(table_create=0)
ONE: dict[str, Any] = {
    "TableName": "orders",
    **KEY,
    "UpdateExpression": "ADD n :one",
    "ExpressionAttributeValues": {":one": number(1)},
}
TAKE: dict[str, Any] = {
    "TableName": "orders",
    "Item": {**KEY["Key"], "blob": {"B": b"\x00\xff"}},
    "ConditionExpression": "attribute_not_exists(pk)",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}


def simulated(**more: Any) -> SimulatedDynamoDB:
    """Return a service with a table that is ACTIVE."""
    dynamodb = SimulatedDynamoDB(durations=AT_ONCE, **more)
    dynamodb.client().create_table(**table())
    return dynamodb


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatedServer]:
    """A server with a table."""
    with SimulatedServer(speed=100, durations=AT_ONCE) as started:
        boto(started).create_table(**table())
        yield started


def boto(server: SimulatedServer) -> Any:
    """Return a boto3 client of the server."""
    return boto3.client(
        "dynamodb",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


def check_errors(client: Any) -> None:
    """See that errors carry what botocore's do."""
    client.put_item(**TAKE)
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as failed:
        client.put_item(**TAKE)
    assert failed.value.response["Item"] == TAKE["Item"]
    with pytest.raises(client.exceptions.TransactionCanceledException) as cancelled:
        client.transact_write_items(TransactItems=[{"Put": TAKE}])
    reasons = cancelled.value.response["CancellationReasons"]
    assert [(reason["Code"], reason["Item"]) for reason in reasons] == [
        ("ConditionalCheckFailed", TAKE["Item"])
    ]
    client.delete_item(TableName="orders", **KEY)


def test_errors_in_memory() -> None:
    """A failed condition and a cancelled transaction carry their items."""
    check_errors(simulated().client())


def test_errors_through_boto3(server: SimulatedServer) -> None:
    """Through boto3 they are the same, binary values included."""
    check_errors(boto(server))


def test_items_through_boto3(server: SimulatedServer) -> None:
    """All kinds of requests pass the protocol, and values come back as they were."""
    client = boto(server)
    items = [{"pk": text(f"k{place}"), "n": number(place)} for place in range(3)]
    requests = [{"PutRequest": {"Item": item}} for item in items]
    client.batch_write_item(RequestItems={"orders": requests})
    found = client.scan(
        TableName="orders",
        FilterExpression="n >= :n",
        ExpressionAttributeValues={":n": number(1)},
    )
    assert found["Items"] == items[1:]
    changed = client.update_item(**{**ONE, "Key": {"pk": text("k1")}})
    assert "Attributes" not in changed
    got = client.get_item(TableName="orders", Key={"pk": text("k1")})
    assert got["Item"]["n"] == number(2)
    pages = client.get_paginator("scan").paginate(
        TableName="orders", PaginationConfig={"PageSize": 1}
    )
    assert sum(page["Count"] for page in pages) == 3
    client.transact_write_items(
        TransactItems=[
            {"Delete": {"TableName": "orders", "Key": {"pk": item["pk"]}}}
            for item in items
        ]
    )
    assert client.scan(TableName="orders")["Count"] == 0


def test_boto3_is_left_alone(server: SimulatedServer) -> None:
    """The simulation uses moto's classes: boto3 still sends, and mocks still mock."""
    send = botocore.httpsession.URLLib3Session.send
    base: Any = botocore.client.BaseClient
    call = base._make_api_call
    simulated().client().put_item(**TAKE)
    assert botocore.httpsession.URLLib3Session.send is send
    assert base._make_api_call is call
    boto(server).put_item(TableName="orders", Item={"pk": text("sent")})
    from moto import mock_aws

    kept = simulated()
    kept.client().put_item(**TAKE)
    with mock_aws():
        mocked = boto3.client("dynamodb", region_name="us-east-1")
        assert mocked.list_tables()["TableNames"] == []
        mocked.create_table(**table())
        assert mocked.scan(TableName="orders")["Count"] == 0
    assert kept.client().scan(TableName="orders")["Count"] == 1


def test_nothing_is_left_with_moto() -> None:
    """The lists of moto of all that it made do not grow with the calls."""
    from moto.dynamodb.models.dynamo_type import Item

    listed: Any = Item
    client = simulated().client()
    client.update_item(**ONE)
    before = len(listed.instances_tracked)
    for _ in range(3):
        client.update_item(**ONE)
        client.scan(TableName="orders")
    assert len(listed.instances_tracked) == before


def test_services_share_nothing() -> None:
    """Two simulated services have their items to themselves."""
    one, other = simulated(), simulated()
    one.client().put_item(**TAKE)
    assert other.client().scan(TableName="orders")["Count"] == 0


def test_what_is_got_is_a_copy() -> None:
    """Changing what was sent or returned changes nothing that is stored."""
    client = simulated().client()
    sent = {**KEY["Key"], "l": {"L": [text("x")]}}
    client.put_item(TableName="orders", Item=sent)
    sent["l"]["L"].append(text("y"))
    client.get_item(TableName="orders", **KEY)["Item"]["l"]["L"].clear()
    got = client.get_item(TableName="orders", **KEY)["Item"]
    assert got["l"] == {"L": [text("x")]}


def test_a_lost_answer_was_applied() -> None:
    """A write whose answer is lost counts, and counts again when it is sent again."""
    dynamodb = simulated(seed=3)
    client = dynamodb.client()
    dynamodb.faults = Faults(lost_response=1.0)
    for _ in range(2):
        with pytest.raises((BotoCoreError, ClientError)):
            client.update_item(**ONE)
    dynamodb.faults = Faults()
    assert client.get_item(TableName="orders", **KEY)["Item"]["n"] == number(2)
    assert [call.operation for call in dynamodb.calls][1:3] == ["UpdateItem"] * 2


def test_a_throttled_write_was_not() -> None:
    """A throttled write says so in the data plane's words, and is not applied."""
    dynamodb = simulated()
    client = dynamodb.client()
    dynamodb.faults = Faults(throttle=1.0)
    with pytest.raises(ClientError, match="current capacity of your table"):
        client.update_item(**ONE)
    dynamodb.faults = Faults()
    assert "Item" not in client.get_item(TableName="orders", **KEY)


async def contend(client: Any) -> int:
    """Add one three times by compare and set, and return how often it was too late."""
    gateway = client.__dynawait_gateway__()
    lost = done = 0
    while done < 3:
        try:
            found = await client.get_item(TableName="orders", **KEY)
            seen = int(found["Item"]["n"]["N"]) if "Item" in found else 0
            item = {**KEY["Key"], "n": number(seen + 1)}
            await client.put_item(
                TableName="orders",
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR n = :seen",
                ExpressionAttributeValues={":seen": number(seen)},
            )
        except client.exceptions.ConditionalCheckFailedException:
            lost += 1
            await gateway.sleep(gateway.jitter(0.1))
        else:
            done += 1
    return lost


def race(seed: int) -> tuple[History, int]:
    """Let five actors contend, and return what happened and what the counter says."""
    dynamodb = simulated(seed=seed, faults=Faults(latency=(0.001, 0.05)))
    actors = {f"actor-{place}": contend for place in range(5)}
    history = simulate(actors, seed=seed, service=dynamodb)
    dynamodb.faults = Faults()
    item = dynamodb.client().get_item(TableName="orders", **KEY)["Item"]
    return history, int(item["n"]["N"])


@pytest.mark.parametrize("seed", range(5))
def test_compare_and_set_loses_nothing(seed: int) -> None:
    """Whoever wins, fifteen additions make fifteen, and somebody has to try again."""
    history, count = race(seed)
    assert count == 15
    assert sum(history.result(f"actor-{place}") for place in range(5)) > 0


def test_a_seed_tells_what_happens() -> None:
    """The same seed makes the same history, another one another."""
    assert str(race(7)[0]) == str(race(7)[0])
    assert str(race(7)[0]) != str(race(8)[0])


SETS = """
from tests.simulation.desk import KEY, Desk
desk = Desk()
desk.put(tags={"SS": ["a", "c"]})
desk.ask(
    "UpdateItem",
    **KEY,
    UpdateExpression="ADD tags :more",
    ExpressionAttributeValues={":more": {"SS": ["b", "d", "e"]}},
)
print(desk.get()["tags"]["SS"])
"""


@pytest.mark.parametrize("hashing", ["1", "2"])
def test_sets_come_in_one_order(hashing: str) -> None:
    """The order of a set does not hang on how the process hashes strings."""
    done = subprocess.run(
        [sys.executable, "-c", SETS],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": hashing, "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout == "['a', 'b', 'c', 'd', 'e']\n"
