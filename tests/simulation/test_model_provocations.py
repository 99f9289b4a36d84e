"""What a test lets happen from outside: lost keys, stuck builds, other hands."""

from __future__ import annotations

from typing import Any

import pytest

from dynawait.testing import Durations, Ending
from tests.simulation.support import (
    IN_USE,
    PROTECTED,
    STREAM,
    Plane,
    create_index,
    delete_index,
    indexed_table,
    table,
)

HOUR, DAY = 3_600, 86_400
KEYED: dict[str, Any] = {
    "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "k"}
}
LOST = "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
PROBE: dict[str, Any] = {
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "1"}},
}


def with_key() -> Plane:
    """Return a plane with a table that has a key of its own."""
    plane = Plane()
    plane.create(table(**KEYED))
    return plane


def test_a_lost_key_shows_late_and_a_found_one_too() -> None:
    """The table is INACCESSIBLE after 40 minutes, and ACTIVE 40 after it is back."""
    plane = with_key()
    plane.plane.lose_key("orders")
    plane.time += 2_399
    assert plane.status() == "ACTIVE"
    plane.time += 1
    assert plane.status() == LOST
    assert "InaccessibleEncryptionDateTime" in plane.look()["SSEDescription"]
    plane.plane.restore_key("orders")
    plane.time += 2_399
    assert plane.status() == LOST
    plane.time += 1
    assert plane.status() == "ACTIVE"
    assert "InaccessibleEncryptionDateTime" not in plane.look()["SSEDescription"]


def test_a_key_that_is_back_in_time_is_not_missed() -> None:
    """A loss that was made good before it showed never shows."""
    plane = with_key()
    plane.plane.lose_key("orders")
    plane.time += 1_000
    plane.plane.restore_key("orders")
    plane.time += 10 * DAY
    assert plane.status() == "ACTIVE"


def test_without_its_key_a_table_takes_some_changes() -> None:
    """Streams and protection pass, another key and all data do not; it can be deleted.

    After a change of the stream the table is not ACTIVE but what it was.
    """
    plane = with_key()
    plane.plane.lose_key("orders", at_once=True)
    disabled = "ValidationException: KMS key disabled error: "
    other: dict[str, Any] = {"SSESpecification": {"Enabled": False}}
    assert plane.refusal(**other).startswith(disabled)
    assert plane.refusal("Query", **PROBE).startswith(disabled)
    assert plane.refusal(**KEYED).startswith(
        "ValidationException: One or more parameter values were invalid: Table is "
        "already encrypted with given KMSMasterKeyId"
    )
    plane.update(**STREAM)
    assert plane.status() == "UPDATING"
    plane.time += 5
    assert plane.status() == LOST
    assert plane.refusal("DeleteTable") == "accepted"


def test_a_table_without_its_key_is_archived_after_a_week() -> None:
    """ARCHIVING and then ARCHIVED, with a summary; nothing can be changed any more."""
    plane = with_key()
    plane.plane.lose_key("orders", at_once=True)
    plane.time += 7 * DAY
    assert plane.status() == "ARCHIVING"
    plane.time += 600
    assert plane.status() == "ARCHIVED"
    summary = plane.look()["ArchivalSummary"]
    assert summary["ArchivalReason"] == LOST
    assert plane.refusal(**STREAM) == f"{IN_USE}Table: orders is ARCHIVED."
    assert plane.refusal(**PROTECTED) == (
        "ResourceInUseException: Table needs to be in ACTIVE status to modify deletion "
        "protection setting."
    )
    plane = with_key()
    plane.plane.archive("orders")
    assert plane.status() == "ARCHIVING"


def test_a_table_may_vanish_while_it_is_created() -> None:
    """Born with a dying key it is CREATING for an hour, and then not found."""
    plane = Plane()
    plane.plane.arrange("table", Ending("VANISHED"), name="orders")
    plane.create(table("others"))
    plane.create(table(), wait=3_539)
    assert plane.status() == "CREATING"
    plane.time += 1
    assert plane.refusal("DescribeTable").startswith("ResourceNotFoundException")
    plane.create(table())
    assert plane.status() == "ACTIVE"


def test_an_index_may_never_finish() -> None:
    """It backfills for ever, at no progress, until it is deleted."""
    plane = Plane()
    plane.create(table())
    plane.plane.arrange("index", Ending("STUCK"))
    plane.update(**create_index())
    plane.time += 30 * DAY
    assert plane.index("by-day") == ("CREATING", True)
    assert plane.plane.progress("orders", "by-day") == 0.0
    plane.update(**delete_index("by-day"))
    plane.time += 4
    assert plane.index("by-day") is None


