"""Tags: TagResource, UntagResource and ListTagsOfResource.

Tags are read a few seconds after they were written (API reference, TagResource). As
measured on AWS, a write that changes something also holds a lock for a while: other
writes are refused, unless they repeat it, and so is DeleteTable.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .operation import Operation
from .refusals import ServiceFault, being_created, being_deleted, in_use, refuse
from .resources import check_arn, no_resource
from .shapes import Group, Many, Text
from .sightings import kept, seen
from .timeline import Timeline, always

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .account import Account
    from .tables import Table

_MOST = 50
_ALLOWED = re.compile(r"[\w\s+\-=.:/@]*")
# As long as this before a table is ACTIVE its tags can be asked for, not written yet.
_SOON = 1.0
_ARN = Text(least=1, most=1283)
_KEY = Text(least=1, most=128)
_TAG = Group({"Key": _KEY, "Value": Text(most=256)}, ("Key", "Value"))


def _none() -> Timeline[dict[str, str]]:
    return always({})


@dataclass(slots=True)
class Tags:
    """The tags of one table.

    Attributes:
        seen: what ListTagsOfResource answers.
        locked: until when writes are refused, in seconds.
        written: what the write that holds the lock has set.
    """

    seen: Timeline[dict[str, str]] = field(default_factory=_none)
    locked: float = -math.inf
    written: dict[str, str] = field(default_factory=dict[str, str])


def take_tags(_account: Account, table: Table, request: Mapping[str, Any]) -> None:
    """Give a new table the tags of its CreateTable; they are there when it is ACTIVE.

    Raises:
        ServiceFault: ValidationException; the table is not created.
    """
    wanted = _checked(request.get("Tags") or ())
    if len(wanted) > _MOST:
        raise _too_many()
    _state(table).seen = always(wanted)


def refuse_while_tagged(account: Account, table: Table) -> None:
    """Refuse a DeleteTable while the tags are being written."""
    if account.now < _state(table).locked:
        raise in_use(f"Table tags are being updated: {table.name}")


def _tag(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    table = _writable(account, request["ResourceArn"])
    if not request["Tags"]:
        raise refuse("Atleast one Tag needs to be provided as Input.")
    wanted = _checked(request["Tags"])
    state = _state(table)
    if account.now < state.locked and not wanted.items() >= state.written.items():
        raise _being_updated(table)
    after = state.seen.latest | wanted
    if len(after) > _MOST:
        raise _too_many()
    _write(account, state, after, wanted)
    return {}


def _untag(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    table = _writable(account, request["ResourceArn"])
    keys = request["TagKeys"]
    if not keys:
        raise refuse("Atleast one Tag Key needs to be provided as Input.")
    state = _state(table)
    if account.now < state.locked:
        raise _being_updated(table)
    after = {key: value for key, value in state.seen.latest.items() if key not in keys}
    _write(account, state, after, {})
    return {}


def _list(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    arn = request["ResourceArn"]
    table = _seen(account, arn)
    new = _is_new(account, table, arn)
    found = {} if new else _state(table).seen.at(account.now)
    return {"Tags": [{"Key": key, "Value": value} for key, value in found.items()]}


def _write(
    account: Account, state: Tags, after: dict[str, str], written: dict[str, str]
) -> None:
    if after == state.seen.latest:
        return
    state.seen.then(account.now + account.durations.tags_read, after)
    state.locked = account.now + account.durations.tags_lock
    state.written = written


def _writable(account: Account, arn: str) -> Table:
    table = _seen(account, arn)
    if _is_new(account, table, arn):
        raise being_created(table.name)
    if table.status == "DELETING":
        raise being_deleted(table.name)
    return table


def _is_new(account: Account, table: Table, arn: str) -> bool:
    """Tell whether the tags of a table are only just known; as yet it has none."""
    job = table.under_way("create")
    if job is not None and job.ends - account.now > _SOON:
        raise no_resource(arn)
    return job is not None


def _seen(account: Account, arn: str) -> Table:
    check_arn(account, arn)
    return seen(account, arn, missing=lambda _name: no_resource(arn), forgets=True)


def _state(table: Table) -> Tags:
    return kept(table.features, "tags", Tags)


def _checked(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    checked: dict[str, str] = {}
    for tag in tags:
        key, value = tag["Key"], tag["Value"]
        if key.startswith("aws:"):
            raise refuse(f"Tag Key cannot be prefixed with aws:, Key: {key}")
        if _ALLOWED.fullmatch(key) is None:
            raise refuse(f"The Tag Key provided is invalid, Key: {key}")
        if _ALLOWED.fullmatch(value) is None:
            raise refuse(f"The Tag Value provided is invalid, Value: {value}")
        if key in checked:
            message = "Duplicate Tag Keys provided as input: Duplicate Tag Key found"
            raise refuse(f"{message} {key}")
        checked[key] = value
    return checked


def _too_many() -> ServiceFault:
    message = "Number of Tags exceed the current limit for the provided ResourceArn"
    return refuse(message)


def _being_updated(table: Table) -> ServiceFault:
    return ServiceFault(
        "LimitExceededException",
        f"Subscriber limit exceeded: Table tags are being updated: {table.name}",
    )


OPERATIONS: Mapping[str, Operation] = {
    "TagResource": Operation(
        Group({"ResourceArn": _ARN, "Tags": Many(_TAG)}, ("ResourceArn", "Tags")),
        _tag,
        "mutation",
    ),
    "UntagResource": Operation(
        Group(
            {"ResourceArn": _ARN, "TagKeys": Many(_KEY)},
            ("ResourceArn", "TagKeys"),
        ),
        _untag,
        "mutation",
    ),
    "ListTagsOfResource": Operation(
        Group({"ResourceArn": _ARN, "NextToken": Text()}, ("ResourceArn",)), _list
    ),
}
