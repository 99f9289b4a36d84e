"""What is taken for a client, and what is refused with which words."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock, MagicMock, Mock

import pytest

import dynawait
from dynawait import (
    DynawaitError,
    InvalidArgumentError,
    UnreadableResponseError,
    sync,
)
from dynawait.testing import SimulatedDynamoDB
from tests.gateways.fakes import AsyncFake, BlockingFake, described

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

boto3 = pytest.importorskip("boto3", reason="install the group test")
aiobotocore_session = pytest.importorskip(
    "aiobotocore.session", reason="install the group test"
)
KEYS = {
    "region_name": "eu-central-1",
    "aws_access_key_id": "invented",
    "aws_secret_access_key": "invented",
}


@contextlib.asynccontextmanager
async def managed() -> AsyncIterator[Any]:
    """Make an asynchronous client when it is entered."""
    yield AsyncFake("ACTIVE")


def aiobotocore_context() -> Any:
    """Return what gives a real client when it is entered."""
    return aiobotocore_session.get_session().create_client("dynamodb", **KEYS)


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "an S3 client": (lambda: boto3.client("s3", **KEYS), "got one for 's3'"),
    "a streams client": (
        lambda: boto3.client("dynamodbstreams", **KEYS),
        "got one for 'dynamodbstreams'",
    ),
    "an S3 resource": (lambda: boto3.resource("s3", **KEYS), "DynamoDB client"),
    "a boto3 session": (lambda: boto3.Session(**_session_keys()), "got a session"),
    "an aiobotocore session": (aiobotocore_session.get_session, "got a session"),
    "the module": (lambda: boto3, "got a session"),
    "a class": (lambda: BlockingFake, "expected a DynamoDB client"),
    "a client not entered": (aiobotocore_context, "has not been entered yet"),
    "a context not entered": (managed, "has not been entered yet"),
    "None": (lambda: None, "expected a DynamoDB client, got builtins.NoneType"),
    "a name": (lambda: "orders", "a client first and then the table, got 'orders'"),
    "a number": (lambda: 7, "expected a DynamoDB client, got builtins.int"),
    "a dict": (dict, "expected a DynamoDB client, got builtins.dict"),
    "the service": (SimulatedDynamoDB, "pass"),
}


def _session_keys() -> dict[str, str]:
    return dict(KEYS)


@pytest.fixture(params=WRONG)
def wrong(request: pytest.FixtureRequest) -> Iterator[tuple[Any, str]]:
    """Return something that is no client, and what is said about it."""
    make, words = WRONG[request.param]
    client = make()
    yield client, words
    # What was never entered holds a coroutine that was never awaited.
    unentered = getattr(client, "_coro", None)
    if unentered is not None:
        unentered.close()


def test_wrong_clients(wrong: tuple[Any, str]) -> None:
    """What is no DynamoDB client is refused, and the error names what to pass."""
    client, words = wrong
    with pytest.raises(TypeError, match=words) as caught:
        sync.wait_for_table_active(client, "orders")
    assert 'boto3.client("dynamodb")' in str(caught.value)


def test_wrong_clients_of_the_async_face(wrong: tuple[Any, str]) -> None:
    """The async face refuses the same in the same words, when it is awaited."""
    client, words = wrong

    async def main() -> None:
        await dynawait.wait_for_table_active(client, "orders")

    with pytest.raises(TypeError, match=words) as caught:
        asyncio.run(main())
    assert "create_client" in str(caught.value)


@pytest.mark.parametrize(
    "client", [BlockingFake(), SimulatedDynamoDB().client()], ids=["fake", "simulated"]
)
def test_swapped_arguments(client: Any) -> None:
    """The table before the client is told as such, and so is the client twice."""
    orders: Any = "orders"
    with pytest.raises(TypeError, match="a client first and then the table"):
        sync.wait_for_table_active(orders, client)
    with pytest.raises(InvalidArgumentError, match="the client comes first"):
        sync.wait_for_table_active(client, client)


def test_the_blocking_face_takes_no_asynchronous_client() -> None:
    """`dynawait.sync` refuses an asynchronous client before it makes a coroutine."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for client in (AsyncFake("ACTIVE"), SimulatedDynamoDB().async_client()):
            with pytest.raises(TypeError, match="import the function from dynawait"):
                sync.wait_for_table_active(client, "orders")  # type: ignore[arg-type]


