"""Waiters for the replicas and witnesses of global tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conditions import (
    replicas_absent,
    replicas_active,
    witnesses_absent,
    witnesses_active,
)
from .names import names_of, some_names
from .patience import REPLICA_TIMEOUT, Patience
from .subject import table_subject
from .wait import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..events import Observer
    from ..polling import Polling
    from ..states import TableState
    from .gateway import Gateway
    from .patience import Missing


async def wait_for_replicas_active(
    gateway: Gateway,
    table: str,
    regions: Iterable[str] | None = None,
    *,
    timeout: float | None = REPLICA_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until replicas of a global table are ACTIVE.

    It can take hours to copy a large table. A replica is listed some seconds after the
    call that adds it; one that never is counts as missing.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        regions: their Regions; None: every replica that the table has.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table or a replica does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The table's state.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: a replica has failed or is being deleted; AWS's description is
            in it.
        TableGoneError: the table is gone, or is another incarnation, or an awaited
            replica is gone.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    condition = replicas_active(*names_of(regions, "regions"))
    return await wait_until(gateway, table_subject(table), condition, patience)


async def wait_for_replicas_deleted(
    gateway: Gateway,
    table: str,
    regions: Iterable[str],
    *,
    timeout: float | None = REPLICA_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until replicas of a global table are gone.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        regions: their Regions.
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
    condition = replicas_absent(*some_names(regions, "regions"))
    return await wait_until(gateway, table_subject(table), condition, patience)


async def wait_for_witnesses_active(
    gateway: Gateway,
    table: str,
    regions: Iterable[str] | None = None,
    *,
    timeout: float | None = REPLICA_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until witnesses of a strongly consistent global table are ACTIVE.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        regions: their Regions; None: every witness that the table has.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the table or a witness does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The table's state.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: a witness is being deleted.
        TableGoneError: the table is gone, or is another incarnation, or an awaited
            witness is gone.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    condition = witnesses_active(*names_of(regions, "regions"))
    return await wait_until(gateway, table_subject(table), condition, patience)


async def wait_for_witnesses_deleted(
    gateway: Gateway,
    table: str,
    regions: Iterable[str],
    *,
    timeout: float | None = REPLICA_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> TableState:
    """Wait until witnesses of a strongly consistent global table are gone.

    Args:
        client: the DynamoDB client.
        table: the name or ARN of the table.
        regions: their Regions.
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
    condition = witnesses_absent(*some_names(regions, "regions"))
    return await wait_until(gateway, table_subject(table), condition, patience)
