"""What an error means: one pure function, and the table it reads.

The error classes of DynamoDB say less than their messages do: LimitExceededException
and ValidationException both carry opposite meanings. So the rules match on the code
*and* on a part of the message. What no rule knows is permanent.

Sources: botocore's service model for the declared errors of each operation; the API
reference, "Common errors"; messages as measured on AWS and quoted in public issues.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Kind: TypeAlias = Literal[
        "busy",
        "throttled",
        "transient",
        "already",
        "missing",
        "quota",
        "denied",
        "invalid",
        "unknown",
    ]


@dataclass(frozen=True, slots=True)
class Fault:
    """An error of a call, reduced to what can be judged.

    Attributes:
        code: AWS's error code, or the name of the exception's class.
        message: its text.
        status: the HTTP status; None when there was no answer.
    """

    code: str
    message: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a fault means.

    Attributes:
        kind: *busy* (somebody is changing the table: wait for quiet), *throttled*
            (slow down), *transient* (try again), *already* (the request was already
            true), *missing*, *quota* (a hard limit), *denied*, *invalid*, or *unknown*
            (permanent as well).
        not_before: the time from which it may be tried again, where the message has it.
    """

    kind: Kind
    not_before: datetime | None = None


_VALIDATION = "ValidationException"
_LIMIT = "LimitExceededException"
_IN_USE = "ResourceInUseException"
_THROTTLING = "ThrottlingException"
_NO_TABLE = "ResourceNotFoundException"

# (code, part of the message, what it means); the first that fits is taken.
_RULES: tuple[tuple[str, str, Kind], ...] = (
    (_IN_USE, "already exists", "already"),
    (_IN_USE, "preexisting table", "already"),
    (_IN_USE, "already has an enabled stream", "already"),
    (_IN_USE, "", "busy"),
    ("TableInUseException", "", "busy"),
    ("BackupInUseException", "", "busy"),
    ("ContinuousBackupsUnavailableException", "Backups are being enabled", "busy"),
    ("ExportConflictException", "", "invalid"),
    ("ImportConflictException", "", "invalid"),
    ("TableAlreadyExistsException", "", "already"),
    ("InvalidRestoreTimeException", "", "invalid"),
    ("PointInTimeRecoveryUnavailableException", "", "invalid"),
    (_LIMIT, "Only 1 online index", "busy"),
    (_LIMIT, "Table tags are being updated", "busy"),
    (_LIMIT, "simultaneously", "throttled"),
    (_LIMIT, "restore operations", "throttled"),
    (_LIMIT, "", "quota"),
    (_THROTTLING, "", "throttled"),
    ("ThrottledException", "", "throttled"),
    ("Throttling", "", "throttled"),
    ("TooManyRequestsException", "", "throttled"),
    ("RequestLimitExceeded", "", "throttled"),
    ("ProvisionedThroughputExceededException", "", "throttled"),
    ("SlowDown", "", "throttled"),
    (_VALIDATION, "Cannot read from backfilling", "busy"),
    (_VALIDATION, "Cannot describe time to live while table is in", "busy"),
    (_VALIDATION, "not in a valid state to update Key Access Insights", "busy"),
    (_VALIDATION, "replica is being added", "busy"),
    (_VALIDATION, "in the last 24 hours", "quota"),
    (_VALIDATION, "multiple times within a fixed interval", "quota"),
    (_VALIDATION, "will not change", "already"),
    (_VALIDATION, "equals the current value", "already"),
    (_VALIDATION, "TimeToLive is already", "already"),
    # In the way of a destination is most often what the lost first attempt of the same
    # call has begun; where it is not, the call is only repeated some times in vain.
    (_VALIDATION, "valid state to enable Kinesis Streaming Destination", "already"),
    (_VALIDATION, "is already set to the desired value", "already"),
    (_VALIDATION, "already has an enabled stream", "already"),
    (_VALIDATION, "has no stream to disable", "already"),
    (_VALIDATION, "Index already exists", "already"),
    (_VALIDATION, "duplicate index", "already"),
    (_VALIDATION, "index which already exists", "already"),
    (_VALIDATION, "does not have the specified index", "missing"),
    (_VALIDATION, "Replica specified in the Replica Update or Replica", "missing"),
    (_VALIDATION, "already existed as tables", "already"),
    (_VALIDATION, "", "invalid"),
    (_NO_TABLE, "", "missing"),
    ("ResourceNotFound", "", "missing"),
    ("TableNotFoundException", "", "missing"),
    ("IndexNotFoundException", "", "missing"),
    ("ReplicaNotFoundException", "", "missing"),
    ("GlobalTableNotFoundException", "", "missing"),
    ("BackupNotFoundException", "", "missing"),
    ("ExportNotFoundException", "", "missing"),
    ("ImportNotFoundException", "", "missing"),
    ("PolicyNotFoundException", "", "missing"),
    ("AccessDeniedException", "", "denied"),
    ("AccessDenied", "", "denied"),
    ("UnrecognizedClientException", "", "denied"),
    ("InvalidSignatureException", "", "denied"),
    ("MissingAuthenticationTokenException", "", "denied"),
    ("MissingAuthenticationToken", "", "denied"),
    ("IncompleteSignatureException", "", "denied"),
    ("IncompleteSignature", "", "denied"),
    ("SignatureDoesNotMatch", "", "denied"),
    ("InvalidClientTokenId", "", "denied"),
    ("NotAuthorized", "", "denied"),
    ("RequestExpired", "", "denied"),
    ("ExpiredTokenException", "", "denied"),
    ("ExpiredToken", "", "denied"),
    ("OptInRequired", "", "denied"),
    ("UnknownOperationException", "", "invalid"),
    ("SerializationException", "", "invalid"),
    ("TransactionInProgressException", "", "transient"),
    ("TransactionConflictException", "", "transient"),
    ("ReplicatedWriteConflictException", "", "transient"),
    ("RequestTimeout", "", "transient"),
    ("RequestTimeoutException", "", "transient"),
    ("InternalServerError", "", "transient"),
    ("InternalFailure", "", "transient"),
    ("ServiceUnavailable", "", "transient"),
    ("ServiceUnavailableException", "", "transient"),
)
_SERVER_FAULT = 500
_LONGEST_PAGE = 200
_TOO_MANY = 429
_CUT_SHORT = 400  # DynamoDB's own refusals have a body; this one broke off before it

