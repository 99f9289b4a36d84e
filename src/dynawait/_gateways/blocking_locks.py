"""Locks for threads."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from .._core.locks import claims, operations
from .._core.locks.desk import Desk
from .._core.locks.leases import HeldLease
from .blocking import drive
from .blocking_door import ThreadDoor, ThreadStage
from .blocking_methods import Methods
from .lock_base import BaseLockClient
from .resources import plain

if TYPE_CHECKING:
    from ..clients import SyncFaceClient  # noqa: F401 - in a quoted base
    from ..locks.outcomes import ReleaseOutcome
    from .lock_base import Guards


class Lease(HeldLease):
    """A lock that is held, with its expiry.

    Whether it is valid is worked out from the clock at every question. A lock that
    consists of several rows, as that of a writer, is held only while all of them are.

    Attributes:
        key: the key of the lock.
        sort_key: its sort key; None where none is used.
        fencing_token: grows with every acquisition of this lock by clients of this
            library; 0 where the dialect has none. Other clients of a dialect have no
            token, and those for Java and of python-dynamodb-lock erase ours when they
            take a lock over. What comes after them counts on from the service's time,
            which is more if leases are of two seconds or longer.
        owner: the owner's name in the row, which proves nothing.
    """

    __module__ = "dynawait.sync.locks"
    __slots__ = ()

    def renew(self) -> Lease:
        """Send a sign of life now, trying until the lease ends.

        Raises:
            LockLostError: it is lost, or was given back.
            ServiceError: the call was refused for good.
        """
        drive(operations.renew(self._desk, self))
        return self

    def release(self) -> ReleaseOutcome:
        """Give the lock back, or hand it on to the next thread of this client.

        Raises:
            ServiceError: the call was refused for good.
        """
        return drive(operations.release(self._desk, self))


_made = Methods[Desk[Lease]]("dynawait.sync.locks", "LockClient")


class LockClient(BaseLockClient["SyncFaceClient"]):
    """Locks that lie in a DynamoDB table, for threads.

    ::

        locks = LockClient(client, "locks")
        locks.ensure_table()
        with locks.hold("deploy:orders", wait=60) as lease:
            for part in parts:
                lease.check()  # raises if the lease is lost
                ...

    While something is held, a daemon thread renews it. Threads that share a lock client
    queue for a lock among themselves and hand it on without a call.
    """

    __module__ = "dynawait.sync.locks"

    def _set_up(self, client: Any) -> None:
        self._plain = plain(client)
        self._door = ThreadDoor(self._plain)
        self._guard = threading.Lock()
        self._forked = False

    acquire: Final = _made.obtained(claims.acquire)
    try_acquire: Final = _made.obtained(claims.try_acquire)
    renew: Final = _made.driven(operations.renew)
    release: Final = _made.driven(operations.release)
    inspect: Final = _made.driven(operations.inspect)
    records: Final = _made.listed(operations.records)
    assess: Final = _made.driven(operations.assess)
    force_release: Final = _made.driven(operations.force_release)
    ensure_table: Final = _made.driven(operations.ensure_table)
    check_permissions: Final = _made.driven(operations.check_permissions)
    check_table: Final = _made.driven(operations.check_table)
    hold: Final = _made.held(claims.hold)
    hold_all: Final = _made.held(claims.hold_all)
    semaphore: Final = _made.held(claims.semaphore)
    read: Final = _made.held(claims.read)
    write: Final = _made.held(claims.write)

    def __dynawait_desk__(self) -> Desk[Lease]:
        """Return the desk of this process: a fork holds no lock of its parent."""
        with self._guard:
            desk = cast("Desk[Lease] | None", self._last)
            if desk is None or self._forked:
                options = self._options
                if desk is not None:
                    options = replace(options, observed=self._exported())
                stage = ThreadStage()
                if self._door.is_virtual:
                    stage.idle = 0.0
                desk = Desk(self._door, options, stage, Lease, guards=self._guards())
                self._opened(desk)
                self._forked = False
            return desk

    def __dynawait_forked__(self) -> None:
        """Hold nothing in a child process, whatever its parent's threads were at."""
        self._guard = threading.Lock()
        self._door = ThreadDoor(self._plain)
        self._forked = True
        super().__dynawait_forked__()

    def _guards(self) -> Guards:
        return threading.Lock(), threading.RLock()
