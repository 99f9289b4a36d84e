"""Waiters for global secondary indexes and vector indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conditions import (
    indexes_absent,
    indexes_active,
    vector_indexes_absent,
    vector_indexes_active,
)
from .names import names_of, some_names
from .patience import INDEX_TIMEOUT, Patience
from .subject import table_subject
from .wait import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..events import Observer
    from ..polling import Polling
    from ..states import TableState
    from .gateway import Gateway
    from .patience import Missing


async def wait_for_indexes_active(
    gateway: Gateway,
    table: str,
    indexes: Iterable[str] | None = None,
    *,
    timeout: float | None = INDEX_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until global secondary indexes are ACTIVE and not backfilling.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        indexes: their names; None: every index that the table has.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table or an index does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The table's state.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: an index, or the table, is being deleted.
        TableGoneError: the table is gone, or is another incarnation, or an awaited
            index is gone.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    condition = indexes_active(*names_of(indexes, "indexes"))
    return await wait_until(gateway, table_subject(table), condition, patience)


async def wait_for_indexes_deleted(
    gateway: Gateway,
    table: str,
    indexes: Iterable[str],
    *,
    timeout: float | None = INDEX_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until global secondary indexes are gone.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        indexes: their names.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The table's state.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: it cannot come true.
        TableGoneError: the table is gone, or is another incarnation.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    condition = indexes_absent(*some_names(indexes, "indexes"))
    return await wait_until(gateway, table_subject(table), condition, patience)


async def wait_for_vector_indexes_active(
    gateway: Gateway,
    table: str,
    indexes: Iterable[str] | None = None,
    *,
    timeout: float | None = INDEX_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until vector indexes are ACTIVE and not backfilling.

    DynamoDB may refuse searches for minutes after that (as measured on AWS).

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        indexes: their names; None: every vector index that the table has.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table or an index does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The table's state.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: an index, or the table, is being deleted.
        TableGoneError: the table is gone, or is another incarnation, or an awaited
            index is gone.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    condition = vector_indexes_active(*names_of(indexes, "indexes"))
    return await wait_until(gateway, table_subject(table), condition, patience)


async def wait_for_vector_indexes_deleted(
    gateway: Gateway,
    table: str,
    indexes: Iterable[str],
    *,
    timeout: float | None = INDEX_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until vector indexes are gone.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        indexes: their names.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The table's state.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: it cannot come true.
        TableGoneError: the table is gone, or is another incarnation.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    condition = vector_indexes_absent(*some_names(indexes, "indexes"))
    return await wait_until(gateway, table_subject(table), condition, patience)
