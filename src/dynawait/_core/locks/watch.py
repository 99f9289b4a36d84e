"""What a contender has seen of its lock: who holds it, for how long, and how fast."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from .contest import Scene, is_lined, line_of
from .rhythm import holds_of, since_of

if TYPE_CHECKING:
    from collections.abc import Container

    from ...locks.records import LockRecord
    from .keeper import Keeper
    from .store import Place, Row

_MOST_TURNS = 1000
"""More holders than this between two looks are no holders: the tokens have leapt."""


class Watch:
    """What one contender has seen of a lock, from its first look on.

    Attributes:
        row: what was seen last; None: there is none, or nothing was seen.
        record: what the row says.
    """

    __slots__ = (
        "_changed_at",
        "_holder",
        "_keeper",
        "_pace",
        "_place",
        "_sent",
        "_started",
        "record",
        "row",
    )

    def __init__(
        self, keeper: Keeper, place: Place, started: float, sent: Container[str]
    ) -> None:
        """Start with nothing seen.

        Args:
            keeper: the client.
            place: where the lock lies.
            started: since when the contender waits, on the clock of `boottime`.
            sent: the versions that it has sent, and may find in the row.
        """
        self.row: Row | None = None
        self.record: LockRecord | None = None
        self._keeper = keeper
        self._place = place
        self._started = started
        self._sent = sent
        self._holder: tuple[object, float] = (None, started)
        self._changed_at = started
        self._pace: float | None = None

    @property
    def token(self) -> int:
        """The last token that was given, as far as the row tells."""
        return 0 if self.record is None else self.record.fencing_token or 0

    def see(self, row: Row | None) -> None:
        """Take what a call has shown."""
        keeper = self._keeper
        before, now = self.record, keeper.now()
        if row is None or row != self.row:
            self.record = None if row is None else keeper.record(row)
        self.row = row
        self._measure(before, self.record, now)
        keeper.observations.note(self._place, self.record, now)

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

    def scene(self, name: str) -> Scene:
        """Return what it knows now who stands in line by this name."""
        keeper, record = self._keeper, self.record
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
            lined=is_lined(self.row),
            age=0.0 if record is None else self._age(record, now),
            gone=self._gone(record, version, now) if record and held else -inf,
            tenancy=now - self._holder[1],
            pace=self._pace,
            holds=holds_of(self.row),
            held=self._held(),
            waited=now - self._started,
            name=name,
        )

    def _gone(self, record: LockRecord, version: str | None, now: float) -> float:
        """Tell for how long a holder is gone whom we have not watched for a lease.

        Who finds a write of its own that nobody stands for any more knows that it has
        been in vain all the while, and no sooner than the others would.
        """
        keeper = self._keeper
        if version is not None and self._is_in_vain(version):
            return self._age(record, now)
        beat, lease = record.heartbeat_at, record.lease
        if not keeper.settings.trust_service_time or beat is None or lease is None:
            return -inf
        silent = keeper.clock.earliest(now) - beat.timestamp()
        return silent - keeper.settings.tolerance.over(lease)

    def _held(self) -> float | None:
        since = since_of(self.row)
        return None if since is None else max(0.0, self._keeper.date() - since)

    def victim(self) -> tuple[LockRecord | None, float]:
        """Return who seems to hold the lock and is dead, and for how long."""
        keeper, record = self._keeper, self.record
        version = None if self.row is None else keeper.mark(self.row)
        if record is None or record.released or version is None:
            return None, 0.0
        if self._is_in_vain(version):
            return None, 0.0
        return record, self._age(record, keeper.now())

    def _is_in_vain(self, version: str) -> bool:
        """Tell whether a version is of our own, and nobody holds the lock by it."""
        return version in self._sent or self._keeper.is_ghost(self._place, version)

    def _age(self, record: LockRecord, now: float) -> float:
        return self._keeper.observations.age(self._place, record, now)
