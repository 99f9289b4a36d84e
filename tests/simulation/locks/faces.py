"""Stories of `LockClient` in simulated processes, judged like those of the core."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from dynawait.errors import LockLostError, LockTimeoutError, ServiceError
from dynawait.locks import LockClient
from dynawait.testing import (
    Crash,
    Crashed,
    Drift,
    Durations,
    Faults,
    Pause,
    Raised,
    SimulatedDynamoDB,
    Unfinished,
)
from dynawait.testing.scheduler import Scheduler

from .judges import DRIFT, TURN, Held, Judge, Violation
from .script import KINDS, Kind

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from dynawait._core.locks.keeper import Fairness
    from dynawait.locks import Lease
    from dynawait.testing import ActorClient, History
    from dynawait.testing.tasks import Task

    from .judges import Role

    Actors = Mapping[str, Any]

TABLE = "locks"
KEYS = ("lock-0", "lock-1", "lock-2")
UNTIL = 4000.0
CALM = Faults(latency=(0.001, 0.02))
# The client's own, which nobody can set: 0.1 s, besides 5 % of drift.
MARGIN = 0.1
_STEPS = 150
DIALECTS = ("amazon", "amazon", "amazon", "go", "python-dynamodb-lock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What is to happen in one story.

    Attributes:
        actors: how many processes there are.
        tasks: how many tasks each has.
        rounds: how often each task wants the lock.
        hold: for how long it works, at the most, in seconds.
        options: those of the lock clients.
        faults: of calls, for a while.
        clears: when they end, in seconds; None: never.
    """

    actors: int = 3
    tasks: int = 1
    rounds: int = 2
    wait: float | None = None
    hold: float = 2.0
    kind: Kind = "one"
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    faults: Faults = CALM
    clears: float | None = 60.0
    crashes: tuple[Crash, ...] = ()
    pauses: tuple[Pause, ...] = ()
    clocks: Mapping[str, Drift] = field(default_factory=dict[str, Drift])

    @classmethod
    def drawn(cls, random: Random) -> Plot:
        """Draw what is to happen."""
        names = [f"actor-{number}" for number in range(random.randint(2, 4))]
        lease = random.choice((2.0, 4.0, 10.0))
        trouble = random.choice((0.0, 0.05, 0.15))
        share = {
            name: trouble * random.random()
            for name in ("throttle", "dropped", "lost_response", "server_error")
        }
        latency = (0.001, random.choice((0.01, 0.1, 0.5)))
        fairness: Fairness = random.choice(("barging", "bounded", "fifo"))
        victims = [name for name in names if random.random() < 0.4]
        paused = [name for name in names if random.random() < 0.5]
        return cls(
            actors=len(names),
            tasks=random.choice((1, 1, 2)),
            rounds=random.randint(1, 3),
            wait=random.choice((0, lease, 30.0, None)),
            hold=random.choice((0.1, 1.0, 2 * lease)),
            kind=random.choice(KINDS),
            options={
                "lease": lease,
                "heartbeat": random.choice(("auto", "auto", None)),
                "fairness": fairness,
                "dialect": random.choice(DIALECTS),
                "trust_service_time": random.random() < 0.3,
                "delete_on_release": random.random() < 0.2,
            },
            faults=Faults(latency=latency, **share),
            clears=random.choice((20.0, None)),
            crashes=tuple(Crash(name, random.randint(1, _STEPS)) for name in victims),
            pauses=tuple(
                Pause(
                    name,
                    random.randint(1, _STEPS),
                    random.random() * 3 * lease,
                    suspended=random.random() < 0.4,
                )
                for name in paused
            ),
            clocks={
                name: Drift(rate=1 + DRIFT * random.choice((-1, 1, random.random())))
                for name in names
            },
        )


class Watched(Scheduler):
    """A scheduler whose every step is judged."""

    judge: Judge

    def _step(self, task: Task) -> None:
        super()._step(task)
        self.judge.look()


