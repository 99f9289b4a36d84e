"""Throughput, its caps and its warmth: budgets, refusals and how long they take."""

from __future__ import annotations

from typing import Any

import pytest

from dynawait.testing import Limits
from tests.simulation.support import (
    ALLOCATING,
    COLD,
    IN_USE,
    INVALID,
    ON_DEMAND,
    PROTECTED,
    STREAM,
    Plane,
    create_index,
    delete_index,
    index,
    indexed_table,
    provisioned,
    table,
    throughput,
    update_index,
)

HOUR, DAY = 3_600, 86_400


def warm(read: int, write: int) -> dict[str, Any]:
    """Return the member for warm throughput."""
    return {
        "WarmThroughput": {"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write}
    }


def caps(read: int, write: int) -> dict[str, Any]:
    """Return the member for on-demand caps."""
    units = {"MaxReadRequestUnits": read, "MaxWriteRequestUnits": write}
    return {"OnDemandThroughput": units}


def of_index(name: str, **members: Any) -> dict[str, Any]:
    """Return an UpdateTable that changes an index."""
    return {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": name, **members}}]}


def on_demand() -> Plane:
    """Return a plane with an on-demand table with an index."""
    plane = Plane()
    plane.create(indexed_table())
    return plane


def test_four_decreases_a_day_are_free() -> None:
    """The fifth within an hour is refused, with the time of the next one."""
    plane = Plane()
    plane.create(table(**throughput(9, 9)))
    for units in (8, 7, 6, 5):
        plane.update(**throughput(units, 9))
        plane.time += 10
    assert plane.look()["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 4
    refusal = plane.refusal(**throughput(4, 9))
    assert refusal == (
        "LimitExceededException: Subscriber limit exceeded: Provisioned throughput "
        "decreases are limited within a given UTC day. After the first 4 decreases, "
        "each subsequent decrease in the same UTC day can be performed at most once "
        "every 3600 seconds. Number of decreases today: 4. Last decrease at Thursday, "
        "January 1, 2026 at 12:01:30 AM Coordinated Universal Time. Next decrease can "
        "be made at Thursday, January 1, 2026 at 1:01:30 AM Coordinated Universal Time"
    )
    assert plane.refusal(**throughput(5, 10)) == "accepted"


def test_a_decrease_is_free_again_after_an_hour_or_a_day() -> None:
    """Exactly 3600 seconds after the last one, and at midnight UTC."""
    plane = Plane()
    plane.create(table(**throughput(9, 9)))
    for units in (8, 7, 6, 5):
        plane.update(**throughput(units, 9))
        plane.time += 10
    last = plane.time - 10
    plane.time = last + HOUR - 0.1
    assert plane.refusal(**throughput(4, 9)).startswith("LimitExceededException")
    plane.time = last + HOUR
    assert plane.refusal(**throughput(4, 9)) == "accepted"
    plane.time += 10
    assert plane.look()["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 5
    plane.time = DAY - 1
    assert plane.look()["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 5
    plane.time = DAY
    assert plane.look()["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 0
    assert "LastDecreaseDateTime" in plane.look()["ProvisionedThroughput"]


def test_an_index_has_a_budget_of_its_own() -> None:
    """The index's decreases do not count for the table; a coupled call is one."""
    plane = provisioned()
    for units in (4, 3, 2, 1):
        plane.update(**update_index("by-email", units, 5))
        plane.time += 10
    both = throughput(4, 5) | of_index("by-email", **throughput(1, 1))
    before = plane.look()
    assert plane.refusal(**both).startswith("LimitExceededException: Subscriber limit")
    assert plane.look() == before
    assert plane.refusal(**throughput(4, 5)) == "accepted"
    counted = plane.look()["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]
    assert counted["NumberOfDecreasesToday"] == 4


def test_an_increase_says_when() -> None:
    """The description tells when throughput last went up."""
    plane = provisioned()
    plane.update(**throughput(6, 5))
    assert "LastIncreaseDateTime" in plane.look()["ProvisionedThroughput"]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            throughput(40_001, 5),
            (
                "The requested ReadCapacityUnits, 40001, is above the per table maximum"
                " for the account in us-east-1. Per table maximum: 40000. Refer to"
            ),
        ),
        (
            of_index("by-email", **throughput(5, 40_001)),
            (
                "The requested WriteCapacityUnits for index by-email, 40001, is above "
                "the per index maximum for the account in us-east-1. Per index maximum:"
            ),
        ),
    ],
)
def test_capacity_has_a_ceiling(request_: dict[str, Any], expected: str) -> None:
    """No table and no index has more than 40,000 units."""
    refusal = provisioned().refusal(**request_)
    assert refusal.startswith(f"LimitExceededException: {expected}")


def test_an_account_has_a_ceiling() -> None:
    """All tables together have 80,000 units."""
    plane = Plane()
    for name in ("first", "second"):
        plane.create(table(name, **throughput(40_000, 1)))
    refusal = plane.refusal("CreateTable", **table(**throughput(1, 1)))
    assert refusal.startswith(
        "LimitExceededException: This request would have caused the ReadCapacityUnits "
        "limit to be exceeded for the account in us-east-1. Current ReadCapacityUnits "
        "reserved by the account: 80000. Limit: 80000. Requested: 1. Refer to"
    )


def test_four_switches_to_on_demand_a_day() -> None:
    """The fifth within 24 hours is refused; switching away is always free."""
    plane = Plane()
    plane.create(table(**throughput(1, 1)))
    for _ in range(4):
        plane.update(**ON_DEMAND)
        plane.time += 151
        plane.update(BillingMode="PROVISIONED", **throughput(1, 1))
        plane.time += 91
    assert plane.refusal(**ON_DEMAND) == (
        "LimitExceededException: Subscriber limit exceeded: Update to PayPerRequest "
        "mode are limited to 4 times in 1 day(s). Last update at Thu Jan 01 00:13:06 "
        "UTC 2026. Next update can be made at Fri Jan 02 00:01:00 UTC 2026"
    )
    plane.time = 60 + DAY
    assert plane.refusal(**ON_DEMAND) == "accepted"


def test_a_switch_to_provisioned_discards_caps() -> None:
    """On-demand caps of table and indexes are gone for good after it."""
    plane = on_demand()
    plane.update(**caps(10, 10))
    plane.update(**of_index("by-email", **caps(5, 5)))
    plane.time += 2
    capacity = of_index("by-email", **throughput(2, 2))
    plane.update(BillingMode="PROVISIONED", **throughput(3, 3), **capacity)
    plane.time += 90
    assert "OnDemandThroughput" not in plane.look()
    assert "OnDemandThroughput" not in plane.look()["GlobalSecondaryIndexes"][0]


def test_a_switch_to_on_demand_takes_caps_along() -> None:
    """BillingMode is the only thing that caps may ride with."""
    plane = provisioned()
    assert plane.refusal(**caps(5, 5), **STREAM) == (
        f"{INVALID}OnDemandThroughput can only be combined with BillingMode in an "
        "UpdateTable request"
    )
    plane.update(**ON_DEMAND, **caps(5, 6))
    plane.time += 150
    units = {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 6}
    assert plane.look()["OnDemandThroughput"] == units


def test_caps_of_a_table_are_synchronous() -> None:
    """They show at once, merge, and -1 takes them away."""
    plane = on_demand()
    plane.update(**caps(10, 20))
    assert plane.status() == "ACTIVE"
    plane.update(OnDemandThroughput={"MaxReadRequestUnits": 11})
    units = {"MaxReadRequestUnits": 11, "MaxWriteRequestUnits": 20}
    assert plane.look()["OnDemandThroughput"] == units
    plane.update(**caps(-1, -1))
    assert "OnDemandThroughput" not in plane.look()


def test_caps_of_an_index_take_two_seconds() -> None:
    """The index is UPDATING meanwhile, the table ACTIVE."""
    plane = on_demand()
    plane.update(**of_index("by-email", **caps(10, 20)))
    assert (plane.status(), plane.index("by-email")) == ("ACTIVE", ("UPDATING", None))
    plane.time += 2
    assert plane.index("by-email") == ("ACTIVE", None)
    found = plane.look()["GlobalSecondaryIndexes"][0]["OnDemandThroughput"]
    assert found["MaxWriteRequestUnits"] == 20


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            caps(0, 5),
            (
                "Requested MaxReadRequestUnits for OnDemandThroughput for table is "
                "outside of valid range"
            ),
        ),
        (
            of_index("by-email", **caps(5, -2)),
            (
                "Requested MaxWriteRequestUnits for OnDemandThroughput for index : "
                "by-email is outside of valid range"
            ),
        ),
        (
            of_index("by-email", WarmThroughput={}),
            (
                "WarmThroughput must have at least one of ReadUnitsPerSecond or "
                "WriteUnitsPerSecond specified for index: by-email"
            ),
        ),
        (
            of_index("by-email", OnDemandThroughput={}),
            (
                "The only Updates for index: by-email when TableThroughputMode is "
                "PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput"
            ),
        ),
        (
            warm(11_999, 4_000),
            (
                "Requested ReadUnitsPerSecond for WarmThroughput for table is lower "
                "than current WarmThroughput, decreasing WarmThroughput is not "
                "supported"
            ),
        ),
        (
            of_index("by-email", **warm(12_000, 3_999)),
            (
                "Requested WriteUnitsPerSecond for WarmThroughput for index by-email "
                "is lower than current WarmThroughput, decreasing WarmThroughput is "
                "not supported"
            ),
        ),
        (warm(12_001, 4_001) | ON_DEMAND, "WarmThroughput must be the only operation"),
        (
            warm(12_001, 4_001) | create_index(),
            (
                "Create global secondary index cannot be specified when updating "
                "WarmThroughput"
            ),
        ),
        (
            warm(12_001, 4_001) | PROTECTED,
            "DeletionProtection modification must be the only operation",
        ),
        (
            PROTECTED | COLD,
            "TableClass modification must be the only operation in the request",
        ),
    ],
)
def test_units_are_checked(request_: dict[str, Any], expected: str) -> None:
    """What an on-demand table and its index refuse, in AWS's words."""
    assert on_demand().refusal(**request_).startswith(INVALID + expected)


def test_provisioned_tables_have_no_caps() -> None:
    """Caps belong to on-demand capacity, of tables and of indexes."""
    table_text = (
        "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table "
        "BillingMode is PROVISIONED"
    )
    index_text = table_text.replace("cannot", "for index : by-email cannot")
    assert provisioned().refusal(**caps(1, 1)) == INVALID + table_text
    request = of_index("by-email", **caps(1, 1))
    assert provisioned().refusal(**request) == INVALID + index_text


def test_ceilings_of_caps_and_warmth() -> None:
    """Neither goes above the table's maximum of the account."""
    prefix = "LimitExceededException: Subscriber limit exceeded: Requested "
    suffix = "exceeds TableMaxReadCapacityUnits of the account in region us-east-1"
    assert on_demand().refusal(**caps(40_001, 1)) == (
        f"{prefix}MaxReadRequestUnits for OnDemandThroughput for table {suffix}"
    )
    assert on_demand().refusal(**of_index("by-email", **warm(40_001, 4_000))) == (
        f"{prefix}ReadUnitsPerSecond for WarmThroughput for index by-email {suffix}"
    )


def test_warming_has_a_status_of_its_own() -> None:
    """The table stays ACTIVE and keeps its old values; nothing is refused for it."""
    plane = on_demand()
    response = plane.update(**warm(12_001, 4_001))
    assert response["TableStatus"] == "ACTIVE"
    assert response["WarmThroughput"] == {
        "ReadUnitsPerSecond": 12_000,
        "WriteUnitsPerSecond": 4_000,
        "Status": "UPDATING",
    }
    assert plane.refusal(**create_index()) == "accepted"
    plane.time += 389
    assert plane.look()["WarmThroughput"]["Status"] == "UPDATING"
    plane.time += 1
    assert plane.look()["WarmThroughput"] == {
        "ReadUnitsPerSecond": 12_001,
        "WriteUnitsPerSecond": 4_001,
        "Status": "ACTIVE",
    }


def test_warming_an_index_leaves_it_active() -> None:
    """Its own warm status alone says so; asking for what is so takes two seconds."""
    plane = on_demand()
    plane.update(**of_index("by-email", **warm(12_000, 4_000)))
    found = plane.look()["GlobalSecondaryIndexes"][0]
    assert (found["IndexStatus"], found["WarmThroughput"]["Status"]) == (
        "ACTIVE",
        "UPDATING",
    )
    plane.time += 2
    found = plane.look()["GlobalSecondaryIndexes"][0]
    assert found["WarmThroughput"]["Status"] == "ACTIVE"
    assert plane.refusal("DeleteTable") == "accepted"


def test_warming_during_allocation_is_a_500() -> None:
    """While an index is allocated the table is said to be under maintenance."""
    plane = on_demand()
    plane.update(**create_index())
    assert plane.refusal(**warm(12_001, 4_001)) == (
        "InternalServerError: Table is under system maintenance, please try again later"
    )
    plane.time += 40
    assert plane.refusal(**warm(12_001, 4_001)) == "accepted"


def test_hollow_members_are_failures_or_nothing() -> None:
    """Units without numbers: HTTP 500 alone, silently dropped next to others."""
    plane = on_demand()
    assert plane.refusal(WarmThroughput={}) == "InternalFailure: "
    assert plane.refusal(OnDemandThroughput={}) == "InternalFailure: "
    assert plane.refusal(WarmThroughput={}, TableName="ghosts").startswith(
        "ResourceNotFoundException"
    )
    assert plane.refusal(WarmThroughput={}, **PROTECTED) == "accepted"
    assert plane.look()["DeletionProtectionEnabled"] is True
    ghost = of_index("ghost", **warm(13_000, 5_000))
    assert plane.refusal(**ghost) == "InternalFailure: "
    assert plane.refusal(**of_index("ghost", **caps(1, 1))).endswith(
        "Requested resource not found: Index ghost for table orders"
    )


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        (
            {"BillingMode": "PROVISIONED"}
            | throughput(3, 3)
            | of_index("by-email", **throughput(2, 2)),
            "BillingMode update is in progress",
        ),
        (STREAM, "stream status update is in progress"),
        (create_index(), "index creation is in progress for indexes: [by-day]"),
        (
            delete_index("by-email"),
            "index deletion is in progress for indexes: [by-email]",
        ),
        (
            COLD,
            (
                "TableClass update is in progress. TableClassUpdateInProgress: "
                "STANDARD_INFREQUENT_ACCESS"
            ),
        ),
    ],
)
def test_caps_wait_for_what_runs(running: dict[str, Any], expected: str) -> None:
    """Each thing under way has its own refusal of new caps."""
    plane = on_demand()
    plane.update(**running)
    prefix = "OnDemandThroughput cannot be updated while"
    assert plane.refusal(**caps(1, 1)) == f"{IN_USE}{prefix} {expected}"


