"""Measure how tasks, or threads, of one process hand a lock on to each other.

Some of them share one lock client and want the same lock all the time, on asyncio and
in threads. The delay is from the call of a release to the return of the next
acquisition. A hand-off without a call is one during which the client has sent nothing;
the others come where the client gives the lock up to let other processes have it, once
a second, or where nobody was waiting when it was acquired.
"""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field
from statistics import median

from _locks import TABLE, Calls, Ours, async_client, percentile, running_dynamodb
from _shared import describe_run, parser, print_goal, print_table

from dynawait.locks import LockClient

WANTING = 8
GOAL = 0.001  # seconds


@dataclass(slots=True)
class Relay:
    """How a lock went round in one process.

    Attributes:
        calls: what was sent.
        delays: of the hand-offs without a call, in seconds.
        others: of those with one.
    """

    calls: Calls
    delays: list[float] = field(default_factory=list[float])
    others: list[float] = field(default_factory=list[float])
    _left_at: float = 0.0
    _sent: int = 0

    def take(self) -> None:
        """Note that somebody has the lock."""
        if self._left_at:
            sent = self.calls.sent.total() - self._sent
            delays = self.others if sent else self.delays
            delays.append(time.perf_counter() - self._left_at)

    def leave(self) -> None:
        """Note that whoever has it is about to release it."""
        self._sent = self.calls.sent.total()
        self._left_at = time.perf_counter()


async def in_tasks(url: str, seconds: float) -> Relay:
    """Let tasks of asyncio hand the lock on."""
    async with async_client(url) as client:
        locks = LockClient(client, TABLE)
        await (await locks.acquire("tasks")).release()  # what is done only once
        relay = Relay(Calls(client))
        end = time.monotonic() + seconds

        async def want() -> None:
            while time.monotonic() < end:
                lease = await locks.acquire("tasks")
                relay.take()
                await asyncio.sleep(0)
                relay.leave()
                await lease.release()

        await asyncio.gather(*(want() for _ in range(WANTING)))
        return relay


def in_threads(url: str, seconds: float) -> Relay:
    """Let threads hand the lock on."""
    ours = Ours(url)
    ours.release(ours.acquire("threads"))
    relay = Relay(Calls(ours.client))
    end = time.monotonic() + seconds

    def want() -> None:
        while time.monotonic() < end:
            lease = ours.acquire("threads")
            relay.take()
            relay.leave()
            ours.release(lease)

    threads = [threading.Thread(target=want) for _ in range(WANTING)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return relay


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, help="default: 10, or 1 if quick")
    chosen = options.parse_args()
    seconds = chosen.seconds or (1.0 if chosen.quick else 10.0)
    describe_run("boto3", "aiobotocore")
    with running_dynamodb() as server:
        found = {
            "tasks of asyncio": asyncio.run(in_tasks(server, seconds)),
            "threads": in_threads(server, seconds),
        }
    rows = [
        [
            name,
            f"{len(relay.delays):,}",
            f"{median(relay.delays) * 1e6:.0f}",
            f"{percentile(relay.delays, 0.99) * 1e6:.0f}",
            f"{len(relay.others):,}",
            f"{median(relay.others or [0.0]) * 1e6:.0f}",
            f"{relay.calls.sent.total() / (len(relay.delays) + len(relay.others)):.3f}",
        ]
        for name, relay in found.items()
    ]
    print(f"{WANTING} that want one lock, for {seconds:g} s")
    header = ["who", "without a call", "us", "p99", "with calls", "us", "calls each"]
    print_table(header, rows)
    for name, relay in found.items():
        middle = median(relay.delays)
        text = f"{name}: handed on without a call in {middle * 1e6:.0f} us; below"
        print_goal(f"{text} {GOAL * 1e6:g}", reached=middle < GOAL)


if __name__ == "__main__":
    main()
