"""Several locks at once: all of them or none, or any one of them."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from ...errors import InvalidArgumentError
from ...locks.outcomes import ReleaseOutcome
from .acquire import check, rest
from .beating import check as check_held
from .begun import Begun, kept
from .contest import Rest, StandInLine, Take
from .release import release
from .store import StoreTrouble, Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .contender import Contender, Request
    from .contest import Move
    from .holding import Grant, Tenure
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
    begun = Begun(keeper)
    return await kept(begun, obtain_all(begun, requests))


async def obtain_all(
    begun: Begun, requests: Sequence[Request], *, gate: Grant | None = None
) -> list[Grant]:
    """Acquire several locks; the caller takes back what was begun.

    Args:
        begun: where to note it.
        requests: what is asked for.
        gate: a lock without which they are of no use; None: there is none.

    Raises:
        LockLostError: `gate` was lost meanwhile.
        LockError, InvalidArgumentError, ServiceError: as `acquire_all`.
    """
    keeper = begun.keeper
    check_several(requests)
    for request in requests:
        check(keeper, request)
    started, wait = keeper.now(), requests[0].wait
    deadline = inf if wait is None else started + wait
    several: list[Contender] = []
    for request in sorted(requests, key=_order):
        contender = begun.contender(request, started, deadline)
        several.append(contender)
        if not await _enter(keeper, contender, deadline):
            raise contender.late()
    tenures = await _contend(keeper, several, gate)
    for contender, tenure in zip(several, tenures, strict=True):
        contender.seat(tenure)
    grants = {each.request.place: each.grant for each in several}
    found = [grants[request.place] for request in requests]
    return [grant for grant in found if grant is not None]


async def _enter(keeper: Keeper, contender: Contender, deadline: float) -> bool:
    """Wait for the turn among the tasks of this client; nothing is handed on."""
    place, nothing = contender.request.place, object()
    turn = await keeper.lines.enter(
        place, contender, nothing, deadline, contender.remind
    )
    return turn == "contend"


def _order(request: Request) -> tuple[str, str]:
    return request.place.key, request.place.sort_key or ""


def check_several(requests: Sequence[Request]) -> None:
    """Refuse what no transaction can acquire, before any call.

    Raises:
        InvalidArgumentError: no key, one key twice, or too many.
    """
    places = {request.place for request in requests}
    if not requests or len(places) < len(requests):
        problem = "expected at least one key, and none of them twice"
        raise InvalidArgumentError("keys", problem)
    if len(requests) > MOST_AT_ONCE:
        problem = f"{len(requests)} keys: one transaction takes {MOST_AT_ONCE}"
        raise InvalidArgumentError("keys", problem)


async def _contend(
    keeper: Keeper, several: list[Contender], gate: Grant | None
) -> list[Tenure]:
    await keeper.runtime.gather([each.look() for each in several])
    tenures = _all_of([each.recognise() for each in several])
    while tenures is None:
        if gate is not None:
            check_held(keeper, gate)
        tenures = await _go_on(keeper, several)
        if tenures is None:
            tenures = _all_of([each.recognise() for each in several])
    return tenures


def _all_of(tenures: list[Tenure | None]) -> list[Tenure] | None:
    found = [tenure for tenure in tenures if tenure is not None]
    return found if len(found) == len(tenures) else None


async def _go_on(keeper: Keeper, several: list[Contender]) -> list[Tenure] | None:
    """Write them all if all can be taken; else rest and look again."""
    moves = [each.move() for each in several]
    takes = [move for move in moves if isinstance(move, Take)]
    if len(takes) == len(moves):
        if several[0].is_over():
            raise several[0].late()
        return await _take(keeper, several, takes)
    busy = next(
        each
        for each, move in zip(several, moves, strict=True)
        if not isinstance(move, Take)
    )
    if several[0].is_late():
        raise busy.late()
    busy.remind()
    await rest(keeper, _longest(moves), several[0].deadline)
    await keeper.runtime.gather([each.look() for each in several])
    return None


def _longest(moves: list[Move]) -> Rest:
    """Return the rest that even the last of them needs."""
    rests = [move for move in moves if isinstance(move, Rest)]
    if any(isinstance(move, StandInLine) for move in moves):
        rests.append(_MOMENT)
    return max(rests, key=lambda each: each.latest)


async def _take(
    keeper: Keeper, several: list[Contender], takes: list[Take]
) -> list[Tenure] | None:
    """Write them all; where it is not certain what became of that, look."""
    prepared = [
        each.prepare(take, exactly=True)
        for each, take in zip(several, takes, strict=True)
    ]
    changes = [
        (each.request.place, change)
        for each, (_, change) in zip(several, prepared, strict=True)
    ]
    patience, before = several[0].patience, [each.row for each in several]
    call = keeper.store.write_all(changes, deadline=keeper.now() + patience)
    try:
        answer = await keeper.runtime.shielded(keeper.ask(call), patience)
    except StoreTrouble as trouble:
        if trouble.kind == "throttled":
            _take_back(several, prepared)
        await several[0].rest_after(trouble)
    else:
        if isinstance(answer, Written):  # it shows no row, but their tokens are known
            tenures = _all_of(
                [
                    each.granted(version)
                    for each, (version, _) in zip(several, prepared, strict=True)
                ]
            )
            if tenures is not None:
                return tenures
        else:
            _take_back(several, prepared)
    # A refusal shows only the rows that were in the way.
    await keeper.runtime.gather([each.look() for each in several])
    if [each.row for each in several] == before:  # nothing explains the refusal
        if several[0].is_late():
            raise several[0].late()
        await rest(keeper, _MOMENT, several[0].deadline)
    return None


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
    begun = Begun(keeper)
    return await kept(begun, obtain_any(begun, requests))


async def obtain_any(begun: Begun, requests: Sequence[Request]) -> Grant:
    """Acquire one of several locks; the caller takes back what was begun.

    Raises:
        LockError, InvalidArgumentError, ServiceError: as `acquire_any`.
    """
    keeper = begun.keeper
    if len({request.place for request in requests}) < max(1, len(requests)):
        problem = "expected at least one key, and none of them twice"
        raise InvalidArgumentError("keys", problem)
    check(keeper, requests[0])
    started, wait = keeper.now(), requests[0].wait
    deadline = inf if wait is None else started + wait
    contenders = [
        begun.contender(replace(each, wait=None), started, deadline)
        for each in requests
    ]
    first = int(keeper.runtime.jitter(len(contenders))) % len(contenders)
    order = contenders[first:] + contenders[:first]
    looked = 0
    while True:
        for contender in order[:_GLANCES]:
            grant = await _try_one(keeper, contender)
            if grant is not None:
                for other in contenders:
                    other.forsake()
                return grant
        looked += _GLANCES
        if keeper.now() >= deadline and looked >= len(order):
            raise order[0].late()
        order = order[_GLANCES:] + order[:_GLANCES]
        if looked >= len(order):
            order[0].remind()
            await rest(keeper, _MOMENT, deadline)


async def _try_one(keeper: Keeper, contender: Contender) -> Grant | None:
    """Take one of them if it can be taken now."""
    if not await _enter(keeper, contender, keeper.now()):
        return None
    await contender.look()
    move = contender.move()
    while isinstance(move, Take) and not contender.baffled:
        version, change = contender.prepare(move)
        answer = await contender.write(change, version)
        tenure = (
            contender.granted(version)
            if isinstance(answer, Written)
            else contender.recognise()
        )
        if tenure is not None:
            return contender.seat(tenure)
        move = contender.move()
    contender.baffled = False
    keeper.lines.quit(contender.request.place, contender)
    return None


async def release_each(keeper: Keeper, grants: Sequence[Grant]) -> list[ReleaseOutcome]:
    """Give several locks back, side by side, and say of each what came of it."""
    return await keeper.runtime.gather([release(keeper, each) for each in grants])


def worst_of(outcomes: Sequence[ReleaseOutcome]) -> ReleaseOutcome:
    """Return *released* if all of them are, else the first that is another."""
    for outcome in outcomes:
        if outcome is not ReleaseOutcome.RELEASED:
            return outcome
    return ReleaseOutcome.RELEASED
