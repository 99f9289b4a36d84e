"""What conditions say of the statuses of indexes, replicas and witnesses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait import (
    Condition,
    TableState,
    Verdict,
    indexes_absent,
    indexes_active,
    indexes_started,
    replicas_absent,
    replicas_active,
    throughput,
    vector_indexes_absent,
    vector_indexes_active,
    witnesses_absent,
    witnesses_active,
)
from tests.unit.state_samples import index, table

if TYPE_CHECKING:
    from collections.abc import Callable

S, P, I = "satisfied", "pending", "impossible"  # noqa: E741 - the letters of the tables
KINDS = {"S": S, "P": P, "I": I}
REPAIRABLE = ("INACCESSIBLE_ENCRYPTION_CREDENTIALS", "REPLICATION_NOT_AUTHORIZED")
ADVICE = "it waits until an operator gives back the key or the permission"


def bare(status: str, **members: Any) -> TableState:
    """Return a table without anything, in a status."""
    return TableState.parse({"TableName": "orders", "TableStatus": status, **members})


INDEX_ROWS = [
    # status, Backfilling, how it reads, named, unnamed, absent, started
    ("CREATING", None, "CREATING", "PPPS"),
    ("CREATING", False, "CREATING (allocating)", "PPPS"),
    ("CREATING", True, "CREATING (backfilling)", "PPPS"),
    ("UPDATING", None, "UPDATING", "PPPS"),
    ("UPDATING", True, "UPDATING (backfilling)", "PPPS"),
    ("DELETING", None, "DELETING", "IPPI"),
    ("ACTIVE", None, "ACTIVE", "SSPS"),
    ("ACTIVE", False, "ACTIVE", "SSPS"),
    ("ACTIVE", True, "ACTIVE (backfilling)", "PPPS"),
    ("TOMORROW", None, "TOMORROW", "PPPS"),
]


@pytest.mark.parametrize("kind", ["index", "vector index"])
@pytest.mark.parametrize(
    ("status", "backfilling", "text", "kinds"), INDEX_ROWS, ids=str
)
def test_index_statuses(
    kind: str, status: str, backfilling: bool | None, text: str, kinds: str
) -> None:
    """An index is active when it is ACTIVE and not backfilling, else says its phase."""
    described = index(status)
    if backfilling is not None:
        described["Backfilling"] = backfilling
    conditions: list[Condition[TableState]]
    if kind == "index":
        state = table(GlobalSecondaryIndexes=[described])
        conditions = [indexes_active("by-email"), indexes_active(), indexes_absent()]
        conditions += [indexes_started("by-email")]
    else:
        state = table(VectorIndexes=[described])
        conditions = [vector_indexes_active("by-email"), vector_indexes_active()]
        conditions += [vector_indexes_absent("by-email")]
    for condition, letter in zip(conditions, kinds, strict=False):
        verdict = condition.judge(state)
        assert verdict.kind == KINDS[letter]
        if letter != "S":
            assert verdict.reasons == (f"{kind} by-email is {text}",)
            assert not verdict.missing


@pytest.mark.parametrize(
    ("condition", "what"),
    [
        (indexes_active("by-day"), "index by-day"),
        (indexes_started("by-day"), "index by-day"),
        (vector_indexes_active("by-day"), "vector index by-day"),
        (throughput(1, 2, "by-day"), "index by-day"),
    ],
    ids=str,
)
def test_an_index_that_does_not_exist_is_missing(
    condition: Condition[TableState], what: str
) -> None:
    """A named index that is not there is waited for, and said to be missing."""
    expected = Verdict.pending(f"{what} does not exist", missing=(what,))
    assert condition.judge(table(GlobalSecondaryIndexes=[index()])) == expected


def test_kinds_of_indexes_do_not_mix() -> None:
    """A vector index does not count as a global one, nor the other way round."""
    state = table(GlobalSecondaryIndexes=[index()])
    assert vector_indexes_active("by-email").judge(state).kind == P
    assert indexes_active("by-email").judge(table(VectorIndexes=[index()])).kind == P
    assert vector_indexes_absent("by-email").judge(state).kind == S


@pytest.mark.parametrize("status", ["DELETING", "ARCHIVING", "ARCHIVED"])
@pytest.mark.parametrize(
    "condition",
    [indexes_active("x"), indexes_started("x"), vector_indexes_active("x")],
    ids=str,
)
def test_no_index_comes_to_a_table_that_goes(
    condition: Condition[TableState], status: str
) -> None:
    """An index of a table that is deleted or archived cannot become active."""
    assert condition.judge(bare(status)) == Verdict.impossible(f"table is {status}")


def test_indexes_started_without_names_wants_one_index() -> None:
    """Any index will do, and a table without one is still waited for."""
    assert indexes_started().judge(table(GlobalSecondaryIndexes=[index()])).kind == S
    none = indexes_started().judge(table())
    assert none == Verdict.pending("the table has no index")


def test_several_indexes_are_told_one_by_one() -> None:
    """A verdict lists every index that is not active yet, in the order asked for."""
    building = index("CREATING", Backfilling=True) | {"IndexName": "by-day"}
    state = table(GlobalSecondaryIndexes=[index(), building])
    verdict = indexes_active("by-size", "by-day", "by-email").judge(state)
    assert verdict == Verdict.pending(
        "index by-size does not exist",
        "index by-day is CREATING (backfilling)",
        missing=("index by-size",),
    )


REPLICA_ROWS = {
    # replicas_active: of the Region by name, of all; replicas_absent
    "CREATING": "PPP",
    "CREATION_FAILED": "IIP",
    "UPDATING": "PPP",
    "DELETING": "IPP",
    "ACTIVE": "SSP",
    "REGION_DISABLED": "IIP",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS": "PPP",
    "ARCHIVING": "IIP",
    "ARCHIVED": "IIP",
    "REPLICATION_NOT_AUTHORIZED": "PPP",
    "TOMORROW": "PPP",
}


@pytest.mark.parametrize("status", REPLICA_ROWS)
def test_replica_statuses(status: str) -> None:
    """A replica's status, progress and AWS's own description are in the reason."""
    replica = {
        "RegionName": "eu-west-1",
        "ReplicaStatus": status,
        "ReplicaStatusDescription": "AWS says why",
        "ReplicaStatusPercentProgress": "37%",
    }
    state = table(Replicas=[replica])
    text = f"replica eu-west-1 is {status} (37%): AWS says why"
    by_name, of_all, absent = tuple(REPLICA_ROWS[status])
    for condition, letter in (
        (replicas_active("eu-west-1"), by_name),
        (replicas_active(), of_all),
    ):
        verdict = condition.judge(state)
        assert verdict.kind == KINDS[letter]
        if status in REPAIRABLE:
            assert verdict.reasons == verdict.warnings == (f"{text}: {ADVICE}",)
        elif letter != "S":
            assert verdict.reasons == (text,)
            assert not verdict.warnings
    for condition in (replicas_absent(), replicas_absent("eu-west-1")):
        verdict = condition.judge(state)
        assert verdict.kind == KINDS[absent]
        assert verdict.reasons == (f"replica eu-west-1 is {status}",)


def test_a_replica_without_a_status_does_not_hold_a_wait_up() -> None:
    """Where DescribeTable says no status, the replica counts as active."""
    state = table(Replicas=[{"RegionName": "eu-west-1"}])
    assert replicas_active("eu-west-1").judge(state).kind == S


WITNESS_ROWS = {
    # witnesses_active: of the Region by name, of all; witnesses_absent
    "CREATING": "PPP",
    "DELETING": "IPP",
    "ACTIVE": "SSP",
    "TOMORROW": "PPP",
}


@pytest.mark.parametrize("status", WITNESS_ROWS)
def test_witness_statuses(status: str) -> None:
    """A witness that is asked for by name and DELETING will not become active."""
    witness = {"RegionName": "us-west-2", "WitnessStatus": status}
    state = table(GlobalTableWitnesses=[witness])
    conditions = (witnesses_active("us-west-2"), witnesses_active(), witnesses_absent())
    for condition, letter in zip(conditions, WITNESS_ROWS[status], strict=True):
        verdict = condition.judge(state)
        assert verdict.kind == KINDS[letter]
        if letter != "S":
            assert verdict.reasons == (f"witness us-west-2 is {status}",)


@pytest.mark.parametrize(
    ("active", "absent", "what"),
    [
        (replicas_active, replicas_absent, "replica eu-west-1"),
        (witnesses_active, witnesses_absent, "witness eu-west-1"),
    ],
)
def test_a_region_that_is_not_listed(
    active: Callable[[str], Condition[TableState]],
    absent: Callable[[str], Condition[TableState]],
    what: str,
) -> None:
    """Right after the call a Region may not be listed yet: it is missing, or gone."""
    expected = Verdict.pending(f"{what} is not listed", missing=(what,))
    assert active("eu-west-1").judge(table()) == expected
    assert absent("eu-west-1").judge(table()).kind == S


@pytest.mark.parametrize(
    ("shape", "covered"),
    [
        ("IndexStatus", {row[0] for row in INDEX_ROWS}),
        ("ReplicaStatus", set(REPLICA_ROWS)),
        ("WitnessStatus", set(WITNESS_ROWS)),
    ],
)
def test_the_tables_above_leave_no_status_out(shape: str, covered: set[str]) -> None:
    """Every status of the service model stands in a table, and one that does not."""
    session = pytest.importorskip("botocore.session").get_session()
    model = session.get_service_model("dynamodb")
    assert "TOMORROW" in covered
    if shape in model.shape_names:
        assert set(model.shape_for(shape).enum) <= covered
