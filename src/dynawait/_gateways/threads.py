"""Blocking calls beside an event loop, in threads that hold nobody up.

anyio's worker threads on asyncio are no daemons: an interpreter that wants to end waits
for a call in flight, and so for the time-outs and retries of the client. A look that
was abandoned is worth nothing, so here its thread may die with the process. Trio's
threads are daemons already.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.to_thread

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

T = TypeVar("T")


async def in_thread(
    function: Callable[[], T],
    *,
    handing_over: Callable[[], AbstractContextManager[None]] | None = None,
) -> T:
    """Call a function in a thread and return its result; cancelled, abandon it.

    No more threads run at once than anyio's own limiter allows.

    Args:
        function: what to call.
        handing_over: makes what is entered for as long as the call has a thread, and
            not yet while it waits for one.
    """
    if handing_over is None and not on_asyncio():
        return await anyio.to_thread.run_sync(function, abandon_on_cancel=True)
    async with anyio.to_thread.current_default_thread_limiter():
        with nullcontext() if handing_over is None else handing_over():
            if on_asyncio():
                return await _in_daemon(function)
            return await anyio.to_thread.run_sync(
                function, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1)
            )


def on_asyncio() -> bool:
    """Tell whether this is a task of asyncio."""
    # Trio may be the guest of an asyncio loop; then the loop runs, but no task of it.
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False


async def _in_daemon(function: Callable[[], T]) -> T:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def deliver(result: Any, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def work() -> None:
        result: T | None = None
        error: BaseException | None = None
        try:
            result = function()
        except StopIteration as failure:  # a future cannot hold this one
            error = RuntimeError("the client raised StopIteration")
            error.__cause__ = failure
        except BaseException as failure:  # noqa: BLE001 - raised where it is awaited
            error = failure
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(deliver, result, error)

    run = contextvars.copy_context().run
    threading.Thread(target=run, args=(work,), name="dynawait", daemon=True).start()
    return await future
