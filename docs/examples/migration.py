"""Bring the table "orders" to its present shape, however often this is run.

It creates the table with on-demand capacity, adds two indexes one after the other, and
switches to provisioned capacity. Each step is a goal, a condition on what the table's
description says. A step whose goal is reached is left out, so a run that was killed,
or whose answers were lost, is repaired by the next run.

Without arguments it rehearses on a simulated account, in virtual time; with ``--real``
it migrates the account that the environment names.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from dynawait import (
    WaitTimeoutError,
    billing_mode,
    indexes_active,
    quiet,
    table_absent,
    table_active,
    wait_for,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynawait import Condition, TableState

TABLE = "orders"
CAPACITY = {"ReadCapacityUnits": 50, "WriteCapacityUnits": 20}
CREATE: dict[str, Any] = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}
INDEXES = {"by-email": "email", "by-day": "day"}  # the name, and the key
# What may be sent again: throttled, or somebody else is changing the table.
TEMPORARY = (
    "InternalServerError",
    "LimitExceededException",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "ThrottlingException",
)
ATTEMPTS = 10
DOUBT = 20.0  # seconds in which the goal of a call that failed may still show


async def migrate(client: Any) -> TableState:
    """Reach every goal, in order, and return the table as it is then."""
    await reach(client, table_active(), "create_table", lambda _: CREATE)
    for name, key in INDEXES.items():
        add = partial(addition, name, key)
        await reach(client, indexes_active(name), "update_table", add)
    goal = billing_mode("PROVISIONED")
    return await reach(client, goal, "update_table", provision)


def addition(name: str, key: str, state: TableState) -> dict[str, Any]:
    """Return the request that adds an index to the table as it is."""
    index: dict[str, Any] = {
        "IndexName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    if state.billing_mode == "PROVISIONED":
        index["ProvisionedThroughput"] = CAPACITY
    return {
        "TableName": TABLE,
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
        "GlobalSecondaryIndexUpdates": [{"Create": index}],
    }


def provision(state: TableState) -> dict[str, Any]:
    """Return the request that switches the table, and all indexes that it has."""
    updates = [
        {"Update": {"IndexName": name, "ProvisionedThroughput": CAPACITY}}
        for name in state.indexes
    ]
    return {
        "TableName": TABLE,
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": CAPACITY,
        "GlobalSecondaryIndexUpdates": updates,
    }


async def reach(
    client: Any,
    goal: Condition,
    operation: str,
    request: Callable[[TableState], dict[str, Any]],
) -> TableState:
    """Send a request until its goal is reached, and not once it is.

    The request is made anew from each state, which others may have changed.

    Raises:
        Exception: what the last call raised, or what is refused again and again.
    """
    failure: Exception | None = None
    for _ in range(ATTEMPTS):
        still = table_absent() | quiet()
        state = await wait_for(client, TABLE, still, timeout=None)
        if goal.judge(state).kind == "satisfied":
            return state
        before = str(failure)
        try:
            await getattr(client, operation)(**request(state))
        except Exception as error:  # noqa: BLE001 - judged below, and raised at the end
            failure = error
        else:
            failure = None
        patience = DOUBT if failure else None
        try:
            return await wait_for(client, TABLE, goal & quiet(), timeout=patience)
        except WaitTimeoutError:
            if is_final(failure) and str(failure) == before:
                break
    raise failure or RuntimeError(f"{TABLE}: {goal} was not reached")


def is_final(failure: Exception | None) -> bool:
    """Tell whether AWS refused a call for good; a lost answer is no refusal."""
    response: Any = getattr(failure, "response", None)
    return bool(response) and response["Error"]["Code"] not in TEMPORARY


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
