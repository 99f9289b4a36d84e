"""The example of many tasks and one queue."""

from __future__ import annotations

import asyncio

from docs.examples.index_queue import TABLE, change
from dynawait import safe_create_table
from dynawait.testing import SimulatedDynamoDB


def test_each_team_is_told_of_its_own_change() -> None:
    """A conflict reaches the one who asked, and the others get what they asked for."""
    dynamodb = SimulatedDynamoDB(seed=1)
    client = dynamodb.async_client()

    async def scenario() -> dict[str, str]:
        await safe_create_table(client, **TABLE)
        return await change(client)

    assert asyncio.run(scenario()) == {
        "billing": "by-email, by-invoice",
        "support": "IndexConflictError",
        "search": "by-day, by-email, by-invoice",
        "archive": "by-day, by-invoice",
    }
    writes = [call for call in dynamodb.calls if call.operation == "UpdateTable"]
    assert [call.outcome for call in writes] == ["ok"] * 3
