"""Whatever is sent, the answer is legal: DynamoDB's own errors where it must be."""

from __future__ import annotations

import copy
import http.client
import json
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynawait.testing import ControlPlane, SimulatedServer
from tests.simulation.door import TARGET, Door, serialized
from tests.simulation.samples import SAMPLES, prepared
from tests.simulation.support import delete_index, table, throughput

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("CreateTable", table("invoices", **throughput(5, 5))),
    ("UpdateTable", {"TableName": "orders", **delete_index("by-email")}),
    *(
        (operation, json.loads(serialized(operation, request)["body"]))
        for operation, samples in SAMPLES.items()
        for request in samples
    ),
]
OPERATIONS = st.sampled_from([*sorted(ControlPlane.operations), "Frobnicate", ""])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(st.characters(exclude_categories=())),
        st.sampled_from(["orders", "arn:aws:dynamodb:", "PAY_PER_REQUEST", 10**400]),
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(["TableName", "IndexName", "S"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60)
QUICK = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw a legal request in which some values are not what they were."""
    operation, request = draw(st.sampled_from(REQUESTS))
    changed: Any = copy.deepcopy(request)
    for _ in range(draw(st.integers(1, 3))):
        changed = _mutate(draw, changed)
    return operation, changed


def _mutate(draw: st.DrawFn, value: Any) -> Any:
    """Change one place, at some depth."""
    if isinstance(value, dict) and value and draw(st.integers(0, 5)):
        name = draw(st.sampled_from(sorted(value)))
        match draw(st.sampled_from(["inside", "inside", "drop", "add"])):
            case "inside":
                value[name] = _mutate(draw, value[name])
            case "drop":
                del value[name]
            case _:
                value[draw(st.text(max_size=5))] = draw(VALUES)
        return value
    if isinstance(value, list) and value and draw(st.integers(0, 5)):
        place = draw(st.integers(0, len(value) - 1))
        value[place] = _mutate(draw, value[place])
        return value * draw(st.sampled_from([1, 1, 1, 2, 30]))
    return draw(VALUES)


@pytest.fixture(scope="module")
def door() -> Door:
    """A server with something of everything, kept for many examples."""
    made = Door()
    made.backend.service.planes["us-east-1"] = prepared().plane
    return made


def send(door: Door, operation: str, body: bytes, **headers: str) -> None:
    """Send a body; check that the answer is one of DynamoDB's."""
    target = {"X-Amz-Target": TARGET + operation}
    reply = door.ask("POST", body=body, headers=target | headers)
    assert reply.headers["Content-Type"] == "application/x-amz-json-1.0"
    if reply.status == 200:
        assert isinstance(reply.json, dict)
    else:
        assert reply.status in (400, 413), reply.error
        assert reply.error.partition(":")[0].isalnum()


@QUICK
@given(OPERATIONS, st.binary(max_size=200))
def test_any_bytes(door: Door, operation: str, body: bytes) -> None:
    """Any bytes as a body are answered with an error of the protocol."""
    send(door, operation, body)


@QUICK
@given(OPERATIONS, VALUES)
def test_any_json(door: Door, operation: str, value: Any) -> None:
    """Any JSON as a body is answered or refused, by every operation."""
    send(door, operation, json.dumps(value).encode())


@QUICK
@given(mutated())
def test_legal_requests_gone_wrong(door: Door, request: tuple[str, Any]) -> None:
    """A legal request in which something was changed is answered or refused."""
    operation, value = request
    send(door, operation, json.dumps(value).encode())


@QUICK
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "Accept",
                "Authorization",
                "Content-Length",
                "Content-Type",
                "Host",
                "Origin",
                "X-Amz-Target",
            ]
        ),
        HEADER
        | st.sampled_from(
            ["99999999999999999999999", "-1", "²", TARGET, "Credential="]
        ),
    ),
    st.sampled_from(["GET", "POST", "PUT", "OPTIONS", "HEAD", "BREW"]),
    st.sampled_from(["/", "", "//", "/_dynawait/", "/_dynawait/state", "/%00", "/é"]),
)
def test_any_headers(headers: dict[str, str], method: str, path: str) -> None:
    """Any headers, with any method on any path, get an answer."""
    door = Door(lint=False)
    reply = door.ask(method, path, b"{}", headers)
    assert reply.status in (200, 400, 403, 404, 405, 413)


