"""Which calls of a lock client are permitted: each is tried, and nothing is changed.

IAM is asked before a condition is looked at. So a write whose condition cannot hold
ends in the refusal of the condition where it is permitted, and of the caller where not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...locks.reports import PermissionReport
from ...states import TableState
from .asking import Asker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...locks.dialects import Dialect
    from ..gateway import Gateway

CHECK_TIMEOUT = 30.0
"""For how long a check tries its calls again, all together, in seconds."""
PROBE_KEY = "dynawait-permission-probe"
_DENIED = ("AccessDeniedException", "AccessDenied")
_REFUSED = "ConditionalCheckFailedException"
_NOBODY: dict[str, Mapping[str, Any]] = {
    "N": {"N": "-987654321012345"},
    "B": {"B": PROBE_KEY.encode()},
}


@dataclass(frozen=True, slots=True)
class _Probe:
    """A call, and what the client needs it for."""

    operation: str
    why: str
    request: Mapping[str, Any]


async def check_permissions(
    gateway: Gateway,
    table: str,
    dialect: Dialect,
    *,
    names: tuple[str | None, str | None] = (None, None),
    key: str = PROBE_KEY,
    timeout: float = CHECK_TIMEOUT,
) -> PermissionReport:
    """Try every call that a lock client makes, and change nothing.

    Args:
        gateway: the door out.
        table: the table's name or ARN.
        dialect: how its rows are laid out.
        names: the names of the key's attributes; None: the dialect's own.
        key: the key that the calls name. Where a policy permits only some keys
            (``dynamodb:LeadingKeys``), one of them.
        timeout: for how long the calls are tried again, in seconds.

    Raises:
        ServiceError: a call was refused for another reason, or there was no answer in
            time.
    """
    asker = Asker(gateway, table, timeout)
    granted: list[str] = []
    missing: list[str] = []
    problems: list[str] = []

    async def probe(each: _Probe) -> Mapping[str, Any]:
        faults = (*_DENIED, _REFUSED)
        answer = await asker.ask(each.operation, each.request, faults=faults)
        action = f"dynamodb:{each.operation}"
        if answer.fault is None or answer.fault.code == _REFUSED:
            granted.append(action)
        else:
            missing.append(action)
            problems.append(f"{action} is missing, {each.why}: {answer.fault.message}")
        return answer.response

    why = "by which the table is checked for replicas"
    described = await probe(_Probe("DescribeTable", why, {}))
    state = TableState.parse(described) if described else None
    for each in _probes(dialect, _key(dialect, names, key, state)):
        await probe(each)
    return PermissionReport(
        granted=tuple(granted), missing=tuple(missing), problems=tuple(problems)
    )


def _key(
    dialect: Dialect,
    names: tuple[str | None, str | None],
    key: str,
    state: TableState | None,
) -> dict[str, Mapping[str, Any]]:
    """Return a key of the table as it is, or as it should be where nobody may know."""
    types: Mapping[str, str] = {} if state is None else state.attribute_types
    wanted: list[str | None] = list(dialect.key_names(*names))
    if state is not None and state.key_schema.partition:
        wanted = [*state.key_schema.partition, *state.key_schema.sort]
    found = [name for name in wanted if name is not None]
    return {name: _NOBODY.get(types.get(name, "S"), {"S": key}) for name in found}


def _probes(dialect: Dialect, key: Mapping[str, Any]) -> Iterator[_Probe]:
    name = next(iter(key))
    never: Mapping[str, Any] = {
        "ConditionExpression": "attribute_exists(#k) AND attribute_not_exists(#k)",
        "ExpressionAttributeNames": {"#k": name},
    }
    yield _Probe("GetItem", "by which locks are looked at", {"Key": key})
    yield _Probe("Scan", "by which locks are listed", {"Limit": 1})
    if not dialect.writable:
        return
    yield _Probe("UpdateItem", "by which locks are acquired", {"Key": key, **never})
    if dialect.name == "terraform":
        why = "by which Terraform itself takes locks"
        yield _Probe("PutItem", why, {"Item": key, **never})
    why = "without which locks stay behind for ever"
    if dialect.release is not None and not dialect.deletes:
        why = "by which rows are deleted, where a release is to delete them"
    yield _Probe("DeleteItem", why, {"Key": key, **never})
