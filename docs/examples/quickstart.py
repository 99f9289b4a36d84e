"""Change a table safely on the embedded server, and wait for it from elsewhere.

Run it without arguments. The server speaks DynamoDB's protocol on loopback and takes
its time as DynamoDB does, here a hundred times as fast: an index that DynamoDB builds
in nine minutes is there in six seconds.
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
    safe_delete_table,
    table_active,
    wait_for_all,
)
from dynawait.sync import safe_create_table, safe_update_table
from dynawait.testing import SimulatedServer

SPEED = 100.0


def show(event: Event) -> None:
    """Print an event, and how long the change or the wait has lasted so far."""
    print(f"    {event.elapsed:5.1f} s  {event.table:<9} {event.text}", flush=True)


def table(name: str) -> dict[str, Any]:
    """Return the request that creates a table with one global secondary index."""
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "email", "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [index("by-email", "email")],
    }


def index(name: str, key: str) -> dict[str, Any]:
    """Return the definition of an index."""
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }


# DynamoDB would refuse this as one call: it takes four, one after the other.
CHANGE: dict[str, Any] = {
    "TableName": "orders",
    "DeletionProtectionEnabled": True,
    "AttributeDefinitions": [
        {"AttributeName": "day", "AttributeType": "S"},
        {"AttributeName": "status", "AttributeType": "S"},
    ],
    "GlobalSecondaryIndexUpdates": [
        {"Delete": {"IndexName": "by-email"}},
        {"Create": index("by-day", "day")},
        {"Create": index("by-status", "status")},
    ],
}


def change(options: dict[str, Any]) -> None:
    """Change a table with boto3, as a migration script does."""
    client = boto3.client("dynamodb", **options)

    print("dynawait.sync: create a table, and wait until it can be used")
    safe_create_table(client, **table("orders"), on_event=show)

    print("dynawait.sync: what a change would do")
    print(safe_update_table(client, **CHANGE, dry_run=True))

    print("dynawait.sync: do it, one step after the other")
    result = safe_update_table(client, **CHANGE, on_event=show)
    print(f"  -> {result.table}")

    print("dynawait.sync: once more, and nothing is sent")
    print(f"  -> {safe_update_table(client, **CHANGE)}")


async def wait(options: dict[str, Any]) -> None:
    """Wait with aiobotocore, as an application does when it starts."""
    async with get_session().create_client("dynamodb", **options) as client:
        print("dynawait: wait for two tables, one of which does not exist yet")
        conditions = {
            "orders": table_active() & indexes_active("by-day", "by-status"),
            "invoices": indexes_active("by-email") & quiet(),
        }
        waiting = asyncio.create_task(wait_for_all(client, conditions, on_event=show))
        await asyncio.sleep(0.5)
        await client.create_table(**table("invoices"))
        states = await waiting
        print(f"  -> {', '.join(f'{name} {states[name].status}' for name in states)}")

        print("dynawait: delete one, and wait until it is gone")
        await safe_delete_table(client, TableName="invoices", on_event=show)


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
        change(options)
        asyncio.run(wait(options))
    print(f"done in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
