"""What one UpdateTable may ask for, with AWS's texts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.support import (
    ALLOCATING,
    COLD,
    INVALID,
    KEYED,
    NO_STREAM,
    ON_DEMAND,
    ONE_INDEX,
    PROTECTED,
    STREAM,
    Plane,
    attributes,
    create_index,
    delete_index,
    index,
    indexed_table,
    provisioned,
    table,
    throughput,
    update_index,
)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            PROTECTED | throughput(6, 5),
            "DeletionProtection modification must be the only operation in the request",
        ),
        (
            KEYED | STREAM,
            (
                "Server-Side Encryption modification must be the only operation in the "
                "request"
            ),
        ),
        (
            COLD | throughput(6, 5),
            "TableClass modification must be the only operation in the request",
        ),
        (
            ALLOCATING | throughput(6, 5),
            "You cannot create or delete index while updating table IOPS",
        ),
        (
            ALLOCATING | STREAM,
            "You cannot create or delete index while changing stream status",
        ),
        (
            throughput(6, 5) | STREAM,
            "You cannot modify stream status while updating table IOPS",
        ),
        (
            ON_DEMAND | throughput(6, 5),
            (
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
                "when "
                "BillingMode is PAY_PER_REQUEST"
            ),
        ),
        (
            {"GlobalSecondaryIndexUpdates": []},
            "List of GlobalSecondaryIndexUpdates is empty",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{}]},
            (
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate."
                "Create, GlobalSecondaryIndexUpdate.Delete must not be null"
            ),
        ),
        (
            {
                "GlobalSecondaryIndexUpdates": [
                    {
                        "Create": index("by-day", "day"),
                        "Delete": {"IndexName": "by-email"},
                    }
                ]
            },
            (
                "Only one global secondary index action is allowed per "
                "GlobalSecondaryIndexUpdate object"
            ),
        ),
        (
            {
                "GlobalSecondaryIndexUpdates": [
                    {"Delete": {"IndexName": "by-email"}},
                    {"Create": index("by-email", "email")},
                ]
            },
            (
                "Only one global secondary index update per index is allowed "
                "simultaneously. Index: by-email"
            ),
        ),
        (
            {"StreamSpecification": {"StreamEnabled": True}},
            "If stream is being enabled then UpdateViewType is required",
        ),
        (
            {
                "StreamSpecification": {
                    "StreamEnabled": False,
                    "StreamViewType": "KEYS_ONLY",
                }
            },
            "If stream is being disabled, then UpdateViewType must not be specified",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{"Create": index("by-day", "day")}]},
            "AttributeDefinitions is not specified for index: by-day",
        ),
        (create_index(), "ProvisionedThroughput must be specified for index: by-day"),
        (
            {"SSESpecification": {"Enabled": False}},
            "Table is already encrypted by default",
        ),
        (
            {"SSESpecification": {"Enabled": False, "SSEType": "KMS"}},
            "SSEType can not be specified if Enabled is false",
        ),
        (
            {"SSESpecification": {"Enabled": False, "KMSMasterKeyId": "k"}},
            "KMSMasterKeyId can not be specified if Enabled is false",
        ),
        (
            {"SSESpecification": {"Enabled": True, "KMSMasterKeyId": "k"}},
            "SSEType KMS is required if KMSMasterKeyId is specified",
        ),
        (
            {"SSESpecification": {"Enabled": True, "SSEType": "AES256"}},
            "SSEType AES256 is not supported",
        ),
        (
            {
                "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "by-email"}}],
            },
            (
                "Both ReadCapacityUnits and WriteCapacityUnits must be specified for "
                "index: by-email"
            ),
        ),
    ],
)
def test_one_call_has_one_concern(request_: dict[str, Any], expected: str) -> None:
    """What a call may not ask for is a ValidationException, and nothing is applied."""
    plane = provisioned()
    before = plane.look()
    assert plane.refusal(**request_) == INVALID + expected
    assert plane.look() == before


def test_two_online_changes_in_one_call_are_over_the_limit() -> None:
    """A creation and a deletion in one call are refused as they are in two."""
    updates = [
        {"Create": index("by-day", "day")},
        {"Delete": {"IndexName": "by-email"}},
    ]
    assert provisioned().refusal(GlobalSecondaryIndexUpdates=updates) == ONE_INDEX


def test_a_creation_may_ride_with_a_switch_or_an_update() -> None:
    """Two pairs are accepted: with a billing switch, with another index's update."""
    plane = provisioned()
    assert plane.refusal(**create_index(), **ON_DEMAND) == "accepted"
    plane = provisioned()
    both = ALLOCATING["GlobalSecondaryIndexUpdates"]
    both = both + update_index("by-email", 6, 5)["GlobalSecondaryIndexUpdates"]
    request = ALLOCATING | {"GlobalSecondaryIndexUpdates": both}
    assert plane.refusal(**request) == "accepted"


