"""Cancelled waits leave nothing behind: no task, no busy thread, no further request."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import pytest
import trio
from faces import Face, every_async_face
from scenes import PATIENCE, Witness, create, silent_server

from dynawait import Polling, table_active

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Connect = Callable[..., Any]

BRISK = Polling(floor=0.05, cap=0.05)


class Counter:
    """A hook of a client that counts the requests it sends."""

    def __init__(self, client: Any) -> None:
        """Hook into a client."""
        self.sent = 0
        client.meta.events.register("before-send.dynamodb", self._count)

    def _count(self, **_: Any) -> None:
        self.sent += 1


async def until(condition: Callable[[], object]) -> None:
    """Suspend until something is so."""
    with anyio.fail_after(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what counts the requests has no Event
            await anyio.sleep(0.01)


async def cancel(
    face: Face,
    work: Callable[[], Awaitable[object]],
    *,
    when: Callable[[], Awaitable[None]],
) -> None:
    """Start some work, cancel it when the time has come, and see it end."""
    if face.loop == "trio":
        async with trio.open_nursery() as nursery:
            nursery.start_soon(work)
            await when()
            nursery.cancel_scope.cancel()
        return
    task = asyncio.ensure_future(work())
    await when()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def tasks(face: Face) -> int:
    """Return how many tasks the loop has."""
    if face.loop == "trio":
        return trio.lowlevel.current_statistics().tasks_living
    return len(asyncio.all_tasks())


def busy_threads() -> float:
    """Return how many worker threads have something to do."""
    return anyio.to_thread.current_default_thread_limiter().borrowed_tokens


@every_async_face
@pytest.mark.parametrize("number", [1, 3])
def test_a_cancelled_wait_leaves_nothing(
    face: Face, number: int, moto_url: str, table_name: str
) -> None:
    """After the end of a wait for tables that never come nothing is done any more."""
    tables = [f"{table_name}-{place}" for place in range(number)]

    async def main() -> None:
        async with face.open(moto_url) as client:
            counter, before = Counter(client), tasks(face)
            threads = threading.active_count()
            await cancel(
                face,
                lambda: face.call(
                    client,
                    "wait_for_all",
                    dict.fromkeys(tables, table_active()),
                    timeout=None,
                    polling=BRISK,
                ),
                when=lambda: until(lambda: counter.sent >= 4 * number),
            )
            at_the_end = counter.sent
            await until(lambda: busy_threads() == 0)
            await anyio.sleep(0.3)
            assert counter.sent == at_the_end
            assert tasks(face) == before
            # Idle workers stay for a while: those of anyio, and one of asyncio itself,
            # which has resolved a host's name for aiohttp.
            spare = number + 1 if face.client == "boto3" else 1
            assert threading.active_count() <= threads + spare

    face.run(main)


@every_async_face
def test_a_call_in_flight_is_left_alone(face: Face) -> None:
    """A wait whose call has no answer yet is cancelled at once, and calls no more."""

    async def main() -> None:
        with silent_server() as url:
            async with face.open(url) as client:
                counter, before = Counter(client), tasks(face)
                await cancel(
                    face,
                    lambda: face.call(
                        client, "wait_for_table_active", "orders", timeout=None
                    ),
                    when=lambda: until(lambda: counter.sent),
                )
                assert tasks(face) == before
                await anyio.sleep(0.3)
                assert counter.sent == 1

    begun = time.monotonic()
    face.run(main)
    assert time.monotonic() - begun < 2


@every_async_face
def test_one_of_two_waits_is_cancelled(
    face: Face, moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """Of two waits that share their looks, the second goes on without the first."""
    witness = Witness()
    other = boto3_client(moto_url)

    async def main() -> Any:
        async with face.open(moto_url) as client:
            states: list[Any] = []

            async def wait() -> None:
                states.append(
                    await face.call(
                        client,
                        "wait_for_table_active",
                        table_name,
                        timeout=PATIENCE,
                        polling=BRISK,
                        on_event=witness,
                    )
                )

            async def both_look() -> None:
                await until(lambda: len(witness.texts("wait.changed")) == 2)

            async with anyio.create_task_group() as group:

                async def second() -> None:
                    await until(lambda: witness.events)
                    await wait()

                group.start_soon(second)
                await cancel(face, wait, when=both_look)
                assert states == []
                create(other, table_name)
            return states

    assert [state.status for state in face.run(main)] == ["ACTIVE"]
