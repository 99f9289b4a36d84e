"""Run a waiter against the simulated service, through each of its faces."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import trio

import dynawait
import dynawait.sync

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from dynawait.testing import SimulatedDynamoDB

    Wait: TypeAlias = Callable[..., Any]


def blocking(dynamodb: SimulatedDynamoDB, name: str, *args: Any, **more: Any) -> Any:
    """Wait with the blocking face and client."""
    return getattr(dynawait.sync, name)(dynamodb.client(), *args, **more)


def on_asyncio(dynamodb: SimulatedDynamoDB, name: str, *args: Any, **more: Any) -> Any:
    """Wait with the asynchronous face and client, on asyncio."""

    async def run() -> Any:
        async with dynamodb.async_client() as client:
            return await getattr(dynawait, name)(client, *args, **more)

    return asyncio.run(run())


def on_trio(dynamodb: SimulatedDynamoDB, name: str, *args: Any, **more: Any) -> Any:
    """Wait with the asynchronous face and client, on trio."""

    async def run() -> Any:
        async with dynamodb.async_client() as client:
            return await getattr(dynawait, name)(client, *args, **more)

    return trio.run(run)


both_faces = pytest.mark.parametrize("wait", [blocking, on_asyncio, on_trio])
