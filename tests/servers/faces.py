"""The five ways to call a waiter, behind one: blocking, and each client on each loop.

A test is written once, against a `Face`, and `every_face` runs it through all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from threading import get_ident
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import boto3
import pytest
import trio
from aiobotocore.config import AioConfig
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import get_session
from botocore.config import Config

import dynawait
import dynawait.sync

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

T = TypeVar("T")
Main: TypeAlias = Callable[[], Coroutine[Any, Any, T]]

# The servers take any credentials; given ones keep a client from looking for real ones.
ANYONE = {
    "region_name": "us-east-1",
    "aws_access_key_id": "anyone",
    "aws_secret_access_key": "anyone",
}


@dataclass(frozen=True, slots=True)
class Face:
    """A kind of client on a kind of loop.

    Attributes:
        client: the package that the client is of.
        loop: what runs the waiters of `dynawait`; None: those of `dynawait.sync`.
    """

    client: Literal["boto3", "aiobotocore"]
    loop: Literal["asyncio", "trio"] | None

    def __str__(self) -> str:
        """Return the name that a test report shows."""
        return f"{self.client}-{self.loop or 'blocking'}"

    def wait(
        self,
        url: str,
        function: str,
        *args: Any,
        config: dict[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        """Call a waiter through a client of its own, and return its result.

        Args:
            url: the endpoint.
            function: the name of the waiter.
            *args: its arguments after the client.
            config: options of the client's ``Config``.
            **options: its keyword arguments.
        """

        async def main() -> Any:
            async with self.open(url, **(config or {})) as client:
                return await self.call(client, function, *args, **options)

        return self.run(main)

    async def call(self, client: Any, function: str, *args: Any, **options: Any) -> Any:
        """Call a waiter; inside `run`."""
        if self.loop is None:
            return getattr(dynawait.sync, function)(client, *args, **options)
        return await getattr(dynawait, function)(client, *args, **options)

    @asynccontextmanager
    async def open(
        self, url: str, *, service: str = "dynamodb", **config: Any
    ) -> AsyncIterator[Any]:
        """Give a client that tries each call once; inside `run`.

        Args:
            url: the endpoint.
            service: the AWS service that the client is for.
            **config: options of its ``Config``.
        """
        # An empty mapping of proxies turns those of the environment off.
        options = {"proxies": {}, "retries": {"total_max_attempts": 1}} | config
        if self.client == "boto3":
            blocking = _boto3_session(get_ident()).client(
                service, endpoint_url=url, config=Config(**options), **ANYONE
            )
            with closing(blocking):
                yield blocking
            return
        if self.loop == "trio":
            options["http_session_cls"] = HttpxSession
        entering = _aiobotocore_session(get_ident()).create_client(
            service, endpoint_url=url, config=AioConfig(**options), **ANYONE
        )
        async with entering as client:
            yield client

    def run(self, main: Main[T]) -> T:
        """Run a coroutine function on the loop; without one it must never suspend."""
        if self.loop == "asyncio":
            return asyncio.run(main())
        if self.loop == "trio":
            return trio.run(main)
        coroutine = main()
        try:
            coroutine.send(None)
        except StopIteration as stop:
            result: T = stop.value
            return result
        coroutine.close()
        raise AssertionError("a blocking call has suspended")


# To load the service model takes longer than most waits here, so once must do; but
# sessions are not made to be shared by threads.
@cache
def _boto3_session(thread: int) -> Any:
    return boto3.Session()


@cache
def _aiobotocore_session(thread: int) -> Any:
    return get_session()


BLOCKING = Face("boto3", None)
ASYNC_FACES = (
    Face("boto3", "asyncio"),
    Face("boto3", "trio"),
    Face("aiobotocore", "asyncio"),
    Face("aiobotocore", "trio"),
)
FACES = (BLOCKING, *ASYNC_FACES)

every_face = pytest.mark.parametrize("face", FACES, ids=str)
every_async_face = pytest.mark.parametrize("face", ASYNC_FACES, ids=str)
