"""Stepping aside until nobody else in an event loop can go on at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sized

# Each turn lets every task that can run do so once. A loop that does not tell whether
# any can gets so many turns: a chain of wake-ups takes a few of them.
_BLIND = 40
# Somebody may do nothing but step aside, too.
_MOST = 2000


async def until_others_rest() -> None:
    """Step aside until no other task of this event loop can run.

    Nothing is known of those who wait for a thread, for a network, or for real time.
    """
    trio: Any = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        await _on_trio()
    else:
        await _on_asyncio()


async def _on_asyncio() -> None:
    import asyncio

    # Loops that are not asyncio's own, such as uvloop's, have no such attribute.
    ready: Sized | None = getattr(asyncio.get_running_loop(), "_ready", None)
    for turn in range(_MOST):
        await asyncio.sleep(0)
        if not ready if ready is not None else turn >= _BLIND:
            return


async def _on_trio() -> None:
    import trio

    class Steps(trio.abc.Instrument):
        count = 0

        def before_task_step(self, task: trio.lowlevel.Task) -> None:
            del task
            self.count += 1

    steps = Steps()
    trio.lowlevel.add_instrument(steps)
    try:
        for _ in range(_MOST):
            before = steps.count
            # Trio turns its batches round at random; two hold a whole one between them.
            await trio.lowlevel.checkpoint()
            await trio.lowlevel.checkpoint()
            if steps.count == before + 2:
                return
    finally:
        trio.lowlevel.remove_instrument(steps)
