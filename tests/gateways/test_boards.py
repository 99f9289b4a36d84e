"""Which waits know of each other, and that no client is kept alive."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import pytest
import trio

import dynawait
from dynawait import sync
from dynawait._gateways.aio import open_async
from dynawait._gateways.blocking import open_blocking
from dynawait._gateways.registry import DEFAULT_BREADTH, breadth_of
from tests.gateways.faces import on_asyncio
from tests.gateways.fakes import AsyncFake, BlockingFake, described


def test_one_board_for_a_client() -> None:
    """Gateways of one client share a board, those of two clients do not."""
    one, other = BlockingFake(), BlockingFake()
    assert open_blocking(one).board is open_blocking(one).board
    assert open_blocking(one).board is not open_blocking(other).board


def test_a_resource_shares_with_its_client() -> None:
    """A boto3 resource stands on its client, so it shares the client's board."""

    class Meta:
        client = BlockingFake()

    class Table:
        meta = Meta

    board = open_blocking(Table()).board
    assert board is open_blocking(Meta.client).board


def test_the_faces_do_not_share() -> None:
    """Threads and event loops cannot wake each other, so they have boards apart."""
    client = BlockingFake()

    async def main() -> Any:
        assert open_async(client).board is open_async(client).board
        return open_async(client).board

    assert asyncio.run(main()) is not open_blocking(client).board


def test_loops_do_not_share() -> None:
    """Two event loops have boards apart, one after the other and of both kinds."""
    client = AsyncFake("ACTIVE")

    async def main() -> Any:
        return open_async(client).board

    boards = [asyncio.run(main()), asyncio.run(main()), trio.run(main)]
    assert len({id(board) for board in boards}) == 3


def test_a_client_is_held_weakly() -> None:
    """A client that nobody uses any more is freed, although it was waited through."""
    client = BlockingFake()
    sync.wait_for_table_active(client, "orders")
    reference = weakref.ref(client)
    del client
    gc.collect()
    assert reference() is None


def test_a_client_is_held_weakly_by_a_loop() -> None:
    """The same on an event loop that goes on."""

    async def wait() -> weakref.ref[AsyncFake]:
        client = AsyncFake("CREATING", "ACTIVE")
        await dynawait.wait_for_table_active(client, "orders")
        return weakref.ref(client)

    async def main() -> None:
        # A task of its own, as asyncio keeps the last cancellation of a task for long.
        reference = await asyncio.create_task(wait())
        gc.collect()
        assert reference() is None

    on_asyncio(main)


def test_a_client_is_freed_after_failures() -> None:
    """A wait that failed keeps its client no longer than its error is kept."""

    class Broken:
        def describe_table(self, **_: Any) -> dict[str, Any]:
            raise ZeroDivisionError

    client = Broken()
    with pytest.raises(ZeroDivisionError):
        sync.wait_for_table_active(client, "orders")
    reference = weakref.ref(client)
    del client
    gc.collect()
    assert reference() is None


class Unhashable:
    """A client that compares by value, so it has no hash."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unhashable)

    __hash__ = None  # type: ignore[assignment]

    def describe_table(self, **_: Any) -> dict[str, Any]:
        """Answer."""
        return described()


class Unheld:
    """A client that cannot be held weakly."""

    __slots__ = ()

    def describe_table(self, **_: Any) -> dict[str, Any]:
        """Answer."""
        return described()


class AsyncUnheld:
    """An asynchronous client that cannot be held weakly."""

    __slots__ = ()

    async def describe_table(self, **_: Any) -> dict[str, Any]:
        """Answer."""
        return described()


@pytest.mark.parametrize("kind", [Unhashable, Unheld])
def test_strange_clients(kind: type[Any]) -> None:
    """A client that cannot be registered works all the same, and shares nothing."""
    client = kind()
    assert sync.wait_for_table_active(client, "orders").exists
    assert open_blocking(client).board is not open_blocking(client).board


@pytest.mark.parametrize("kind", [Unhashable, Unheld, AsyncUnheld])
def test_strange_clients_on_a_loop(kind: type[Any]) -> None:
    """The same on an event loop, where many waits go through it at once."""

    async def main() -> list[Any]:
        client = kind()
        waits = (dynawait.wait_for_table_active(client, "orders") for _ in range(5))
        return list(await asyncio.gather(*waits))

    assert len(on_asyncio(main)) == 5


@pytest.mark.parametrize(("size", "breadth"), [(3, 3), (0, 10), ("many", 10)])
def test_breadth(size: Any, breadth: int) -> None:
    """As many calls run side by side as the client keeps connections."""

    class Config:
        max_pool_connections = size

    class Meta:
        config = Config

    class Client(BlockingFake):
        meta = Meta

    assert breadth_of(Client()) == breadth
    assert breadth_of(BlockingFake()) == DEFAULT_BREADTH == 10
