"""Work that runs beside a task, in no scope of its caller."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import anyio

from .threads import on_asyncio

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from .._core.locks.desk import Worker


class LoopStage:
    """Tasks of their own, on asyncio and on trio."""

    def start(self, work: Coroutine[Any, Any, None]) -> Worker:
        """Start a task that no cancellation of the caller reaches."""
        return _OnAsyncio(work) if on_asyncio() else _OnTrio(work)

    def scope(self) -> anyio.CancelScope:
        """Return a new scope, which belongs to the task that enters it."""
        return anyio.CancelScope()


class _OnAsyncio:
    def __init__(self, work: Coroutine[Any, Any, None]) -> None:
        self._task = asyncio.get_running_loop().create_task(work)

    async def stop(self) -> None:
        if not self._task.done():
            self._task.cancel()
            with anyio.CancelScope(shield=True):
                await asyncio.wait({self._task})


class _OnTrio:
    def __init__(self, work: Coroutine[Any, Any, None]) -> None:
        import trio

        self._scope = anyio.CancelScope()
        self._ended = anyio.Event()
        trio.lowlevel.spawn_system_task(self._run, work)

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            with self._scope:
                await work
        finally:
            self._ended.set()

    async def stop(self) -> None:
        self._scope.cancel()
        with anyio.CancelScope(shield=True):
            await self._ended.wait()
