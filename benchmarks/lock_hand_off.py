"""Measure how soon a waiter has a lock that another client releases, and the price.

A holder and a waiter, each with a client of its own, on DynamoDB Local. The holder
acquires and holds the lock, the waiter asks for it at a random moment in the first half
of that, waits, and releases it at once; then all over again. The delay is from the
holder's call of the release to the return of the waiter's acquisition. Calls are all
that both have sent. How long the holder holds is drawn: nearly the same each time, the
same give or take a fifth, or at random without any memory: exponentially distributed,
where nothing is better than to look in even steps, as the peers do.

python-dynamodb-lock with several periods of looking makes the peers' curve: less delay
for more calls. Ours is held against what that curve gives for as many calls. Amazon's
client for Java was seen elsewhere at 551 ms for 7.5 calls and 62 ms for 33.
"""

from __future__ import annotations

import math
import random
import threading
import time
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from _locks import PEER, Calls, Ours, Peer, running_dynamodb
from _shared import describe_run, parser, print_goal, print_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    Holds: TypeAlias = Callable[[random.Random], float]

HOLD = 3.0  # seconds, the mean
HOLDS: dict[str, Holds] = {
    "the same": lambda chance: HOLD * chance.uniform(0.99, 1.01),
    "a fifth more or less": lambda chance: HOLD * chance.uniform(0.8, 1.2),
    "at random": lambda chance: max(0.1, chance.expovariate(1 / HOLD)),
}
PERIODS = (1.0, 0.5, 0.25, 0.1)
FAIRNESS = ("bounded", "fifo", "barging")
DEFAULT = "dynawait, bounded"
# With holds at random, nothing could be below it by more than luck.
GOALS = ("the same", "a fifth more or less")
WARM = 2
"""How many hand-offs go by before they count, so that holds can have been seen."""


@dataclass(slots=True)
class Passed:
    """How often a lock was passed on, and how.

    Attributes:
        delays: in seconds.
        first: those of the first hand-offs of each pair.
        calls: what the hand-offs took, of both sides together.
        waited: for how long the waiter waited, in seconds, up to the release.
        looks: how many calls of the waiter that took.
    """

    delays: list[float] = field(default_factory=list[float])
    first: list[float] = field(default_factory=list[float])
    calls: list[int] = field(default_factory=list[int])
    waited: float = 0.0
    looks: int = 0


def make(url: str, name: str) -> Any:
    """Return a client by what the table calls it."""
    if name in {f"dynawait, {fairness}" for fairness in FAIRNESS}:
        return Ours(url, fairness=name.rpartition(" ")[2])
    return Peer(url, polls=float(name.split()[-2]))


def names() -> list[str]:
    """Return everybody's names."""
    ours = [f"dynawait, {fairness}" for fairness in FAIRNESS]
    return [*ours, *(f"P, looks every {period:g} s" for period in PERIODS)]


class Pair:
    """A holder and a waiter of one lock."""

    def __init__(self, url: str, name: str, key: str, holds: Holds, seed: int) -> None:
        """Make both clients, and do what is done only once."""
        self._key = key
        self._holds = holds
        self._chance = random.Random(seed)
        self._holder, self._waiter = make(url, name), make(url, name)
        for number, client in enumerate((self._holder, self._waiter)):
            client.release(client.acquire(f"{key}-{number}"))
        self._holding = Calls(self._holder.client)
        self._waiting = Calls(self._waiter.client)
        self._released_at = 0.0

    def pass_on(self, times: int, passed: Passed, guard: threading.Lock) -> None:
        """Hand the lock on, several times."""
        for number in range(times):
            hold = self._holds(self._chance)
            lease = self._holder.acquire(self._key)
            releasing = threading.Thread(target=self._release, args=(lease, hold))
            releasing.start()
            time.sleep(self._chance.uniform(0, hold / 2))
            asked = time.monotonic()
            taken = self._waiter.acquire(self._key)
            delay = time.monotonic() - self._released_at
            looks = self._waiting.sent.total()
            self._waiter.release(taken)
            releasing.join()
            calls = looks + 1 + self._holding.take().total()
            self._waiting.take()
            with guard:
                if number == 0:
                    passed.first.append(delay)
                if number >= min(WARM, times - 1):
                    passed.delays.append(delay)
                    passed.calls.append(calls)
                    passed.waited += self._released_at - asked
                    passed.looks += looks

    def _release(self, lease: Any, hold: float) -> None:
        time.sleep(hold)
        self._released_at = time.monotonic()
        self._holder.release(lease)


