"""Several locks at once: all of them or none, or any one of them."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from ...errors import InvalidArgumentError, LockTimeoutError
from ...locks.outcomes import ReleaseOutcome
from .acquire import check, rest
from .contender import Contender
from .contest import Rest, StandInLine, Take
from .holding import Grant
from .release import release
from .store import RefusedAll, StoreTrouble, Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .contender import Request
    from .contest import Move
    from .holding import Tenure
    from .keeper import Keeper
    from .store import Change

MOST_AT_ONCE = 100
"""TransactWriteItems takes at most 100 items (API reference)."""
_GLANCES = 8
"""How many of many locks are looked at in one go."""
_MOMENT = Rest(0.1, 0.3)


async def acquire_all(keeper: Keeper, requests: Sequence[Request]) -> list[Grant]:
    """Acquire several locks in one transaction, all or none.

    They are asked for in the order of their keys, whatever the caller's, so that two
    clients that want the same ones do not wait for each other. Nobody who wants several
    stands in line.

    Args:
        keeper: the client.
        requests: what is asked for; `wait` is that of the first.

    Returns:
        The grants, in the order of `requests`.

    Raises:
        InvalidArgumentError: no key, one key twice, too many, or too short a lease.
        LockTimeoutError: the time was up.
        UnreadableLockError: a row is not one of this dialect.
        ServiceError: a call was refused for good.
    """
    _check_several(keeper, requests)
    started, wait = keeper.now(), requests[0].wait
    deadline = inf if wait is None else started + wait
    ordered = sorted(requests, key=_order)
    entered: list[Request] = []
    try:
        for request in ordered:
            await _enter(keeper, request, started, deadline)
            entered.append(request)
        several = [Contender(keeper, each, started, deadline) for each in ordered]
        tenures = await _contend(keeper, several)
    except BaseException:
        for request in entered:
            keeper.lines.leave(request.place)
        raise
    for tenure in tenures:
        keeper.seat(tenure)
    grants = {tenure.place: Grant(tenure) for tenure in tenures}
    return [grants[request.place] for request in requests]


async def _enter(
    keeper: Keeper, request: Request, started: float, deadline: float
) -> None:
    """Wait for the turn among the tasks of this client; nothing is handed on."""
    if await keeper.lines.enter(request.place, object(), deadline) == "contend":
        return
    raise LockTimeoutError(
        key=str(request.place),
        table=keeper.settings.table,
        holder=None,
        waited=keeper.now() - started,
    )


def _order(request: Request) -> tuple[str, str]:
    return request.place.key, request.place.sort_key or ""


def _check_several(keeper: Keeper, requests: Sequence[Request]) -> None:
    places = {request.place for request in requests}
    if not requests or len(places) < len(requests):
        problem = "expected at least one key, and none of them twice"
        raise InvalidArgumentError("keys", problem)
    if len(requests) > MOST_AT_ONCE:
        problem = f"{len(requests)} keys: one transaction takes {MOST_AT_ONCE}"
        raise InvalidArgumentError("keys", problem)
    for request in requests:
        check(keeper, request)


async def _contend(keeper: Keeper, several: list[Contender]) -> list[Tenure]:
    try:
        await keeper.runtime.gather([each.look() for each in several])
        while True:
            tenures = [each.recognise() for each in several]
            if all(tenures):
                return [tenure for tenure in tenures if tenure is not None]
            await _go_on(keeper, several)
    except GeneratorExit:  # nothing can be awaited any more
        raise
    except BaseException:
        await keeper.runtime.shielded(_undo(keeper, several), inf)
        raise


async def _undo(keeper: Keeper, several: list[Contender]) -> None:
    await keeper.runtime.gather([each.undo() for each in several])


async def _go_on(keeper: Keeper, several: list[Contender]) -> None:
    """Write them all if all can be taken; else rest and look again."""
    moves = [each.move() for each in several]
    takes = [move for move in moves if isinstance(move, Take)]
    if len(takes) == len(moves):
        await _take(keeper, several, takes)
        return
    if several[0].is_late():
        busy = next(
            each
            for each, move in zip(several, moves, strict=True)
            if not isinstance(move, Take)
        )
        raise busy.late()
    await rest(keeper, _longest(moves), several[0].deadline)
    await keeper.runtime.gather([each.look() for each in several])


def _longest(moves: list[Move]) -> Rest:
    """Return the rest that even the last of them needs."""
    rests = [move for move in moves if isinstance(move, Rest)]
    if any(isinstance(move, StandInLine) for move in moves):
        rests.append(_MOMENT)
    return max(rests, key=lambda each: each.latest)


async def _take(keeper: Keeper, several: list[Contender], takes: list[Take]) -> None:
    """Write them all, and show each what became of it."""
    prepared = [
        each.prepare(take, exactly=True)
        for each, take in zip(several, takes, strict=True)
    ]
    changes = [
        (each.request.place, change)
        for each, (_, change) in zip(several, prepared, strict=True)
    ]
    patience = several[0].patience
    call = keeper.store.write_all(changes, deadline=keeper.now() + patience)
    try:
        answer = await keeper.runtime.shielded(keeper.ask(call), patience)
    except StoreTrouble as trouble:
        if trouble.kind == "throttled":
            _take_back(several, prepared)
        await several[0].rest_after(trouble)
    else:
        if isinstance(answer, RefusedAll):
            _take_back(several, prepared)
    # A success shows no row, and a refusal only those that were in the way.
    await keeper.runtime.gather([each.look() for each in several])


def _take_back(several: list[Contender], prepared: list[tuple[str, Change]]) -> None:
    for each, (version, _) in zip(several, prepared, strict=True):
        each.unsent(version)


async def acquire_any(keeper: Keeper, requests: Sequence[Request]) -> Grant:
    """Acquire one of several locks, whichever is free first.

    Args:
        keeper: the client.
        requests: what is asked for; `wait` is that of the first.

    Raises:
        InvalidArgumentError: no key, one key twice, or too short a lease.
        LockTimeoutError: the time was up.
        UnreadableLockError: a row is not one of this dialect.
        ServiceError: a call was refused for good.
    """
    if len({request.place for request in requests}) < max(1, len(requests)):
        problem = "expected at least one key, and none of them twice"
        raise InvalidArgumentError("keys", problem)
    check(keeper, requests[0])
    started, wait = keeper.now(), requests[0].wait
    deadline = inf if wait is None else started + wait
    contenders = [
        Contender(keeper, replace(each, wait=None), started, deadline)
        for each in requests
    ]
    first = int(keeper.runtime.jitter(len(contenders))) % len(contenders)
    order = contenders[first:] + contenders[:first]
    looked = 0
    while True:
        for contender in order[:_GLANCES]:
            grant = await _try_one(keeper, contender)
            if grant is not None:
                return grant
        looked += _GLANCES
        if keeper.now() >= deadline and looked >= len(order):
            raise order[0].late()
        order = order[_GLANCES:] + order[:_GLANCES]
        if looked >= len(order):
            await rest(keeper, _MOMENT, deadline)


async def _try_one(keeper: Keeper, contender: Contender) -> Grant | None:
    """Take one of them if it can be taken now."""
    place = contender.request.place
    if await keeper.lines.enter(place, object(), keeper.now()) != "contend":
        return None
    seated = False
    try:
        await contender.look()
        move = contender.move()
        while isinstance(move, Take):
            version, change = contender.prepare(move)
            answer = await contender.write(change, version)
            tenure = (
                contender.granted(version)
                if isinstance(answer, Written)
                else contender.recognise()
            )
            if tenure is not None:
                seated = True
                keeper.seat(tenure)
                return Grant(tenure)
            move = contender.move()
    except GeneratorExit:  # nothing can be awaited any more
        raise
    except BaseException:
        await contender.undo()
        raise
    finally:
        if not seated:
            keeper.lines.leave(place)
    return None


async def release_all(keeper: Keeper, grants: Sequence[Grant]) -> ReleaseOutcome:
    """Give several locks back.

    Returns:
        *released* if all of them were, else the first outcome that is another.
    """
    outcomes = await keeper.runtime.gather([release(keeper, each) for each in grants])
    for outcome in outcomes:
        if outcome is not ReleaseOutcome.RELEASED:
            return outcome
    return ReleaseOutcome.RELEASED
