"""Waiters for work that DynamoDB does once: exports, imports, backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..states import BackupState, ExportState, ImportState
from .patience import INDEX_TIMEOUT, Patience
from .status import status_is
from .subject import Subject, checked_text
from .wait import wait_until

if TYPE_CHECKING:
    from ..events import Observer
    from ..polling import Polling
    from .gateway import Gateway
    from .patience import Missing


async def wait_for_export(
    gateway: Gateway,
    export_arn: str,
    *,
    timeout: float | None = None,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> ExportState:
    """Wait until an export to S3 has completed.

    It can take hours, so there is no default time-out.

    Args:
        client: the DynamoDB client.
        export_arn: the ARN of the export.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the export does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The state of the export.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: it is FAILED; AWS's reason is in it.
        TableGoneError: it was seen and is gone.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    subject = Subject(
        name=checked_text(export_arn, "export_arn", "the ARN of an export"),
        noun="export",
        operation="DescribeExport",
        parameters={"ExportArn": export_arn},
        parse=ExportState.parse,
    )
    condition = status_is(
        "export",
        ("COMPLETED",),
        lambda state: state.status,
        failures=("FAILED",),
        reason=lambda state: (state.failure_code, state.failure_message),
    )
    return await wait_until(gateway, subject, condition, patience)


async def wait_for_import(
    gateway: Gateway,
    import_arn: str,
    *,
    timeout: float | None = None,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> ImportState:
    """Wait until an import from S3 has completed.

    It can take hours, so there is no default time-out.

    Args:
        client: the DynamoDB client.
        import_arn: the ARN of the import.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the import does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The state of the import.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: it is FAILED or cancelled; AWS's reason is in it.
        TableGoneError: it was seen and is gone.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    subject = Subject(
        name=checked_text(import_arn, "import_arn", "the ARN of an import"),
        noun="import",
        operation="DescribeImport",
        parameters={"ImportArn": import_arn},
        parse=ImportState.parse,
    )
    condition = status_is(
        "import",
        ("COMPLETED",),
        lambda state: state.status,
        failures=("FAILED", "CANCELLING", "CANCELLED"),
        reason=lambda state: (state.failure_code, state.failure_message),
    )
    return await wait_until(gateway, subject, condition, patience)


async def wait_for_backup(
    gateway: Gateway,
    backup_arn: str,
    *,
    timeout: float | None = INDEX_TIMEOUT,
    polling: Polling | None = None,
    on_event: Observer | None = None,
    missing: Missing = "wait",
) -> BackupState:
    """Wait until a backup is AVAILABLE.

    Args:
        client: the DynamoDB client.
        backup_arn: the ARN of the backup.
        timeout: the budget of the whole call, in seconds; None: for ever; 0: one look.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.
        missing: what to do while the backup does not exist:
            ``"wait"`` (with a warning after the grace) or ``"fail"`` (after the grace).

    Returns:
        The state of the backup.

    Raises:
        WaitTimeoutError: the time was up.
        ImpossibleError: it is DELETED.
        TableGoneError: it was seen and is gone.
        ServiceError: AWS refused the look, and will refuse it again.
        InvalidArgumentError: an argument cannot be right.
    """
    patience = Patience(timeout, polling, on_event, missing)
    subject = Subject(
        name=checked_text(backup_arn, "backup_arn", "the ARN of a backup"),
        noun="backup",
        operation="DescribeBackup",
        parameters={"BackupArn": backup_arn},
        parse=BackupState.parse,
    )
    condition = status_is(
        "backup",
        ("AVAILABLE",),
        lambda state: state.status,
        failures=("DELETED",),
    )
    return await wait_until(gateway, subject, condition, patience)
