"""One look at a table, and waits for any condition of one table or of many."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, cast

from ..conditions import Condition
from ..errors import InvalidArgumentError
from ..polling import checked_number
from ..states import TableState
from .outcome import classify, read_fault
from .pace import Pacer
from .patience import TABLE_TIMEOUT, Patience
from .refusal import refusal
from .subject import table_subject
from .wait import wait_until, wait_until_all

if TYPE_CHECKING:
    from ..events import Observer
    from ..polling import Polling
    from .gateway import Gateway
    from .patience import Missing


async def describe(gateway: Gateway, table: str) -> TableState:
    """Look at a table once.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.

    Returns:
        Its state; one with the status ``"ABSENT"`` when there is no such table.

    Raises:
        InvalidArgumentError: this can be no table's name.
        ServiceError: AWS refused the look, or could not be reached.
    """
    subject = table_subject(table)
    try:
        response = await gateway.call(subject.operation, subject.parameters)
    except Exception as error:
        fault = read_fault(error)
        if fault is None:
            raise
        kind = classify(fault, error).kind
        if kind == "missing":
            return TableState.absent(table)
        raise refusal(subject.operation, subject.name, fault, kind, error) from error
    return subject.parse(response)


async def wait_for(
    gateway: Gateway,
    table: str,
    condition: Condition[TableState],
    *,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until a condition holds for a table.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        condition: what to wait for, such as ``table_active() & indexes_active("a")``.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while table, index or replica does not exist: ``"wait"``
            (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The state that satisfied the condition.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: the condition cannot come true.
        TableGoneError: what was seen is gone, or is another incarnation.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    _check_condition(condition)
    patience = Patience(timeout, polling, on_event, missing)
    return await wait_until(gateway, table_subject(table), condition, patience)


async def wait_for_all(
    gateway: Gateway,
    conditions: Mapping[str, Condition[TableState]],
    *,
    max_rate: float | None = None,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> dict[str, TableState]:
    """Wait until every table satisfies its condition.

    The first failure is raised, with the name of its table, and ends the others. The
    blocking face starts a few threads for more than one table.

    Args:
        client: the DynamoDB client.
        conditions: what to wait for, by the name or ARN of the table.
        max_rate: calls a second at most, for this call alone; None: what all waits
            through this client keep to (100 a second for DescribeTable).
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look at each table.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while something does not exist, ``"wait"`` or ``"fail"``.

    Returns:
        The states that satisfied the conditions, by the same names.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: a condition cannot come true.
        TableGoneError: what was seen is gone, or is another incarnation.
        ServiceError: AWS refused a look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    _check_conditions(conditions)
    pacer = None if max_rate is None else Pacer(_checked_rate(max_rate))
    targets = {
        table: (table_subject(table), condition)
        for table, condition in conditions.items()
    }
    patience = Patience(timeout, polling, on_event, missing)
    return await wait_until_all(gateway, targets, patience, pacer=pacer)


def _check_conditions(conditions: Any) -> None:
    if not isinstance(conditions, Mapping):
        problem = f"expected conditions by the name of the table, got {conditions!r}"
        raise InvalidArgumentError("conditions", problem)
    for condition in cast("Mapping[str, Any]", conditions).values():
        _check_condition(condition)


def _check_condition(condition: Any) -> None:
    if not isinstance(condition, Condition):
        problem = f"expected a Condition such as table_active(), got {condition!r}"
        if isinstance(condition, str):
            problem += "; parse_condition() reads one from text"
        raise InvalidArgumentError("condition", problem)


def _checked_rate(rate: Any) -> float:
    calls = checked_number(rate, "max_rate", "calls a second")
    if not isfinite(calls) or calls <= 0:
        problem = f"expected a finite number of calls a second above 0, got {rate!r}"
        raise InvalidArgumentError("max_rate", problem)
    return calls
