"""Giving a lock back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...errors import ServiceError
from ...locks.outcomes import ReleaseOutcome
from ..gateway import CallTimedOut
from .retrying import Retry
from .rhythm import ended
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
    tenure.look(now)
    try:
        with keeper.guard:
            if grant.given_back or tenure.disowned:
                return ReleaseOutcome.ALREADY_LOST
            grant.give_back()
        if _may_hand_on(keeper, tenure, now) and keeper.lines.hand_on(
            tenure, wants(tenure)
        ):
            grant.handed_on = True
            outcome = ReleaseOutcome.RELEASED
        else:
            outcome = await end(keeper, tenure, timeout=timeout)
        if outcome is ReleaseOutcome.ALREADY_LOST:
            grant.was_lost()
        grant.outcome = outcome
        return outcome
    finally:  # whatever interrupts it, nobody renews it any more
        if grant.given_back:
            keeper.forsake(tenure, grant)


def wants(tenure: Tenure) -> object:
    """Return what a task must have asked for to take this tenure as it is."""
    return tenure.lease, tenure.heartbeat, tenure.data


def _may_hand_on(keeper: Keeper, tenure: Tenure, now: float) -> bool:
    rest = tenure.remaining(now)
    return (
        bool(tenure.tokens)
        and not tenure.wanted
        and not tenure.checked
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
    held = tenure.remaining(keeper.now()) > 0
    try:
        tenure.ended = True
        keeper.roster.drop(tenure)
        return await keeper.runtime.shielded(
            _free(keeper, tenure, keeper.now() + timeout, held=held), timeout
        )
    except CallTimedOut:
        return ReleaseOutcome.UNCONFIRMED
    finally:
        if keeper.lines.has_turn(
            tenure.place, tenure
        ):  # nobody knows whether it was freed
            keeper.haunt(tenure.place, tenure.versions)
            keeper.vacate(tenure)


async def _free(
    keeper: Keeper, tenure: Tenure, deadline: float, *, held: bool
) -> ReleaseOutcome:
    """Free the row; `held` says whether it was certainly ours until now."""
    known, delete = tenure.versions, keeper.settings.delete_on_release
    at_once = keeper.deletes and keeper.passed(tenure.token) == 0
    freeing = _freeing(keeper, tenure, delete=at_once)
    reply = await _insist(keeper, tenure.place, freeing, deadline)
    if at_once and _is_in_vain(keeper, reply, known):
        at_once = delete = False  # somebody stands in line, and the line is in the row
        reply = await _free_again(keeper, tenure, reply, deadline)
    while known != tenure.versions and _is_in_vain(keeper, reply, tenure.versions):
        # A heartbeat that was on its way came first; there is no other after it.
        at_once, known = False, tenure.versions
        reply = await _free_again(keeper, tenure, reply, deadline)
    if reply.answer is None or _is_in_vain(keeper, reply, tenure.versions):
        return ReleaseOutcome.UNCONFIRMED
    # A write of ours that comes late may take the row again, under the old version.
    seen = None if reply.row is None else keeper.record(reply.row)
    keeper.observations.note(tenure.place, seen, keeper.now())
    keeper.vacate(tenure)
    if reply.refused and not _was_ours(keeper, tenure, reply, held=held):
        tenure.thief = seen
        return ReleaseOutcome.ALREADY_LOST
    if delete and not at_once and keeper.mine(reply.row, tenure.versions) is not None:
        await _sweep(keeper, tenure, reply.row or {}, deadline)
    return ReleaseOutcome.RELEASED


def _is_in_vain(keeper: Keeper, reply: _Reply, versions: tuple[str, ...]) -> bool:
    """Tell whether a release was refused, and these still hold the row."""
    return reply.refused and _is_held(keeper, reply.row, versions)


async def _free_again(
    keeper: Keeper, tenure: Tenure, before: _Reply, deadline: float
) -> _Reply:
    """Free a row that is still held, and keep it with its line."""
    freeing = _freeing(keeper, tenure, delete=False)
    reply = await _insist(keeper, tenure.place, freeing, deadline)
    return replace(reply, lost=before.lost or reply.lost)


def _was_ours(keeper: Keeper, tenure: Tenure, reply: _Reply, *, held: bool) -> bool:
    """Tell whether a row that no release fits any more was ours to the end.

    Nobody can take a lock from its holder before the lease is over, but by force. So
    once the answer to an earlier attempt was lost, another's row shows that it had
    freed the lock. And what is taken after the lease, from one who has done with it and
    cannot get his release through, was not lost either.
    """
    if reply.row is None or keeper.mine(reply.row, tenure.versions) is not None:
        return True
    return held and (reply.lost or keeper.now() >= tenure.until)


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


@dataclass(frozen=True, slots=True)
class _Reply:
    """What a write that was sent until it had an answer came to.

    Attributes:
        answer: the last one; None: there was none in time.
        lost: whether an earlier attempt may have happened all the same.
    """

    answer: Written | Refused | None
    lost: bool

    @property
    def refused(self) -> bool:
        """Whether the condition did not hold."""
        return isinstance(self.answer, Refused)

    @property
    def row(self) -> Row | None:
        """The row that the answer showed."""
        return None if self.answer is None else self.answer.row


async def _insist(
    keeper: Keeper, place: Place, change: Change, deadline: float
) -> _Reply:
    """Make a write until there is an answer."""
    retry, lost = Retry(keeper.runtime), False
    while True:
        try:
            call = keeper.store.write(place, change, deadline=deadline)
            return _Reply(await keeper.ask(call), lost)
        except StoreTrouble as trouble:
            lost = lost or trouble.kind != "throttled"
            pause = retry.pause(trouble)
            if keeper.now() + pause >= deadline:
                return _Reply(None, lost)
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


def _freeing(keeper: Keeper, tenure: Tenure, *, delete: bool) -> Change:
    dialect = keeper.settings.dialect
    condition = Held(tenure.versions)
    if dialect.release is None:
        return Change(condition=condition, delete=True)
    if delete:
        return Change(condition=condition, line=First(), delete=True)
    write = dialect.release(None)
    told = ended(tenure.holds, keeper.now() - tenure.since)
    return Change(condition=condition, set={**write.set, **told}, remove=write.remove)
