"""A lock that is held: how long for certain, and how it may be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...errors import LostReason
    from ...locks.outcomes import ReleaseOutcome
    from ...locks.records import LockRecord
    from .retrying import Retry
    from .store import Place
    from .timing import Tolerance


class Tenure:
    """A row that is ours.

    Its versions are those that may be in the row: the one that was last seen there and
    every one sent since, whose answer was not seen. Each is sent once, so a row that
    shows one proves when it was written at the earliest.

    Attributes:
        place: where the lock lies.
        lease: for how long a sign of life counts, in seconds.
        heartbeat: seconds between two of them; None: the caller renews.
        data: what the row carries.
        tokens: the fencing tokens reserved and not handed out yet, the next one first.
        token: the one in the row, the last of those that were reserved.
        since: when it began, on the clock of `boottime`.
        beaten: when the last sign of life was sent that got through, on that clock.
        until: when it ends unless it is renewed, on that clock.
        lost: how it was lost, if it was.
        thief: what was seen in the row of one that was stolen.
        ended: whether it was given back.
        disowned: whether this is the copy of a process that has it.
        wanted: whether somebody of another client stands in line for it.
        checked: whether a transaction of the caller's own may rest on the row as it is.
        holder: the grant that it is in the hands of; the contender that it was handed
            to, until that one has taken it.
        holds: how long the lock was held before it, the latest last, in seconds.
        retry: how long to wait after a heartbeat that failed for now.
    """

    __slots__ = (
        "_chance",
        "_on_lost",
        "_tolerance",
        "_versions",
        "beaten",
        "checked",
        "data",
        "disowned",
        "ended",
        "heartbeat",
        "holder",
        "holds",
        "lease",
        "lost",
        "place",
        "retry",
        "since",
        "thief",
        "token",
        "tokens",
        "until",
        "wanted",
    )

    def __init__(
        self,
        place: Place,
        *,
        tolerance: Tolerance,
        lease: float,
        heartbeat: float | None,
        data: bytes | str | None,
        versions: dict[str, float],
        tokens: range,
        retry: Retry,
    ) -> None:
        """Begin with what the acquisition has sent, as `sent` and `confirm` want it."""
        self.place: Place = place
        self.lease: float = lease
        self.heartbeat: float | None = heartbeat
        self.data: bytes | str | None = data
        self.tokens: range = tokens
        self.token: int = tokens[-1] if tokens else 0
        self.lost: LostReason | None = None
        self.thief: LockRecord | None = None
        self.ended: bool = False
        self.disowned: bool = False
        self.wanted: bool = False
        self.checked: bool = False
        self.holder: object = None
        self.holds: tuple[float, ...] = ()
        self.retry: Retry = retry
        self._chance: list[None] = [None]
        self._tolerance = tolerance
        self._versions = versions
        self._on_lost: list[Callable[[Tenure], object]] = []
        self.since: float = next(iter(versions.values()))
        self.beaten: float = self.since
        self.until: float = self.since

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version that may be in the row, the oldest first."""
        return tuple(self._versions)

    def sent(self, version: str, at: float) -> None:
        """Take a version that is about to be sent."""
        self._versions[version] = at

    def unsent(self, version: str) -> None:
        """Take back a version of which it is certain that it was not written."""
        self._versions.pop(version, None)

    def confirm(self, version: str) -> None:
        """Take a version that was in the row: the lease counts from its sending.

        Those sent before it cannot come any more: they were to replace what was there
        before.
        """
        at = self._versions.get(version)
        if at is None:
            return
        for older in list(self._versions):
            if older == version:
                break
            self._versions.pop(older, None)  # another thread may confirm as well
        self.beaten = max(self.beaten, at)
        self.until = max(self.until, at + self._tolerance.certain(self.lease))

    def remaining(self, now: float) -> float:
        """Tell for how many seconds it is certainly ours; 0 when it is over."""
        self.look(now)
        if self.lost is not None or self.ended:
            return 0.0
        return self.until - now

    def look(self, now: float) -> None:
        """Settle that it has expired, once it has."""
        if now >= self.until and not self.ended:
            self.lose("expired")

    def lose(self, reason: LostReason) -> None:
        """Settle that it is lost; only the first reason counts."""
        if self.ended:
            return
        try:
            self._chance.pop()  # of several threads only one can
        except IndexError:
            return
        self.lost = reason
        told, self._on_lost = self._on_lost, []
        for tell in told:
            tell(self)

    def disown(self) -> None:
        """Be over without a word or a call: a copy of this process holds nothing."""
        self._chance.clear()
        self._on_lost.clear()
        self.lost = self.lost or "expired"
        self.ended = self.disowned = True

    def on_lost(self, tell: Callable[[Tenure], object]) -> None:
        """Have somebody told once, when it is lost; at once if it is already."""
        if self.lost is not None:
            tell(self)
        else:
            self._on_lost.append(tell)


class Grant:
    """What one task was granted: a tenure, and a token of its own.

    Attributes:
        tenure: the row.
        token: the fencing token; 0 where the dialect has none.
        since: since when this task has it, on the clock of `boottime`.
        given_back: whether it was released or handed on, or that has begun.
        handed_on: whether the next task has it.
        outcome: how its release ended; None before, and where that was interrupted.
    """

    __slots__ = (
        "_lost",
        "given_back",
        "handed_on",
        "outcome",
        "since",
        "tenure",
        "token",
    )

    def __init__(self, tenure: Tenure, since: float) -> None:
        """Take the next token."""
        self.tenure: Tenure = tenure
        self.since: float = since
        self.given_back: bool = False
        self.handed_on: bool = False
        self.outcome: ReleaseOutcome | None = None
        self.token: int = 0
        self._lost: LostReason | None = None
        if tenure.tokens:
            self.token = tenure.tokens[0]
            tenure.tokens = tenure.tokens[1:]
        tenure.holder = self

    @property
    def lost(self) -> LostReason | None:
        """How it was lost while it was this task's; None if it was not."""
        return self._lost if self.given_back else self.tenure.lost

    def give_back(self) -> None:
        """Settle that this task has done with it."""
        self._lost = self.lost
        self.given_back = True

    def was_lost(self) -> None:
        """Settle that its release has found another's row, or none."""
        self._lost = self._lost or self.tenure.lost or "stolen"

    def remaining(self, now: float) -> float:
        """Tell for how many seconds the lock is certainly this task's."""
        return 0.0 if self.given_back else self.tenure.remaining(now)
