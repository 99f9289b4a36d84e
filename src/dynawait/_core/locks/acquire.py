"""Acquiring a lock: one call where it is free, and patience where it is not."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from .begun import Begun, kept
from .contender import Contender, Request
from .contest import Rest, StandInLine, Take
from .store import Change, Exact, First, Free, Join, Written

if TYPE_CHECKING:
    from .holding import Grant, Tenure
    from .keeper import Keeper

__all__ = ["Request", "acquire", "obtain"]

_BAFFLED = Rest(0.2, 0.4)


async def acquire(keeper: Keeper, request: Request) -> Grant:
    """Acquire a lock, and leave nothing behind if that does not end well.

    Args:
        keeper: the client.
        request: what is asked for.

    Raises:
        InvalidArgumentError: a lease that is too short.
        LockTimeoutError: the time was up.
        UnreadableLockError: the row is not one of this dialect.
        ServiceError: a call was refused for good.
    """
    begun = Begun(keeper)
    return await kept(begun, obtain(begun, request))


async def obtain(begun: Begun, request: Request) -> Grant:
    """Acquire a lock; the caller takes back what was begun if that does not end well.

    Raises:
        LockError, InvalidArgumentError, ServiceError: as `acquire`.
    """
    keeper = begun.keeper
    check(keeper, request)
    started = keeper.now()
    deadline = inf if request.wait is None else started + request.wait
    contender = begun.contender(request, started, deadline)
    like = (request.lease, request.heartbeat, request.data)
    turn = await keeper.lines.enter(
        request.place, contender, like, deadline, contender.remind
    )
    if turn == "late":
        raise contender.late()
    if turn != "contend":
        return contender.take(turn)
    tenure = await _begin(keeper, contender)
    while tenure is None:
        tenure = await _go_on(keeper, contender)
    return contender.seat(tenure)


def check(keeper: Keeper, request: Request) -> None:
    """Refuse a lease that leaves nothing, before any call.

    Raises:
        InvalidArgumentError: it is too short.
    """
    if keeper.settings.dialect.beat is not None:
        keeper.settings.tolerance.check(request.lease, request.heartbeat)


async def _begin(keeper: Keeper, contender: Contender) -> Tenure | None:
    """Try without a look, where nothing is known to speak against it."""
    if keeper.introduce():
        await contender.look()
        return None
    line = None if keeper.settings.dialect.release is None else First()
    return await _take(contender, Take(Free(), line))


async def _go_on(keeper: Keeper, contender: Contender) -> Tenure | None:
    """Make the next move."""
    tenure = contender.recognise()
    if tenure is not None:
        return tenure
    move = contender.move()
    if isinstance(move, Take) and not contender.baffled and not contender.is_over():
        return await _take(contender, move)
    if contender.is_late():
        raise contender.late()
    if isinstance(move, Take):
        await again(contender)
    elif isinstance(move, StandInLine):
        change = Change(condition=Exact({}), line=Join(contender.name))
        await contender.write(change)
    else:
        contender.remind()
        await rest(keeper, move, contender.deadline)
        await contender.look()
    return None


async def _take(contender: Contender, move: Take) -> Tenure | None:
    """Write our own version."""
    version, change = contender.prepare(move)
    answer = await contender.write(change, version)
    return contender.granted(version) if isinstance(answer, Written) else None


async def again(contender: Contender) -> None:
    """Look again after a rest, where nothing explains why a write was refused."""
    contender.baffled = False
    await rest(contender.keeper, _BAFFLED, contender.deadline)
    await contender.look()


async def rest(keeper: Keeper, move: Rest, deadline: float) -> None:
    """Rest before the next look, but not beyond the deadline."""
    pause = move.soonest + keeper.runtime.jitter(move.latest - move.soonest)
    left = deadline - keeper.now()
    await keeper.runtime.sleep(max(0.0, min(pause, left)))
