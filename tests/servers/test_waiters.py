"""Waiters for tables, through every face."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from faces import BLOCKING, FACES, Face, every_face
from scenes import Witness, create, meanwhile

from dynawait import ImpossibleError, Polling, table_active

if TYPE_CHECKING:
    from collections.abc import Callable

    Connect = Callable[..., Any]

BRISK = Polling(floor=0.05)


@pytest.fixture(scope="module")
def ready_tables(dynalite_url: str) -> list[str]:
    """Give the names of ACTIVE tables with the index email, made all at once."""
    tables = [f"ready-{number}" for number in range(2 * len(FACES) + 1)]

    async def prepare() -> None:
        async with BLOCKING.open(dynalite_url) as client:
            for table in tables:
                create(client, table, "email")
            active = dict.fromkeys(tables, table_active())
            await BLOCKING.call(client, "wait_for_all", active, timeout=20)

    BLOCKING.run(prepare)
    return tables


@pytest.fixture
def ready_table(ready_tables: list[str]) -> str:
    """Give the name of one of them, to no other test."""
    return ready_tables.pop()


@every_face
def test_a_table_that_is_created_later_is_awaited(
    face: Face, dynalite_url: str, boto3_client: Connect, table_name: str
) -> None:
    """A wait that begins before its table exists sees it CREATING, then ACTIVE."""
    client, witness = boto3_client(dynalite_url), Witness()
    with meanwhile(
        lambda: witness.until("wait.changed", part="does not exist"),
        lambda: create(client, table_name),
    ):
        state = face.wait(
            dynalite_url,
            "wait_for_table_active",
            table_name,
            timeout=10,
            polling=BRISK,
            on_event=witness,
        )
    assert state.status == "ACTIVE"
    assert state.name == table_name
    assert witness.texts("wait.changed") == [
        f"waiting: table {table_name} does not exist",
        "waiting: table is CREATING",
    ]
    assert witness.texts("wait.retried") == witness.texts("wait.missing") == []
    assert witness.events[-1].name == "wait.finished"


@every_face
def test_an_update_is_awaited_until_all_is_quiet(
    face: Face, dynalite_url: str, boto3_client: Connect, ready_table: str
) -> None:
    """After an update of a table and its index, quiet waits for both of them."""
    client, witness = boto3_client(dynalite_url), Witness()
    more = {"ReadCapacityUnits": 6, "WriteCapacityUnits": 6}
    client.update_table(
        TableName=ready_table,
        ProvisionedThroughput=more,
        GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": "email", "ProvisionedThroughput": more}}
        ],
    )
    state = face.wait(
        dynalite_url,
        "wait_for_quiet",
        ready_table,
        timeout=10,
        polling=BRISK,
        on_event=witness,
    )
    assert state.blockers() == ()
    assert state.indexes["email"].status == "ACTIVE"
    seen = witness.texts("wait.changed")
    assert seen
    assert all("UPDATING" in text for text in seen)
    assert "index email is UPDATING" in seen[0]


@every_face
def test_a_table_is_awaited_until_it_is_gone(
    face: Face, dynalite_url: str, boto3_client: Connect, ready_table: str
) -> None:
    """A table that is deleted in mid-wait is seen ACTIVE, DELETING, and then gone."""
    client, witness = boto3_client(dynalite_url), Witness()
    with meanwhile(
        lambda: witness.until("wait.changed", part="ACTIVE"),
        lambda: client.delete_table(TableName=ready_table),
    ):
        result = face.wait(
            dynalite_url,
            "wait_for_table_deleted",
            ready_table,
            timeout=10,
            polling=BRISK,
            on_event=witness,
        )
    assert result is None
    assert any("DELETING" in text for text in witness.texts("wait.changed"))
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_table(TableName=ready_table)


def test_active_is_impossible_for_a_table_that_is_deleted(
    dynalite_url: str, boto3_client: Connect, ready_table: str
) -> None:
    """A wait for ACTIVE ends as soon as the table is seen DELETING."""
    client = boto3_client(dynalite_url)
    client.delete_table(TableName=ready_table)
    with pytest.raises(ImpossibleError, match="table is DELETING"):
        BLOCKING.wait(dynalite_url, "wait_for_table_active", ready_table, timeout=10)


@every_face
def test_twenty_tables_are_awaited_at_once(
    face: Face, moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """Waiting for 20 tables with a rate cap of 40 a second takes half a second."""
    client = boto3_client(moto_url)
    tables = [f"{table_name}-{number}" for number in range(20)]
    for table in tables:
        create(client, table)
    sent: list[float] = []

    async def main() -> tuple[dict[str, Any], float]:
        async with face.open(moto_url) as mine:
            mine.meta.events.register(
                "before-send.dynamodb", lambda **_: sent.append(time.monotonic())
            )
            begun = time.monotonic()
            states = await face.call(
                mine,
                "wait_for_all",
                dict.fromkeys(tables, table_active()),
                max_rate=40,
                timeout=20,
            )
            return states, time.monotonic() - begun

    states, elapsed = face.run(main)
    assert list(states) == tables
    assert {state.status for state in states.values()} == {"ACTIVE"}
    assert len(sent) == 20
    assert 19 / 40 <= elapsed < 5


@every_face
def test_the_arn_of_a_table_is_as_good_as_its_name(
    face: Face, moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """A table can be awaited by its ARN."""
    client = boto3_client(moto_url)
    create(client, table_name)
    arn = client.describe_table(TableName=table_name)["Table"]["TableArn"]
    state = face.wait(moto_url, "wait_for_table_active", arn, timeout=10)
    assert state.name == table_name
    assert state.arn == arn


@pytest.mark.parametrize(
    "face", [face for face in FACES if face.client == "boto3"], ids=str
)
def test_a_table_resource_is_as_good_as_a_client(
    face: Face, moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """Whoever has a boto3 Table can pass it where a client is expected."""
    create(boto3_client(moto_url), table_name)
    resource = boto3.resource(
        "dynamodb",
        endpoint_url=moto_url,
        region_name="us-east-1",
        aws_access_key_id="anyone",
        aws_secret_access_key="anyone",
    )
    table = resource.Table(table_name)

    async def main() -> Any:
        return await face.call(table, "wait_for_table_active", table_name, timeout=10)

    assert face.run(main).status == "ACTIVE"
    resource.meta.client.close()
