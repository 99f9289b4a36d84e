"""Reads and writes, as far as readiness probes go."""

from __future__ import annotations

import pytest

from dynawait.testing import Durations
from tests.simulation.support import (
    INVALID,
    Plane,
    create_index,
    table,
)


def probe(plane: Plane, index_name: str | None, **more: object) -> str:
    """Return what a Query with Limit 1 is answered."""
    named = {} if index_name is None else {"IndexName": index_name}
    return plane.refusal(
        "Query",
        KeyConditionExpression="#k = :v",
        ExpressionAttributeNames={"#k": "day"},
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
    assert probe(plane, "by-day") == missing
    plane.update(**create_index())
    backfilling = "ValidationException: Cannot read from backfilling global secondary"
    for _ in range(2):
        assert probe(plane, "by-day") == f"{backfilling} index: by-day"
        plane.time += 41
    plane.time += 520
    assert probe(plane, "by-day") == "accepted"
    assert "Consistent reads" in probe(plane, "by-day", ConsistentRead=True)
    assert "KeyConditionExpression" in plane.refusal("Query")


def test_a_new_table_cannot_be_read_or_written() -> None:
    """Reads and writes of a table that is CREATING do not find it."""
    plane = Plane()
    plane.create(table(), wait=0)
    missing = "ResourceNotFoundException: Requested resource not found"
    put = {"Item": {"pk": {"S": "-"}}, "ConditionExpression": "attribute_exists(pk)"}
    assert probe(plane, None) == missing
    assert plane.refusal("PutItem", **put) == missing
    plane.time += 5
    assert probe(plane, None) == "accepted"
    failed = "ConditionalCheckFailedException: The conditional request failed"
    assert plane.refusal("PutItem", **put) == failed


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("attribute_exists(pk) AND attribute_not_exists(pk)", False),
        ("attribute_not_exists(#k) and #k = :never", False),
        ("(attribute_exists(pk))", False),
        ("attribute_not_exists(pk)", True),
        ("#k <> :v", True),
        ("attribute_exists(pk) OR attribute_not_exists(pk)", True),
        ("", True),
    ],
)
def test_only_a_put_that_fails_is_answered(condition: str, *, holds: bool) -> None:
    """A PutItem whose condition holds would store an item, and says there are none."""
    plane = Plane()
    plane.create(table())
    refusal = plane.refusal(
        "PutItem", Item={"pk": {"S": "-"}}, ConditionExpression=condition
    )
    assert refusal.startswith("ValidationException: The simulated") is holds
    assert refusal.startswith("ConditionalCheckFailedException") is not holds


def test_a_put_has_the_tables_key() -> None:
    """An item without the key, or with one of another type, is refused."""
    plane = Plane(Durations(table_create=0))
    plane.create(table())
    refusal = plane.refusal("PutItem", Item={})
    assert refusal == f"{INVALID}Missing the key pk in the item"
    refusal = plane.refusal("PutItem", Item={"pk": {"N": "1"}})
    mismatch = f"{INVALID}Type mismatch for key pk expected: S actual: N"
    assert refusal == mismatch
