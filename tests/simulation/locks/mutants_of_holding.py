"""Locks that are broken on purpose, so that two may hold one.

Each is a mistake that a lock client may well have.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from dynawait._core.locks import (
    beating,
    contender,
    holding,
    keeper,
    observing,
    release,
    timing,
)
from dynawait._core.locks.store import Exact, Free, Held
from dynawait.testing._locks import memory, world

from .mutant import mutant, mutants_of

if TYPE_CHECKING:
    import pytest


UNRENEWED: dict[str, Any] = {
    "lease": 10.0,
    "beats": False,
    "hold": 30.0,
    "wait": None,
    "kind": "one",
    "fairness": "barging",
}
ANY = Exact({})


def without_condition(change: Any) -> Any:
    """Return a write that only asks that there is a row."""
    return replace(change, condition=ANY)


@mutant("alone", **UNRENEWED)
def holder_trusts_its_clock(patch: pytest.MonkeyPatch) -> None:
    """A holder counts on the whole lease, however slow its clock may be."""
    patch.setattr(timing.Tolerance, "certain", lambda self, lease: lease)


@mutant("alone", **UNRENEWED)
def observer_trusts_its_clock(patch: pytest.MonkeyPatch) -> None:
    """An observer waits for the lease, however fast its clock may be."""
    patch.setattr(timing.Tolerance, "over", lambda self, lease: lease)


@mutant("alone", "told")
def lease_counts_from_the_answer(patch: pytest.MonkeyPatch) -> None:
    """A lease counts from when its answer came, not from when it was asked for."""
    original = holding.Tenure.confirm

    def confirm(self: Any, version: str) -> None:
        original(self, version)
        self.until += 0.3 * self.lease

    patch.setattr(holding.Tenure, "confirm", confirm)


@mutant("alone")
def validity_is_a_flag(patch: pytest.MonkeyPatch) -> None:
    """A lease is valid until somebody has noticed that it is not."""

    def remaining(self: Any, now: float) -> float:
        over = self.lost is not None or self.ended
        return 0.0 if over else max(1.0, self.until - now)

    patch.setattr(holding.Tenure, "remaining", remaining)


@mutant("alone", suspends=3, heirs=False)
def clock_stops_in_suspend(patch: pytest.MonkeyPatch) -> None:
    """Leases are measured on a clock that stops while the machine sleeps."""
    original = world.Actor.suspend

    def suspend(self: Any, seconds: float) -> None:
        original(self, seconds)
        self.offset -= seconds * self.rate

    patch.setattr(world.Actor, "suspend", suspend)


@mutant("alone", "told")
def steals_whatever_is_there(patch: pytest.MonkeyPatch) -> None:
    """A stale lock is taken without asking whether it is still the one that was."""
    original = contender.Contender.prepare

    def prepare(self: Any, move: Any, **options: Any) -> Any:
        version, change = original(self, move, **options)
        stale = isinstance(change.condition, Held)
        return version, without_condition(change) if stale else change

    patch.setattr(contender.Contender, "prepare", prepare)


@mutant("alone", "order")
def takes_what_is_not_free(patch: pytest.MonkeyPatch) -> None:
    """A lock that was free when it was looked at is taken whatever has come since."""
    original = memory.Table._holds

    def holds(self: Any, row: Any, condition: Any) -> bool:
        return isinstance(condition, Free) or original(self, row, condition)

    patch.setattr(memory.Table, "_holds", holds)


@mutant("alone", "told")
def heartbeat_without_condition(patch: pytest.MonkeyPatch) -> None:
    """A sign of life is written over whatever is there."""
    original = beating._sign
    patch.setattr(beating, "_sign", lambda *args: without_condition(original(*args)))


@mutant("alone")
def release_without_condition(patch: pytest.MonkeyPatch) -> None:
    """A lock is freed whoever holds it by now."""
    original = release._freeing

    def freeing(*args: Any, **options: Any) -> Any:
        return without_condition(original(*args, **options))

    patch.setattr(release, "_freeing", freeing)


@mutant("alone")
def release_by_name(patch: pytest.MonkeyPatch) -> None:
    """A release asks for the owner's name, not for what he has written."""
    original = release._freeing

    def freeing(keeper: Any, *args: Any, **options: Any) -> Any:
        change = original(keeper, *args, **options)
        owner = keeper.settings.dialect.owner
        name = {owner: {"S": keeper.settings.owner}}
        return replace(change, condition=Exact(name))

    patch.setattr(release, "_freeing", freeing)


@mutant("alone", fairness="barging")
def what_is_seen_is_old(patch: pytest.MonkeyPatch) -> None:
    """An observer counts from the first version it saw, not from this one."""
    original = observing.Observations.note

    def note(self: Any, place: Any, record: Any, now: float) -> None:
        known = self._seen.get(place)
        original(self, place, record, now)
        if known is not None and place in self._seen and not known.released:
            self._seen[place] = replace(self._seen[place], since=known.since)

    patch.setattr(observing.Observations, "note", note)


@mutant("alone", heirs=True, crashes=3, fairness="barging")
def imports_as_if_watched(patch: pytest.MonkeyPatch) -> None:
    """What another has seen counts as watched while nobody watched."""
    original = observing._imported

    def imported(row: Any, now: float) -> Any:
        place, seen = original(row, now)
        return place, replace(seen, since=seen.since - 60)

    patch.setattr(observing, "_imported", imported)


@mutant("alone", trust_service_time=True, fairness="barging")
def trusts_a_local_date(patch: pytest.MonkeyPatch) -> None:
    """Signs of life bear the date of the machine they come from."""
    original = keeper.Keeper.holding

    def dated(self: Any, *args: Any) -> Any:
        at = self.runtime.moment().astimezone(UTC)
        return replace(original(self, *args), heartbeat_at=at)

    patch.setattr(keeper.Keeper, "holding", dated)


@mutant("alone", tasks=3)
def own_rows_are_ghosts(patch: pytest.MonkeyPatch) -> None:
    """Every version of one's own is taken for one that nobody holds."""
    original = contender.Contender.granted

    def granted(self: Any, version: str) -> Any:
        tenure = original(self, version)
        for other in others:
            other.haunt(self.request.place, (version,))
        others.add(self.keeper)
        return tenure

    others: set[Any] = set()
    patch.setattr(contender.Contender, "granted", granted)


MUTANTS = mutants_of(globals())
CLOCKS = [
    holder_trusts_its_clock,
    observer_trusts_its_clock,
    lease_counts_from_the_answer,
    validity_is_a_flag,
    clock_stops_in_suspend,
]
