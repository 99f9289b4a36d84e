"""Resource policies: PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy.

A policy is read a little after it was put (API reference, PutResourcePolicy). After a
change the next one is refused: while the change is pending as ResourceInUseException,
then for the rest of 15 seconds as ThrottlingException that says when to come back (as
measured on AWS). Whom a policy keeps out is not modelled: nobody is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .moments import milliseconds, shown_finely
from .operation import Operation
from .policy_documents import canonical, locks_out, readable
from .refusals import ServiceFault, being_created, being_deleted, in_use, no_table
from .resources import check_arn
from .shapes import Flag, Group, Text
from .sightings import kept, seen
from .timeline import Timeline, always

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from .account import Account
    from .tables import Table

    Found: TypeAlias = tuple[str, str] | None

_NO_POLICY = "NO_POLICY"
_ARN = Text(least=1, most=1283)
_REVISION = Text(least=1, most=255)


def _none() -> Timeline[Found]:
    return always(None)


@dataclass(slots=True)
class Policy:
    """The policy of a table, or of its stream.

    Attributes:
        seen: its text and revision as GetResourcePolicy answers them; None: there is
            none.
        changed: when it was changed last, in seconds.
    """

    seen: Timeline[Found] = field(default_factory=_none)
    changed: float = -math.inf


def take_policy(account: Account, table: Table, request: Mapping[str, Any]) -> None:
    """Give a new table the policy of its CreateTable.

    Raises:
        ServiceFault: ValidationException; the table is not created.
    """
    if request.get("ResourcePolicy") is not None:
        found = (canonical(request["ResourcePolicy"]), _revision(account))
        _state(table, table.arn).seen = always(found)


def refuse_while_pending(account: Account, table: Table) -> None:
    """Refuse a DeleteTable while a change of the policy is pending."""
    pending = account.now - account.durations.policy_pending
    if _state(table, table.arn).changed > pending:
        detail = f"Table: {table.name} has a pending resource-based policy update."
        raise in_use(detail)


def _put(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    arn = request["ResourceArn"]
    text = canonical(request["Policy"])
    if locks_out(text) and not request.get("ConfirmRemoveSelfResourceAccess"):
        message = "The new resource policy will not allow you to update the resource"
        raise ServiceFault("AccessDeniedException", f"{message} policy in the future.")
    table = _writable(account, arn)
    state = _state(table, arn)
    _check_revision(table, state, request.get("ExpectedRevisionId"))
    present = state.seen.latest
    if present is not None and present[0] == text:
        return {"RevisionId": present[1]}
    _admit(account, table, state)
    revision = _revision(account)
    _change(account, state, (text, revision))
    return {"RevisionId": revision}


def _delete(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    arn = request["ResourceArn"]
    table = _writable(account, arn)
    state = _state(table, arn)
    _check_revision(table, state, request.get("ExpectedRevisionId"))
    present = state.seen.latest
    if present is None:
        return {}
    _admit(account, table, state)
    _change(account, state, None)
    return {"RevisionId": present[1]}


def _get(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    arn = request["ResourceArn"]
    found = _state(_seen(account, arn), arn).seen.at(account.now)
    if found is None:
        raise _not_found(arn)
    return {"Policy": readable(found[0]), "RevisionId": found[1]}


def _change(account: Account, state: Policy, found: Found) -> None:
    state.seen.then(account.now + account.durations.policy_read, found)
    state.changed = account.now


def _admit(account: Account, table: Table, state: Policy) -> None:
    since = account.now - state.changed
    if since < account.durations.policy_pending:
        detail = "Table is pending previous resource-based policy update:"
        raise in_use(f"{detail} {table.name}")
    if since < account.durations.policy_interval:
        again = account.moment(state.changed + account.durations.policy_interval)
        span = round(account.durations.policy_interval * 1000)
        message = f"Resource-based policy for table {table.name} modified within the"
        message += f" previous {span} milliseconds. Please try again after"
        raise ServiceFault("ThrottlingException", f"{message} {shown_finely(again)}.")


def _check_revision(table: Table, state: Policy, expected: str | None) -> None:
    present = state.seen.latest
    if expected is None:
        return
    if present is None:
        if expected != _NO_POLICY:
            problem = f"Requested update for policy with revision id {expected}, but"
            raise _not_found(f"{problem} table {table.name} has no associated policy.")
    elif expected == _NO_POLICY:
        problem = "Requested policy update expecting none to be present for table"
        problem += f" {table.name}, but a policy exists with revision id"
        raise _not_found(f"{problem} {present[1]}.")
    elif expected != present[1]:
        problem = f"Requested update for policy with revision id {expected}, but the"
        problem += f" policy associated to target table {table.name} has revision id"
        raise _not_found(f"{problem} {present[1]}.")


def _writable(account: Account, arn: str) -> Table:
    table = _seen(account, arn)
    if table.status == "CREATING":
        raise being_created(table.name)
    if table.status == "DELETING":
        raise being_deleted(table.name)
    return table


def _seen(account: Account, arn: str) -> Table:
    check_arn(account, arn)
    table = seen(account, arn)
    if arn not in (table.arn, f"{table.arn}/stream/{table.stream_label}"):
        raise no_table(table.name)
    return table


def _state(table: Table, arn: str) -> Policy:
    return kept(table.features, f"policy {arn}", Policy)


def _revision(account: Account) -> str:
    return str(milliseconds(account.moment()))


def _not_found(problem: str) -> ServiceFault:
    message = "Resource-based policy not found for the provided ResourceArn:"
    return ServiceFault("PolicyNotFoundException", f"{message} {problem}")


OPERATIONS: Mapping[str, Operation] = {
    "PutResourcePolicy": Operation(
        Group(
            {
                "ResourceArn": _ARN,
                "Policy": Text(),
                "ExpectedRevisionId": _REVISION,
                "ConfirmRemoveSelfResourceAccess": Flag(),
            },
            ("ResourceArn", "Policy"),
        ),
        _put,
    ),
    "GetResourcePolicy": Operation(
        Group({"ResourceArn": _ARN}, ("ResourceArn",)), _get
    ),
    "DeleteResourcePolicy": Operation(
        Group({"ResourceArn": _ARN, "ExpectedRevisionId": _REVISION}, ("ResourceArn",)),
        _delete,
    ),
}
