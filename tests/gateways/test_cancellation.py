"""Waits that are cancelled or time out leave nothing running."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from math import inf
from typing import TYPE_CHECKING, Any

import anyio
import pytest
import trio
import trio.testing

import dynawait
from dynawait import Polling, WaitTimeoutError, table_active
from tests.gateways.faces import on_asyncio, on_trio
from tests.gateways.fakes import AsyncFake, StuckClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

BOTH = pytest.mark.parametrize("enter", [on_asyncio, on_trio])
HASTY = Polling(floor=0.01, cap=0.01)


def in_virtual_time(main: Callable[[], Awaitable[Any]]) -> Any:
    """Run on trio with a clock that jumps when everybody waits."""
    return trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


async def wait(client: Any, **options: Any) -> dynawait.TableState:
    """Wait for the table of these tests."""
    return await dynawait.wait_for_table_active(client, "orders", **options)


def test_cancelled_task() -> None:
    """A cancelled asyncio task ends at once, its call in flight is abandoned."""
    client = AsyncFake("ACTIVE", seconds=60)

    async def main() -> None:
        task = asyncio.create_task(wait(client))
        await asyncio.sleep(0.01)
        assert client.in_flight == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    on_asyncio(main)
    assert client.in_flight == 0


def test_cancelled_while_it_sleeps() -> None:
    """A cancelled asyncio task ends at once between two looks as well."""
    client = AsyncFake("CREATING")

    async def main() -> None:
        task = asyncio.create_task(wait(client, polling=Polling(floor=60, cap=60)))
        await asyncio.sleep(0.02)
        assert client.asked == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    on_asyncio(main)
    assert client.asked == 1


def test_asyncio_timeout() -> None:
    """`asyncio.timeout` around a wait is a TimeoutError of its own, not the wait's."""

    async def main() -> None:
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.03):
                await wait(AsyncFake("CREATING"))
        assert not isinstance(caught.value, WaitTimeoutError)

    on_asyncio(main)


@pytest.mark.parametrize("seconds", [0, 60])
def test_trio_cancel_scope(seconds: float) -> None:
    """A trio cancel scope ends a wait, during a call and between two."""
    client = AsyncFake("CREATING", seconds=seconds)

    async def main() -> float:
        with trio.move_on_after(7) as scope:
            await wait(client)
        assert scope.cancelled_caught
        return trio.current_time()

    async def timed() -> float:
        started = trio.current_time()
        return await main() - started

    assert in_virtual_time(timed) == pytest.approx(7)
    assert client.in_flight == 0


@BOTH
@pytest.mark.parametrize("seconds", [0, 60])
def test_move_on_after(
    enter: Callable[[Callable[[], Awaitable[Any]]], Any], seconds: float
) -> None:
    """anyio.move_on_after ends a wait on both event loops."""
    client = AsyncFake("CREATING", seconds=seconds)

    async def main() -> bool:
        with anyio.move_on_after(0.05) as scope:
            await wait(client)
        return scope.cancelled_caught

    assert enter(main)
    assert client.in_flight == 0


@BOTH
def test_a_call_that_never_answers(
    enter: Callable[[Callable[[], Awaitable[Any]]], Any],
) -> None:
    """A wait ends at its timeout although the call in flight never would."""
    client = AsyncFake("ACTIVE", seconds=inf)

    async def main() -> float:
        started = anyio.current_time()
        with pytest.raises(WaitTimeoutError, match="nothing was seen"):
            await wait(client, timeout=0.05)
        return anyio.current_time() - started

    assert enter(main) == pytest.approx(0.05, abs=0.2)
    assert client.cancelled == 1
    assert client.in_flight == 0


def test_to_the_second() -> None:
    """In virtual time: the timeout is kept exactly, whatever the call does."""
    client = AsyncFake("CREATING", seconds=45)

    async def main() -> float:
        started = trio.current_time()
        with pytest.raises(WaitTimeoutError):
            await wait(client, timeout=600)
        return trio.current_time() - started

    assert in_virtual_time(main) == pytest.approx(600)


def test_timeout_zero_awaits_its_look() -> None:
    """With timeout=0 the one look is awaited, though no time is left."""
    client = AsyncFake("ACTIVE", seconds=5)

    async def main() -> dynawait.TableState:
        return await wait(client, timeout=0)

    assert in_virtual_time(main).exists


def test_all_with_one_that_never_answers() -> None:
    """Of many waits one that hangs is abandoned at the deadline, without leftovers."""

    class Client(AsyncFake):
        async def describe_table(self, **parameters: Any) -> dict[str, Any]:
            self._seconds = inf if parameters["TableName"] == "stuck" else 0.1
            return await super().describe_table(**parameters)

    client = Client("ACTIVE")

    async def main() -> float:
        started = trio.current_time()
        tables = {name: table_active() for name in ("stuck", "orders", "users")}
        with pytest.raises(WaitTimeoutError) as caught:
            await dynawait.wait_for_all(client, tables, timeout=9)
        assert caught.value.table == "stuck"
        return trio.current_time() - started

    assert in_virtual_time(main) == pytest.approx(9)
    assert client.in_flight == 0


