"""What is to happen in one run: who contends, and what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from dynawait.locks.dialects import AMAZON, GO, PYTHON_DYNAMODB_LOCK
from dynawait.testing._locks.remote import Weather

if TYPE_CHECKING:
    from random import Random

    from dynawait._core.locks.keeper import Fairness
    from dynawait.locks.dialects import Dialect

Kind = Literal["one", "all", "permit", "readwrite"]
# The heart of it most of the time.
KINDS: tuple[Kind, ...] = ("one", "one", "one", "all", "permit", "readwrite")
DIALECTS = (AMAZON, AMAZON, AMAZON, GO, PYTHON_DYNAMODB_LOCK)
CALM = Weather(latency=(0.001, 0.02))
# Of three calls one comes to something, or else nobody gets anywhere in a lease.
WORST = 0.65


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is to happen in one run.

    Attributes:
        actors: how many processes there are.
        tasks: how many tasks each has.
        rounds: how often each task wants the lock.
        lease: in seconds.
        wait: for how long each task waits; None: for ever.
        hold: for how long it works, at the most.
        rest: for how long it does something else, at the most.
        beats: whether leases are renewed by themselves; else by hand, now and then.
        drift: by what share a clock may be wrong.
        shifts: how many times a clock goes faster or slower from then on.
        pauses: how many times somebody stands still.
        suspends: how many times the machine of somebody sleeps.
        longest_pause: of both, in seconds.
        crashes: how many processes are killed.
        heirs: whether another process follows, which knows what one of them has seen.
        cancels: how many tasks are cancelled.
        dates: how many times somebody's date is set.
        jumps: how many times a clock that leases are measured by jumps ahead.
        span: within how many seconds all of that happens.
        clears: whether the weather is calm after that.
    """

    actors: int = 3
    tasks: int = 1
    rounds: int = 3
    lease: float = 4.0
    wait: float | None = 30.0
    hold: float = 1.0
    rest: float = 1.0
    beats: bool = True
    drift: float = 0.05
    shifts: int = 0
    pauses: int = 0
    suspends: int = 0
    longest_pause: float = 0.0
    crashes: int = 0
    heirs: bool = False
    cancels: int = 0
    dates: int = 0
    jumps: int = 0
    span: float = 20.0
    clears: bool = True
    fairness: Fairness = "bounded"
    trust_service_time: bool = False
    delete_on_release: bool = False
    kind: Kind = "one"
    weather: Weather = field(default_factory=Weather)
    dialect: Dialect = AMAZON

    @classmethod
    def drawn(cls, random: Random) -> Script:
        """Draw what is to happen."""
        weather = drawn_weather(random)
        dialect = random.choice(DIALECTS)
        lease = random.choice((0.8, 2.0, 4.0, 10.0))
        # Without the service's dates a new row's token rests on a local date, so a row
        # that is deleted is then beyond what is promised.
        deletes = weather.dated and random.random() < 0.2
        if dialect.deletes and not weather.dated:
            dialect = AMAZON
        return cls(
            kind=random.choice(KINDS),
            dialect=dialect,
            actors=random.randint(2, 4),
            tasks=random.choice((1, 1, 2, 3)),
            rounds=random.randint(1, 3),
            lease=lease,
            wait=random.choice((0.0, lease, 30.0, None)),
            hold=random.choice((0.0, 0.05, 1.0, 1.5 * lease)),
            rest=random.choice((0.0, 0.5, 3.0)),
            beats=random.random() < 0.8,
            shifts=random.choice((0, 0, 3)),
            pauses=random.choice((0, 1, 4)),
            suspends=random.choice((0, 0, 1, 3)),
            longest_pause=random.choice((0.1, 1.0, 3.0)) * lease,
            crashes=random.choice((0, 0, 1, 2)),
            heirs=random.random() < 0.5,
            cancels=random.choice((0, 0, 1, 3)),
            dates=random.choice((0, 0, 2)),
            span=random.choice((1.0, 5.0, 20.0)),
            clears=random.random() < 0.5,
            fairness=random.choice(("barging", "bounded", "fifo")),
            trust_service_time=random.random() < 0.3,
            delete_on_release=deletes,
            weather=replace(weather, lateness=weather.lateness * lease),
        )


def drawn_weather(random: Random) -> Weather:
    """Draw how unkind the network is; lateness in leases."""
    trouble = random.choice((0.0, 0.02, 0.1, 0.3))
    shares = [trouble * random.random() * part for part in (1, 1, 1, 0.25, 0.25)]
    share = min(1.0, WORST / max(sum(shares), WORST))
    throttled, dropped, lost, late, twice = (share * each for each in shares)
    return Weather(
        latency=random.choice(((0.001, 0.005), (0.005, 0.05), (0.01, 0.5))),
        throttled=throttled,
        dropped=dropped,
        lost=lost,
        late=late,
        twice=twice,
        lateness=random.choice((0.2, 1.0, 3.0)),
        dated=random.random() < 0.95,
    )
