"""A cancellation at any await of the async face leaves no lock behind."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from dynawait.locks import Lease, LockClient, TerraformLocks
from dynawait.testing import Durations, SimulatedDynamoDB
from tests.gateways.faces import on_asyncio, on_trio
from tests.gateways.locks import LOOPS, Loop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

MOST = 200
# Every so-manieth step is tried; which ones, differs from kind to kind.
STRIDE = 3
ACQUIRED: dict[str, Callable[[LockClient], Awaitable[Lease | None]]] = {
    "acquire": lambda locks: locks.acquire("orders", wait=5),
    "on_lost": lambda locks: locks.acquire("orders", wait=5, on_lost=print),
    "try_acquire": lambda locks: locks.try_acquire("orders"),
}
HELD: dict[str, Callable[[LockClient], AbstractAsyncContextManager[object]]] = {
    "hold": lambda locks: locks.hold("orders", wait=5),
    "hold_all": lambda locks: locks.hold_all(["a", "orders"], wait=5),
    "semaphore": lambda locks: locks.semaphore("orders", 2, wait=5),
    "read": lambda locks: locks.read("orders", readers=2, wait=5),
    "write": lambda locks: locks.write("orders", readers=2, wait=5),
}


class Work:
    """Something that is cancelled after some steps of the event loop.

    Attributes:
        begun: set when the steps are to be counted.
        late: whether it had come to its end when it was cancelled.
    """

    def __init__(self, locks: LockClient, kind: str, *, at_the_end: bool) -> None:
        """Take what to do, and whether it is cancelled when the block has ended."""
        self.begun = anyio.Event()
        self.late: bool = False
        self._left = False
        self._locks = locks
        self._kind = kind
        self._at_the_end = at_the_end

    async def run(self) -> None:
        """Do it."""
        if not self._at_the_end:
            self.begun.set()
        if self._kind in ACQUIRED:
            lease = await ACQUIRED[self._kind](self._locks)
            self._left = True  # it has its lease, and must give it back
            assert lease is not None
            assert lease.valid
            await lease.release()
            return
        async with HELD[self._kind](self._locks):
            self.begun.set()
        self._left = True

    async def by_scope(self, steps: int) -> None:
        """Cancel a scope around it."""
        scope = anyio.CancelScope()

        async def within() -> None:
            with scope:
                await self.run()

        async with anyio.create_task_group() as group:
            group.start_soon(within)
            await self.begun.wait()
            for _ in range(steps):
                await checkpoint()
            self.late = self._left
            scope.cancel()

    async def by_task(self, steps: int) -> None:
        """Cancel its task, as only asyncio does."""
        task = asyncio.create_task(self.run())
        await self.begun.wait()
        for _ in range(steps):
            await checkpoint()
        self.late = self._left
        task.cancel()
        await asyncio.wait({task})


async def left_behind(locks: LockClient) -> list[str]:
    """Name what there should not be when nobody holds a lock."""
    for _ in range(5):
        await checkpoint()
    desk = locks.__dynawait_desk__()
    found = [each.key async for each in locks.records() if not each.released]
    found += [f"renewed {each.place}" for each in desk.keeper.roster._members]
    return found + ["a worker" for _ in desk._workers]


@pytest.mark.parametrize(
    ("kind", "at_the_end"),
    [(kind, False) for kind in (*ACQUIRED, *HELD)] + [(kind, True) for kind in HELD],
)
@pytest.mark.parametrize("way", ["asyncio", "asyncio-task", "asyncio-threads", "trio"])
def test_a_cancellation_at_any_step_leaves_nothing_behind(
    way: str, kind: str, *, at_the_end: bool
) -> None:
    """While acquiring, and while giving back; whoever has the lease releases it."""
    interrupted = 0
    for steps in range(len(kind) % STRIDE, MOST, STRIDE):
        loop = LOOPS[way.removesuffix("-task")]()
        if play(loop, way, kind, steps, at_the_end=at_the_end):
            break
        interrupted += 1
    else:  # a thread may keep the loop turning for as long as it likes
        assert way == "asyncio-threads"
    assert interrupted


def play(loop: Loop, way: str, kind: str, steps: int, *, at_the_end: bool) -> bool:
    """Tell whether the cancellation came too late."""
    late: list[bool] = []

    async def main() -> None:
        locks = LockClient(loop.client(), "locks")
        work = Work(locks, kind, at_the_end=at_the_end)
        await (work.by_task if way == "asyncio-task" else work.by_scope)(steps)
        assert await left_behind(locks) == []
        async with locks.hold("orders", wait=0):
            late.append(work.late)

    loop.run(main)
    return late[0]


@pytest.mark.parametrize("enter", [on_asyncio, on_trio])
def test_a_cancellation_leaves_no_lock_of_terraforms_behind(
    enter: Callable[[Callable[[], Awaitable[Any]]], Any],
) -> None:
    """Nobody else would ever free it."""

    async def play(steps: int) -> bool:
        dynamodb = SimulatedDynamoDB(seed=1, durations=Durations(table_create=0))
        dynamodb.client().create_table(
            TableName="locks",
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        locks = TerraformLocks(dynamodb.async_client(), "locks")
        scope, left, late = anyio.CancelScope(), list[bool](), False

        async def work() -> None:
            with scope:
                async with locks.hold("b/a"):
                    pass
                left.append(True)

        async with anyio.create_task_group() as group:
            group.start_soon(work)
            for _ in range(steps):
                await checkpoint()
            late = bool(left)
            scope.cancel()
        assert [lock async for lock in locks.records()] == []
        async with locks.hold("b/a", wait=0):
            pass
        return late

    async def main() -> None:
        for steps in range(MOST):
            if await play(steps):
                assert steps > 5
                return
        raise AssertionError

    enter(main)
