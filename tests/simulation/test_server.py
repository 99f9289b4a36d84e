"""The server, as SDKs and others see it."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import socket
import subprocess
import sys
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
    """Time neither stands still nor goes back."""
    for speed in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="speed"):
            SimulatedServer(speed=speed)


def test_the_command_line_serves_until_interrupted() -> None:
    """It prints one line when it is ready, and Ctrl-C ends it quietly."""
    command = [sys.executable, "-m", "dynawait.testing.server", "--port", "0"]
    with subprocess.Popen(
        [*command, "--speed", "60"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith(
            "dynawait simulated DynamoDB listening on http://127.0.0.1:"
        )
        assert line.endswith("(press Ctrl-C to stop)\n")
        url = line.split()[5]
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (130, "", "")


def test_a_port_in_use_is_named(server: SimulatedServer) -> None:
    """A port that is taken is an error of one line, not a stack trace."""
    port = server.url.rpartition(":")[2]
    command = [sys.executable, "-m", "dynawait.testing.server", "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("dynawait: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_waitress_names_the_remedy() -> None:
    """Without waitress the message says what to install."""
    program = (
        "import sys; sys.modules['waitress'] = None\n"
        "from dynawait.testing.server import main\n"
        "sys.exit(main(['--port', '0']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "pip install 'dynawait[testing]'" in done.stderr