def test_a_build_may_stall() -> None:
    """What is under way on an index can be stopped at any time."""
    plane = Plane()
    plane.create(table())
    plane.update(**create_index())
    plane.plane.stall("orders", "by-day")
    plane.time += DAY
    assert (plane.status(), plane.index("by-day")) == ("UPDATING", ("CREATING", False))
    plane.plane.forget("orders", "by-day")
    assert (plane.status(), plane.index("by-day")) == ("ACTIVE", None)
    with pytest.raises(ValueError, match="nothing is under way on index by-day"):
        plane.plane.stall("orders", "by-day")


def test_a_backfill_takes_as_long_as_there_are_items() -> None:
    """And its progress can be read; allocation has none."""
    plane = Plane(Durations(backfill_per_item=0.001))
    plane.create(table())
    plane.plane.count_items("orders", 480_000)
    plane.update(**create_index())
    assert plane.plane.progress("orders", "by-day") == 0.0
    plane.time += 40 + 250
    assert plane.plane.progress("orders", "by-day") == pytest.approx(0.25)
    plane.time += 749
    assert plane.index("by-day") == ("CREATING", True)
    plane.time += 2
    assert plane.index("by-day") == ("ACTIVE", None)
    assert plane.plane.progress("orders", "by-day") is None


def test_the_item_count_is_hours_old() -> None:
    """It is brought up to date every six hours, or at once where a test says so."""
    plane = Plane()
    plane.create(indexed_table())
    plane.plane.count_items("orders", 5, size=500)
    assert plane.look()["ItemCount"] == 0
    plane.time = 6 * HOUR
    found = plane.look()
    assert (found["ItemCount"], found["TableSizeBytes"]) == (5, 500)
    assert found["GlobalSecondaryIndexes"][0]["ItemCount"] == 5
    plane.plane.count_items("orders", 6, shown=True)
    assert plane.look()["ItemCount"] == 6
    assert plane.refusal("DeleteTable") == "accepted"


def test_another_hand_deletes_a_table() -> None:
    """It is gone at once, whatever was under way, and may come again."""
    plane = Plane()
    plane.create(table(**PROTECTED))
    plane.update(**create_index())
    plane.plane.forget("orders")
    assert plane.refusal("DescribeTable").startswith("ResourceNotFoundException")
    plane.create(table())
    assert plane.look()["TableId"].startswith("00000002")


def test_statuses_of_regions_can_be_set() -> None:
    """Of a table that may not replicate, and of a replica whose Region is off."""
    plane = Plane()
    plane.create(table())
    plane.update(ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}])
    plane.time += 60
    plane.plane.afflict("orders", "REPLICATION_NOT_AUTHORIZED")
    assert plane.status() == "REPLICATION_NOT_AUTHORIZED"
    plane.plane.afflict("orders", None)
    assert plane.status() == "ACTIVE"
    plane.plane.afflict_replica("orders", "eu-west-1", "REGION_DISABLED", "Off")
    entry = plane.look()["Replicas"][0]
    assert entry["ReplicaStatus"] == "REGION_DISABLED"
    assert entry["ReplicaStatusDescription"] == "Off"


def _lose(plane: Any) -> None:
    plane.lose_key("orders")


@pytest.mark.parametrize(
    ("provoke", "expected"),
    [
        (_lose, "orders has no key of its own"),
        (lambda plane: plane.lose_key("ghosts"), "there is no table 'ghosts'"),
        (lambda plane: plane.forget("orders", "ghost"), "orders has no index ghost"),
        (
            lambda plane: plane.afflict_replica("orders", "eu-west-1", "ACTIVE"),
            "orders has no replica in eu-west-1",
        ),
    ],
)
def test_what_is_not_there_cannot_be_provoked(provoke: Any, expected: str) -> None:
    """A test that names nothing is told so."""
    plane = Plane()
    plane.create(table())
    with pytest.raises(ValueError, match=expected):
        provoke(plane.plane)


def test_what_is_under_way_can_be_read() -> None:
    """By table, with how far each thing is."""
    plane = Plane()
    plane.create(table())
    plane.update(**create_index())
    plane.time += 10
    jobs = plane.plane.under_way()["orders"]
    assert [(job.kind, job.index) for job in jobs] == [("allocate", "by-day")]
    assert jobs[0].progress(plane.time) == pytest.approx(0.25)
