"""What changed between two looks at a table."""

from __future__ import annotations

from typing import Any

import pytest

from dynawait._cli.differences import differences
from dynawait.states import TableState

_INDEX = {
    "IndexName": "by-email",
    "IndexStatus": "CREATING",
    "Backfilling": False,
    "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}


def _state(**facts: Any) -> TableState:
    return TableState.parse({"TableName": "orders", "TableStatus": "ACTIVE", **facts})


def _words(before: TableState, after: TableState) -> list[str]:
    return [str(each) for each in differences(before, after)]


def test_nothing_has_changed() -> None:
    """Counts are hours old and nobody's change."""
    assert not differences(_state(ItemCount=1), _state(ItemCount=2, TableSizeBytes=9))


def test_an_index_comes_moves_and_goes() -> None:
    """Its key and its capacity are not told on their own when it comes or goes."""
    none = _state()
    first = _state(GlobalSecondaryIndexes=[_INDEX])
    second = _state(GlobalSecondaryIndexes=[{**_INDEX, "Backfilling": True}])
    active = {**_INDEX, "IndexStatus": "ACTIVE"}
    del active["Backfilling"]
    third = _state(GlobalSecondaryIndexes=[active])
    assert _words(none, first) == [
        "index by-email was added: CREATING, allocating",
    ]
    assert _words(first, second) == [
        "index by-email: CREATING, allocating -> CREATING, backfilling"
    ]
    assert _words(second, third) == [
        "index by-email: CREATING, backfilling -> ACTIVE",
    ]
    assert _words(third, none) == ["index by-email was removed"]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"TableStatus": "UPDATING"}, "status: ACTIVE -> UPDATING"),
        (
            {"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}},
            "billing mode: PROVISIONED -> PAY_PER_REQUEST",
        ),
        (
            {
                "ProvisionedThroughput": {
                    "ReadCapacityUnits": 1,
                    "WriteCapacityUnits": 2,
                }
            },
            "throughput: none -> 1 read, 2 write",
        ),
        (
            {
                "StreamSpecification": {
                    "StreamEnabled": True,
                    "StreamViewType": "NEW_IMAGE",
                }
            },
            "stream: none -> NEW_IMAGE",
        ),
        (
            {"DeletionProtectionEnabled": True},
            "deletion protection: off -> on",
        ),
        (
            {"Replicas": [{"RegionName": "eu-west-1", "ReplicaStatus": "CREATING"}]},
            "replica eu-west-1 was added: CREATING",
        ),
        (
            {"SSEDescription": {"Status": "UPDATING", "SSEType": "KMS"}},
            "encryption: none -> UPDATING, KMS",
        ),
        (
            {"TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"}},
            "table class: STANDARD -> STANDARD_INFREQUENT_ACCESS",
        ),
    ],
)
def test_each_setting_has_its_words(facts: dict[str, Any], words: str) -> None:
    """From how it was to how it is."""
    assert _words(_state(), _state(**facts)) == [words]


def test_a_table_comes_goes_and_is_another() -> None:
    """Of one that is another nothing else is compared."""
    absent = TableState.absent("orders")
    old = _state(TableId="a")
    new = _state(TableId="b", TableStatus="CREATING")
    assert _words(absent, absent) == []
    assert _words(absent, old) == ["table created, and is ACTIVE"]
    assert _words(old, absent) == ["table deleted"]
    assert _words(old, new) == ["table replaced, and is CREATING"]
    (facts,) = [each.facts() for each in differences(old, new)]
    assert (facts["change"], facts["before"]) == ("table replaced", "a")
