"""Which kind of client this is, or why it is none."""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import Any

_HOW = (
    'pass boto3.client("dynamodb"), an entered aiobotocore client '
    '(async with session.create_client("dynamodb") as client) or a boto3 Table'
)


def unwrapped(client: Any) -> Any:
    """Return the client itself, or the one that a boto3 resource stands on.

    Raises:
        TypeError: it is no DynamoDB client; says what to pass instead.
    """
    found = client
    if not hasattr(found, "describe_table"):
        found = getattr(getattr(client, "meta", None), "client", None)
    if isinstance(client, type) or not callable(getattr(found, "describe_table", None)):
        raise TypeError(_problem(client))
    service = getattr(
        getattr(getattr(found, "meta", None), "service_model", None),
        "service_name",
        "dynamodb",
    )
    if isinstance(service, str) and service != "dynamodb":
        raise TypeError(f"expected a DynamoDB client, got one for {service!r}: {_HOW}")
    return found


def is_asynchronous(client: Any) -> bool:
    """Tell whether the operations of a client return awaitables."""
    call = getattr(client, "_make_api_call", None)
    if call is not None:
        return iscoroutinefunction(call)
    return iscoroutinefunction(client.describe_table)


def is_asynchronous_method(client: Any, method: str) -> bool:
    """Tell whether one method of any AWS client returns an awaitable."""
    call = getattr(client, "_make_api_call", None) or getattr(client, method)
    return iscoroutinefunction(call)


def method_name(operation: str) -> str:
    """Return the name of a client's method, ``describe_table``."""
    return _METHODS.get(operation) or _METHODS.setdefault(
        operation,
        "".join(
            f"_{letter.lower()}" if letter.isupper() else letter for letter in operation
        ).lstrip("_"),
    )


_METHODS: dict[str, str] = {}


def _problem(client: Any) -> str:
    kind: type[Any] = client.__class__
    name = f"{kind.__module__}.{kind.__qualname__}"
    service = getattr(
        getattr(getattr(client, "meta", None), "service_model", None),
        "service_name",
        None,
    )
    if isinstance(service, str):
        return f"expected a DynamoDB client, got one for {service!r}: {_HOW}"
    if isinstance(client, str):
        return f"expected a client first and then the table, got {client!r}: {_HOW}"
    if hasattr(client, "__aenter__"):
        return f"this client has not been entered yet ({name}): {_HOW}"
    if hasattr(client, "client") or hasattr(client, "create_client"):
        return f"expected a client, got a session ({name}): {_HOW}"
    return f"expected a DynamoDB client, got {name}: {_HOW}"
