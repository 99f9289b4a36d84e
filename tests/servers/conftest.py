"""Fixtures for tests against real servers: their endpoints, and clients for them.

A test that needs a server whose Java or Node is missing is skipped, with a message that
says what to install. Where ``CI`` is ``true`` it fails, so that no server goes untested
unnoticed.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.config import Config
from changes import TWO_FACES, in_faces
from faces import FACES
from launch import (
    MissingToolError,
    dynalite,
    dynamodb_local,
    moto_server,
    simulated,
)
from locks import Tables, in_lock_faces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from changes import Play
    from faces import Face
    from launch import Server
    from mypy_boto3_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb import DynamoDBClient as AioDynamoDBClient

# The servers take any credentials; given ones keep a client from looking for real ones.
REGION = "us-east-1"
ANYONE = "anyone"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test below this folder, before ``-m`` selects."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("servers")


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """Give the endpoint of a moto server."""
    yield from _endpoint(moto_server())


@pytest.fixture(scope="session")
def dynamodb_local_url() -> Iterator[str]:
    """Give the endpoint of a DynamoDB Local with index changes of up to 1 s."""
    yield from _endpoint(dynamodb_local())


@pytest.fixture(scope="session")
def dynamodb_local_slow_url() -> Iterator[str]:
    """Give the endpoint of a DynamoDB Local with index phases of 15 s each."""
    yield from _endpoint(dynamodb_local(delay_transient=True))


@pytest.fixture(scope="session")
def dynalite_url() -> Iterator[str]:
    """Give the endpoint of a dynalite with table changes of 0.8 s."""
    yield from _endpoint(dynalite())


@pytest.fixture(scope="session")
def simulated_url() -> Iterator[str]:
    """Give the endpoint of dynawait's own server, ten minutes of it to the second."""
    yield from _endpoint(simulated(speed=600))


def _endpoint(launching: AbstractContextManager[Server]) -> Iterator[str]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(launching)
        except MissingToolError as error:
            missing = str(error)
        else:
            yield server.url
            return
    if os.environ.get("CI") == "true":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


@pytest.fixture
def play(server: str, request: pytest.FixtureRequest) -> Play:
    """Give what plays a scene of a change through every face on the test's server.

    DynamoDB Local now and then loses a change that it has accepted while others make
    theirs, and takes a second for each of an index. There two faces take turns.
    """
    url = request.getfixturevalue(f"{server}_url")
    if server == "dynamodb_local":
        return partial(in_faces, url, faces=TWO_FACES, together=False)
    return partial(in_faces, url)


@pytest.fixture(scope="session")
def tables_by_server() -> dict[str, Tables]:
    """Give the tables of locks that were made so far."""
    return {}


@pytest.fixture
def lock_tables(
    server: str, request: pytest.FixtureRequest, tables_by_server: dict[str, Tables]
) -> Tables:
    """Give the tables of locks on the test's server; what lies in them stays."""
    url = request.getfixturevalue(f"{server}_url")
    return tables_by_server.setdefault(server, Tables(url))


@pytest.fixture
def play_locks(lock_tables: Tables) -> Play:
    """Give what plays a scene of locks through every face on the test's server."""

    def play(
        scene: Any,
        faces: Sequence[Face] = FACES,
        *,
        dialect: str = "amazon",
        together: bool = True,
        **names: str,
    ) -> None:
        table = lock_tables.of(dialect, **names)
        in_lock_faces(lock_tables.url, table, scene, faces, together=together)

    return play


@pytest.fixture
def play_transactions(play_locks: Play, server: str) -> Play:
    """Give the same for scenes with transactions.

    A transaction that moto refuses takes back what others have written meanwhile. There
    two faces take turns.
    """
    if server == "moto":
        return partial(play_locks, faces=TWO_FACES, together=False)
    return play_locks


@pytest.fixture
def table_name() -> str:
    """Give a table name that no other test uses."""
    return f"orders-{uuid4().hex[:12]}"


@pytest.fixture
def boto3_client() -> Iterator[Callable[..., DynamoDBClient]]:
    """Give a function from an endpoint to a boto3 client, closed after the test.

    The client tries each call once unless ``total_max_attempts`` says otherwise; other
    keyword arguments go to its ``Config``.
    """
    with ExitStack() as stack:

        def connect(
            url: str, *, total_max_attempts: int = 1, **options: object
        ) -> DynamoDBClient:
            client = boto3.client(
                "dynamodb",
                endpoint_url=url,
                config=Config(**_options(total_max_attempts, options)),
                region_name=REGION,
                aws_access_key_id=ANYONE,
                aws_secret_access_key=ANYONE,
            )
            return stack.enter_context(closing(client))

        yield connect


@pytest.fixture
def aiobotocore_client() -> Callable[
    ..., AbstractAsyncContextManager[AioDynamoDBClient]
]:
    """Give a function from an endpoint to an ``async with`` of an aiobotocore client.

    It takes the options of `boto3_client`, those of ``AioConfig`` included.
    """

    def connect(
        url: str, *, total_max_attempts: int = 1, **options: object
    ) -> AbstractAsyncContextManager[AioDynamoDBClient]:
        client = get_session().create_client(
            "dynamodb",
            endpoint_url=url,
            config=AioConfig(**_options(total_max_attempts, options)),
            region_name=REGION,
            aws_access_key_id=ANYONE,
            aws_secret_access_key=ANYONE,
        )
        return cast("AbstractAsyncContextManager[AioDynamoDBClient]", client)

    return connect


def _options(total_max_attempts: int, options: dict[str, object]) -> dict[str, Any]:
    # An empty mapping of proxies turns those of the environment off.
    retries = {"total_max_attempts": total_max_attempts}
    return {"proxies": {}, "retries": retries} | options
