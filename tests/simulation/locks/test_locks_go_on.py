"""Locks go on: nobody waits for ever, for the dead or for the living."""

from __future__ import annotations

from itertools import count
from math import inf
from typing import TYPE_CHECKING

import pytest

from dynawait._core.locks import contest as contest_rules
from dynawait._core.locks.acquire import Request, acquire
from dynawait._core.locks.beating import keep_beating
from dynawait._core.locks.contest import SLOW
from dynawait._core.locks.readwrite import acquire_read, acquire_write
from dynawait._core.locks.release import LONGEST_STREAK, release
from dynawait._core.locks.semaphore import acquire_permit
from dynawait._core.locks.several import acquire_all, release_each
from dynawait._core.locks.store import Place
from dynawait.locks.dialects import AMAZON, GO, PYTHON_DYNAMODB_LOCK
from dynawait.testing._locks.remote import Weather
from tests.simulation.locks.judges import DRIFT, MARGIN, TURN, Held
from tests.simulation.locks.script import CALM, Script
from tests.simulation.locks.stage import Stage
from tests.simulation.locks.wants import PLACE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dynawait._core.locks.holding import Grant
    from dynawait._core.locks.keeper import Fairness, Keeper
    from dynawait.testing._locks.world import Actor

    Take = Callable[[Keeper], Awaitable[list[Grant]]]

LEASE = 8.0
DIALECTS = (AMAZON, GO, PYTHON_DYNAMODB_LOCK)
# A lease as the slowest observer counts it, and the rest between two of its looks.
OVER = (LEASE * (1 + DRIFT) + MARGIN) / (1 - DRIFT)
LOOK = 1.2 * SLOW / (1 - DRIFT)


def wanted(place: Place = PLACE, lease: float = LEASE) -> Request:
    """Return a request that waits for ever, renewed four times a lease."""
    return Request(place, lease, None, lease / 4)


@pytest.mark.parametrize("seed", range(60))
def test_a_lock_outlives_its_dead_holder_by_a_lease_and_the_margin(seed: int) -> None:
    """However it died, and in whatever dialect: those who wait have it after one lease,
    stretched by drift on either side, and a look; the next ones after them.
    """
    stage = Stage(seed, Script(weather=CALM, dialect=DIALECTS[seed % 3]))
    world, random = stage.world, stage.world.random
    holder, theirs = stage.enlist("holder")
    times: list[float] = []

    async def hold() -> None:
        await acquire(theirs, wanted())

    async def wait(waiter: Actor, keeper: Keeper) -> None:
        await waiter.sleep(0.1 + random.random() * 10)
        grant = await acquire(keeper, wanted())
        times.append(world.time)
        await waiter.sleep(0.1)
        await release(keeper, grant)
        keeper.roster.close()

    holder.start(keep_beating(theirs, breadth=1))
    holder.start(hold())
    for number in range(3):
        waiter, keeper = stage.enlist(f"waiter-{number}")
        waiter.start(keep_beating(keeper, breadth=1))
        waiter.start(wait(waiter, keeper))
    died = 0.5 + random.random() * 40
    world.at(died, holder.kill)
    world.run()
    assert died < times[0] < max(died, 10) + OVER + LOOK + 0.2
    assert len(times) == 3
    assert times[2] - times[0] < 2 * (LOOK + TURN)


@pytest.mark.parametrize("step", range(40))
def test_a_holder_may_die_between_any_two_calls(step: int) -> None:
    """Acquiring, renewing, standing in line or releasing: a lease later it is over."""
    stage = Stage(step, Script(weather=CALM, fairness="fifo"))
    world = stage.world
    victim, theirs = stage.enlist("victim")
    other, ours = stage.enlist("other")

    async def use(actor: Actor, keeper: Keeper) -> None:
        for _ in range(20):
            grant = await acquire(keeper, wanted())
            await actor.sleep(1)
            await release(keeper, grant)

    for actor, keeper in ((victim, theirs), (other, ours)):
        actor.start(keep_beating(keeper, breadth=1))
        actor.start(use(actor, keeper))
    watch, last = world.watch, list[float]()

    def kill_in_time() -> None:
        assert watch is not None
        watch()
        if stage.stores[0].calls >= step and not victim.dead:
            victim.kill()
            last.append(world.time)

    world.watch = kill_in_time
    world.run(until=last[0] + OVER if last else 60)
    newcomer, keeper = stage.enlist("newcomer")
    began, served = world.time, list[float]()

    async def come() -> None:
        await acquire(keeper, wanted())
        served.append(world.time)

    other.kill()
    newcomer.start(come())
    world.run()
    assert served[0] - began < OVER + 2 * TURN / (1 - DRIFT) + 0.2


