"""What type checkers know of the results, proved by running the same calls.

The assertions of types are checked by mypy and pyright, those of values by pytest.
"""

from __future__ import annotations

import inspect
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, assert_type, cast

import anyio
import pytest

import dynawait
from dynawait import (
    BackupsState,
    BackupState,
    Condition,
    ContributorInsightsState,
    Event,
    ExportState,
    ImportState,
    KinesisDestinationState,
    Polling,
    ResourcePolicyState,
    TableState,
    TimeToLiveState,
    Verdict,
    parse_condition,
    quiet,
    satisfies,
    sync,
    table_active,
)
from dynawait.testing import SimulatedDynamoDB

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.service_resource import Table
    from types_aiobotocore_dynamodb import DynamoDBClient as AioClient

    from dynawait.clients import AsyncFaceClient, SyncFaceClient


@pytest.fixture
def dynamodb() -> SimulatedDynamoDB:
    """Return a service that has the table orders."""
    service = SimulatedDynamoDB()
    service.client().create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return service


def test_blocking_functions_return_states(dynamodb: SimulatedDynamoDB) -> None:
    """With boto3-stubs, each function of dynawait.sync returns its state."""
    client = cast("DynamoDBClient", dynamodb.client())
    state = sync.wait_for_table_active(client, "orders", timeout=60)
    assert_type(state, TableState)
    assert isinstance(state, TableState)
    states = sync.wait_for_all(client, {"orders": quiet()}, max_rate=5)
    assert_type(states, dict[str, TableState])
    assert list(states) == ["orders"]
    assert_type(sync.describe(client, "orders"), TableState)
    assert_type(sync.wait_for(client, "orders", table_active()), TableState)
    assert_type(sync.wait_for_indexes_active(client, "orders"), TableState)
    assert_type(sync.indexes_queryable(client, "orders"), TableState)
    client.delete_table(TableName="orders")
    gone: Callable[..., object] = sync.wait_for_table_deleted
    assert gone(client, "orders") is None


async def waits(client: AioClient) -> None:
    """Await each kind of result; with the stubs of aiobotocore."""
    state = await dynawait.wait_for_table_active(client, "orders", timeout=60)
    assert_type(state, TableState)
    assert isinstance(state, TableState)
    states = await dynawait.wait_for_all(client, {"orders": quiet()})
    assert_type(states, dict[str, TableState])
    assert_type(await dynawait.describe(client, "orders"), TableState)
    made = dynawait.wait_for_quiet(client, "orders")
    same = assert_type(made, Coroutine[Any, Any, TableState])
    assert same is made
    assert inspect.iscoroutine(made)
    assert isinstance(await made, TableState)


def test_async_functions_return_coroutines(dynamodb: SimulatedDynamoDB) -> None:
    """With types-aiobotocore, each function of dynawait returns a coroutine of it."""
    anyio.run(waits, cast("AioClient", dynamodb.async_client()))


def test_untyped_clients_are_accepted(dynamodb: SimulatedDynamoDB) -> None:
    """A plain client without stubs fits, and the results keep their types."""
    client: Any = dynamodb.client()
    assert_type(sync.wait_for_table_active(client, "orders"), TableState)
    assert_type(sync.wait_for_quiet(client, "orders"), TableState)


def test_callbacks_and_options_are_typed(dynamodb: SimulatedDynamoDB) -> None:
    """An observer is any function of one Event; print and list.append among them."""
    client = cast("DynamoDBClient", dynamodb.client())
    seen: list[Event] = []
    names: list[str] = []
    sync.wait_for_table_active(client, "orders", on_event=seen.append)
    sync.wait_for_quiet(
        client, "orders", on_event=lambda event: names.append(event.name)
    )
    sync.wait_for_quiet(
        client, "orders", polling=Polling(floor=1), missing="fail", timeout=None
    )
    assert_type(seen[0].reasons, tuple[str, ...])
    assert seen[-1].name == names[-1] == "wait.finished"


def test_conditions_need_no_parameters() -> None:
    """`Condition` alone is one about a table, whatever it was combined from."""
    mine: Condition = table_active() & ~quiet() | parse_condition("active")
    also: Condition[TableState] = satisfies(lambda state: state.exists, "it exists")
    verdict = (mine | also).judge(TableState("orders", status="ACTIVE"))
    assert_type(verdict, Verdict)
    assert verdict.kind == "satisfied"


def of_a_boto3_table(table: Table) -> TableState:
    """Wait with a boto3 Table resource; for type checkers."""
    return sync.wait_for_table_active(table, table.name)


async def of_blocking_clients(client: DynamoDBClient, table: Table) -> None:
    """Await with blocking clients, in worker threads; for type checkers."""
    assert_type(await dynawait.describe(client, "orders"), TableState)
    assert_type(await dynawait.describe(table, "orders"), TableState)


def clients_fit(client: DynamoDBClient, aio: AioClient, table: Table) -> None:
    """Assign clients to what the faces take; for type checkers."""
    blocking: list[SyncFaceClient] = [client, table]
    awaited: list[AsyncFaceClient] = [client, aio, table]
    del blocking, awaited


def of_everything(client: DynamoDBClient) -> None:
    """Name the result of every other waiter; for type checkers."""
    assert_type(sync.wait_for_time_to_live(client, "t"), TimeToLiveState)
    assert_type(sync.wait_for_point_in_time_recovery(client, "t"), BackupsState)
    assert_type(
        sync.wait_for_kinesis_destination(client, "t", "arn"), KinesisDestinationState
    )
    assert_type(
        sync.wait_for_contributor_insights(client, "t"), ContributorInsightsState
    )
    assert_type(sync.wait_for_resource_policy(client, "t"), ResourcePolicyState)
    assert_type(sync.wait_for_export(client, "arn"), ExportState)
    assert_type(sync.wait_for_import(client, "arn"), ImportState)
    assert_type(sync.wait_for_backup(client, "arn"), BackupState)
    assert_type(sync.wait_for_replicas_active(client, "t"), TableState)
    assert_type(sync.wait_for_witnesses_active(client, "t"), TableState)
    assert_type(sync.wait_for_indexes_deleted(client, "t", ["a"]), TableState)
    assert_type(sync.table_writable(client, "t"), TableState)
    assert_type(sync.TableState, type[dynawait.TableState])
