"""Encryption, table classes and protection: their budgets and their pauses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dynawait.testing import ControlPlane
from tests.simulation.support import (
    COLD,
    INVALID,
    NO_STREAM,
    PROTECTED,
    STREAM,
    Plane,
    attributes,
    create_index,
    index,
    indexed_table,
    table,
)

HOUR, DAY = 3_600, 86_400
UNPROTECTED: dict[str, Any] = {"DeletionProtectionEnabled": False}


def hashed(name: str) -> dict[str, str]:
    """Return a partition key."""
    return {"AttributeName": name, "KeyType": "HASH"}


def ranged(name: str) -> list[dict[str, str]]:
    """Return a sort key, as a list of one."""
    return [{"AttributeName": name, "KeyType": "RANGE"}]


def keyed(key: str) -> dict[str, Any]:
    """Return an UpdateTable that encrypts with a key."""
    specification = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    return {"SSESpecification": specification}


def plain() -> Plane:
    """Return a plane with a table."""
    plane = Plane()
    plane.create(table())
    return plane


def test_protection_pauses_for_fifteen_seconds() -> None:
    """A second change is throttled, with the time at which it may come."""
    plane = plain()
    plane.update(**PROTECTED)
    plane.time += 5
    throttled = (
        "ThrottlingException: Deletion protection setting for table orders modified "
        "within the previous 15000 milliseconds. Please try again after "
        "2026-01-01T00:01:15.000"
    )
    assert plane.refusal(**UNPROTECTED) == throttled
    assert plane.refusal(**PROTECTED) == throttled
    plane.time += 10
    assert plane.refusal(**PROTECTED) == "accepted"
    assert plane.refusal(**UNPROTECTED) == "accepted"


def test_a_class_changes_twice_a_month() -> None:
    """The third change within 30 days is refused, and so is a re-send."""
    plane = plain()
    plane.update(**COLD)
    plane.time += 5
    assert "LastUpdateDateTime" in plane.look()["TableClassSummary"]
    assert plane.update(**COLD)["TableStatus"] == "UPDATING"
    assert plane.status() == "ACTIVE"
    plane.update(TableClass="STANDARD")
    plane.time += 5
    limit = (
        "LimitExceededException: Subscriber limit exceeded: Updates to TableClass are "
        "limited to 2 times in 30 day(s)."
    )
    assert plane.refusal(**COLD) == limit
    assert plane.refusal(TableClass="STANDARD") == limit
    plane.time = 60 + 30 * DAY
    assert plane.refusal(**COLD) == "accepted"


def test_encryption_changes_four_times_a_day() -> None:
    """Then once every six hours; the refusal says until when and what is next."""
    plane = plain()
    for key in "abcd":
        plane.update(**keyed(key))
        plane.time += 30
    assert plane.refusal(**keyed("e")) == (
        "LimitExceededException: Subscriber limit exceeded: Encryption mode changes "
        "are limited in the 24h window ending at 2026-01-02T00:01:00.000Z. After the "
        "first 4 change, each subsequent change in the same window can be performed at "
        "most once every 21600 seconds. Number of updates today: 4. Last change at "
        "2026-01-01T00:02:30.000Z. Next changes can be made at "
        "2026-01-01T06:02:30.000Z."
    )
    plane.time = 150 + 6 * HOUR
    assert plane.refusal(**keyed("e")) == "accepted"
    plane.time += 30
    assert plane.refusal(**keyed("f")).startswith("LimitExceededException")
    plane.time = 60 + DAY + 100
    assert plane.refusal(**keyed("f")) == "accepted"


def test_a_class_change_lets_a_stream_wait() -> None:
    """The stream's change is refused in the words of streams."""
    plane = plain()
    plane.update(**COLD)
    assert plane.refusal(**STREAM).endswith(
        "Can't change stream status when a table class update is in progress. Table: "
        "orders TableClassUpdateInProgress: STANDARD_INFREQUENT_ACCESS"
    )


def test_streams_are_switched_once() -> None:
    """What is on cannot be switched on, nor what is off be switched off."""
    plane = plain()
    off = "ValidationException: Table has no stream to disable: TableName: orders"
    assert plane.refusal(**NO_STREAM) == off


