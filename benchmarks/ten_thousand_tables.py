"""Await ten thousand tables from one process, and weigh what each of them costs.

The service refuses more than 2,500 requests a second. Beside `wait_for_all` with a cap
of 2,000 runs what people write: a task for every table, which looks every 20 s as
boto3's waiter does. Each measurement is a process of its own, in virtual time.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from _fleet import LIMIT, Fleet, answer_of, table_name
from _shared import describe_run, parser, print_goal, print_table

from dynawait import table_active, wait_for_all
from dynawait.states import TableState
from dynawait.testing import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

RATE = 2000
GOAL = 4096  # bytes for each table
EVERY = 20.0  # seconds, as boto3's waiter
LATENCY = 0.01


def resident() -> int:
    """Return the resident memory of this process, in bytes."""
    if not sys.platform.startswith("linux"):
        raise SystemExit("resident memory is read from /proc, which needs Linux")
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096


class WeighedFleet(Fleet):
    """A fleet that looks at the process's memory every 500 requests."""

    peak = 0

    async def describe_table(self, **parameters: str) -> dict[str, Any]:
        """Answer."""
        if self.calls % 500 == 0:
            self.peak = max(self.peak, resident())
        return await super().describe_table(**parameters)


async def with_dynawait(fleet: Any, tables: int) -> object:
    """Wait for all of them with one call."""
    conditions = {table_name(place): table_active() for place in range(tables)}
    states = await wait_for_all(fleet, conditions, max_rate=RATE)
    assert len(states) == tables
    return states


async def with_tasks(fleet: Any, tables: int) -> object:
    """Wait with a task for each."""

    async def poll(name: str) -> dict[str, Any]:
        while True:
            try:
                response: dict[str, Any] = await fleet.describe_table(TableName=name)
            except ClientError:
                response = {}
            if response.get("Table", {}).get("TableStatus") == "ACTIVE":
                return response
            await fleet.clock.rest(EVERY, lambda: False)

    return await asyncio.gather(*(poll(table_name(place)) for place in range(tables)))


WAYS: dict[str, Callable[[Any, int], Coroutine[Any, Any, object]]] = {
    "wait_for_all": with_dynawait,
    "a task each": with_tasks,
}


def measure(way: str, tables: int, latest: float, *, traced: bool) -> dict[str, float]:
    """Run one way in this process, and return its figures."""
    asyncio.run(with_warmth(WAYS[way]))
    fleet = WeighedFleet(tables, soonest=0.0, latest=latest, latency=LATENCY)
    gc.collect()
    if traced:
        tracemalloc.start()
    before = resident()
    began = time.perf_counter()
    kept = asyncio.run(WAYS[way](fleet, tables))
    spent = time.perf_counter() - began
    peak = max(fleet.peak, resident())
    traced_peak = tracemalloc.get_traced_memory()[1] if traced else 0
    assert kept is not None
    delays = fleet.delays()
    return {
        "tables": tables,
        "noticed": len(delays),
        "delay": fmean(delays),
        "calls": fleet.calls,
        "throttled": fleet.throttled,
        "busiest": fleet.busiest,
        "virtual": fleet.clock.now(),
        "seconds": spent,
        "resident": (peak - before) / tables,
        "traced": traced_peak / tables,
    }


async def with_warmth(way: Callable[[Any, int], Coroutine[Any, Any, object]]) -> None:
    """Load everything that a run loads, so that it does not count as a table's."""
    await way(WeighedFleet(50, soonest=0.0, latest=30.0, latency=LATENCY), 50)


def elsewhere(
    way: str, tables: int, latest: float, *, traced: bool
) -> dict[str, float]:
    """Run one way in a process of its own."""
    task = json.dumps([way, tables, latest, traced])
    command = [sys.executable, __file__, "--task", task]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def traced_each(make: Callable[[int], object], times: int = 1000) -> float:
    """Return the bytes that one of many objects holds on to."""
    make(times)
    gc.collect()
    tracemalloc.start()
    held = [make(place) for place in range(times)]
    gc.collect()
    size = tracemalloc.get_traced_memory()[0] / times
    tracemalloc.stop()
    assert len(held) == times
    return size


def report_parts() -> None:
    """Print what the result holds on to for each table."""
    answer = answer_of(7, "ACTIVE")
    parts: dict[str, Callable[[int], object]] = {
        "raw: what botocore parsed": lambda place: answer_of(place, "ACTIVE")["Table"],
        "TableState, without raw": lambda _: TableState.parse(answer),
        "Condition": lambda _: table_active(),
    }
    rows = [[name, f"{traced_each(make):.0f}"] for name, make in parts.items()]
    print_table(["held for each table", "bytes"], rows)


def shown(value: float) -> str:
    """Return a figure with as many digits as mean something."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--task", help="for the processes that this one starts")
    options.add_argument("--tables", type=int, help="default: 10000, or 1000 if quick")
    chosen = options.parse_args()
    if chosen.task:
        way, tables, latest, traced = json.loads(chosen.task)
        print(json.dumps(measure(way, tables, latest, traced=traced)))
        return
    tables = chosen.tables or (1000 if chosen.quick else 10_000)
    latest = 60.0 if chosen.quick else 300.0
    describe_run("botocore")
    found = {way: elsewhere(way, tables, latest, traced=False) for way in WAYS}
    for way in WAYS:
        brief = elsewhere(way, tables, 20.0, traced=True)
        found[way]["traced"] = brief["traced"]
    print(f"{tables} tables that become active within {latest:g} s; {LIMIT} a second")
    header = ["", *WAYS]
    labels = {
        "noticed": "tables noticed",
        "delay": "mean delay, s",
        "calls": "requests",
        "throttled": "of them throttled",
        "busiest": "most within a second",
        "resident": "resident bytes for each table",
        "traced": "traced bytes for each table",
        "virtual": "virtual seconds",
        "seconds": "real seconds",
    }
    print_table(
        header,
        [
            [label, *(shown(found[way][key]) for way in WAYS)]
            for key, label in labels.items()
        ],
    )
    report_parts()
    ours = found["wait_for_all"]
    resident_each = ours["resident"]
    text = f"resident bytes for each table: {resident_each:.0f}, below {GOAL}"
    print_goal(text, reached=resident_each < GOAL)
    text = f"most requests within a second: {ours['busiest']:.0f}, at most {RATE}"
    print_goal(text, reached=ours["busiest"] <= RATE)
    print_goal("all noticed", reached=ours["noticed"] == tables)


if __name__ == "__main__":
    main()
