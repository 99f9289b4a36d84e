"""What is written in a dialect is what its own client reads, and so do we."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait.errors import InvalidArgumentError
from dynawait.locks.dialects import (
    AMAZON,
    GO,
    PYTHON_DYNAMODB_LOCK,
    TERRAFORM,
    TRISTANLS,
    Holding,
)
from dynawait.locks.keys import address
from tests.unit.locks.lock_rows import INFO, JAVA, PYTHON, STATE, STATE_LOCK

if TYPE_CHECKING:
    from dynawait.locks.dialects import Dialect, Write

LEASED = (AMAZON, GO, PYTHON_DYNAMODB_LOCK)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOLDING = Holding(
    owner="runner-7/4711",
    lease=30.0,
    version="v1",
    data=b"payload",
    heartbeat_at=NOON,
    expires_at=NOON + timedelta(days=1),
    acquired_by="host=runner-7",
    fencing_token=7,
)


def _apply(row: dict[str, Any], write: Write) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in write.remove}
    return {**kept, **write.set}


def _acquire(dialect: Dialect, holding: Holding, row: dict[str, Any]) -> dict[str, Any]:
    assert dialect.acquire is not None
    return _apply(row, dialect.acquire(holding))


def test_an_acquired_row_is_spelled_as_java_reads_it() -> None:
    """The lease is a string of milliseconds, and the mark of a release is gone."""
    row = _acquire(AMAZON, HOLDING, {**JAVA, "isReleased": {"S": "1"}})
    assert row == {
        "key": {"S": "order-42"},
        "ownerName": {"S": "runner-7/4711"},
        "leaseDuration": {"S": "30000"},
        "recordVersionNumber": {"S": "v1"},
        "data": {"B": b"payload"},
        "fencingToken": {"N": "7"},
        "heartbeatAt": {"N": str(int(NOON.timestamp()) * 1000)},
        "heartbeatVersion": {"S": "v1"},
        "expiresAt": {"N": str(int(NOON.timestamp()) + 86400)},
        "acquiredBy": {"S": "host=runner-7"},
    }


def test_an_acquired_row_is_spelled_as_go_and_python_read_it() -> None:
    """The one writes a duration, the other seconds as a number, and an expiry."""
    assert _acquire(GO, HOLDING, {})["leaseDuration"] == {"S": "30s"}
    row = _acquire(PYTHON_DYNAMODB_LOCK, HOLDING, {})
    assert row["lease_duration"] == {"N": "30"}
    assert row["expiry_time"] == {"N": str(int(NOON.timestamp()) + 86400)}


def test_a_row_of_python_dynamodb_lock_is_free_when_its_lease_is_nothing() -> None:
    """It knows no other mark, and takes such a row when it has seen it twice."""
    assert PYTHON_DYNAMODB_LOCK.release is not None
    write = PYTHON_DYNAMODB_LOCK.release(None)
    for zero in ("0", "0.0", "0E+5"):
        row = {**PYTHON, **write.set, "lease_duration": {"N": zero}}
        assert PYTHON_DYNAMODB_LOCK.decode(row).released
    assert not PYTHON_DYNAMODB_LOCK.decode(PYTHON).released
    strange = {**PYTHON, "lease_duration": {"S": "0"}}
    assert not PYTHON_DYNAMODB_LOCK.decode(strange).released
    acquired = _acquire(PYTHON_DYNAMODB_LOCK, HOLDING, {**PYTHON, **write.set})
    assert not PYTHON_DYNAMODB_LOCK.decode(acquired).released


@given(
    dialect=st.sampled_from(LEASED),
    lease=st.floats(0.001, 9e9),
    owner=st.text(),
    version=st.text(min_size=1),
    data=st.none() | st.binary() | st.text(),
    token=st.none() | st.integers(0, 10**15),
    moment=st.datetimes(
        min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        timezones=st.just(UTC),
    ),
)
def test_what_is_written_is_read_again(
    *,
    dialect: Dialect,
    lease: float,
    owner: str,
    version: str,
    data: bytes | str | None,
    token: int | None,
    moment: datetime,
) -> None:
    """A lease comes back as long as it was, or by less than a millisecond longer."""
    holding = Holding(
        owner=owner,
        lease=lease,
        version=version,
        data=data,
        heartbeat_at=moment,
        expires_at=moment,
        fencing_token=token,
    )
    blank = dialect.blank_sort_key
    key = address(dialect, "order-42", blank)
    record = dialect.decode(_acquire(dialect, holding, dict(key)))
    assert record.readable, record.problem
    assert (record.key, record.sort_key) == ("order-42", None)
    assert (record.owner, record.version, record.data) == (owner, version, data)
    assert record.fencing_token == token
    assert record.lease is not None
    assert lease * (1 - 1e-15) <= record.lease <= lease * (1 + 1e-15) + 0.001
    assert record.heartbeat_at == moment - timedelta(
        microseconds=moment.microsecond % 1000
    )
    assert record.expires_at == moment.replace(microsecond=0)


@pytest.mark.parametrize("dialect", LEASED)
def test_an_acquisition_leaves_nothing_of_the_former_holder(dialect: Dialect) -> None:
    """Data, times and host of somebody else never pass for the new holder's."""
    before = _acquire(dialect, HOLDING, {})
    plain = Holding(owner="b", lease=5, version="v2", expires_at=NOON)
    record = dialect.decode(_acquire(dialect, plain, before))
    assert (record.data, record.heartbeat_at, record.acquired_by) == (None, None, None)
    assert record.fencing_token == 7  # the token is counted on, never removed


