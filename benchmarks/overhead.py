"""Measure what waiting for a table that is already active costs above DescribeTable.

Each round makes three calls on one boto3 client, in random order: a raw describe_table,
the wait, and a second raw describe_table. Wait minus first is the overhead; second
minus first is the control: what the same arithmetic finds where there is nothing.
"""

from __future__ import annotations

import cProfile
import pstats
import random
import time
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from _shared import (
    boto3_client,
    describe_run,
    interval_of_mean,
    parser,
    print_goal,
    print_table,
    running_server,
    table_request,
)

from dynawait._core.subject import table_subject
from dynawait._gateways.blocking import open_blocking
from dynawait.states import TableState
from dynawait.sync import describe, wait_for_table_active

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = "orders"
SERVERS = ["moto", "simulated", "distant"]
GOAL = 3.0  # per cent of the call


class Canned:
    """A client that has its answer ready, with the face of the one it came from."""

    def __init__(self, meta: Any, response: dict[str, Any]) -> None:
        """Take the answer."""
        self.meta = meta
        self._response = response

    def describe_table(self, **_parameters: object) -> dict[str, Any]:
        """Return it."""
        return self._response


def measure_rounds(client: Any, rounds: int) -> dict[str, list[float]]:
    """Return the microseconds of each kind of call, round by round."""
    calls: dict[str, Callable[[], object]] = {
        "raw": lambda: client.describe_table(TableName=TABLE),
        "wait": lambda: wait_for_table_active(client, TABLE),
        "raw again": lambda: client.describe_table(TableName=TABLE),
    }
    chance = random.Random(1)
    order = list(calls)
    taken: dict[str, list[float]] = {name: [] for name in order}
    warm = min(200, rounds)
    for turn in range(-warm, rounds):
        chance.shuffle(order)
        for name in order:
            began = time.perf_counter_ns()
            calls[name]()
            ended = time.perf_counter_ns()
            if turn >= 0:
                taken[name].append((ended - began) / 1000)
    return taken


def report_rounds(kind: str, taken: dict[str, list[float]]) -> float:
    """Print the paired differences; return the end of the overhead's interval in %."""
    base = fmean(taken["raw"])
    middle = median(taken["raw"])
    rows, ends = [], []
    for label, name in (("wait - raw", "wait"), ("raw - raw", "raw again")):
        gaps = [b - a for a, b in zip(taken["raw"], taken[name], strict=True)]
        low, high = interval_of_mean(gaps, seed=2)
        ends.append(high / base * 100)
        rows.append(
            [
                label,
                f"{fmean(gaps):+.1f} us",
                f"{low / base:+.2%} to {high / base:+.2%}",
                f"{median(gaps):+.1f} us ({median(gaps) / middle:+.2%})",
                f"{median(taken[name]) / middle:.4f}",
            ]
        )
    rounds = len(taken["raw"])
    print(f"{kind}: {rounds} rounds, raw call {base:.0f} us (median {middle:.0f} us)")
    header = ["", "mean", "95 % of the mean", "median", "ratio of medians"]
    print_table(header, rows)
    return ends[0]


def microseconds(call: Callable[[], object], times: int) -> float:
    """Return the median, over seven runs, of what one call takes in a tight loop."""
    runs = []
    for _ in range(7):
        began = time.perf_counter()
        for _ in range(times):
            call()
        runs.append((time.perf_counter() - began) / times * 1e6)
    return median(runs)


def microseconds_between(
    parts: dict[str, Callable[[], object]], pause: Callable[[], object], times: int
) -> dict[str, float]:
    """Return the median of what each part takes, each time right after `pause`."""
    chance = random.Random(3)
    order = list(parts)
    taken: dict[str, list[int]] = {name: [] for name in order}
    for _ in range(times):
        chance.shuffle(order)
        for name in order:
            pause()
            began = time.perf_counter_ns()
            parts[name]()
            taken[name].append(time.perf_counter_ns() - began)
    return {name: median(values) / 1000 for name, values in taken.items()}


def report_parts(client: Any, times: int) -> None:
    """Print what the parts of a wait cost when the answer is there at once."""
    response = client.describe_table(TableName=TABLE)
    canned: Any = Canned(client.meta, response)
    parts: dict[str, Callable[[], object]] = {
        "wait_for_table_active": lambda: wait_for_table_active(canned, TABLE),
        "describe": lambda: describe(canned, TABLE),
        "part of both: TableState.parse": lambda: TableState.parse(response),
        "part of both: table_subject": lambda: table_subject(TABLE),
        "part of both: open_blocking": lambda: open_blocking(canned),
        "nothing": lambda: None,
    }
    between = microseconds_between(
        parts, lambda: client.describe_table(TableName=TABLE), times // 10
    )
    rows = [
        [name, f"{microseconds(part, times):.1f}", f"{between[name]:.1f}"]
        for name, part in parts.items()
    ]
    print("Without the call, by a client that has its answer ready (moto's):")
    header = ["microseconds", "in a tight loop", "right after a real call"]
    print_table(header, rows)


def report_profile(client: Any, times: int) -> None:
    """Print where the time goes, as the profiler sees it."""
    canned: Any = Canned(client.meta, client.describe_table(TableName=TABLE))
    profile = cProfile.Profile()
    with profile:
        for _ in range(times):
            wait_for_table_active(canned, TABLE)
    pstats.Stats(profile).strip_dirs().sort_stats("cumtime").print_stats(45)


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, help="default: 6000, or 200 if quick")
    options.add_argument("--profile", action="store_true", help="show where time goes")
    options.add_argument(
        "--server",
        choices=SERVERS,
        action="append",
        help="may be given several times; default: all",
    )
    chosen = options.parse_args()
    rounds = chosen.rounds or (200 if chosen.quick else 6000)
    times = 300 if chosen.quick else 5000
    describe_run("boto3", "moto", "waitress")
    ends = {}
    for kind in chosen.server or SERVERS:
        with running_server(kind) as url:
            client: Any = boto3_client(url)
            client.create_table(**table_request(TABLE))
            wait_for_table_active(client, TABLE)
            ends[kind] = report_rounds(kind, measure_rounds(client, rounds))
    with running_server("moto") as url:
        client = boto3_client(url)
        client.create_table(**table_request(TABLE))
        report_parts(client, times)
        if chosen.profile:
            report_profile(client, times)
    for kind, end in ends.items():
        text = f"{kind}: the overhead's 95 % interval ends at {end:.2f} %"
        print_goal(f"{text}, below {GOAL:g} %", reached=end < GOAL)


if __name__ == "__main__":
    main()