class Company:
    """One story.

    Attributes:
        judge: what watches it.
        history: what happened; None before the end.
    """

    def __init__(self, seed: int, plot: Plot | None = None) -> None:
        """Draw what is to happen, unless it is said."""
        self.seed = seed
        self.random = Random(f"{seed}/plot")
        self.plot = plot or Plot.drawn(self.random)
        self.dynamodb = SimulatedDynamoDB(
            seed=seed, durations=Durations(table_create=0), faults=CALM
        )
        self.judge = Judge(self.dynamodb.clock.now)
        self.history: History | None = None

    def run(self) -> Company:
        """Let it happen, and judge what is left of it.

        Raises:
            Violation: a rule is broken.
        """
        plot = self.plot
        self._play({"founder": self._found_table})
        names = [f"actor-{number}" for number in range(plot.actors)]
        actors: dict[str, Any] = dict.fromkeys(names, self._live)
        if plot.clears is not None:
            actors["weather"] = self._clear_up
        self.dynamodb.faults = plot.faults
        history = self.history = self._play(
            actors,
            crashes=plot.crashes,
            pauses=plot.pauses,
            clocks=plot.clocks,
        )
        for name, outcome in history.outcomes.items():
            if isinstance(outcome, Crashed):
                self._is_dead(name)
        for name, outcome in history.outcomes.items():
            if isinstance(outcome, Raised):
                raise outcome.error
            if isinstance(outcome, Unfinished):
                raise Violation("ends", f"{name} was not done after {UNTIL:g} s")
        self._is_open_to_newcomers()
        return self

    def _play(self, actors: Actors, **befalls: Any) -> History:
        usual: dict[str, Any] = {"crashes": (), "clocks": {}, "pauses": ()}
        scheduler = Watched(
            self.dynamodb.__dynawait_service__,
            self.dynamodb.clock,
            seed=self.seed,
            until=self.dynamodb.clock.now() + UNTIL,
            **{**usual, **befalls},
        )
        scheduler.judge = self.judge
        return scheduler.run(actors)

    def locks(self, client: ActorClient) -> LockClient:
        """Return a lock client for a process."""
        return LockClient(client, TABLE, **self.plot.options)

    async def _found_table(self, client: ActorClient) -> None:
        await self.locks(client).ensure_table()

    async def _clear_up(self, client: ActorClient) -> None:
        await client.clock.sleep(self.plot.clears or 0.0)
        self.dynamodb.faults = CALM

    async def _live(self, client: ActorClient) -> None:
        locks = self.locks(client)
        gateway = client.__dynawait_gateway__()
        await gateway.gather(
            [self._want(client, locks) for _ in range(self.plot.tasks)]
        )

    async def _want(self, client: ActorClient, locks: LockClient) -> None:
        for _ in range(self.plot.rounds):
            await client.clock.sleep(self.random.random() * 2)
            try:
                await self._use(client, locks)
            except LockTimeoutError:
                self.judge.seen["timeouts"] += 1
            except LockLostError as error:
                self.judge.seen[f"lost: {error.reason}"] += 1
            except ServiceError as error:  # throttled for longer than anybody waits
                if "no answer in" not in str(error):
                    raise
                self.judge.seen["no answer"] += 1

    async def _use(self, client: ActorClient, locks: LockClient) -> None:
        holder, random = client.__dynawait_gateway__(), self.random
        async with self._taken(locks) as (role, permits, leases):
            scoped = permits > 0
            grants = tuple(
                grant for lease in leases for grant in lease.__dynawait_parts__()[1]
            )
            held = Held(holder, grants, role, permits or 1)
            if held.valid:
                self.judge.granted(held)
            else:  # it stood still between the write and its answer
                self.judge.seen["came too late"] += 1
            for _ in range(4):
                await client.clock.sleep(random.random() * self.plot.hold / 2)
                await self._work(client, leases, scoped=scoped)
                if self.plot.options.get("heartbeat", "auto") is None:
                    for lease in leases:
                        await lease.renew()

    async def _work(
        self, client: ActorClient, leases: list[Lease], *, scoped: bool
    ) -> None:
        """Write to what is protected; a block whose lease is over must not go on."""
        for lease in leases:
            _, grants = lease.__dynawait_parts__()
            if not lease.valid and scoped:
                await client.clock.sleep(0.001)
                raise Violation("body", f"{lease!r}: its block goes on")
            if lease.valid and lease.fencing_token:
                self.judge.sent(grants[0])()

    @asynccontextmanager
    async def _taken(
        self, locks: LockClient
    ) -> AsyncGenerator[tuple[Role, int, list[Lease]]]:
        random, wait = self.random, self.plot.wait
        match self.plot.kind:
            case "one" if random.random() < 0.3:
                lease = await locks.acquire("lock", wait=wait)
                try:
                    yield "one", 0, [lease]  # nobody cancels what is no block
                finally:
                    await self._give_back(lease)
            case "one":
                async with locks.hold("lock", wait=wait) as lease:
                    yield "one", 1, [lease]
            case "all":
                async with locks.hold_all(random.sample(KEYS, 2), wait=wait) as both:
                    yield "all", 1, list(both.values())
            case "permit":
                async with locks.semaphore("lock", 2, wait=wait) as lease:
                    yield "permit", 2, [lease]
            case "readwrite" if random.random() < 0.7:
                async with locks.read("lock", readers=2, wait=wait) as lease:
                    yield "reader", 2, [lease]
            case "readwrite":
                async with locks.write("lock", readers=2, wait=wait) as lease:
                    yield "writer", 1, [lease]

    async def _give_back(self, lease: Lease) -> None:
        """Release; who stood still meanwhile may have lost it before that was sent."""
        desk, (grant,) = lease.__dynawait_parts__()
        valid, until = lease.valid, grant.tenure.until
        outcome = await lease.release()
        held = valid and until > desk.keeper.now()
        self.judge.told(grant, outcome, held=held)

    def _is_dead(self, name: str) -> None:
        """A crash kills the heartbeats as well: what comes then was on its way."""
        assert self.history is not None
        died = next(
            event.time
            for event in self.history.events
            if event.actor == name and event.text.startswith("crashed")
        )
        for call in self.dynamodb.calls:
            if call.client == name and call.time > died + self.plot.faults.bounds[1]:
                late = call.time - died
                raise Violation("dead", f"{name} calls {late:.1f} s later")

    def _is_open_to_newcomers(self) -> None:
        """Let somebody come for each lock, and wait as for a dead holder."""
        self.dynamodb.faults = CALM
        rows = self.dynamodb.client().scan(TableName=TABLE)["Items"]
        name = "lock_key" if rows and "lock_key" in rows[0] else "key"
        keys = [row[name]["S"] for row in rows]
        history = self._play(
            {f"newcomer at {key}": self._come(key) for key in keys},
            clocks={f"newcomer at {key}": Drift(rate=1 - DRIFT) for key in keys},
        )
        lease = self.plot.options["lease"]
        for key, row in zip(keys, rows, strict=True):
            turns = len(row.get("waiters", {"L": []})["L"]) * TURN
            longest = (lease * (1 + DRIFT) + MARGIN + turns) / (1 - DRIFT) + 0.3
            waited = history.result(f"newcomer at {key}")
            if waited > longest:
                raise Violation("outlived", f"{key} was free after {waited:.1f} s")
            self.judge.seen["newcomers"] += 1

    def _come(self, key: str) -> Any:
        async def come(client: ActorClient) -> float:
            began = self.dynamodb.clock.now()
            async with self.locks(client).hold(key):
                return self.dynamodb.clock.now() - began

        return come
