"""One who contends for a lock: what was seen of it, and what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import LockTimeoutError, ServiceError, UnreadableLockError
from ..gateway import CallTimedOut
from .contest import Scene, Take, line_of, next_move
from .holding import Tenure
from .release import undo
from .retrying import Retry
from .store import Absent, Change, Exact, Free, Refused, StoreTrouble

if TYPE_CHECKING:
    from ...locks.records import LockRecord
    from .contest import Move
    from .keeper import Keeper
    from .store import Place, Row, Written

_CALL_SHARE = 0.5
"""What part of a lease a call waits for its answer before it is made again."""
_LONGEST_CALL = 10.0
_UNDO_TIMEOUT = 5.0
_MOMENT = 2.0
"""For how long somebody who tries once tries to find out what came of it."""
_USEFUL_SHARE = 0.25
"""What part of a lease must be left for an acquisition to be worth having."""
_SPARE_TOKENS = 4
"""How many tokens are reserved for each task that waits when a lock is acquired."""
_MOST_TOKENS = 256
_MOST_TURNS = 1000
"""More holders than this between two looks are no holders: the tokens have leapt."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        place: where the lock lies.
        lease: for how long a sign of life is to count, in seconds.
        wait: for how long to wait for it, in seconds; 0: try once; None: for ever.
        heartbeat: seconds between two heartbeats; None: the caller renews.
        data: what the row is to carry.
    """

    place: Place
    lease: float
    wait: float | None = None
    heartbeat: float | None = None
    data: bytes | str | None = None


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A write that was sent.

    Attributes:
        at: when, on the clock of `boottime`.
        tokens: how many fencing tokens it reserves.
        seed: from what they count where the row has none.
        last: the last of them, where the write says which; else DynamoDB counts.
    """

    at: float
    tokens: int
    seed: int
    last: int | None