def test_new_tables_and_indexes_bring_units_along() -> None:
    """CreateTable and an index's creation take caps and warmth, within bounds."""
    plane = Plane()
    units = caps(5, 5) | warm(13_000, 5_000)
    indexes = [index("by-email", "email", **caps(1, 1), **warm(12_500, 4_000))]
    plane.create(indexed_table(GlobalSecondaryIndexes=indexes, **units))
    found = plane.look()
    assert found["WarmThroughput"]["ReadUnitsPerSecond"] == 13_000
    assert found["OnDemandThroughput"]["MaxReadRequestUnits"] == 5
    by_email = found["GlobalSecondaryIndexes"][0]
    assert by_email["WarmThroughput"]["ReadUnitsPerSecond"] == 12_500
    low = "Requested ReadUnitsPerSecond for WarmThroughput for"
    expected = f"{INVALID}{low} table is lower than initial throughput for OnDemand."
    refusal = plane.refusal("CreateTable", **table("others", **warm(1, 1)))
    assert refusal.startswith(expected)
    poor = table("others", **throughput(5, 5), **warm(4, 5))
    assert plane.refusal("CreateTable", **poor) == (
        f"{INVALID}{low} table is lower than ReadCapacityUnits of ProvisionedThroughput"
    )
    assert plane.refusal(**create_index(**warm(1, 1))).startswith(
        f"{INVALID}{low} index by-day is lower than initial throughput"
    )
    assert plane.refusal(**create_index(**caps(0, 1))).startswith(INVALID)


