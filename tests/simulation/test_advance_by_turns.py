"""Changes carried by turns through faults and crashes, seed by seed."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

import dynawait
from dynawait import CreateIndex, DeleteIndex, ReplaceIndex
from dynawait.testing import Crash, Crashed, Faults, SimulatedDynamoDB, simulate
from tests.core.test_advance import TABLE, Awake
from tests.gateways.faces import create

SEEDS = 120
UPDATE: dict[str, Any] = {
    "DeletionProtectionEnabled": True,
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    "AttributeDefinitions": [
        {"AttributeName": "day", "AttributeType": "S"},
        {"AttributeName": "week", "AttributeType": "S"},
    ],
    "GlobalSecondaryIndexUpdates": [
        {
            "Create": {
                "IndexName": f"by-{name}",
                "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        }
        for name in ("day", "week")
    ],
}
CHANGES = [
    CreateIndex("by-day", "day"),
    DeleteIndex("by-name"),
    ReplaceIndex("by-age", CreateIndex("by-week", "week")),
]
# What is asked for, the options, whether there is a table, and what indexes there are
# in the end; None for no table.
STORIES: dict[str, tuple[Any, dict[str, Any], bool, set[str] | None]] = {
    "indexes": (CHANGES, {}, True, {"by-day", "by-week"}),
    "update": (UPDATE, {}, True, {"by-day", "by-week", "by-name", "by-age"}),
    "create": (TABLE, {"operation": "CreateTable"}, False, set()),
    "delete": ({}, {"operation": "DeleteTable"}, True, None),
}


def played(story: str, seed: int) -> None:
    """Carry a change to its end, whatever dies on the way."""
    asked, options, there, wanted = STORIES[story]
    random = Random(f"{seed}/{story}")
    dynamodb = SimulatedDynamoDB(seed=seed)
    if there:
        create(dynamodb, "orders", "by-name", "by-age")
        dynamodb.clock.advance(60)
    dynamodb.faults = Faults(
        throttle=random.choice((0, 0.2)),
        lost_response=random.choice((0, 0.2)),
        dropped=random.choice((0, 0.2)),
        server_error=random.choice((0, 0.2)),
        stale_describe=random.choice((0, 0.3)),
        missing_after_create=random.choice((0, 0.5)),
        latency=random.choice(((0, 0), (0, 2))),
    )

    async def actor(client: Any) -> int:
        gateway = client.__dynawait_gateway__()
        awake: Any = Awake(gateway)
        for turn in range(500):
            found = await dynawait.advance(awake, "orders", asked, **options)
            if found.finished:
                return turn
            assert found.retry_after is not None
            await gateway.sleep(found.retry_after * random.uniform(0.1, 1.5))
        raise AssertionError("it never ends")

    for run in range(10):
        step = random.randrange(1, 30)
        crashes = [Crash("actor", at_step=step)] if run < 3 else []
        history = simulate(
            {"actor": actor}, seed=seed * 10 + run, service=dynamodb, crashes=crashes
        )
        if not isinstance(history.outcomes["actor"], Crashed):
            history.result("actor")
            break
    dynamodb.faults = Faults()
    dynamodb.clock.advance(5)
    judged(dynamodb, wanted)
    before = len(dynamodb.calls)
    if wanted is not None:
        history = simulate({"actor": actor}, seed=seed, service=dynamodb)
        assert history.result("actor") == 0
        assert len(dynamodb.calls) == before + 1


def judged(dynamodb: SimulatedDynamoDB, wanted: set[str] | None) -> None:
    """Check what it has come to, and that nothing was done twice."""
    if wanted is None:
        assert not dynamodb.tables
    else:
        table = dynamodb.tables["orders"]
        live = table.get("GlobalSecondaryIndexes", [])
        assert {index["IndexName"] for index in live} == wanted
        assert all(index["IndexStatus"] == "ACTIVE" for index in live)
    done: Counter[str] = Counter()
    for call in dynamodb.calls:
        if call.outcome == "ok" and call.operation != "DescribeTable":
            done[f"{call.operation} {call.parameters}"] += 1
    assert set(done.values()) <= {1}


@pytest.mark.parametrize("story", STORIES)
def test_by_turns(story: str) -> None:
    """Each is carried to its end, each write is taken once, and the end is stable."""
    for seed in range(SEEDS):
        played(story, seed)
