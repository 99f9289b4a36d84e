"""What the errors of botocore, aiobotocore and their HTTP libraries mean."""

from __future__ import annotations

from typing import Any

import pytest

from dynawait._core.outcome import classify, read_fault

exceptions: Any = pytest.importorskip("botocore.exceptions")

URL = "http://127.0.0.1:1/"


def meaning(error: Exception) -> str:
    """Return the kind of a client's error."""
    fault = read_fault(error)
    assert fault is not None
    return classify(fault, error).kind


NETWORK: dict[str, dict[str, Any]] = {
    "EndpointConnectionError": {"endpoint_url": URL},
    "ConnectTimeoutError": {"endpoint_url": URL},
    "ReadTimeoutError": {"endpoint_url": URL},
    "ConnectionClosedError": {"endpoint_url": URL},
    "ProxyConnectionError": {"proxy_url": URL},
    "SSLError": {"endpoint_url": URL, "error": "EOF occurred in violation of protocol"},
    "IncompleteReadError": {"actual_bytes": 1, "expected_bytes": 2},
    "ResponseStreamingError": {"error": "connection broken"},
    "HTTPClientError": {"error": ConnectionResetError(104, "reset")},
}
PERMANENT: dict[str, dict[str, Any]] = {
    "NoCredentialsError": {},
    "PartialCredentialsError": {"provider": "env", "cred_var": "AWS_SECRET"},
    "ParamValidationError": {"report": "Unknown parameter"},
    "NoRegionError": {},
    "UnauthorizedSSOTokenError": {},
    "SSLError": {
        "endpoint_url": URL,
        "error": "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
    },
}


@pytest.mark.parametrize("name", NETWORK)
def test_errors_of_the_network_are_transient(name: str) -> None:
    """A connection that failed, was cut or took too long is tried again."""
    error = getattr(exceptions, name)(**NETWORK[name])
    fault = read_fault(error)
    assert fault is not None
    assert (fault.code, fault.message, fault.status) == (name, str(error), None)
    assert meaning(error) == "transient"


@pytest.mark.parametrize("name", PERMANENT)
def test_errors_before_the_network_are_permanent(name: str) -> None:
    """Asking again brings neither credentials nor a Region nor a certificate."""
    assert meaning(getattr(exceptions, name)(**PERMANENT[name])) == "unknown"


def test_parse_errors_are_transient() -> None:
    """An answer cut short, or the page of a proxy, may be better next time."""
    parsers = pytest.importorskip("botocore.parsers")
    assert meaning(parsers.ResponseParserError("Unable to parse response")) == (
        "transient"
    )


@pytest.mark.parametrize(
    "inner", [None, TimeoutError(), ConnectionResetError(), OSError("no route")]
)
def test_wrapped_errors_of_the_system_are_transient(inner: Any) -> None:
    """The wrapper of botocore counts as what it wraps."""
    assert meaning(exceptions.HTTPClientError(error=inner)) == "transient"


@pytest.mark.parametrize(
    "name", ["ClientConnectionError", "ServerDisconnectedError", "ClientPayloadError"]
)
def test_errors_of_aiohttp_are_transient(name: str) -> None:
    """Errors of aiohttp may pass, wrapped by botocore or bare."""
    aiohttp = pytest.importorskip("aiohttp")
    error = getattr(aiohttp, name)("gone")
    assert meaning(error) == "transient"
    assert meaning(exceptions.HTTPClientError(error=error)) == "transient"


@pytest.mark.parametrize("name", ["ConnectError", "ReadTimeout", "RemoteProtocolError"])
def test_errors_of_httpx_are_transient(name: str) -> None:
    """Errors of httpx may pass, wrapped by botocore or bare."""
    httpx = pytest.importorskip("httpx2")
    error = getattr(httpx, name)("gone")
    assert meaning(error) == "transient"
    assert meaning(exceptions.HTTPClientError(error=error)) == "transient"


@pytest.mark.parametrize(
    "inner",
    [
        AttributeError("'NoneType' object has no attribute 'request'"),
        RuntimeError("Session is closed"),
        TypeError("bad argument"),
    ],
)
def test_a_closed_client_is_permanent(inner: Exception) -> None:
    """A wrapper around an error of the program means a client that was closed."""
    assert meaning(exceptions.HTTPClientError(error=inner)) == "unknown"


def test_errors_of_a_subclass_count() -> None:
    """A user's own subclass of a network error is one."""
    mine = type("Mine", (exceptions.EndpointConnectionError,), {})
    assert meaning(mine(endpoint_url=URL)) == "transient"


def model() -> Any:
    """Return DynamoDB's service model."""
    session = pytest.importorskip("botocore.session").get_session()
    return session.get_service_model("dynamodb")


def declared(operation: str) -> set[str]:
    """Return the error codes that the service model declares for an operation."""
    shapes = model().operation_model(operation).error_shapes
    return {shape.metadata.get("error", {}).get("code", shape.name) for shape in shapes}


def unknown(codes: set[str]) -> set[str]:
    """Return the codes that no rule knows when they come without a message."""
    kinds = {
        code: meaning(
            exceptions.ClientError(
                {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}},
                "DescribeTable",
            )
        )
        for code in codes
    }
    return {code for code, kind in kinds.items() if kind == "unknown"}


def test_every_declared_error_of_a_look_is_known() -> None:
    """No error that the service model declares for a describe operation is unknown."""
    looks = [
        name
        for name in model().operation_names
        if name.startswith(("Describe", "List", "GetResourcePolicy"))
    ]
    assert "DescribeTable" in looks
    assert unknown({code for name in looks for code in declared(name)}) == set()


ANSWERS_OF_THE_DATA_PLANE = {
    "ConditionalCheckFailedException": "the answer that table_writable hopes for",
    "TransactionConflictException": "nobody has the key of a probe in a transaction",
    "ItemCollectionSizeLimitExceededException": "nothing is ever written",
}
RARE_REFUSALS = {
    "ContinuousBackupsUnavailableException": "without a message it may be for ever",
    "InvalidExportTimeException": "about an argument, so permanent all the same",
    "ReplicaAlreadyExistsException": "of the old global tables, which are closed",
    "GlobalTableAlreadyExistsException": "of the old global tables as well",
}


def test_every_declared_error_of_a_probe_is_known() -> None:
    """Of Query and PutItem, only what cannot happen or is the answer is unknown."""
    codes = declared("Query") | declared("PutItem")
    assert unknown(codes) <= set(ANSWERS_OF_THE_DATA_PLANE)


def test_what_is_unknown_of_the_control_plane_is_listed() -> None:
    """Every other declared error is known, or stands in the list with its reason."""
    data = {"BatchExecuteStatement", "BatchGetItem", "BatchWriteItem", "DeleteItem"}
    data |= {"ExecuteStatement", "ExecuteTransaction", "GetItem", "PutItem", "Query"}
    data |= {"Scan", "SearchVectors", "TransactGetItems", "TransactWriteItems"}
    data |= {"UpdateItem"}
    control = set(model().operation_names) - data
    codes = {code for name in control for code in declared(name)}
    assert unknown(codes) == set(RARE_REFUSALS) & codes
