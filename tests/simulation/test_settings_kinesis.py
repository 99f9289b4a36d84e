"""Kinesis destinations."""

from __future__ import annotations

import pytest

from dynawait.testing import Ending
from tests.simulation.samples import ORDERS, OTHER_STREAM, STREAM, Desk
from tests.simulation.support import IN_USE, table

WRONG = "ValidationException: Table is not in a valid state to enable Kinesis Streaming"
MUST_BE_OFF = (
    f"{WRONG} Destination: EnableKinesisStreamingDestination must be DISABLED or "
    "ENABLE_FAILED to perform ENABLE operation."
)
MUST_BE_ACTIVE = (
    f"{WRONG} Destination: KinesisStreamingDestination must be ACTIVE to perform "
    "DISABLE operation."
)
NO_ACCESS = "User does not have a permission to use kinesis stream"
BY_STREAM = {**ORDERS, "StreamArn": STREAM}
OTHER = {**ORDERS, "StreamArn": OTHER_STREAM}
ENABLE = "EnableKinesisStreamingDestination"
DISABLE = "DisableKinesisStreamingDestination"
UPDATE = "UpdateKinesisStreamingDestination"
MICRO = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}


def desk_with_table() -> Desk:
    """Return a plane with a table that has been ACTIVE for a while."""
    desk = Desk()
    desk.create(table())
    return desk


def look(desk: Desk) -> dict[str, str]:
    """Return the status of each destination, by its stream."""
    response = desk.ask("DescribeKinesisStreamingDestination", **ORDERS)
    assert response["TableName"] == "orders"
    return {
        one["StreamArn"]: one["DestinationStatus"]
        for one in response["KinesisDataStreamDestinations"]
    }


def entry(desk: Desk) -> dict[str, str]:
    """Return the destination that was enabled last."""
    response = desk.ask("DescribeKinesisStreamingDestination", **ORDERS)
    first = response["KinesisDataStreamDestinations"][0]
    assert isinstance(first, dict)
    return first


def test_a_destination_comes_and_goes() -> None:
    """ENABLING, ACTIVE, DISABLING, DISABLED: the table is ACTIVE all the while, and the
    DISABLED one stays listed until it is enabled again.
    """
    desk = desk_with_table()
    assert look(desk) == {}
    response = desk.ask(ENABLE, **BY_STREAM)
    assert response == {
        **BY_STREAM,
        "DestinationStatus": "ENABLING",
        "EnableKinesisStreamingConfiguration": {},
    }
    assert (look(desk), desk.status()) == ({STREAM: "ENABLING"}, "ACTIVE")
    desk.wait(5)
    assert entry(desk) == {"StreamArn": STREAM, "DestinationStatus": "ACTIVE"}
    assert desk.ask(DISABLE, **BY_STREAM)["DestinationStatus"] == "DISABLING"
    desk.wait(2)
    assert look(desk) == {STREAM: "DISABLED"}
    desk.ask(ENABLE, **BY_STREAM)
    assert look(desk) == {STREAM: "ENABLING"}


def test_one_destination_lives_at_a_time() -> None:
    """While one is in flight or ACTIVE none can be enabled, neither it nor another; a
    change of one that is not ACTIVE is refused.
    """
    desk = desk_with_table()
    desk.ask(ENABLE, **BY_STREAM)
    configured = {"UpdateKinesisStreamingConfiguration": MICRO}
    for request in (BY_STREAM, OTHER):
        assert desk.refused(ENABLE, **request) == MUST_BE_OFF
        assert desk.refused(DISABLE, **request) == MUST_BE_ACTIVE
    not_active = "Kinesis streaming is not in ACTIVE state. Updates are only allowed in"
    assert desk.refused(UPDATE, **BY_STREAM, **configured) == (
        f"{WRONG} Destination: {not_active} ACTIVE state. TableName: orders, kdsArn: "
        f"{STREAM}"
    )
    assert desk.refused(UPDATE, **OTHER, **configured) == (
        f"{WRONG} Destination: No streaming destination with streamArn: {OTHER_STREAM}"
        " found for table with tableName: orders"
    )
    desk.wait(5)
    assert desk.refused(ENABLE, **OTHER) == MUST_BE_OFF
    desk.ask(DISABLE, **BY_STREAM)
    desk.wait(2)
    desk.ask(ENABLE, **OTHER)
    desk.wait(5)
    assert look(desk) == {OTHER_STREAM: "ACTIVE", STREAM: "DISABLED"}


