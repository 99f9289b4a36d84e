"""A change played through whatever goes wrong, until it is done; then once more."""

from __future__ import annotations

import random as chance
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any

from dynawait._gateways.blocking import drive, open_blocking
from dynawait.testing import (
    Crash,
    Crashed,
    DeadlockError,
    Faults,
    History,
    Raised,
    Returned,
    Trouble,
    simulate,
)
from tests.simulation.changes.judges import judge_end, judge_run, judge_start
from tests.simulation.changes.tables import Scene, draw_scene, look
from tests.simulation.changes.tap import Tap
from tests.simulation.changes.wide import DRAWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dynawait.plans import ChangeResult
    from dynawait.states import TableState
    from dynawait.testing import SimulatedDynamoDB
    from tests.simulation.changes.scripts import Script

RUNS = ("first", "second", "third")
RIVAL = "rival"
LAST, AGAIN = "last", "again"
# Nobody is so patient: a run that lasts longer hangs. Seconds of virtual time.
HANGS = 40 * 86_400.0
_DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is played: a table, a request, and how it is made.

    Attributes:
        seed: where it was drawn from.
        scene: the table.
        script: the request.
        blocking: whether it goes through the blocking face.
        rivals: whether two make the same request at once.
        timeouts: the time-out of each run in trouble, in seconds.
    """

    seed: int
    scene: Scene
    script: Script
    blocking: bool
    rivals: bool
    timeouts: tuple[float, ...]

    @classmethod
    def drawn(cls, seed: int, kinds: Sequence[str] = ()) -> Story:
        """Draw a story.

        Args:
            seed: where it is drawn from.
            kinds: the kinds of requests to draw from; all where empty.
        """
        random = Random(f"{seed}/story")
        kind = random.choice(list(kinds) or list(DRAWS))
        scene = draw_scene(random, absent=kind == "create" and random.random() < 0.6)
        script = DRAWS[kind](random, scene)
        blocking = script.threads and random.random() < 0.25
        return cls(
            seed=seed,
            scene=scene,
            script=script,
            blocking=blocking,
            rivals=not blocking and random.random() < 0.15,
            timeouts=tuple(random.choice((20.0, 300.0, 900.0, 1_800.0)) for _ in RUNS),
        )


@dataclass(slots=True)
class Played:
    """One run of a script.

    Attributes:
        who: its name.
        troubled: whether things went wrong with its calls.
        timeout: its time-out, in seconds; None: for ever.
        grace: how much later than that it may end, in seconds.
        elapsed: how long it took by its own clock; None when it was killed.
        result: what it returned.
        error: what it raised.
        before: how long the record was when it began.
        after: the same when it had ended.
        state: the table as it was then.
    """

    who: str
    troubled: bool
    timeout: float | None
    grace: float = 0.0
    elapsed: float | None = None
    result: ChangeResult | None = None
    error: Exception | None = None
    before: int = 0
    after: int = 0
    state: TableState | None = None

    @property
    def crashed(self) -> bool:
        """Whether it was killed."""
        return self.elapsed is None

    @property
    def end(self) -> str:
        """How it ended, in a word."""
        if self.crashed:
            return "killed"
        return "returned" if self.error is None else type(self.error).__name__

    def __str__(self) -> str:
        """Return how it ended."""
        end = "was killed" if self.crashed else f"{self.error or self.result}"
        return f"{self.who}: {end}"


@dataclass(slots=True)
class Report:
    """What came of a story.

    Attributes:
        story: the story.
        trouble: what went wrong.
        tap: what the service was asked.
        start: the table as it was at the beginning.
        began: when that was, in seconds.
        runs: the runs of the script, in order.
        histories: their histories, of those that have one.
        fates: how many refusals there were of each kind that nobody could foresee.
    """

    story: Story
    trouble: Trouble
    dynamodb: SimulatedDynamoDB
    tap: Tap
    start: TableState
    began: float
    runs: list[Played] = field(default_factory=list[Played])
    histories: list[History] = field(default_factory=list[History])
    fates: dict[str, int] = field(default_factory=dict[str, int])

    def __str__(self) -> str:
        """Return the story, the writes and the ends of the runs."""
        story = self.story
        lines = [
            f"seed {story.seed}, {'blocking' if story.blocking else 'asynchronous'}",
            f"table: {story.scene}",
            f"request: {story.script.text}",
            f"trouble: {self.trouble}",
            *(str(write) for write in self.tap.writes()),
            *(str(run) for run in self.runs),
        ]
        return "\n".join(lines)


def trouble_of(seed: int, story: Story) -> Trouble:
    """Draw what goes wrong in a story."""
    actors = [*RUNS, RIVAL] if story.rivals else RUNS
    trouble = Trouble.drawn(seed, actors=actors)
    if Random(f"{seed}/late").random() < 0.3:
        # Crashes that come late in a run, after a few steps of it are done.
        random = Random(f"{seed}/crashes")
        crashes = tuple(
            Crash(name, at_step=random.randrange(400))
            for name in actors
            if random.random() < 0.7
        )
        trouble = replace(trouble, crashes=crashes)
    return trouble


def play(story: Story, trouble: Trouble) -> Report:
    """Play a story, and judge it.

    Raises:
        ViolationError: a run did what no run may do; has the report.
    """
    dynamodb = story.scene.stand()
    tap, began = Tap(dynamodb), dynamodb.clock.now()
    report = Report(story, trouble, dynamodb, tap, look(dynamodb), began)
    judge_start(report)
    dynamodb.faults = trouble.faults
    for place, who in enumerate(RUNS):
        crew = [who, RIVAL] if story.rivals and place == 0 else [who]
        runs = _run(report, crew, story.timeouts[place], troubled=True)
        if any(run.error is None and not run.crashed for run in runs):
            break
    dynamodb.faults = Faults()
    _run(report, [LAST], 30 * _DAY, troubled=False)
    _run(report, [AGAIN], 30 * _DAY, troubled=False)
    judge_end(report)
    return report


def _run(
    report: Report, crew: list[str], timeout: float, *, troubled: bool
) -> list[Played]:
    most = report.dynamodb.faults.bounds[1]
    # By its own clock, which may go a tenth too fast.
    paused = 1.1 * sum(pause.seconds for pause in report.trouble.pauses)
    runs = [
        Played(who, troubled, timeout, 2.2 * most + (paused if troubled else 0.0) + 0.1)
        for who in crew
    ]
    for run in runs:
        run.before = len(report.tap.record)
    play_runs = _blocking if report.story.blocking else _simulated
    play_runs(report, runs)
    state = look(report.dynamodb)
    for run in runs:
        run.after, run.state = len(report.tap.record), state
        report.runs.append(run)
        judge_run(report, run)
    return runs


def _simulated(report: Report, runs: list[Played]) -> None:
    script, trouble = report.story.script, report.trouble

    def actor_of(run: Played) -> Any:
        async def actor(client: Any) -> None:
            gateway = client.__dynawait_gateway__()
            began = gateway.now()
            try:
                run.result = await script.run(gateway, run.timeout)
            except Exception as error:  # noqa: BLE001 - judged later
                run.error = error
            run.elapsed = gateway.now() - began

        return actor

    names = {run.who for run in runs}
    arguments: dict[str, Any] = {}
    if runs[0].troubled:
        arguments = {
            "crashes": _of(trouble.crashes, names),
            "pauses": _of(trouble.pauses, names),
            "clocks": {n: drift for n, drift in trouble.clocks.items() if n in names},
        }
    try:
        history = simulate(
            {run.who: actor_of(run) for run in runs},
            seed=trouble.seed * 10 + len(report.runs),
            service=report.dynamodb,
            until=report.dynamodb.clock.now() + HANGS,
            **arguments,
        )
    except DeadlockError as deadlock:
        history = deadlock.history
    report.histories.append(history)
    for run in runs:
        outcome = history.outcomes[run.who]
        if not isinstance(outcome, (Returned, Raised, Crashed)):
            run.error = TimeoutError("it hangs")
            run.elapsed = HANGS
        elif isinstance(outcome, Raised):
            run.error, run.elapsed = outcome.error, 0.0


def _of(troubles: Iterable[Any], names: set[str]) -> tuple[Any, ...]:
    return tuple(each for each in troubles if each.actor in names)


class Killed(BaseException):
    """The process ends here."""


class DyingClient:
    """A blocking client whose process is killed at one of its calls."""

    def __init__(self, client: Any, *, at: int | None, sent: bool) -> None:
        """Take the number of the call, and whether it still goes out."""
        self.__dynawait_clock__ = client.__dynawait_clock__
        self.meta = client.meta
        self.exceptions = client.exceptions
        self._client = client
        self._left = -1 if at is None else at
        self._sent = sent

    def __getattr__(self, name: str) -> Any:
        """Return a method that may kill."""
        method = getattr(self._client, name)

        def call(**parameters: Any) -> Any:
            if self._left == 0:
                if self._sent:
                    self._sent = False
                    method(**parameters)
                raise Killed
            self._left -= 1
            return method(**parameters)

        return call

    describe_table: Any = property(lambda self: self.__getattr__("describe_table"))


def _blocking(report: Report, runs: list[Played]) -> None:
    (run,) = runs
    trouble, script = report.trouble, report.story.script
    crashes = _of(trouble.crashes, {run.who}) if run.troubled else ()
    at = crashes[0].at_step // 2 if crashes else None
    seed = trouble.seed * 10 + len(report.runs)
    report.dynamodb.__dynawait_service__.reseed(seed)
    before = chance.getstate()
    chance.seed(seed)
    report.tap.who = run.who
    client = DyingClient(report.dynamodb.client(), at=at, sent=seed % 2 == 0)
    gateway = open_blocking(client)
    began = gateway.now()
    try:
        run.result = drive(script.run(gateway, run.timeout))
    except Killed:
        return
    except Exception as error:  # noqa: BLE001 - judged later
        run.error = error
    finally:
        chance.setstate(before)
    run.elapsed = gateway.now() - began
