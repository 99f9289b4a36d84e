"""Rows of every dialect are read, and no row is too strange to be a record."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait.errors import InvalidArgumentError
from dynawait.locks._dialects.terraform import digest_key, terraform_lock
from dynawait.locks.dialects import (
    AMAZON,
    DIALECTS,
    GO,
    PYTHON_DYNAMODB_LOCK,
    TERRAFORM,
    TRISTANLS,
    dialect_named,
    recognise,
)
from tests.unit.locks.lock_rows import (
    DIGEST,
    DYNAMOLOCK,
    INFO,
    JAVA,
    JAVASCRIPT,
    OURS,
    PYTHON,
    ROWS,
    STATE,
    STATE_LOCK,
    strange_rows,
)

if TYPE_CHECKING:
    from dynawait.locks.dialects import Dialect


def test_a_row_of_the_java_client_is_read() -> None:
    """Its lease is in milliseconds, its data are bytes, it has nothing of ours."""
    record = AMAZON.decode(JAVA)
    assert (record.key, record.sort_key, record.owner) == (
        "order-42",
        None,
        "java-owner",
    )
    assert record.lease == 20.0
    assert record.version == "4b8a6475-0d6c-4d2c-9a3e-5d2b8ff6c0aa"
    assert record.data == b"payload"
    assert (record.readable, record.problem, record.released) == (True, None, False)
    assert record.fencing_token is None
    assert record.heartbeat_at is None
    assert record.raw is JAVA


def test_a_row_of_ours_has_a_token_and_times() -> None:
    """A heartbeat is kept in milliseconds, the expiry in seconds."""
    record = AMAZON.decode(OURS)
    assert record.fencing_token == 1795219200001
    assert record.heartbeat_at == datetime(2026, 11, 21, 0, 0, 0, 123000, UTC)
    assert record.expires_at == datetime(2026, 11, 22, tzinfo=UTC)
    assert record.acquired_by == "host=runner-7 pid=4711 tool=dynawait"


def test_a_row_of_dynamolock_is_read() -> None:
    """Its lease is a Go duration."""
    record = GO.decode(DYNAMOLOCK)
    assert (record.owner, record.lease, record.readable) == ("yZ3xkJ0w", 90.0, True)


def test_a_row_of_python_dynamodb_lock_is_read() -> None:
    """Its lease is in seconds, and a sort key of one dash is none."""
    record = PYTHON_DYNAMODB_LOCK.decode(PYTHON)
    assert (record.key, record.sort_key) == ("order-42", None)
    assert record.lease == 30.0
    assert record.expires_at == datetime(2026, 11, 21, 1, tzinfo=UTC)
    used = PYTHON_DYNAMODB_LOCK.decode({**PYTHON, "sort_key": {"S": "eu"}})
    assert used.sort_key == "eu"


def test_a_row_of_the_javascript_client_is_read() -> None:
    """Token and GUID are its version; a lease of a millisecond means released."""
    record = TRISTANLS.decode(JAVASCRIPT)
    assert (record.lease, record.fencing_token) == (10.0, 7)
    assert record.version == "7:" + bytes(range(64)).hex()
    assert record.heartbeat_at is None
    released = TRISTANLS.decode({**JAVASCRIPT, "leaseDurationMs": {"N": "1"}})
    assert released.released
    assert not TRISTANLS.writable


def test_a_javascript_lock_that_fails_closed_has_no_lease() -> None:
    """Such a row holds an owner and a GUID, and is readable."""
    names = ("id", "owner", "guid")
    record = TRISTANLS.decode({name: JAVASCRIPT[name] for name in names})
    assert (record.readable, record.lease, record.released) == (True, None, False)
    assert record.version == bytes(range(64)).hex()


def test_a_row_of_terraform_is_read() -> None:
    """Its lock ID is its version, and it has no lease."""
    record = TERRAFORM.decode(STATE_LOCK)
    assert (record.key, record.owner, record.lease) == (STATE, "root@vm", None)
    assert record.version == "f0ef6d80-c50a-ee94-643d-503f06682db6"
    lock = terraform_lock(record)
    assert lock is not None
    assert (lock.path, lock.id, lock.raw) == (STATE, record.version, INFO)
    assert lock.created == datetime(2026, 11, 21, 0, 16, 54, 929421, UTC)


def test_a_digest_row_is_no_lock() -> None:
    """It is recognised, and never readable, so that nobody takes it for a lock."""
    record = TERRAFORM.decode(DIGEST)
    assert (record.kind, record.readable) == ("digest", False)
    assert record.version == "0cc175b9c0f1b6a831c399e269772661"
    assert record.key == digest_key(STATE)
    assert terraform_lock(record) is None


def test_a_lock_on_a_path_that_ends_like_a_digest_is_a_lock() -> None:
    """What a row is, its attributes say and not its key."""
    record = TERRAFORM.decode({**STATE_LOCK, "LockID": {"S": f"{STATE}-md5"}})
    assert (record.kind, record.readable) == ("lock", True)


@pytest.mark.parametrize("dialect", [AMAZON, GO])
def test_only_the_string_one_means_released(dialect: Dialect) -> None:
    """The other clients' conditions ask for exactly this string, so ours do too."""
    row = JAVA if dialect is AMAZON else DYNAMOLOCK
    assert dialect.decode({**row, "isReleased": {"S": "1"}}).released
    for other in ({"BOOL": True}, {"N": "1"}, {"S": "true"}):
        record = dialect.decode({**row, "isReleased": other})
        assert not record.released
        assert record.readable