def test_keys_of_several_attributes() -> None:
    """An index has up to four partition keys and four sort keys, online too."""
    plane = Plane()
    keys = [*map(hashed, "abcd"), *(ranged(name)[0] for name in "efgh")]
    definitions = attributes("pk", *"abcdefgh")
    wide = index("wide", "a", KeySchema=keys)
    plane.create(table(AttributeDefinitions=definitions, GlobalSecondaryIndexes=[wide]))
    assert plane.look()["GlobalSecondaryIndexes"][0]["KeySchema"] == keys
    request = create_index("wider", "a", KeySchema=keys)
    request["AttributeDefinitions"] = attributes(*"abcdefgh")
    plane.update(**request)
    plane.time += 600
    assert plane.index("wider") == ("ACTIVE", None)
    wider = [*map(hashed, "abcde")]
    request = create_index("widest", "a", KeySchema=wider)
    assert plane.refusal(**request) == (
        f"{INVALID}The KeySchema exceeds the maximum allowed number of HASH key "
        "attributes"
    )


def test_definitions_are_a_delta() -> None:
    """An index's keys must be sent; other types and spare attributes are ignored."""
    plane = Plane()
    plane.create(indexed_table())
    request = create_index("by-day", "day")
    request["AttributeDefinitions"] = [
        {"AttributeName": "day", "AttributeType": "N"},
        {"AttributeName": "email", "AttributeType": "B"},
        {"AttributeName": "spare", "AttributeType": "S"},
    ]
    plane.update(**request)
    kinds = {
        item["AttributeName"]: item["AttributeType"]
        for item in plane.look()["AttributeDefinitions"]
    }
    assert kinds == {"pk": "S", "email": "S", "day": "N"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"LocalSecondaryIndexes": [index("own", "pk")]},
            (
                f"{INVALID}Table KeySchema does not have a range key, which is "
                "required when specifying a LocalSecondaryIndex"
            ),
        ),
        (
            {
                "KeySchema": [hashed("pk"), *ranged("at")],
                "AttributeDefinitions": attributes("pk", "at"),
                "LocalSecondaryIndexes": [
                    index("own", "at", KeySchema=[hashed("at"), *ranged("pk")])
                ],
            },
            (
                f"{INVALID}Index KeySchema does not have the same leading hash key as "
                "table KeySchema for index: own. index hash key: at, table hash key: pk"
            ),
        ),
        (
            {
                "KeySchema": [hashed("pk"), *ranged("at")],
                "AttributeDefinitions": attributes("pk", "at"),
                "LocalSecondaryIndexes": [index("own", "pk")],
            },
            f"{INVALID}Index KeySchema does not have a range key for index: own",
        ),
        (
            {
                "AttributeDefinitions": attributes("pk", "day"),
                "GlobalSecondaryIndexes": [
                    index(
                        "by-day",
                        "day",
                        Projection={
                            "ProjectionType": "INCLUDE",
                            "NonKeyAttributes": ["a", "b", "a"],
                        },
                    )
                ],
            },
            f"{INVALID}Duplicate element in NonKeyAttributes: a",
        ),
        (
            {"KeySchema": None},
            (
                "ValidationException: 1 validation error detected: Value null at "
                "'keySchema' failed to satisfy constraint: Member must not be null"
            ),
        ),
        (
            {"GlobalTableSourceArn": "arn:aws:dynamodb:eu-west-1:1:table/orders"},
            (
                "ValidationException: The simulated control plane does not model "
                "GlobalTableSourceArn"
            ),
        ),
    ],
)
def test_new_tables_are_checked(changes: dict[str, Any], expected: str) -> None:
    """What CreateTable refuses of local indexes, projections and missing keys."""
    assert Plane().refusal("CreateTable", **table() | changes) == expected


def test_days_are_those_of_utc() -> None:
    """A plane that starts late in a day has its midnight soon."""
    start = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
    time = [0.0]
    plane = ControlPlane(lambda: time[0], start=start)
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    plane.handle("CreateTable", table(ProvisionedThroughput=units))
    time[0] = 60.0
    less = {"ReadCapacityUnits": 4, "WriteCapacityUnits": 5}
    plane.handle("UpdateTable", {"TableName": "orders", "ProvisionedThroughput": less})
    time[0] = HOUR - 1.0
    assert _decreases(plane) == 1
    time[0] = float(HOUR)
    assert _decreases(plane) == 0


def _decreases(plane: ControlPlane) -> int:
    found = plane.describe_all()["orders"]["ProvisionedThroughput"]
    return int(found["NumberOfDecreasesToday"])
