"""The in-memory clients look like boto3's and aiobotocore's."""

from __future__ import annotations

import asyncio
import copy
import pickle
import subprocess
import sys
import weakref
from typing import TYPE_CHECKING, Any

import boto3
import botocore.exceptions
import pytest

from dynawait.testing import ActorClient, SimulatedDynamoDB, client_errors, simulate
from tests.simulation.support import table

if TYPE_CHECKING:
    from dynawait.clients import AsyncClient, BlockingClient


def error_of(client: Any, method: str = "describe_table", **more: Any) -> Any:
    """Return the ClientError that a call ends with."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        getattr(client, method)(**({"TableName": "orders"} | more))
    return caught.value


def test_errors_are_botocores_own() -> None:
    """A refusal is the ClientError subclass that boto3's client would raise."""
    client = SimulatedDynamoDB().client()
    error = error_of(client)
    kinds: Any = client.exceptions
    assert isinstance(error, kinds.ResourceNotFoundException | kinds.ClientError)
    assert type(error) is kinds.ResourceNotFoundException
    assert error.operation_name == "DescribeTable"
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert str(error) == (
        "An error occurred (ResourceNotFoundException) when calling the DescribeTable "
        "operation: Requested resource not found: Table: orders not found"
    )
    assert pickle.loads(pickle.dumps(error)).response == error.response  # noqa: S301 - our own bytes


def test_only_modelled_errors_have_a_class() -> None:
    """A ValidationException is a plain ClientError, as with botocore."""
    client = SimulatedDynamoDB().client()
    error = error_of(client, "query")
    assert error_of(client, "create_table").__class__ is type(error)
    with pytest.raises(AttributeError, match="Valid exceptions are"):
        _ = client.exceptions.ValidationException


def test_the_modelled_errors_are_those_of_the_service_model() -> None:
    """Every error class that boto3's client has, the simulation has too."""
    real = boto3.client("dynamodb", region_name="us-east-1")
    known = {shape.name for shape in real.meta.service_model.error_shapes}
    assert known <= client_errors._MODELLED
    for name in known:
        assert issubclass(getattr(real.exceptions, name), Exception)


def test_clients_look_like_boto3s() -> None:
    """Names, metadata and unknown methods are as a caller expects them."""
    dynamodb = SimulatedDynamoDB()
    client: Any
    for client in (dynamodb.client(), dynamodb.async_client()):
        assert client.meta.service_model.service_name == "dynamodb"
        assert client.meta.region_name == "us-east-1"
        assert client.describe_table.__name__ == "describe_table"
        assert not hasattr(client, "describe_global_table")
        assert client.__dynawait_clock__ is dynamodb.clock
        reference = weakref.ref(client)
        assert reference() is client
    with pytest.raises(AttributeError, match=r"simulation answers .*create_table"):
        dynamodb.client().describe_global_table()
    dynamodb.client().close()


def test_responses_parse_against_the_service_model() -> None:
    """What the model returns has the members of botocore's shapes, and no others."""
    real = boto3.client("dynamodb", region_name="us-east-1")
    dynamodb = SimulatedDynamoDB()
    response = dynamodb.client().create_table(**table())
    shape: Any = real.meta.service_model.shape_for("TableDescription")
    description = response["TableDescription"]
    assert set(description) <= set(shape.members)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_calls_are_recorded() -> None:
    """Every call is kept with its time, parameters and outcome."""
    dynamodb = SimulatedDynamoDB()
    client = dynamodb.client()
    client.create_table(**table())
    dynamodb.clock.advance(2)
    error_of(client, "delete_table")
    first, second = dynamodb.calls
    assert (first.time, first.operation, first.outcome) == (0, "CreateTable", "ok")
    assert (second.time, second.outcome) == (2, "ResourceInUseException")
    assert second.parameters == {"TableName": "orders"}


def test_an_asynchronous_client_can_be_closed() -> None:
    """It works in ``async with``; afterwards its calls fail."""

    async def run() -> None:
        dynamodb = SimulatedDynamoDB()
        async with dynamodb.async_client() as client:
            await client.create_table(**table())
        assert list(dynamodb.tables) == ["orders"]
        with pytest.raises(RuntimeError, match="closed"):
            await client.describe_table(TableName="orders")

    asyncio.run(run())


def test_no_aws_package_is_needed() -> None:
    """Without botocore the errors are stand-ins of the same shape and name."""
    program = """
import sys
sys.modules["botocore"] = sys.modules["botocore.exceptions"] = None
from dynawait.testing import ClientError, Faults, SimulatedDynamoDB
assert "waitress" not in sys.modules
dynamodb = SimulatedDynamoDB()
try:
    dynamodb.client().describe_table(TableName="orders")
except ClientError as error:
    print(type(error).__name__, error.response["Error"]["Code"])
dynamodb.faults = Faults(dropped=1)
try:
    dynamodb.client().describe_table(TableName="orders")
except OSError as error:
    print(type(error).__name__)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    expected = ["ResourceNotFoundException ResourceNotFoundException"]
    assert done.stdout.splitlines() == [*expected, "ConnectionClosedError"]


def test_the_stand_in_survives_copies() -> None:
    """Our own ClientError pickles and copies like botocore's."""
    error = client_errors.ClientError({"Error": {"Code": "C", "Message": "m"}}, "Op")
    for twin in (copy.deepcopy(error), pickle.loads(pickle.dumps(error))):  # noqa: S301 - our own bytes
        assert (str(twin), twin.operation_name) == (str(error), "Op")


def test_clients_are_clients_for_type_checkers() -> None:
    """The simulated clients satisfy the Protocols of `dynawait.clients`."""
    dynamodb = SimulatedDynamoDB()
    dynamodb.client().create_table(**table())
    blocking: BlockingClient = dynamodb.client()
    asynchronous: AsyncClient = dynamodb.async_client()

    async def look(client: ActorClient) -> object:
        inside: AsyncClient = client
        return await inside.describe_table(TableName="orders")

    async def look_outside() -> object:
        return await asynchronous.describe_table(TableName="orders")

    seen = blocking.describe_table(TableName="orders")
    assert asyncio.run(look_outside()) == seen
    history = simulate({"look": look}, seed=1, service=dynamodb)
    assert history.result("look") == seen
