"""TransactGetItems and TransactWriteItems: all items or none.

Source: API reference, TransactWriteItems: what its cancellation reasons say, and for
how long its token is remembered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..refusals import ServiceFault, refuse
from .capacity import consumed_each
from .keys import check_item, check_key, key_names
from .marks import read_request
from .readiness import ready_table
from .single import look_up
from .writing import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..account import Account
    from ..tables import Table
    from .writing import Write

_OPERATIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    # A check is a deletion under a condition that is undone at once.
    "ConditionCheck": "DeleteItem",
}
_REASONS = {
    "ConditionalCheckFailedException": "ConditionalCheckFailed",
    "ValidationException": "ValidationError",
}
_REMEMBERED = 600.0


def transact_get(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer TransactGetItems."""
    reads = [read_request(each["Get"]) for each in request["TransactItems"]]
    tables = [ready_table(account, read["TableName"]) for read in reads]
    found: list[dict[str, Any]] = []
    units: dict[str, float] = {}
    for table, read in zip(tables, reads, strict=True):
        item, cost = look_up(account, table, {**read, "ConsistentRead": True})
        found.append({} if item is None else {"Item": item})
        units[table.name] = units.get(table.name, 0) + 2 * cost
    return {"Responses": found, **consumed_each(request, units)}


def transact_write(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer TransactWriteItems."""
    wanted = [_only(each) for each in request["TransactItems"]]
    reads = [(kind, read_request(members)) for kind, members in wanted]
    tables = [ready_table(account, read["TableName"]) for _, read in reads]
    token = request.get("ClientRequestToken")
    if token is not None and _is_repeated(account, token, reads):
        return consumed_each(request, {table.name: 1.0 for table in tables})
    _refuse_twins(tables, reads)
    done: list[Write] = []
    faults: list[ServiceFault | None] = []
    for table, (kind, read) in zip(tables, reads, strict=True):
        try:
            made = _apply(account, table, kind, read)
        except ServiceFault as fault:
            if fault.code not in _REASONS or fault.message.startswith("Invalid "):
                _undo(done)
                raise
            faults.append(fault)
        else:
            faults.append(None)
            done.append(made)
    if any(faults):
        _undo(done)
        raise _cancelled(faults)
    if token is not None:
        _remember(account, token, reads)
    units: dict[str, float] = {}
    for made in done:
        units[made.table.name] = units.get(made.table.name, 0) + 2 * made.units
    return consumed_each(request, units)


def _only(item: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    given = [kind for kind in _OPERATIONS if item.get(kind) is not None]
    if len(given) != 1:
        text = "TransactItems can only contain one of Check, Put, Update or Delete"
        raise refuse(text)
    return given[0], item[given[0]]


def _apply(account: Account, table: Table, kind: str, read: Mapping[str, Any]) -> Write:
    if kind == "Put":
        check_item(table, read["Item"])
    else:
        check_key(table, read["Key"])
    made = write(account, table, _OPERATIONS[kind], read, _key(table, read))
    if kind == "ConditionCheck":
        made.undo()
        return replace(made, after=made.before)
    return made


def _key(table: Table, read: Mapping[str, Any]) -> dict[str, Any]:
    item: Mapping[str, Any] = read.get("Item") or read.get("Key") or {}
    return {name: item[name] for name in key_names(table) if name in item}


def _undo(done: list[Write]) -> None:
    for made in reversed(done):
        made.undo()


def _refuse_twins(tables: list[Table], reads: list[tuple[str, dict[str, Any]]]) -> None:
    seen: set[str] = set()
    for table, (_, read) in zip(tables, reads, strict=True):
        place = f"{table.name} {sorted(_key(table, read).items())}"
        if place in seen:
            text = "Transaction request cannot include multiple operations on one item"
            raise refuse(text)
        seen.add(place)


def _cancelled(faults: list[ServiceFault | None]) -> ServiceFault:
    reasons = [_reason(fault) for fault in faults]
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = "Transaction cancelled, please refer cancellation reasons for specific"
    message += f" reasons [{codes}]"
    members = {"Message": message, "CancellationReasons": reasons}
    return ServiceFault("TransactionCanceledException", message, members=members)


def _reason(fault: ServiceFault | None) -> dict[str, Any]:
    if fault is None:
        return {"Code": "None"}
    code = _REASONS[fault.code]
    return {"Code": code, "Message": fault.message, **fault.members}


def _is_repeated(account: Account, token: str, reads: list[Any]) -> bool:
    """Tell whether this very request was applied in the last ten minutes.

    Raises:
        ServiceFault: another request was, with the same token.
    """
    since, applied = _tokens(account).get(token, (0.0, None))
    if applied is None or account.now - since >= _REMEMBERED:
        return False
    if applied != reads:
        # The code and the rule are the API reference's; the text is a guess.
        text = "DynamoDB rejected the request because you retried a request with a"
        text += " different payload but with an idempotent token that was already used."
        raise ServiceFault("IdempotentParameterMismatchException", text)
    return True


def _remember(account: Account, token: str, reads: list[Any]) -> None:
    tokens = _tokens(account)
    now = account.now
    for old in [each for each in tokens if now - tokens[each][0] >= _REMEMBERED]:
        del tokens[old]
    tokens[token] = (now, reads)


def _tokens(account: Account) -> dict[str, tuple[float, Any]]:
    tokens: dict[str, tuple[float, Any]] = account.features.setdefault(
        "items-tokens", {}
    )
    return tokens
