"""Finishing what was begun, though whoever began it was cancelled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import anyio

from .._core.gateway import CallTimedOut
from .threads import on_asyncio

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


async def shielded(coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
    """Run a coroutine that no cancellation from outside touches.

    Who was cancelled meanwhile is told at the next await after it.

    Raises:
        CallTimedOut: it took longer than `seconds`, and was cancelled for that.
    """
    if on_asyncio():
        with anyio.CancelScope(shield=True):
            return await _beside(coroutine, seconds)
    with anyio.CancelScope(shield=True, deadline=anyio.current_time() + seconds):
        return await coroutine
    raise CallTimedOut


async def _beside(coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
    """Run it in a task of its own: `asyncio.Task.cancel` minds no cancel scope."""
    work = asyncio.ensure_future(coroutine)
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    cancelled: asyncio.CancelledError | None = None
    late = False
    while not work.done():
        try:
            left = None if late else max(0.0, end - loop.time())
            await asyncio.wait({work}, timeout=left)
        except asyncio.CancelledError as error:
            cancelled = error
        if not late and not work.done() and loop.time() >= end:
            late = work.cancel()
    me = asyncio.current_task()
    if cancelled is not None and me is not None:
        me.uncancel()
        me.cancel(*cancelled.args)
    if late and work.cancelled():
        raise CallTimedOut
    return work.result()
