"""A stage for locks: who contends, what goes wrong, and what must hold all the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from math import inf
from typing import TYPE_CHECKING, Any, Literal

from dynawait._core.locks.acquire import Request, acquire
from dynawait._core.locks.beating import keep_beating
from dynawait._core.locks.keeper import Keeper, Settings
from dynawait._core.locks.readwrite import acquire_read, acquire_write
from dynawait._core.locks.release import release
from dynawait._core.locks.semaphore import acquire_permit
from dynawait._core.locks.several import acquire_all
from dynawait._core.locks.store import Place
from dynawait._core.locks.timing import BEATS_A_LEASE, Tolerance
from dynawait.errors import LockTimeoutError
from dynawait.locks.dialects import AMAZON
from dynawait.testing._locks.memory import Table
from dynawait.testing._locks.remote import RemoteStore, Weather
from dynawait.testing._locks.world import Actor, World

if TYPE_CHECKING:
    from random import Random

    from dynawait._core.gateway import Signal
    from dynawait._core.locks.holding import Grant
    from dynawait._core.locks.keeper import Fairness
    from dynawait.locks.dialects import Dialect
    from dynawait.locks.outcomes import ReleaseOutcome

Kind = Literal["one", "all", "permit", "readwrite"]
# The heart of it most of the time.
KINDS: tuple[Kind, ...] = ("one", "one", "one", "all", "permit", "readwrite")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is to happen in one run.

    Attributes:
        actors: how many processes there are.
        tasks: how many tasks each has.
        rounds: how often each task wants the lock.
        drift: by what share a clock may be wrong.
        pauses: how many times somebody stands still.
        crashes: how many processes are killed.
        cancels: how many tasks are cancelled.
        jumps: how many times a clock that leases are measured by jumps ahead.
        span: within how many seconds all of that happens.
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
    pauses: int = 0
    longest_pause: float = 0.0
    crashes: int = 0
    cancels: int = 0
    jumps: int = 0
    span: float = 20.0
    fairness: Fairness = "bounded"
    trust_service_time: bool = False
    delete_on_release: bool = False
    kind: Kind = "one"
    weather: Weather = field(default_factory=Weather)
    dialect: Dialect = AMAZON

    @classmethod
    def drawn(cls, random: Random) -> Script:
        """Draw what is to happen."""
        trouble = random.choice((0.0, 0.02, 0.1, 0.3))
        # Without the service's dates a new row's token rests on a local date, so a row
        # that is deleted is then beyond what is promised.
        dated = random.random() < 0.95
        lease = random.choice((0.8, 2.0, 4.0, 10.0))
        return cls(
            kind=random.choice(KINDS),
            actors=random.randint(2, 4),
            tasks=random.choice((1, 1, 2, 3)),
            rounds=random.randint(1, 3),
            lease=lease,
            wait=random.choice((0.0, lease, 30.0, None)),
            hold=random.choice((0.0, 0.05, 1.0, 1.5 * lease)),
            rest=random.choice((0.0, 0.5, 3.0)),
            beats=random.random() < 0.8,
            pauses=random.choice((0, 1, 4)),
            longest_pause=random.choice((0.1, 1.0, 3.0)) * lease,
            crashes=random.choice((0, 0, 1, 2)),
            cancels=random.choice((0, 0, 1, 3)),
            span=random.choice((1.0, 5.0, 20.0)),
            fairness=random.choice(("barging", "bounded", "fifo")),
            trust_service_time=random.random() < 0.3,
            delete_on_release=dated and random.random() < 0.2,
            weather=Weather(
                latency=random.choice(((0.001, 0.005), (0.005, 0.05), (0.01, 0.5))),
                throttled=trouble * random.random(),
                dropped=trouble * random.random(),
                lost=trouble * random.random(),
                late=trouble * random.random() / 4,
                twice=trouble * random.random() / 4,
                lateness=random.choice((0.2, 1.0, 3.0)) * lease,
                dated=dated,
            ),
        )


class Violation(AssertionError):  # noqa: N818 - it is what the oracle finds
    """What must never be has been."""


class Guard:
    """A lock that a thread would wait for for ever, were it entered twice."""

    def __init__(self) -> None:
        """Start open."""
        self._held = False

    def __enter__(self) -> None:
        assert not self._held
        self._held = True

    def __exit__(self, *failure: object) -> None:
        self._held = False


@dataclass(slots=True)
class Believer:
    """Somebody who was granted a lock."""

    actor: Actor
    grant: Grant
    since: float

    def believes(self) -> bool:
        """Tell whether it holds the lock for certain, as its own clock has it."""
        tenure = self.grant.tenure
        return (
            not self.actor.dead
            and not self.grant.given_back
            and not tenure.ended
            and tenure.lost is None
            and tenure.until > self.actor.boottime()
        )


class Stage:
    """One run."""

    def __init__(self, seed: int, script: Script | None = None) -> None:
        """Set the stage."""
        self.seed = seed
        self.world = World(seed)
        self.script = script or Script.drawn(self.world.random)
        self.table = Table(self.script.dialect)
        self.believers: dict[Place, list[Believer]] = {}
        self.highest: dict[Place, int] = {}
        self.accepted: dict[Place, int] = {}
        self.waits: list[float] = []
        self.outcomes: list[ReleaseOutcome] = []
        self.grants = self.late = self.losses = 0
        self.freed: dict[Place, float] = {}
        self.strict = not self.script.jumps
        self._versions = count()
        self.keepers: list[Keeper] = []
        self.stores: list[RemoteStore] = []
        self.cast: list[tuple[Actor, Keeper]] = []

    def run(self) -> Stage:
        """Let it happen."""
        script, random = self.script, self.world.random
        running: list[Any] = []
        for number in range(script.actors):
            # Most bugs of clocks need the two extremes.
            rate = 1 + random.uniform(-1, 1) * script.drift
            actor = Actor(self.world, f"actor-{number}", rate=rate)
            actor.date_error = random.uniform(-100, 100)
            keeper = self.keeper(actor)
            self.cast.append((actor, keeper))
            actor.start(keep_beating(keeper, breadth=2))
            running.append(actor.start(self._life(actor, keeper)))
        for _ in range(script.pauses):
            actor, _ = random.choice(self.cast)
            seconds = random.random() * script.longest_pause
            self._some_time(lambda a=actor, s=seconds: a.pause(s))
        for _ in range(script.crashes):
            actor, _ = random.choice(self.cast)
            self._some_time(lambda a=actor: self.kill(a))
        for _ in range(script.jumps):
            actor, _ = random.choice(self.cast)
            self._some_time(lambda a=actor: self._jump(a))
        for _ in range(script.cancels):
            actor, _ = random.choice(self.cast)
            self._some_time(lambda a=actor: self._cancel(a))
        self.world.run()
        if self.world.failures:
            raise self.world.failures[0]
        if any(not task.ended for task in running):
            raise Violation(f"somebody never comes to an end (seed {self.seed})")
        return self

    def keeper(self, actor: Actor) -> Keeper:
        """Return a lock client of a process."""
        script = self.script
        settings = Settings(
            owner=actor.name,
            dialect=script.dialect,
            tolerance=Tolerance(rate=0.05, margin=0.05),
            fairness=script.fairness,
            trust_service_time=script.trust_service_time,
            delete_on_release=script.delete_on_release,
        )
        store = RemoteStore(actor, self.table, script.weather)
        versions = self._versions
        keeper = Keeper(
            actor,
            store,
            settings,
            guard=Guard(),
            new_version=lambda: f"v{next(versions)}",
        )
        self.keepers.append(keeper)
        self.stores.append(store)
        return keeper

    def _some_time(self, happen: Any) -> None:
        self.world.at(self.world.random.random() * self.script.span, happen)

    def kill(self, actor: Actor) -> None:
        """Kill a process."""
        actor.kill()

    def _jump(self, actor: Actor) -> None:
        actor.offset += self.world.random.uniform(0, 100)

    def _cancel(self, actor: Actor) -> None:
        tasks = [task for task in self.victims if task.actor is actor]
        if tasks:
            self.world.cancel(self.world.random.choice(tasks))

    @property
    def victims(self) -> list[Any]:
        """The tasks that may be cancelled: those that want locks."""
        return [
            task
            for actor, _ in self.cast
            for task in actor.tasks
            if getattr(task.coroutine, "__name__", "") == "_attempt"
        ]

    async def _life(self, actor: Actor, keeper: Keeper) -> None:
        try:
            await actor.gather(
                [self._want(actor, keeper) for _ in range(self.script.tasks)]
            )
        finally:
            keeper.roster.close()

    async def _want(self, actor: Actor, keeper: Keeper) -> None:
        random, script = self.world.random, self.script
        for _ in range(script.rounds):
            await actor.sleep(random.random() * script.rest)
            done = actor.signal()
            actor.start(self._attempt(actor, keeper, done))
            await actor.sleep(inf, wake=done)

    async def _attempt(self, actor: Actor, keeper: Keeper, done: Signal) -> None:
        """Acquire, work and release; this is what may be cancelled."""
        try:
            await self._use(actor, keeper)
        finally:
            done.set()

    async def _use(self, actor: Actor, keeper: Keeper) -> None:
        random, script = self.world.random, self.script
        asked = self.world.time
        try:
            grants = await self._obtain(keeper)
        except LockTimeoutError:
            self.late += 1
            return
        try:
            for grant in grants:
                self.granted(actor, grant, asked)
            for _ in range(3):
                for grant in grants:
                    self.work(actor, grant)
                await actor.sleep(random.random() * script.hold / 1.5)
            for grant in grants:
                self.work(actor, grant)
        finally:
            if not actor.dead:
                for grant in grants:
                    self.outcomes.append(await release(keeper, grant))

    async def _obtain(self, keeper: Keeper) -> list[Grant]:
        random, script = self.world.random, self.script
        heartbeat = script.lease / BEATS_A_LEASE if script.beats else None
        request = Request(Place("lock"), script.lease, script.wait, heartbeat)
        match script.kind:
            case "all":
                places = random.sample([Place(f"lock-{n}") for n in range(3)], 2)
                wanted = [replace(request, place=place) for place in places]
                return await acquire_all(keeper, wanted)
            case "permit":
                return [await acquire_permit(keeper, request, 2)]
            case "readwrite":
                if random.random() < 0.7:
                    return [await acquire_read(keeper, request, readers=3)]
                gate, all_of_it = await acquire_write(keeper, request, readers=3)
                return [gate, *all_of_it]
            case _:
                return [await acquire(keeper, request)]

    def granted(self, actor: Actor, grant: Grant, asked: float) -> None:
        """Check what must be when somebody gets a lock."""
        place = grant.tenure.place
        self.grants += 1
        self.waits.append(self.world.time - asked)
        me = Believer(actor, grant, self.world.time)
        self._nobody_else(place, me)
        if self.strict and me.believes() and grant.token <= self.highest.get(place, 0):
            raise Violation(
                f"{actor.name} got {grant.token} after {self.highest[place]} at "
                f"{self.world.time:.3f} s (seed {self.seed})"
            )
        self.highest[place] = max(self.highest.get(place, 0), grant.token)
        known = self.believers.setdefault(place, [])
        known[:] = [other for other in known if not other.actor.dead]
        if any(other.grant.token == grant.token for other in known):
            raise Violation(f"{grant.token} was given twice (seed {self.seed})")
        known.append(me)

    def work(self, actor: Actor, grant: Grant) -> None:
        """Write to what the lock protects, if it is held for certain."""
        place = grant.tenure.place
        if grant.remaining(actor.boottime()) <= 0:
            self.losses += 1
            return
        me = Believer(actor, grant, 0.0)
        self._nobody_else(place, me)
        delay = self.world.random.random() * self.script.lease
        self.world.at(self.world.time + delay, lambda: self.accept(place, grant.token))

    def accept(self, place: Place, token: int) -> None:
        """Do as a resource does that checks tokens."""
        if token >= self.accepted.get(place, 0):
            self.accepted[place] = token

    def _nobody_else(self, place: Place, me: Believer) -> None:
        if not self.strict:
            return
        for other in self.believers.get(place, ()):
            if other.grant is not me.grant and other.believes():
                raise Violation(
                    f"{self.world.time:.3f} s: {me.actor.name} ({me.grant.token}) and "
                    f"{other.actor.name} ({other.grant.token}) both hold {place} "
                    f"(seed {self.seed})"
                )
