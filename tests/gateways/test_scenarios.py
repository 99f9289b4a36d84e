"""The same scenarios through every face."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from dynawait import (
    Event,
    ImpossibleError,
    Polling,
    ServiceError,
    TableGoneError,
    WaitTimeoutError,
    quiet,
    table_absent,
    table_active,
)
from dynawait.testing import Durations, Faults, clients
from dynawait.testing.model import operations
from tests.gateways.faces import KEY, Job, create, run, service, together

if TYPE_CHECKING:
    from dynawait.testing import SimulatedDynamoDB
    from tests.gateways.faces import Face


def describes(dynamodb: SimulatedDynamoDB) -> int:
    """Count the looks at tables."""
    return sum(call.operation == "DescribeTable" for call in dynamodb.calls)


def faults_in(faults: Faults) -> str:
    """Name the faults that may happen, for the test report."""
    names = ["throttle", "server_error", "dropped", "lost_response"]
    names += ["stale_describe", "missing_after_create"]
    return "-".join(name for name in names if getattr(faults, name)) or "latency"


def test_active_after_create(face: Face) -> None:
    """A table that was just created is awaited, and noticed within the promise."""
    create(face.dynamodb)
    state = run(face, "wait_for_table_active", "orders")
    assert state.status == "ACTIVE"
    assert 5 <= face.dynamodb.clock.now() <= 5 * 1.15


def test_active_already(face: Face) -> None:
    """A table that is ACTIVE already takes one call and no time."""
    create(face.dynamodb)
    face.dynamodb.clock.advance(60)
    assert run(face, "wait_for_table_active", "orders").exists
    assert describes(face.dynamodb) == 1
    assert face.dynamodb.clock.now() == 60


def test_backfill(face: Face) -> None:
    """An index is awaited through both of its phases."""
    create(face.dynamodb)
    face.dynamodb.clock.advance(60)
    face.dynamodb.client().update_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-email",
                    "KeySchema": KEY,
                    "Projection": {"ProjectionType": "ALL"},
                }
            }
        ],
    )
    texts: list[str] = []
    state = run(
        face,
        "wait_for_indexes_active",
        "orders",
        ["by-email"],
        on_event=lambda event: texts.append(event.text),
    )
    assert state.indexes["by-email"].is_active
    assert any("allocating" in text for text in texts)
    assert any("backfilling" in text for text in texts)
    assert 560 <= face.dynamodb.clock.now() - 60 <= 560 + 11


def test_deleted(face: Face) -> None:
    """A table that is being deleted is awaited until it is not found."""
    create(face.dynamodb)
    face.dynamodb.clock.advance(60)
    face.dynamodb.client().delete_table(TableName="orders")
    assert run(face, "wait_for_table_deleted", "orders") is None
    assert 65 <= face.dynamodb.clock.now() <= 66


@pytest.mark.parametrize("timeout", [0, 0.01, 3, 30])
def test_time_out(face: Face, timeout: float) -> None:
    """A wait ends at its timeout, to the second and below."""
    face.dynamodb = service(durations=Durations(table_create=3600))
    create(face.dynamodb)
    with pytest.raises(WaitTimeoutError, match="table is CREATING") as caught:
        run(face, "wait_for_table_active", "orders", timeout=timeout)
    assert caught.value.state is not None
    assert face.dynamodb.clock.now() == pytest.approx(timeout, abs=1e-3)


def test_impossible(face: Face) -> None:
    """A table that is being deleted will not be ACTIVE."""
    create(face.dynamodb)
    face.dynamodb.clock.advance(60)
    face.dynamodb.client().delete_table(TableName="orders")
    with pytest.raises(ImpossibleError, match="table is DELETING"):
        run(face, "wait_for_table_active", "orders")
    assert describes(face.dynamodb) == 1


def test_gone(face: Face) -> None:
    """A table that goes while something else is awaited of it is told as gone."""
    create(face.dynamodb, "orders", "by-email")
    face.dynamodb.clock.advance(60)
    face.dynamodb.client().delete_table(TableName="orders")
    with pytest.raises(TableGoneError):
        run(face, "wait_for_indexes_deleted", "orders", "by-email")


def test_missing(face: Face) -> None:
    """What does not exist is awaited with a warning, or fails after the grace."""
    events: list[Event] = []
    with pytest.raises(WaitTimeoutError, match="table orders does not exist"):
        run(face, "wait_for_table_active", "orders", timeout=30, on_event=events.append)
    (warning,) = (event for event in events if event.name == "wait.missing")
    assert warning.elapsed == pytest.approx(10, abs=0.1)
    with pytest.raises(ImpossibleError):
        run(face, "wait_for_table_active", "orders", missing="fail")
    assert face.dynamodb.clock.now() == pytest.approx(40, abs=0.1)


@pytest.mark.parametrize(
    "faults",
    [
        Faults(throttle=0.5),
        Faults(server_error=0.5),
        Faults(dropped=0.5),
        Faults(lost_response=0.5),
        Faults(stale_describe=0.5),
        Faults(missing_after_create=1.0),
        Faults(latency=(0.01, 2.0)),
        Faults(
            throttle=0.1,
            server_error=0.1,
            dropped=0.1,
            lost_response=0.1,
            stale_describe=0.2,
            missing_after_create=0.5,
            latency=(0.01, 0.5),
        ),
    ],
    ids=faults_in,
)
def test_faults(face: Face, faults: Faults) -> None:
    """Whatever goes wrong on the way, the wait ends in success when the table is."""
    create(face.dynamodb)
    face.dynamodb.faults = faults
    state = run(face, "wait_for_table_active", "orders", timeout=None)
    assert state.status == "ACTIVE"
    assert face.dynamodb.clock.now() >= 5


def test_faults_that_never_end(face: Face) -> None:
    """A service that only throttles uses up the timeout, and is the cause."""
    face.dynamodb.faults = Faults(throttle=1.0)
    with pytest.raises(WaitTimeoutError, match="Rate exceeded") as caught:
        run(face, "wait_for_table_active", "orders", timeout=120)
    assert caught.value.__cause__ is not None
    assert face.dynamodb.clock.now() == pytest.approx(120, abs=1e-3)


def test_unreachable(face: Face) -> None:
    """A service that never answers ends a wait for ever after five minutes."""
    face.dynamodb.faults = Faults(dropped=1.0)
    with pytest.raises(ServiceError, match="ConnectionClosedError") as caught:
        run(face, "wait_for_table_active", "orders", timeout=None)
    assert caught.value.__cause__ is not None
    assert 300 <= face.dynamodb.clock.now() <= 325


def test_all(face: Face) -> None:
    """Many tables are awaited at once, each with its own condition."""
    for place in range(30):
        create(face.dynamodb, f"table-{place}")
    conditions: dict[str, Any] = {
        f"table-{place}": table_active() if place % 2 else quiet()
        for place in range(30)
    }
    conditions["not-there"] = table_absent()
    states = run(face, "wait_for_all", conditions)
    assert list(states) == list(conditions)
    assert states["table-7"].status == "ACTIVE"
    assert not states["not-there"].exists
    assert 5 <= face.dynamodb.clock.now() <= 8


def test_all_fails_with_one(face: Face) -> None:
    """The first failure ends the waits for all other tables."""
    create(face.dynamodb, "doomed")
    face.dynamodb.clock.advance(60)
    face.dynamodb.client().delete_table(TableName="doomed")
    conditions = {f"missing-{place}": table_active() for place in range(20)}
    conditions["doomed"] = table_active()
    with pytest.raises(ImpossibleError, match=r"^doomed: ") as caught:
        run(face, "wait_for_all", conditions)
    assert caught.value.table == "doomed"
    calls = len(face.dynamodb.calls)
    face.dynamodb.clock.advance(60)
    assert len(face.dynamodb.calls) == calls


def test_all_of_nothing(face: Face) -> None:
    """To wait for no table returns at once."""
    assert run(face, "wait_for_all", {}) == {}


def test_the_rate_cap(face: Face) -> None:
    """The rate cap holds on every runtime."""
    for place in range(12):
        create(face.dynamodb, f"table-{place}")
    conditions = {f"table-{place}": table_active() for place in range(12)}
    run(face, "wait_for_all", conditions, max_rate=4)
    times = [c.time for c in face.dynamodb.calls if c.operation == "DescribeTable"]
    assert min(b - a for a, b in pairwise(times)) >= 0.25 - 1e-6


def test_concurrent_waiters(face: Face) -> None:
    """Many waiters of one table share their looks."""
    create(face.dynamodb)
    outcomes = together(face, *[Job("wait_for_table_active", "orders")] * 20)
    assert [outcome.status for outcome in outcomes] == ["ACTIVE"] * 20
    # Alone it takes about 22.
    assert describes(face.dynamodb) <= 35


def test_concurrent_waiters_differ(face: Face) -> None:
    """Waiters of one table with different timeouts end each at its own."""
    face.dynamodb = service(durations=Durations(table_create=40))
    create(face.dynamodb)
    timeouts = (1, 5, 20, 60, None)
    jobs = [Job("wait_for_table_active", "orders", timeout=one) for one in timeouts]
    ends = together(face, *jobs)
    for timeout, end in zip(timeouts[:3], ends[:3], strict=True):
        assert isinstance(end, WaitTimeoutError)
        assert end.elapsed == pytest.approx(timeout, abs=0.01)
    assert [end.status for end in ends[3:]] == ["ACTIVE", "ACTIVE"]


def test_concurrent_trouble(face: Face) -> None:
    """Waiters of several tables go on although every other call fails."""
    for name in ("orders", "users", "carts"):
        create(face.dynamodb, name)
    face.dynamodb.faults = Faults(
        throttle=0.2, dropped=0.2, server_error=0.1, latency=(0.01, 0.3)
    )
    jobs = [Job("wait_for_quiet", name) for name in ("orders", "users", "carts") * 3]
    assert all(outcome.status == "ACTIVE" for outcome in together(face, *jobs))


def test_probes(face: Face) -> None:
    """An index is asked, and a table written to, until they answer."""
    create(face.dynamodb, "orders", "by-email")
    state = run(face, "indexes_queryable", "orders")
    assert state.indexes["by-email"].is_active
    assert run(face, "table_writable", "orders").exists
    operations = {call.operation for call in face.dynamodb.calls}
    assert operations == {"CreateTable", "DescribeTable", "Query", "PutItem"}


def test_an_operation_that_the_client_lacks(
    face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that is too old for an operation fails with its own error."""
    monkeypatch.delitem(clients.METHODS, "describe_time_to_live")
    monkeypatch.delitem(operations.OPERATIONS, "DescribeTimeToLive")
    with pytest.raises((AttributeError, ServiceError)):
        run(face, "wait_for_time_to_live", "orders")


def test_describe(face: Face) -> None:
    """One look shows what there is."""
    assert not run(face, "describe", "orders").exists
    create(face.dynamodb)
    assert run(face, "describe", "orders").status == "CREATING"


def test_a_schedule_of_its_own(face: Face) -> None:
    """The schedule that is given is the one that is kept."""
    create(face.dynamodb)
    polling = Polling(floor=2, cap=2, jitter=0)
    run(face, "wait_for_table_active", "orders", polling=polling)
    times = [c.time for c in face.dynamodb.calls if c.operation == "DescribeTable"]
    assert times == [pytest.approx(moment, abs=1e-3) for moment in (0, 2, 4, 6)]