# The names that HTTP libraries give to errors of the network. What goes wrong before
# a request is made (no credentials, no Region, a parameter of the wrong type) is not
# among them.
_NETWORK = frozenset(
    {
        "HTTPClientError",  # botocore
        "EndpointConnectionError",
        "ConnectionError",
        "ConnectionClosedError",
        "ReadTimeoutError",
        "ConnectTimeoutError",
        "ResponseParserError",  # an answer cut short, or a proxy's page
        "IncompleteReadError",
        "ChecksumError",
        "ResponseStreamingError",
        "ClientConnectionError",  # aiohttp
        "ClientPayloadError",
        "ServerTimeoutError",
        "TransportError",  # httpx
        "OSError",
        "TimeoutError",
    }
)
# An OSError is one of the network, unless it is about a file.
_FILES = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
_CLIENT_MODULES = (
    "botocore",
    "boto3",
    "aiobotocore",
    "aiohttp",
    "httpx",
    "httpx2",
    "httpcore",
    "urllib3",
    "s3transfer",
)


def read_fault(error: BaseException) -> Fault | None:
    """Read a fault from what a client raised.

    Returns:
        None when it is no error of a call but of the program, to be raised as it is.
    """
    response = _mapping(getattr(error, "response", None))
    if response.get("Error"):
        parts = _mapping(response["Error"])
        status = _mapping(response.get("ResponseMetadata")).get("HTTPStatusCode")
        return Fault(
            code=str(parts.get("Code") or type(error).__name__),
            message=str(parts.get("Message") or parts.get("message") or ""),
            status=status if isinstance(status, int) else None,
        )
    if isinstance(error, _FILES):
        return None
    if _is_of_client(error) or isinstance(error, OSError):
        return Fault(code=type(error).__name__, message=words_of(error))
    return None


def words_of(error: BaseException) -> str:
    """Return the text of an error, or its name where it cannot even say that.

    A whole page, as a proxy or a load balancer sends, is cut to its beginning.
    """
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - a foreign __str__ may raise anything
        return type(error).__name__
    if "\n" not in text.strip():
        return text
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_PAGE else f"{line[:_LONGEST_PAGE]}..."


def _mapping(value: Any) -> Mapping[str, Any]:
    nothing: dict[str, Any] = {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else nothing


def classify(fault: Fault, error: BaseException | None = None) -> Outcome:
    """Tell what a fault means.

    Args:
        fault: what was read from the error.
        error: the error itself, for those of the network, which have no code.
    """
    for code, part, kind in _RULES:
        if code == fault.code and part in fault.message:
            waits = kind in ("throttled", "quota")
            return Outcome(kind, _time_in(fault.message) if waits else None)
    if fault.status is not None:
        if fault.status >= _SERVER_FAULT:
            return Outcome("transient")
        if fault.status == _TOO_MANY:
            return Outcome("throttled")
        if fault.code == str(_CUT_SHORT) and not fault.message:
            return Outcome("transient")
    if error is not None and fault.status is None and _is_of_network(error):
        return Outcome("transient")
    return Outcome("unknown")


def _is_of_client(error: BaseException) -> bool:
    return any(
        kind.__module__.partition(".")[0] in _CLIENT_MODULES
        for kind in type(error).__mro__
    )


def _is_of_network(error: BaseException) -> bool:
    if "CERTIFICATE_VERIFY_FAILED" in words_of(error):
        return False  # a certificate does not become valid by asking again
    if type(error).__name__ == "HTTPClientError":
        # botocore's wrapper for whatever its HTTP library raised: an error of that
        # library or of the system may pass; any other means a client that was closed.
        inner = getattr(error, "kwargs", {}).get("error")
        return inner is None or isinstance(inner, OSError) or _is_of_client(inner)
    return any(kind.__name__ in _NETWORK for kind in type(error).__mro__)


def _time_in(message: str) -> datetime | None:
    """Return the first ISO 8601 time in a message, in UTC when it names no zone."""
    for part in message.replace("Z", "+00:00").split():
        word = part.strip("().,;")
        if len(word) > len("2026-01-01T") and word[:4].isdigit() and "T" in word:
            try:
                moment = datetime.fromisoformat(word)
            except ValueError:
                continue
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
