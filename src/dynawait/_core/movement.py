"""What moves while a change runs, since when, and whether this run has moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .loose import mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..events import Writer

_NAMED = 3


class Movement:
    """What moves while a change runs.

    Attributes:
        seen: what moves, in words, and since when that has been seen, in seconds.
        others: that part of it which this run did not start.
        writers: who called what, as far as it is known.
        requests: AWS's identifiers of the calls that this run made.
    """

    def __init__(self) -> None:
        """Know of nothing."""
        self.seen: dict[str, float] = {}
        self.others: dict[str, float] = {}
        self.writers: tuple[Writer, ...] = ()
        self.requests: set[str] = set()
        self._ours: frozenset[str] = frozenset()
        self._busy_since: float | None = None

    def look(self, moving: Iterable[str], now: float, *, in_flight: bool) -> None:
        """Take in what a look showed.

        What begins to move while a step is in flight counts as moved by it, until it
        is still.

        Args:
            moving: what moves, ``"index by-email is CREATING (backfilling)"``.
            now: the time, in seconds on the gateway's clock.
            in_flight: whether a step of this run is in flight.
        """
        words = {_thing(mover): mover for mover in moving}
        before = {_thing(mover): since for mover, since in self.seen.items()}
        self._ours = frozenset(
            thing
            for thing in words
            if thing in self._ours or (in_flight and thing not in before)
        )
        self.seen = {words[thing]: before.get(thing, now) for thing in words}
        self.others = {
            mover: since
            for mover, since in self.seen.items()
            if _thing(mover) not in self._ours
        }

    def answer(self, response: Mapping[str, Any]) -> None:
        """Note that a call was taken, by its answer."""
        self._busy_since = None
        number = text(
            mapping(mapping(response).get("ResponseMetadata")).get("RequestId")
        )
        if number:
            self.requests.add(number)

    def refuse(self, now: float) -> None:
        """Note that a call was refused because somebody is changing the table."""
        if self._busy_since is None:
            self._busy_since = now

    @property
    def blocked_since(self) -> float | None:
        """Since when others stand in the way, in seconds; None: they do not."""
        times = [*self.others.values()]
        if self._busy_since is not None:
            times.append(self._busy_since)
        return min(times, default=None)

    def told(self, now: float) -> str:
        """Say what others move, and since when; empty where nothing is seen."""
        return ", ".join(
            f"{mover} (for {now - since:.0f} s)" for mover, since in self.others.items()
        )

    def names(self) -> list[str]:
        """Say who called what, the newest calls first."""
        rest = len(self.writers) - _NAMED
        more = [f"and {rest} more"] if rest > 0 else []
        return [*map(str, self.writers[:_NAMED]), *more]


def _thing(mover: str) -> str:
    """Return what moves, whatever its status: the same in each phase of it."""
    return mover.partition(" is ")[0]