@pytest.mark.parametrize("seed", range(20))
def test_who_trusts_the_service_takes_an_old_lock_at_once(seed: int) -> None:
    """A lock that died 40 s ago is a fresh client's within moments, and those in line
    who are dead as well cost nothing: their turns are long over.
    """
    stage = Stage(seed, Script(weather=CALM, trust_service_time=True, fairness="fifo"))
    world = stage.world
    took: list[float] = []

    async def hold(actor: Actor, keeper: Keeper) -> None:
        await acquire(keeper, wanted(lease=15.0))
        world.at(world.time, actor.kill)

    async def stand(actor: Actor, keeper: Keeper) -> None:
        await actor.sleep(0.3)
        world.at(world.time + 1, actor.kill)
        await acquire(keeper, wanted(lease=15.0))

    async def wait(actor: Actor, keeper: Keeper) -> None:
        await actor.sleep(42)
        started = world.time
        await acquire(keeper, wanted(lease=15.0))
        took.append(world.time - started)

    for number, act in enumerate((hold, stand, stand, wait)):
        actor, keeper = stage.enlist(f"actor-{number}")
        actor.start(act(actor, keeper))
    world.run()
    assert took[0] < 0.2


class Contest:
    """Clients that want the same thing again and again."""

    def __init__(
        self,
        seed: int,
        fairness: Fairness = "bounded",
        latency: tuple[float, float] = (0.002, 0.006),
    ) -> None:
        """Begin with nobody."""
        weather = Weather(latency=latency)
        self.stage = Stage(seed, Script(fairness=fairness, weather=weather))
        self.waits: dict[str, list[float]] = {}
        self._number = count()

    def enter(
        self, take: Take, *, hold: float, tasks: int = 1, rest: float = 0.0
    ) -> str:
        """Let a client contend, with some tasks; return its name."""
        actor, keeper = self.stage.enlist(f"client-{next(self._number)}")
        self.waits[actor.name] = []
        actor.start(keep_beating(keeper, breadth=1))
        for _ in range(tasks):
            actor.start(self._contend(actor, keeper, take, hold, rest))
        return actor.name

    async def _contend(
        self, actor: Actor, keeper: Keeper, take: Take, hold: float, rest: float
    ) -> None:
        world = self.stage.world
        while True:
            await actor.sleep(rest)
            asked = world.time
            grants = await take(keeper)
            if len(grants) == 1:
                self.stage.judge.granted(Held(actor, (grants[0],)))
            self.waits[actor.name].append(world.time - asked)
            await actor.sleep(hold)
            await release_each(keeper, grants)

    def run(self, seconds: float) -> None:
        """Let them contend; who still waits then has waited so long at least."""
        self.stage.world.run(until=seconds)

    @property
    def longest(self) -> float:
        """The longest wait of anybody, in seconds."""
        return max(max(waits, default=inf) for waits in self.waits.values())

    @property
    def evenness(self) -> float:
        """Jain's index of how often each had it: 1 is even."""
        got = [len(waits) for waits in self.waits.values()]
        return sum(got) ** 2 / (len(got) * sum(each * each for each in got))

    @property
    def served(self) -> int:
        """How often anybody had it."""
        return sum(len(waits) for waits in self.waits.values())


async def one(keeper: Keeper) -> list[Grant]:
    """Acquire the lock."""
    return [await acquire(keeper, wanted(lease=20.0))]


@pytest.mark.parametrize(("fairness", "bound"), [("bounded", 3.0), ("fifo", 2.0)])
@pytest.mark.parametrize("seed", range(4))
def test_short_holds_go_round_fast_and_evenly(
    fairness: Fairness, bound: float, seed: int
) -> None:
    """Eight clients that hold a lock for 20 ms, again and again."""
    contest = Contest(seed, fairness)
    for _ in range(8):
        contest.enter(one, hold=0.02)
    contest.run(20)
    assert contest.longest < bound
    assert contest.evenness >= 0.9
    if fairness == "bounded":
        calls = sum(store.calls for store in contest.stage.stores)
        assert contest.served / 20 >= 30
        assert calls / contest.served <= 5


@pytest.mark.parametrize("seed", range(4))
def test_a_line_goes_on_at_its_pace_where_calls_are_slow(seed: int) -> None:
    """Nobody in line sleeps through his turn, and so slows the others down, who would
    then sleep for longer as well.
    """
    contest = Contest(seed, "fifo", latency=(0.004, 0.012))
    for _ in range(8):
        contest.enter(one, hold=0.02)
    contest.run(20)
    assert contest.served / 20 >= 18
    assert contest.longest < 1.5


def longest_wait(fairness: Fairness, clients: int, tasks: int, hold: float) -> float:
    """Return for how long a waiter may have to wait, in seconds.

    It stands in line after the bound and a look (*bounded*), or at once (*fifo*). Then
    each who stands before it has one tenure: one hold, or as many as the tasks of that
    client hand on to each other in a second. Between two of them, who is next looks
    after half a turn at the latest. Somebody may have been quicker just before, and the
    tasks of one client wait for each other besides.
    """
    until_in_line = 1.0 + 2 * LOOK if fairness == "bounded" else 0.5
    tenure = hold if tasks == 1 else LONGEST_STREAK + hold
    each = (tenure + 0.6 * TURN) / (1 - DRIFT) + 0.05
    return until_in_line + (clients + 1) * tasks * each


