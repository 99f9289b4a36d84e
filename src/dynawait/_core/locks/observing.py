"""What a client has seen of locks: which version, and for how long unchanged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from ...errors import InvalidArgumentError
from .store import Place

if TYPE_CHECKING:
    from ...locks.records import LockRecord
    from .timing import ServiceClock

_FORMAT = 1
_MOST = 10_000
"""How many locks are remembered; those looked at last are forgotten last."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One version of a row, and since when it has been there.

    Attributes:
        version: what was seen.
        released: whether it was released.
        since: after the read that first showed it, on the clock of `boottime`; it may
            lie before this process began, where the observation was imported.
        since_service: a time that the service's clock had not passed then, in seconds
            since 1970; None where it was not known.
        by: the owner name of the client that saw it first.
    """

    version: str
    released: bool
    since: float
    since_service: float | None
    by: str


class Observations:
    """All that the tasks of one client have seen, kept between their tries."""

    __slots__ = ("_by", "_clock", "_seen")

    def __init__(self, clock: ServiceClock, by: str) -> None:
        """Start with nothing seen."""
        self._clock = clock
        self._by = by
        self._seen: dict[Place, Observed] = {}

    def note(
        self,
        place: Place,
        record: LockRecord | None,
        now: float,
        *,
        spare: bool = False,
    ) -> None:
        """Take what a read or a refused write has shown.

        Args:
            place: where the lock lies.
            record: what was there; None: nothing.
            now: after the answer was here, on the clock of `boottime`.
            spare: whether nobody waits for this lock: then it takes no room from one
                that somebody may wait for.
        """
        if record is None or not record.readable:
            self._seen.pop(place, None)
            return
        known = self._seen.get(place)
        if known is not None and (known.version, known.released) == (
            record.version,
            record.released,
        ):
            if not spare:
                self._seen[place] = self._seen.pop(place, known)
            return
        if known is None and len(self._seen) >= _MOST:
            if spare:
                return
            # Threads share it: another one may have forgotten the same meanwhile, and
            # then there is one too many until somebody else comes.
            for oldest in list(self._seen)[: len(self._seen) - _MOST + 1]:
                self._seen.pop(oldest, None)
        latest = self._clock.latest(now)
        self._seen[place] = Observed(
            record.version,
            record.released,
            now,
            latest if isfinite(latest) else None,
            self._by,
        )

    def age(self, place: Place, record: LockRecord, now: float) -> float:
        """Tell for how long a row has certainly been as it is, in seconds.

        The dates of the service's answers count as well: they go on while nobody of
        ours watches.
        """
        known = self._seen.get(place)
        if known is None or known.version != record.version:
            return 0.0
        if known.released != record.released:
            return 0.0
        here = now - known.since
        if known.since_service is None:
            return here
        return max(here, self._clock.earliest(now) - known.since_service)

    def export(self, now: float) -> str:
        """Return what was seen as JSON, for a process to come.

        There are no times of a monotonic clock in it: a version, for how long it was
        watched, and since when by the service's own clock.
        """
        rows = [
            {
                "key": place.key,
                "sort_key": place.sort_key,
                "version": seen.version,
                "released": seen.released,
                "watched": round(now - seen.since, 3),
                "since": seen.since_service,
                "by": seen.by,
            }
            for place, seen in list(self._seen.items())
        ]
        return json.dumps({"format": _FORMAT, "observations": rows})

    def load(self, text: str, now: float) -> None:
        """Take what another process has exported.

        Raises:
            InvalidArgumentError: it is no export.
        """
        for place, seen in _read(text, now):
            self._seen.setdefault(place, seen)


def check_export(text: str) -> None:
    """Refuse what no client has exported.

    Raises:
        InvalidArgumentError: it is no export.
    """
    _read(text, 0.0)


def _read(text: str, now: float) -> list[tuple[Place, Observed]]:
    try:
        document = json.loads(text)
        _check_format(document["format"])
        rows: list[dict[str, Any]] = document["observations"]
        return [_imported(row, now) for row in rows]
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        problem = f"not what Observations.export returns: {error!r:.200}"
        raise InvalidArgumentError("observations", problem) from error


def _check_format(found: object) -> None:
    if found != _FORMAT:
        raise ValueError(found)


def _imported(row: dict[str, Any], now: float) -> tuple[Place, Observed]:
    watched = float(row["watched"])
    since = row["since"]
    if not (isfinite(watched) and watched >= 0):
        raise ValueError(watched)
    if since is not None and not isfinite(float(since)):
        raise ValueError(since)
    sort_key = row["sort_key"]
    seen = Observed(
        str(row["version"]),
        bool(row["released"]),
        now - watched,
        None if since is None else float(since),
        str(row["by"]),
    )
    return Place(str(row["key"]), None if sort_key is None else str(sort_key)), seen
