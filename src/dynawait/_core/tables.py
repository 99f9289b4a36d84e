"""Waiters for a table and the settings that DescribeTable shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conditions import (
    encryption_settled,
    quiet,
    restored,
    stream_disabled,
    stream_enabled,
    table_absent,
    table_active,
    warm_throughput_settled,
)
from .patience import INDEX_TIMEOUT, TABLE_TIMEOUT, Patience
from .subject import table_subject
from .wait import wait_until

if TYPE_CHECKING:
    from ..events import Observer
    from ..polling import Polling
    from ..states import TableState
    from .gateway import Gateway
    from .patience import Missing


async def wait_for_table_active(
    gateway: Gateway,
    table: str,
    *,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until a table is ACTIVE.

    Its indexes may still be backfilling: see `wait_for_indexes_active` and
    `wait_for_quiet`.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The table's state.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: it is DELETING, ARCHIVING or ARCHIVED.
        TableGoneError: the table is gone, or is another incarnation.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    condition = table_active()
    return await wait_until(gateway, table_subject(table), condition, patience)


async def wait_for_table_deleted(
    gateway: Gateway,
    table: str,
    *,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> None:
    """Wait until there is no table of this name.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: taken as by every waiter, though an absent table is what is awaited.

    Raises:
        WaitTimeoutError: the time was up.
        TableGoneError: it was deleted, and created again under the same name.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    await wait_until(gateway, table_subject(table), table_absent(), patience)


async def wait_for_quiet(
    gateway: Gateway,
    table: str,
    *,
    timeout: float | None = INDEX_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until nothing on a table is moving, so that a change would be accepted.

    Table, indexes of both kinds, replicas, witnesses, encryption and restore count;
    warm throughput does not, as it blocks nothing.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The table's state.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: the table is DELETING, ARCHIVING or ARCHIVED.
        TableGoneError: the table is gone, or is another incarnation.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    condition = quiet()
    return await wait_until(gateway, table_subject(table), condition, patience)


async def wait_for_restore(
    gateway: Gateway,
    table: str,
    *,
    timeout: float | None = None,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until a table is restored: ACTIVE, and its restore has ended.

    DynamoDB gives no bound for the time a restore takes, so there is no default one.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The restored table's state.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: it is DELETING, ARCHIVING or ARCHIVED.
        TableGoneError: the table is gone, or is another incarnation.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    condition = restored()
    return await wait_until(gateway, table_subject(table), condition, patience)


async def wait_for_encryption(
    gateway: Gateway,
    table: str,
    *,
    timeout: float | None = INDEX_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until a change of a table's encryption has ended.

    The table stays ACTIVE meanwhile. Right after the call, DescribeTable may not show
    the change yet.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The table's state; its `encryption` says what came of it.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: it cannot come true.
        TableGoneError: the table is gone, or is another incarnation.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    condition = encryption_settled()
    return await wait_until(gateway, table_subject(table), condition, patience)


async def wait_for_stream(
    gateway: Gateway,
    table: str,
    enabled: bool = True,
    *,
    view_type: str | None = None,
    timeout: float | None = TABLE_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until a table's stream is on, or is off.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        enabled: which of the two.
        view_type: what the stream shall show, ``"NEW_AND_OLD_IMAGES"``; None: anything.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The table's state; its `stream` has the ARN.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: the table is DELETING, ARCHIVING or ARCHIVED.
        TableGoneError: the table is gone, or is another incarnation.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    wanted = stream_enabled(view_type) if enabled else stream_disabled()
    condition = wanted & table_active()
    return await wait_until(gateway, table_subject(table), condition, patience)


async def wait_for_warm_throughput(
    gateway: Gateway,
    table: str,
    *,
    timeout: float | None = INDEX_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until changes of warm throughput have ended, of the table and its indexes.

    Satisfied at once on a server that does not report warm throughput.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
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
    condition = warm_throughput_settled()
    return await wait_until(gateway, table_subject(table), condition, patience)
