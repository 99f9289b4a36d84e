"""What users ask of Terraform's locks: the core of the methods of both faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import digests, looking, permissions, table_check, terraform
from .arguments import (
    checked_callback,
    checked_count,
    checked_name,
    checked_seconds,
    checked_text,
    checked_wait,
)
from .permissions import CHECK_TIMEOUT, PROBE_KEY
from .table_check import MOST_ROWS
from .terraform_desk import checked_path
from .terraform_hold import PathClaim

if TYPE_CHECKING:
    from ...locks.assessments import LockAssessment, OwnerProbe
    from ...locks.records import TerraformLock
    from ...locks.reports import PermissionReport, TableReport
    from .terraform_desk import TerraformDesk


async def inspect(desk: TerraformDesk, path: str) -> TerraformLock | None:
    """Read a lock.

    Args:
        path: where it lies.

    Returns:
        None when nobody holds it.

    Raises:
        UnreadableLockError: there is a row, and it is no lock.
        InvalidArgumentError: the path cannot be a key.
        ServiceError: AWS refused the call, or there was no answer in time.
    """
    return await terraform.look(desk.keeper, checked_path(path), timeout=desk.timeout)


def records(desk: TerraformDesk) -> looking.Pages[TerraformLock]:
    """Go through all locks; digests and rows that cannot be read are left out.

    `check_table` tells of rows that cannot be read.

    Returns:
        An iterator of locks.

    Raises:
        ServiceError: AWS refused a call, or there was no answer in time.
    """
    return looking.Pages(
        lambda after: terraform.page_of_locks(desk.keeper, after, timeout=desk.timeout)
    )


async def assess(
    desk: TerraformDesk,
    path: str,
    *,
    observe: float = 0.0,
    is_owner_alive: OwnerProbe | None = None,
) -> LockAssessment:
    """Tell whether a lock is held, and change nothing.

    These locks have no lease and no heartbeat. So without a probe the verdict is
    *UNKNOWN*, however old a lock is.

    Args:
        path: where it lies.
        observe: for how long to watch it at the most, in seconds.
        is_owner_alive: tells of a record whether its owner lives; None: unknown.
            `dynawait.locks.local_owner_alive` is one for this machine.

    Raises:
        InvalidArgumentError: the path cannot be a key.
        ServiceError: AWS refused a call, or there was no answer in time.
    """
    checked_callback("is_owner_alive", is_owner_alive, "one LockRecord")
    return await terraform.assess_lock(
        desk.keeper,
        checked_path(path),
        observe=checked_seconds("observe", observe),
        is_owner_alive=is_owner_alive,
        timeout=desk.timeout,
    )


async def unlock(desk: TerraformDesk, path: str, lock_id: str) -> TerraformLock:
    """Free a lock if it is still the very one that is named.

    Other than by ``terraform force-unlock``, a newer lock is never removed.

    Args:
        path: where it lies.
        lock_id: which lock is meant.

    Returns:
        The lock that was freed.

    Raises:
        LockMismatchError: another ID holds it, nobody does, or it changed
            meanwhile.
        UnreadableLockError: there is a row, and it is no lock.
        InvalidArgumentError: the path cannot be a key, or there is no lock ID.
        ServiceError: AWS refused a call, or there was no answer in time.
    """
    return await terraform.unlock(
        desk.keeper,
        checked_path(path),
        checked_name("lock_id", lock_id),
        timeout=desk.timeout,
    )


def hold(
    desk: TerraformDesk,
    path: str,
    *,
    operation: str = "migration",
    info: str = "",
    wait: float | None = None,
) -> PathClaim:
    """Hold a lock as Terraform does, so that Terraform keeps out.

    It has no lease: if this process dies, it stays until somebody unlocks it.

    Args:
        path: where it lies.
        operation: what others read about the reason.
        info: what else they read; empty: which process holds it, which is what
            `dynawait.locks.local_owner_alive` goes by.
        wait: for how long to wait for it, in seconds; 0: try once; None: for ever.

    Returns:
        A context manager; it gives the lock as others see it.

    Raises:
        LockTimeoutError: the time was up.
        LockLostError: at the end another held it.
        LockError: nobody knows whether it was freed at the end.
        UnreadableLockError: there is a row, and it is no lock.
        InvalidArgumentError: the path cannot be a key.
        ServiceError: AWS refused a call.
    """
    said = desk.says(checked_text("operation", operation), checked_text("info", info))
    return PathClaim(desk.keeper, checked_path(path), said, wait=checked_wait(wait))


async def digest(desk: TerraformDesk, path: str) -> str | None:
    """Read the MD5 that Terraform expects a state to have.

    Args:
        path: where the state's lock lies.

    Returns:
        None where there is no digest.

    Raises:
        LockMismatchError: the row is a lock, or has no digest.
        InvalidArgumentError: the path cannot be a key.
        ServiceError: AWS refused the call, or there was no answer in time.
    """
    return await digests.digest(desk.keeper, checked_path(path), timeout=desk.timeout)


async def repair_digest(desk: TerraformDesk, path: str, md5: str) -> None:
    """Write the MD5 that a state really has.

    Args:
        path: where the state's lock lies.
        md5: of the state as it lies in the bucket: 32 hexadecimal digits.

    Raises:
        LockMismatchError: the row is a lock, or it changed meanwhile.
        InvalidArgumentError: that is no MD5, or the path cannot be a key.
        ServiceError: AWS refused a call, or there was no answer in time.
    """
    await digests.repair_digest(
        desk.keeper, checked_path(path), md5, timeout=desk.timeout
    )


async def check_permissions(
    desk: TerraformDesk, *, path: str = PROBE_KEY, timeout: float = CHECK_TIMEOUT
) -> PermissionReport:
    """Try every call that Terraform and this class make, and change nothing.

    Args:
        path: the key that the calls name. Where a policy permits only some keys,
            one of them.
        timeout: for how long the calls are tried again, in seconds.

    Raises:
        ServiceError: a call was refused for another reason, or there was no answer
            in time.
    """
    return await permissions.check_permissions(
        desk.door,
        desk.table,
        desk.dialect,
        key=checked_path(path),
        timeout=checked_seconds("timeout", timeout),
    )


async def check_table(
    desk: TerraformDesk, *, most_rows: int = MOST_ROWS, timeout: float = CHECK_TIMEOUT
) -> TableReport:
    """Look at the table's key, time to live, replicas and billing, and its rows.

    Args:
        most_rows: how many rows are read at the most; 0: none.
        timeout: for how long the calls are tried again, in seconds.

    Raises:
        ServiceError: AWS refused a call, or there was no answer in time.
    """
    return await table_check.check_table(
        desk.door,
        desk.table,
        desk.dialect,
        most_rows=checked_count("most_rows", most_rows, 0, None),
        timeout=checked_seconds("timeout", timeout),
    )