def test_a_precision_is_changed_in_minutes() -> None:
    """It shows at once, UPDATING lasts, and the same again is refused; a stream that is
    enabled anew has none.
    """
    desk = desk_with_table()
    desk.ask(ENABLE, **BY_STREAM)
    desk.wait(5)
    configured = {"UpdateKinesisStreamingConfiguration": MICRO}
    response = desk.ask(UPDATE, **BY_STREAM, **configured)
    assert response == {**BY_STREAM, "DestinationStatus": "UPDATING", **configured}
    assert entry(desk) == {
        "StreamArn": STREAM,
        "DestinationStatus": "UPDATING",
        **MICRO,
    }
    desk.wait(135)
    assert look(desk) == {STREAM: "ACTIVE"}
    same = desk.refused(UPDATE, **BY_STREAM, **configured)
    assert same.startswith(
        "ValidationException: Invalid Request: Precision is already set to the desired "
        "value of MICROSECOND for tableId: "
    )
    desk.ask(DISABLE, **BY_STREAM)
    desk.wait(2)
    assert "ApproximateCreationDateTimePrecision" not in entry(desk)


@pytest.mark.parametrize("configuration", [None, {}])
def test_an_update_names_a_precision(configuration: dict[str, str] | None) -> None:
    """Without one it is refused, and so is a disable with one."""
    desk = desk_with_table()
    refusal = desk.refused(
        UPDATE, **BY_STREAM, UpdateKinesisStreamingConfiguration=configuration
    )
    assert "cannot be null or contain only null values" in refusal
    refusal = desk.refused(
        DISABLE, **BY_STREAM, EnableKinesisStreamingConfiguration=MICRO
    )
    expected = "Stream cannot be disabled using EnableKinesisStreamingConfiguration"
    assert refusal == f"ValidationException: {expected} parameters"


@pytest.mark.parametrize(
    ("arn", "description"),
    [
        (
            "arn:aws:kinesis:eu-west-1:123456789012:stream/changes",
            "belongs to a stream which is not in the current region",
        ),
        (
            "arn:aws:kinesis:us-east-1:210987654321:stream/changes",
            "belongs to a stream which is not in Active state",
        ),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/orders", NO_ACCESS),
        ("arn:aws:kinesis:us-east-1:123456789012:stream/a/consumer/b:1", NO_ACCESS),
    ],
)
def test_a_wrong_stream_fails_later(arn: str, description: str) -> None:
    """It is accepted and ENABLING, then ENABLE_FAILED with AWS's description."""
    desk = desk_with_table()
    desk.ask(ENABLE, **ORDERS, StreamArn=arn)
    assert look(desk) == {arn: "ENABLING"}
    desk.wait(2)
    found = entry(desk)
    assert found["DestinationStatus"] == "ENABLE_FAILED"
    assert description in found["DestinationStatusDescription"]
    assert desk.refused(DISABLE, **ORDERS, StreamArn=arn) == MUST_BE_ACTIVE


def test_a_failure_can_be_arranged() -> None:
    """The stream that a test names fails once, with its reason, and is then enabled."""
    desk = desk_with_table()
    desk.plane.arrange("kinesis", Ending("ENABLE_FAILED", NO_ACCESS), name=STREAM)
    desk.ask(ENABLE, **BY_STREAM)
    desk.wait(2)
    assert entry(desk)["DestinationStatusDescription"] == NO_ACCESS
    desk.ask(ENABLE, **BY_STREAM)
    desk.wait(5)
    assert look(desk) == {STREAM: "ACTIVE"}


def test_the_tables_state_counts() -> None:
    """A new table is not found, then in use; a dying one can still be looked at, and
    shows UPDATING.
    """
    desk = Desk()
    desk.create(table(), wait=0)
    assert desk.refused(ENABLE, **BY_STREAM).startswith("ResourceNotFoundException")
    desk.wait(2.1)
    assert look(desk) == {}
    busy = f"{IN_USE}Table is being created: orders"
    assert desk.refused(ENABLE, **BY_STREAM) == busy
    desk.wait(3)
    desk.ask(ENABLE, **BY_STREAM)
    desk.wait(5)
    desk.delete()
    desk.wait(4)
    assert look(desk) == {STREAM: "UPDATING"}
    assert desk.refused(DISABLE, **BY_STREAM) == MUST_BE_ACTIVE
    assert desk.refused(ENABLE, **OTHER) == MUST_BE_OFF
    desk.wait(1)
    refusal = desk.refused("DescribeKinesisStreamingDestination", **ORDERS)
    assert refusal.startswith("ResourceNotFoundException")
