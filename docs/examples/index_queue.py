"""Let many tasks ask for index changes of one table, while one of them is made.

Run it without arguments: on a simulated account, in virtual time. A table gets its
indexes from three teams that know nothing of each other. DynamoDB refuses the second
change while the first is under way; the queue makes one after the other, in the order
in which they came, and each team hears of its own change only.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dynawait import (
    ChangeError,
    CreateIndex,
    DeleteIndex,
    IndexChangeQueue,
    safe_create_table,
)

if TYPE_CHECKING:
    from dynawait import Event
    from dynawait.changes import Change

TABLE: dict[str, Any] = {
    "TableName": "orders",
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
TEAMS: dict[str, Change] = {
    "billing": CreateIndex("by-invoice", partition_key="invoice"),
    "support": CreateIndex("by-email", partition_key="address"),  # there is another one
    "search": CreateIndex("by-day", partition_key="day", sort_key=("at", "N")),
    "archive": DeleteIndex("by-email"),
}


async def change(client: Any) -> dict[str, str]:
    """Make the changes of all teams, and return what each of them was told."""
    told: dict[str, str] = {}

    async def ask(team: str, change: Change) -> None:
        try:
            state = await queue.submit(change)
        except ChangeError as error:
            told[team] = type(error).__name__
        else:
            told[team] = ", ".join(sorted(state.indexes))
        print(f"  {team}: {told[team]}")

    async with IndexChangeQueue(client, "orders", on_event=show) as queue:
        await asyncio.gather(*(ask(team, change) for team, change in TEAMS.items()))
    return told


def show(event: Event) -> None:
    """Print what is done, and leave the waiting out."""
    if event.name in ("step.started", "step.finished"):
        print(event)


async def main() -> None:
    """Make the table, and then the changes."""
    from dynawait.testing import SimulatedDynamoDB

    client = SimulatedDynamoDB(seed=1).async_client()
    await safe_create_table(client, **TABLE)
    await change(client)


if __name__ == "__main__":
    asyncio.run(main())
