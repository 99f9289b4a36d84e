"""What CloudTrail has recorded of a table: who called what, and when.

Pure functions of what ``lookup_events`` answers (API reference, LookupEvents; the
record inside an event: user guide, "CloudTrail record contents").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..events import Writer
from .loose import entries, mapping, moment, text

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

_SERVICE = "dynamodb.amazonaws.com"
_READS = ("Describe", "List", "Get", "BatchGet", "Query", "Scan")
# Changes of items; they keep no table busy, and are there where data events are.
_ITEMS = (
    *("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"),
    *("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"),
)
# Its name as a caller, and that of its role (user guide of Application Auto Scaling).
_AUTOSCALING = ("application-autoscaling", "awsserviceroleforapplicationautoscaling")
_TARGETS = ("tableName", "targetTableName", "resourceArn", "tableArn")


@dataclass(frozen=True, slots=True)
class Record:
    """A call to DynamoDB that CloudTrail recorded.

    Attributes:
        event: CloudTrail's identifier of the record.
        request: DynamoDB's identifier of the call.
        names: the names and ARNs of what it was about.
        writer: who called what.
        asked: the parameters of the call, as CloudTrail spells them.
    """

    event: str
    request: str
    names: frozenset[str]
    writer: Writer
    asked: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)

    def is_about(self, table: str) -> bool:
        """Tell whether it was about a table of this name."""
        return any(
            name == table or name.split(":table/")[-1].split("/")[0] == table
            for name in self.names
        )


def changes_in(response: Any, *, reads: bool = False) -> tuple[Record, ...]:
    """Return the calls that change tables, out of one answer of ``lookup_events``.

    What cannot be read is left out; changes of items are as well.

    Args:
        response: the answer.
        reads: whether calls that only read are returned too.
    """
    events = entries(mapping(response).get("Events"))
    found = (_record(mapping(event), reads=reads) for event in events)
    return tuple(record for record in found if record is not None)


def newest_first(records: Iterable[Record]) -> tuple[Record, ...]:
    """Return records in order, each of them once."""
    once = {record.event or record.request or record: record for record in records}
    first = datetime.min.replace(tzinfo=UTC)
    return tuple(
        sorted(once.values(), key=lambda each: each.writer.at or first, reverse=True)
    )


def others_in(
    records: Iterable[Record], table: str, ours: Container[str]
) -> tuple[Writer, ...]:
    """Return who else has changed a table, the newest call first.

    Args:
        records: what was recorded.
        table: the table's name.
        ours: the identifiers of our own calls.
    """
    return tuple(
        record.writer
        for record in newest_first(records)
        if record.is_about(table)
        and record.request not in ours
        and record.writer.error is None
    )


def _record(event: Mapping[str, Any], *, reads: bool) -> Record | None:
    detail = _detail(event.get("CloudTrailEvent"))
    operation = text(event.get("EventName")) or text(detail.get("eventName"))
    source = text(event.get("EventSource")) or text(detail.get("eventSource"))
    if not operation or source != _SERVICE or operation in _ITEMS:
        return None
    is_read = operation.startswith(_READS) or event.get("ReadOnly") == "true"
    if is_read and not reads:
        return None
    asked = mapping(detail.get("requestParameters"))
    names = [text(asked.get(member)) for member in _TARGETS]
    resources = entries(event.get("Resources"))
    names += [text(mapping(resource).get("ResourceName")) for resource in resources]
    return Record(
        event=text(event.get("EventId")) or text(detail.get("eventID")),
        request=text(detail.get("requestID")),
        names=frozenset(name for name in names if name),
        writer=_writer(operation, event, detail),
        asked=asked,
    )


def _writer(
    operation: str, event: Mapping[str, Any], detail: Mapping[str, Any]
) -> Writer:
    identity = mapping(detail.get("userIdentity"))
    agent = text(detail.get("userAgent"))
    return Writer(
        operation,
        _user(identity, agent) or text(event.get("Username")) or "somebody",
        at=moment(event.get("EventTime")) or moment(detail.get("eventTime")),
        source=text(detail.get("sourceIPAddress")) or None,
        agent=agent or None,
        error=text(detail.get("errorCode")) or None,
    )


def _user(identity: Mapping[str, Any], agent: str) -> str:
    """Say who it was: the ARN, the service that called in its name, autoscaling."""
    through = text(identity.get("invokedBy"))
    issuer = mapping(mapping(identity.get("sessionContext")).get("sessionIssuer"))
    arn = text(identity.get("arn"))
    signs = " ".join((through, agent, arn, text(issuer.get("userName")))).lower()
    if any(sign in signs for sign in _AUTOSCALING):
        return "autoscaling"
    who = arn or text(identity.get("userName")) or text(issuer.get("arn"))
    who = who or text(identity.get("principalId"))
    if who and through:
        return f"{who} through {through}"
    return who or through


def _detail(written: Any) -> Mapping[str, Any]:
    import json

    try:
        return mapping(json.loads(written))
    except (TypeError, ValueError, RecursionError):
        return {}
