"""Terraform's locks: looked at, assessed, and freed by their ID."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from ...errors import (
    LockMismatchError,
    UnreadableLockError,
)
from ...locks._dialects.terraform import INFO, terraform_lock
from .assess import assess
from .looking import LOOK_TIMEOUT, insist, inspect, records
from .store import Change, Exact, Place, Refused

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from ...locks.assessments import LockAssessment, OwnerProbe
    from ...locks.records import LockRecord, TerraformLock
    from .keeper import Keeper
    from .store import Written

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


async def look(
    keeper: Keeper, path: str, *, timeout: float = LOOK_TIMEOUT
) -> TerraformLock | None:
    """Read a lock.

    Args:
        keeper: the client.
        path: the row's ``LockID``.
        timeout: for how long it is tried again, in seconds.

    Returns:
        None when nobody holds it.

    Raises:
        UnreadableLockError: there is a row, and it is no lock.
        ServiceError: the call was refused for good, or there was no answer in time.
    """
    record = await inspect(keeper, Place(path), timeout=timeout)
    return None if record is None else readable(keeper, record)


async def page_of_locks(
    keeper: Keeper,
    after: Mapping[str, Any] | None = None,
    *,
    timeout: float = LOOK_TIMEOUT,
) -> tuple[tuple[TerraformLock, ...], Mapping[str, Any] | None]:
    """Read a page of locks; digests and rows that cannot be read are left out.

    Args:
        keeper: the client.
        after: where the page before has ended; None: from the start.
        timeout: for how long it is tried again, in seconds.

    Raises:
        ServiceError: the call was refused for good, or there was no answer in time.
    """
    found, rest = await records(keeper, after, timeout=timeout)
    locks = (terraform_lock(record) for record in found)
    return tuple(lock for lock in locks if lock is not None), rest


async def assess_lock(
    keeper: Keeper,
    path: str,
    *,
    observe: float = 0.0,
    is_owner_alive: OwnerProbe | None = None,
    timeout: float = LOOK_TIMEOUT,
) -> LockAssessment:
    """Tell whether a lock is held; without a probe never that it is stale.

    Args:
        keeper: the client.
        path: the row's ``LockID``.
        observe: for how long to watch it at the most, in seconds.
        is_owner_alive: tells of a record whether its owner lives; None: unknown.
        timeout: for how long one look is tried again, in seconds.

    Raises:
        ServiceError: a call was refused for good, or there was no answer in time.
    """
    found = await assess(
        keeper,
        Place(path),
        observe=observe,
        is_owner_alive=is_owner_alive,
        timeout=timeout,
    )
    lock = None if found.record is None else terraform_lock(found.record)
    if lock is None:
        return found
    evidence = [*found.evidence, _age(keeper, lock)]
    if lock.problem is not None:
        evidence.append(lock.problem)
    return replace(found, evidence=tuple(evidence))


def _age(keeper: Keeper, lock: TerraformLock) -> str:
    seconds = (keeper.service_time() - lock.created).total_seconds()
    who, operation = lock.who or "its owner", lock.operation or "something"
    told = f"{who} says that {operation} has held it since {lock.created}"
    if seconds < 0:
        return f"{told}, which is yet to come: the holder's clock is wrong"
    return f"{told}, for about {_span(seconds)}"


def _span(seconds: float) -> str:
    for length, unit in _UNITS:
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"


async def unlock(
    keeper: Keeper, path: str, lock_id: str, *, timeout: float = LOOK_TIMEOUT
) -> TerraformLock:
    """Free a lock if it is still the very one that was named.

    The row is deleted only while its ``Info`` is what was read here to the byte, so a
    lock that somebody has taken meanwhile is never touched.

    Args:
        keeper: the client.
        path: the row's ``LockID``.
        lock_id: which lock is meant, as Terraform's message shows it.
        timeout: for how long the calls are tried again, in seconds.

    Returns:
        The lock that was freed.

    Raises:
        LockMismatchError: nobody holds it, or another ID does.
        UnreadableLockError: there is a row, and it is no lock.
        ServiceError: a call was refused for good, or there was no answer in time.
    """
    record = await inspect(keeper, Place(path), timeout=timeout)
    if record is None:
        raise _mismatch(keeper, path, f"nobody holds it, so not {lock_id} either")
    lock = readable(keeper, record)
    if lock.id != lock_id:
        problem = f"it is held by {lock.id} ({lock.who}), not by {lock_id}"
        raise _mismatch(keeper, path, problem)
    exactly = Exact(keeper.settings.dialect.proof(record))
    change = Change(condition=exactly, delete=True)
    answer, tries = await write(keeper, Place(path), change, timeout)
    # Once an answer was lost, a row that is gone or another's may be our doing. What
    # was asked for is so in either case: this lock is no more.
    if isinstance(answer, Refused) and (tries == 1 or _is_same(answer, lock)):
        problem = f"it has changed since {lock_id} was read there: look again"
        raise _mismatch(keeper, path, problem)
    return lock


def _is_same(answer: Refused, lock: TerraformLock) -> bool:
    return answer.row is not None and answer.row.get(INFO) == {"S": lock.raw}


def readable(keeper: Keeper, record: LockRecord) -> TerraformLock:
    """Return what a record says.

    Raises:
        UnreadableLockError: it is no lock.
    """
    lock = terraform_lock(record)
    if lock is None:
        table = keeper.settings.table
        raise UnreadableLockError(key=record.key, table=table, record=record)
    return lock


def _mismatch(keeper: Keeper, path: str, problem: str) -> LockMismatchError:
    table = keeper.settings.table
    return LockMismatchError(f"{path}: {problem}", key=path, table=table)


async def write(
    keeper: Keeper, place: Place, change: Change, timeout: float = LOOK_TIMEOUT
) -> tuple[Written | Refused, int]:
    """Make a write until it has an answer; return it, and how often it was sent."""
    tries = count()

    def send(end: float) -> Coroutine[Any, Any, Written | Refused]:
        next(tries)
        return keeper.store.write(place, change, deadline=end)

    operation = "DeleteItem" if change.delete else "UpdateItem"
    answer = await insist(keeper, operation, send, timeout)
    return answer, next(tries)
