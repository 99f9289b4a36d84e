"""What the classes for Terraform's locks add to the core."""

from __future__ import annotations

import getpass
from typing import Any, NoReturn

import anyio
import boto3
import pytest

from dynawait.errors import InvalidArgumentError, LockError
from dynawait.locks import TerraformLocks
from dynawait.sync.locks import TerraformLocks as BlockingLocks
from dynawait.testing import SimulatedDynamoDB
from tests.core.locks.test_terraform import row

moto = pytest.importorskip("moto")  # simulated items stand on it


def lock_table() -> Any:
    """Return a client of an empty table."""
    client = SimulatedDynamoDB(seed=1).client()
    client.create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.__dynawait_clock__.advance(60)
    return client


@pytest.mark.parametrize("path", ["", "a" * 2045, "\ud800", 7, None])
def test_a_path_that_is_no_key_is_refused_before_a_call(path: Any) -> None:
    """The row of its digest has a longer key by four bytes."""
    locks = BlockingLocks(lock_table(), "locks")
    for work in (
        lambda: locks.inspect(path),
        lambda: locks.assess(path),
        lambda: locks.unlock(path, "x"),
        lambda: locks.digest(path),
        lambda: locks.hold(path).__enter__(),
        lambda: locks.check_permissions(path=path),
    ):
        with pytest.raises(InvalidArgumentError, match="path"):
            work()


def test_all_pages_of_locks_are_listed_by_both_faces() -> None:
    """A page of DynamoDB ends after a megabyte."""
    client = lock_table()
    for number in range(9):
        wide = {**row(str(number), f"b/{number}"), "Other": {"S": "x" * 300_000}}
        client.put_item(TableName="locks", Item=wide)
    wanted = {f"b/{number}" for number in range(9)}
    assert {lock.path for lock in BlockingLocks(client, "locks").records()} == wanted

    async def listed() -> set[str]:
        locks = TerraformLocks(client, "locks")
        return {lock.path async for lock in locks.records()}

    assert anyio.run(listed) == wanted


def test_a_client_of_two_event_loops_works_in_both() -> None:
    """A second run of the same program has another loop."""
    locks = TerraformLocks(lock_table(), "locks")

    async def held() -> str:
        async with locks.hold("b/a") as lock:
            return lock.id

    assert anyio.run(held) != anyio.run(held, backend="trio")


def test_a_table_of_boto3_speaks_as_any_client_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A resource takes and returns plain values; locks are in DynamoDB's own JSON."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with moto.mock_aws():
        resource = boto3.resource("dynamodb", region_name="us-east-1")
        table = resource.create_table(
            TableName="locks",
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        locks = BlockingLocks(table, "locks")
        with locks.hold("b/a") as lock:
            assert list(locks.records()) == [lock]
            assert locks.inspect("b/a") == lock
            found: Any = table.get_item(Key={"LockID": "b/a"})
            assert found["Item"]["Info"] == lock.raw
        assert locks.inspect("b/a") is None


def test_who_holds_is_told_even_where_nobody_has_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in a container whose user has no entry; or as the caller says."""

    def nobody() -> NoReturn:
        raise KeyError(4711)

    monkeypatch.setattr(getpass, "getuser", nobody)
    client = lock_table()
    with BlockingLocks(client, "locks").hold("b/a") as lock:
        assert lock.who.startswith("unknown@")
        assert lock.operation == "migration"
        assert lock.version.startswith("dynawait")
        assert "pid=" in lock.info
    with BlockingLocks(client, "locks", owner="me").hold("b/a") as lock:
        assert lock.who == "me"


def test_a_body_that_fails_keeps_its_own_error() -> None:
    """And the lock is free."""
    locks = BlockingLocks(lock_table(), "locks")
    with pytest.raises(LockError, match="of the body"), locks.hold("b/a"):
        raise LockError("of the body", key="x")
    assert locks.inspect("b/a") is None