def test_the_blocking_face_takes_no_aiobotocore_client() -> None:
    """A real aiobotocore client, entered, is refused by `dynawait.sync`."""

    async def main() -> None:
        async with aiobotocore_context() as client:
            with pytest.raises(TypeError, match="got an asynchronous one"):
                sync.describe(client, "orders")

    asyncio.run(main())


def test_real_clients_are_told_apart() -> None:
    """Clients and resources of boto3 and aiobotocore are what they are."""
    from dynawait._gateways.kinds import is_asynchronous, unwrapped

    client = boto3.client("dynamodb", **KEYS)
    table = boto3.resource("dynamodb", **KEYS).Table("orders")
    assert unwrapped(client) is client
    assert unwrapped(table) is table.meta.client
    assert not is_asynchronous(client)
    assert not is_asynchronous(table.meta.client)
    client.close()
    table.meta.client.close()

    async def main() -> None:
        async with aiobotocore_context() as other:
            assert unwrapped(other) is other
            assert is_asynchronous(other)

    asyncio.run(main())


def test_a_table_resource() -> None:
    """A boto3 Table is taken for its client, on both faces."""
    table = boto3.resource("dynamodb", **KEYS).Table("orders")
    client = table.meta.client
    seen: list[Any] = []

    def answer(params: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        seen.append(params)

        class Answer:
            status_code = 200

        return Answer(), described()

    client.meta.events.register("before-call.dynamodb.DescribeTable", answer)
    assert sync.wait_for_table_active(table, "orders").exists

    async def main() -> bool:
        return (await dynawait.wait_for_table_active(table, "orders")).exists

    assert asyncio.run(main())
    assert len(seen) == 2
    client.close()


def test_mocks() -> None:
    """Mocks of both kinds work as clients."""
    for kind in (Mock, MagicMock):
        blocking = kind()
        blocking.describe_table.return_value = described()
        assert sync.wait_for_table_active(blocking, "orders").exists
        blocking.describe_table.assert_called_once_with(TableName="orders")

    async def main() -> None:
        asynchronous = AsyncMock()
        asynchronous.describe_table.return_value = described()
        assert (await dynawait.wait_for_table_active(asynchronous, "orders")).exists
        asynchronous.describe_table.assert_awaited_once_with(TableName="orders")
        mixed = MagicMock()
        mixed.describe_table = AsyncMock(return_value=described())
        assert (await dynawait.wait_for_table_active(mixed, "orders")).exists
        blocking = MagicMock()
        blocking.describe_table.return_value = described()
        assert (await dynawait.wait_for_table_active(blocking, "orders")).exists

    asyncio.run(main())


def test_a_mock_that_says_nothing() -> None:
    """A mock that was given no response is told as a response that cannot be read."""
    with pytest.raises(UnreadableResponseError):
        sync.wait_for_table_active(MagicMock(), "orders")


def test_a_client_of_another_service_that_looks_like_one() -> None:
    """The service that a client names counts, whatever operations it has."""
    client = MagicMock()
    client.meta.service_model.service_name = "keyspaces"
    with pytest.raises(TypeError, match="got one for 'keyspaces'"):
        sync.describe(client, "orders")


def test_a_specified_mock() -> None:
    """A mock made to the measure of a real client works, though it has no clock."""
    real = boto3.client("dynamodb", **KEYS)
    client = MagicMock(spec=real)
    client.describe_table.return_value = described()
    assert sync.wait_for_table_active(client, "orders").exists
    real.close()


def test_a_closed_client() -> None:
    """A closed aiobotocore client gives a clear error, not an endless wait."""

    async def main() -> None:
        context = aiobotocore_session.get_session().create_client(
            "dynamodb", endpoint_url="http://127.0.0.1:1", **KEYS
        )
        async with context as client:
            pass
        with pytest.raises(DynawaitError) as caught:
            await dynawait.wait_for_table_active(client, "orders", timeout=0.5)
        # Old versions try to connect again instead, as boto3 does, and not in vain
        # elsewhere: then the time-out ends it.
        assert "closed" in str(caught.value) or isinstance(caught.value, TimeoutError)

    asyncio.run(main())
