"""The servers start, and behave as the other tests expect of them.

A failure here after an update says that a server has changed, not the library.
"""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING, Any, TypeVar

import launch
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import GlobalSecondaryIndexTypeDef
    from types_aiobotocore_dynamodb import DynamoDBClient as AioDynamoDBClient

    Connect = Callable[..., DynamoDBClient]
    AioConnect = Callable[..., AbstractAsyncContextManager[AioDynamoDBClient]]

T = TypeVar("T")

ENDPOINTS = (
    "moto_url",
    "dynamodb_local_url",
    "dynamodb_local_slow_url",
    "dynalite_url",
)
THROUGHPUT: Any = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


@pytest.fixture(params=ENDPOINTS)
def url(request: pytest.FixtureRequest) -> str:
    """Give the endpoint of each server in turn."""
    endpoint: str = request.getfixturevalue(request.param)
    return endpoint


def index(name: str, attribute: str) -> GlobalSecondaryIndexTypeDef:
    """Return the request for an index with one key attribute."""
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": THROUGHPUT,
    }


def create(client: DynamoDBClient, table: str) -> str:
    """Create a table with the index by-email, and return the status answered."""
    response = client.create_table(
        TableName=table,
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "email", "AttributeType": "S"},
        ],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[index("by-email", "email")],
        ProvisionedThroughput=THROUGHPUT,
    )
    return statuses(response["TableDescription"], "by-email")[0]


def add_index(client: DynamoDBClient, table: str) -> tuple[str, str, Any]:
    """Ask for the index by-day, and return what is answered of it."""
    response = client.update_table(
        TableName=table,
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "email", "AttributeType": "S"},
            {"AttributeName": "day", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexUpdates=[{"Create": index("by-day", "day")}],
    )
    return statuses(response["TableDescription"], "by-day")


def drop_index(client: DynamoDBClient, table: str) -> tuple[str, str, Any]:
    """Ask for the end of the index by-day, and return what is answered of it."""
    response = client.update_table(
        TableName=table,
        GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-day"}}],
    )
    return statuses(response["TableDescription"], "by-day")


def table_status(client: DynamoDBClient, table: str) -> str:
    """Return the status of a table, ABSENT when there is none."""
    try:
        return index_status(client, table, "by-email")[0]
    except client.exceptions.ResourceNotFoundException:
        return "ABSENT"


def index_status(client: DynamoDBClient, table: str, name: str) -> tuple[str, str, Any]:
    """Describe a table, and return what is said of the index."""
    return statuses(client.describe_table(TableName=table)["Table"], name)


def statuses(table: Mapping[str, Any], name: str) -> tuple[str, str, Any]:
    """Return the status of a table and of an index, and whether that is backfilling."""
    for found in table.get("GlobalSecondaryIndexes", []):
        if found["IndexName"] == name:
            return table["TableStatus"], found["IndexStatus"], found.get("Backfilling")
    return table["TableStatus"], "ABSENT", None


def watch(look: Callable[[], T], *, until: T, seconds: float) -> list[T]:
    """Look until something is seen, and return each different sight, in order."""
    sights = [look()]
    deadline = time.monotonic() + seconds
    while sights[-1] != until:
        assert time.monotonic() < deadline, f"after {seconds} s: {sights}"
        time.sleep(0.02)
        seen = look()
        if seen != sights[-1]:
            sights.append(seen)
    return sights


def test_each_server_lists_tables(url: str, boto3_client: Connect) -> None:
    """A boto3 client gets an answer from each server."""
    assert isinstance(boto3_client(url).list_tables()["TableNames"], list)


def test_each_server_answers_aiobotocore(
    url: str, aiobotocore_client: AioConnect
) -> None:
    """An aiobotocore client gets an answer from each server."""

    async def names() -> list[str]:
        async with aiobotocore_client(url) as client:
            return (await client.list_tables())["TableNames"]

    assert isinstance(asyncio.run(names()), list)


def test_each_server_creates_a_table_with_an_index(
    url: str, boto3_client: Connect, table_name: str
) -> None:
    """A table that is created with an index is active, with it, after a short time."""
    client = boto3_client(url)
    create(client, table_name)
    watch(lambda: table_status(client, table_name), until="ACTIVE", seconds=10)
    assert index_status(client, table_name, "by-email") == ("ACTIVE", "ACTIVE", None)


