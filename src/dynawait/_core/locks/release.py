"""Giving a lock back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import ServiceError
from ...locks.outcomes import ReleaseOutcome
from ..gateway import CallTimedOut
from .retrying import Retry
from .store import Change, Exact, First, Held, Refused, StoreTrouble

if TYPE_CHECKING:
    from .holding import Grant, Tenure
    from .keeper import Keeper
    from .store import AttributeValue, Place, Row, Written

RELEASE_TIMEOUT = 10.0
"""For how long a release is tried, in seconds."""
LONGEST_STREAK = 1.0
"""For how long tasks of one client hand a lock on past all others, in seconds."""
_SHORTEST_REST = 0.5
"""What share of a lease must be left to hand it on without renewing it."""


async def release(
    keeper: Keeper, grant: Grant, *, timeout: float = RELEASE_TIMEOUT
) -> ReleaseOutcome:
    """Give a lock back, or hand it on to the next task of this client.

    It is not interrupted by a cancellation, and takes no longer than `timeout`.

    Args:
        keeper: the client.
        grant: what was granted.
        timeout: for how long the call is tried again, in seconds.

    Returns:
        What happened; for a grant that was given back before: *already lost*.
    """
    tenure, now = grant.tenure, keeper.now()
    with keeper.guard:
        if grant.given_back:
            return ReleaseOutcome.ALREADY_LOST
        grant.given_back = True
    if _may_hand_on(keeper, tenure, now) and keeper.lines.hand_on(
        tenure.place, tenure, wants(tenure)
    ):
        return ReleaseOutcome.RELEASED
    return await end(keeper, tenure, timeout=timeout)


def wants(tenure: Tenure) -> object:
    """Return what a task must have asked for to take this tenure as it is."""
    return tenure.lease, tenure.heartbeat, tenure.data


def _may_hand_on(keeper: Keeper, tenure: Tenure, now: float) -> bool:
    rest = tenure.remaining(now)
    return (
        bool(tenure.tokens)
        and not tenure.wanted
        and now - tenure.since < LONGEST_STREAK
        and rest > _SHORTEST_REST * keeper.settings.tolerance.certain(tenure.lease)
    )


async def end(keeper: Keeper, tenure: Tenure, *, timeout: float) -> ReleaseOutcome:
    """End a tenure: free its row, and give the turn to the next task.

    One that has expired may still be in the row, and is freed like any other.
    """
    if tenure.lost in ("stolen", "deleted"):
        tenure.ended = True
        keeper.vacate(tenure)
        return ReleaseOutcome.ALREADY_LOST
    tenure.ended = True
    keeper.roster.drop(tenure)
    versions = tenure.versions
    try:
        return await keeper.runtime.shielded(
            _free(keeper, tenure, versions, timeout), timeout
        )
    except CallTimedOut:
        return ReleaseOutcome.UNCONFIRMED
    finally:
        if tenure.seated:  # nobody knows whether it was freed
            keeper.haunt(tenure.place, versions)
            keeper.vacate(tenure)


async def _free(
    keeper: Keeper, tenure: Tenure, versions: tuple[str, ...], timeout: float
) -> ReleaseOutcome:
    deadline = keeper.now() + timeout
    place = tenure.place
    delete = keeper.settings.delete_on_release
    at_once = delete and keeper.passed(tenure.token) == 0
    answer = await _insist(
        keeper, place, _freeing(keeper, versions, delete=at_once), deadline
    )
    if (
        at_once
        and isinstance(answer, Refused)
        and _is_held(keeper, answer.row, versions)
    ):
        at_once = delete = False  # somebody stands in line, and the line is in the row
        answer = await _insist(
            keeper, place, _freeing(keeper, versions, delete=False), deadline
        )
    if answer is None:
        return ReleaseOutcome.UNCONFIRMED
    if isinstance(answer, Refused) and not (
        answer.row is None or keeper.mine(answer.row, versions) is not None
    ):
        return ReleaseOutcome.ALREADY_LOST
    keeper.vacate(tenure)
    if delete and not at_once and answer.row is not None:
        await _sweep(keeper, tenure, answer.row, deadline)
    return ReleaseOutcome.RELEASED


async def _sweep(keeper: Keeper, tenure: Tenure, row: Row, deadline: float) -> None:
    """Delete a released row once its token cannot come back.

    Others may take the lock meanwhile; then the row stays with them.
    """
    dialect = keeper.settings.dialect
    pause = keeper.passed(tenure.token)
    if dialect.release is None or keeper.now() + pause >= deadline:
        return
    await keeper.runtime.sleep(pause)
    exactly = Exact(dialect.proof(keeper.record(row)))
    change = Change(condition=exactly, line=First(), delete=True)
    await _insist(keeper, tenure.place, change, deadline)


async def _insist(
    keeper: Keeper, place: Place, change: Change, deadline: float
) -> Written | Refused | None:
    """Make a write until there is an answer; None when there is none in time."""
    retry = Retry(keeper.runtime)
    while True:
        try:
            return await keeper.ask(
                keeper.store.write(place, change, deadline=deadline)
            )
        except StoreTrouble as trouble:
            pause = retry.pause(trouble)
            if keeper.now() + pause >= deadline:
                return None
            await keeper.runtime.sleep(pause)


async def undo(
    keeper: Keeper, place: Place, versions: tuple[str, ...], *, timeout: float
) -> ReleaseOutcome:
    """Free a row if a write that was given up turns out to be in it.

    Why it was given up is on its way to the caller, and no failure in here hides that.
    """
    try:
        return await keeper.runtime.shielded(
            _undo(keeper, place, versions, timeout), timeout
        )
    except (CallTimedOut, ServiceError):
        return ReleaseOutcome.UNCONFIRMED


async def _undo(
    keeper: Keeper, place: Place, versions: tuple[str, ...], timeout: float
) -> ReleaseOutcome:
    deadline = keeper.now() + timeout
    retry = Retry(keeper.runtime)
    while True:
        try:
            sight = await keeper.ask(keeper.store.read(place, deadline=deadline))
            row, version = sight.row, keeper.mine(sight.row, versions)
            if row is None or version is None or not _is_held(keeper, row, versions):
                return ReleaseOutcome.ALREADY_LOST
            change = _undoing(keeper, place, row, version)
            answer = await keeper.ask(
                keeper.store.write(place, change, deadline=deadline)
            )
        except StoreTrouble as trouble:
            pause = retry.pause(trouble)
            if keeper.now() + pause >= deadline:
                return ReleaseOutcome.UNCONFIRMED
            await keeper.runtime.sleep(pause)
        else:
            if not isinstance(answer, Refused):
                return ReleaseOutcome.RELEASED


def _undoing(keeper: Keeper, place: Place, row: Row, version: str) -> Change:
    """Return what frees a row of ours that nobody has used.

    Its token may be one of the past (`Contender`), and is brought up to date, or else
    goes with the row.
    """
    dialect = keeper.settings.dialect
    if dialect.release is None:
        return Change(condition=Held((version,)), delete=True)
    write = dialect.release(None)
    token: dict[str, AttributeValue] = {}
    if dialect.token is not None:
        last = keeper.record(row).fencing_token or 0
        token = {dialect.token: {"N": str(max(last, keeper.seed(place)))}}
    return Change(
        condition=Held((version,)), set={**write.set, **token}, remove=write.remove
    )


def _is_held(keeper: Keeper, row: Row | None, versions: tuple[str, ...]) -> bool:
    return (
        row is not None
        and keeper.mine(row, versions) is not None
        and not keeper.record(row).released
    )


def _freeing(keeper: Keeper, versions: tuple[str, ...], *, delete: bool) -> Change:
    dialect = keeper.settings.dialect
    condition = Held(versions)
    if dialect.release is None:
        return Change(condition=condition, delete=True)
    if delete:
        return Change(condition=condition, line=First(), delete=True)
    write = dialect.release(None)
    return Change(condition=condition, set=write.set, remove=write.remove)
