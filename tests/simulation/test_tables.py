"""How tables and indexes live."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dynawait.testing import ControlPlane, Durations, ServiceFault
from tests.simulation.support import (
    ON_DEMAND,
    Plane,
    create_index,
    delete_index,
    index,
    indexed_table,
    table,
    throughput,
    update_index,
)


def test_a_table_is_creating_for_its_time() -> None:
    """A table is CREATING until its time is over, and ACTIVE at that very moment."""
    plane = Plane()
    plane.create(table(), wait=4.999)
    assert plane.status() == "CREATING"
    plane.time = 5.0
    assert plane.status() == "ACTIVE"


def test_a_table_and_its_indexes_become_active_together() -> None:
    """Indexes of CreateTable settle with the table and never show Backfilling."""
    plane = Plane()
    plane.create(indexed_table(), wait=17.9)
    assert (plane.status(), plane.index("by-email")) == ("CREATING", ("CREATING", None))
    plane.time = 18.0
    assert (plane.status(), plane.index("by-email")) == ("ACTIVE", ("ACTIVE", None))


def test_a_table_is_deleting_and_then_gone() -> None:
    """A deleted table is DELETING for its time; then it is not found."""
    plane = Plane()
    plane.create(table())
    assert plane.delete()["TableDescription"]["TableStatus"] == "DELETING"
    plane.time += 4.9
    assert plane.status() == "DELETING"
    plane.time += 0.1
    expected = "ResourceNotFoundException: Requested resource not found: Table: orders"
    assert plane.refusal("DescribeTable") == f"{expected} not found"


def test_a_new_table_of_the_same_name_is_another_one() -> None:
    """The ARN stays, the TableId does not."""
    plane = Plane()
    plane.create(table())
    first = plane.look()
    plane.delete()
    plane.time += 5
    plane.create(table())
    second = plane.look()
    assert first["TableArn"] == second["TableArn"]
    assert first["TableId"] != second["TableId"]


def test_throughput_changes_show_late() -> None:
    """An update says UPDATING and its old values; the new ones come at its end."""
    plane = Plane()
    plane.create(table(**throughput(5, 5)))
    response = plane.update(**throughput(9, 5))
    assert response["TableStatus"] == "UPDATING"
    assert response["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    plane.time += 1.5
    assert plane.status() == "ACTIVE"
    assert plane.look()["ProvisionedThroughput"]["ReadCapacityUnits"] == 9


def test_an_online_index_has_two_phases() -> None:
    """First the table is UPDATING and bf=false, then it is ACTIVE and bf=true."""
    plane = Plane()
    plane.create(table())
    plane.update(**create_index())
    assert (plane.status(), plane.index("by-day")) == ("UPDATING", ("CREATING", False))
    plane.time += 40
    assert (plane.status(), plane.index("by-day")) == ("ACTIVE", ("CREATING", True))
    plane.time += 519.9
    assert plane.index("by-day") == ("CREATING", True)
    plane.time += 0.1
    assert plane.index("by-day") == ("ACTIVE", None)


def test_both_phases_pass_unwatched() -> None:
    """Nobody has to look between the phases for the second to begin on time."""
    plane = Plane()
    plane.create(table())
    plane.update(**create_index())
    plane.time += 560
    assert plane.index("by-day") == ("ACTIVE", None)


def test_a_deleted_index_takes_its_attribute_along() -> None:
    """An index is DELETING with its table UPDATING; then entry and attribute go."""
    plane = Plane()
    plane.create(indexed_table())
    plane.update(**delete_index("by-email"))
    assert (plane.status(), plane.index("by-email")) == ("UPDATING", ("DELETING", None))
    plane.time += 4
    assert (plane.status(), plane.index("by-email")) == ("ACTIVE", None)
    names = [item["AttributeName"] for item in plane.look()["AttributeDefinitions"]]
    assert names == ["pk"]


def test_a_backfilling_index_can_be_deleted() -> None:
    """Deleting it in the second phase cancels the creation for good."""
    plane = Plane()
    plane.create(table())
    plane.update(**create_index())
    plane.time += 41
    plane.update(**delete_index("by-day"))
    plane.time += 1_000
    assert plane.index("by-day") is None


def test_an_index_update_leaves_the_table_active() -> None:
    """An index's throughput changes while the table stays ACTIVE."""
    plane = Plane()
    indexes = [index("by-email", "email", **throughput(1, 1))]
    plane.create(indexed_table(GlobalSecondaryIndexes=indexes, **throughput(5, 5)))
    plane.update(**update_index("by-email", 2, 1))
    assert (plane.status(), plane.index("by-email")) == ("ACTIVE", ("UPDATING", None))
    plane.time += 3
    assert plane.index("by-email") == ("ACTIVE", None)
    capacity = plane.look()["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]
    assert capacity["ReadCapacityUnits"] == 2


def test_updating_an_index_in_backfill_shows_both() -> None:
    """Then it is UPDATING with Backfilling true: the developer guide says so."""
    plane = Plane()
    plane.create(table(**throughput(5, 5)))
    plane.update(**create_index(**throughput(1, 1)))
    plane.time += 40
    plane.update(**update_index("by-day", 2, 2))
    assert plane.index("by-day") == ("UPDATING", True)
    plane.time += 3
    assert plane.index("by-day") == ("CREATING", True)


def test_a_billing_switch_takes_long_only_the_first_time() -> None:
    """To on-demand: 150 s at first, 4.5 s when the table was on demand before."""
    plane = Plane()
    plane.create(table(**throughput(5, 5)))
    assert "BillingModeSummary" not in plane.look()
    plane.update(**ON_DEMAND)
    plane.time += 149
    assert plane.status() == "UPDATING"
    plane.time += 1
    assert plane.look()["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    plane.update(BillingMode="PROVISIONED", **throughput(3, 3))
    plane.time += 90
    assert plane.look()["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert plane.look()["ProvisionedThroughput"]["ReadCapacityUnits"] == 3
    plane.update(**ON_DEMAND)
    plane.time += 4.5
    assert plane.status() == "ACTIVE"


def test_a_billing_switch_carries_the_indexes() -> None:
    """To provisioned, the indexes get their capacities and are UPDATING a while."""
    plane = Plane()
    plane.create(indexed_table())
    request = {"BillingMode": "PROVISIONED", **throughput(3, 3)}
    plane.update(**request, **update_index("by-email", 2, 2))
    assert plane.index("by-email") == ("UPDATING", None)
    plane.time += 6
    assert (plane.status(), plane.index("by-email")) == ("UPDATING", ("ACTIVE", None))
    plane.time += 84
    capacity = plane.look()["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]
    assert (plane.status(), capacity["ReadCapacityUnits"]) == ("ACTIVE", 2)


def test_what_changes_nothing_says_updating() -> None:
    """PAY_PER_REQUEST on such a table is accepted, says UPDATING, and does nothing."""
    plane = Plane()
    plane.create(table())
    assert plane.update(**ON_DEMAND)["TableStatus"] == "UPDATING"
    assert plane.status() == "ACTIVE"


def test_encryption_changes_behind_an_active_table() -> None:
    """The response says nothing of it; DescribeTable says UPDATING for 22 s."""
    plane = Plane()
    plane.create(table())
    response = plane.update(SSESpecification={"Enabled": True, "SSEType": "KMS"})
    assert "SSEDescription" not in response
    assert plane.status() == "ACTIVE"
    assert plane.look()["SSEDescription"]["Status"] == "UPDATING"
    plane.time += 22
    assert plane.look()["SSEDescription"]["Status"] == "ENABLED"
    plane.update(SSESpecification={"Enabled": False})
    plane.time += 22
    assert "SSEDescription" not in plane.look()


def test_streams_and_classes_hold_the_table() -> None:
    """Both are UPDATING for their time; a stream gets its label at once."""
    plane = Plane()
    plane.create(table())
    view = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    response = plane.update(StreamSpecification=view)
    assert response["LatestStreamArn"].endswith(response["LatestStreamLabel"])
    assert plane.status() == "UPDATING"
    plane.time += 4.5
    plane.update(StreamSpecification={"StreamEnabled": False})
    plane.time += 4.5
    assert "StreamSpecification" not in plane.look()
    plane.update(TableClass="STANDARD_INFREQUENT_ACCESS")
    assert plane.status() == "UPDATING"
    plane.time += 5
    summary = plane.look()["TableClassSummary"]
    assert summary["TableClass"] == "STANDARD_INFREQUENT_ACCESS"


def test_a_stale_look_sees_the_past() -> None:
    """A describe may answer as of some seconds ago, down to the state that was then."""
    plane = Plane()
    plane.create(table(), wait=6)
    assert plane.look(age=0.5)["TableStatus"] == "ACTIVE"
    assert plane.look(age=2)["TableStatus"] == "CREATING"
    with pytest.raises(ServiceFault, match="not found"):
        plane.look(age=7)
    plane.delete()
    plane.time += 5
    assert plane.look(age=1)["TableStatus"] == "DELETING"


def test_a_description_belongs_to_its_reader() -> None:
    """Whoever changes what was returned changes nothing for the next reader."""
    plane = Plane()
    plane.create(indexed_table())
    found = plane.look()
    found["GlobalSecondaryIndexes"].clear()
    found["KeySchema"][0]["KeyType"] = "?"
    assert plane.index("by-email") == ("ACTIVE", None)
    assert plane.look()["KeySchema"][0]["KeyType"] == "HASH"


def test_tables_are_listed_by_the_page() -> None:
    """ListTables is sorted, stops at its limit and says where to go on."""
    plane = Plane()
    for name in ("ccc", "aaa", "bbb"):
        plane.create(table(name))
    first = plane.plane.handle("ListTables", {"Limit": 2})
    assert first == {
        "TableNames": ["aaa", "bbb"],
        "LastEvaluatedTableName": "bbb",
    }
    rest = plane.plane.handle("ListTables", {"ExclusiveStartTableName": "bbb"})
    assert rest == {"TableNames": ["ccc"]}


def test_an_arn_is_a_name() -> None:
    """Operations take a table's ARN where they take its name."""
    plane = Plane()
    plane.create(table())
    assert plane.look(plane.look()["TableArn"])["TableName"] == "orders"


def test_dates_are_those_of_the_clock() -> None:
    """Creation dates count from `start`, which must have a time zone."""
    start = datetime(2027, 5, 1, tzinfo=UTC)
    plane = ControlPlane(lambda: 60.0, start=start)
    created = plane.handle("CreateTable", table())["TableDescription"]
    assert created["CreationDateTime"] == datetime(2027, 5, 1, 0, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="aware"):
        ControlPlane(lambda: 0.0, start=datetime(2027, 5, 1))  # noqa: DTZ001 - the claim


def test_durations_are_checked() -> None:
    """A negative duration or no number at all is refused by name."""
    with pytest.raises(ValueError, match="index_backfill"):
        Durations(index_backfill=-1)
    with pytest.raises(ValueError, match="table_create"):
        Durations(table_create=float("nan"))


def test_an_endless_backfill_never_ends() -> None:
    """An infinite duration is allowed: some builds never finish."""
    plane = Plane(Durations(index_backfill=float("inf")))
    plane.create(table())
    plane.update(**create_index())
    plane.time += 1e9
    assert plane.index("by-day") == ("CREATING", True)