def test_a_provisioned_table_is_as_warm_as_its_capacity() -> None:
    """Without a wish of its own; and what was warm on demand stays warm."""
    plane = provisioned()
    assert plane.look()["WarmThroughput"]["ReadUnitsPerSecond"] == 5
    plane = on_demand()
    capacity = of_index("by-email", **throughput(2, 2))
    plane.update(BillingMode="PROVISIONED", **throughput(3, 3), **capacity)
    plane.time += 90
    assert plane.look()["WarmThroughput"]["ReadUnitsPerSecond"] == 12_000


def test_limits_are_numbers_above_nothing() -> None:
    """A limit of nothing is none."""
    with pytest.raises(ValueError, match="simultaneous: 0 is not a number > 0"):
        Limits(simultaneous=0)


def test_a_reading_index_needs_its_own_call() -> None:
    """An index's warmth does not ride with its other units."""
    request = of_index("by-email", **caps(1, 1), **warm(13_000, 5_000))
    assert (
        on_demand()
        .refusal(**request)
        .startswith(f"{INVALID}WarmThroughput must be the only operation")
    )


def test_allocating_indexes_are_not_warmed() -> None:
    """An index that is not backfilling yet takes no change at all."""
    plane = provisioned()
    plane.update(**ALLOCATING)
    assert plane.refusal(**of_index("by-day", **warm(20, 20))) == (
        f"{IN_USE}Index is being created but is not backfilling yet. Table: orders "
        "Index: by-day"
    )
