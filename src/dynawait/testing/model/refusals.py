"""How the control plane says no, in DynamoDB's own words.

The texts are those measured on AWS; the codes are those of the service model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .tables import Job, Table

_BAD_REQUEST = 400
_SERVER_ERROR = 500


class ServiceFault(Exception):  # noqa: N818 - an answer of the service, not a mistake
    """The service refuses a request.

    Attributes:
        code: the error code, ``"ResourceInUseException"``.
        message: the text.
        http_status: 400, or 500 when the fault is the service's.
        members: what the error carries besides, ``{"Item": {...}}``.
    """

    def __init__(
        self,
        code: str,
        message: str,
        http_status: int = _BAD_REQUEST,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        """Take the code, the text, the status of the response and other members."""
        super().__init__(code, message, http_status)
        self.members: Mapping[str, Any] = members or {}
        self.code = code
        self.message = message
        self.http_status = http_status

    def __str__(self) -> str:
        """Return the code and the text."""
        return f"{self.code}: {self.message}"


def refuse(message: str) -> ServiceFault:
    """Return a ValidationException with just this text."""
    return ServiceFault("ValidationException", message)


def invalid(problem: str) -> ServiceFault:
    """Return a ValidationException about the values of parameters."""
    return refuse(f"One or more parameter values were invalid: {problem}")


def unmodelled(what: str) -> ServiceFault:
    """Return the refusal of what DynamoDB would do and this model does not."""
    return refuse(f"The simulated control plane does not model {what}")


def in_use(detail: str) -> ServiceFault:
    """Return the ResourceInUseException that names what is under way."""
    return ServiceFault(
        "ResourceInUseException",
        f"Attempt to change a resource which is still in use: {detail}",
    )


def being_created(name: str) -> ServiceFault:
    """Return the refusal of a change to a table that is CREATING."""
    return in_use(f"Table is being created: {name}")


def being_deleted(name: str) -> ServiceFault:
    """Return the refusal of a change to a table that is DELETING."""
    return in_use(f"Table is being deleted: {name}")


def table_exists(name: str) -> ServiceFault:
    """Return the refusal of a second CreateTable."""
    return ServiceFault("ResourceInUseException", f"Table already exists: {name}")


def no_table(name: str) -> ServiceFault:
    """Return what the control plane says of a table that it does not see."""
    return ServiceFault(
        "ResourceNotFoundException",
        f"Requested resource not found: Table: {name} not found",
    )


def no_index(table: str, index: str) -> ServiceFault:
    """Return what UpdateTable says of an index that does not exist."""
    return ServiceFault(
        "ResourceNotFoundException",
        f"Requested resource not found: Index {index} for table {table}",
    )


def not_readable() -> ServiceFault:
    """Return what reads and writes meet while the table does not exist for them.

    The API reference of ResourceNotFoundException: "its status might not be ACTIVE".
    """
    return ServiceFault("ResourceNotFoundException", "Requested resource not found")


def limit_exceeded(text: str) -> ServiceFault:
    """Return the refusal of what is over a limit of the account or the table."""
    code = "LimitExceededException"
    return ServiceFault(code, f"Subscriber limit exceeded: {text}")


def in_use_by_replicas() -> ServiceFault:
    """Return what a table with replicas answers instead of naming what is under way."""
    text = "The resource which you are attempting to change is in use."
    return ServiceFault("ResourceInUseException", text)


def system_maintenance() -> ServiceFault:
    """Return what a warm throughput meets while an index is in allocation."""
    text = "Table is under system maintenance, please try again later"
    return ServiceFault("InternalServerError", text, _SERVER_ERROR)


def internal_failure() -> ServiceFault:
    """Return the wordless failure of a request that the service does not expect."""
    return ServiceFault("InternalFailure", "", _SERVER_ERROR)


def key_disabled(key: str) -> ServiceFault:
    """Return what needs a key that cannot be used; the request's id is left out."""
    text = "KMS key disabled error: com.amazonaws.services.kms.model.DisabledException:"
    cause = "(Service: AWSKMS; Status Code: 400; Error Code: DisabledException)"
    return refuse(f"{text} {key} is disabled. {cause}")


def one_online_index() -> ServiceFault:
    """Return the refusal of a second index creation or deletion."""
    text = "Only 1 online index can be created or deleted simultaneously per table"
    return limit_exceeded(text)


def index_in_use(phrase: str, table: Table, index: str) -> ServiceFault:
    """Return the refusal that names the index in the way."""
    return in_use(f"{phrase}. Table: {table.name} Index: {index}")


def stream_in_the_way(table: Table, job: Job, wanted: str) -> ServiceFault:
    """Return the refusal of a change while the stream is switched on or off."""
    if wanted == "stream":
        phrase = "A stream status change is currently in progress."
    else:
        what = {
            "throughput": "change table IOPS",
            "class": "update table class",
            "online-index": "create or delete an index",
        }[wanted]
        phrase = f"Can't {what} when stream status is being updated."
    stream = f"Stream: {table.stream_label} Operation: {job.detail}"
    return in_use(f"{phrase} Table: {table.name} {stream}")


def unchanged_throughput(what: str, read: int, write: int) -> ServiceFault:
    """Return the refusal of throughput that is already so, as AWS words it."""
    subject = what.partition(" ")[0]
    return refuse(
        f"The provisioned throughput for the {what} will not change. The requested "
        f"value equals the current value. Current ReadCapacityUnits provisioned for "
        f"the {subject}: {read}. Requested ReadCapacityUnits: {read}. Current "
        f"WriteCapacityUnits provisioned for the {subject}: {write}. Requested "
        f"WriteCapacityUnits: {write}. Refer to the Amazon DynamoDB Developer Guide "
        "for current limits and how to request higher limits."
    )
