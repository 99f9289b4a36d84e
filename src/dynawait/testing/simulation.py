"""Run many actors deterministically: one thread, virtual time, one seed.

::

    from dynawait.testing import simulate

    TABLE = {
        "TableName": "orders",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }

    async def deploy(client):
        await client.create_table(**TABLE)

    async def application(client):
        try:
            return await client.describe_table(TableName="orders")
        except client.exceptions.ResourceNotFoundException:
            return None

    history = simulate({"deploy": deploy, "application": application}, seed=7)
    print(history)

An actor awaits its client, the client's clock (``client.clock.sleep(30)``), and library
functions and lock clients that are given the client; nothing else. It is stepped with
``send``; there is no event loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clients import SimulatedDynamoDB
from .scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .actor_clocks import Drift, Pause
    from .history import Crash, History
    from .scheduler import Actor


def simulate(
    actors: Mapping[str, Actor],
    *,
    seed: int,
    until: float | None = None,
    service: SimulatedDynamoDB | None = None,
    crashes: Iterable[Crash] = (),
    clocks: Mapping[str, Drift] | None = None,
    pauses: Iterable[Pause] = (),
) -> History:
    """Run actors side by side, in virtual time, until all have ended.

    Args:
        actors: by name, async functions of one argument, a client.
        seed: where all chance comes from: who goes first, latency, faults, jitter.
        until: the virtual time at which to stop, in seconds; None: never.
        service: the service that they share; a new one where None.
        crashes: who is to be killed, and where.
        clocks: whose clock drifts, by name.
        pauses: who is to stand still, and where.

    Returns:
        What happened, and how each actor ended.

    Raises:
        DeadlockError: nobody can go on.
        ValueError: a crash, a clock or a pause names nobody.
    """
    dynamodb = service or SimulatedDynamoDB()
    return Scheduler(
        dynamodb.__dynawait_service__,
        dynamodb.clock,
        seed=seed,
        until=until,
        crashes=crashes,
        clocks=clocks or {},
        pauses=pauses,
    ).run(actors)
