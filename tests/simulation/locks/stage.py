"""A stage for the core of locks: processes, and what befalls them."""

from __future__ import annotations

from functools import partial
from itertools import count
from math import inf
from typing import TYPE_CHECKING, Any

from dynawait._core.locks.beating import keep_beating, renew
from dynawait._core.locks.keeper import Keeper, Settings
from dynawait._core.locks.release import release
from dynawait._core.locks.timing import Tolerance
from dynawait.errors import LockLostError, LockTimeoutError
from dynawait.testing._locks.remote import RemoteStore
from dynawait.testing._locks.world import Actor, StuckError, World

from .aftermath import Aftermath
from .judges import DRIFT, MARGIN, TURN, Judge, Violation, believes
from .ledger import Ledger
from .script import CALM, Script
from .wants import obtained

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynawait._core.gateway import Signal

    from .judges import Held


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


class Stage:
    """One run.

    Attributes:
        judge: what watches it.
        waits: how long each acquisition took, in true time.
        cast: the processes, and the lock client of each.
    """

    def __init__(self, seed: int, script: Script | None = None) -> None:
        """Set the stage."""
        self.seed = seed
        self.world = World(seed)
        self.script = script or Script.drawn(self.world.random)
        self.judge = Judge(self.now, strict=not self.script.jumps)
        self.table = Ledger(self.script.dialect, self.now, self.judge.taken)
        self.judge.ledger = self.table
        self.judge.trusts_dates = self.script.trust_service_time
        self.world.watch = self.judge.look
        self.waits: list[float] = []
        self.cast: list[tuple[Actor, Keeper]] = []
        self.stores: list[RemoteStore] = []
        self._running: list[Any] = []
        self._exports: list[str] = []
        self._versions = count()

    def now(self) -> float:
        """Tell true time, in seconds."""
        return self.world.time

    def run(self) -> Stage:
        """Let it happen, and judge what is left of it.

        Raises:
            Violation: a rule is broken.
        """
        for number in range(self.script.actors):
            self.enter(f"actor-{number}")
        self._plan()
        try:
            self._play()
            Aftermath(self).judge()
        finally:
            for actor, _ in self.cast:
                actor.kill()
        return self

    def _play(self) -> None:
        try:
            self.world.run()
        except StuckError as error:
            raise Violation("ends", str(error)) from error
        if self.world.failures:
            raise self.world.failures[0]
        if any(not task.ended for task in self._running):
            raise Violation("ends", "somebody waits for ever")

    def _plan(self) -> None:
        """Put down what goes wrong, and when."""
        script, random, world = self.script, self.world.random, self.world
        befalls: tuple[tuple[int, Callable[[Actor], object]], ...] = (
            (script.shifts, lambda actor: actor.drift(self.rate())),
            (script.pauses, lambda actor: actor.pause(self._while())),
            (script.suspends, lambda actor: actor.suspend(self._while())),
            (script.crashes, self._kill),
            (script.cancels, self._cancel),
            (script.dates, self._set_date),
            (script.jumps, self._jump),
            (3 * script.heirs, self._export),
        )
        for times, befall in befalls:
            for _ in range(times):
                actor, _ = random.choice(self.cast)
                world.at(random.random() * script.span, partial(befall, actor))
        if script.clears:
            world.at(script.span + script.longest_pause, self._clear)

    def enter(self, name: str, observed: str | None = None) -> None:
        """Let a process begin."""
        actor, keeper = self.enlist(name)
        if observed is not None:
            keeper.observations.load(observed, actor.boottime())
        self.cast.append((actor, keeper))
        actor.start(keep_beating(keeper, breadth=2))
        self._running.append(actor.start(self._life(actor, keeper)))

    def enlist(self, name: str, rate: float | None = None) -> tuple[Actor, Keeper]:
        """Return a process, and a lock client in it."""
        actor = Actor(self.world, name, rate=self.rate() if rate is None else rate)
        self._set_date(actor)
        return actor, self.keeper(actor)

    def rate(self) -> float:
        """Draw how fast a clock goes: most bugs need the two extremes."""
        random, drift = self.world.random, self.script.drift
        extreme = random.choice((1 - drift, 1 + drift))
        return random.choice((extreme, extreme, random.uniform(1 - drift, 1 + drift)))

    def keeper(self, actor: Actor) -> Keeper:
        """Return a lock client of a process."""
        script = self.script

        def new_version() -> str:
            version = f"v{next(self._versions)}"
            self.judge.names[version] = actor.name
            return version

        settings = Settings(
            owner=actor.name,
            dialect=script.dialect,
            tolerance=Tolerance(rate=DRIFT, margin=MARGIN),
            fairness=script.fairness,
            turn=TURN,
            trust_service_time=script.trust_service_time,
            delete_on_release=script.delete_on_release,
        )
        store = RemoteStore(actor, self.table, script.weather)
        self.stores.append(store)
        return Keeper(actor, store, settings, guard=Guard(), new_version=new_version)

    def _while(self) -> float:
        return self.world.random.random() * self.script.longest_pause

    def _kill(self, actor: Actor) -> None:
        if actor.dead:
            return
        actor.kill()
        if self.script.heirs and self._exports:
            self.enter(f"{actor.name}+", self.world.random.choice(self._exports))

    def _export(self, actor: Actor) -> None:
        """Keep what a process has seen, for another to come."""
        keeper = next(keeper for each, keeper in self.cast if each is actor)
        self._exports.append(keeper.observations.export(actor.boottime()))

    def _cancel(self, actor: Actor) -> None:
        tasks = [
            task
            for task in actor.tasks
            if getattr(task.coroutine, "__name__", "") == "_attempt"
        ]
        if tasks:
            self.world.cancel(self.world.random.choice(tasks))

    def _set_date(self, actor: Actor) -> None:
        actor.date_error = self.world.random.uniform(-100, 100)

    def _jump(self, actor: Actor) -> None:
        actor.offset += self.world.random.uniform(0, 100)

    def _clear(self) -> None:
        for store in self.stores:
            store.weather = CALM

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
        asked = self.world.time
        try:
            held = await obtained(actor, keeper, self.script, self.world.random)
        except LockTimeoutError:
            self.judge.seen["timeouts"] += 1
            Aftermath(self).is_in_time(self.world.time - asked)
            return
        try:
            self.waits.append(self.world.time - asked)
            self.judge.granted(held)
            await self._work(actor, keeper, held)
        finally:
            await self._give_back(actor, keeper, held)

    async def _work(self, actor: Actor, keeper: Keeper, held: Held) -> None:
        """Write to what is protected, again and again, while it is held."""
        random, script = self.world.random, self.script
        for _ in range(4):
            for grant in held.grants:
                self._write(actor, held, grant)
            await actor.sleep(random.random() * script.hold / 2)
            if not script.beats and random.random() < 0.5:
                try:
                    for grant in held.grants:
                        await renew(keeper, grant)
                except LockLostError as error:
                    self.judge.seen[f"lost by hand: {error.reason}"] += 1

    def _write(self, actor: Actor, held: Held, grant: Any) -> None:
        now = actor.boottime()
        if min(each.remaining(now) for each in held.grants) <= 0 or not grant.token:
            return
        delay = self.world.random.random() * self.script.lease
        self.world.at(self.world.time + delay, self.judge.sent(grant))

    async def _give_back(self, actor: Actor, keeper: Keeper, held: Held) -> None:
        if actor.dead:
            return
        for grant in held.grants:
            valid = believes(actor, grant)
            self.judge.told(grant, await release(keeper, grant), held=valid)
