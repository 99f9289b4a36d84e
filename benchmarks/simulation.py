"""Measure how fast the simulation is: calls a second, and a migration with faults.

Everything runs in this process, on one core, in virtual time. The calls are those of
actors that look at a table of their own; the migration makes ten changes to one table,
waits after each, and repeats what the faults have refused or lost.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import time
from datetime import UTC, datetime
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from dynawait.testing import Faults, SimulatedDynamoDB, simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

CALLS_GOAL = 15_000
MIGRATION_GOAL = 0.050
FAULTS = Faults(
    throttle=0.05,
    lost_response=0.05,
    dropped=0.05,
    stale_describe=0.1,
    missing_after_create=0.2,
    server_error=0.05,
    foreign_writer=1.0,
    latency=(0.01, 0.2),
)
SEND = {"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}
KEY = [{"AttributeName": "pk", "KeyType": "HASH"}]


def create(name: str) -> dict[str, Any]:
    """Return the parameters of CreateTable."""
    return {
        "TableName": name,
        "KeySchema": KEY,
        "BillingMode": "PAY_PER_REQUEST",
        **SEND,
    }


def index(number: int) -> dict[str, Any]:
    """Return the member of UpdateTable that creates an index."""
    definition = {
        "IndexName": f"by-{number}",
        "KeySchema": KEY,
        "Projection": {"ProjectionType": "ALL"},
    }
    return {**SEND, "GlobalSecondaryIndexUpdates": [{"Create": definition}]}


STEPS: Sequence[tuple[str, dict[str, Any]]] = (
    ("create_table", create("orders")),
    ("update_table", index(1)),
    ("update_table", index(2)),
    ("update_table", index(3)),
    (
        "update_table",
        {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-1"}}]},
    ),
    (
        "update_table",
        {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}},
    ),
    ("update_table", {"TableClass": "STANDARD_INFREQUENT_ACCESS"}),
    ("update_table", {"StreamSpecification": {"StreamEnabled": False}}),
    (
        "update_table",
        {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-2"}}]},
    ),
    (
        "update_table",
        {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-3"}}]},
    ),
)


def measure_calls(actors: int, looks: int, faults: Faults | None) -> float:
    """Return the calls a second of actors that look at their tables."""

    async def actor(client: Any, name: str) -> None:
        gateway = client.__dynawait_gateway__()
        done = False
        for turn in range(looks):
            try:
                if turn == 0 or not done:
                    await client.create_table(**create(name))
                    done = True
                else:
                    await client.describe_table(TableName=name)
            except client.exceptions.ResourceInUseException:
                done = True
            except Exception:  # noqa: BLE001, S110 - a fault: the next turn is soon
                pass
            await gateway.sleep(1 + gateway.jitter(1))

    service = SimulatedDynamoDB(faults=faults)
    crew = {
        f"actor-{number}": lambda client, name=f"table-{number}": actor(client, name)
        for number in range(actors)
    }
    began = time.perf_counter()
    simulate(crew, seed=1, service=service)
    return len(service.calls) / (time.perf_counter() - began)


async def migrate(client: Any) -> int:
    """Make ten changes, one after the other, through whatever goes wrong."""
    gateway = client.__dynawait_gateway__()
    calls = 0
    for method, parameters in STEPS:
        request = {"TableName": "orders", **parameters}
        while True:
            calls += 1
            try:
                await getattr(client, method)(**request)
                break
            except Exception as error:  # noqa: BLE001 - told apart below
                if is_done(error):
                    break
            await gateway.sleep(2)
        while True:
            calls += 1
            try:
                response = await client.describe_table(TableName="orders")
                if is_quiet(response["Table"]):
                    break
            except Exception:  # noqa: BLE001, S110 - a fault: look again
                pass
            await gateway.sleep(5)
    return calls


def is_done(error: Exception) -> bool:
    """Tell whether a refusal means that an earlier attempt was applied."""
    text = str(error)
    signs = ("already exist", "Table already", "not found", "no effect", "not exist")
    signs += (
        "already has",
        "already enabled",
        "already disabled",
        "same",
        "not change",
    )
    return any(sign in text for sign in signs) or "ValidationException" in text


def is_quiet(table: Any) -> bool:
    """Tell whether nothing is under way on a table."""
    indexes = table.get("GlobalSecondaryIndexes", ())
    return table["TableStatus"] == "ACTIVE" and all(
        found["IndexStatus"] == "ACTIVE" for found in indexes
    )


def measure_migrations(runs: int) -> tuple[list[float], list[int]]:
    """Return the seconds of each migration, and its calls; each has its own seed."""
    taken, calls = [], []
    for seed in range(-3, runs):
        service = SimulatedDynamoDB(faults=FAULTS)
        began = time.perf_counter()
        history = simulate({"migration": migrate}, seed=seed, service=service)
        ended = time.perf_counter()
        if seed >= 0:
            taken.append(ended - began)
            calls.append(history.result("migration"))
    return taken, calls


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a short run: it shows that it works"
    )
    options = parser.parse_args()
    looks, rounds, runs = (100, 1, 10) if options.quick else (1_000, 7, 300)
    today = datetime.now(UTC).date().isoformat()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{today}, {python}, {os.cpu_count()} cores\n")
    gc.collect()
    plain = median(measure_calls(20, looks, None) for _ in range(rounds))
    rough = median(measure_calls(20, looks, FAULTS) for _ in range(rounds))
    print(
        f"calls a second, median of {rounds}: {plain:,.0f}; with faults: {rough:,.0f}"
    )
    taken, calls = measure_migrations(runs)
    late = quantiles(taken, n=10)[8]
    print(
        f"a migration of {len(STEPS)} steps with faults, {runs} seeds: median "
        f"{median(taken) * 1000:.1f} ms, nine of ten below {late * 1000:.1f} ms, "
        f"{median(calls):.0f} calls\n"
    )
    for reached, text in (
        (plain >= CALLS_GOAL, f"at least {CALLS_GOAL:,} simulated calls a second"),
        (median(taken) < MIGRATION_GOAL, "a ten-step migration in under 50 ms"),
    ):
        print(f"goal {'reached' if reached else 'MISSED'}: {text}")


if __name__ == "__main__":
    main()
