"""Measure how a lock goes round among processes that all want it all the time.

Eight processes, each with a client of its own, hold one lock for 20 ms, again and again
for 20 s, on DynamoDB Local. Ours with each of its settings for fairness, and
python-dynamodb-lock with two periods of looking. *Evenness* is Jain's index of the
acquisitions by process: 1 where all have the same, an eighth where one has all. A wait
that the end of the run cuts off counts for as long as it was. *Calls* are all that was
sent, by acquisitions.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median
from typing import TYPE_CHECKING, Any

from _locks import PEER, Calls, Ours, Peer, jain, percentile, running_dynamodb
from _shared import describe_run, parser, print_goal, print_table

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Barrier

CONTENDERS = 8
HOLD = 0.02
LEASE = 20.0
EVENNESS, WORST, RATE, MOST_CALLS = 0.9, 3.0, 30.0, 5.0
# Who is measured: a client, and its options.
SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynawait, bounded": ("ours", {"fairness": "bounded"}),
    "dynawait, fifo": ("ours", {"fairness": "fifo"}),
    "dynawait, barging": ("ours", {"fairness": "barging"}),
    "P, looks every 1 s": ("peer", {"polls": 1.0}),
    "P, looks every 0.1 s": ("peer", {"polls": 0.1}),
}
DEFAULT = "dynawait, bounded"


@dataclass(frozen=True, slots=True)
class Share:
    """What one process had of the lock.

    Attributes:
        waits: how long each acquisition took, in seconds; the last one may have been
            cut off.
        got: how many there were.
        calls: how many calls were sent.
    """

    waits: list[float]
    got: int
    calls: int


def contend(
    url: str, name: str, seconds: float, barrier: Barrier, shares: Queue[Share]
) -> None:
    """Want the lock all the time, in a process of its own."""
    kind, options = SETTINGS[name]
    client: Any = {"ours": Ours, "peer": Peer}[kind](url, lease=LEASE, **options)
    client.release(client.acquire(f"{name}-{os.getpid()}"))  # what is done only once
    calls, waits, got = Calls(client.client), list[float](), 0
    barrier.wait()
    end = time.monotonic() + seconds
    while (asked := time.monotonic()) < end:
        lease = client.acquire(name)
        waits.append(min(time.monotonic(), end) - asked)
        got += time.monotonic() < end
        time.sleep(HOLD)
        client.release(lease)
    shares.put(Share(waits, got, calls.sent.total()))


def contest(url: str, name: str, seconds: float) -> list[Share]:
    """Let all processes contend."""
    context = get_context("spawn")
    barrier, shares = context.Barrier(CONTENDERS), context.Queue()
    crew = [
        context.Process(
            target=contend,
            args=(url, name, seconds, barrier, shares),
            daemon=True,
        )
        for _ in range(CONTENDERS)
    ]
    for process in crew:
        process.start()
    found = [shares.get() for _ in crew]
    for process in crew:
        process.join()
    return found


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, help="default: 20, or 3 if quick")
    options.add_argument("--only", choices=SETTINGS, action="append")
    chosen = options.parse_args()
    seconds = chosen.seconds or (3.0 if chosen.quick else 20.0)
    describe_run("boto3", PEER)
    rows, ours = [], {}
    with running_dynamodb() as server:
        for name in chosen.only or SETTINGS:
            shares = contest(server, name, seconds)
            waits = [wait for share in shares for wait in share.waits]
            got = sum(share.got for share in shares)
            evenness = jain(share.got for share in shares)
            calls = sum(share.calls for share in shares) / max(1, got)
            ours[name] = (evenness, max(waits), got / seconds, calls)
            rows.append(
                [
                    name,
                    f"{got / seconds:.1f}",
                    f"{evenness:.3f}",
                    f"{median(waits):.3f}",
                    f"{percentile(waits, 0.99):.2f}",
                    f"{max(waits):.2f}",
                    f"{calls:.1f}",
                ]
            )
    print(f"{CONTENDERS} processes, {HOLD * 1000:g} ms each, for {seconds:g} s")
    header = ["who", "a second", "evenness", "wait, s", "p99", "worst", "calls each"]
    print_table(header, rows)
    if DEFAULT in ours:
        print_goals(*ours[DEFAULT])


def print_goals(evenness: float, worst: float, rate: float, calls: float) -> None:
    """Say which of the default setting's goals were reached."""
    text = f"{DEFAULT}: evenness {evenness:.3f}; at least {EVENNESS:g}"
    print_goal(text, reached=evenness >= EVENNESS)
    text = f"{DEFAULT}: the worst wait is {worst:.2f} s; below {WORST:g} s"
    print_goal(text, reached=worst < WORST)
    text = f"{DEFAULT}: {rate:.1f} acquisitions a second; at least {RATE:g}"
    print_goal(text, reached=rate >= RATE)
    text = f"{DEFAULT}: {calls:.1f} calls each; at most {MOST_CALLS:g}"
    print_goal(text, reached=calls <= MOST_CALLS)


if __name__ == "__main__":
    main()
