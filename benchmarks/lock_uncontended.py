"""Measure what a lock costs that nobody else wants: in calls, and in time.

Three clients acquire and release a lock of their own, in random order, round after
round: ours for threads, ours on asyncio and python-dynamodb-lock. Between them and
DynamoDB Local lies a network that adds 5 ms to every call. A plain GetItem through it
is the measure of one call; an acquisition cannot take less.
"""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import asynccontextmanager
from statistics import median
from typing import TYPE_CHECKING, Any

from _locks import (
    PEER,
    TABLE,
    Calls,
    Ours,
    Peer,
    async_client,
    blocking_client,
    percentile,
    running_dynamodb,
    running_network,
)
from _shared import describe_run, parser, print_goal, print_table

from dynawait.locks import LockClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from typing import TypeAlias

    # Acquires and releases once; returns how long each took, in seconds.
    Turn: TypeAlias = Callable[[], Awaitable[tuple[float, float]]]

LATENCY = 0.005
BLOCKING, ASYNC, RAW = "dynawait.sync.locks", "dynawait.locks", "GetItem alone"
MOST_CALLS = 2
GOAL = 0.6  # of the peer's time
WARM = 5


def blocking_turn(locks: Any, key: str) -> Turn:
    """Return a turn of a blocking client."""

    async def turn() -> tuple[float, float]:
        began = time.perf_counter()
        lease = locks.acquire(key)
        acquired = time.perf_counter()
        locks.release(lease)
        return acquired - began, time.perf_counter() - acquired

    return turn


def async_turn(locks: LockClient, key: str) -> Turn:
    """Return a turn of our client on asyncio."""

    async def turn() -> tuple[float, float]:
        began = time.perf_counter()
        lease = await locks.acquire(key)
        acquired = time.perf_counter()
        await lease.release()
        return acquired - began, time.perf_counter() - acquired

    return turn


def raw_turn(client: Any) -> Turn:
    """Return a turn that is a single call."""

    async def turn() -> tuple[float, float]:
        began = time.perf_counter()
        client.get_item(
            TableName=TABLE, Key={"key": {"S": "none"}}, ConsistentRead=True
        )
        return time.perf_counter() - began, 0.0

    return turn


@asynccontextmanager
async def everybody(
    url: str,
) -> AsyncIterator[tuple[dict[str, Turn], dict[str, Calls]]]:
    """Give everybody's turn, and what counts their calls."""
    ours, peer = Ours(url), Peer(url)
    async with async_client(url) as client:
        turns = {
            BLOCKING: blocking_turn(ours, "ours"),
            ASYNC: async_turn(LockClient(client, TABLE), "async"),
            PEER: blocking_turn(peer, "theirs"),
            RAW: raw_turn(blocking_client(url)),
        }
        calls = {
            BLOCKING: Calls(ours.client),
            ASYNC: Calls(client),
            PEER: Calls(peer.client),
        }
        yield turns, calls
    await asyncio.to_thread(peer.close)


async def measure(
    url: str, rounds: int
) -> tuple[dict[str, list[tuple[float, float]]], dict[str, Calls], dict[str, int]]:
    """Return the times of everybody, what was sent, and what the first turn took."""
    chance = random.Random(1)
    async with everybody(url) as (turns, calls):
        for turn in turns.values():
            await turn()
        first = {name: call.take().total() for name, call in calls.items()}
        for _ in range(WARM):
            for turn in turns.values():
                await turn()
        for call in calls.values():
            call.take()
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in turns}
        for _ in range(rounds):
            for name in chance.sample(list(turns), len(turns)):
                times[name].append(await turns[name]())
        return times, calls, first


def report(
    times: dict[str, list[tuple[float, float]]],
    calls: dict[str, Calls],
    first: dict[str, int],
) -> None:
    """Print the table and the goals."""
    rounds = len(times[RAW])
    acquiring = {name: [each[0] for each in found] for name, found in times.items()}
    middle = {name: median(found) for name, found in acquiring.items()}
    each = {name: call.sent.total() / rounds for name, call in calls.items()}
    rows = [
        [
            name,
            f"{each[name]:.2f}" if name in each else "1.00",
            str(first.get(name, "")),
            f"{middle[name] * 1000:.2f}",
            f"{percentile(acquiring[name], 0.95) * 1000:.2f}",
            f"{median(turn[1] for turn in found) * 1000:.2f}",
            f"{middle[name] / middle[PEER]:.2f}",
        ]
        for name, found in times.items()
    ]
    header = ["who", "calls", "first time", "acquire, ms", "p95", "release, ms", "/ P"]
    print(f"{rounds} rounds, {LATENCY * 1000:g} ms added to each call; medians")
    print_table(header, rows)
    for name in (BLOCKING, ASYNC):
        text = f"{name}: {each[name]:g} calls to acquire and release; at most"
        print_goal(f"{text} {MOST_CALLS}", reached=each[name] <= MOST_CALLS)
        ratio = middle[name] / middle[PEER]
        text = f"{name}: acquires in {ratio:.2f} of P's time; at most {GOAL}"
        print_goal(text, reached=ratio <= GOAL)


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, help="default: 1000, or 40 if quick")
    chosen = options.parse_args()
    rounds = chosen.rounds or (40 if chosen.quick else 1000)
    describe_run("boto3", "aiobotocore", PEER)
    with running_dynamodb() as server, running_network(server, LATENCY) as network:
        report(*asyncio.run(measure(network.url, rounds)))


if __name__ == "__main__":
    main()
