"""The server, as SDKs and others see it."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import time
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiobotocore.session
import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from dynawait.testing import Durations, Faults, SimulatedServer
from tests.simulation.support import indexed_table, table

if TYPE_CHECKING:
    from collections.abc import Iterator

CREDENTIALS: dict[str, Any] = {
    "region_name": "us-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}
NO_RETRIES = Config(retries={"total_max_attempts": 1})
TARGET = "DynamoDB_20120810."


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatedServer]:
    """A server whose seconds take ten milliseconds."""
    with SimulatedServer(speed=100) as started:
        yield started


def boto(server: SimulatedServer) -> Any:
    """Return a boto3 client of the server."""
    return boto3.client(
        "dynamodb", endpoint_url=server.url, config=NO_RETRIES, **CREDENTIALS
    )


def post(
    server: SimulatedServer,
    body: bytes,
    *,
    target: str | None = TARGET + "ListTables",
    method: str = "POST",
    path: str = "/",
) -> tuple[int, Any, Any]:
    """Send a request by hand and return status, headers and body."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    headers = {"Content-Type": "application/x-amz-json-1.0"}
    if target is not None:
        headers["X-Amz-Target"] = target
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        payload = response.read()
        return response.status, response.headers, payload
    finally:
        connection.close()


def test_boto3_sees_a_table_and_its_index_come_up(server: SimulatedServer) -> None:
    """Through boto3 both are CREATING first and ACTIVE a moment later."""
    client = boto(server)
    request = indexed_table("by-boto3")
    created = client.create_table(**request)["TableDescription"]
    assert created["TableStatus"] == "CREATING"
    assert abs(created["CreationDateTime"].timestamp() - time.time()) < 3600
    seen = created
    deadline = time.monotonic() + 10
    while seen["TableStatus"] != "ACTIVE" and time.monotonic() < deadline:
        time.sleep(0.02)
        seen = client.describe_table(TableName="by-boto3")["Table"]
    assert seen["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"
    with pytest.raises(client.exceptions.ResourceInUseException, match="exists"):
        client.create_table(**request)
    client.close()


def test_aiobotocore_sees_it_too(server: SimulatedServer) -> None:
    """Through aiobotocore a table comes up and goes away again."""

    async def run() -> str:
        session: Any = aiobotocore.session.get_session()
        create = session.create_client(
            "dynamodb", endpoint_url=server.url, **CREDENTIALS
        )
        async with create as client:
            response = await client.create_table(**table("by-aiobotocore"))
            status = response["TableDescription"]["TableStatus"]
            for _ in range(100):
                seen = await client.describe_table(TableName="by-aiobotocore")
                if seen["Table"]["TableStatus"] == "ACTIVE":
                    return f"{status} ACTIVE"
                await asyncio.sleep(0.02)
        return str(status)

    assert asyncio.run(run()) == "CREATING ACTIVE"


@pytest.mark.parametrize(
    ("body", "target", "status", "kind"),
    [
        (b"{", TARGET + "ListTables", 400, "SerializationException"),
        (b"[]", TARGET + "ListTables", 400, "SerializationException"),
        (b"\xff\xfe", TARGET + "ListTables", 400, "SerializationException"),
        (b"[" * 200_000, TARGET + "ListTables", 400, "SerializationException"),
        (b'{"Limit": "x"}', TARGET + "ListTables", 400, "SerializationException"),
        (b'{"Limit": 1e999}', TARGET + "ListTables", 400, "SerializationException"),
        (b"", TARGET + "ListTables", 400, "SerializationException"),
        (b"{}", TARGET + "Frobnicate", 400, "UnknownOperationException"),
        (b"{}", "Other_20120810.ListTables", 400, "UnknownOperationException"),
        (b"{}", None, 400, "UnknownOperationException"),
        (b"{}", TARGET + "DescribeTable", 400, "ValidationException"),
        (
            b'{"TableName": "nothing"}',
            TARGET + "DescribeTable",
            400,
            "ResourceNotFoundException",
        ),
    ],
)
def test_nonsense_gets_dynamodbs_errors(
    server: SimulatedServer, body: bytes, target: str | None, status: int, kind: str
) -> None:
    """Whatever is sent, the answer is an error of the protocol with its checksum."""
    answered, headers, payload = post(server, body, target=target)
    assert answered == status
    error = json.loads(payload)
    assert error["__type"].partition("#")[2] == kind
    assert error["message"]
    assert headers["Content-Type"] == "application/x-amz-json-1.0"
    assert int(headers["x-amz-crc32"]) == zlib.crc32(payload)
    assert headers["x-amzn-RequestId"]


def test_large_bodies_and_other_paths(server: SimulatedServer) -> None:
    """A body over 16 MB is refused by size; only POST to / is an operation."""
    huge = b'{"TableName": "' + b"x" * (16 * 1024 * 1024) + b'"}'
    assert post(server, huge)[0] == 413
    assert post(server, b"{}", path="/other")[0] == 404
    assert post(server, b"", method="PUT")[0] == 404
    assert post(server, b"", method="GET")[2] == b"healthy: dynawait"


def test_a_lost_answer_closes_the_connection() -> None:
    """The client meets a closed connection, and the table is there all the same."""
    faults = Faults(lost_response=1, latency=0.01)
    with SimulatedServer(seed=1, faults=faults) as server:
        client = boto(server)
        seen = set()
        for number in range(6):
            try:
                client.create_table(**table(f"table-{number}"))
            except (ConnectionClosedError, client.exceptions.InternalServerError) as e:
                seen.add(type(e).__name__)
        assert seen == {"ConnectionClosedError", "InternalServerError"}
        assert len(server.tables) == 6
        assert [call.operation for call in server.calls] == ["CreateTable"] * 6
        client.close()


def test_a_server_stops_with_its_block() -> None:
    """Afterwards nobody listens any more, and the port is free."""
    with SimulatedServer(durations=Durations(table_create=0)) as server:
        port = int(server.url.rpartition(":")[2])
        client = boto(server)
        client.create_table(**table())
        assert server.tables["orders"]["TableStatus"] == "ACTIVE"
        client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_a_speed_is_checked() -> None:
    """Time does not go back, and not beyond all bounds."""
    for speed in (-1, 2e6, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="speed"):
            SimulatedServer(speed=speed)


def test_time_is_moved_by_hand(server: SimulatedServer) -> None:
    """Speed, faults and time can be set from the program that started the server."""
    with SimulatedServer(speed=0, seed=3) as slow:
        client = boto(slow)
        client.create_table(**table())
        assert slow.tables["orders"]["TableStatus"] == "CREATING"
        slow.advance(5)
        assert slow.tables["orders"]["TableStatus"] == "ACTIVE"
        slow.faults = Faults(throttle=1)
        with pytest.raises(client.exceptions.ClientError, match="Rate exceeded"):
            client.list_tables()
        assert slow.faults == Faults(throttle=1)
        slow.reset(seed=4)
        assert (slow.tables, slow.calls, slow.faults) == ({}, [], Faults())
        slow.speed = 60
        assert slow.speed == 60
        client.close()
    with pytest.raises(ValueError, match="seconds"):
        server.advance(-1)


def test_one_connection_carries_many_requests(server: SimulatedServer) -> None:
    """A connection is kept alive, through errors, chunked bodies and HEAD."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    connection.connect()
    kept = connection.sock
    headers = {"X-Amz-Target": TARGET + "ListTables"}
    for body in (b"{}", b"{", iter([b'{"Li', b'mit": ', b"3}"])):
        connection.request("POST", "/", body, headers, encode_chunked=True)
        response = connection.getresponse()
        answered = json.loads(response.read())
        assert ("TableNames" in answered) == (response.status == 200)
    connection.request("HEAD", "/")
    response = connection.getresponse()
    assert (response.status, response.read(), response.length) == (200, b"", 0)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"healthy: dynawait"
    assert connection.sock is kept
    connection.close()


def test_the_page_and_the_control_endpoint_answer_on_the_socket(
    server: SimulatedServer,
) -> None:
    """A browser gets the page, a script the state, and a stranger neither."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    connection.request("GET", "/", headers={"Accept": "text/html"})
    assert server.url.encode() in connection.getresponse().read()
    connection.request("GET", "/_dynawait/state")
    assert json.loads(connection.getresponse().read())["speed"] == 100
    for headers in ({"Origin": "http://example.com"}, {"Host": "example.com"}):
        connection.request("GET", "/_dynawait/state", headers=headers)
        response = connection.getresponse()
        assert response.status == 403
        response.read()
    connection.close()


def test_waiting_calls_do_not_hold_up_the_end() -> None:
    """A server stops while a call still has an hour to take."""
    faults = Faults(latency=3600)
    with SimulatedServer(faults=faults) as server:
        address = urlsplit(server.url)
        with socket.create_connection(
            (address.hostname or "", address.port or 0)
        ) as it:
            target = TARGET + "ListTables"
            it.sendall(
                f"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: {target}\r\n"
                "Content-Length: 2\r\n\r\n{}".encode()
            )
            # The answer to another connection comes after the first call is under way.
            assert post(server, b"", method="GET")[0] == 200
            began = time.monotonic()
            server.__exit__()
        assert time.monotonic() - began < 10


def test_a_name_is_a_host_too() -> None:
    """A name with two addresses is listened to on one, and the URL says which."""
    with SimulatedServer(host="localhost") as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert server.is_loopback
        assert post(server, b"{}")[0] == 200
    assert not SimulatedServer().is_loopback


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_is_a_number_of_sixteen_bits(port: int) -> None:
    """Another one is refused before anything is opened."""
    with pytest.raises(ValueError, match="port"):
        SimulatedServer(port=port).listen()


def test_a_server_listens_before_it_serves() -> None:
    """Without a port there is nothing to serve."""
    with pytest.raises(RuntimeError, match="does not listen"):
        SimulatedServer().serve()
