"""Read-write locks: many who read, or one who writes.

A reader holds one of several permits, a writer all of them; that is what keeps them
apart. A writer first takes the gate, a lock under the name itself, and readers do not
come in while it is held, so that they cannot keep a writer waiting for ever. Writers
queue at the gate as at any lock, and its token is theirs: it grows with every writer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .acquire import acquire, rest
from .contender import Contender
from .contest import Rest, Take
from .release import release
from .semaphore import acquire_permit, permit
from .several import acquire_all

if TYPE_CHECKING:
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
    started = keeper.now()
    deadline = float("inf") if request.wait is None else started + request.wait
    gate = Contender(keeper, request, started, deadline)
    await gate.look()
    while not isinstance(gate.move(), Take):
        if gate.is_late():
            raise gate.late()
        await rest(keeper, _MOMENT, deadline)
        await gate.look()
    return await acquire_permit(keeper, _left(keeper, request, started), readers)


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
    started = keeper.now()
    gate = await acquire(keeper, request)
    try:
        left = _left(keeper, request, started)
        wanted = [
            replace(left, place=permit(request.place, number), data=None)
            for number in range(readers)
        ]
        return gate, await acquire_all(keeper, wanted)
    except GeneratorExit:  # nothing can be awaited any more
        raise
    except BaseException:
        await release(keeper, gate)
        raise


def _left(keeper: Keeper, request: Request, started: float) -> Request:
    """Return the request with what is left of its wait."""
    if request.wait is None:
        return request
    spent = keeper.now() - started
    return replace(request, wait=max(0.0, request.wait - spent))
