"""What each condition says of each status of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait import (
    Condition,
    TableState,
    Verdict,
    billing_mode,
    deletion_protection,
    encryption_settled,
    indexes_absent,
    indexes_active,
    indexes_started,
    quiet,
    replicas_absent,
    replicas_active,
    restored,
    satisfies,
    stream_disabled,
    stream_enabled,
    table_absent,
    table_active,
    table_class,
    throughput,
    vector_indexes_absent,
    vector_indexes_active,
    warm_throughput_settled,
    witnesses_absent,
    witnesses_active,
)
from dynawait.errors import InvalidArgumentError
from tests.unit.state_samples import TABLE, index, table

if TYPE_CHECKING:
    from collections.abc import Callable

S, P, I = "satisfied", "pending", "impossible"  # noqa: E741 - the letters of the tables
KINDS = {"S": S, "P": P, "I": I}
REPAIRABLE = ("INACCESSIBLE_ENCRYPTION_CREDENTIALS", "REPLICATION_NOT_AUTHORIZED")
ADVICE = "it waits until an operator gives back the key or the permission"


TABLE_COLUMNS = (
    "CREATING",
    "UPDATING",
    "DELETING",
    "ACTIVE",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
    "ARCHIVING",
    "ARCHIVED",
    "REPLICATION_NOT_AUTHORIZED",
    "TOMORROW",
    "ABSENT",
)
BY_TABLE_STATUS = {
    table_active: "PPISPIIPPP",
    table_absent: "PPPPPPPPPS",
    quiet: "PPISPIIPPP",
    restored: "PPISPIIPPP",
    indexes_active: "SSISSIISSP",
    indexes_absent: "SSSSSSSSSP",
    vector_indexes_active: "SSISSIISSP",
    vector_indexes_absent: "SSSSSSSSSP",
    replicas_active: "SSISSIISSP",
    replicas_absent: "SSSSSSSSSP",
    witnesses_active: "SSISSIISSP",
    witnesses_absent: "SSSSSSSSSP",
    encryption_settled: "SSSSSSSSSP",
    warm_throughput_settled: "SSSSSSSSSP",
    stream_disabled: "SSSSSSSSSP",
}
"""What they say of a bare table, by its status: satisfied, pending, impossible."""


def bare(status: str, **members: Any) -> TableState:
    """Return a table without anything, in a status."""
    if status == "ABSENT":
        return TableState.absent("orders")
    return TableState.parse({"TableName": "orders", "TableStatus": status, **members})


@pytest.mark.parametrize("make", BY_TABLE_STATUS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("column", range(len(TABLE_COLUMNS)), ids=TABLE_COLUMNS)
def test_table_statuses(make: Callable[[], Condition[TableState]], column: int) -> None:
    """Every condition knows what every table status means for it."""
    verdict = make().judge(bare(TABLE_COLUMNS[column]))
    assert verdict.kind == KINDS[BY_TABLE_STATUS[make][column]]


@pytest.mark.parametrize("make", [table_active, quiet, restored])
@pytest.mark.parametrize("status", TABLE_COLUMNS)
def test_reasons_of_table_statuses(
    make: Callable[[], Condition[TableState]], status: str
) -> None:
    """The reason names the status; what only a person can end is a warning as well."""
    verdict = make().judge(bare(status))
    if status == "ACTIVE":
        expected = Verdict.satisfied()
    elif status == "ABSENT":
        what = "table orders"
        expected = Verdict.pending(f"{what} does not exist", missing=(what,))
    elif status in REPAIRABLE:
        text = f"table is {status}: {ADVICE}"
        expected = Verdict.pending(text, warnings=(text,))
    elif verdict.kind == I:
        expected = Verdict.impossible(f"table is {status}")
    elif (make, status) == (quiet, "TOMORROW"):
        expected = Verdict.pending(
            "table is TOMORROW (a status dynawait does not know)"
        )
    else:
        expected = Verdict.pending(f"table is {status}")
    assert verdict == expected


@pytest.mark.parametrize("condition", [table_active(), quiet(), indexes_active("a")])
@pytest.mark.parametrize("status", ["ARCHIVING", "ARCHIVED"])
def test_aws_says_why_a_table_was_archived(
    condition: Condition[TableState], status: str
) -> None:
    """AWS's own reason is in the verdict."""
    reason = "The table was archived due to the key being inaccessible for 7 days."
    state = bare(status, ArchivalSummary={"ArchivalReason": reason})
    assert condition.judge(state) == Verdict.impossible(f"table is {status} ({reason})")


