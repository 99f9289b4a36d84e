"""Measure what a lost answer costs: that of an acquisition, and that of a heartbeat.

A network carries one write to DynamoDB Local, where it happens, and closes the
connection instead of answering. Whoever takes the lock that it has just written for
somebody else's waits for a whole lease; whoever takes its own heartbeat for somebody
else's believes that the lock is lost. Each case is tried with botocore as it is, which
sends the call again by itself, and with its retries turned off.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from _locks import (
    PEER,
    RETRIES,
    Ours,
    Peer,
    running_dynamodb,
    running_network,
)
from _shared import describe_run, parser, print_goal, print_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _locks import Network

OURS = "dynawait.sync.locks"
GOAL = 0.2  # seconds
# What writes the row of an acquisition.
ACQUIRING = {OURS: "UpdateItem", PEER: "PutItem"}
BEAT_LEASE = 4.0


@dataclass(frozen=True, slots=True)
class Case:
    """One who loses an answer.

    Attributes:
        who: whose client it is.
        retries: how botocore is set up.
        make: makes the client, given the network's address and a lease.
    """

    who: str
    retries: str
    make: Callable[[str, float], Any]


def cases() -> list[Case]:
    """Return both clients, with and without retries."""
    return [
        Case(who, retries, make)
        for retries in RETRIES
        for who, make in (
            (OURS, _maker(Ours, retries)),
            (PEER, _maker(Peer, retries)),
        )
    ]


def _maker(kind: type[Any], retries: str) -> Callable[[str, float], Any]:
    return lambda url, lease: kind(
        url, lease=lease, heartbeat=lease / 4, retries=retries
    )


def insist(client: Any, key: str) -> tuple[Any, int]:
    """Acquire a lock, asking again after an error; return the lease and the errors."""
    errors = 0
    while True:
        try:
            return client.acquire(key), errors
        except Exception as error:
            # Nothing else is expected where an answer was lost.
            if "Connection was closed" not in str(error):
                raise
            errors += 1


def acquiring(
    network: Network, case: Case, lease: float, key: str
) -> tuple[float, int]:
    """Return how long an acquisition takes whose answer is lost, and its errors."""
    client = case.make(network.url, lease)
    client.release(client.acquire(f"{key}-before"))
    network.lose(ACQUIRING[case.who])
    began = time.perf_counter()
    lease_held, errors = insist(client, key)
    took = time.perf_counter() - began
    client.release(lease_held)
    client.close()
    return took, errors


def beating(network: Network, case: Case, key: str) -> bool:
    """Tell whether a lock is still held after the answer to a heartbeat was lost."""
    client = case.make(network.url, BEAT_LEASE)
    held = client.acquire(key)
    network.lose("UpdateItem")
    time.sleep(1.5 * BEAT_LEASE)
    answer = bool(client.is_held(held))
    assert not network.tell()["left"], "no heartbeat was sent"
    client.close()
    return answer


def run(
    url: str, case: Case, work: Callable[[Network, Case, int], None], times: int
) -> None:
    """Let a case do its work several times, on a network of its own."""
    with running_network(url) as network:
        for number in range(times):
            work(network, case, number)


def side_by_side(works: Iterable[Callable[[], None]]) -> None:
    """Do several works at once; those who only wait do not disturb each other."""
    with ThreadPoolExecutor(2 * len(RETRIES)) as crew:
        for done in [crew.submit(work) for work in works]:
            done.result()


def measure(
    url: str, lease: float, times: int
) -> tuple[dict[Case, list[tuple[float, int]]], dict[Case, list[bool]]]:
    """Return what acquisitions took, and which locks are held after the heartbeat."""
    everybody = cases()
    acquired: dict[Case, list[tuple[float, int]]] = {each: [] for each in everybody}
    held: dict[Case, list[bool]] = {each: [] for each in everybody}

    def lose_acquisition(network: Network, case: Case, number: int) -> None:
        key = f"acquire-{case.retries}-{number}"
        acquired[case].append(acquiring(network, case, lease, key))

    def lose_heartbeat(network: Network, case: Case, number: int) -> None:
        held[case].append(beating(network, case, f"beat-{case.retries}-{number}"))

    for case in everybody:
        if case.who == OURS:
            run(url, case, lose_acquisition, times)
    peers = [case for case in everybody if case.who == PEER]
    side_by_side(partial(run, url, case, lose_acquisition, times) for case in peers)
    side_by_side(partial(run, url, case, lose_heartbeat, times) for case in everybody)
    return acquired, held


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    chosen = options.parse_args()
    lease, times = (2.0, 1) if chosen.quick else (8.0, 5)
    describe_run("boto3", PEER)
    with running_dynamodb() as server:
        acquired, held = measure(server, lease, times)
    rows = [
        [
            case.who,
            case.retries,
            f"{median(took for took, _ in found):.3f}",
            f"{max(took for took, _ in found):.3f}",
            str(max(errors for _, errors in found)),
            f"{sum(held[case])} of {times}",
        ]
        for case, found in acquired.items()
    ]
    print(f"{times} times each; the acquisition's lease is {lease:g} s")
    header = ["who", "botocore", "acquired after, s", "most", "errors", "still held"]
    print_table(header, rows)
    for case in acquired:
        if case.who == OURS:
            print_goals(case.retries, acquired[case], held[case])


def print_goals(
    retries: str, acquired: list[tuple[float, int]], held: list[bool]
) -> None:
    """Say which goals ours has reached."""
    middle = median(took for took, _ in acquired)
    text = f"{retries}: ours is acquired {middle:.3f} s after a lost answer; below"
    print_goal(f"{text} {GOAL:g} s", reached=middle < GOAL)
    text = f"{retries}: {sum(held)} of {len(held)} of ours held after a heartbeat's"
    print_goal(f"{text} answer was lost", reached=all(held))


if __name__ == "__main__":
    main()
