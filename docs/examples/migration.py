"""Bring the table "orders" to its present shape, however often this is run.

It creates the table with on-demand capacity, adds two indexes one after the other, and
switches to provisioned capacity. Each function reads the table first and sends only
what is not so yet. So a run that was killed, or whose answers were lost, is finished
by the next one.

Without arguments it rehearses on a simulated account, in virtual time; with ``--real``
it migrates the account that the environment names.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from dynawait import (
    ChangeError,
    CreateIndex,
    TableState,
    apply_index_changes,
    safe_create_table,
    safe_update_table,
)

if TYPE_CHECKING:
    from dynawait import Event

TABLE = "orders"
READ, WRITE = 50, 20
CAPACITY = {"ReadCapacityUnits": READ, "WriteCapacityUnits": WRITE}
CREATE: dict[str, Any] = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}
INDEXES = {"by-email": "email", "by-day": "day"}  # the name, and the key


async def migrate(client: Any) -> TableState:
    """Reach the shape, and return the table as it is then."""
    # A later run finds the mode that this one has switched to.
    created = await safe_create_table(
        client, **CREATE, ignore=["BillingMode"], timeout=None, on_event=show
    )
    indexes = additions(created.state)
    built = await apply_index_changes(client, TABLE, indexes, on_event=show)
    state: TableState = built.state
    while True:
        request = provision(state)
        try:
            switched = await safe_update_table(
                client, **request, timeout=None, on_event=show
            )
        except ChangeError as error:
            # The switch must name every index, and somebody may have added one.
            seen = error.state
            if not isinstance(seen, TableState) or set(seen.indexes) == set(
                state.indexes
            ):
                raise
            state = seen
        else:
            last: TableState = switched.state
            return last


def additions(state: TableState) -> list[CreateIndex]:
    """Return the indexes; on a provisioned table each brings its own capacity."""
    units = (READ, WRITE) if state.billing_mode == "PROVISIONED" else None
    return [
        CreateIndex(name, partition_key=key, throughput=units)
        for name, key in INDEXES.items()
    ]


def provision(state: TableState) -> dict[str, Any]:
    """Return the request that switches the table, and all indexes that it has."""
    return {
        "TableName": TABLE,
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": CAPACITY,
        "GlobalSecondaryIndexUpdates": [
            {"Update": {"IndexName": name, "ProvisionedThroughput": CAPACITY}}
            for name in state.indexes
        ],
    }


def show(event: Event) -> None:
    """Print what is done, and leave the waiting out."""
    if event.name in ("step.started", "step.finished", "change.finished"):
        print(event)


async def main() -> None:
    """Migrate a simulated account, or with --real the one of the environment."""
    if "--real" in sys.argv[1:]:
        from aiobotocore.session import get_session

        async with get_session().create_client("dynamodb") as client:
            print(await migrate(client))
    else:
        from dynawait.testing import SimulatedDynamoDB

        print("rehearsal:", await migrate(SimulatedDynamoDB().async_client()))


if __name__ == "__main__":
    asyncio.run(main())
