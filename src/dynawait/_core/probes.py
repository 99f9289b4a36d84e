"""Probes: real requests that show whether the data plane is ready.

ACTIVE is not always usable: reads and writes have been refused for a moment after
DescribeTable said ACTIVE, as public reports of several SDKs show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..conditions import Condition, Verdict, indexes_active, table_active
from ..errors import UnreadableResponseError
from .names import names_of
from .patience import INDEX_TIMEOUT, TABLE_TIMEOUT, Patience
from .subject import Subject, table_subject
from .wait import wait_until, wait_until_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..events import Observer
    from ..polling import Polling
    from ..states import IndexState, TableState
    from .gateway import Gateway
    from .patience import Missing

# A key that nobody has, of each type that a key can have.
_NOBODY: dict[str, dict[str, Any]] = {
    "S": {"S": "dynawait-probe"},
    "N": {"N": "-987654321012345"},
    "B": {"B": b"dynawait-probe"},
}
_ANSWERED: Condition[Any] = Condition(
    "the probe answers", lambda _: Verdict.satisfied()
)


async def indexes_queryable(
    gateway: Gateway,
    table: str,
    indexes: Iterable[str] | None = None,
    *,
    timeout: float | None = INDEX_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until global secondary indexes are ACTIVE and really answer a query.

    Sends each index a Query with ``Limit=1`` for a key that nobody has, so it costs
    half a read unit and needs the permission ``dynamodb:Query``. Vector indexes are
    not asked: a search needs a vector of theirs.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        indexes: their names; None: every index that the table has.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table or an index does not exist: ``"wait"``
            (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The table's state, as it was before the queries.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: an index, or the table, is being deleted.
        TableGoneError: the table or an index was seen and is gone.
        ServiceError: AWS refused a call, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    started = gateway.now()
    names = names_of(indexes, "indexes")
    state = await wait_until(
        gateway, table_subject(table), indexes_active(*names), patience
    )
    probes = {
        name: (_query(table, state, state.indexes[name]), _ANSWERED)
        for name in names or state.indexes
    }
    await wait_until_all(gateway, probes, patience.since(started))
    return state


def _query(table: str, state: TableState, index: IndexState) -> Subject[str]:
    partition = _some(index.key_schema.partition, f"index {index.name}")
    keys = {f"#k{place}": name for place, name in enumerate(partition)}
    return Subject(
        name=table,
        noun=f"index {index.name} of table",
        operation="Query",
        parameters={
            "TableName": table,
            "IndexName": index.name,
            "Limit": 1,
            "KeyConditionExpression": " AND ".join(
                f"{mark} = :{mark[1:]}" for mark in keys
            ),
            "ExpressionAttributeNames": keys,
            "ExpressionAttributeValues": {
                f":{mark[1:]}": _NOBODY[state.attribute_types.get(name, "S")]
                for mark, name in keys.items()
            },
        },
        parse=_answer,
    )


async def table_writable(
    gateway: Gateway,
    table: str,
    *,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until a table is ACTIVE and really takes a write.

    Sends a PutItem under a condition that cannot hold, so nothing is written: that the
    condition is refused is the answer. It costs a write unit and needs the permission
    ``dynamodb:PutItem``.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table does not exist: ``"wait"`` (with a warning
            after the grace) or ``"fail"`` (after the grace).

    Returns:
        The table's state, as it was before the write.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: the table is being deleted or archived.
        TableGoneError: the table was seen and is gone.
        ServiceError: AWS refused a call, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    started = gateway.now()
    state = await wait_until(gateway, table_subject(table), table_active(), patience)
    left = patience.since(started)
    await wait_until(gateway, _write(table, state), _ANSWERED, left)
    return state


def _write(table: str, state: TableState) -> Subject[str]:
    partition = _some(state.key_schema.partition, f"table {table}")
    keys = (*partition, *state.key_schema.sort)
    return Subject(
        name=table,
        noun="table",
        operation="PutItem",
        parameters={
            "TableName": table,
            "Item": {
                name: _NOBODY[state.attribute_types.get(name, "S")] for name in keys
            },
            "ConditionExpression": (
                "attribute_exists(#key) AND attribute_not_exists(#key)"
            ),
            "ExpressionAttributeNames": {"#key": keys[0]},
        },
        parse=_answer,
        answer="ConditionalCheckFailedException",
    )


def _some(names: tuple[str, ...], what: str) -> tuple[str, ...]:
    if not names:
        raise UnreadableResponseError("KeySchema", f"found no key of {what} to ask for")
    return names


def _answer(_: Mapping[str, Any]) -> str:
    return "answered"
