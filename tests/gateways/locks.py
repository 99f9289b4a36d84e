"""A table of locks, and the event loops that clients of it run on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from dynawait.testing import Durations, SimulatedDynamoDB
from tests.gateways.faces import (
    on_asyncio,
    on_asyncio_debug,
    on_asyncio_eagerly,
    on_trio,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Enter = Callable[[Callable[[], Awaitable[Any]]], Any]

# The simulated items stand on it. Without it the tests that import this are skipped.
pytest.importorskip("moto")
AT_ONCE = Durations(table_create=0)
KEY = {"key": {"S": "orders"}}


def service() -> SimulatedDynamoDB:
    """Return a simulated DynamoDB with a table of locks."""
    dynamodb = SimulatedDynamoDB(seed=1, durations=AT_ONCE)
    dynamodb.client().create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


class Loop:
    """An event loop, and a kind of client."""

    def __init__(self, enter: Enter, *, threads: bool = False) -> None:
        """Take how to enter it, and whether calls are made in threads."""
        self.dynamodb = service()
        self._enter = enter
        self._threads = threads

    def client(self) -> Any:
        """Return a client."""
        dynamodb = self.dynamodb
        return dynamodb.client() if self._threads else dynamodb.async_client()

    def run(self, main: Callable[[], Awaitable[Any]]) -> Any:
        """Run it to its end."""
        return self._enter(main)

    async def sleep(self, seconds: float) -> None:
        """Let virtual time pass."""
        await self.dynamodb.clock.sleep(seconds)


LOOPS: dict[str, Callable[[], Loop]] = {
    "asyncio": lambda: Loop(on_asyncio),
    "asyncio-debug": lambda: Loop(on_asyncio_debug),
    "asyncio-threads": lambda: Loop(on_asyncio, threads=True),
    "trio": lambda: Loop(on_trio),
    "trio-threads": lambda: Loop(on_trio, threads=True),
}
if hasattr(asyncio, "eager_task_factory"):
    LOOPS["asyncio-eager"] = lambda: Loop(on_asyncio_eagerly)


def calls_of(dynamodb: SimulatedDynamoDB) -> list[str]:
    """Name the calls of the data plane, and forget about all."""
    names = [call.operation for call in dynamodb.calls]
    dynamodb.calls.clear()
    return names


def spoil(dynamodb: SimulatedDynamoDB, how: str) -> None:
    """Do to a held lock what others may do.

    Args:
        dynamodb: the service.
        how: *stolen*, *deleted* or *expired*: then no heartbeat gets through any more.
    """
    client = dynamodb.client()
    if how == "deleted":
        client.delete_item(TableName="locks", Key=KEY)
    elif how == "stolen":
        client.update_item(
            TableName="locks",
            Key=KEY,
            UpdateExpression="SET recordVersionNumber = :v, ownerName = :o",
            ExpressionAttributeValues={":v": {"S": "theirs"}, ":o": {"S": "they"}},
        )
    else:
        from dynawait.testing import Faults

        dynamodb.faults = Faults(throttle=1.0)
