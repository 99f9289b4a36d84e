"""What a run leaves behind, and what it is to whoever comes then."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from dynawait._core.locks.acquire import Request, acquire
from dynawait._core.locks.contest import SLOW, line_of
from dynawait.testing._locks.remote import RemoteStore

from .judges import DRIFT, MARGIN, TURN, Violation
from .script import CALM

if TYPE_CHECKING:
    from dynawait._core.locks.keeper import Keeper
    from dynawait._core.locks.store import Place, Row
    from dynawait.testing._locks.world import Actor

    from .script import Script
    from .stage import Stage

_CALLS = 0.2
"""For what somebody does besides waiting, in calm weather, in seconds."""
_SWEPT = 3.0
"""For the deletion of rows, which waits until their tokens cannot come back."""
_TURN_TAKEN = 5.0
"""For what lies between two tenures, at the most, where nothing goes wrong."""


class Aftermath:
    """Judges a run by what it leaves behind."""

    def __init__(self, stage: Stage) -> None:
        """Take the run."""
        self._stage = stage

    def judge(self) -> None:
        """Judge a run that has come to its end.

        Raises:
            Violation: a rule is broken.
        """
        stage, script = self._stage, self._stage.script
        if script.clears and stage.world.time > horizon(script):
            raise Violation("ends", f"it took until {stage.world.time:.0f} s")
        self._is_tidy()
        if stage.judge.strict:
            self._is_open_to_newcomers()

    def is_in_time(self, waited: float) -> None:
        """Judge that who has waited in vain for some seconds is told so in time."""
        script = self._stage.script
        if script.wait is None or not is_calm(script):
            return
        deletes = script.delete_on_release or script.dialect.deletes
        after = _CALLS + (_SWEPT if deletes else 1.0)
        if waited > script.wait / (1 - DRIFT) + after:
            raise Violation("ends", f"it waited {waited:.1f} s for {script.wait:g} s")

    def _is_tidy(self) -> None:
        """Where nothing goes wrong nothing is left; a turn never is."""
        stage = self._stage
        for actor, keeper in stage.cast:
            if not actor.dead and (keeper.lines._lines or len(keeper.roster)):
                raise Violation("left", f"{actor.name} still has a turn or a tenure")
        if not is_calm(stage.script) or stage.script.crashes:
            return
        for place, row in stage.table.rows.items():
            if stage.table.is_held(row) or line_of(row):
                raise Violation("left", f"{place} is left behind: {row}")

    def _is_open_to_newcomers(self) -> None:
        """Let somebody come for each lock, and wait as for a dead holder."""
        stage = self._stage
        table, world = stage.table, stage.world
        began, took = world.time, dict[str, float]()
        patience = {place: self._patience(row) for place, row in table.rows.items()}
        for place in patience:
            actor, keeper = stage.enlist(f"newcomer at {place}")
            keeper.store = RemoteStore(actor, table, CALM)
            actor.start(self._come(actor, keeper, place, took))
        world.run(until=began + max(patience.values(), default=0.0))
        if world.failures:
            raise world.failures[0]
        for place, longest in patience.items():
            time = took.get(f"newcomer at {place}", inf) - began
            if time > longest:
                raise Violation("outlived", f"{place} was free after {time:.1f} s")
            stage.judge.seen["newcomers"] += 1

    async def _come(
        self, actor: Actor, keeper: Keeper, place: Place, took: dict[str, float]
    ) -> None:
        await acquire(keeper, Request(place, 4.0))
        took[actor.name] = actor.world.time

    def _patience(self, row: Row) -> float:
        stage = self._stage
        lease = stage.table.record(row).lease or 0.0
        over = lease * (1 + DRIFT) + MARGIN if stage.table.is_held(row) else 0.0
        return (over + len(line_of(row)) * TURN) / (1 - DRIFT) + _CALLS


def is_calm(script: Script) -> bool:
    """Tell whether nothing goes wrong with calls, nor with clocks or processes."""
    weather = script.weather
    trouble = weather.throttled + weather.dropped + weather.lost + weather.late
    befalls = script.pauses or script.suspends or script.jumps
    return not (trouble or weather.twice or befalls or weather.latency[1] > SLOW / 10)


def horizon(script: Script) -> float:
    """Return when the last must have come to an end, where the weather clears.

    From then on each attempt may find a lock that nobody holds any more, once.
    """
    attempts = (script.actors + script.crashes) * script.tasks * script.rounds
    each = script.rest + script.hold + 1.2 * script.lease + _TURN_TAKEN
    begins = script.span + 2 * script.longest_pause + script.weather.lateness
    return begins + attempts * each / (1 - DRIFT)
