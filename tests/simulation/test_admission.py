"""What is refused while what is under way, with AWS's texts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.support import (
    ALLOCATING,
    COLD,
    IN_USE,
    KEYED,
    NO_STREAM,
    ON_DEMAND,
    ONE_INDEX,
    PROTECTED,
    STREAM,
    Plane,
    create_index,
    delete_index,
    provisioned,
    table,
    throughput,
    update_index,
)


@pytest.mark.parametrize(
    ("running", "asked", "expected"),
    [
        (
            throughput(6, 5),
            throughput(7, 5),
            "Table IOPS are currently being updated. Table: orders",
        ),
        (
            throughput(6, 5),
            STREAM,
            (
                "Can't enable or disable stream while table IOPS are being updated. "
                "Table: orders"
            ),
        ),
        (
            throughput(6, 5),
            ALLOCATING,
            (
                "Can't create or delete indexes while table IOPS are being updated. "
                "Table: orders"
            ),
        ),
        (
            throughput(6, 5),
            update_index("by-email", 6, 5),
            "Table IOPS are currently being updated. Table: orders",
        ),
        (
            ALLOCATING,
            throughput(6, 5),
            (
                "Can't change table IOPS when an index is being created. Table: orders "
                "Indexes: [by-day]"
            ),
        ),
        (
            ALLOCATING,
            STREAM,
            (
                "Can't change stream status when an index is being created. Table: "
                "orders "
                "Indexes: [by-day]"
            ),
        ),
        (
            ALLOCATING,
            delete_index("by-day"),
            (
                "Index creation is in resource allocation phase. Retry deletion during "
                "backfilling phase or when the index is active. Table: orders Index: "
                "by-day"
            ),
        ),
        (
            ALLOCATING,
            update_index("by-day", 2, 2),
            (
                "Index is being created but is not backfilling yet. Table: orders "
                "Index: "
                "by-day"
            ),
        ),
        (
            delete_index("by-email"),
            throughput(6, 5),
            (
                "Can't change table IOPS when an index is being deleted. Table: orders "
                "Indexes: [by-email]"
            ),
        ),
        (
            delete_index("by-email"),
            STREAM,
            (
                "Can't change stream status when an index is being deleted. Table: "
                "orders "
                "Indexes: [by-email]"
            ),
        ),
        (
            delete_index("by-email"),
            delete_index("by-email"),
            "Index is being deleted. Table: orders Index: by-email",
        ),
        (
            delete_index("by-email"),
            create_index("by-email", "email", **throughput(1, 1)),
            "Index is being deleted. Table: orders Index: by-email",
        ),
        (
            delete_index("by-email"),
            update_index("by-email", 6, 5),
            "Index is being deleted. Table: orders Index: by-email",
        ),
        (
            update_index("by-email", 6, 5),
            update_index("by-email", 7, 5),
            "Index is being updated. Table: orders Index: by-email",
        ),
        (
            update_index("by-email", 6, 5),
            delete_index("by-email"),
            "Index is being updated. Table: orders Index: by-email",
        ),
        (
            STREAM,
            NO_STREAM,
            (
                "A stream status change is currently in progress. Table: orders "
                "Stream: "
                "2026-01-01T00:01:00.000 Operation: ENABLE"
            ),
        ),
        (
            STREAM,
            throughput(6, 5),
            (
                "Can't change table IOPS when stream status is being updated. Table: "
                "orders Stream: 2026-01-01T00:01:00.000 Operation: ENABLE"
            ),
        ),
        (
            STREAM,
            ALLOCATING,
            (
                "Can't create or delete an index when stream status is being updated. "
                "Table: orders Stream: 2026-01-01T00:01:00.000 Operation: ENABLE"
            ),
        ),
        (
            COLD,
            COLD,
            (
                "Can't update table class when a table class update is in progress. "
                "Table: "
                "orders TableClassUpdateInProgress: STANDARD_INFREQUENT_ACCESS"
            ),
        ),
        (
            COLD,
            ALLOCATING,
            (
                "Can't create or delete an index when a table class update is in "
                "progress. "
                "Table: orders TableClassUpdateInProgress: STANDARD_INFREQUENT_ACCESS"
            ),
        ),
        (
            throughput(6, 5),
            COLD,
            "Table: orders is in the process of being updated.",
        ),
        (KEYED, KEYED, "Server-Side Encryption is still being updated"),
    ],
)
def test_what_runs_refuses_what_comes(
    running: dict[str, Any], asked: dict[str, Any], expected: str
) -> None:
    """While one change is under way another is refused, in the words that AWS uses."""
    plane = provisioned()
    plane.update(**running)
    assert plane.refusal(**asked) == IN_USE + expected


@pytest.mark.parametrize(
    ("running", "later", "asked"),
    [
        (ALLOCATING, 0, update_index("by-email", 6, 5)),
        (ALLOCATING, 0, PROTECTED),
        (ALLOCATING, 0, KEYED),
        (ALLOCATING, 40, throughput(6, 5)),
        (ALLOCATING, 40, update_index("by-day", 6, 5)),
        (ALLOCATING, 40, delete_index("by-day")),
        (delete_index("by-email"), 0, PROTECTED),
        (KEYED, 0, ALLOCATING),
        (KEYED, 0, throughput(6, 5)),
        (throughput(6, 5), 0, PROTECTED),
        (throughput(6, 5), 0, KEYED),
    ],
)
def test_what_runs_lets_pass(
    running: dict[str, Any], later: float, asked: dict[str, Any]
) -> None:
    """What AWS was measured to accept during another change is accepted."""
    plane = provisioned()
    plane.update(**running)
    plane.time += later
    assert plane.refusal(**asked) == "accepted"


@pytest.mark.parametrize("phase", [0, 40, 559])
def test_one_online_index_at_a_time(phase: float) -> None:
    """A second creation, or a deletion of another, is refused in both phases."""
    plane = provisioned()
    plane.update(**ALLOCATING)
    plane.time += phase
    other = create_index("by-name", "name", **throughput(1, 1))
    assert plane.refusal(**other) == ONE_INDEX
    assert plane.refusal(**delete_index("by-email")) == ONE_INDEX


def test_a_deletion_blocks_other_indexes() -> None:
    """While an index is DELETING no other may be created."""
    plane = provisioned()
    plane.update(**delete_index("by-email"))
    assert plane.refusal(**ALLOCATING) == ONE_INDEX


def test_a_reversed_switch_is_dropped() -> None:
    """Reversing a switch to PROVISIONED in flight is accepted and does nothing."""
    plane = Plane()
    plane.create(table())
    plane.update(BillingMode="PROVISIONED", **throughput(3, 3))
    assert plane.refusal(**ON_DEMAND) == "accepted"
    plane.time += 90
    assert plane.look()["BillingModeSummary"]["BillingMode"] == "PROVISIONED"


@pytest.mark.parametrize(
    ("running", "later", "expected"),
    [
        (throughput(6, 5), 0, "Table: orders is in the process of being updated."),
        (KEYED, 0, "Table: orders is in the process of being updated."),
        (
            STREAM,
            0,
            "Cannot delete table while stream is being enabled/disabled.",
        ),
        *(
            (
                running,
                later,
                (
                    "Cannot delete table while indexes are being created, updated, or "
                    "deleted."
                ),
            )
            for running, later in (
                (ALLOCATING, 0),
                (ALLOCATING, 41),
                (delete_index("by-email"), 0),
                (update_index("by-email", 6, 5), 0),
            )
        ),
    ],
)
def test_a_table_that_moves_is_not_deleted(
    running: dict[str, Any], later: float, expected: str
) -> None:
    """DeleteTable is refused while anything moves, even where the table is ACTIVE."""
    plane = provisioned()
    plane.update(**running)
    plane.time += later
    assert plane.refusal("DeleteTable") == IN_USE + expected


def test_creation_and_deletion_refuse_everything() -> None:
    """A table that is CREATING or DELETING takes no change; its name is taken."""
    plane = Plane()
    plane.create(table(), wait=1)
    created = f"{IN_USE}Table is being created: orders"
    assert plane.refusal(**PROTECTED) == created
    assert plane.refusal("DeleteTable") == created
    assert plane.refusal("CreateTable", **table()) == created
    plane.time += 10
    exists = "ResourceInUseException: Table already exists: orders"
    assert plane.refusal("CreateTable", **table()) == exists
    plane.delete()
    deleted = f"{IN_USE}Table is being deleted: orders"
    assert plane.refusal(**PROTECTED) == deleted
    assert plane.refusal("DeleteTable") == deleted
    assert plane.refusal("CreateTable", **table()) == exists


def test_protection_and_absence() -> None:
    """A protected table is not deleted; one that is not there is not found."""
    plane = Plane()
    missing = (
        "ResourceNotFoundException: Requested resource not found: Table: orders not "
        "found"
    )
    assert plane.refusal("DeleteTable") == missing
    assert plane.refusal(**PROTECTED) == missing
    plane.create(table(**PROTECTED))
    assert plane.refusal("DeleteTable") == (
        "ValidationException: Resource cannot be deleted as it is currently protected "
        "against deletion. Disable deletion protection first."
    )
    plane.update(DeletionProtectionEnabled=False)
    assert plane.refusal("DeleteTable") == "accepted"