def test_a_released_row_may_lack_what_only_a_holder_says() -> None:
    """Whoever acquires it writes all of that anew."""
    record = AMAZON.decode({"key": {"S": "order-42"}, "isReleased": {"S": "1"}})
    assert (record.readable, record.released) == (True, True)
    assert (record.owner, record.lease, record.version) == (None, None, "")


@pytest.mark.parametrize(
    ("dialect", "row", "change", "problem"),
    [
        (AMAZON, JAVA, {"ownerName": None}, "ownerName is missing"),
        (AMAZON, JAVA, {"leaseDuration": {"N": "20000"}}, "is of type N, not S"),
        (AMAZON, JAVA, {"leaseDuration": {"S": "1000.0"}}, "not decimal milliseconds"),
        (AMAZON, JAVA, {"leaseDuration": {"S": "20s"}}, "of the dialect go"),
        (AMAZON, JAVA, {"leaseDuration": {"S": "-1"}}, "not decimal milliseconds"),
        (AMAZON, JAVA, {"recordVersionNumber": {"B": b"x"}}, "is of type B, not S"),
        (AMAZON, JAVA, {"fencingToken": {"S": "7"}}, "fencingToken is of type S"),
        (AMAZON, JAVA, {"fencingToken": {"N": "1.5"}}, "not a whole number"),
        (AMAZON, JAVA, {"key": {"N": "42"}}, "the key key is of type N, not S"),
        (AMAZON, JAVA, {"key": {"B": b"\x01"}}, "the key key is of type B, not S"),
        (AMAZON, JAVA, {"key": None}, "the key key is missing"),
        (AMAZON, JAVA, {"ownerName": "plain"}, "ownerName is of type unknown"),
        (GO, DYNAMOLOCK, {"leaseDuration": {"S": "20000"}}, "of the dialect amazon"),
        (GO, DYNAMOLOCK, {"leaseDuration": {"S": "-5s"}}, "not a Go duration"),
        (PYTHON_DYNAMODB_LOCK, PYTHON, {"lease_duration": {"S": "30"}}, "of type S"),
        (PYTHON_DYNAMODB_LOCK, PYTHON, {"lease_duration": {"N": "-1"}}, "how long"),
        (PYTHON_DYNAMODB_LOCK, PYTHON, {"sort_key": None}, "sort_key is missing"),
        (TRISTANLS, JAVASCRIPT, {"guid": {"S": "x"}}, "guid is of type S, not B"),
        (TERRAFORM, STATE_LOCK, {"Info": {"S": "x"}}, "Info is 'x', not JSON"),
        (TERRAFORM, STATE_LOCK, {"Info": {"S": "[]"}}, "not an object"),
        (TERRAFORM, STATE_LOCK, {"Info": {"S": "{}"}}, "Info has no ID"),
        (TERRAFORM, STATE_LOCK, {"Info": None}, "Info is missing"),
    ],
)
def test_an_unreadable_row_says_why(
    dialect: Dialect, row: dict[str, Any], change: dict[str, Any], problem: str
) -> None:
    """What is wrong is named, and what can be read is there all the same."""
    strange = {name: value for name, value in {**row, **change}.items() if value}
    record = dialect.decode(strange)
    assert not record.readable
    assert problem in (record.problem or "")
    assert record.raw is strange


def test_the_key_of_an_unreadable_row_can_be_shown() -> None:
    """A number is shown as it is, bytes as hexadecimal digits."""
    assert AMAZON.decode({**JAVA, "key": {"N": "42"}}).key == "42"
    assert AMAZON.decode({**JAVA, "key": {"B": b"\x01\xff"}}).key == "01ff"
    assert AMAZON.decode({**JAVA, "key": {"BOOL": True}}).key == ""


