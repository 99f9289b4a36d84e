"""Acquiring a lock: one call where it is free, and patience where it is not."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from ...errors import LockTimeoutError, ServiceError
from ..gateway import CallTimedOut
from .contender import Contender, Request
from .contest import StandInLine, Take, line_of
from .holding import Grant, Tenure
from .store import Change, Exact, First, Free, Join, Leave, StoreTrouble, Written

if TYPE_CHECKING:
    from .contest import Rest
    from .keeper import Keeper

__all__ = ["Request", "acquire"]

_LEAVE_TIMEOUT = 5.0
_LEAVE_TRIES = 3


async def acquire(keeper: Keeper, request: Request) -> Grant:
    """Acquire a lock.

    Args:
        keeper: the client.
        request: what is asked for.

    Raises:
        InvalidArgumentError: a lease that is too short.
        LockTimeoutError: the time was up.
        UnreadableLockError: the row is not one of this dialect.
        ServiceError: a call was refused for good.
    """
    check(keeper, request)
    started = keeper.now()
    deadline = inf if request.wait is None else started + request.wait
    like = (request.lease, request.heartbeat, request.data)
    turn = await keeper.lines.enter(request.place, like, deadline)
    if turn == "late":
        raise LockTimeoutError(
            key=str(request.place),
            table=keeper.settings.table,
            holder=None,
            waited=keeper.now() - started,
        )
    if isinstance(turn, Tenure):
        return Grant(turn)
    contender = Contender(keeper, request, started, deadline)
    try:
        tenure = await _contend(keeper, contender)
    except BaseException:
        keeper.lines.leave(request.place)
        raise
    keeper.seat(tenure)
    return Grant(tenure)


def check(keeper: Keeper, request: Request) -> None:
    """Refuse a lease that leaves nothing, before any call.

    Raises:
        InvalidArgumentError: it is too short.
    """
    if keeper.settings.dialect.beat is not None:
        keeper.settings.tolerance.check(request.lease, request.heartbeat)


async def _contend(keeper: Keeper, contender: Contender) -> Tenure:
    """Go on until the lock is ours or the time is up."""
    try:
        tenure = await _begin(keeper, contender)
        while tenure is None:
            tenure = await _go_on(keeper, contender)
    except GeneratorExit:  # nothing can be awaited any more
        raise
    except BaseException:
        await contender.undo()
        await _leave_line(keeper, contender)
        raise
    return tenure


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
    if isinstance(move, Take):
        return await _take(contender, move)
    if contender.is_late():
        raise contender.late()
    if isinstance(move, StandInLine):
        change = Change(condition=Exact({}), line=Join(contender.name))
        await contender.write(change)
    else:
        await rest(keeper, move, contender.deadline)
        await contender.look()
    return None


async def _take(contender: Contender, move: Take) -> Tenure | None:
    """Write our own version."""
    version, change = contender.prepare(move)
    answer = await contender.write(change, version)
    return contender.granted(version) if isinstance(answer, Written) else None


async def rest(keeper: Keeper, move: Rest, deadline: float) -> None:
    """Rest before the next look, but not beyond the deadline."""
    pause = move.soonest + keeper.runtime.jitter(move.latest - move.soonest)
    left = deadline - keeper.now()
    await keeper.runtime.sleep(max(0.0, min(pause, left)))


async def _leave_line(keeper: Keeper, contender: Contender) -> None:
    """Take our name off the line; who cannot, lets the others wait for a turn."""
    for _ in range(_LEAVE_TRIES):
        line = line_of(contender.row)
        if contender.name not in line:
            return
        off = Leave(contender.name, line.index(contender.name))
        change = Change(condition=Exact({}), line=off)
        deadline = keeper.now() + _LEAVE_TIMEOUT
        place = contender.request.place
        call = keeper.store.write(place, change, deadline=deadline)
        try:
            answer = await keeper.runtime.shielded(keeper.ask(call), _LEAVE_TIMEOUT)
        except (StoreTrouble, CallTimedOut):
            continue
        except ServiceError:  # what is on its way to the caller counts for more
            return
        if isinstance(answer, Written):
            return
        contender.see(answer.row)
