"""Waiters for indexes, and probes, against DynamoDB Local."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from faces import BLOCKING, Face, every_face
from scenes import PATIENCE, Witness, add_index, create, drop_index, meanwhile

from dynawait import Polling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Connect = Callable[..., Any]

BRISK = Polling(floor=0.05)


def at_the_tick(client: Any, table: str) -> None:
    """Return when an index change has just ended, so that the next one takes 1 s.

    Changes on DynamoDB Local end at the next tick of a clock of 1 s.
    """
    drop_index(client, table, "tick")
    until = time.monotonic() + PATIENCE
    while "GlobalSecondaryIndexes" in client.describe_table(TableName=table)["Table"]:
        assert time.monotonic() < until
        time.sleep(0.01)


@dataclass(frozen=True, slots=True)
class SlowWait:
    """A wait of 30 s, during which the other tests of this module run.

    Attributes:
        witness: what it has told so far.
        state: what it returns in the end.
    """

    witness: Witness
    state: Future[Any]


@pytest.fixture(scope="module")
def slow_wait(dynamodb_local_slow_url: str) -> Iterator[SlowWait]:
    """Give a wait for an index that is in allocation, then in backfill."""
    witness = Witness()

    def wait() -> Any:
        return BLOCKING.wait(
            dynamodb_local_slow_url,
            "wait_for_indexes_active",
            "slow-orders",
            ["email"],
            timeout=60,
            on_event=witness,
        )

    async def begin() -> None:
        async with BLOCKING.open(dynamodb_local_slow_url) as client:
            create(client, "slow-orders")
            add_index(client, "slow-orders", "email")

    BLOCKING.run(begin)
    with ThreadPoolExecutor(1) as pool:
        yield SlowWait(witness, pool.submit(wait))


def test_an_index_in_its_first_phase_is_awaited(slow_wait: SlowWait) -> None:
    """An index that is being allocated is not taken for an active one."""
    slow_wait.witness.until("wait.changed", part="allocating")
    assert not slow_wait.state.done()


@every_face
def test_indexes_are_added_and_deleted_one_after_the_other(
    face: Face, dynamodb_local_url: str, boto3_client: Connect, table_name: str
) -> None:
    """As soon as a wait for one index is over, the server accepts the next change."""
    client, witness = boto3_client(dynamodb_local_url), Witness()
    create(client, table_name)
    wait = partial(face.wait, dynamodb_local_url, timeout=10, on_event=witness)
    for index in ("email", "day"):
        add_index(client, table_name, index)
        state = wait("wait_for_indexes_active", table_name, [index], polling=BRISK)
        assert state.indexes[index].is_active
    assert set(wait("wait_for_indexes_active", table_name).indexes) == {"email", "day"}
    drop_index(client, table_name, "email")
    state = wait("wait_for_indexes_deleted", table_name, ["email"], polling=BRISK)
    assert set(state.indexes) == {"day"}
    assert state.status == "ACTIVE"
    seen = "; ".join(witness.texts("wait.changed"))
    # Each takes up to a second, and may be over before it is seen.
    assert "is CREATING" in seen or "is DELETING" in seen


@every_face
def test_an_index_that_cannot_be_queried_yet_is_asked_again(
    face: Face, dynamodb_local_url: str, boto3_client: Connect, table_name: str
) -> None:
    """A probe waits for an index that is asked for later, and outlives its HTTP 500s.

    The server answers queries so for as long as the index is in allocation. It does not
    call it ACTIVE then; a hook of the client pretends that it does.
    """
    # Now and then the server answers a DescribeTable with HTTP 500 as well.
    client = boto3_client(dynamodb_local_url, total_max_attempts=5)
    witness = Witness()
    create(client, table_name, "tick")

    def pretend(parsed: dict[str, Any], **_: Any) -> None:
        for index in parsed.get("Table", {}).get("GlobalSecondaryIndexes", []):
            index.update(IndexStatus="ACTIVE", Backfilling=False)

    async def main() -> None:
        async with face.open(dynamodb_local_url) as mine:
            mine.meta.events.register("after-call.dynamodb.DescribeTable", pretend)
            await face.call(
                mine,
                "indexes_queryable",
                table_name,
                "email",
                timeout=10,
                polling=BRISK,
                on_event=witness,
            )

    with meanwhile(
        lambda: witness.until("wait.changed", part="index email does not exist"),
        lambda: at_the_tick(client, table_name),
        lambda: add_index(client, table_name, "email"),
    ):
        face.run(main)
    retried = "; ".join(witness.texts("wait.retried"))
    assert "Query failed, trying again: InternalFailure" in retried
    assert witness.events[-1].name == "wait.finished"


@every_face
def test_a_table_that_takes_no_writes_for_a_moment_is_asked_again(
    face: Face, dynamodb_local_url: str, boto3_client: Connect, table_name: str
) -> None:
    """The probe of writes leaves nothing behind, and outlives refusals of the server.

    While an index is DELETING, DynamoDB Local answers writes with HTTP 500, or not.
    """
    client, witness = boto3_client(dynamodb_local_url), Witness()
    create(client, table_name, "email")
    drop_index(client, table_name, "email")
    state = face.wait(
        dynamodb_local_url,
        "table_writable",
        table_name,
        timeout=10,
        polling=BRISK,
        on_event=witness,
    )
    assert state.status == "ACTIVE"
    assert client.scan(TableName=table_name)["Count"] == 0


def test_an_index_in_its_last_phase_is_awaited_to_the_end(slow_wait: SlowWait) -> None:
    """An index is awaited through 15 s of allocation and 15 s of backfill."""
    state = slow_wait.state.result(60)
    assert state.indexes["email"].is_active
    assert slow_wait.witness.texts("wait.changed") == [
        "waiting: index email is CREATING (allocating)",
        "waiting: index email is CREATING (backfilling)",
    ]
    assert "wait.continued" in {event.name for event in slow_wait.witness.events}
    last = slow_wait.witness.events[-1]
    assert last.name == "wait.finished"
    assert 28 < last.elapsed < 40
