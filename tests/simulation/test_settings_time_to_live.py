"""Time to live is changed once an hour, and says so."""

from __future__ import annotations

from typing import Any

from dynawait.testing import Durations
from tests.simulation.samples import ARN, ORDERS, Desk
from tests.simulation.support import IN_USE, table

INVALID = "ValidationException: "
MISSING = "ResourceNotFoundException: Requested resource not found: Table: orders not"
TOO_SOON = (
    f"{INVALID}Time to live has been modified multiple times within a fixed interval"
)


def wanted(attribute: str = "expires", *, enabled: bool = True) -> dict[str, Any]:
    """Return an UpdateTimeToLive."""
    specification = {"Enabled": enabled, "AttributeName": attribute}
    return {**ORDERS, "TimeToLiveSpecification": specification}


def desk_with_table(**durations: float) -> Desk:
    """Return a plane with a table that has been ACTIVE for a while."""
    desk = Desk(Durations(**durations))
    desk.create(table())
    return desk


def state(desk: Desk) -> dict[str, str]:
    """Return the description of time to live."""
    found = desk.ask("DescribeTimeToLive", **ORDERS)["TimeToLiveDescription"]
    assert isinstance(found, dict)
    return found


def test_a_change_is_settled_at_once() -> None:
    """The response echoes the request; the next look shows ENABLED, with the attribute,
    and after a disable no attribute any more.
    """
    desk = desk_with_table()
    assert state(desk) == {"TimeToLiveStatus": "DISABLED"}
    response = desk.ask("UpdateTimeToLive", **wanted())
    specification = {"Enabled": True, "AttributeName": "expires"}
    assert response == {"TimeToLiveSpecification": specification}
    enabled = {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert state(desk) == enabled
    assert desk.status() == "ACTIVE"
    desk.wait(3_600)
    desk.ask("UpdateTimeToLive", **wanted(enabled=False))
    assert state(desk) == {"TimeToLiveStatus": "DISABLED"}


def test_a_change_may_take_its_time() -> None:
    """Where it is told to last, it is ENABLING, and DISABLING with the attribute."""
    desk = desk_with_table(time_to_live=30, time_to_live_interval=60)
    desk.ask("UpdateTimeToLive", **wanted())
    assert state(desk)["TimeToLiveStatus"] == "ENABLING"
    desk.wait(30)
    assert state(desk)["TimeToLiveStatus"] == "ENABLED"
    desk.wait(30)
    desk.ask("UpdateTimeToLive", **wanted(enabled=False))
    disabling = {"TimeToLiveStatus": "DISABLING", "AttributeName": "expires"}
    assert state(desk) == disabling
    desk.wait(30)
    assert state(desk) == {"TimeToLiveStatus": "DISABLED"}


def test_a_second_change_within_the_hour_is_refused() -> None:
    """From one change to the next an hour passes; a refusal does not lengthen it."""
    desk = desk_with_table()
    desk.ask("UpdateTimeToLive", **wanted())
    desk.wait(3_599)
    assert desk.refused("UpdateTimeToLive", **wanted(enabled=False)) == TOO_SOON
    desk.wait(1)
    desk.ask("UpdateTimeToLive", **wanted(enabled=False))
    assert desk.refused("UpdateTimeToLive", **wanted()) == TOO_SOON


def test_the_measured_interval_can_be_had() -> None:
    """What AWS was measured to do, half an hour, is a duration like any other."""
    desk = desk_with_table(time_to_live_interval=1_860)
    desk.ask("UpdateTimeToLive", **wanted())
    desk.wait(1_860)
    desk.ask("UpdateTimeToLive", **wanted(enabled=False))


def test_what_is_so_already_is_said_before_the_interval() -> None:
    """Enabling again, another attribute, and disabling what is off have own texts."""
    desk = desk_with_table()
    off = f"{INVALID}TimeToLive is already disabled"
    assert desk.refused("UpdateTimeToLive", **wanted(enabled=False)) == off
    desk.ask("UpdateTimeToLive", **wanted())
    on = f"{INVALID}TimeToLive is already enabled"
    assert desk.refused("UpdateTimeToLive", **wanted()) == on
    other = f"{INVALID}TimeToLive is active on a different AttributeName: current"
    other += " AttributeName is expires"
    assert desk.refused("UpdateTimeToLive", **wanted("until")) == other
    refusal = desk.refused("UpdateTimeToLive", **wanted("until", enabled=False))
    assert refusal == other


def test_a_new_table_is_not_ready() -> None:
    """A table that is CREATING is not found at first, then in use; a describe says in
    which state it is.
    """
    desk = Desk()
    desk.create(table(), wait=0)
    in_state = "Cannot describe time to live while table is in CREATING state: Current"
    in_state = f"{INVALID}{in_state} table state is CREATING"
    assert desk.refused("DescribeTimeToLive", **ORDERS) == in_state
    assert desk.refused("UpdateTimeToLive", **wanted()) == f"{MISSING} found"
    desk.wait(2.1)
    busy = f"{IN_USE}Table orders is being created"
    assert desk.refused("UpdateTimeToLive", **wanted()) == busy
    desk.wait(2.9)
    desk.ask("UpdateTimeToLive", **wanted())


def test_a_dying_table_is_forgotten_early() -> None:
    """For a second after DeleteTable a change is accepted; then the table is not found,
    while it is still DELETING.
    """
    desk = desk_with_table()
    desk.delete()
    desk.ask("UpdateTimeToLive", **wanted())
    deleting = "table is in DELETING state: Current table state is DELETING"
    assert deleting in desk.refused("DescribeTimeToLive", **ORDERS)
    desk.wait(1.2)
    assert desk.refused("UpdateTimeToLive", **wanted()) == f"{MISSING} found"
    assert desk.status() == "DELETING"
    desk.wait(5)
    assert desk.refused("DescribeTimeToLive", **ORDERS) == f"{MISSING} found"


def test_a_new_incarnation_starts_afresh() -> None:
    """A table that is created anew under the name has no time to live."""
    desk = desk_with_table()
    desk.ask("UpdateTimeToLive", **wanted())
    desk.delete()
    desk.wait(5)
    desk.create(table())
    assert state(desk) == {"TimeToLiveStatus": "DISABLED"}
    desk.ask("UpdateTimeToLive", **wanted("until"))


def test_a_replica_that_is_added_holds_it() -> None:
    """It is one for all Regions: while a replica is CREATING a change is refused."""
    desk = desk_with_table()
    desk.plane.count_items("orders", 1)
    desk.update(ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}])
    desk.wait(60)
    refusal = desk.refused("UpdateTimeToLive", **wanted())
    assert "not allowed while the replica is being added" in refusal
    desk.wait(1_000)
    desk.ask("UpdateTimeToLive", **wanted())


def test_a_lost_key_keeps_what_needs_it() -> None:
    """Time to live, backups and insights are refused with the key service's words;
    recovery and tags are not.
    """
    desk = Desk()
    encryption = {"Enabled": True, "SSEType": "KMS"}
    desk.create(table(SSESpecification=encryption))
    desk.plane.lose_key("orders", at_once=True)
    assert desk.status() == "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
    for operation, request in (
        ("UpdateTimeToLive", wanted()),
        ("CreateBackup", {**ORDERS, "BackupName": "nightly"}),
        (
            "UpdateContributorInsights",
            {**ORDERS, "ContributorInsightsAction": "ENABLE"},
        ),
    ):
        refusal = desk.refused(operation, **request)
        assert refusal.startswith("ValidationException: KMS key disabled error:")
    recovery = {"PointInTimeRecoveryEnabled": True}
    desk.ask(
        "UpdateContinuousBackups", **ORDERS, PointInTimeRecoverySpecification=recovery
    )
    tag = {"Key": "team", "Value": "shop"}
    desk.ask("TagResource", ResourceArn=ARN, Tags=[tag])
