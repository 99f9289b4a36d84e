"""People who ask a queue for index changes, through each face."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import anyio

import dynawait
import dynawait.sync
from dynawait import CreateIndex
from dynawait.testing import Durations, SimulatedDynamoDB, simulate
from tests.gateways.faces import create, on_asyncio, on_trio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

# A creation takes 30 seconds: 10 of allocation, and 20 of backfill.
DURATIONS = Durations(index_allocation=10, index_backfill=20, index_delete=5)


def service(**options: Any) -> SimulatedDynamoDB:
    """Return a simulated DynamoDB with the table of these tests."""
    dynamodb = SimulatedDynamoDB(seed=1, durations=DURATIONS, **options)
    create(dynamodb)
    dynamodb.clock.advance(60)
    return dynamodb


def creation(name: str) -> CreateIndex:
    """Return the creation of an index."""
    return CreateIndex(name, f"key-of-{name}")


@dataclass
class Ask:
    """Somebody who asks for a change, and what came of it.

    Attributes:
        at: when, in seconds after the start.
        change: what is asked for.
        timeout: for how long, in seconds.
        queue: which of the queues.
        outcome: the state, or the error.
        ended: when, in seconds after the start.
    """

    at: float
    change: Any
    timeout: float | None = None
    queue: int = 0
    outcome: Any = None
    ended: float = -1.0


@dataclass
class Stage:
    """What all ask: the queues of one client, and when they are closed.

    Attributes:
        asks: who asks.
        close_at: when the first queue is closed, in seconds; None: at the end.
        fail_at: when its block is left by an error, in seconds; None: never.
        queues: how many queues there are.
        closed: when the closing had come to its end, in seconds.
    """

    asks: Sequence[Ask]
    close_at: float | None = None
    fail_at: float | None = None
    queues: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)
    closed: float = -1.0


class Crowd(Protocol):
    """One way to let them ask."""

    def __call__(self, dynamodb: SimulatedDynamoDB, stage: Stage) -> None:
        """Let all ask, and note what came of it."""


class Left(Exception):  # noqa: N818 - the error by which a block is left
    """Leaves the block of a queue."""


async def _ask(queue: Any, sleep: Any, now: Callable[[], float], ask: Ask) -> None:
    await sleep(ask.at)
    try:
        ask.outcome = await queue.submit(ask.change, timeout=ask.timeout)
    except Exception as error:  # noqa: BLE001 - it is the outcome
        ask.outcome = error
    ask.ended = now()


async def _close(queue: Any, sleep: Any, now: Any, stage: Stage) -> None:
    if stage.fail_at is not None:
        with suppress(Left):
            async with queue:
                await sleep(stage.fail_at)
                raise Left
        stage.closed = now()
        return
    async with queue:
        last = max((ask.at for ask in stage.asks), default=0.0)
        await sleep(last + 0.01 if stage.close_at is None else stage.close_at)
    stage.closed = now()


def on_loop(
    enter: Callable[[Callable[[], Awaitable[Any]]], Any], *, threads: bool = False
) -> Crowd:
    """Return the crowd of tasks on an event loop."""

    def crowd(dynamodb: SimulatedDynamoDB, stage: Stage) -> None:
        began = dynamodb.clock.now()
        client: Any = dynamodb.client() if threads else dynamodb.async_client()

        def now() -> float:
            return dynamodb.clock.now() - began

        async def main() -> None:
            queues = [
                dynawait.IndexChangeQueue(client, "orders", **stage.options)
                for _ in range(stage.queues)
            ]
            sleep = dynamodb.clock.sleep
            async with anyio.create_task_group() as group:
                for ask in stage.asks:
                    group.start_soon(_ask, queues[ask.queue], sleep, now, ask)
                await _close(queues[0], sleep, now, stage)

        enter(main)

    return crowd


def simulated(dynamodb: SimulatedDynamoDB, stage: Stage) -> None:
    """Let coroutines of an actor ask."""
    began = dynamodb.clock.now()

    async def actor(client: Any) -> None:
        gateway = client.__dynawait_gateway__()
        queues = [
            dynawait.IndexChangeQueue(client, "orders", **stage.options)
            for _ in range(stage.queues)
        ]

        def now() -> float:
            return float(gateway.now()) - began

        await gateway.gather(
            [
                *(_ask(queues[a.queue], gateway.sleep, now, a) for a in stage.asks),
                _close(queues[0], gateway.sleep, now, stage),
            ]
        )

    simulate({"actor": actor}, seed=1, service=dynamodb).result("actor")


def in_threads(dynamodb: SimulatedDynamoDB, stage: Stage) -> None:
    """Let a thread each ask."""
    began = dynamodb.clock.now()
    client = dynamodb.client()
    queues = [
        dynawait.sync.IndexChangeQueue(client, "orders", **stage.options)
        for _ in range(stage.queues)
    ]

    def until(moment: float) -> None:
        dynamodb.clock.pause(began + moment - dynamodb.clock.now(), lambda: False)

    def work(ask: Ask) -> None:
        until(ask.at)
        _wait_for_those_before(ask, stage, queues)
        try:
            ask.outcome = queues[ask.queue].submit(ask.change, timeout=ask.timeout)
        except Exception as error:  # noqa: BLE001 - it is the outcome
            ask.outcome = error
        ask.ended = dynamodb.clock.now() - began

    def close() -> None:
        last = max((ask.at for ask in stage.asks), default=0.0)
        if stage.fail_at is not None:
            with suppress(Left), queues[0]:
                until(stage.fail_at)
                raise Left
        else:
            with queues[0]:
                until(last + 0.01 if stage.close_at is None else stage.close_at)
        stage.closed = dynamodb.clock.now() - began

    threads = [threading.Thread(target=work, args=(ask,)) for ask in stage.asks]
    threads.append(threading.Thread(target=close))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)


def _wait_for_those_before(ask: Ask, stage: Stage, queues: Sequence[Any]) -> None:
    """Wait, in real time, until they have got their places in the line."""
    before = [other for other in stage.asks if other.at < ask.at]
    for _ in range(5_000):
        gone = sum(other.ended >= 0 for other in before)
        if sum(queue.pending for queue in queues) + gone >= len(before):
            return
        time.sleep(0.001)


CROWDS: dict[str, Crowd] = {
    "threads": in_threads,
    "asyncio": on_loop(on_asyncio),
    "asyncio-threads": on_loop(on_asyncio, threads=True),
    "trio": on_loop(on_trio),
    "scheduler": simulated,
}


def sent(dynamodb: SimulatedDynamoDB) -> list[tuple[float, str, str]]:
    """Return when which index change was sent: action and index."""
    found: list[tuple[float, str, str]] = []
    for call in dynamodb.calls:
        if call.operation == "UpdateTable":
            (update,) = call.parameters["GlobalSecondaryIndexUpdates"]
            ((action, members),) = update.items()
            found.append((call.time - 60, action, members["IndexName"]))
    return found