@pytest.mark.parametrize("max_rate", [0.05, 50])
def test_a_process_that_was_suspended(max_rate: float) -> None:
    """A process that sleeps past its deadline wakes to a time-out, nothing else."""
    client = AsyncFake("CREATING")
    clock = trio.testing.MockClock()

    async def main() -> None:
        async def suspend() -> None:
            await trio.testing.wait_all_tasks_blocked()
            clock.jump(10)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(suspend)
            with pytest.raises(WaitTimeoutError):
                await dynawait.wait_for_all(
                    client, {"orders": table_active()}, timeout=1, max_rate=max_rate
                )

    trio.run(main, clock=clock)


@BOTH
def test_siblings_go_on(enter: Callable[[Callable[[], Awaitable[Any]]], Any]) -> None:
    """That the one who leads is cancelled does not disturb who waits with him."""
    client = AsyncFake(*["CREATING"] * 5, "ACTIVE", seconds=0.01)

    async def main() -> list[str]:
        statuses: list[str] = []
        leader = anyio.CancelScope()

        async def sibling() -> None:
            statuses.append((await wait(client, polling=HASTY)).status)

        async def cancelled() -> None:
            with leader:
                await wait(client, polling=HASTY)

        async with anyio.create_task_group() as group:
            group.start_soon(cancelled)
            await anyio.sleep(0.005)
            for _ in range(3):
                group.start_soon(sibling)
            await anyio.sleep(0.005)
            leader.cancel()
        assert leader.cancelled_caught
        return statuses

    assert enter(main) == ["ACTIVE"] * 3
    assert client.in_flight == 0


@BOTH
@pytest.mark.parametrize("moment", range(0, 40, 3))
def test_cancelled_at_any_time(
    enter: Callable[[Callable[[], Awaitable[Any]]], Any], moment: int
) -> None:
    """Whenever waits are cancelled, nothing runs on, and new ones begin afresh."""
    client = AsyncFake("CREATING", seconds=0.004)

    async def main() -> dynawait.TableState:
        with anyio.move_on_after(moment / 1000):
            async with anyio.create_task_group() as group:
                for _ in range(3):
                    group.start_soon(lambda: wait(client, polling=HASTY))
        assert client.in_flight == 0
        client._statuses[:] = ["ACTIVE"]
        with anyio.fail_after(5):
            return await wait(client)

    assert enter(main).exists


@BOTH
def test_a_thread_that_hangs_is_left_behind(
    enter: Callable[[Callable[[], Awaitable[Any]]], Any],
) -> None:
    """A blocking call in a worker thread does not hold back the timeout."""
    client = StuckClient()

    async def main() -> float:
        started = time.monotonic()
        try:
            with pytest.raises(WaitTimeoutError):
                await wait(client, timeout=0.1)
            return time.monotonic() - started
        finally:
            client.release()

    assert enter(main) < 5


@BOTH
def test_a_loop_that_ends(enter: Callable[[Callable[[], Awaitable[Any]]], Any]) -> None:
    """A client that outlives its loop works in the next one."""
    client = AsyncFake(*["CREATING"] * 3, "ACTIVE")

    async def cut_short() -> None:
        with anyio.move_on_after(0.02):
            await wait(client, polling=Polling(floor=60, cap=60))

    async def main() -> dynawait.TableState:
        return await wait(client, polling=HASTY, timeout=5)

    enter(cut_short)
    assert enter(main).exists


def test_an_interrupted_loop() -> None:
    """Ctrl-C in a call passes through every layer as it is."""

    class Client:
        async def describe_table(self, **_: Any) -> dict[str, Any]:
            raise KeyboardInterrupt

    async def main() -> None:
        await wait(Client())

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
    gc.collect()


@BOTH
def test_failures_are_bare(
    enter: Callable[[Callable[[], Awaitable[Any]]], Any],
) -> None:
    """A failure of many waits is the error itself, not a group of errors."""

    class Client(AsyncFake):
        async def describe_table(self, **parameters: Any) -> dict[str, Any]:
            if parameters["TableName"] == "users":
                raise ZeroDivisionError
            return await super().describe_table(**parameters)

    client = Client("CREATING", seconds=60)

    async def main() -> None:
        tables = {name: table_active() for name in ("orders", "users", "carts")}
        await dynawait.wait_for_all(client, tables)

    with pytest.raises(ZeroDivisionError):
        enter(main)
    assert client.in_flight == 0


def test_no_thread_is_left() -> None:
    """The async face starts no thread for an asynchronous client."""
    before = threading.active_count()

    async def main() -> None:
        tables = {f"table-{place}": table_active() for place in range(20)}
        await dynawait.wait_for_all(AsyncFake("ACTIVE"), tables)
        assert threading.active_count() == before

    on_asyncio(main)
