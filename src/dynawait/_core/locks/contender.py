"""One who contends for a lock: what it sends, and what it believes to have come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import LockTimeoutError, ServiceError, UnreadableLockError
from ...locks.outcomes import ReleaseOutcome
from ..gateway import CallTimedOut
from .contest import Take, line_of, next_move
from .holding import Grant, Tenure
from .release import undo
from .request import Attempt, Request
from .retrying import Retry
from .rhythm import begun, holds_of
from .store import Absent, Change, Exact, Free, Join, Refused, StoreTrouble
from .telling import FIRST_REMINDER, NEXT_REMINDER, seized_text, waiting_text
from .watch import Watch

if TYPE_CHECKING:
    from .contest import Move
    from .keeper import Keeper
    from .store import Row, Written

__all__ = ["Contender", "Request"]

_CALL_SHARE = 0.5
"""What part of a lease a call waits for its answer before it is made again."""
_LONGEST_CALL = 10.0
_UNDO_TIMEOUT = 5.0
_MOMENT = 2.0
"""For how long somebody who tries once tries to find out what came of it."""
_USEFUL_SHARE = 0.25
"""What part of a lease must be left for an acquisition to be worth having."""
_FEWEST_TAKES = 2
"""How often a lock may be taken whatever time it is: anew, and from a dead holder."""
_SPARE_TOKENS = 4
"""How many tokens are reserved for each task that waits when a lock is acquired."""
_MOST_TOKENS = 256


class Contender:
    """One who contends for one lock.

    Attributes:
        keeper: the client.
        request: what is asked for.
        name: what stands for this contender in the line of the row.
        grant: what it has obtained.
        baffled: whether a write was refused, and nothing that was seen explains it.
        unseen: whether it has gone to stand in line, and nothing was seen since.
        started: since when it waits, on the clock of `boottime`.
        deadline: until when, on that clock.
    """

    def __init__(
        self, keeper: Keeper, request: Request, started: float, deadline: float
    ) -> None:
        """Take what is asked for, since when and until when."""
        self.keeper: Keeper = keeper
        self.request: Request = request
        self.name: str = keeper.new_version()
        self.grant: Grant | None = None
        self.baffled: bool = False
        self.unseen: bool = False
        self.started: float = started
        self.deadline: float = deadline
        self._retry = Retry(keeper.runtime)
        self._attempts: dict[str, Attempt] = {}
        self._watch = Watch(keeper, request.place, started, self._attempts)
        self._reminder = FIRST_REMINDER
        self._takes = 0

    @property
    def row(self) -> Row | None:
        """What was seen last; None: there is none, or nothing was seen."""
        return self._watch.row

    @property
    def patience(self) -> float:
        """For how long a call of this contender waits for its answer, in seconds."""
        return min(self.request.lease * _CALL_SHARE, _LONGEST_CALL)

    def move(self) -> Move:
        """Tell what to do next.

        Raises:
            UnreadableLockError: the row is not one of this dialect.
        """
        record, settings = self._watch.record, self.keeper.settings
        if record is not None and not record.readable:
            raise UnreadableLockError(
                key=str(self.request.place), table=settings.table, record=record
            )
        return next_move(self._watch.scene(self.name), settings)

    def remind(self) -> None:
        """Tell now and then for whom it waits."""
        waited = self.keeper.now() - self.started
        if waited < self._reminder:
            return
        self._reminder = waited + NEXT_REMINDER
        scene = self._watch.scene(self.name)
        text = waiting_text(
            scene.record,
            waited=waited,
            age=scene.age,
            before=len(scene.line),
            tolerance=self.keeper.settings.tolerance,
        )
        self.keeper.tell("lock.waiting", text, self.request.place, waited)

    def is_late(self) -> bool:
        """Tell whether the time is up."""
        return self.keeper.now() >= self.deadline

    def late(self) -> LockTimeoutError:
        """Return the error that says that the time was up."""
        return LockTimeoutError(
            key=str(self.request.place),
            table=self.keeper.settings.table,
            holder=self._watch.record,
            waited=self.keeper.now() - self.started,
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
        keeper, request = self.keeper, self.request
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
        if dialect.release is not None:
            wanted.update(begun(keeper.date()))
        if dialect.token and not isinstance(move.condition, Free):
            last = max(self._watch.token, seed) + tokens
            wanted[dialect.token] = {"N": str(last)}
        change = Change(
            condition=move.condition,
            line=move.line,
            set=wanted,
            remove=said.remove,
            tokens=tokens if last is None else 0,
            seed=seed,
        )
        proves = self._watch.record is not None and not isinstance(
            move.condition, Free | Absent
        )
        over, age = self._watch.victim()
        self._attempts[version] = Attempt(
            keeper.now(), tokens, seed, last, over, age, proves
        )
        self._takes += 1
        return version, change

    def _exactly(self, move: Take) -> Take:
        """Return a move on a condition that proves which token is in the row."""
        keeper = self.keeper
        if not isinstance(move.condition, Free):
            return move
        if self._watch.record is None or self.row is None:
            return Take(Absent(), move.line)
        proof = keeper.settings.dialect.proof(self._watch.record)
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
        keeper, before = self.keeper, self.row
        self.unseen = isinstance(change.line, Join)
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
            self.baffled = isinstance(answer, Refused) and self.row == before
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
        left = max(self.deadline, self.started + moment) - self.keeper.now()
        if left <= 0:
            raise self.late()
        await self.keeper.runtime.sleep(min(pause, left))

    async def look(self) -> None:
        """Read the row."""
        keeper, place = self.keeper, self.request.place
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
        self.unseen = False
        self._watch.see(row)

    def recognise(self) -> Tenure | None:
        """Tell whether the row is ours by a write whose answer was lost."""
        keeper, record = self.keeper, self._watch.record
        version = keeper.mine(self.row, tuple(self._attempts))
        if version is None or record is None or record.released:
            return None
        return self.granted(version)

    def granted(self, version: str) -> Tenure | None:
        """Make a tenure of a version that is in the row, unless it came too late.

        One that did is taken anew, as everything that we find to be ours.
        """
        keeper, request = self.keeper, self.request
        attempt = self._attempts[version]
        last = attempt.last
        if last is None:
            last = self._watch.token
        made = last == attempt.seed + attempt.tokens
        if made and not attempt.proves and not keeper.arrived_in_time(attempt.seed):
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
        if attempt.over is not None:
            text = seized_text(attempt.over, attempt.age)
            keeper.tell("lock.seized", text, request.place, attempt.at - self.started)
        tenure.holds = holds_of(self.row)
        return tenure

    def is_over(self) -> bool:
        """Tell whether it has tried what it could, and its time is up."""
        return self._takes >= _FEWEST_TAKES and self.is_late()

    def take(self, tenure: Tenure) -> Grant:
        """Take what was obtained, or handed on."""
        self.grant = grant = Grant(tenure, self.keeper.now())
        return grant

    def seat(self, tenure: Tenure) -> Grant:
        """Take what was obtained, and have it renewed."""
        grant = self.take(tenure)
        self.keeper.seat(tenure, self)
        return grant

    @property
    def has_begun(self) -> bool:
        """Whether it may have left something in the table."""
        if self.grant is not None:
            return self.grant.outcome is None
        return (
            bool(self._attempts)
            or self.unseen
            or self.name in line_of(self.row)
            or self.keeper.lines.handed_to(self.request.place, self) is not None
        )

    async def undo(self) -> ReleaseOutcome:
        """Leave no lock behind that nobody holds."""
        versions = tuple(self._attempts)
        if not versions:
            return ReleaseOutcome.ALREADY_LOST
        keeper, place = self.keeper, self.request.place
        keeper.haunt(place, versions)
        outcome = await undo(keeper, place, versions, timeout=_UNDO_TIMEOUT)
        self._attempts.clear()
        return outcome

    def forsake(self) -> None:
        """Leave nothing that only this one could give away, without a call."""
        keeper, place = self.keeper, self.request.place
        if self.grant is None:
            handed = keeper.lines.handed_to(place, self)
            if handed is not None:
                keeper.forsake(handed, self)
            if self._attempts:
                keeper.haunt(place, tuple(self._attempts))
        keeper.lines.quit(place, self)
