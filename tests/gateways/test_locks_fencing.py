"""A lease in the caller's own transactions: they commit only while it is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest

from dynawait.errors import InvalidArgumentError, LockLostError
from dynawait.locks import LockClient, ReleaseOutcome
from dynawait.sync.locks import LockClient as BlockingClient
from tests.gateways.locks import KEY, LOOPS, service, spoil

if TYPE_CHECKING:
    from dynawait.testing import SimulatedDynamoDB

pytest.importorskip("moto")  # simulated items stand on it
ORDER = {"Put": {"TableName": "locks", "Item": {"key": {"S": "an order"}}}}


def commits(dynamodb: SimulatedDynamoDB, check: dict[str, Any]) -> bool:
    """Tell whether a transaction with this check commits."""
    client: Any = dynamodb.client()
    try:
        client.transact_write_items(TransactItems=[check, ORDER])
    except client.exceptions.TransactionCanceledException:
        return False
    return True


def test_a_transaction_commits_while_the_lock_is_held_and_not_after() -> None:
    """Not when it is free again, and not when the next one has it."""
    dynamodb = service()
    locks = BlockingClient(dynamodb.client(), "locks", heartbeat=None)
    with locks.hold("orders") as lease:
        check = lease.condition_check()
        assert commits(dynamodb, check)
        lease.renew()
        assert commits(dynamodb, check)
        names = check["ConditionCheck"]["ExpressionAttributeNames"].values()
        assert {"ownerName", "fencingToken"} <= set(names)
    assert not commits(dynamodb, check)
    with locks.hold("orders") as lease:
        assert not commits(dynamodb, check)
        assert commits(dynamodb, lease.condition_check())


@pytest.mark.parametrize("how", ["stolen", "deleted"])
def test_a_transaction_of_a_lock_that_is_lost_does_not_commit(how: str) -> None:
    """Whatever its holder believes: a row with our token and another owner is not ours
    either.
    """
    dynamodb = service()
    locks = BlockingClient(dynamodb.client(), "locks", heartbeat=None)
    lease = locks.acquire("orders")
    spoil(dynamodb, how)
    assert lease.valid
    assert not commits(dynamodb, lease.condition_check())


def test_a_lease_that_was_given_back_has_no_check() -> None:
    """The row may be the next task's by then."""
    locks = BlockingClient(service().client(), "locks")
    with locks.hold("orders") as lease:
        pass
    with pytest.raises(LockLostError, match="given back before") as caught:
        lease.condition_check()
    assert caught.value.reason == "released"
    with pytest.raises(LockLostError, match="given back before"):
        lease.check()
    assert lease.lost is None


def test_a_dialect_without_tokens_has_no_check() -> None:
    """It is said when it is asked for, and the lock stays held."""
    dynamodb = service()
    client: Any = dynamodb.client()
    client.create_table(
        TableName="states",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    locks = BlockingClient(client, "states", dialect="terraform")
    info = '{"ID":"x","Created":"2026-01-01T00:00:00Z"}'
    with locks.hold("b/a", data=info) as lease:
        with pytest.raises(InvalidArgumentError, match="no token"):
            lease.condition_check()
        assert lease.valid


def test_the_next_task_of_a_client_has_another_token_in_the_row() -> None:
    """A transaction of the task before, which is still on its way, comes to nothing.

    So a lease that was asked for a check is not handed on without a call.
    """
    loop = LOOPS["asyncio"]()
    late: list[dict[str, Any]] = []
    committed: list[bool] = []

    async def main() -> None:
        locks = LockClient(loop.client(), "locks")

        async def work(number: int) -> None:
            await loop.sleep(number * 0.001)
            async with locks.hold("orders") as lease:
                await loop.sleep(0.1)
                committed.extend(commits(loop.dynamodb, each) for each in late)
                late.append(lease.condition_check())

        async with anyio.create_task_group() as group:
            for number in range(3):
                group.start_soon(work, number)

    loop.run(main)
    assert committed == [False] * 3


def test_a_writers_check_is_about_the_gate() -> None:
    """Which the next writer must take first, and so changes."""
    dynamodb = service()
    locks = BlockingClient(dynamodb.client(), "locks")
    with locks.write("orders", readers=2) as lease:
        check = lease.condition_check()
        assert check["ConditionCheck"]["Key"] == KEY
        assert commits(dynamodb, check)
    with locks.write("orders", readers=2):
        assert not commits(dynamodb, check)
    with locks.read("orders", readers=2) as lease:
        key = lease.condition_check()["ConditionCheck"]["Key"]
        assert key["key"]["S"].startswith("orders#")
        assert lease.release() is ReleaseOutcome.RELEASED