def test_an_empty_update_is_refused() -> None:
    """An UpdateTable that asks for nothing names what it could ask for."""
    refusal = provisioned().refusal()
    assert refusal.startswith(
        "ValidationException: At least one of ProvisionedThroughput, BillingMode, "
    )


def test_unchanged_values_are_refused() -> None:
    """Throughput and streams that are already so are a ValidationException."""
    plane = provisioned()
    assert plane.refusal(**throughput(5, 5)).startswith(
        "ValidationException: The provisioned throughput for the table will not change."
        " The requested value equals the current value. Current ReadCapacityUnits "
        "provisioned for the table: 5."
    )
    assert plane.refusal(**update_index("by-email", 5, 5)).startswith(
        "ValidationException: The provisioned throughput for the index by-email will "
        "not change. The requested value equals the current value."
    )
    none = "ValidationException: Table has no stream to disable: TableName: orders"
    assert plane.refusal(**NO_STREAM) == none
    plane.update(**STREAM)
    plane.time += 5
    one = "ValidationException: Table already has an enabled stream: TableName: orders"
    assert plane.refusal(**STREAM) == one
    plane.update(**KEYED)
    plane.time += 22
    keyed = f"{INVALID}Table is already encrypted with given KMSMasterKeyId."
    assert plane.refusal(**KEYED).startswith(keyed)


def test_indexes_that_are_there_or_not() -> None:
    """Creating one that exists is invalid, touching one that does not: not found."""
    plane = provisioned()
    again = create_index("by-email", "email", **throughput(1, 1))
    exists = "ValidationException: Attempting to create an index which already exists"
    assert plane.refusal(**again) == exists
    missing = (
        "ResourceNotFoundException: Requested resource not found: Index by-day for "
        "table orders"
    )
    assert plane.refusal(**delete_index("by-day")) == missing
    assert plane.refusal(**update_index("by-day", 1, 1)) == missing


def test_there_is_a_twenty_first_index_nowhere() -> None:
    """By CreateTable it is invalid, by UpdateTable over the limit."""
    names = [f"key-{number}" for number in range(21)]
    indexes = [index(f"by-{name}", name) for name in names]
    many = table(
        AttributeDefinitions=attributes("pk", *names), GlobalSecondaryIndexes=indexes
    )
    plane = Plane()
    refusal = plane.refusal("CreateTable", **many)
    assert refusal == (
        f"{INVALID}GlobalSecondaryIndex count exceeds the per-table limit of 20"
    )
    many["AttributeDefinitions"].pop()
    many["GlobalSecondaryIndexes"].pop()
    plane.create(many)
    assert plane.refusal(**create_index()).endswith(
        "Number of global secondary indexes exceeds per-table limit of 20"
    )


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            throughput(1, 1),
            (
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
                "when "
                "BillingMode is PAY_PER_REQUEST"
            ),
        ),
        (
            update_index("by-email", 1, 1),
            (
                "The only Updates for index: by-email when TableThroughputMode is "
                "PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput"
            ),
        ),
        (
            {"BillingMode": "PROVISIONED"},
            "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
        ),
        (
            {"BillingMode": "PROVISIONED", **throughput(1, 1)},
            "ProvisionedThroughput must be specified for index: by-email",
        ),
        (
            ALLOCATING,
            (
                "ProvisionedThroughput should not be specified for index: by-day when "
                "BillingMode is PAY_PER_REQUEST"
            ),
        ),
    ],
)
def test_on_demand_has_no_throughput(request_: dict[str, Any], expected: str) -> None:
    """An on-demand table takes none; a switch away from it takes all of it."""
    plane = Plane()
    plane.create(indexed_table())
    assert plane.refusal(**request_) == INVALID + expected
