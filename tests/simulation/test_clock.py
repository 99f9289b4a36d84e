"""Virtual time with threads, asyncio and trio."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from dynawait import wait_for_table_active
from dynawait.testing import Faults, SimulatedDynamoDB, VirtualClock
from tests.simulation.support import table

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HOUR = 3600.0


def never() -> bool:
    """Let nothing interrupt the wait."""
    return False


@pytest.fixture(params=["asyncio", "trio"])
def run(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Run an async function on asyncio, or on trio."""

    def runner(function: Callable[..., Awaitable[Any]], *arguments: object) -> Any:
        return anyio.run(function, *arguments, backend=request.param)

    return runner


def test_hours_pass_at_once(run: Callable[..., Any]) -> None:
    """A task that rests for hours is back within a moment of real time."""
    clock = VirtualClock()
    began = time.monotonic()
    run(clock.rest, 10 * HOUR, never)
    assert clock.now() == 10 * HOUR
    assert time.monotonic() - began < 5


def test_tasks_wake_in_the_order_of_their_times(run: Callable[..., Any]) -> None:
    """Whoever is due first wakes first, at exactly its time."""
    clock = VirtualClock()
    woken: list[tuple[float, float]] = []

    async def rest(seconds: float) -> None:
        for _ in range(3):
            due = clock.now() + seconds
            await clock.rest(seconds, never)
            woken.append((due, clock.now()))

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for seconds in (5.0, 1.0, 3.5, 0.25):
                group.start_soon(rest, seconds)

    run(main)
    assert len(woken) == 12
    assert all(due == now for due, now in woken)
    assert woken == sorted(woken)


@pytest.mark.parametrize("steps", [5, 100])
def test_a_task_that_works_is_waited_for(run: Callable[..., Any], steps: int) -> None:
    """Time stands while another task goes from checkpoint to checkpoint."""
    clock = VirtualClock()
    seen: list[float] = []

    async def work() -> None:
        for _ in range(steps):
            await anyio.lowlevel.checkpoint()
            seen.append(clock.now())
        await clock.rest(1, never)
        seen.append(clock.now())

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(clock.rest, HOUR, never)
            group.start_soon(work)

    run(main)
    assert seen == [0] * steps + [1]


def test_a_chain_of_tasks_is_waited_for(run: Callable[..., Any]) -> None:
    """Time stands while the end of one task lets the next one go on."""
    clock = VirtualClock()
    seen: list[float] = []

    async def link(left: int) -> None:
        async with anyio.create_task_group() as group:
            if left:
                group.start_soon(link, left - 1)
        seen.append(clock.now())

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(clock.rest, HOUR, never)
            group.start_soon(link, 50)

    run(main)
    assert seen == [0] * 51


def test_an_interruption_ends_the_rest(run: Callable[..., Any]) -> None:
    """A rest ends early, and no time passes, once `interrupted` says so."""
    clock = VirtualClock()
    flag = threading.Event()

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(clock.rest, HOUR, flag.is_set)
            group.start_soon(clock.rest, HOUR, flag.is_set)
            await clock.rest(7, never)
            flag.set()

    run(main)
    assert clock.now() == 7


def test_a_cancelled_rest_leaves_nothing(run: Callable[..., Any]) -> None:
    """Who is cancelled no longer holds the time, even while it led the others."""
    clock = VirtualClock()

    async def main() -> None:
        async with anyio.create_task_group() as group:
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as doomed:
                    doomed.start_soon(clock.rest, 5, never)
                    doomed.start_soon(clock.rest, 6, never)
                    await anyio.lowlevel.checkpoint()
                    group.start_soon(clock.rest, HOUR, never)
                    scope.cancel()

    run(main)
    assert clock.now() == HOUR
    assert not clock._parties


def test_many_tasks_rest_cheaply() -> None:
    """A thousand tasks with a time of their own each are woken a thousand times."""
    clock = VirtualClock()

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(1000):
                group.create_task(clock.rest(1 + number / 7, never))

    began = time.monotonic()
    asyncio.run(main())
    assert clock.now() == 1 + 999 / 7
    assert time.monotonic() - began < 20