@pytest.mark.parametrize("fairness", ["bounded", "fifo"])
@pytest.mark.parametrize(
    ("clients", "tasks", "hold"),
    [(2, 1, 3.0), (5, 1, 0.5), (8, 1, 0.02), (3, 3, 0.1), (20, 1, 0.3)],
)
def test_every_waiter_is_served_within_its_bound(
    fairness: Fairness, clients: int, tasks: int, hold: float
) -> None:
    """Whatever the clocks, and however greedy the others: all come back at once."""
    for seed in range(3):
        contest = Contest(seed, fairness)
        for _ in range(clients):
            contest.enter(one, hold=hold, tasks=tasks)
        bound = longest_wait(fairness, clients, tasks, hold)
        contest.run(3 * bound)
        assert contest.longest < bound


def test_without_a_line_nobody_would_be_served_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the bound rests on: among the greedy, who barges has none."""
    monkeypatch.setattr(contest_rules, "_wants_line", lambda *scene: False)

    def run(seeds: int) -> None:
        for seed in range(seeds):
            test_short_holds_go_round_fast_and_evenly("fifo", 2.0, seed)

    with pytest.raises(AssertionError):
        run(10)


@pytest.mark.parametrize("seed", range(20))
def test_the_dead_in_line_cost_one_turn_each(seed: int) -> None:
    """Who stands in line and dies is passed over."""
    stage = Stage(seed, Script(fairness="fifo", weather=CALM))
    world = stage.world
    served: list[float] = []

    async def use(actor: Actor, keeper: Keeper, after: float) -> None:
        await actor.sleep(after)
        grant = await acquire(keeper, wanted())
        served.append(world.time)
        await actor.sleep(2 if after == 0 else 0)
        await release(keeper, grant)

    for number in range(5):
        actor, keeper = stage.enlist(f"client-{number}")
        actor.start(keep_beating(keeper, breadth=1))
        actor.start(use(actor, keeper, number * 0.1))
        if number in (1, 2):
            world.at(1.5, actor.kill)
    world.run(until=30)
    assert len(served) == 3
    assert served[1] < 2.5 + 2 * TURN / (1 - DRIFT) + 0.5
    assert served[2] < served[1] + 1.5


async def permit(keeper: Keeper) -> list[Grant]:
    """Acquire one of two permits."""
    return [await acquire_permit(keeper, wanted(Place("pool"), 20.0), 2)]


async def reading(keeper: Keeper) -> list[Grant]:
    """Acquire the lock together with others."""
    return [await acquire_read(keeper, wanted(Place("book"), 20.0), readers=4)]


async def writing(keeper: Keeper) -> list[Grant]:
    """Acquire the lock alone."""
    request = wanted(Place("book"), 20.0)
    gate, permits = await acquire_write(keeper, request, readers=4)
    return [gate, *permits]


async def pair(keeper: Keeper) -> list[Grant]:
    """Acquire two locks of three at once."""
    numbers = keeper.runtime.jitter(3)
    places = [Place(f"lock-{(int(numbers) + more) % 3}") for more in range(2)]
    return await acquire_all(keeper, [wanted(place, 20.0) for place in places])


@pytest.mark.parametrize("seed", range(4))
def test_a_semaphore_is_shared_by_chance(seed: int) -> None:
    """There is no line, so no bound either: chance is as good to one as to another."""
    contest = Contest(seed)
    for _ in range(8):
        contest.enter(permit, hold=0.1)
    contest.run(60)
    assert contest.evenness > 0.8
    assert contest.longest < 20


async def reading_past_the_gate(keeper: Keeper) -> list[Grant]:
    """Take a permit without a look at the gate."""
    return [await acquire_permit(keeper, wanted(Place("book"), 20.0), 4)]


def read_and_write(seed: int, read: Take = reading) -> tuple[Contest, str]:
    """Let readers come without end, and now and then a writer."""
    contest = Contest(seed)
    for _ in range(8):
        contest.enter(read, hold=1.0)
    writer = contest.enter(writing, hold=0.1, rest=3.0)
    contest.run(60)
    return contest, writer


@pytest.mark.parametrize("seed", range(4))
def test_readers_without_end_keep_no_writer_waiting(seed: int) -> None:
    """Those who read when it comes end their reading, and others wait for the writer.

    Of those who have passed the gate by then, each may still have one turn.
    """
    contest, writer = read_and_write(seed)
    assert len(contest.waits[writer]) >= 5
    assert max(contest.waits[writer]) < 1.5 * 8 / 4 + 4


def test_without_the_gate_they_would() -> None:
    """What that rests on."""
    contest, writer = read_and_write(0, reading_past_the_gate)
    assert max(contest.waits[writer], default=inf) > 1.5 * 8 / 4 + 4


@pytest.mark.parametrize("seed", range(4))
def test_several_at_once_go_on(seed: int) -> None:
    """Nobody who wants two holds one, so all go on; but there is no line for them."""
    contest = Contest(seed)
    for _ in range(4):
        contest.enter(pair, hold=0.05, rest=0.05)
    contest.run(60)
    assert all(contest.waits.values())
    assert contest.evenness > 0.6