def measure(
    url: str, kind: str, wanted: Sequence[str], pairs: int, times: int
) -> dict[str, Passed]:
    """Let pairs of everybody hand their locks on, all side by side."""
    found = {name: Passed() for name in wanted}
    guard, threads = threading.Lock(), list[threading.Thread]()
    for name, passed in found.items():
        for seed in range(pairs):
            pair = Pair(url, name, f"{kind}-{name}-{seed}", HOLDS[kind], seed)
            work = (times, passed, guard)
            threads.append(threading.Thread(target=pair.pass_on, args=work))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def on_curve(points: Sequence[tuple[float, float]], calls: float) -> float:
    """Return the delay that the peers' curve gives for so many calls.

    Between its points, and beyond them, it is drawn straight on logarithmic axes.
    """
    ordered = sorted(points)
    place = next(
        (at for at in range(1, len(ordered)) if ordered[at][0] >= calls),
        len(ordered) - 1,
    )
    (few, late), (many, early) = ordered[place - 1 : place + 1]
    slope = math.log(early / late) / math.log(many / few)
    return late * (calls / few) ** slope


def report(kind: str, found: dict[str, Passed]) -> float | None:
    """Print a table; return our delay over the curve's, where that can be told."""
    points = {
        name: (fmean(passed.calls), fmean(passed.delays))
        for name, passed in found.items()
    }
    curve = [point for name, point in points.items() if name.startswith("P,")]
    rows = [
        [
            name,
            f"{points[name][1] * 1000:.0f}",
            f"{median(passed.delays) * 1000:.0f}",
            f"{fmean(passed.first) * 1000:.0f}",
            f"{points[name][0]:.1f}",
            f"{passed.looks / passed.waited:.1f}",
            f"{points[name][1] / on_curve(curve, points[name][0]):.2f}"
            if len(curve) > 1
            else "",
        ]
        for name, passed in found.items()
    ]
    count = len(next(iter(found.values())).delays)
    print(f"held for {HOLD:g} s: {kind}; {count} hand-offs each")
    print_table(
        ["who", "delay, ms", "median", "first", "calls", "calls/s waited", "/ curve"],
        rows,
    )
    if len(curve) < 2 or DEFAULT not in points:
        return None
    calls, delay = points[DEFAULT]
    return delay / on_curve(curve, calls)


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--pairs", type=int, help="default: 5, or 1 if quick")
    options.add_argument("--times", type=int, help="default: 14, or 2 if quick")
    options.add_argument("--holds", choices=HOLDS, action="append")
    options.add_argument("--only", choices=names(), action="append")
    chosen = options.parse_args()
    pairs = chosen.pairs or (1 if chosen.quick else 5)
    times = chosen.times or (2 if chosen.quick else 14)
    describe_run("boto3", PEER)
    ratios = {}
    with running_dynamodb() as server:
        for kind in chosen.holds or HOLDS:
            found = measure(server, kind, chosen.only or names(), pairs, times)
            ratios[kind] = report(kind, found)
    for kind, ratio in ratios.items():
        if ratio is not None and kind in GOALS:
            text = f"{DEFAULT}, held {kind}: {ratio:.2f} of the peers' curve; below 1"
            print_goal(text, reached=ratio < 1)


if __name__ == "__main__":
    main()
