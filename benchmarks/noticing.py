"""Compare how soon the end of a transition is noticed, and at what price.

Ours is the real wait_for_table_active against the simulated service in virtual time.
The peers are their schedules, replayed: the first look is at once, and the wait ends at
the first look that is not before the end. No call takes any time, for nobody.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from itertools import chain, count, repeat
from math import sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any

from _shared import describe_run, parser, print_goal, print_table, table_request

from dynawait.sync import wait_for_table_active
from dynawait.testing import Durations, SimulatedDynamoDB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DURATIONS = {"0.5 s": 0.5, "5 s": 5.0, "60 s": 60.0, "10 min": 600.0, "2 h": 7200.0}
SPREAD = 0.1  # the true durations are drawn from +-10 %
OURS = "dynawait"
SHARE, LEAST = 0.05, 0.5  # the goal: 5 % of the duration, or half a second


@dataclass(frozen=True, slots=True)
class Noticed:
    """How one wait went, or on average: seconds late, and the looks it took.

    Attributes:
        delay: from the true end to the look that shows it, in seconds.
        looks: how many DescribeTable it took.
        doubt: how far the mean delay may be off, with 95 % certainty.
    """

    delay: float
    looks: float
    doubt: float = 0.0


def dynawait(duration: float) -> Noticed:
    """Wait for one table that takes so long."""
    dynamodb = SimulatedDynamoDB(durations=Durations(table_create=duration))
    client: Any = dynamodb.client()
    client.create_table(**table_request("orders"))
    state = wait_for_table_active(client, "orders", timeout=None)
    assert state.status == "ACTIVE"
    looks = sum(call.operation == "DescribeTable" for call in dynamodb.calls)
    return Noticed(dynamodb.clock.now() - duration, looks)


def replay(pauses: Iterable[float], duration: float) -> Noticed:
    """Wait as a schedule would that sleeps for these pauses between two looks."""
    now = 0.0
    pause = iter(pauses)
    for looks in count(1):
        if now >= duration:
            return Noticed(now - duration, looks)
        now += next(pause)
    raise AssertionError


def boto3_delay() -> float:
    """Return the pause of boto3's own waiter, from the model that it reads."""
    import botocore.session

    loader = botocore.session.get_session().get_component("data_loader")
    model = loader.load_service_model("dynamodb", "waiters-2")
    return float(model["waiters"]["TableExists"]["delay"])


def terraform() -> Iterable[float]:
    """Return the pauses of Terraform's state waits: doubled, up to ten seconds."""
    return chain((0.1 * 2**step for step in range(7)), repeat(10.0))


def peers() -> dict[str, Callable[[float], Noticed]]:
    """Return the others' waits, by name."""
    delay = boto3_delay()
    return {
        f"boto3 waiter ({delay:g} s)": lambda true: replay(repeat(delay), true),
        "loop of 5 s": lambda true: replay(repeat(5.0), true),
        "loop of 60 s": lambda true: replay(repeat(60.0), true),
        "Terraform (0.1 s to 10 s)": lambda true: replay(terraform(), true),
    }


def average(wait: Callable[[float], Noticed], durations: list[float]) -> Noticed:
    """Return the means over many true durations."""
    noticed = [wait(duration) for duration in durations]
    delays = [one.delay for one in noticed]
    doubt = 1.96 * stdev(delays) / sqrt(len(delays))
    return Noticed(fmean(delays), fmean(one.looks for one in noticed), doubt)


def draw(mean: float, draws: int, chance: random.Random) -> list[float]:
    """Return durations around a mean: one at random from each of equal slices."""
    width = 2 * SPREAD / draws
    return [
        mean * (1 - SPREAD + width * (place + chance.random()))
        for place in range(draws)
    ]


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--draws", type=int, help="default: 2000, or 30 if quick")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    draws = chosen.draws or (30 if chosen.quick else 2000)
    describe_run("botocore")
    chance = random.Random(chosen.seed)
    random.seed(chosen.seed)  # the jitter of our own schedule
    waits = {OURS: dynawait, **peers()}
    rows, verdicts = [], []
    began = time.perf_counter()
    for label, mean in DURATIONS.items():
        drawn = draw(mean, draws, chance)
        figures = {name: average(wait, drawn) for name, wait in waits.items()}
        ours = figures[OURS]
        for name, theirs in figures.items():
            rows.append(
                [
                    label,
                    name,
                    f"{theirs.delay:.3f} +-{theirs.doubt:.3f}",
                    f"{theirs.delay / mean:.2%}",
                    f"{theirs.looks:.1f}",
                    f"{theirs.delay / ours.delay:.2f}",
                    f"{theirs.looks / ours.looks:.2f}",
                ]
            )
        better = [
            name
            for name, theirs in figures.items()
            if theirs.delay < ours.delay and theirs.looks < ours.looks
        ]
        text = f"{label}: better in both figures: {', '.join(better) or 'nobody'}"
        verdicts.append((text, not better))
        limit = max(SHARE * mean, LEAST)
        text = f"{label}: mean delay {ours.delay:.3f} s, at most {limit:g} s"
        verdicts.append((text, ours.delay <= limit))
    header = ["transition", "who", "delay, s", "of it", "looks", "delay / ours"]
    print_table([*header, "looks / ours"], rows)
    for text, reached in verdicts:
        print_goal(text, reached=reached)
    print(f"\n{draws} durations each, in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
