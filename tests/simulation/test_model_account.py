"""Limits of an account: what moves at once, how much there is, how often it asks."""

from __future__ import annotations

import pytest

from dynawait.testing import (
    ControlPlane,
    Limits,
    ServiceFault,
    SimulatedDynamoDB,
)
from tests.simulation.support import (
    IN_USE,
    PROTECTED,
    Plane,
    attributes,
    create_index,
    index,
    indexed_table,
    table,
)

SLOW = (
    "ThrottlingException: The rate of control plane requests made by this account is "
    "too high"
)


def limited(**limits: float) -> Plane:
    """Return a plane with limits of its own."""
    plane = Plane()
    plane.plane = ControlPlane(lambda: plane.time, limits=Limits(**limits))  # type: ignore[arg-type]
    return plane


def test_so_many_tables_move_at_once() -> None:
    """One more than may is refused, whatever it asks; later it passes."""
    plane = limited(simultaneous=2)
    plane.create(table("first"))
    plane.create(table("second"), wait=0)
    plane.create(table("third"), wait=0)
    limit = (
        "LimitExceededException: Subscriber limit exceeded: Only 2 tables can be "
        "created, updated, or deleted simultaneously"
    )
    assert plane.refusal("CreateTable", **table("fourth")) == limit
    assert plane.refusal(TableName="first", **create_index()) == limit
    assert plane.refusal("DeleteTable", TableName="first") == limit
    plane.time += 5
    assert plane.refusal("DeleteTable", TableName="first") == "accepted"


def test_fewer_tables_with_indexes_are_created_at_once() -> None:
    """They have a limit of their own, which other tables do not meet."""
    plane = limited(simultaneous_with_indexes=1)
    plane.create(indexed_table("first"), wait=0)
    assert plane.refusal("CreateTable", **indexed_table("second")) == (
        "LimitExceededException: Subscriber limit exceeded: There is a limit of 1 "
        "indexed tables that can be created simultaneously"
    )
    assert plane.refusal("CreateTable", **table("third")) == "accepted"
    plane.time += 18
    assert plane.refusal("CreateTable", **indexed_table("second")) == "accepted"


def test_an_account_has_so_many_tables() -> None:
    """The next one waits until another is gone."""
    plane = limited(tables=1)
    plane.create(table())
    assert plane.refusal("CreateTable", **table("second")) == (
        "LimitExceededException: Subscriber limit exceeded: There is a limit of 1 "
        "tables per subscriber"
    )
    plane.delete()
    plane.time += 5
    assert plane.refusal("CreateTable", **table("second")) == "accepted"


def test_the_quota_of_indexes_can_be_raised() -> None:
    """Twenty is the default of a limit that AWS raises on request."""
    plane = limited(indexes=1)
    plane.create(indexed_table())
    assert plane.refusal(**create_index()).endswith(
        "Number of global secondary indexes exceeds per-table limit of 1"
    )
    two = [index("by-email", "email"), index("by-day", "day")]
    request = table(
        "others",
        AttributeDefinitions=attributes("pk", "email", "day"),
        GlobalSecondaryIndexes=two,
    )
    assert plane.refusal("CreateTable", **request).endswith(
        "GlobalSecondaryIndex count exceeds the per-table limit of 1"
    )


def test_mutations_share_a_bucket() -> None:
    """Of ten at once five pass; a second later one more does."""
    plane = limited(mutation_rate=1)
    names = [f"table-{number}" for number in range(10)]
    answers = [plane.refusal("CreateTable", **table(name)) for name in names]
    assert answers == ["accepted"] * 5 + [SLOW] * 5
    plane.time += 1
    assert plane.refusal("DeleteTable", TableName="table-9") != SLOW
    assert plane.refusal("CreateTable", **table("table-9")) == SLOW
    assert plane.refusal("DescribeTable", TableName="table-1") == "accepted"


def test_each_read_has_a_bucket() -> None:
    """Describing too fast is refused with two words, and lists do not suffer."""
    plane = limited(read_rate=2, read_burst=4)
    plane.create(table())
    answers = [plane.refusal("DescribeTable") for _ in range(5)]
    assert answers == ["accepted"] * 4 + ["ThrottlingException: Rate exceeded"]
    assert plane.refusal("ListTables") == "accepted"
    plane.time += 0.5
    assert plane.refusal("DescribeTable") == "accepted"
    assert plane.refusal("DescribeTable") == "ThrottlingException: Rate exceeded"


def test_nothing_is_throttled_unless_asked() -> None:
    """Rates are off by default."""
    plane = Plane()
    plane.create(table())
    assert {plane.refusal("DescribeTable") for _ in range(100)} == {"accepted"}


def test_a_simulation_takes_limits() -> None:
    """`SimulatedDynamoDB` hands them on, and shows its plane."""
    service = SimulatedDynamoDB(limits=Limits(tables=1))
    client = service.client()
    client.create_table(**table())
    with pytest.raises(
        client.exceptions.LimitExceededException, match="limit of 1 tables"
    ):
        client.create_table(**table("second"))
    service.plane.forget("orders")
    assert service.tables == {}


def test_names_are_checked_everywhere() -> None:
    """A name too short is refused before anybody looks for the table; ARNs pass."""
    plane = Plane()
    short = (
        "ValidationException: TableName must be at least 3 characters long and at most "
        "255 characters long"
    )
    assert plane.refusal("DescribeTable", TableName="ab") == short
    assert plane.refusal(TableName="ab", **PROTECTED) == short
    assert "regular expression pattern" in plane.refusal(
        "DescribeTable", TableName="a b c"
    )
    plane.create(table(), wait=1)
    arn = plane.look()["TableArn"]
    assert plane.refusal("DescribeTable", TableName=arn) == "accepted"
    created = f"{IN_USE}Table is being created: orders"
    assert plane.refusal("DeleteTable", TableName=arn) == created


def test_a_fault_may_carry_members() -> None:
    """What an error has besides code and text is kept apart."""
    fault = ServiceFault("Some", "text", members={"Item": {}})
    assert (fault.members, ServiceFault("Some", "text").members) == ({"Item": {}}, {})
