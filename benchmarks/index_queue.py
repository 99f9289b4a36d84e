"""Compare how long three new indexes take, above what DynamoDB itself takes.

Ours is the real apply_index_changes and the real queue against the simulated service,
in virtual time. The peers are loops as people write them: create an index, look until
it is there, create the next. Each seed draws how long an index takes; everybody gets
the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from _shared import describe_run, parser, print_goal, print_table, table_request

from dynawait import CreateIndex, IndexChangeQueue, apply_index_changes
from dynawait.testing import Durations, Faults, SimulatedDynamoDB, simulate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeAlias

    Builder: TypeAlias = Callable[[Any], Awaitable[None]]

TABLE = "orders"
CHANGES = [CreateIndex(f"by-{name}", partition_key=name) for name in ("a", "b", "c")]
LATENCY = (0.01, 0.05)
GOAL = 1.03
# boto3's waiter table_exists looks every 20 seconds, and at the table's status alone.
WAITER = 20.0


@dataclass(frozen=True, slots=True)
class Built:
    """How three indexes were built.

    Attributes:
        ratio: the time it took, over the sum of what the transitions took.
        looks: how many DescribeTable it took.
        refused: how many UpdateTable were refused.
    """

    ratio: float
    looks: int
    refused: int


async def at_once(client: Any) -> None:
    """Hand all three to apply_index_changes."""
    await apply_index_changes(client, TABLE, CHANGES)


async def queued(client: Any) -> None:
    """Submit them from three tasks to one queue."""
    gateway = client.__dynawait_gateway__()
    async with IndexChangeQueue(client, TABLE) as queue:
        await gateway.gather(queue.submit(change) for change in CHANGES)


def loop_of(pause: float, *, whole: bool = True) -> Builder:
    """Return a loop that looks every so many seconds.

    Args:
        pause: seconds between two looks.
        whole: whether it looks at the index as well; without, it believes the table's
            status and tries again when it is refused.
    """

    async def build(client: Any) -> None:
        gateway = client.__dynawait_gateway__()
        for change in CHANGES:
            while True:
                try:
                    await client.update_table(**request_of(change))
                    break
                except client.exceptions.LimitExceededException:
                    await gateway.sleep(pause)
            while not await is_there(client, change.name if whole else None):
                await gateway.sleep(pause)
        while not await is_there(client, CHANGES[-1].name):
            await gateway.sleep(pause)

    return build


async def is_there(client: Any, index: str | None) -> bool:
    """Look whether the table is ACTIVE, and an index of it, if one is named."""
    table = (await client.describe_table(TableName=TABLE))["Table"]
    statuses = {
        found["IndexName"]: found["IndexStatus"]
        for found in table.get("GlobalSecondaryIndexes", ())
    }
    active = index is None or statuses.get(index) == "ACTIVE"
    return active and table["TableStatus"] == "ACTIVE"


def request_of(change: CreateIndex) -> dict[str, Any]:
    """Return the UpdateTable that creates an index."""
    return {
        "TableName": TABLE,
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in change.attribute_types.items()
        ],
        "GlobalSecondaryIndexUpdates": [{"Create": change.definition()}],
    }


BUILDERS: dict[str, Builder] = {
    "apply_index_changes": at_once,
    "IndexChangeQueue": queued,
    "loop of 5 s": loop_of(5.0),
    "loop of 60 s": loop_of(60.0),
    f"boto3's waiter ({WAITER:g} s)": loop_of(WAITER, whole=False),
}
OURS = list(BUILDERS)[:2]


def build(builder: Builder, seed: int) -> Built:
    """Let somebody build the three indexes, at the durations of this seed."""
    chance = random.Random(seed)
    # As measured on AWS for an empty table: 24 to 56 s, then 500 to 1,000 s.
    durations = Durations(
        index_allocation=chance.uniform(24, 56),
        index_backfill=chance.uniform(500, 1000),
    )
    dynamodb = SimulatedDynamoDB(durations=durations)
    dynamodb.plane.handle("CreateTable", table_request(TABLE))
    dynamodb.clock.advance(60)
    dynamodb.faults = Faults(latency=LATENCY)
    began = dynamodb.clock.now()
    history = simulate({"builder": builder}, seed=seed, service=dynamodb)
    history.result("builder")
    indexes = dynamodb.tables[TABLE]["GlobalSecondaryIndexes"]
    assert [index["IndexStatus"] for index in indexes] == ["ACTIVE"] * len(CHANGES)
    true = len(CHANGES) * (durations.index_allocation + durations.index_backfill)
    calls = [call for call in dynamodb.calls if call.client == "builder"]
    return Built(
        ratio=(history.ended - began) / true,
        looks=sum(call.operation == "DescribeTable" for call in calls),
        refused=sum(call.outcome not in ("ok", "ACTIVE") for call in calls),
    )


def main() -> None:
    """Measure and print."""
    options = parser(__doc__).parse_args()
    seeds = 5 if options.quick else 200
    describe_run("boto3")
    rows, worst = [], {}
    for name, builder in BUILDERS.items():
        built = [build(builder, seed) for seed in range(seeds)]
        ratios = sorted(each.ratio for each in built)
        worst[name] = (median(ratios), ratios[-1])
        rows.append(
            [
                name,
                f"{median(ratios):.4f}",
                f"{ratios[0]:.4f} to {ratios[-1]:.4f}",
                f"{median(each.looks for each in built):.0f}",
                f"{median(each.refused for each in built):.0f}",
            ]
        )
    header = ["who", "wall / true, median", "least to most", "looks", "refused"]
    print(f"three indexes, {seeds} seeds, virtual time")
    print_table(header, rows)
    for name in OURS:
        middle, most = worst[name]
        text = f"{name}: {middle:.4f} of the true time, {most:.4f} at most"
        print_goal(f"{text}; at most {GOAL}", reached=most <= GOAL)


if __name__ == "__main__":
    main()
