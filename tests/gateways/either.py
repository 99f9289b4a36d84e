"""The locks of either face behind one door, so that a scene is written once."""

from __future__ import annotations

import asyncio
import inspect
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, cast

import dynawait.locks
import dynawait.sync.locks
from dynawait.testing import SimulatedDynamoDB
from tests.gateways.faces import (
    on_asyncio,
    on_asyncio_debug,
    on_asyncio_eagerly,
    on_trio,
)
from tests.gateways.locks import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from types import TracebackType


class Within(AbstractAsyncContextManager[Any]):
    """A context manager of either face, entered by ``async with``."""

    def __init__(self, manager: Any) -> None:
        """Take the manager."""
        self._manager = manager

    async def __aenter__(self) -> Any:
        """Enter it."""
        if hasattr(self._manager, "__aenter__"):
            return await self._manager.__aenter__()
        return self._manager.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        """Leave it."""
        if hasattr(self._manager, "__aexit__"):
            left = await self._manager.__aexit__(kind, error, traceback)
        else:
            left = self._manager.__exit__(kind, error, traceback)
        return cast("bool | None", left)


async def got(value: Any) -> Any:
    """Return what a method of either face has come to."""
    return await value if inspect.isawaitable(value) else value


async def listed(records: Any) -> list[Any]:
    """Return what ``records()`` of either face goes through."""
    if hasattr(records, "__aiter__"):
        return [record async for record in records]
    return list(records)


class Way:
    """A face on a runtime with a kind of client, and a service in virtual time.

    Attributes:
        dynamodb: the service.
    """

    def __init__(
        self, enter: Callable[..., Any] | None, *, threads: bool = False
    ) -> None:
        """Take how to enter the event loop; None: there is none."""
        self.dynamodb = SimulatedDynamoDB(seed=1, durations=AT_ONCE)
        self._enter = enter
        self._client: Any = self.dynamodb.async_client()
        if enter is None or threads:
            self._client = self.dynamodb.client()

    def locks(self, **options: Any) -> Any:
        """Return a lock client."""
        return self._face.LockClient(self._client, "locks", **options)

    def terraform(self, **options: Any) -> Any:
        """Return a client of Terraform's locks."""
        return self._face.TerraformLocks(self._client, "locks", **options)

    @property
    def _face(self) -> Any:
        return dynawait.sync.locks if self._enter is None else dynawait.locks

    def run(self, scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Play a scene to its end."""
        if self._enter is not None:
            self._enter(cast("Callable[[], Awaitable[Any]]", scene))
            return
        coroutine = scene()
        try:
            coroutine.send(None)
        except StopIteration:
            return
        coroutine.close()
        raise AssertionError("a blocking call has suspended")

    async def sleep(self, seconds: float) -> None:
        """Let virtual time pass."""
        if self._enter is None:
            self.dynamodb.clock.pause(seconds, lambda: False)
        else:
            await self.dynamodb.clock.sleep(seconds)


WAYS: dict[str, Callable[[], Way]] = {
    "blocking": lambda: Way(None),
    "asyncio": lambda: Way(on_asyncio),
    "asyncio-debug": lambda: Way(on_asyncio_debug),
    "asyncio-threads": lambda: Way(on_asyncio, threads=True),
    "trio": lambda: Way(on_trio),
    "trio-threads": lambda: Way(on_trio, threads=True),
}
if hasattr(asyncio, "eager_task_factory"):
    WAYS["asyncio-eager"] = lambda: Way(on_asyncio_eagerly)
