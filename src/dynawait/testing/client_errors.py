"""The errors that a client raises: botocore's own where it is installed."""

from __future__ import annotations

import importlib
from email.utils import formatdate
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    from .service import Attempt

# The errors that botocore's service model of DynamoDB knows; only for them does it make
# a class of their own, everything else is a plain ClientError.
_MODELLED = frozenset(
    {
        "BackupInUseException",
        "BackupNotFoundException",
        "ConditionalCheckFailedException",
        "ContinuousBackupsUnavailableException",
        "DuplicateItemException",
        "ExportConflictException",
        "ExportNotFoundException",
        "GlobalTableAlreadyExistsException",
        "GlobalTableNotFoundException",
        "IdempotentParameterMismatchException",
        "ImportConflictException",
        "ImportNotFoundException",
        "IndexNotFoundException",
        "InternalServerError",
        "InvalidExportTimeException",
        "InvalidRestoreTimeException",
        "ItemCollectionSizeLimitExceededException",
        "LimitExceededException",
        "PointInTimeRecoveryUnavailableException",
        "PolicyNotFoundException",
        "ProvisionedThroughputExceededException",
        "ReplicaAlreadyExistsException",
        "ReplicaNotFoundException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "ResourceInUseException",
        "ResourceNotFoundException",
        "TableAlreadyExistsException",
        "TableInUseException",
        "TableNotFoundException",
        "ThrottlingException",
        "TransactionCanceledException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_ENDPOINT = "https://dynamodb.us-east-1.amazonaws.com/"


class ClientError(Exception):
    """Stands in for botocore's error of this name where botocore is not installed.

    Attributes:
        response: the parsed error response.
        operation_name: the operation that failed.
    """

    def __init__(self, error_response: dict[str, Any], operation_name: str) -> None:
        """Take the parsed response and the operation's name."""
        error = error_response.get("Error", {})
        super().__init__(
            f"An error occurred ({error.get('Code', 'Unknown')}) when calling the "
            f"{operation_name} operation: {error.get('Message', 'Unknown')}"
        )
        self.response = error_response
        self.operation_name = operation_name

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what rebuilds the error, as botocore does: without its subclass."""
        return ClientError, (self.response, self.operation_name)


class ConnectionClosedError(ConnectionError):
    """Stands in for botocore's error of this name."""

    def __init__(self, *, endpoint_url: str) -> None:
        """Take the address of the service."""
        message = "Connection was closed before we received a valid response from"
        super().__init__(f'{message} endpoint URL: "{endpoint_url}".')


class ReadTimeoutError(TimeoutError):
    """Stands in for botocore's error of this name."""

    def __init__(self, *, endpoint_url: str) -> None:
        """Take the address of the service."""
        super().__init__(f'Read timeout on endpoint URL: "{endpoint_url}"')


class ClientExceptions:
    """What a client's ``exceptions`` offers: error classes as attributes."""

    def __getattr__(self, name: str) -> type[Exception]:
        """Return the class of an error."""
        if name == "ClientError" or name in _MODELLED:
            return error_class(name)
        message = f"{self!r} object has no attribute {name!r}. Valid exceptions are:"
        raise AttributeError(f"{message} {', '.join(sorted(_MODELLED))}")


def deliver(attempt: Attempt) -> dict[str, Any]:
    """Return the response of a call that has arrived, or raise what a client would."""
    if attempt.cut is not None:
        name = "ReadTimeoutError" if attempt.cut == "lost" else "ConnectionClosedError"
        raise _exception(name)(endpoint_url=_ENDPOINT)
    if attempt.fault is not None:
        fault = attempt.fault
        response = {
            "Error": {"Message": fault.message, "Code": fault.code},
            "ResponseMetadata": _metadata(fault.http_status, attempt.date),
            "message": fault.message,
            **fault.members,
        }
        raise error_class(fault.code)(response, attempt.operation)
    response = attempt.result or {}
    response["ResponseMetadata"] = _metadata(200, attempt.date)
    return response


@cache
def error_class(code: str) -> type[Exception]:
    """Return the class that a client raises for an error code."""
    base: type[Exception] = _exception("ClientError")
    if code not in _MODELLED:
        return base
    made: type[Exception] = type(code, (base,), {})
    return made


@cache
def _exception(name: str) -> type[Any]:
    found: type[Any] = getattr(_botocore_exceptions() or _own_exceptions(), name)
    return found


def _botocore_exceptions() -> ModuleType | None:
    try:
        return importlib.import_module("botocore.exceptions")
    except ImportError:
        return None


def _own_exceptions() -> ModuleType:
    return importlib.import_module(__name__)


def _metadata(status: int, date: float) -> dict[str, Any]:
    headers = {"date": formatdate(date, usegmt=True)}
    return {"HTTPStatusCode": status, "HTTPHeaders": headers, "RetryAttempts": 0}
