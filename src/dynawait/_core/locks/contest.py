"""What a contender does next, given what it last saw: pure.

A read costs less than a refused write. So a contender writes only when it believes to
be next, and rests between its looks: shortly at first, longer the longer the present
holder stays, and to the very instant at which it would be stale. Who stands in line
knows how many are before it, and by the fencing tokens how fast the lock goes round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from .rhythm import pause
from .store import LINE, First, Free, Held

if TYPE_CHECKING:
    from typing import TypeAlias

    from ...locks.records import LockRecord
    from .keeper import Settings
    from .store import Condition, Row

    Move: TypeAlias = "Take | StandInLine | Rest"

QUICK = 0.05
"""The first rest of a contender, in seconds."""
STEADY = 0.25
"""The rest while nothing better is known, in seconds."""
SLOW = 2.0
"""The longest rest, in seconds."""
_SHORTEST = 0.015
"""The shortest, for who is next where the lock goes round fast."""
_SHARE = 1 / 20
"""A rest as a part of the time for which the present holder has been seen."""
_LONG = 0.2
"""Who waits for shorter holds than this need not know how long they are."""
_SPREAD = 0.2
"""By what share rests are longer or shorter, at random."""
_SMALL_SPREAD = 0.1
"""The same, for rests until a lock is likely to be free."""
LONGEST_LINE = 64


@dataclass(frozen=True, slots=True)
class Take:
    """Write, on this condition."""

    condition: Condition
    line: First | None


@dataclass(frozen=True, slots=True)
class StandInLine:
    """Put one's name at the end of the line."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Wait, and then look.

    Attributes:
        soonest: the shortest rest, in seconds.
        latest: the longest; what lies between is as good.
    """

    soonest: float
    latest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a contender knows.

    Attributes:
        record: what is in the row; None: there is none.
        version: what conditions are about.
        line: the names of those who stand in line, the first one first.
        lined: whether the line can be read, or there is none.
        age: for how long the row has certainly been so, in seconds.
        gone: for how long its holder has certainly been gone, whatever the age, in
            seconds; negative where it may be there.
        tenancy: for how long the present holder has been seen.
        pace: in how many seconds the lock goes from one holder to the next; None where
            no change was seen.
        holds: how long the lock was held lately, in seconds.
        held: for how long it is held now, by the row; None: that is not known.
        waited: for how long the contender has waited.
        name: the contender's own name in the line.
    """

    record: LockRecord | None
    version: str | None
    line: tuple[str, ...]
    lined: bool
    age: float
    gone: float
    tenancy: float
    pace: float | None
    holds: tuple[float, ...]
    held: float | None
    waited: float
    name: str


def next_move(scene: Scene, settings: Settings) -> Move:
    """Tell what to do next."""
    record = scene.record
    if record is None:
        # There is no row; but where there is one by then, there may be a line.
        return Take(Free(), None if settings.dialect.release is None else First())
    place = _place(scene)
    turn = place * settings.turn
    free_for = _free_for(scene, settings)
    if free_for >= turn:
        condition = Free() if record.released else Held((scene.version or "",))
        return Take(condition, _passing(scene, settings, place))
    if _wants_line(scene, settings):
        return StandInLine()
    return _rest(scene, settings, place, turn - free_for)


def _free_for(scene: Scene, settings: Settings) -> float:
    """Tell for how long the lock has been free; negative: free in so many seconds."""
    record = scene.record
    if record is None or record.released:
        return scene.age
    if record.lease is None:
        return scene.gone
    return max(scene.gone, scene.age - settings.tolerance.over(record.lease))


def _place(scene: Scene) -> int:
    """Return how many stand before this contender."""
    if scene.name in scene.line:
        return scene.line.index(scene.name)
    return len(scene.line)


def _passing(scene: Scene, settings: Settings, place: int) -> First | None:
    """Return whom to take off the line: those who did not come, and oneself."""
    if settings.dialect.release is None or not scene.lined:
        return None
    mine = 1 if scene.name in scene.line else 0
    return First(scene.line[: place + mine])


def _wants_line(scene: Scene, settings: Settings) -> bool:
    if settings.fairness == "barging" or scene.name in scene.line or not scene.lined:
        return False
    if settings.dialect.release is None or len(scene.line) >= LONGEST_LINE:
        return False  # a row that is deleted takes its line with it
    if settings.fairness == "fifo":
        return True
    # Who was not overtaken yet needs no place in line.
    overtaken = scene.pace is not None or bool(scene.line)
    return overtaken and scene.waited >= settings.bound


def _rest(scene: Scene, settings: Settings, place: int, until_turn: float) -> Rest:
    """Return how long to rest: to the very turn, where that is near."""
    usual = min(max(QUICK, 2 * scene.waited), STEADY)
    if scene.name in scene.line:
        if scene.pace is not None:
            usual = max(_SHORTEST, scene.pace * (0.2 + 0.4 * place))
        # Whoever is first in line and sleeps for longer than a turn is passed over.
        usual = min(usual, settings.turn * (1 + place) / 2)
    usual = min(max(usual, scene.tenancy * _SHARE), SLOW)
    known = _known(scene, place)
    if known is not None:
        longest = max(usual, settings.turn / 2) if scene.name in scene.line else SLOW
        usual = min(pause(scene.holds, known, QUICK, usual), longest)
    if until_turn <= usual * (1 + _SPREAD):
        return Rest(until_turn, until_turn)
    spread = _SPREAD if known is None else _SMALL_SPREAD
    return Rest(usual * (1 - spread), usual * (1 + spread))


def _known(scene: Scene, place: int) -> float | None:
    """Return for how long the lock is held, where that helps the contender.

    It does not help whoever is not next, or would come too late all the same.
    """
    overtaken = scene.pace is not None and scene.name not in scene.line
    if place or overtaken or not scene.holds or max(scene.holds) < _LONG:
        return None
    return scene.held


def is_lined(row: Row | None) -> bool:
    """Tell whether the line of a row can be read, or there is none."""
    return line_of(row) != () or (row or {}).get(LINE) in (None, {"L": []})


def line_of(row: Row | None) -> tuple[str, ...]:
    """Return who stands in line by a row; nobody where that cannot be read."""
    listed: Any = (row or {}).get(LINE)
    members: Any = (
        cast("dict[str, Any]", listed).get("L") if isinstance(listed, dict) else None
    )
    if not isinstance(members, list):
        return ()
    names: list[str] = []
    for member in cast("list[object]", members):
        if not isinstance(member, dict):
            return ()
        name: Any = cast("dict[str, Any]", member).get("S")
        if not isinstance(name, str):
            return ()
        names.append(name)
    return tuple(names)