@pytest.mark.parametrize(
    "make",
    [
        lambda: indexes_active("x"),
        lambda: indexes_absent("x"),
        lambda: indexes_started("x"),
        lambda: vector_indexes_active("x"),
        lambda: vector_indexes_absent("x"),
        lambda: replicas_active("x"),
        lambda: replicas_absent("x"),
        lambda: witnesses_active("x"),
        lambda: witnesses_absent("x"),
        lambda: billing_mode("PROVISIONED"),
        lambda: throughput(1, 2),
        lambda: throughput(1, 2, "x"),
        lambda: table_class("STANDARD"),
        stream_enabled,
        lambda: deletion_protection(False),
    ],
    ids=lambda make: repr(make()),
)
def test_a_missing_table_is_what_is_missing(
    make: Callable[[], Condition[TableState]],
) -> None:
    """Where there is no table, that is said, and not that its parts are missing."""
    assert make().judge(TableState.absent("orders")) == Verdict.pending(
        "table orders does not exist", missing=("table orders",)
    )


def test_quiet_lists_everything_that_moves() -> None:
    """quiet() waits for table, indexes, replicas, witnesses, encryption and restore."""
    state = TableState.parse(
        TABLE
        | {
            "TableStatus": "UPDATING",
            "GlobalSecondaryIndexes": [index("CREATING", Backfilling=False)],
            "VectorIndexes": [index("DELETING")],
            "Replicas": [{"RegionName": "eu-west-1", "ReplicaStatus": "CREATING"}],
            "GlobalTableWitnesses": [
                {"RegionName": "us-west-2", "WitnessStatus": "CREATING"}
            ],
            "SSEDescription": {"Status": "UPDATING"},
            "RestoreSummary": {"RestoreInProgress": True},
        }
    )
    assert quiet().judge(state) == Verdict.pending(
        "table is UPDATING",
        "index by-email is CREATING (allocating)",
        "vector index by-email is DELETING",
        "replica eu-west-1 is CREATING",
        "witness us-west-2 is CREATING",
        "encryption is UPDATING",
        "restore is in progress",
    )


def test_own_questions_are_asked_of_an_absent_table_too() -> None:
    """satisfies() asks the predicate of every state, and says what it waits for."""
    gone = satisfies(lambda state: not state.exists, "the table is gone")
    assert gone.judge(TableState.absent("orders")).kind == S
    assert gone.judge(table()) == Verdict.pending("not yet: the table is gone")


@pytest.mark.parametrize(
    "make",
    [
        indexes_active,
        indexes_absent,
        indexes_started,
        vector_indexes_active,
        vector_indexes_absent,
        replicas_active,
        replicas_absent,
        witnesses_active,
        witnesses_absent,
    ],
    ids=lambda make: make.__name__,
)
def test_names_are_checked_at_once(make: Any) -> None:
    """Names that are empty, twice there or no strings are refused by the function."""
    for names, problem in (
        (("a", "b", "a"), "named twice: a"),
        (("",), "expected names, not empty, got ''"),
        ((None,), "expected names, not empty, got None"),
        ((["a"],), r"expected names, not empty, got \['a'\]"),
    ):
        with pytest.raises(InvalidArgumentError, match=problem):
            make(*names)


def test_no_table_status_is_left_out() -> None:
    """Every table status of the service model stands in the table, and others."""
    session = pytest.importorskip("botocore.session").get_session()
    model = session.get_service_model("dynamodb")
    assert set(model.shape_for("TableStatus").enum) <= set(TABLE_COLUMNS)
