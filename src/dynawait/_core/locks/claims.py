"""Locks that a user wants: the core of what both faces acquire and hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...errors import InvalidArgumentError, LockTimeoutError
from .acquire import obtain
from .arguments import checked_count
from .claim import Claim
from .operations import request_of
from .readwrite import READERS, obtain_read, obtain_write
from .semaphore import obtain_permit, permit
from .several import MOST_AT_ONCE, check_several, obtain_all
from .store import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .begun import Begun
    from .desk import Desk, L


def acquire(
    desk: Desk[L],
    key: str,
    *,
    sort_key: str | None = None,
    lease: float | None = None,
    wait: float | None = None,
    data: bytes | str | None = None,
    on_lost: Callable[[L], object] | None = None,
) -> Claim[L, L]:
    """Acquire a lock, and renew it until it is given back.

    Whoever acquires must release; `hold` does both.

    Args:
        key: the key of the lock.
        sort_key: the value of its sort key, in a table that has one.
        lease: for how long a sign of life is to count, in seconds; None: as the client
            was told.
        wait: for how long to wait, in seconds; None: for ever; 0: try once.
        data: what the row is to carry.
        on_lost: called with the lease, once, when it is lost before it is given back;
            from whatever task or thread has found out.

    Returns:
        The lease.

    Raises:
        LockTimeoutError: the time was up; says who holds the lock.
        UnreadableLockError: the row is not one of this dialect.
        GlobalTableLockError: the table has replicas.
        InvalidArgumentError: an argument cannot be right; nothing was called.
        ServiceError: a call was refused for good.
    """
    return hold(
        desk,
        key,
        sort_key=sort_key,
        lease=lease,
        wait=wait,
        data=data,
        on_lost=on_lost,
    )


def try_acquire(
    desk: Desk[L],
    key: str,
    *,
    sort_key: str | None = None,
    lease: float | None = None,
    data: bytes | str | None = None,
    on_lost: Callable[[L], object] | None = None,
) -> Claim[L, L | None]:
    """Acquire a lock if it is free.

    Args:
        key: the key of the lock.
        sort_key: the value of its sort key, in a table that has one.
        lease: for how long a sign of life is to count, in seconds; None: as the client
            was told.
        data: what the row is to carry.
        on_lost: called with the lease, once, when it is lost before it is given back;
            from whatever task or thread has found out.

    Returns:
        The lease; None when somebody else holds the lock.

    Raises:
        UnreadableLockError: the row is not one of this dialect.
        GlobalTableLockError: the table has replicas.
        InvalidArgumentError: an argument cannot be right; nothing was called.
        ServiceError: a call was refused for good.
    """
    request = request_of(
        desk, key, sort_key, lease=lease, wait=0, data=data, on_lost=on_lost
    )

    async def take(begun: Begun) -> L | None:
        try:
            grant = await obtain(begun, request)
        except LockTimeoutError:
            await begun.take_back()
            return None
        return desk.lease(key, sort_key, grant, on_lost=on_lost)

    return Claim(desk, take, lambda lease: () if lease is None else (lease,), wait=0)


def hold(
    desk: Desk[L],
    key: str,
    *,
    sort_key: str | None = None,
    lease: float | None = None,
    wait: float | None = None,
    data: bytes | str | None = None,
    on_lost: Callable[[L], object] | None = None,
) -> Claim[L, L]:
    """Hold a lock for the length of a ``with`` block.

    Args:
        key: the key of the lock.
        sort_key: the value of its sort key, in a table that has one.
        lease: for how long a sign of life is to count, in seconds; None: as the client
            was told.
        wait: for how long to wait for it, in seconds; None: for ever; 0: try once.
        data: what the row is to carry.
        on_lost: called with the lease, once, when it is lost before it is given back;
            from whatever task or thread has found out.

    Returns:
        A context manager; it gives the lease.

    Raises:
        LockTimeoutError: the time was up; says who holds the lock.
        LockLostError: the lease was lost before the block had ended.
        UnreadableLockError: the row is not one of this dialect.
        GlobalTableLockError: the table has replicas.
        InvalidArgumentError: an argument cannot be right; nothing was called.
        ServiceError: a call was refused for good.
    """
    request = request_of(
        desk, key, sort_key, lease=lease, wait=wait, data=data, on_lost=on_lost
    )

    async def take(begun: Begun) -> L:
        grant = await obtain(begun, request)
        return desk.lease(key, sort_key, grant, on_lost=on_lost)

    return Claim(desk, take, _alone, wait=wait)


def hold_all(
    desk: Desk[L],
    keys: Iterable[str],
    *,
    sort_key: str | None = None,
    lease: float | None = None,
    wait: float | None = None,
    data: bytes | str | None = None,
    on_lost: Callable[[L], object] | None = None,
) -> Claim[L, Mapping[str, L]]:
    """Hold several locks at once, all of them or none.

    Args:
        keys: the keys of the locks, at most a hundred.
        sort_key: the value of their sort key, in a table that has one.
        lease: for how long a sign of life is to count, in seconds; None: as the client
            was told.
        wait: for how long to wait for them, in seconds; None: for ever; 0: try once.
        data: what the rows are to carry.
        on_lost: called with the lease, once, when it is lost before it is given back;
            from whatever task or thread has found out.

    Returns:
        A context manager; it gives the leases by their keys.

    Raises:
        LockTimeoutError: the time was up; says who holds one of them.
        LockLostError: one of them was lost before the block had ended.
        UnreadableLockError: a row is not one of this dialect.
        GlobalTableLockError: the table has replicas.
        InvalidArgumentError: an argument cannot be right; nothing was called.
        ServiceError: a call was refused for good.
    """
    given: Any = keys
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise InvalidArgumentError("keys", f"expected several keys, got {keys!r:.99}")
    requests = [
        request_of(
            desk, key, sort_key, lease=lease, wait=wait, data=data, on_lost=on_lost
        )
        for key in keys
    ]
    check_several(requests)

    async def take(begun: Begun) -> Mapping[str, L]:
        grants = await obtain_all(begun, requests)
        return {
            request.place.key: desk.lease(
                request.place.key, sort_key, grant, on_lost=on_lost
            )
            for request, grant in zip(requests, grants, strict=True)
        }

    return Claim(desk, take, lambda leases: tuple(leases.values()), wait=wait)


def semaphore(
    desk: Desk[L],
    key: str,
    permits: int,
    *,
    sort_key: str | None = None,
    lease: float | None = None,
    wait: float | None = None,
    data: bytes | str | None = None,
    on_lost: Callable[[L], object] | None = None,
) -> Claim[L, L]:
    """Hold one of several permits for the length of a ``with`` block.

    Args:
        key: the name of the semaphore; its rows are ``key#0``, ``key#1``, ...
        permits: how many there are, at most a hundred; all who share the semaphore must
            say the same.
        sort_key: the value of the sort key, in a table that has one.
        lease: for how long a sign of life is to count, in seconds; None: as the client
            was told.
        wait: for how long to wait for it, in seconds; None: for ever; 0: try once.
        data: what the row is to carry.
        on_lost: called with the lease, once, when it is lost before it is given back;
            from whatever task or thread has found out.

    Returns:
        A context manager; it gives the lease, whose token grows with every holder of
        the same permit.

    Raises:
        LockTimeoutError: the time was up.
        LockLostError: the lease was lost before the block had ended.
        UnreadableLockError: a row is not one of this dialect.
        GlobalTableLockError: the table has replicas.
        InvalidArgumentError: an argument cannot be right; nothing was called.
        ServiceError: a call was refused for good.
    """
    checked_permits(desk, "permits", permits, key, sort_key)
    request = request_of(
        desk, key, sort_key, lease=lease, wait=wait, data=data, on_lost=on_lost
    )

    async def take(begun: Begun) -> L:
        grant = await obtain_permit(begun, request, permits)
        return desk.lease(grant.tenure.place.key, sort_key, grant, on_lost=on_lost)

    return Claim(desk, take, _alone, wait=wait)


def read(
    desk: Desk[L],
    key: str,
    *,
    readers: int = READERS,
    sort_key: str | None = None,
    lease: float | None = None,
    wait: float | None = None,
    data: bytes | str | None = None,
    on_lost: Callable[[L], object] | None = None,
) -> Claim[L, L]:
    """Hold a read-write lock together with other readers.

    Args:
        key: the key of the lock.
        readers: how many may read side by side; all who share the lock must say the
            same.
        sort_key: the value of its sort key, in a table that has one.
        lease: for how long a sign of life is to count, in seconds; None: as the client
            was told.
        wait: for how long to wait for it, in seconds; None: for ever; 0: try once.
        data: what the row is to carry.
        on_lost: called with the lease, once, when it is lost before it is given back;
            from whatever task or thread has found out.

    Returns:
        A context manager; it gives the lease.

    Raises:
        LockTimeoutError: the time was up.
        LockLostError: the lease was lost before the block had ended.
        UnreadableLockError: a row is not one of this dialect.
        GlobalTableLockError: the table has replicas.
        InvalidArgumentError: an argument cannot be right; nothing was called.
        ServiceError: a call was refused for good.
    """
    checked_permits(desk, "readers", readers, key, sort_key)
    request = request_of(
        desk, key, sort_key, lease=lease, wait=wait, data=data, on_lost=on_lost
    )

    async def take(begun: Begun) -> L:
        grant = await obtain_read(begun, request, readers=readers)
        return desk.lease(grant.tenure.place.key, sort_key, grant, on_lost=on_lost)

    return Claim(desk, take, _alone, wait=wait)


def write(
    desk: Desk[L],
    key: str,
    *,
    readers: int = READERS,
    sort_key: str | None = None,
    lease: float | None = None,
    wait: float | None = None,
    data: bytes | str | None = None,
    on_lost: Callable[[L], object] | None = None,
) -> Claim[L, L]:
    """Hold a read-write lock alone.

    Args:
        key: the key of the lock.
        readers: how many may read side by side; all who share the lock must say the
            same.
        sort_key: the value of its sort key, in a table that has one.
        lease: for how long a sign of life is to count, in seconds; None: as the client
            was told.
        wait: for how long to wait for it, in seconds; None: for ever; 0: try once.
        data: what the row is to carry.
        on_lost: called with the lease, once, when it is lost before it is given back;
            from whatever task or thread has found out.

    Returns:
        A context manager; it gives the lease, whose token grows with every writer.

    Raises:
        LockTimeoutError: the time was up.
        LockLostError: the lease was lost before the block had ended.
        UnreadableLockError: a row is not one of this dialect.
        GlobalTableLockError: the table has replicas.
        InvalidArgumentError: an argument cannot be right; nothing was called.
        ServiceError: a call was refused for good.
    """
    checked_permits(desk, "readers", readers, key, sort_key)
    request = request_of(
        desk, key, sort_key, lease=lease, wait=wait, data=data, on_lost=on_lost
    )

    async def take(begun: Begun) -> L:
        gate, others = await obtain_write(begun, request, readers=readers)
        return desk.lease(key, sort_key, gate, *others, on_lost=on_lost)

    return Claim(desk, take, _alone, wait=wait)


def checked_permits(
    desk: Desk[L], argument: str, permits: int, key: str, sort_key: str | None
) -> None:
    """Refuse a number of permits that cannot be, or whose keys are too long.

    Raises:
        InvalidArgumentError: says which argument it is.
    """
    checked_count(argument, permits, 1, MOST_AT_ONCE)
    desk.store.address(Place(key, sort_key))
    desk.store.address(permit(Place(key, sort_key), permits - 1))


def _alone(lease: L) -> tuple[L, ...]:
    return (lease,)
