"""Kinesis destinations: the streams that the changes of a table are sent to.

A table has at most one that lives: those that are DISABLED or ENABLE_FAILED stay
listed. No stream is looked at when one is enabled; what is wrong with it shows later as
ENABLE_FAILED with a description (as measured on AWS). A stream of another Region or
account, and an ARN of something else, fail by themselves; any other fails when a test
arranges ``"kinesis"``, by the stream's ARN, with the description as the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .account import ACCOUNT_ID
from .operation import Operation
from .refusals import being_created, refuse
from .shapes import Group, Text
from .sightings import kept, seen
from .tables import Job, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .account import Account
    from .refusals import ServiceFault

_KIND = "kinesis"
_ENDED = ("DISABLED", "ENABLE_FAILED")
_PARTS = 6
_PRECISION = "ApproximateCreationDateTimePrecision"
_NO_ACCESS = "User does not have a permission to use kinesis stream"
_ELSEWHERE = "The kinesis Arn used to enable kinesis replication belongs to a stream"


@dataclass(slots=True)
class Destination:
    """A stream that the changes of a table are sent to."""

    stream: str
    status: str
    description: str = ""
    precision: str | None = None


@dataclass(slots=True)
class Destinations:
    """The destinations of one table, the newest first."""

    entries: list[Destination] = field(default_factory=list[Destination])

    def find(self, stream: str) -> Destination | None:
        """Return the destination of a stream."""
        return next((entry for entry in self.entries if entry.stream == stream), None)


def _enable(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    table = _changeable(account, request)
    stream = request["StreamArn"]
    state = _state(table)
    if table.status == "DELETING" or any(
        entry.status not in _ENDED for entry in state.entries
    ):
        problem = "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED"
        raise _wrong_state(f"{problem} to perform ENABLE operation.")
    wanted = _configuration(request, "Enable")
    entry = Destination(stream, "ENABLING", precision=wanted.get(_PRECISION))
    present = state.find(stream)
    state.entries = [entry, *(one for one in state.entries if one is not present)]
    arranged = account.ending_of(_KIND, stream)
    failure = arranged.reason if arranged else _failure_of(account, stream)
    durations = account.durations

    def finish(_ended: float) -> None:
        entry.status = "ACTIVE" if failure is None else "ENABLE_FAILED"
        entry.description = failure or ""

    seconds = durations.kinesis_enable if failure is None else durations.kinesis_fail
    table.start(Job(_KIND, account.now + seconds, finish=finish, aside=True))
    return _answer(table, entry, "EnableKinesisStreamingConfiguration", wanted)


def _disable(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    table = _changeable(account, request)
    if request.get("EnableKinesisStreamingConfiguration"):
        message = "Stream cannot be disabled using EnableKinesisStreamingConfiguration"
        raise refuse(f"{message} parameters")
    entry = _state(table).find(request["StreamArn"])
    if entry is None or _status(table, entry) != "ACTIVE":
        problem = "KinesisStreamingDestination must be ACTIVE to perform DISABLE"
        raise _wrong_state(f"{problem} operation.")
    entry.status = "DISABLING"
    _settle(account, table, entry, account.durations.kinesis_disable, "DISABLED")
    return _answer(table, entry, "EnableKinesisStreamingConfiguration", {})


def _update(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    table = _changeable(account, request)
    stream = request["StreamArn"]
    wanted = _configuration(request, "Update")
    precision = wanted.get(_PRECISION)
    if precision is None:
        message = "Streaming destination cannot be updated with given parameters:"
        message += " UpdateKinesisStreamingConfiguration cannot be null or contain"
        raise refuse(f"{message} only null values")
    entry = _state(table).find(stream)
    if entry is None:
        problem = f"No streaming destination with streamArn: {stream} found for table"
        raise _wrong_state(f"{problem} with tableName: {table.name}")
    if entry.status != "ACTIVE":
        problem = "Kinesis streaming is not in ACTIVE state. Updates are only allowed"
        problem += f" in ACTIVE state. TableName: {table.name}, kdsArn: {stream}"
        raise _wrong_state(problem)
    if precision == (entry.precision or "MILLISECOND"):
        message = "Invalid Request: Precision is already set to the desired value of"
        message += f" {precision} for tableId: {table.table_id}, kdsArn: {stream}"
        raise refuse(message)
    entry.status, entry.precision = "UPDATING", precision
    _settle(account, table, entry, account.durations.kinesis_update, "ACTIVE")
    return _answer(table, entry, "UpdateKinesisStreamingConfiguration", wanted)


def _describe(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    table = seen(account, request["TableName"])
    entries: list[dict[str, Any]] = []
    for entry in _state(table).entries:
        shown = {"StreamArn": entry.stream, "DestinationStatus": _status(table, entry)}
        if entry.description:
            shown["DestinationStatusDescription"] = entry.description
        if entry.precision is not None:
            shown[_PRECISION] = entry.precision
        entries.append(shown)
    return {"TableName": table.name, "KinesisDataStreamDestinations": entries}


def _settle(
    account: Account, table: Table, entry: Destination, seconds: float, status: str
) -> None:
    def finish(_ended: float) -> None:
        entry.status = status
        entry.precision = None if status == "DISABLED" else entry.precision

    table.start(Job(_KIND, account.now + seconds, finish=finish, aside=True))


def _status(table: Table, entry: Destination) -> str:
    leaving = table.status == "DELETING" and entry.status == "ACTIVE"
    return "UPDATING" if leaving else entry.status


def _failure_of(account: Account, stream: str) -> str | None:
    parts = stream.split(":", _PARTS - 1)
    if len(parts) < _PARTS or parts[2] != "kinesis":
        return _NO_ACCESS
    if parts[3] != account.region:
        return f"{_ELSEWHERE} which is not in the current region"
    if parts[4] != ACCOUNT_ID:
        return f"{_ELSEWHERE} which is not in Active state"
    named = parts[5].startswith("stream/") and parts[5].count("/") == 1
    return None if named else _NO_ACCESS


def _configuration(request: Mapping[str, Any], action: str) -> Mapping[str, str]:
    found: Mapping[str, str] | None
    found = request.get(f"{action}KinesisStreamingConfiguration")
    return found or {}


def _changeable(account: Account, request: Mapping[str, Any]) -> Table:
    table = seen(account, request["TableName"])
    if table.status == "CREATING":
        raise being_created(table.name)
    return table


def _state(table: Table) -> Destinations:
    return kept(table.features, _KIND, Destinations)


def _answer(
    table: Table, entry: Destination, member: str, wanted: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "TableName": table.name,
        "StreamArn": entry.stream,
        "DestinationStatus": entry.status,
        member: dict(wanted),
    }


def _wrong_state(problem: str) -> ServiceFault:
    message = "Table is not in a valid state to enable Kinesis Streaming Destination:"
    return refuse(f"{message} {problem}")


_NAME = Text(least=1, most=1024)
_STREAM = Text(least=37, most=1024)
_CONFIGURATION = Group({_PRECISION: Text(choices=("MILLISECOND", "MICROSECOND"))})
_SWITCH = Group(
    {
        "TableName": _NAME,
        "StreamArn": _STREAM,
        "EnableKinesisStreamingConfiguration": _CONFIGURATION,
    },
    ("TableName", "StreamArn"),
)
OPERATIONS: Mapping[str, Operation] = {
    "EnableKinesisStreamingDestination": Operation(_SWITCH, _enable),
    "DisableKinesisStreamingDestination": Operation(_SWITCH, _disable),
    "UpdateKinesisStreamingDestination": Operation(
        Group(
            {
                "TableName": _NAME,
                "StreamArn": _STREAM,
                "UpdateKinesisStreamingConfiguration": _CONFIGURATION,
            },
            ("TableName", "StreamArn"),
        ),
        _update,
    ),
    "DescribeKinesisStreamingDestination": Operation(
        Group({"TableName": _NAME}, ("TableName",)), _describe
    ),
}
