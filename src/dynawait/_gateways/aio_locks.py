"""Locks for tasks of asyncio and trio."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from .._core.locks import claims, operations
from .._core.locks.desk import Desk
from .._core.locks.leases import HeldLease
from .aio import open_async
from .aio_methods import Methods, desk_here
from .backstage import LoopStage
from .lock_base import BaseLockClient
from .resources import plain

if TYPE_CHECKING:
    from ..clients import AsyncFaceClient  # noqa: F401 - in a quoted base
    from ..locks.outcomes import ReleaseOutcome


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

    __module__ = "dynawait.locks"
    __slots__ = ()

    async def renew(self) -> Lease:
        """Send a sign of life now, trying until the lease ends.

        Raises:
            LockLostError: it is lost, or was given back.
            ServiceError: the call was refused for good.
        """
        return await operations.renew(self._desk, self)

    async def release(self) -> ReleaseOutcome:
        """Give the lock back, or hand it on to the next task of this client.

        Raises:
            ServiceError: the call was refused for good.
        """
        return await operations.release(self._desk, self)


_made = Methods[Desk[Lease]]("dynawait.locks", "LockClient")


class LockClient(BaseLockClient["AsyncFaceClient"]):
    """Locks that lie in a DynamoDB table, for tasks of asyncio and trio.

    ::

        locks = LockClient(client, "locks")
        await locks.ensure_table()
        async with locks.hold("deploy:orders", wait=60) as lease:
            ...  # cancelled if the lease is lost

    Tasks that share a lock client queue for a lock among themselves and hand it on
    without a call.
    """

    __module__ = "dynawait.locks"

    def _set_up(self, client: Any) -> None:
        hook = getattr(client, "__dynawait_gateway__", None)
        self.__dynawait_actor__: Any = None if hook is None else hook()
        self._plain = plain(client)

    acquire: Final = _made.obtained(claims.acquire)
    try_acquire: Final = _made.obtained(claims.try_acquire)
    renew: Final = _made.awaited(operations.renew)
    release: Final = _made.awaited(operations.release)
    inspect: Final = _made.awaited(operations.inspect)
    records: Final = _made.listed(operations.records)
    assess: Final = _made.awaited(operations.assess)
    force_release: Final = _made.awaited(operations.force_release)
    ensure_table: Final = _made.awaited(operations.ensure_table)
    check_permissions: Final = _made.awaited(operations.check_permissions)
    check_table: Final = _made.awaited(operations.check_table)
    hold: Final = _made.held(claims.hold)
    hold_all: Final = _made.held(claims.hold_all)
    semaphore: Final = _made.held(claims.semaphore)
    read: Final = _made.held(claims.read)
    write: Final = _made.held(claims.write)

    def __dynawait_desk__(self) -> Desk[Lease]:
        """Return the desk in this event loop, or that of an actor of a simulation."""
        actor = self.__dynawait_actor__
        if actor is not None:
            if self._last is None:
                self._opened(Desk(actor, self._options, actor.stage, Lease))
            found: Desk[Lease] = cast("Desk[Any]", self._last)
            return found
        return desk_here(self, self._open)

    def _open(self) -> Desk[Lease]:
        options = self._options
        if self._last is not None:  # of another loop: what was seen counts here too
            options = replace(options, observed=self._exported())
        desk = Desk(open_async(self._plain), options, LoopStage(), Lease)
        self._opened(desk)
        return desk
