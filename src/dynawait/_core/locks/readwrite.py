"""Read-write locks: many who read, or one who writes.

A reader holds one of several permits, a writer all of them; that is what keeps them
apart. A writer first takes the gate, a lock under the name itself, and readers do not
come in while it is held, so that they cannot keep a writer waiting for ever. Writers
queue at the gate as at any lock, and its token is theirs: it grows with every writer.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from ...errors import LockLostError, LockTimeoutError
from .acquire import obtain, rest
from .beating import check as check_held
from .begun import Begun, kept
from .contender import Contender
from .contest import Rest, Take
from .semaphore import obtain_permit, permit
from .several import obtain_all

if TYPE_CHECKING:
    from collections.abc import Generator

    from .contender import Request
    from .holding import Grant
    from .keeper import Keeper

READERS = 10
"""How many may read side by side; all who share the lock must say the same."""
_MOMENT = Rest(0.1, 0.3)


async def acquire_read(
    keeper: Keeper, request: Request, *, readers: int = READERS
) -> Grant:
    """Acquire a lock together with other readers.

    Args:
        keeper: the client.
        request: what is asked for.
        readers: how many may read side by side.

    Raises:
        InvalidArgumentError: too short a lease, or too many readers.
        LockTimeoutError: the time was up.
        UnreadableLockError: a row is not one of this dialect.
        ServiceError: a call was refused for good.
    """
    begun = Begun(keeper)
    return await kept(begun, obtain_read(begun, request, readers=readers))


async def obtain_read(begun: Begun, request: Request, *, readers: int) -> Grant:
    """Acquire it with other readers; the caller takes back what was begun.

    Raises:
        LockError, InvalidArgumentError, ServiceError: as `acquire_read`.
    """
    keeper, started = begun.keeper, begun.keeper.now()
    deadline = float("inf") if request.wait is None else started + request.wait
    gate = Contender(keeper, request, started, deadline)
    await gate.look()
    while not isinstance(gate.move(), Take):
        if gate.is_late():
            raise gate.late()
        gate.remind()
        await rest(keeper, _MOMENT, deadline)
        await gate.look()
    with _all_of_the_wait(keeper, started):
        return await obtain_permit(begun, _left(keeper, request, started), readers)


async def acquire_write(
    keeper: Keeper, request: Request, *, readers: int = READERS
) -> tuple[Grant, list[Grant]]:
    """Acquire a lock alone.

    Args:
        keeper: the client.
        request: what is asked for.
        readers: how many may read side by side.

    Returns:
        The grant of the gate, with the token, and those of all permits. The lock is
        held only while all of them are.

    Raises:
        InvalidArgumentError: too short a lease, or too many readers.
        LockTimeoutError: the time was up.
        UnreadableLockError: a row is not one of this dialect.
        ServiceError: a call was refused for good.
    """
    begun = Begun(keeper)
    return await kept(begun, obtain_write(begun, request, readers=readers))


async def obtain_write(
    begun: Begun, request: Request, *, readers: int
) -> tuple[Grant, list[Grant]]:
    """Acquire it alone; the caller takes back what was begun.

    Raises:
        LockError, InvalidArgumentError, ServiceError: as `acquire_write`.
    """
    keeper, started = begun.keeper, begun.keeper.now()
    while True:
        gate = await obtain(begun, _left(keeper, request, started))
        left = _left(keeper, request, started)
        wanted = [
            replace(left, place=permit(request.place, number), data=None)
            for number in range(readers)
        ]
        try:
            with _all_of_the_wait(keeper, started):
                permits = await obtain_all(begun, wanted, gate=gate)
            check_held(keeper, gate)
        except LockLostError:  # readers have come in meanwhile, or another writer
            await begun.take_back()
            begun.contenders.clear()
        else:
            return gate, permits


@contextmanager
def _all_of_the_wait(keeper: Keeper, started: float) -> Generator[None]:
    """Let a time-out tell of the wait at the gate as well."""
    try:
        yield
    except LockTimeoutError as error:
        raise LockTimeoutError(
            key=error.key,
            table=error.table,
            holder=error.holder,
            waited=keeper.now() - started,
        ) from None


def _left(keeper: Keeper, request: Request, started: float) -> Request:
    """Return the request with what is left of its wait."""
    if request.wait is None:
        return request
    spent = keeper.now() - started
    return replace(request, wait=max(0.0, request.wait - spent))
