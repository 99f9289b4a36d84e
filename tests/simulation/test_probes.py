"""Readiness probes: requests that need no item, and so no library that keeps them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dynawait.testing import Durations
from tests.simulation.support import INVALID, Plane, create_index, index, table

WITHOUT_MOTO = """
import sys
sys.modules["moto"] = None
import dynawait.sync as dynawait
from dynawait.testing import Durations, SimulatedDynamoDB

dynamodb = SimulatedDynamoDB(durations=Durations(table_create=5))
client = dynamodb.client()
client.create_table(
    TableName="orders",
    KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    AttributeDefinitions=[
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "at", "AttributeType": "N"},
    ],
    GlobalSecondaryIndexes=[
        {
            "IndexName": "by-time",
            "KeySchema": [{"AttributeName": "at", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    BillingMode="PAY_PER_REQUEST",
)
dynawait.table_writable(client, "orders")
dynawait.indexes_queryable(client, "orders")
try:
    client.get_item(TableName="orders", Key={"pk": {"S": "a"}})
except ImportError as error:
    print(error)
"""


def probe(plane: Plane, index_name: str | None, key: str, **more: object) -> str:
    """Return what a Query with Limit 1 is answered."""
    named = {} if index_name is None else {"IndexName": index_name}
    return plane.refusal(
        "Query",
        KeyConditionExpression="#k = :v",
        ExpressionAttributeNames={"#k": key},
        ExpressionAttributeValues={":v": {"S": "-"}},
        Limit=1,
        **named,
        **more,
    )


def test_an_index_is_readable_once_it_is_active() -> None:
    """A Query of an index that builds is refused, in both phases, until ACTIVE."""
    plane = Plane()
    plane.create(table())
    missing = "ValidationException: The table does not have the specified index: by-day"
    assert probe(plane, "by-day", "day") == missing
    plane.update(**create_index())
    backfilling = "ValidationException: Cannot read from backfilling global secondary"
    for _ in range(2):
        assert probe(plane, "by-day", "day") == f"{backfilling} index: by-day"
        plane.time += 41
    plane.time += 520
    assert probe(plane, "by-day", "day") == "accepted"
    refusal = probe(plane, "by-day", "day", ConsistentRead=True)
    assert "Consistent reads" in refusal
    assert "KeyConditionExpression" in plane.refusal("Query")


def test_a_new_table_cannot_be_read_or_written() -> None:
    """Reads and writes of a table that is CREATING do not find it."""
    plane = Plane()
    plane.create(table(), wait=0)
    missing = "ResourceNotFoundException: Requested resource not found"
    never = "attribute_exists(pk) AND attribute_not_exists(pk)"
    put = {"Item": {"pk": {"S": "-"}}, "ConditionExpression": never}
    assert probe(plane, None, "pk") == missing
    assert plane.refusal("PutItem", **put) == missing
    plane.time += 5
    assert probe(plane, None, "pk") == "accepted"
    failed = "ConditionalCheckFailedException: The conditional request failed"
    assert plane.refusal("PutItem", **put) == failed


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("day", {":v": {"S": "-"}}),
        ("pk", {":v": {"S": "-"}, ":w": {"S": "-"}}),
    ],
)
def test_a_query_that_no_key_answers_is_refused(key: str, values: object) -> None:
    """A table without items is no reason to accept what others would refuse."""
    plane = Plane(Durations(table_create=0))
    plane.create(table())
    refusal = plane.refusal(
        "Query",
        KeyConditionExpression="#k = :v",
        ExpressionAttributeNames={"#k": key},
        ExpressionAttributeValues=values,
        Limit=1,
    )
    assert refusal.startswith("ValidationException")


def test_a_put_has_the_tables_key() -> None:
    """An item without the key, or with one of another type, is refused."""
    plane = Plane(Durations(table_create=0))
    plane.create(table())
    refusal = plane.refusal("PutItem", Item={})
    assert refusal == f"{INVALID}Missing the key pk in the item"
    refusal = plane.refusal("PutItem", Item={"pk": {"N": "1"}})
    mismatch = f"{INVALID}Type mismatch for key pk expected: S actual: N"
    assert refusal == mismatch


def test_a_local_index_is_readable_with_its_table() -> None:
    """A local index takes consistent reads, and needs no phase of its own."""
    plane = Plane()
    keys = [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "at", "KeyType": "RANGE"},
    ]
    local = {**index("local", "pk"), "KeySchema": keys}
    definitions = [
        {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "at")
    ]
    schema = [keys[0], {"AttributeName": "sk", "KeyType": "RANGE"}]
    plane.create(
        table(
            KeySchema=schema,
            AttributeDefinitions=definitions,
            LocalSecondaryIndexes=[local],
        )
    )
    assert probe(plane, "local", "pk", ConsistentRead=True) == "accepted"


def test_probes_need_nothing_installed() -> None:
    """Without moto the probes are answered, and what needs it says what to install."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_MOTO],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert 'pip install "dynawait[testing]"' in done.stdout
