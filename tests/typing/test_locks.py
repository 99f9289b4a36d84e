"""What type checkers know of locks in both faces, proved by running the same calls.

The assertions of types are checked by mypy and pyright, those of values by pytest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal, assert_type, cast

import anyio
import pytest

from dynawait import locks as aio
from dynawait.errors import LockLostError, LockTimeoutError
from dynawait.locks import (
    LockAssessment,
    LockRecord,
    Observations,
    PermissionReport,
    ReleaseOutcome,
    TableReport,
    TerraformLock,
)
from dynawait.states import TableState
from dynawait.sync import locks as blocking
from tests.gateways.locks import service

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.service_resource import Table
    from types_aiobotocore_dynamodb import DynamoDBClient as AioClient

    from dynawait.events import Event

    Lost = Literal["stolen", "deleted", "expired", "released"]

pytest.importorskip("moto")  # simulated items stand on it


def test_blocking_methods_return_what_they_say() -> None:
    """A lease, a verdict, a record: each has its type."""
    locks = blocking.LockClient(cast("DynamoDBClient", service().client()), "locks")
    lease = locks.acquire("orders", lease=30, wait=None, data=b"x")
    assert_type(lease, blocking.Lease)
    assert isinstance(lease, blocking.Lease)
    assert_type(lease.fencing_token, int)
    assert_type(lease.lost, "Lost | None")
    assert_type(lease.condition_check(), dict[str, Any])
    assert_type(lease.renew(), blocking.Lease)
    assert_type(locks.renew(lease), blocking.Lease)
    assert_type(locks.try_acquire("orders"), blocking.Lease | None)
    assert_type(lease.release(), ReleaseOutcome)
    assert_type(locks.release(lease), ReleaseOutcome)
    record = locks.inspect("orders", sort_key=None)
    assert_type(record, LockRecord | None)
    assert record is not None
    assert_type(locks.force_release(record), bool)
    assert_type(locks.assess("orders", observe=0), LockAssessment)
    assert_type(locks.ensure_table(), TableState)
    assert_type(locks.check_permissions(), PermissionReport)
    assert_type(locks.check_table(), TableReport)
    assert_type(locks.observations, Observations)
    found = locks.records()
    assert_type(found, Iterator[LockRecord])
    assert [assert_type(each, LockRecord).key for each in found] == ["orders"]


def test_blocking_blocks_give_what_they_say() -> None:
    """One lease, or several by their keys."""
    locks = blocking.LockClient(service().client(), "locks")
    hold = locks.hold("orders", on_lost=lambda lease: lease.check())
    assert_type(hold, AbstractContextManager[blocking.Lease, bool | None])
    with hold as lease:
        assert_type(lease, blocking.Lease)
        assert lease.valid
    with locks.hold_all(["a", "b"], wait=0) as leases:
        assert_type(leases, Mapping[str, blocking.Lease])
        assert list(leases) == ["a", "b"]
    with locks.semaphore("pool", 2) as permit, locks.read("book", readers=2) as reader:
        assert_type(permit, blocking.Lease)
        assert_type(reader, blocking.Lease)
    with locks.write("book", readers=2) as writer:
        assert_type(writer, blocking.Lease)


async def use(client: AioClient) -> None:
    """Await each kind of result."""
    locks = aio.LockClient(client, "locks")
    made = locks.acquire("orders", lease=30)
    same = assert_type(made, Coroutine[Any, Any, aio.Lease])
    lease = await same
    assert_type(lease, aio.Lease)
    assert isinstance(lease, aio.Lease)
    assert_type(await lease.renew(), aio.Lease)
    assert_type(await locks.renew(lease), aio.Lease)
    assert_type(await locks.try_acquire("orders", sort_key=None), aio.Lease | None)
    assert_type(await lease.release(), ReleaseOutcome)
    assert_type(await locks.release(lease), ReleaseOutcome)
    assert_type(await locks.inspect("orders"), LockRecord | None)
    assert_type(await locks.assess("orders"), LockAssessment)
    assert_type(await locks.ensure_table(), TableState)
    assert_type(await locks.check_permissions(), PermissionReport)
    assert_type(await locks.check_table(), TableReport)
    found = locks.records()
    assert_type(found, AsyncIterator[LockRecord])
    assert [assert_type(each, LockRecord).key async for each in found] == ["orders"]
    hold = locks.hold("orders")
    assert_type(hold, AbstractAsyncContextManager[aio.Lease, bool | None])
    async with hold as held:
        assert_type(held, aio.Lease)
    async with locks.hold_all(["a", "b"]) as leases:
        assert_type(leases, Mapping[str, aio.Lease])
    async with locks.write("book", readers=2) as writer:
        assert_type(writer, aio.Lease)


def test_async_methods_return_coroutines_of_what_they_say() -> None:
    """Blocks give leases of the async face."""
    anyio.run(use, cast("AioClient", service().async_client()))


def of_terraform(client: DynamoDBClient, table: Table) -> None:
    """Name the results of the blocking face; for type checkers."""
    locks = blocking.TerraformLocks(client, "states", owner="me", timeout=5)
    also = blocking.TerraformLocks(table, table.name)
    assert_type(also.inspect("b/a"), TerraformLock | None)
    assert_type(locks.records(), Iterator[TerraformLock])
    assert_type(locks.assess("b/a", observe=3), LockAssessment)
    assert_type(locks.unlock("b/a", "an ID"), TerraformLock)
    assert_type(
        locks.hold("b/a", operation="move", wait=3),
        AbstractContextManager[TerraformLock, bool | None],
    )
    assert_type(locks.digest("b/a"), str | None)
    repair: Callable[[str, str], None] = locks.repair_digest
    repair("b/a", "md5")
    assert_type(locks.check_permissions(path="b/a"), PermissionReport)
    assert_type(locks.check_table(most_rows=5), TableReport)


async def of_terraform_awaited(client: AioClient, blocking_one: DynamoDBClient) -> None:
    """Name the results of the async face; for type checkers."""
    locks = aio.TerraformLocks(client, "states")
    also = aio.TerraformLocks(blocking_one, "states")
    assert_type(await also.inspect("b/a"), TerraformLock | None)
    assert_type(locks.records(), AsyncIterator[TerraformLock])
    assert_type(await locks.assess("b/a"), LockAssessment)
    assert_type(await locks.unlock("b/a", "an ID"), TerraformLock)
    assert_type(
        locks.hold("b/a"), AbstractAsyncContextManager[TerraformLock, bool | None]
    )
    async with locks.hold("b/a") as lock:
        assert_type(lock.id, str)
    assert_type(await locks.digest("b/a"), str | None)
    assert_type(await locks.check_permissions(), PermissionReport)
    assert_type(await locks.check_table(), TableReport)


def of_callbacks(client: DynamoDBClient) -> None:
    """Pass what is called back; for type checkers."""
    seen: list[Event] = []
    lost: list[blocking.Lease] = []
    locks = blocking.LockClient(client, "locks", on_event=seen.append, heartbeat=None)
    locks.acquire("orders", on_lost=lost.append)
    locks.assess("orders", is_owner_alive=blocking.local_owner_alive)
    also: list[type[object]] = [aio.ReleaseOutcome, blocking.ReleaseOutcome]
    del also


def of_errors(error: LockTimeoutError | LockLostError) -> None:
    """Name the facts of errors; for type checkers."""
    if isinstance(error, LockTimeoutError):
        assert_type(error.holder, LockRecord | None)
        assert_type(error.waited, float)
    else:
        assert_type(error.reason, "Lost")
        assert_type(error.fencing_token, int)