@QUICK
@given(
    st.sampled_from(["advance", "speed", "faults", "reset", "state"]),
    st.binary(max_size=50)
    | VALUES.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(
        st.sampled_from(["seconds", "speed", "throttle", "latency", "seed"]), VALUES
    ).map(lambda value: json.dumps(value).encode()),
)
def test_any_command(name: str, body: bytes) -> None:
    """Any command is done or refused, and the server can be looked at afterwards."""
    door = Door()
    assert door.ask("POST", f"/_dynawait/{name}", body).status in (200, 400, 405)
    assert door.ask("GET", "/_dynawait/state").status == 200
    assert door.ask(headers={"Accept": "text/html"}).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' * 100_000,
        b"[" * 500 + b"]" * 500,
        b'{"TableName": ' + b'{"M":' * 500 + b"{}" + b"}" * 500 + b"}",
        b'{"Limit": ' + b"9" * 100_000 + b"}",
        b'{"Limit": ' + b"9" * 4000 + b"}",
        '{"TableName": "orders"}'.encode("utf-16"),
        '\ufeff{"TableName": "orders"}'.encode(),
        b'{"TableName": "orders"} {}',
        b'{"TableName": "orders", "TableName": 1}',
        b'{"Limit": Infinity}',
        b'{"Keys": [' + b"{}, " * 200 + b"[[]]]}",
        b"null",
    ],
)
def test_bodies_that_break_parsers(door: Door, body: bytes) -> None:
    """What is deep, long, encoded otherwise or double is refused, not choked on."""
    for operation in ("ListTables", "DescribeTable", "PutItem"):
        reply = door.ask(
            "POST", body=body, headers={"X-Amz-Target": TARGET + operation}
        )
        assert reply.status in (200, 400)
        if reply.status == 200:
            assert operation == "ListTables"


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatedServer]:
    """A server on loopback."""
    with SimulatedServer(speed=0) as started:
        yield started


def converse(server: SimulatedServer, sent: bytes) -> bytes:
    """Send bytes on a connection of their own and return all that comes back."""
    address = urlsplit(server.url)
    with socket.create_connection(
        (address.hostname or "", address.port or 0), 10
    ) as it:
        it.sendall(sent)
        it.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := it.recv(65_536):
            received += chunk
    return received


HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: " + TARGET.encode()


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=100)
    | st.binary(max_size=60).map(lambda noise: noise + b"\r\n\r\n")
    | st.binary(max_size=60).map(
        lambda noise: HEAD + b"ListTables\r\nX-Noise: " + noise + b"\r\n\r\n"
    )
    | st.binary(max_size=60).map(
        lambda noise: (
            HEAD + b"ListTables\r\nTransfer-Encoding: chunked\r\n\r\n" + noise + b"\r\n"
        )
    )
)
def test_any_bytes_on_a_socket(server: SimulatedServer, sent: bytes) -> None:
    """What is no HTTP gets an answer or a closed connection; nobody else notices."""
    try:
        received = converse(server, sent)
    except ConnectionError:
        received = b""
    assert received == b"" or received.startswith(b"HTTP/1.")
    assert b"Traceback" not in received
    assert b" 500 " not in received.partition(b"\r\n")[0]
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"healthy: dynawait"
    connection.close()


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"NONSENSE\r\n\r\n", 400, "SerializationException"),
        (HEAD + b"ListTables\r\nContent-Length: x\r\n\r\n", 400, "Serialization"),
        (HEAD + b"X\r\nY: " + b"y" * 262_144 + b"\r\n\r\n", 431, "Serialization"),
        (
            HEAD + b"ListTables\r\nContent-Length: 99999999999\r\n\r\n",
            413,
            "RequestEntityTooLargeException",
        ),
        (HEAD + b"X\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "InternalFailure"),
    ],
)
def test_unreadable_requests(
    server: SimulatedServer, sent: bytes, status: int, code: str
) -> None:
    """What the HTTP server cannot read is refused in DynamoDB's form, too."""
    received = converse(server, sent)
    head, _, body = received.partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    assert code in json.loads(body)["__type"]