def test_a_thread_alone_waits_no_real_time() -> None:
    """Pauses of one thread add up, at once."""
    clock = VirtualClock()
    for _ in range(100):
        clock.pause(HOUR, never)
    assert clock.now() == 100 * HOUR


def test_threads_pause_side_by_side() -> None:
    """Threads that pause at once share the time instead of adding it up."""
    clock = VirtualClock()
    barrier = threading.Barrier(4)
    ends: dict[float, float] = {}

    def pause(seconds: float) -> None:
        barrier.wait()
        clock.pause(seconds, never)
        ends[seconds] = clock.now()

    threads = [
        threading.Thread(target=pause, args=(seconds,)) for seconds in (4, 3, 2, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    # On a busy machine a thread may begin, or look, when the time has gone on already.
    assert 4 <= clock.now() < 4 + 3 + 2 + 1
    assert len(ends) == 4
    assert all(seconds <= end <= clock.now() for seconds, end in ends.items())


def test_a_pause_can_be_interrupted() -> None:
    """A paused thread goes on once another says so."""
    clock = VirtualClock()
    flag = threading.Event()
    paused = threading.Thread(target=clock.pause, args=(HOUR, flag.is_set))
    paused.start()
    clock.pause(3, never)
    flag.set()
    paused.join(10)
    assert not paused.is_alive()
    # Either may have been alone for a moment, and then time runs for it at once.
    assert clock.now() in (3, HOUR, HOUR + 3)


def test_threads_and_tasks_share_one_time(run: Callable[..., Any]) -> None:
    """A task and a worker thread that wait at once wake in the order of their times."""
    clock = VirtualClock()
    woken: list[tuple[str, float]] = []

    def pause() -> None:
        for _ in range(3):
            clock.pause(2, never)
            woken.append(("thread", clock.now()))

    async def rest() -> None:
        for _ in range(2):
            await clock.rest(3, never)
            woken.append(("task", clock.now()))

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.to_thread.run_sync, pause)
            await anyio.sleep(0.05)
            group.start_soon(rest)

    run(main)
    assert [now for _, now in woken] == sorted(now for _, now in woken)
    assert len(woken) == 5


def test_a_pause_inside_a_loop_does_not_hang() -> None:
    """A blocking pause in the loop's own thread makes its tasks late, no more."""
    clock = VirtualClock()

    async def main() -> float:
        early = asyncio.ensure_future(clock.rest(1, never))
        await asyncio.sleep(0)
        clock.pause(5, never)
        await early
        return clock.now()

    assert asyncio.run(main()) == 5


def test_time_can_be_moved_by_hand(run: Callable[..., Any]) -> None:
    """`advance` wakes who is due by then; it never goes back."""
    clock = VirtualClock()

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(clock.rest, 10, never)
            for _ in range(3):
                await anyio.lowlevel.checkpoint()
            clock.advance(25)

    run(main)
    assert clock.now() == 25
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(-1)


def test_no_wait_is_no_wait(run: Callable[..., Any]) -> None:
    """Zero seconds, or an interruption that is there already, take no time."""
    clock = VirtualClock()
    run(clock.rest, 0, never)
    run(clock.rest, 5, lambda: True)
    clock.pause(0, never)
    clock.pause(5, lambda: True)
    assert clock.now() == 0


def test_the_shortest_wait_lets_time_pass(run: Callable[..., Any]) -> None:
    """Who waits for what is left of a sum of floats does not wait for ever."""
    clock = VirtualClock()
    clock.advance(1e6)
    run(clock.rest, 1e-20, never)
    rested = clock.now()
    assert rested > 1e6
    clock.pause(1e-20, never)
    assert rested < clock.now() < 1e6 + 1e-6


def test_a_task_can_sleep(run: Callable[..., Any]) -> None:
    """`sleep` lets the time pass, and others go on meanwhile."""
    clock = VirtualClock()
    woken: list[float] = []

    async def other() -> None:
        await clock.sleep(10)
        woken.append(clock.now())

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(other)
            await clock.sleep(30)
            assert woken == [10]

    run(main)
    assert clock.now() == 30


def test_time_stands_while_a_call_goes_to_its_thread(run: Callable[..., Any]) -> None:
    """A thread that is slow to start and to return does not make others time out."""
    clock = VirtualClock()
    seen: list[float] = []

    def work() -> None:
        time.sleep(0.1)
        clock.pause(5, never)
        time.sleep(0.1)
        seen.append(clock.now())

    async def hand_over() -> None:
        with clock.handing_over():
            await anyio.to_thread.run_sync(work)
        seen.append(clock.now())

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(clock.rest, HOUR, never)
            group.start_soon(hand_over)

    run(main)
    assert seen == [5, 5]
    assert clock.now() == HOUR
    assert not clock._journeys


def test_calls_in_threads_wait_for_each_other(run: Callable[..., Any]) -> None:
    """A call that pauses in its thread waits for one that has not come so far."""
    clock = VirtualClock()
    seen: list[tuple[str, float]] = []

    def work(name: str, late: float, seconds: float) -> None:
        time.sleep(late)
        clock.pause(seconds, never)
        seen.append((name, clock.now()))

    async def hand_over(*arguments: Any) -> None:
        with clock.handing_over():
            await anyio.to_thread.run_sync(work, *arguments)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(hand_over, "early", 0.0, 9.0)
            group.start_soon(hand_over, "late", 0.1, 2.0)

    run(main)
    assert seen == [("late", 2), ("early", 9)]


def test_an_abandoned_call_holds_nobody(run: Callable[..., Any]) -> None:
    """Once its task is cancelled, a call in a thread no longer holds the time."""
    clock = VirtualClock()
    go = threading.Event()

    async def main() -> None:
        with anyio.move_on_after(0.05), clock.handing_over():
            await anyio.to_thread.run_sync(go.wait, 10, abandon_on_cancel=True)
        await clock.sleep(HOUR)
        go.set()

    run(main)
    assert clock.now() == HOUR


def test_a_paused_loop_waits_for_no_call() -> None:
    """A loop whose thread is paused cannot take a call back: the time goes on."""
    clock = VirtualClock()
    began = threading.Event()
    woken: list[float] = []

    def quick() -> None:
        """Be back at once; nobody can take it."""

    def slow() -> None:
        began.set()
        clock.pause(2, never)
        woken.append(clock.now())

    async def hand_over(function: Callable[[], None]) -> None:
        with clock.handing_over():
            await asyncio.to_thread(function)

    async def main() -> None:
        calls = [asyncio.ensure_future(hand_over(each)) for each in (quick, slow)]
        await asyncio.sleep(0)
        began.wait(10)
        clock.pause(5, never)
        await asyncio.gather(*calls)

    asyncio.run(main())
    assert woken == [2]
    assert clock.now() == 5


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_more_calls_than_threads_come_through(backend: str) -> None:
    """A hundred waits of a blocking client share forty threads, and time passes."""
    dynamodb = SimulatedDynamoDB(faults=Faults(latency=0.5))
    names = [f"table-{number}" for number in range(100)]
    for name in names:
        dynamodb.client().create_table(**table(name))

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for name in names:
                group.start_soon(
                    partial(wait_for_table_active, dynamodb.client(), name, timeout=60)
                )

    anyio.run(main, backend=backend)


def test_a_thread_at_work_is_not_passed_by() -> None:
    """It waits here now and then, as heartbeats do, and works in real time between."""
    clock = VirtualClock()
    begun, over = threading.Event(), threading.Event()
    late: list[float] = []

    def beat() -> None:
        due = 0.0
        begun.set()
        while not over.is_set():
            due += 5
            clock.pause(due - clock.now(), over.is_set)
            late.append(clock.now() - due)
            time.sleep(0.005)  # as on a busy machine

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        begun.wait()
        time.sleep(0.05)  # it waits here by then
        for _ in range(20):
            clock.pause(3, never)
    finally:
        over.set()
        thread.join()
    assert len(late) > 5
    assert max(late) <= 3