def test_all_that_is_wrong_is_said() -> None:
    """One look at the record is enough to mend the row."""
    record = AMAZON.decode({"key": {"S": "order-42"}})
    assert record.problem == (
        "ownerName is missing; leaseDuration is missing; recordVersionNumber is missing"
    )


def test_what_is_not_needed_may_be_of_any_shape() -> None:
    """Times, hosts and data that cannot be read are passed over."""
    strange = {"heartbeatAt": {"S": "?"}, "expiresAt": {"N": "9E+99"}}
    record = AMAZON.decode({**OURS, **strange, "data": {"L": []}, "acquiredBy": 7})
    assert record.readable
    assert (record.heartbeat_at, record.expires_at) == (None, None)
    assert (record.data, record.acquired_by) == (None, None)
    assert AMAZON.decode({**OURS, "data": {"S": "text"}}).data == "text"


@pytest.mark.parametrize(("dialect", "row"), ROWS)
def test_a_row_of_the_largest_size_is_read(
    dialect: Dialect, row: dict[str, Any]
) -> None:
    """400 KB of anything anywhere are not repeated in a message."""
    much = "9" * 400_000
    for name in row:
        for huge in ({"S": much}, {"N": much}, {"B": b"9" * 400_000}, {much: "?"}):
            record = dialect.decode({**row, name: huge})
            assert len(record.problem or "") < 300
    record = dialect.decode({**row, "data": {"B": b"9" * 400_000}})
    assert record.readable
    assert len(repr(record)) < 1000


@given(item=strange_rows, dialect=st.sampled_from(DIALECTS))
def test_no_row_is_too_strange(item: Any, dialect: Dialect) -> None:
    """Whatever lies in a table is a record: readable, or with a reason why not."""
    record = dialect.decode(item)
    assert record.readable == (record.problem is None)
    assert record.dialect == dialect.name
    assert isinstance(record.key, str)
    assert record.lease is None or record.lease >= 0
    if record.readable and not record.released:
        assert record.version
        assert record.owner is not None
    hash(record)
    dialect.proof(record)
    recognise([item])
    terraform_lock(record)


@given(item=strange_rows, sort_key=st.sampled_from(["at", "sort_key", "owner"]))
def test_no_row_is_too_strange_for_other_key_names(item: Any, sort_key: str) -> None:
    """Tables may name their keys as they like."""
    for dialect in DIALECTS:
        dialect.decode(item, "pk", sort_key)


@pytest.mark.parametrize(("dialect", "row"), ROWS)
def test_records_are_values(dialect: Dialect, row: dict[str, Any]) -> None:
    """They compare, hash, pickle and copy with all they hold."""
    record = dialect.decode(row)
    assert record == dialect.decode(dict(row))
    assert {record: 1}[dialect.decode(dict(row))] == 1
    assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301 - our own bytes
    assert copy.deepcopy(record) == record


@pytest.mark.parametrize(("dialect", "row"), ROWS)
def test_rows_tell_their_dialect(dialect: Dialect, row: dict[str, Any]) -> None:
    """Each is recognised, among rows that tell nothing as well."""
    assert recognise([row]) == dialect.name
    assert recognise([{}, row, {"key": {"S": "?"}}]) == dialect.name


def test_rows_that_disagree_are_of_no_dialect() -> None:
    """A table with rows of two clients is not guessed at."""
    assert recognise([]) is None
    assert recognise([JAVA, DYNAMOLOCK]) is None
    assert recognise([DIGEST]) == "terraform"
    assert recognise([{**JAVA, "leaseDuration": {"S": "soon"}}]) is None


def test_the_proof_of_a_record_is_what_must_be_unchanged() -> None:
    """It names a version and a release; of what cannot be read, the whole row."""
    proof = AMAZON.proof(AMAZON.decode(JAVA))
    assert proof == {
        "recordVersionNumber": JAVA["recordVersionNumber"],
        "isReleased": None,
    }
    strange = {"key": {"S": "order-42"}, "x": {"S": "y"}}
    assert AMAZON.proof(AMAZON.decode(strange)) == strange
    assert TERRAFORM.proof(TERRAFORM.decode(STATE_LOCK)) == {"Info": {"S": INFO}}


def test_dialects_are_known_by_their_names() -> None:
    """A name that is none is refused with those that are."""
    for dialect in DIALECTS:
        assert dialect_named(dialect.name) is dialect
        hash(dialect)
    with pytest.raises(InvalidArgumentError, match="amazon, go, python-dynamodb-lock"):
        dialect_named("java")
