"""Measure how many locks one client can hold.

It acquires a thousand locks and holds them, with a lease of 4 s and a heartbeat every
second, through a network that adds latency until a call takes 8 ms. A lock is lost once
it was not renewed for a lease: ours says so, and of python-dynamodb-lock the times of
its heartbeats are watched. Amazon's client for Java, which beats for one lock after
another as well, lost 737 of 1,000 in such a run elsewhere.
"""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from _locks import (
    PEER,
    TABLE,
    Calls,
    Ours,
    Peer,
    async_client,
    percentile,
    running_dynamodb,
    running_network,
)
from _shared import describe_run, parser, print_goal, print_table

from dynawait.locks import LockClient

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from _locks import Network

BLOCKING, ASYNC = "dynawait.sync.locks", "dynawait.locks"
LEASE, BEAT = 4.0, 1.0
CALL = 0.008  # seconds that a call is to take
ACQUIRERS = 4
TICK = 0.05


@dataclass(slots=True)
class Held:
    """How a client held many locks.

    Attributes:
        acquiring: how long it took to acquire them, in seconds.
        lost: the places of those that were lost at some time.
        early: how many of them before all were acquired.
        beats: how many heartbeats were sent while all were held.
        busy: seconds of processor time that the process used meanwhile.
        left: the shortest time that was left of any lease, looked at every tick.
    """

    acquiring: float = 0.0
    lost: set[int] = field(default_factory=set[int])
    early: int = 0
    beats: int = 0
    busy: float = 0.0
    left: list[float] = field(default_factory=list[float])

    def look(self, remaining: Sequence[float]) -> None:
        """Note which are over, and how near to it the nearest is."""
        self.lost.update(place for place, left in enumerate(remaining) if left <= 0)
        self.left.append(min(remaining))


def hold_blocking(url: str, count: int, seconds: float) -> Held:
    """Let our blocking client hold the locks."""
    ours = Ours(url, lease=LEASE, heartbeat=BEAT)
    return hold_in_threads(ours, count, seconds, lambda lease, _: lease.remaining())


def hold_peer(url: str, count: int, seconds: float) -> Held:
    """Let the peer hold the locks."""
    peer = Peer(url, lease=LEASE, heartbeat=BEAT)

    def remaining(lease: Any, now: float) -> float:
        left = LEASE - peer.silent(lease, now)
        return left if peer.is_held(lease) else 0.0

    return hold_in_threads(peer, count, seconds, remaining)


def hold_in_threads(
    client: Any, count: int, seconds: float, remaining: Callable[[Any, float], float]
) -> Held:
    """Acquire with several threads, hold, and watch from the first lock on."""
    held, leases = Held(), list[Any]()
    calls, over = Calls(client.client), threading.Event()

    def watch() -> None:
        while not over.wait(TICK):
            now = time.monotonic()
            held.look([remaining(lease, now) for lease in list(leases)] or [LEASE])

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    try:
        with ThreadPoolExecutor(ACQUIRERS) as crew:
            keys = (f"lock-{number}" for number in range(count))
            for lease in crew.map(client.acquire, keys):
                leases.append(lease)
        held.acquiring = time.perf_counter() - began
        held.early = len(held.lost)
        calls.take()
        held.busy = -time.process_time()
        time.sleep(seconds)
        held.busy += time.process_time()
        held.beats = calls.take()["UpdateItem"]
    finally:
        over.set()
        watcher.join()
    with ThreadPoolExecutor(ACQUIRERS) as crew:
        list(
            crew.map(client.release, [each for each in leases if client.is_held(each)])
        )
    client.close()
    return held


async def hold_async(url: str, count: int, seconds: float) -> Held:
    """Let our client on asyncio hold the locks."""
    held, leases = Held(), list[Any]()
    async with async_client(url) as client, AsyncExitStack() as stack:
        locks, calls = (
            LockClient(client, TABLE, lease=LEASE, heartbeat=BEAT),
            Calls(client),
        )
        gate = asyncio.Semaphore(ACQUIRERS)

        async def acquire(number: int) -> None:
            async with gate:
                leases.append(await locks.acquire(f"async-{number}"))

        async def watch() -> None:
            while True:
                await asyncio.sleep(TICK)
                held.look([lease.remaining() for lease in leases] or [LEASE])

        watcher = asyncio.create_task(watch())
        stack.callback(watcher.cancel)
        began = time.perf_counter()
        await asyncio.gather(*(acquire(number) for number in range(count)))
        held.acquiring = time.perf_counter() - began
        held.early = len(held.lost)
        calls.take()
        held.busy = -time.process_time()
        await asyncio.sleep(seconds)
        held.busy += time.process_time()
        held.beats = calls.take()["UpdateItem"]
        watcher.cancel()
        await asyncio.gather(*(lease.release() for lease in leases))
    return held


def set_latency(network: Network) -> tuple[float, float]:
    """Let a call take 8 ms; return what the network adds, and what a call takes."""
    ours = Ours(network.url)

    def one() -> float:
        began = time.perf_counter()
        ours.client.get_item(TableName=TABLE, Key={"key": {"S": "none"}})
        return time.perf_counter() - began

    bare = median([one() for _ in range(200)][50:])
    latency = max(0.0, CALL - bare)
    network.tell(latency=latency)
    return latency, median(one() for _ in range(100))


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--locks", type=int, help="default: 1000, or 100 if quick")
    options.add_argument("--seconds", type=float, help="default: 12, or 5 if quick")
    chosen = options.parse_args()
    count = chosen.locks or (100 if chosen.quick else 1000)
    seconds = chosen.seconds or (5.0 if chosen.quick else 12.0)
    describe_run("boto3", "aiobotocore", PEER)
    with running_dynamodb() as server, running_network(server) as network:
        latency, call = set_latency(network)
        print(
            f"{count} locks for {seconds:g} s, lease {LEASE:g} s, a heartbeat every "
            f"{BEAT:g} s; a call takes {call * 1000:.1f} ms, {latency * 1000:.1f} of "
            "them added"
        )
        found = {
            BLOCKING: hold_blocking(network.url, count, seconds),
            ASYNC: asyncio.run(hold_async(network.url, count, seconds)),
            PEER: hold_peer(network.url, count, seconds),
        }
    rows = [
        [
            name,
            f"{held.acquiring:.1f}",
            f"{held.beats / seconds:.0f}",
            f"{held.busy / max(1, held.beats) * 1000:.2f}",
            f"{min(held.left):.2f}",
            f"{percentile(held.left, 0.5):.2f}",
            str(held.early),
            str(len(held.lost)),
        ]
        for name, held in found.items()
    ]
    header = [
        "who",
        "acquiring, s",
        "beats a second",
        "processor, ms each",
        "least left, s",
        "median",
        "lost early",
        "lost",
    ]
    print_table(header, rows)
    for name in (BLOCKING, ASYNC):
        lost = len(found[name].lost)
        print_goal(f"{name}: {lost} of {count} locks lost; 0", reached=lost == 0)


if __name__ == "__main__":
    main()
