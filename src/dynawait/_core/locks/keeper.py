"""What the coroutines of one lock client share."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast
from uuid import uuid4

from ...locks.dialects import Holding
from .lines import Lines
from .observing import Observations
from .roster import Roster
from .store import StoreTrouble
from .timing import ServiceClock, Tolerance

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from contextlib import AbstractContextManager
    from typing import TypeAlias

    from ...locks.dialects import Dialect
    from ...locks.records import LockRecord
    from .holding import Tenure
    from .runtime import Runtime
    from .store import (
        Described,
        Page,
        Place,
        Refused,
        RefusedAll,
        Row,
        Sight,
        Store,
        Written,
    )

    Fairness: TypeAlias = Literal["barging", "bounded", "fifo"]

A = TypeVar("A", bound="Sight | Written | Refused | RefusedAll | Page | Described")

LONGEST = 100 * 365 * 86400.0
"""What no expiry is farther away than, in seconds."""
_SLACK = 0.5
"""How long a write that makes a row may be on its way, in seconds."""
_GHOSTS = 64
"""How many versions of lost writes are remembered for a lock."""
_HAUNTED = 1000
"""For how many locks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a lock client is set up.

    Attributes:
        owner: the name that its rows bear; it proves nothing.
        dialect: how its rows are laid out.
        tolerance: how far clocks are trusted.
        fairness: who is first: whoever is (*barging*); whoever is, until a waiter is
            older than `bound` and stands in line (*bounded*); the line (*fifo*).
        bound: after how many seconds a waiter stands in line.
        turn: for how many seconds a free lock is left to who is first in line.
        trust_service_time: whether ``heartbeatAt`` is compared with the date of the
            service's answers.
        delete_on_release: whether a release deletes the row.
        keep: how long a row outlives its last sign of life before DynamoDB's time to
            live may delete it, in seconds.
        acquired_by: host, process and tool, for people who read the table.
        names: the names of the key's attributes; None: the dialect's own.
        table: the table's name, for messages.
    """

    owner: str
    dialect: Dialect
    tolerance: Tolerance = field(default_factory=Tolerance)
    fairness: Fairness = "bounded"
    bound: float = 1.0
    turn: float = 1.0
    trust_service_time: bool = False
    delete_on_release: bool = False
    keep: float = 7 * 86400.0
    acquired_by: str | None = None
    names: tuple[str | None, str | None] = (None, None)
    table: str = ""


class Keeper:
    """One lock client: its table, its clocks and its memory.

    Attributes:
        runtime: time, sleep and chance.
        store: the table.
        settings: how it is set up.
        clock: between which times the service's clock must be.
        observations: what it has seen of the locks of others.
        lines: its own tasks that wait.
        roster: the tenures that are to be renewed.
        guard: held for the few instructions that change what is shared.
        new_version: makes record version numbers, each of them once.
        on_trouble: told of a heartbeat that failed, and why; None: nobody is.
        renew: sees that a tenure is renewed from now on.
        tell: told of what people may want to know: the event, a sentence, the lock, and
            for how long it was waited for.
    """

    __slots__ = (
        "_ghosts",
        "_introduced",
        "_tokens",
        "clock",
        "guard",
        "lines",
        "new_version",
        "observations",
        "on_trouble",
        "renew",
        "roster",
        "runtime",
        "settings",
        "store",
        "tell",
    )

    def __init__(
        self,
        runtime: Runtime,
        store: Store,
        settings: Settings,
        *,
        guard: AbstractContextManager[Any] | None = None,
        new_version: Callable[[], str] | None = None,
    ) -> None:
        """Start without a lock; `guard` may be left out on one thread."""
        self.runtime: Runtime = runtime
        self.store: Store = store
        self.settings: Settings = settings
        self.guard: AbstractContextManager[Any] = guard or nullcontext()
        self.new_version: Callable[[], str] = new_version or _random_version
        self.clock: ServiceClock = ServiceClock(settings.tolerance)
        self.observations: Observations = Observations(self.clock, settings.owner)
        self.lines: Lines = Lines(runtime, self.guard)
        self.roster: Roster = Roster(runtime, self.guard)
        self.on_trouble: Callable[[Tenure, Exception], object] | None = None
        self.renew: Callable[[Tenure], object] = self._plan
        self.tell: Callable[[str, str, Place, float], object] = _nobody_hears
        self._ghosts: dict[Place, dict[str, None]] = {}
        self._tokens: dict[Place, int] = {}
        self._introduced: bool = False

    def introduce(self) -> bool:
        """Tell whether the service's time is yet to be asked for; only once it is."""
        first, self._introduced = not self._introduced, True
        return first and not self.clock.known

    @property
    def deletes(self) -> bool:
        """Tell whether releases delete rows, and with them the last token."""
        dialect = self.settings.dialect
        wanted = self.settings.delete_on_release or dialect.deletes
        return dialect.token is not None and wanted

    def now(self) -> float:
        """Tell the time on the clock that leases are measured by."""
        return self.runtime.boottime()

    async def ask(self, call: Coroutine[Any, Any, A]) -> A:
        """Make a call of the store, and hear what time the service has.

        Raises:
            StoreTrouble: it failed for now.
        """
        sent = self.now()
        try:
            answer = await call
        except StoreTrouble as trouble:
            self.clock.hear(sent, self.now(), trouble.date)
            raise
        self.clock.hear(sent, self.now(), answer.date)
        return answer

    def record(self, row: Row) -> LockRecord:
        """Read a row."""
        return self.settings.dialect.decode(row, *self.settings.names)

    def mark(self, row: Row) -> str | None:
        """Return what tells this version of a row from any other; None if unreadable.

        It is the attribute that conditions are about.
        """
        value: Any = row.get(self.settings.dialect.identity[0])
        if not isinstance(value, dict):
            return None
        found: Any = cast("dict[str, Any]", value).get("S")
        return found if isinstance(found, str) else None

    def mine(self, row: Row | None, versions: tuple[str, ...]) -> str | None:
        """Return which of these versions a row shows, held or released."""
        mark = None if row is None else self.mark(row)
        return mark if mark in versions else None

    def service_time(self) -> datetime:
        """Return a date that the service's clock has not passed.

        It is the local date where no answer has told its own.
        """
        latest = self.clock.latest(self.now())
        if not isfinite(latest):
            return self.runtime.moment()
        return datetime.fromtimestamp(latest, UTC)

    def date(self) -> float:
        """Return the date in seconds since 1970, as near to the service's as can be.

        It is the local one where that is not certainly wrong.
        """
        now, local = self.now(), self.runtime.moment().timestamp()
        return min(max(local, self.clock.earliest(now)), self.clock.latest(now))

    def seed(self, place: Place) -> int:
        """Return what the token of a new row counts from, in milliseconds since 1970.

        A row is deleted only when the service's clock has certainly passed its token.
        So whatever a seed is that was larger than the service's time when it arrived
        there, it is larger than any token before it. `_SLACK` is for its way.
        """
        latest = self.service_time().timestamp() + _SLACK
        return max(int(latest * 1000), self._tokens.get(place, 0))

    def arrived_in_time(self, seed: int) -> bool:
        """Tell whether a seed that has just had its answer was certainly large enough.

        Where answers have no dates, nobody can tell, and local dates have to do.
        """
        return not self.clock.known or seed >= self.clock.latest(self.now()) * 1000

    def passed(self, token: int) -> float:
        """Tell in how many seconds the service's clock will have passed a token."""
        earliest = self.clock.earliest(self.now())
        if not isfinite(earliest):
            earliest = self.runtime.moment().timestamp()
        return max(0.0, (token / 1000 - earliest) * (1 + self.settings.tolerance.rate))

    def spend(self, place: Place, token: int) -> None:
        """Remember the last token of a lock."""
        with self.guard:
            self._tokens.pop(place, None)
            self._tokens[place] = token
            while len(self._tokens) > _HAUNTED:
                del self._tokens[next(iter(self._tokens))]

    def holding(self, version: str, lease: float, data: bytes | str | None) -> Holding:
        """Return what a row of ours is to say."""
        at = self.service_time()
        return Holding(
            owner=self.settings.owner,
            lease=lease,
            version=version,
            data=data,
            heartbeat_at=at if self.clock.known else None,
            expires_at=at + timedelta(seconds=min(lease, LONGEST) + self.settings.keep),
            acquired_by=self.settings.acquired_by,
        )

    def haunt(self, place: Place, versions: tuple[str, ...]) -> None:
        """Remember versions that nobody of ours holds, though they may be in the row.

        Who finds one there need not wait until it is stale.
        """
        with self.guard:
            ghosts = self._ghosts.setdefault(place, {})
            ghosts.update(dict.fromkeys(versions))
            while len(ghosts) > _GHOSTS:
                del ghosts[next(iter(ghosts))]
            while len(self._ghosts) > _HAUNTED:
                del self._ghosts[next(iter(self._ghosts))]

    def is_ghost(self, place: Place, version: str) -> bool:
        """Tell whether a version was ours, and nobody holds it any more."""
        return version in self._ghosts.get(place, ())

    def seat(self, tenure: Tenure, me: object) -> None:
        """Begin to renew what a contender has obtained, and look after it."""
        self.lines.sit(tenure, me)
        tenure.on_lost(self._lost)
        if self.settings.dialect.beat is not None:
            self.renew(tenure)

    def _plan(self, tenure: Tenure) -> None:
        self.roster.plan(tenure)

    def vacate(self, tenure: Tenure) -> None:
        """Let the next task of this client contend."""
        self.lines.leave(tenure.place, tenure)

    def _lost(self, tenure: Tenure) -> None:
        self.roster.drop(tenure)
        if tenure.lost == "expired":
            self.haunt(tenure.place, tenure.versions)
        self.vacate(tenure)

    def disown(self, guard: AbstractContextManager[Any] | None) -> None:
        """Hold nothing any more: this process is a copy of the one that does.

        Args:
            guard: takes the place of the one that it had; None: it stays.
        """
        held = self.lines.tenures
        self.guard = self.guard if guard is None else guard
        self.lines = Lines(self.runtime, self.guard)
        self.roster = Roster(self.runtime, self.guard)
        for tenure in held:
            tenure.disown()

    def forsake(self, tenure: Tenure, holder: object) -> None:
        """Give up a tenure without a call, if it is still in the hands of this one.

        Whoever comes next here may take it; for all others it lapses.
        """
        if tenure.holder is not holder:
            return
        if not tenure.ended:
            tenure.ended = True
            self.haunt(tenure.place, tenure.versions)
        self.roster.drop(tenure)
        self.vacate(tenure)


def _nobody_hears(*_: object) -> None:
    """Be deaf."""


def _random_version() -> str:
    return str(uuid4())
