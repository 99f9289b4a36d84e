"""Signs of life: heartbeats by deadline, several at a time, and renewals by hand."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from ...errors import InvalidArgumentError, LockLostError
from .store import LINE, Change, Held, Refused, StoreTrouble

if TYPE_CHECKING:
    from .holding import Grant, Tenure
    from .keeper import Keeper
    from .roster import Roster
    from .store import Row

BREADTH = 16
"""How many heartbeats of one client may be in flight side by side."""
_MOST_VERSIONS = 90
"""DynamoDB compares with at most 100 values in one IN."""
_CALL_SHARE = 0.25
"""What part of a lease one heartbeat waits for its answer before it is sent again."""


async def keep_beating(
    keeper: Keeper, *, breadth: int = BREADTH, roster: Roster | None = None
) -> None:
    """Renew the tenures of a client until its roster is closed.

    Args:
        keeper: the client.
        breadth: how many heartbeats may be in flight side by side.
        roster: which roster; None: the one that the client has now.
    """
    roster = roster or keeper.roster
    await keeper.runtime.gather([_work(keeper, roster) for _ in range(breadth)])


async def _work(keeper: Keeper, roster: Roster) -> None:
    """Wait for what is due, let the next one do so, and make the heartbeat."""
    runtime = keeper.runtime
    while not roster.closed:
        signal = roster.lead()
        if signal is not None:
            await runtime.sleep(inf, wake=signal)
            continue
        try:
            tenure = await _next_due(keeper, roster)
        finally:
            roster.follow()
        if tenure is not None:
            await _beat_on(keeper, tenure)


async def _next_due(keeper: Keeper, roster: Roster) -> Tenure | None:
    runtime = keeper.runtime
    while not roster.closed:
        now = keeper.now()
        tenure = roster.take(now)
        if tenure is not None:
            return tenure
        due, signal = roster.next()
        await runtime.sleep(max(0.0, due - now), wake=signal)
    return None


async def _beat_on(keeper: Keeper, tenure: Tenure) -> None:
    """Make one heartbeat, and plan the next; sooner if this one failed for now."""
    try:
        await beat(keeper, tenure)
    except StoreTrouble as trouble:
        keeper.roster.plan(tenure, tenure.retry.pause(trouble))
        _tell(keeper, tenure, trouble)
    except Exception as error:  # noqa: BLE001 - refused for good: it will expire
        keeper.roster.plan(tenure)
        _tell(keeper, tenure, error)
    else:
        tenure.retry.reset()
        if tenure.lost is None:
            keeper.roster.plan(tenure)


def _tell(keeper: Keeper, tenure: Tenure, error: Exception) -> None:
    if keeper.on_trouble is not None:
        keeper.on_trouble(tenure, error)


async def beat(keeper: Keeper, tenure: Tenure) -> None:
    """Send one sign of life.

    Its condition names every version that may be in the row. So one whose answer was
    lost is no reason to believe that the lock is.

    Raises:
        StoreTrouble: it failed for now.
        ServiceError: it failed for good.
    """
    now = keeper.now()
    tenure.look(now)
    if tenure.lost is not None or tenure.ended:
        return
    known = tenure.versions
    if len(known) < _MOST_VERSIONS:
        version = keeper.new_version()
        tenure.sent(version, now)
    else:
        version = known[-1]  # the lease then counts from when it was sent first
    change = _sign(keeper, tenure, version, known)
    patience = keeper.settings.tolerance.certain(tenure.lease) * _CALL_SHARE
    deadline = now + min(patience, tenure.until - now)
    try:
        answer = await keeper.ask(
            keeper.store.write(tenure.place, change, deadline=deadline)
        )
    except StoreTrouble as trouble:
        if trouble.kind == "throttled" and version not in known:
            tenure.unsent(version)
        tenure.look(keeper.now())
        raise
    if isinstance(answer, Refused):
        _judge_refusal(keeper, tenure, answer.row)
    elif tenure.lost is None:
        tenure.confirm(version)
        tenure.wanted = bool(answer.row and answer.row.get(LINE, {}).get("L"))


def _sign(
    keeper: Keeper, tenure: Tenure, version: str, known: tuple[str, ...]
) -> Change:
    write = keeper.settings.dialect.beat
    if write is None:
        name = keeper.settings.dialect.name
        problem = f"locks of the dialect {name} have none that could be renewed"
        raise InvalidArgumentError("lease", problem)
    said = write(keeper.holding(version, tenure.lease, None))
    return Change(condition=Held(known), set=said.set, remove=said.remove)


def _judge_refusal(keeper: Keeper, tenure: Tenure, row: Row | None) -> None:
    """Tell what has become of a row that no heartbeat fits any more."""
    version = keeper.mine(row, tenure.versions)
    if row is None:
        tenure.lose("deleted")
    elif version is None:
        tenure.thief = keeper.record(row)
        tenure.lose("stolen")
    elif keeper.record(row).released:
        tenure.lose("deleted")
    else:  # a renewal beside this one was first
        tenure.confirm(version)


async def renew(keeper: Keeper, grant: Grant) -> None:
    """Renew a lease by hand, trying until it ends.

    Raises:
        LockLostError: it is lost, or was given back.
        ServiceError: the call was refused for good.
    """
    tenure = grant.tenure
    before = tenure.until
    enough = keeper.now() + keeper.settings.tolerance.certain(tenure.lease)
    while True:
        check(keeper, grant)
        try:
            await beat(keeper, tenure)
        except StoreTrouble as trouble:
            pause = tenure.retry.pause(trouble)
            await keeper.runtime.sleep(
                min(pause, max(0.0, tenure.until - keeper.now()))
            )
        else:
            tenure.retry.reset()
            check(keeper, grant)
            if tenure.until > before or tenure.until >= enough:
                return


def check(keeper: Keeper, grant: Grant) -> None:
    """Raise if the lock is not certainly this task's.

    Raises:
        LockLostError: it is lost, or was given back.
    """
    if grant.remaining(keeper.now()) > 0:
        return
    raise lost_error(keeper, grant)


def lost_error(keeper: Keeper, grant: Grant) -> LockLostError:
    """Return the error that says how a lock was lost."""
    return LockLostError(
        key=str(grant.tenure.place),
        table=keeper.settings.table,
        reason=grant.lost or ("released" if grant.given_back else "expired"),
        fencing_token=grant.token,
    )


async def until_lost(keeper: Keeper, grant: Grant) -> None:
    """Wait until a lock is lost or given back; the reason is in its tenure."""
    tenure = grant.tenure
    signal = keeper.runtime.signal()
    tenure.on_lost(lambda _: signal.set())
    while True:
        left = grant.remaining(keeper.now())
        if left <= 0:
            return
        await keeper.runtime.sleep(left, wake=signal)
