"""Create tables with indexes on the embedded server, and wait for them.

Run it without arguments. The server speaks DynamoDB's protocol on loopback and takes
its time as DynamoDB does, here forty times as fast: an index that DynamoDB builds in
nine minutes is there in fourteen seconds.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import boto3
from aiobotocore.session import get_session

from dynawait import (
    Event,
    indexes_active,
    quiet,
    table_active,
    wait_for_all,
    wait_for_table_deleted,
)
from dynawait.sync import wait_for_indexes_active, wait_for_table_active
from dynawait.testing import SimulatedServer

SPEED = 40.0
TABLES = ("customers", "invoices", "orders")


def show(event: Event) -> None:
    """Print an event, and how long the wait has lasted so far."""
    print(f"    {event.elapsed:5.1f} s  {event.table:<10} {event.text}", flush=True)


def with_index(table: str) -> dict[str, Any]:
    """Return the request that creates a table with one global secondary index."""
    return {
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "email", "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by-email",
                "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    }


ADD_INDEX: dict[str, Any] = {
    "TableName": "orders",
    "AttributeDefinitions": [{"AttributeName": "day", "AttributeType": "S"}],
    "GlobalSecondaryIndexUpdates": [
        {
            "Create": {
                "IndexName": "by-day",
                "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        }
    ],
}


def blocking_part(options: dict[str, Any]) -> None:
    """Wait with boto3, as a migration script does."""
    client = boto3.client("dynamodb", **options)

    print("dynawait.sync: create a table with an index, and wait for both")
    client.create_table(**with_index("orders"))
    wait_for_table_active(client, "orders", on_event=show)
    wait_for_indexes_active(client, "orders", ["by-email"], on_event=show)

    print("dynawait.sync: add an index to the living table, and wait for its backfill")
    client.update_table(**ADD_INDEX)
    state = wait_for_indexes_active(client, "orders", on_event=show)
    print(f"  -> {state}")


async def async_part(options: dict[str, Any]) -> None:
    """Wait with aiobotocore, as an application does when it starts."""
    async with get_session().create_client("dynamodb", **options) as client:
        print("dynawait: three tables at once, two of which do not exist yet")
        conditions = {
            table: table_active() & indexes_active("by-email") & quiet()
            for table in TABLES
        }
        waiting = asyncio.create_task(wait_for_all(client, conditions, on_event=show))
        await asyncio.sleep(0.5)
        for table in ("customers", "invoices"):
            await client.create_table(**with_index(table))
        states = await waiting
        print(f"  -> {', '.join(f'{name} {states[name].status}' for name in states)}")

        print("dynawait: delete one, and wait until it is gone")
        await client.delete_table(TableName="invoices")
        await wait_for_table_deleted(client, "invoices", on_event=show)


def main() -> None:
    """Start the server and run both parts against it."""
    started = time.perf_counter()
    with SimulatedServer(speed=SPEED) as server:
        print(f"a simulated DynamoDB listens on {server.url}, {SPEED:g} times as fast")
        options = {
            "endpoint_url": server.url,
            "region_name": "us-east-1",
            "aws_access_key_id": "example",
            "aws_secret_access_key": "example",
        }
        blocking_part(options)
        asyncio.run(async_part(options))
    print(f"done in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