class Contender:
    """One who contends for one lock.

    Attributes:
        request: what is asked for.
        name: what stands for this contender in the line of the row.
        row: what was seen last; None: there is none, or nothing was seen.
        started: since when it waits, on the clock of `boottime`.
        deadline: until when, on that clock.
    """

    def __init__(
        self, keeper: Keeper, request: Request, started: float, deadline: float
    ) -> None:
        """Take what is asked for, since when and until when."""
        self.request: Request = request
        self.name: str = keeper.new_version()
        self.row: Row | None = None
        self.started: float = started
        self.deadline: float = deadline
        self._keeper = keeper
        self._retry = Retry(keeper.runtime)
        self._attempts: dict[str, _Attempt] = {}
        self._record: LockRecord | None = None
        self._holder: tuple[object, float] = (None, started)
        self._changed_at = started
        self._pace: float | None = None

    @property
    def patience(self) -> float:
        """For how long a call of this contender waits for its answer, in seconds."""
        return min(self.request.lease * _CALL_SHARE, _LONGEST_CALL)

    def move(self) -> Move:
        """Tell what to do next.

        Raises:
            UnreadableLockError: the row is not one of this dialect.
        """
        record, settings = self._record, self._keeper.settings
        if record is not None and not record.readable:
            raise UnreadableLockError(
                key=str(self.request.place), table=settings.table, record=record
            )
        return next_move(self._scene(), settings)

    def is_late(self) -> bool:
        """Tell whether the time is up."""
        return self._keeper.now() >= self.deadline

    def late(self) -> LockTimeoutError:
        """Return the error that says that the time was up."""
        return LockTimeoutError(
            key=str(self.request.place),
            table=self._keeper.settings.table,
            holder=self._record,
            waited=self._keeper.now() - self.started,
        )

    def _scene(self) -> Scene:
        keeper, record, place = self._keeper, self._record, self.request.place
        now = keeper.now()
        version = None if self.row is None else keeper.mark(self.row)
        held = record is not None and not record.released
        holder = (record.owner, record.fencing_token) if record and held else None
        if holder != self._holder[0]:
            self._holder = (holder, now)
        return Scene(
            record=record,
            version=version,
            line=line_of(self.row),
            age=0.0 if record is None else keeper.observations.age(place, record, now),
            stale=record is not None and held and self._is_stale(record, version, now),
            tenancy=now - self._holder[1],
            pace=self._pace,
            waited=now - self.started,
            name=self.name,
        )

    def _is_stale(self, record: LockRecord, version: str | None, now: float) -> bool:
        """Tell whether a holder is gone although we have not watched it for a lease."""
        keeper = self._keeper
        if version is not None and (
            version in self._attempts or keeper.is_ghost(self.request.place, version)
        ):
            return True
        if not keeper.settings.trust_service_time or record.heartbeat_at is None:
            return False
        silent = keeper.clock.earliest(now) - record.heartbeat_at.timestamp()
        return record.lease is not None and silent > keeper.settings.tolerance.over(
            record.lease
        )

    def prepare(self, move: Take, *, exactly: bool = False) -> tuple[str, Change]:
        """Return a version of our own, and the change that writes it.

        Where the version of the row is known, and so its token, the change says which
        token comes next. For a write that comes very late may find that the row was
        deleted meanwhile, and make it anew with a seed of the past. Nobody holds that
        row, so it is taken by its version, and here its token is brought up to date.

        Args:
            move: on what condition.
            exactly: whether the token must be known in any case. Where releases delete
                rows, it always must.
        """
        keeper, request = self._keeper, self.request
        dialect = keeper.settings.dialect
        if exactly or keeper.deletes:
            move = self._exactly(move)
        if dialect.acquire is None:
            message = f"nobody acquires in the dialect {dialect.name}"
            raise TypeError(message)
        said = dialect.acquire(
            keeper.holding(keeper.new_version(), request.lease, request.data)
        )
        version: str = said.set[dialect.identity[0]]["S"]
        waiting = keeper.lines.length(request.place)
        tokens = min(1 + _SPARE_TOKENS * waiting, _MOST_TOKENS)
        seed = keeper.seed(request.place)
        wanted, last = dict(said.set), None
        if dialect.token and not isinstance(move.condition, Free):
            before = 0 if self._record is None else self._record.fencing_token or 0
            last = max(before, seed) + tokens
            wanted[dialect.token] = {"N": str(last)}
        change = Change(
            condition=move.condition,
            line=move.line,
            set=wanted,
            remove=said.remove,
            tokens=tokens if last is None else 0,
            seed=seed,
        )
        self._attempts[version] = _Attempt(keeper.now(), tokens, seed, last)
        return version, change

    def _exactly(self, move: Take) -> Take:
        """Return a move on a condition that proves which token is in the row."""
        keeper = self._keeper
        if not isinstance(move.condition, Free):
            return move
        if self._record is None or self.row is None:
            return Take(Absent(), move.line)
        proof = keeper.settings.dialect.proof(self._record)
        token = keeper.settings.dialect.token
        if token is not None:
            proof[token] = self.row.get(token)
        return Take(Exact(proof), move.line)

    def unsent(self, version: str) -> None:
        """Take back a version of which it is certain that it was not written."""
        self._attempts.pop(version, None)

    async def write(
        self, change: Change, version: str | None = None
    ) -> Written | Refused | None:
        """Make one write, which no cancellation interrupts; None if it came to none."""
        keeper = self._keeper
        deadline = keeper.now() + self.patience
        call = keeper.store.write(self.request.place, change, deadline=deadline)
        try:
            answer = await keeper.runtime.shielded(keeper.ask(call), self.patience)
        except CallTimedOut:
            trouble = StoreTrouble("transient")
        except StoreTrouble as found:
            trouble = found
        except ServiceError:
            self.unsent(version or "")
            raise
        else:
            self._retry.reset()
            self.see(answer.row)
            if isinstance(answer, Refused) and not keeper.mine(
                answer.row, (version or "",)
            ):
                self.unsent(version or "")
            if isinstance(answer, Refused) and answer.row is None:
                # Some servers do not show the row of a write that they refuse.
                await self.look()
            return answer
        if trouble.kind == "throttled":
            self.unsent(version or "")
        await self.rest_after(trouble)
        await self.look()
        return None

    async def rest_after(self, trouble: StoreTrouble) -> None:
        """Wait before the next call; whoever tries once has a moment for it too."""
        pause = self._retry.pause(trouble)
        moment = min(self.request.lease * _USEFUL_SHARE, _MOMENT)
        left = max(self.deadline, self.started + moment) - self._keeper.now()
        if left <= 0:
            raise self.late()
        await self._keeper.runtime.sleep(min(pause, left))

    async def look(self) -> None:
        """Read the row."""
        keeper, place = self._keeper, self.request.place
        while True:
            deadline = keeper.now() + self.patience
            try:
                sight = await keeper.ask(keeper.store.read(place, deadline=deadline))
            except StoreTrouble as trouble:
                await self.rest_after(trouble)
            else:
                self._retry.reset()
                self.see(sight.row)
                return

    def see(self, row: Row | None) -> None:
        """Take what a call has shown."""
        keeper = self._keeper
        before, now = self._record, keeper.now()
        if row is None or row != self.row:
            self._record = None if row is None else keeper.record(row)
        self.row = row
        self._measure(before, self._record, now)
        keeper.observations.note(self.request.place, self._record, now)

    def _measure(
        self, before: LockRecord | None, record: LockRecord | None, now: float
    ) -> None:
        """Learn by the tokens how fast the lock goes round."""
        if before is None or record is None:
            return
        if before.fencing_token is None or record.fencing_token is None:
            return
        turns = record.fencing_token - before.fencing_token
        if 0 < turns <= _MOST_TURNS:
            pace = (now - self._changed_at) / turns
            self._changed_at = now
            self._pace = pace if self._pace is None else (self._pace + pace) / 2

    def recognise(self) -> Tenure | None:
        """Tell whether the row is ours by a write whose answer was lost."""
        keeper, record = self._keeper, self._record
        version = keeper.mine(self.row, tuple(self._attempts))
        if version is None or record is None or record.released:
            return None
        return self.granted(version)

    def granted(self, version: str) -> Tenure | None:
        """Make a tenure of a version that is in the row, unless it came too late.

        One that did is taken anew, as everything that we find to be ours.
        """
        keeper, request = self._keeper, self.request
        attempt = self._attempts[version]
        last = attempt.last
        if last is None:
            last = 0 if self._record is None else self._record.fencing_token or 0
        made = last == attempt.seed + attempt.tokens
        if made and not keeper.arrived_in_time(attempt.seed):
            return None
        tenure = Tenure(
            request.place,
            tolerance=keeper.settings.tolerance,
            lease=request.lease,
            heartbeat=request.heartbeat,
            data=request.data,
            versions={version: attempt.at},
            tokens=range(last - attempt.tokens + 1, last + 1) if last else range(0),
            retry=Retry(keeper.runtime, request.lease / 16),
        )
        tenure.confirm(version)
        useful = _USEFUL_SHARE * keeper.settings.tolerance.certain(request.lease)
        if tenure.until - keeper.now() < useful:
            return None
        others = tuple(other for other in self._attempts if other != version)
        keeper.haunt(request.place, others)
        keeper.spend(request.place, last)
        tenure.wanted = bool(line_of(self.row))
        return tenure

    async def undo(self) -> None:
        """Leave no lock behind that nobody holds."""
        versions = tuple(self._attempts)
        if versions:
            keeper, place = self._keeper, self.request.place
            keeper.haunt(place, versions)
            await undo(keeper, place, versions, timeout=_UNDO_TIMEOUT)
