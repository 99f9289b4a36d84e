"""Waiters of settings reach their ends against the simulated service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait import ImpossibleError, TableGoneError, WaitTimeoutError
from dynawait.testing import Durations, Ending, SimulatedDynamoDB
from tests.simulation.faces import both_faces
from tests.simulation.samples import ARN, ORDERS, OTHER_POLICY, POLICY, STREAM
from tests.simulation.support import indexed_table, table

if TYPE_CHECKING:
    from tests.simulation.faces import Wait

RECOVERY = {"PointInTimeRecoveryEnabled": True}
ENABLE = {**ORDERS, "ContributorInsightsAction": "ENABLE"}


def service(wait: float = 60.0, **durations: float) -> SimulatedDynamoDB:
    """Return a service with a table and an index that have been ACTIVE for a while."""
    dynamodb = SimulatedDynamoDB(durations=Durations(**durations))
    dynamodb.client().create_table(**indexed_table())
    dynamodb.clock.advance(wait)
    return dynamodb


def expiry(*, enabled: bool = True) -> dict[str, Any]:
    """Return an UpdateTimeToLive."""
    specification = {"Enabled": enabled, "AttributeName": "expires"}
    return {**ORDERS, "TimeToLiveSpecification": specification}


@both_faces
def test_time_to_live(wait: Wait) -> None:
    """It is waited for through ENABLING, and through DISABLING."""
    dynamodb = service(time_to_live=1_800)
    client = dynamodb.client()
    client.update_time_to_live(**expiry())
    state = wait(dynamodb, "wait_for_time_to_live", "orders", attribute="expires")
    assert (state.status, state.attribute) == ("ENABLED", "expires")
    assert 1_860 <= dynamodb.clock.now() < 2_100
    dynamodb.clock.advance(3_600)
    client.update_time_to_live(**expiry(enabled=False))
    state = wait(dynamodb, "wait_for_time_to_live", "orders", False)
    assert (state.status, state.attribute) == ("DISABLED", None)


@both_faces
def test_time_to_live_of_another_attribute(wait: Wait) -> None:
    """Enabled on another attribute it cannot come true."""
    dynamodb = service()
    dynamodb.client().update_time_to_live(**expiry())
    with pytest.raises(ImpossibleError, match="enabled on expires"):
        wait(dynamodb, "wait_for_time_to_live", "orders", attribute="until")


@both_faces
def test_time_to_live_of_a_new_table(wait: Wait) -> None:
    """While the table is CREATING the look is refused, and the waiter looks again."""
    dynamodb = service(wait=0)
    state = wait(dynamodb, "wait_for_time_to_live", "orders", False)
    assert state.status == "DISABLED"
    assert 18 <= dynamodb.clock.now() < 30


@both_faces
def test_point_in_time_recovery(wait: Wait) -> None:
    """What somebody else switches meanwhile is noticed; a table that is not seen yet is
    waited for.
    """
    dynamodb = service(wait=0)
    off = wait(dynamodb, "wait_for_point_in_time_recovery", "orders", False)
    assert off.point_in_time_recovery == "DISABLED"
    dynamodb.clock.advance(60)
    dynamodb.client().update_continuous_backups(
        **ORDERS, PointInTimeRecoverySpecification=RECOVERY
    )
    state = wait(dynamodb, "wait_for_point_in_time_recovery", "orders")
    assert state.point_in_time_recovery == "ENABLED"
    assert state.recovery_period_days == 35
    assert state.earliest_restorable_at == state.latest_restorable_at


@both_faces
def test_a_kinesis_destination(wait: Wait) -> None:
    """It is waited for through ENABLING, and through DISABLING."""
    dynamodb = service()
    client = dynamodb.client()
    client.enable_kinesis_streaming_destination(**ORDERS, StreamArn=STREAM)
    state = wait(dynamodb, "wait_for_kinesis_destination", "orders", STREAM)
    assert state.status == "ACTIVE"
    assert 65 <= dynamodb.clock.now() < 70
    client.disable_kinesis_streaming_destination(**ORDERS, StreamArn=STREAM)
    state = wait(dynamodb, "wait_for_kinesis_destination", "orders", STREAM, False)
    assert state.status == "DISABLED"


@both_faces
def test_a_kinesis_destination_that_fails(wait: Wait) -> None:
    """ENABLE_FAILED ends the wait, with AWS's description."""
    dynamodb = service()
    reason = "User does not have a permission to use kinesis stream"
    dynamodb.plane.arrange("kinesis", Ending("ENABLE_FAILED", reason))
    dynamodb.client().enable_kinesis_streaming_destination(**ORDERS, StreamArn=STREAM)
    with pytest.raises(ImpossibleError, match=f"ENABLE_FAILED.*{reason}"):
        wait(dynamodb, "wait_for_kinesis_destination", "orders", STREAM)


