"""Whether a lock is held or left behind; nothing is changed, unless by force."""

from __future__ import annotations

from itertools import count
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from ...errors import InvalidArgumentError
from ...locks.assessments import LockAssessment
from .looking import LOOK_TIMEOUT, insist, inspect
from .store import Change, Exact, Place, Refused

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from ...locks.assessments import OwnerProbe
    from ...locks.records import LockRecord
    from .keeper import Keeper
    from .store import Written

_NO_LEASE = (
    "locks of this dialect have no lease and no heartbeat, so age proves nothing: ask "
    "whether the owner lives, with is_owner_alive"
)
_LOOKS_A_LEASE = 8
_LONGEST_REST = 2.0
_SHORTEST_REST = 0.05


async def assess(
    keeper: Keeper,
    place: Place,
    *,
    observe: float = 0.0,
    is_owner_alive: OwnerProbe | None = None,
    timeout: float = LOOK_TIMEOUT,
) -> LockAssessment:
    """Tell whether a lock is held, and what that rests on.

    Args:
        keeper: the client.
        place: where the lock lies.
        observe: for how long to watch it at the most, in seconds; a verdict ends it.
        is_owner_alive: tells of a record whether its owner lives; None: unknown.
        timeout: for how long one look is tried again, in seconds.

    Raises:
        ServiceError: a call was refused for good, or there was no answer in time.
    """
    end = keeper.now() + observe
    first = await inspect(keeper, place, timeout=timeout)
    alive = None
    if first is not None and first.readable and not first.released:
        alive = None if is_owner_alive is None else _asked(is_owner_alive, first)
    record = first
    while True:
        left = end - keeper.now()
        found = _judge(keeper, place, first, record, alive, watching=left > 0)
        if found.verdict != "UNKNOWN" or left <= 0:
            return found
        await keeper.runtime.sleep(min(_rest(record), left))
        record = await inspect(keeper, place, timeout=timeout)


def _asked(is_owner_alive: OwnerProbe, record: LockRecord) -> bool | None:
    """Ask the probe; a coroutine is true, and would pass for a living owner."""
    answer: Any = is_owner_alive(record)
    if answer is None or isinstance(answer, bool):
        return answer
    if hasattr(answer, "close"):
        answer.close()
    problem = f"expected True, False or None from it, got {answer!r:.99}"
    raise InvalidArgumentError("is_owner_alive", problem)


def _rest(record: LockRecord | None) -> float:
    lease = inf if record is None or record.lease is None else record.lease
    return max(_SHORTEST_REST, min(lease / _LOOKS_A_LEASE, _LONGEST_REST))


def _judge(
    keeper: Keeper,
    place: Place,
    first: LockRecord | None,
    record: LockRecord | None,
    alive: bool | None,  # noqa: FBT001 - the answer of a probe, passed on as it is
    *,
    watching: bool,
) -> LockAssessment:
    """Judge what was seen first and what is seen now; to be young proves little.

    A lock whose last sign of life was a moment ago may have been left behind since. So
    while there is time to watch it, only another sign of life says that it is held.
    """
    if record is None:
        return LockAssessment("ABSENT", None, (f"there is no row for {place}",))
    if not record.readable or record.released:
        return _judge_unheld(record)
    if first is not None and first.version != record.version:
        moved = f"a sign of life came while it was watched (version {record.version})"
        return LockAssessment("HELD", record, (moved,))
    told = _told(record, alive)
    if alive is not None:
        return LockAssessment("HELD" if alive else "STALE", record, told)
    if record.lease is None:
        return _judge_without_lease(keeper, place, record)
    return _judge_lease(keeper, place, record, record.lease, watching=watching)


def _judge_unheld(record: LockRecord) -> LockAssessment:
    if not record.readable:
        return LockAssessment("UNREADABLE", record, (record.problem or "",))
    return LockAssessment("RELEASED", record, ("the row says that it is released",))


def _told(record: LockRecord, alive: bool | None) -> tuple[str, ...]:  # noqa: FBT001 - as above
    state = "lives" if alive else "is dead"
    return (f"by the probe its owner {record.owner!r} {state}",)


def _judge_lease(
    keeper: Keeper, place: Place, record: LockRecord, lease: float, *, watching: bool
) -> LockAssessment:
    now, tolerance = keeper.now(), keeper.settings.tolerance
    age, needed = keeper.observations.age(place, record, now), tolerance.over(lease)
    watched = (
        f"version {record.version} was seen unchanged for {age:.1f} s; its lease of "
        f"{lease:g} s is certainly over after {needed:.1f} s"
    )
    if age >= needed:
        return LockAssessment("STALE", record, (watched,))
    evidence = [watched]
    beat = record.heartbeat_at
    if beat is not None and isfinite(keeper.clock.latest(now)):
        least = keeper.clock.earliest(now) - beat.timestamp()
        most = keeper.clock.latest(now) - beat.timestamp()
        evidence.append(
            f"by its heartbeatAt the last sign of life was {max(0.0, least):.0f} to "
            f"{max(0.0, most):.0f} s ago, by the service's clock"
        )
        if keeper.settings.trust_service_time and least > needed:
            return LockAssessment("STALE", record, tuple(evidence))
        if most < lease and not watching:
            return LockAssessment("HELD", record, tuple(evidence))
    evidence.append(f"watch it for {needed - age:.1f} s more to be certain")
    return LockAssessment("UNKNOWN", record, tuple(evidence))


def _judge_without_lease(
    keeper: Keeper, place: Place, record: LockRecord
) -> LockAssessment:
    age = keeper.observations.age(place, record, keeper.now())
    return LockAssessment(
        "UNKNOWN",
        record,
        (f"version {record.version} was seen unchanged for {age:.1f} s", _NO_LEASE),
    )


async def force_release(
    keeper: Keeper, record: LockRecord, *, timeout: float = LOOK_TIMEOUT
) -> bool:
    """Free a lock, if it is still exactly as it was read.

    The row stays, marked as released, so that its token goes on growing. It is deleted
    where it cannot be read, in a dialect without such a mark, and in one that deletes,
    once the token cannot come back.

    Args:
        keeper: the client.
        record: what was read.
        timeout: for how long the call is tried again, in seconds.

    Returns:
        Whether it was freed; False: it was not the same any more.

    Raises:
        ServiceError: the call was refused for good, or there was no answer in time.
    """
    dialect = keeper.settings.dialect
    place = Place(record.key, record.sort_key)
    exactly = Exact(dialect.proof(record))
    gone = dialect.deletes and keeper.passed(record.fencing_token or 0) == 0
    if dialect.release is None or not record.readable or gone:
        change = Change(condition=exactly, delete=True)
    else:
        write = dialect.release(None)
        change = Change(condition=exactly, set=write.set, remove=write.remove)
    tries = count()

    def send(end: float) -> Coroutine[Any, Any, Written | Refused]:
        next(tries)
        return keeper.store.write(place, change, deadline=end)

    operation = "DeleteItem" if change.delete else "UpdateItem"
    answer = await insist(keeper, operation, send, timeout)
    if not isinstance(answer, Refused):
        return True
    return next(tries) > 1 and _was_freed(keeper, record, answer, change)


def _was_freed(
    keeper: Keeper, record: LockRecord, answer: Refused, change: Change
) -> bool:
    """Tell whether an earlier attempt, whose answer was lost, had freed it."""
    if answer.row is None:
        return change.delete
    now = keeper.record(answer.row)
    return now.released and now.version == record.version and not record.released
