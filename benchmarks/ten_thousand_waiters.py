"""Let ten thousand waiters wait for one table, and count the looks that they take.

They run as tasks of asyncio on the async face, and on the deterministic scheduler. The
peers are tasks that each run their own loop: boto3's waiter, and a loop of 5 s.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from _shared import describe_run, parser, print_goal, print_table, table_request

from dynawait import wait_for_table_active
from dynawait.testing import Durations, Faults, SimulatedDynamoDB, simulate

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynawait.testing import Call

TABLE = "orders"
TRANSITION = 60.0
LATENCY = 0.03
GOAL = 1.1


@dataclass(frozen=True, slots=True)
class Crowd:
    """What a crowd of waiters did.

    Attributes:
        looks: how many DescribeTable were sent.
        in_flight: the most of them that were under way at one moment.
        delay: from the true end until the last waiter had returned, in seconds.
        seconds: real seconds that it took.
    """

    looks: float
    in_flight: int
    delay: float
    seconds: float


def service(seed: int) -> SimulatedDynamoDB:
    """Return a service of which every call takes a while."""
    return SimulatedDynamoDB(
        seed=seed,
        durations=Durations(table_create=TRANSITION),
        faults=Faults(latency=LATENCY),
    )


def looks_in(calls: list[Call]) -> tuple[int, int]:
    """Return how many looks there were, and the most in flight at one moment."""
    arrivals = [call.time for call in calls if call.operation == "DescribeTable"]
    most, first = 0, 0
    for place, moment in enumerate(arrivals):
        # Under way from half the latency before an arrival to half of it after.
        while arrivals[first] <= moment - LATENCY + 1e-9:
            first += 1
        most = max(most, place - first + 1)
    return len(arrivals), most


def summary(
    dynamodb: SimulatedDynamoDB, created: float, ended: float, began: float
) -> Crowd:
    """Return what happened, from the record of the calls."""
    looks, most = looks_in(dynamodb.calls)
    seconds = time.perf_counter() - began
    return Crowd(looks, most, ended - created - TRANSITION, seconds)


def on_asyncio(waiters: int, seed: int, *, arriving: float = 0.0) -> Crowd:
    """Let tasks wait on the async face; they begin within `arriving` seconds."""
    chance = random.Random(seed)
    random.seed(seed)
    dynamodb = service(seed)

    async def wait(client: Any) -> None:
        await dynamodb.clock.rest(chance.uniform(0, arriving), lambda: False)
        state = await wait_for_table_active(client, TABLE)
        assert state.status == "ACTIVE"

    async def run() -> Crowd:
        client = dynamodb.async_client()
        await client.create_table(**table_request(TABLE))
        created = dynamodb.calls[0].time
        began = time.perf_counter()
        await asyncio.gather(*(wait(client) for _ in range(waiters)))
        return summary(dynamodb, created, dynamodb.clock.now(), began)

    return asyncio.run(run())


def on_scheduler(waiters: int, seed: int) -> Crowd:
    """Let coroutines of one actor wait on the deterministic scheduler."""
    dynamodb = service(seed)

    async def actor(client: Any) -> None:
        await client.create_table(**table_request(TABLE))
        gateway = client.__dynawait_gateway__()
        await gateway.gather(
            wait_for_table_active(client, TABLE) for _ in range(waiters)
        )

    began = time.perf_counter()
    history = simulate({"crowd": actor}, seed=seed, service=dynamodb)
    history.result("crowd")
    return summary(dynamodb, dynamodb.calls[0].time, history.ended, began)


def on_their_own(waiters: int, seed: int, *, every: float) -> Crowd:
    """Let tasks run a loop each, as people write it."""
    dynamodb = service(seed)

    async def poll(client: Any) -> None:
        while True:
            response = await client.describe_table(TableName=TABLE)
            if response["Table"]["TableStatus"] == "ACTIVE":
                return
            await dynamodb.clock.rest(every, lambda: False)

    async def run() -> Crowd:
        client = dynamodb.async_client()
        await client.create_table(**table_request(TABLE))
        created = dynamodb.calls[0].time
        began = time.perf_counter()
        await asyncio.gather(*(poll(client) for _ in range(waiters)))
        return summary(dynamodb, created, dynamodb.clock.now(), began)

    return asyncio.run(run())


def average(run: Callable[[int, int], Crowd], waiters: int, seeds: int) -> Crowd:
    """Return the means over some seeds, and the most in flight of all."""
    crowds = [run(waiters, seed) for seed in range(seeds)]
    return Crowd(
        fmean(crowd.looks for crowd in crowds),
        max(crowd.in_flight for crowd in crowds),
        fmean(crowd.delay for crowd in crowds),
        fmean(crowd.seconds for crowd in crowds),
    )


WAYS: dict[str, Callable[[int, int], Crowd]] = {
    "dynawait, asyncio": on_asyncio,
    "dynawait, scheduler": on_scheduler,
    "a tenth of them, within 30 s": lambda waiters, seed: on_asyncio(
        max(1, waiters // 10), seed, arriving=30.0
    ),
    "loops of 5 s": lambda waiters, seed: on_their_own(waiters, seed, every=5.0),
    "boto3's waiter, 20 s": lambda waiters, seed: on_their_own(
        waiters, seed, every=20.0
    ),
}


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--waiters", type=int, help="default: 10000, or 500 if quick")
    options.add_argument("--seeds", type=int, default=1)
    chosen = options.parse_args()
    waiters = chosen.waiters or (500 if chosen.quick else 10_000)
    seeds = chosen.seeds
    describe_run("anyio")
    rows, verdicts = [], []
    for name, run in WAYS.items():
        alone = average(run, 1, 40)
        crowd = average(run, waiters, seeds)
        ratio = crowd.looks / alone.looks
        rows.append(
            [
                name,
                f"{alone.looks:.1f}",
                f"{crowd.looks:.1f}",
                f"{ratio:.3f}",
                str(crowd.in_flight),
                f"{crowd.delay:.2f}",
                f"{crowd.seconds:.1f}",
            ]
        )
        if name in ("dynawait, asyncio", "dynawait, scheduler"):
            text = f"{name}: {crowd.in_flight} look in flight, at most 1"
            verdicts.append((text, crowd.in_flight <= 1))
            text = f"{name}: {ratio:.3f} times the looks of one, at most {GOAL}"
            verdicts.append((text, ratio <= GOAL))
    print(f"{waiters} waiters for a table that takes {TRANSITION:g} s; {seeds} seeds")
    header = ["who", "looks of one", "looks of all", "ratio", "most in flight"]
    print_table([*header, "last is late, s", "real seconds"], rows)
    for text, reached in verdicts:
        print_goal(text, reached=reached)


if __name__ == "__main__":
    main()