def test_data_can_be_kept_over_an_acquisition() -> None:
    """A user of the Java client may keep a state in a lock's data."""
    kept = Holding(owner="b", lease=5, version="v2", keep_data=True)
    assert _acquire(AMAZON, kept, JAVA)["data"] == {"B": b"payload"}


@pytest.mark.parametrize("dialect", LEASED)
def test_a_heartbeat_moves_only_what_it_proves(dialect: Dialect) -> None:
    """The version, the lease and the times are new; owner, data and token stay."""
    before = _acquire(dialect, HOLDING, {})
    later = NOON + timedelta(seconds=10)
    assert dialect.beat is not None
    beat = dialect.beat(
        Holding(owner="x", lease=60, version="v2", heartbeat_at=later, expires_at=later)
    )
    assert beat.remove == ()
    record = dialect.decode(_apply(before, beat))
    assert (record.version, record.lease, record.heartbeat_at) == ("v2", 60.0, later)
    assert (record.owner, record.data, record.fencing_token) == (
        "runner-7/4711",
        b"payload",
        7,
    )


@pytest.mark.parametrize("dialect", [AMAZON, GO])
def test_a_release_keeps_the_row(dialect: Dialect) -> None:
    """Token and version survive it, and new data may be left behind."""
    assert dialect.release is not None
    before = _acquire(dialect, HOLDING, {})
    released = dialect.decode(_apply(before, dialect.release(None)))
    assert released.released
    assert (released.fencing_token, released.version) == (7, "v1")
    assert released.data == b"payload"
    assert dialect.decode(_apply(before, dialect.release("done"))).data == "done"
    assert dialect.released_mark == {"isReleased": {"S": "1"}}


def test_a_row_that_python_dynamodb_lock_cannot_read_is_not_written() -> None:
    """It dies on a row without an expiry, so that there is none."""
    assert PYTHON_DYNAMODB_LOCK.acquire is not None
    with pytest.raises(InvalidArgumentError, match="without expiry_time"):
        PYTHON_DYNAMODB_LOCK.acquire(Holding(owner="a", lease=5, version="v"))


def test_terraform_gets_an_info_and_nothing_besides() -> None:
    """What is no Info is refused before it could break Terraform's own commands."""
    assert TERRAFORM.acquire is not None
    holding = Holding(owner="", lease=0, version="", data=INFO)
    assert _acquire(TERRAFORM, holding, {"LockID": {"S": STATE}}) == STATE_LOCK
    for data in (None, b"{}", "{}", "no JSON"):
        with pytest.raises(InvalidArgumentError, match="no Info that Terraform reads"):
            TERRAFORM.acquire(Holding(owner="", lease=0, version="", data=data))
    assert TERRAFORM.beat is None
    assert TERRAFORM.release is None


def test_the_javascript_dialect_is_only_read() -> None:
    """There is nothing to write it with."""
    assert (TRISTANLS.acquire, TRISTANLS.beat, TRISTANLS.release) == (None, None, None)


@pytest.mark.parametrize("dialect", LEASED)
@pytest.mark.parametrize("lease", [0, -1, 0.0009, 1e10, float("inf"), float("nan")])
def test_a_lease_that_cannot_be_written_is_refused(
    dialect: Dialect, lease: float
) -> None:
    """It is no length of time that every dialect could write."""
    assert dialect.beat is not None
    with pytest.raises(InvalidArgumentError, match=r"^lease: .* is not between"):
        dialect.beat(Holding(owner="a", lease=lease, version="v"))


def test_leases_are_written_without_noise() -> None:
    """What floating point adds to a lease is not written, and nothing is cut off."""
    for lease, milliseconds in ((0.3, "300"), (0.1 * 3, "300"), (0.0011, "2")):
        row = _acquire(AMAZON, Holding(owner="a", lease=lease, version="v"), {})
        assert row["leaseDuration"] == {"S": milliseconds}
    for lease, seconds in ((30, "30"), (100, "100"), (0.1, "0.1"), (1e9, "1000000000")):
        holding = Holding(owner="a", lease=lease, version="v", expires_at=NOON)
        row = _acquire(PYTHON_DYNAMODB_LOCK, holding, {})
        assert row["lease_duration"] == {"N": seconds}


@pytest.mark.parametrize("dialect", LEASED, ids=lambda dialect: dialect.name)
def test_a_time_that_was_carried_along_is_none(dialect: Dialect) -> None:
    """Clients in Go, and in Java where they update, keep what they do not know: their
    own signs of life show in the version alone, and the time of ours stands still.
    """
    row = {**address(dialect, "order-42"), **_acquire(dialect, HOLDING, {})}
    assert dialect.decode(row).heartbeat_at == NOON
    (version,) = dialect.identity
    theirs = {**row, version: {"S": "v2"}}
    assert dialect.decode(theirs).heartbeat_at is None
    assert dialect.decode(theirs).readable
