"""The error that users see when a call was refused for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ServiceError

if TYPE_CHECKING:
    from .outcome import Fault, Kind

_CLOSED = "A client that was closed cannot be used: use it inside its async with"
_ADVICE = {
    "denied": "Check the credentials, and that they allow this operation",
    "unknown": "dynawait does not know this error, so it does not try again",
}


def refusal(
    operation: str, table: str, fault: Fault, kind: Kind | None, error: Exception
) -> ServiceError:
    """Return the error for a refused call, with the client's error as its cause."""
    refused = ServiceError(
        code=fault.code,
        message=fault.message,
        operation=operation,
        table=table,
        advice=advice_for(fault, kind),
    )
    refused.__cause__ = error
    return refused


def advice_for(fault: Fault, kind: Kind | None) -> str:
    """Return what may help against a refusal; empty where nothing is known."""
    closed = fault.code == "HTTPClientError" and kind == "unknown"
    return _CLOSED if closed else _ADVICE.get(kind or "", "")
