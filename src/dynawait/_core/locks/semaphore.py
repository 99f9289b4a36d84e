"""Counting semaphores: each permit is a lock of its own.

So a permit is renewed, stolen and fenced as any lock is, and other clients see locks.
Its token grows with every holder of this permit; tokens of two permits say nothing of
each other. Whoever comes first is first: there is no line.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...errors import InvalidArgumentError
from .begun import Begun, kept
from .several import MOST_AT_ONCE, obtain_any

if TYPE_CHECKING:
    from .contender import Request
    from .holding import Grant
    from .keeper import Keeper
    from .store import Place


def permit(place: Place, number: int) -> Place:
    """Return where a permit lies."""
    return replace(place, key=f"{place.key}#{number}")


async def acquire_permit(keeper: Keeper, request: Request, permits: int) -> Grant:
    """Acquire one of several permits.

    Args:
        keeper: the client.
        request: what is asked for, under the name of the semaphore.
        permits: how many there are; all who share the semaphore must say the same.

    Raises:
        InvalidArgumentError: no permits, too many, or too short a lease.
        LockTimeoutError: the time was up.
        UnreadableLockError: a row is not one of this dialect.
        ServiceError: a call was refused for good.
    """
    begun = Begun(keeper)
    return await kept(begun, obtain_permit(begun, request, permits))


async def obtain_permit(begun: Begun, request: Request, permits: int) -> Grant:
    """Acquire one of several permits; the caller takes back what was begun.

    Raises:
        LockError, InvalidArgumentError, ServiceError: as `acquire_permit`.
    """
    if not 1 <= permits <= MOST_AT_ONCE:
        problem = f"{permits!r} is not between 1 and {MOST_AT_ONCE}"
        raise InvalidArgumentError("permits", problem)
    return await obtain_any(
        begun,
        [
            replace(request, place=permit(request.place, number))
            for number in range(permits)
        ],
    )
