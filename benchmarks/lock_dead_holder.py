"""Measure how long a fresh client waits for a lock whose holder is dead.

A process holds locks of both clients, renews them, and is killed. Forty seconds later
clients that have seen nothing of it want the locks: ours, ours with
`trust_service_time`, ours with what another client has seen meanwhile, ours a second
time, and python-dynamodb-lock. Whoever has no better knowledge has to see a lease pass
with its own eyes.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from _locks import PEER, Ours, Peer, running_dynamodb
from _shared import describe_run, parser, print_goal, print_table

from dynawait.errors import LockTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

TRUSTING, PLAIN = "ours, trust_service_time", "ours"
IMPORTING, AGAIN = "ours, imported observations", "ours, at its second try"
P_LIKE, P_DEFAULT = "P, the same lease", "P, as it is (lease 30 s)"
GOAL = 2.0  # seconds
DEFAULT_LEASE = 30.0


def hold(url: str, lease: float, ready: Connection) -> None:
    """Hold all the locks until killed."""
    ours, peer, default = Ours(url, lease=lease), Peer(url, lease=lease), Peer(url)
    for name in (TRUSTING, PLAIN, IMPORTING, AGAIN):
        ours.acquire(name)
    peer.acquire(P_LIKE)
    default.acquire(P_DEFAULT)
    ready.send("held")
    time.sleep(3600)


def kill_a_holder(url: str, lease: float) -> None:
    """Have a process hold the locks past its first heartbeats, and kill it."""
    context = get_context("spawn")
    here, there = context.Pipe()
    holder = context.Process(target=hold, args=(url, lease, there), daemon=True)
    holder.start()
    assert here.recv() == "held"
    time.sleep(lease / 2)
    holder.kill()
    holder.join()


def acquisitions(url: str, lease: float, seen: str) -> dict[str, Callable[[], object]]:
    """Return how fresh clients acquire the locks of the dead."""
    plain, again = Ours(url, lease=lease), Ours(url, lease=lease)
    trusting = Ours(url, lease=lease, trust_service_time=True)
    importing = Ours(url, lease=lease, observations=seen)
    peer = Peer(url, lease=lease)

    def at_second_try() -> object:
        with suppress(LockTimeoutError):
            again.locks.acquire(AGAIN, wait=lease / 2)
        time.sleep(lease)
        began = time.monotonic()
        again.acquire(AGAIN)
        return time.monotonic() - began

    found: dict[str, Callable[[], object]] = {
        PLAIN: lambda: plain.acquire(PLAIN),
        TRUSTING: lambda: trusting.acquire(TRUSTING),
        IMPORTING: lambda: importing.acquire(IMPORTING),
        AGAIN: at_second_try,
        P_LIKE: lambda: peer.acquire(P_LIKE),
    }
    if lease > DEFAULT_LEASE / 2:  # else the run is a quick one
        default = Peer(url)
        found[P_DEFAULT] = lambda: default.acquire(P_DEFAULT)
    return found


def export_after(url: str, lease: float) -> str:
    """Return what a client that looked once has seen."""
    ours = Ours(url, lease=lease)
    assert ours.locks.try_acquire(IMPORTING) is None
    return ours.locks.observations.export()


def measure(url: str, lease: float, dead_for: float) -> dict[str, float]:
    """Return how long everybody waited, in seconds."""
    kill_a_holder(url, lease)
    died = time.monotonic()
    seen = export_after(url, lease)
    took: dict[str, float] = {}

    def run(name: str, acquire: Callable[[], object]) -> None:
        began = time.monotonic()
        told = acquire()
        took[name] = told if isinstance(told, float) else time.monotonic() - began

    wanted = acquisitions(url, lease, seen)
    time.sleep(max(0.0, died + dead_for - time.monotonic()))
    threads = [threading.Thread(target=run, args=each) for each in wanted.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def print_goals(took: dict[str, float], lease: float) -> None:
    """Say which goals were reached."""
    from dynawait._core.locks.contest import SLOW
    from dynawait._core.locks.timing import Tolerance

    for name in (TRUSTING, IMPORTING, AGAIN):
        waited: Any = took[name]
        text = f"{name}: waited {waited:.2f} s; below {GOAL:g} s"
        print_goal(text, reached=waited < GOAL)
    once = Tolerance().over(lease) + SLOW
    text = f"{PLAIN}: {took[PLAIN]:.2f} s, one lease; at most {once:.1f} s with margin"
    print_goal(text, reached=took[PLAIN] <= once)


def main() -> None:
    """Measure and print."""
    chosen = parser(__doc__).parse_args()
    lease, dead_for = (2.0, 4.0) if chosen.quick else (20.0, 40.0)
    describe_run("boto3", PEER)
    with running_dynamodb() as server:
        took = measure(server, lease, dead_for)
    print(f"lease {lease:g} s, dead for {dead_for:g} s")
    rows = [[name, f"{took[name]:.2f}"] for name in sorted(took, key=took.__getitem__)]
    print_table(["who", "waited, s"], rows)
    print_goals(took, lease)


if __name__ == "__main__":
    main()