def test_moto_does_everything_at_once(
    moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """On moto tables and indexes are active, or gone, at the first look."""
    client = boto3_client(moto_url)
    assert create(client, table_name) == "ACTIVE"
    assert table_status(client, table_name) == "ACTIVE"
    add_index(client, table_name)
    assert index_status(client, table_name, "by-day") == ("ACTIVE", "ACTIVE", None)
    drop_index(client, table_name)
    assert index_status(client, table_name, "by-day") == ("ACTIVE", "ABSENT", None)
    client.delete_table(TableName=table_name)
    assert table_status(client, table_name) == "ABSENT"


def test_dynalite_takes_its_time_with_tables(
    dynalite_url: str, boto3_client: Connect, table_name: str
) -> None:
    """On dynalite a table is CREATING, UPDATING and DELETING for 0.8 s each."""
    client = boto3_client(dynalite_url)

    def sights(until: str) -> list[str]:
        return watch(lambda: table_status(client, table_name), until=until, seconds=10)

    begun = time.monotonic()
    assert create(client, table_name) == "CREATING"
    assert sights("ACTIVE") == ["CREATING", "ACTIVE"]
    assert time.monotonic() > begun + 0.7
    client.update_table(
        TableName=table_name,
        ProvisionedThroughput={"ReadCapacityUnits": 6, "WriteCapacityUnits": 6},
    )
    assert sights("ACTIVE") == ["UPDATING", "ACTIVE"]
    client.delete_table(TableName=table_name)
    assert sights("ABSENT") == ["DELETING", "ABSENT"]


def test_dynalite_refuses_what_comes_while_creating(
    dynalite_url: str, boto3_client: Connect, table_name: str
) -> None:
    """On dynalite a table that is CREATING cannot be deleted, and has no items yet."""
    client = boto3_client(dynalite_url)
    create(client, table_name)
    with pytest.raises(client.exceptions.ResourceInUseException):
        client.delete_table(TableName=table_name)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.put_item(TableName=table_name, Item={"id": {"S": "1"}})


def test_dynalite_ignores_online_indexes(
    dynalite_url: str, boto3_client: Connect, table_name: str
) -> None:
    """On dynalite the request for a new index is accepted and nothing comes of it."""
    client = boto3_client(dynalite_url)
    create(client, table_name)
    watch(lambda: table_status(client, table_name), until="ACTIVE", seconds=10)
    add_index(client, table_name)
    watch(lambda: table_status(client, table_name), until="ACTIVE", seconds=10)
    assert index_status(client, table_name, "by-day") == ("ACTIVE", "ABSENT", None)


def test_dynamodb_local_takes_a_moment_with_indexes(
    dynamodb_local_url: str, boto3_client: Connect, table_name: str
) -> None:
    """On DynamoDB Local an index is CREATING and DELETING while its table is ACTIVE."""
    client = boto3_client(dynamodb_local_url)

    def sights(until: str) -> list[tuple[str, str, Any]]:
        return watch(
            lambda: index_status(client, table_name, "by-day"),
            until=("ACTIVE", until, None),
            seconds=10,
        )

    # A change ends at the next tick of a clock of 1 s, which may come before the first
    # look, and the backfill takes some 15 ms. So only the responses are certain.
    creating = [("ACTIVE", "CREATING", False), ("ACTIVE", "CREATING", True)]
    assert create(client, table_name) == "ACTIVE"
    assert add_index(client, table_name) == creating[0]
    assert all(sight in creating for sight in sights("ACTIVE")[:-1])
    deleting = ("ACTIVE", "DELETING", None)
    assert drop_index(client, table_name) == deleting
    assert all(sight == deleting for sight in sights("ABSENT")[:-1])


def test_dynamodb_local_changes_one_index_at_a_time(
    dynamodb_local_slow_url: str, boto3_client: Connect, table_name: str
) -> None:
    """On DynamoDB Local a second index change waits for the end of the first."""
    client = boto3_client(dynamodb_local_slow_url)
    create(client, table_name)
    add_index(client, table_name)
    refusal = client.exceptions.LimitExceededException
    with pytest.raises(refusal, match="Only 1 online index"):
        client.update_table(
            TableName=table_name,
            GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-email"}}],
        )


def test_slow_dynamodb_local_shows_both_phases(
    dynamodb_local_slow_url: str, boto3_client: Connect, table_name: str
) -> None:
    """With delayed statuses an index is allocated, then backfilled, then active."""
    client = boto3_client(dynamodb_local_slow_url)
    create(client, table_name)
    add_index(client, table_name)
    sights = watch(
        lambda: index_status(client, table_name, "by-day"),
        until=("ACTIVE", "ACTIVE", None),
        seconds=90,
    )
    assert sights == [
        ("ACTIVE", "CREATING", False),
        ("ACTIVE", "CREATING", True),
        ("ACTIVE", "ACTIVE", None),
    ]


def test_a_server_ends_with_its_context() -> None:
    """After the ``with`` block nothing listens any more, and the log is gone."""
    with launch.moto_server() as server:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        socket.create_connection(address).close()
        assert server.log.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)
    assert not server.log.exists()


def test_a_failed_start_shows_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A server that ends at once is reported with its command and its output."""
    (tmp_path / "moto").mkdir()
    (tmp_path / "moto" / "__init__.py").touch()
    (tmp_path / "moto" / "server.py").write_text("raise SystemExit('no room')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (
        pytest.raises(launch.StartError, match=r"(?s)code 1.*moto\.server.*no room"),
        launch.moto_server(),
    ):
        pass


@pytest.mark.parametrize(
    ("find", "advice"),
    [(launch.find_java, "Java 17 or newer"), (launch.find_node, "Node 20 or newer")],
)
def test_a_missing_tool_is_named(
    monkeypatch: pytest.MonkeyPatch, find: Callable[[], str], advice: str
) -> None:
    """Without Java or Node the error says which version to install."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(launch.MissingToolError, match=advice):
        find()