@both_faces
def test_contributor_insights(wait: Wait) -> None:
    """Those of an index are waited for, on and off."""
    dynamodb = service()
    client = dynamodb.client()
    client.update_contributor_insights(**ENABLE, IndexName="by-email")
    name = "wait_for_contributor_insights"
    state = wait(dynamodb, name, "orders", index="by-email")
    assert (state.status, state.index) == ("ENABLED", "by-email")
    assert len(state.rules) == 2
    client.update_contributor_insights(
        **{**ENABLE, "ContributorInsightsAction": "DISABLE"}, IndexName="by-email"
    )
    state = wait(dynamodb, name, "orders", False, index="by-email")
    assert state.status == "DISABLED"


@both_faces
def test_contributor_insights_that_fail(wait: Wait) -> None:
    """FAILED ends the wait, with the error's name and text."""
    dynamodb = service()
    reason = "LimitExceededException: rule limit reached"
    dynamodb.plane.arrange("insights", Ending("FAILED", reason))
    dynamodb.client().update_contributor_insights(**ENABLE)
    expected = "FAILED.*LimitExceededException.*rule limit reached"
    with pytest.raises(ImpossibleError, match=expected):
        wait(dynamodb, "wait_for_contributor_insights", "orders")


@both_faces
def test_a_resource_policy(wait: Wait) -> None:
    """A new one, a certain revision and the absence of one are waited for."""
    dynamodb = service()
    client = dynamodb.client()
    first = client.put_resource_policy(ResourceArn=ARN, Policy=POLICY)["RevisionId"]
    state = wait(dynamodb, "wait_for_resource_policy", "orders")
    assert (state.policy, state.revision_id) == (POLICY, first)
    dynamodb.clock.advance(15)
    second = client.put_resource_policy(ResourceArn=ARN, Policy=OTHER_POLICY)
    revision = second["RevisionId"]
    state = wait(dynamodb, "wait_for_resource_policy", ARN, revision_id=revision)
    assert state.policy == OTHER_POLICY
    dynamodb.clock.advance(15)
    client.delete_resource_policy(ResourceArn=ARN)
    state = wait(dynamodb, "wait_for_resource_policy", ARN, False)
    assert state.policy == ""


@both_faces
def test_a_table_that_goes_meanwhile(wait: Wait) -> None:
    """A table that was seen and is gone is its own failure."""
    dynamodb = service(table_delete=30, settings_gone=5)
    client = dynamodb.client()
    client.enable_kinesis_streaming_destination(**ORDERS, StreamArn=STREAM)
    dynamodb.clock.advance(5)
    client.delete_table(**ORDERS)
    with pytest.raises(TableGoneError):
        wait(dynamodb, "wait_for_kinesis_destination", "orders", STREAM, timeout=300)


@both_faces
def test_a_setting_that_nobody_changes(wait: Wait) -> None:
    """The time is up, and the error says what was last seen."""
    dynamodb = service()
    with pytest.raises(WaitTimeoutError, match="DISABLED"):
        wait(dynamodb, "wait_for_point_in_time_recovery", "orders", timeout=30)
    assert dynamodb.clock.now() == pytest.approx(90, abs=1)


@both_faces
def test_a_table_without_a_waiter_of_its_own(wait: Wait) -> None:
    """A table that is created later is waited for, and its setting then."""
    dynamodb = SimulatedDynamoDB()
    dynamodb.client().create_table(**table())
    state = wait(dynamodb, "wait_for_contributor_insights", "orders", False)
    assert state.status == "DISABLED"
