"""Locks that are broken on purpose: their tokens, their line, or their end."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

from dynawait._core.locks import (
    acquire,
    begun,
    contender,
    contest,
    holding,
    keeper,
    lines,
    readwrite,
    release,
    semaphore,
    several,
    timing,
    watch,
)
from dynawait.testing._locks.remote import Weather

from .mutant import mutant, mutants_of

if TYPE_CHECKING:
    import pytest


CALM_BUT_CANCELLED: dict[str, Any] = {
    "cancels": 3,
    "pauses": 0,
    "suspends": 0,
    "crashes": 0,
    "span": 1.0,
    "fairness": "fifo",
    "weather": Weather(latency=(0.005, 0.05)),
}


@mutant("order")
def tokens_begin_anew(patch: pytest.MonkeyPatch) -> None:
    """Whoever takes a lock over begins to count where he likes."""
    original = contender.Contender.prepare

    def prepare(self: Any, move: Any, **options: Any) -> Any:
        version, change = original(self, move, **options)
        token = self.keeper.settings.dialect.token
        if token in change.set:
            change = replace(change, set={**change.set, token: {"N": "17"}})
        return version, change

    patch.setattr(contender.Contender, "prepare", prepare)


@mutant("order", delete_on_release=True)
def deleted_rows_forget_their_token(patch: pytest.MonkeyPatch) -> None:
    """The tokens of a new row do not count from the time."""
    patch.setattr(keeper.Keeper, "seed", lambda self, place: 0)


@mutant("order", tasks=3)
def heirs_share_a_token(patch: pytest.MonkeyPatch) -> None:
    """A lock is handed on with the token of the task before."""
    original = holding.Grant.__init__

    def init(self: Any, tenure: Any, since: float) -> None:
        tokens = tenure.tokens
        original(self, tenure, since)
        tenure.tokens = tokens

    patch.setattr(holding.Grant, "__init__", init)


@mutant("shared", kind="permit")
def one_permit_too_many(patch: pytest.MonkeyPatch) -> None:
    """A semaphore has one more than was said."""
    original = several.obtain_any

    def obtain_any(begun: Any, requests: Any) -> Any:
        more = semaphore.permit(requests[0].place, 99)
        return original(begun, [*requests, replace(requests[0], place=more)])

    patch.setattr(semaphore, "obtain_any", obtain_any)


@mutant("shared", kind="readwrite")
def writer_leaves_one_permit(patch: pytest.MonkeyPatch) -> None:
    """A writer takes all permits but one."""
    original = several.obtain_all

    def obtain_all(begun: Any, requests: Any, **options: Any) -> Any:
        return original(begun, requests[1:], **options)

    patch.setattr(readwrite, "obtain_all", obtain_all)


@mutant("whole", kind="all")
def several_one_by_one(patch: pytest.MonkeyPatch) -> None:
    """Several locks are taken one after the other."""

    async def acquire_all(keeper: Any, requests: Any) -> Any:
        ordered = sorted(requests, key=several._order)
        return [await acquire.acquire(keeper, each) for each in ordered]

    patch.setattr("tests.simulation.locks.wants.acquire_all", acquire_all)


@mutant("ends", kind="all", tasks=3, wait=None)
def several_in_any_order(patch: pytest.MonkeyPatch) -> None:
    """Tasks of one client queue for several locks in the order of their wishes."""
    order = iter(range(10**9))
    patch.setattr(several, "_order", lambda request: (str(next(order) % 7), ""))


@mutant("turn", fairness="fifo")
def nobody_minds_the_line(patch: pytest.MonkeyPatch) -> None:
    """Whoever finds the lock free takes it, and the line goes with it."""
    patch.setattr(contest, "_place", lambda scene: 0)
    patch.setattr(contest, "_passing", lambda scene, settings, place: None)


@mutant("turn", fairness="fifo")
def the_line_waits_too_short(patch: pytest.MonkeyPatch) -> None:
    """Those who stand in line are passed as soon as they are late."""
    original = contest._free_for
    patch.setattr(contest, "_free_for", lambda *scene: original(*scene) + 0.5)


@mutant("turn", "alone", fairness="fifo", tasks=3)
def ghosts_pass_the_line(patch: pytest.MonkeyPatch) -> None:
    """Whoever finds a write of its own that came to nothing takes the lock at once."""
    original = watch.Watch._gone

    def gone(self: Any, *args: Any) -> float:
        return inf if original(self, *args) >= 0 else -inf

    patch.setattr(watch.Watch, "_gone", gone)


@mutant("outlived", wait=0.0)
def nobody_takes_over(patch: pytest.MonkeyPatch) -> None:
    """A lock whose holder is dead stays held."""
    original = contest._free_for

    def free_for(scene: Any, settings: Any) -> float:
        record = scene.record
        held = record is not None and not record.released
        return -inf if held else original(scene, settings)

    patch.setattr(contest, "_free_for", free_for)


@mutant("outlived")
def takes_over_late(patch: pytest.MonkeyPatch) -> None:
    """A dead holder's lock is watched for two leases."""
    original = timing.Tolerance.over
    patch.setattr(
        timing.Tolerance, "over", lambda self, lease: 2 * original(self, lease)
    )


@mutant("outlived")
def the_dead_keep_their_place(patch: pytest.MonkeyPatch) -> None:
    """Who stands in line and does not come is waited for, three turns each."""
    original = contest._place
    patch.setattr(contest, "_place", lambda scene: 3 * original(scene))


@mutant("left", **CALM_BUT_CANCELLED)
def nothing_is_undone(patch: pytest.MonkeyPatch) -> None:
    """Who gives up waiting leaves behind what it has written."""

    async def undo(self: Any) -> None:
        return None

    patch.setattr(begun, "_abandon", undo)


@mutant("left", tasks=3, wait=0.0)
def a_turn_is_not_given_on(patch: pytest.MonkeyPatch) -> None:
    """A task that has waited in vain keeps the turn of its client."""
    patch.setattr(lines.Lines, "leave", lambda *args: None)


@mutant("told")
def says_lost_of_what_was_freed(patch: pytest.MonkeyPatch) -> None:
    """A release whose first answer was lost is told to have come too late."""

    def was_ours(*args: Any, **options: Any) -> bool:
        return False

    patch.setattr(release, "_was_ours", was_ours)


MUTANTS = mutants_of(globals())
TOKENS = [tokens_begin_anew, deleted_rows_forget_their_token, heirs_share_a_token]
