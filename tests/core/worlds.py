"""A table that changes as told, and a change to play against it."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from dynawait import TableState, indexes_active, indexes_started, quiet
from dynawait._core.aim import Aim
from dynawait._core.execute import execute
from dynawait._core.patience import Patience
from dynawait._core.subject import table_subject
from dynawait.errors import ChangeError
from dynawait.plans import ChangeResult, Plan, Step
from tests.core.fakes import NO_TABLE, Script, index, play, refusal, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from dynawait import Event
    from tests.core.fakes import Call

BUSY = refusal("ResourceInUseException", "Table is being updated: orders")
ALREADY = refusal("ValidationException", "Index already exists")
QUOTA = refusal("LimitExceededException", "Subscriber limit exceeded")
INVALID = refusal("ValidationException", "One or more parameter values were invalid")
UNKNOWN = refusal("SomethingNewException", "never heard of")


class ReadTimeoutError(OSError):
    """What a client raises when no answer came."""


TIMED_OUT = ReadTimeoutError("Read timeout on endpoint URL")


@dataclass(frozen=True)
class Lost:
    """An outcome: the call is taken, and its answer is this error instead."""

    error: Exception = TIMED_OUT


class World(Script):
    """A table whose indexes are built in virtual time.

    Attributes:
        outcomes: what becomes of the writes, in turn: ``"ok"``, an error that refuses
            it, `Lost`, or a function of the call that returns one of these; the last
            one is not repeated, all that come later are ``"ok"``.
        writes: when a write arrived, and the index that it creates.
        taken: those that were taken.
    """

    def __init__(
        self,
        *outcomes: Any,
        moving: float = 20.0,
        shows_after: float = 0.0,
        stale: float = 0.0,
        latency: float | Callable[[Call], float] = 0.0,
        there: Sequence[str] = (),
        works: bool = True,
    ) -> None:
        """Build an index in `moving` seconds, and show a write after some.

        Args:
            outcomes: what becomes of the writes.
            moving: how long an index is CREATING, in seconds.
            shows_after: how long after a write no look shows it, in seconds.
            stale: how old what a look shows is, in seconds.
            latency: how long a call takes, there and back.
            there: the indexes that there are.
            works: whether writes that are taken do anything.
        """
        super().__init__(self._answer, latency=latency)
        self.outcomes = list(outcomes)
        self.writes: list[tuple[float, str]] = []
        self.taken: list[tuple[float, str]] = []
        self.status = "ACTIVE"
        self.gone_at: float | None = None
        self.looks: list[Any] = []
        self._moving = moving
        self._lag = shows_after + stale
        self._there = list(there)
        self._works = works

    def _answer(self, call: Call) -> Any:
        now = call.arrived or 0.0
        if call.operation == "DescribeTable":
            if self.looks:
                planned = self.looks.pop(0)
                if planned is not None:
                    return planned
            return self._look(now)
        name = _created(call)
        self.writes.append((now, name))
        outcome = self.outcomes.pop(0) if self.outcomes else "ok"
        if callable(outcome):
            outcome = outcome(call)
        if isinstance(outcome, Exception):
            return outcome
        self.taken.append((now, name))
        return outcome.error if isinstance(outcome, Lost) else {}

    def _look(self, now: float) -> Any:
        if self.gone_at is not None and now >= self.gone_at:
            return NO_TABLE
        shown = [index(name=name) for name in self._there]
        for at, name in self.taken if self._works else ():
            age = now - at - self._lag
            if age >= 0:
                status = "CREATING" if age < self._moving else "ACTIVE"
                shown.append(index(status, name=name))
        return table(self.status, *shown)

    @property
    def described(self) -> int:
        """Count the looks."""
        return sum(call.operation == "DescribeTable" for call in self.calls)


def _created(call: Call) -> str:
    (update,) = call.parameters["GlobalSecondaryIndexUpdates"]
    return str(update["Create"]["IndexName"])


def creation(name: str, **members: Any) -> Step:
    """Return the step that creates an index."""
    facts: dict[str, Any] = {
        "title": f"create index {name}",
        "operation": "UpdateTable",
        "parameters": {
            "TableName": "orders",
            "GlobalSecondaryIndexUpdates": [{"Create": {"IndexName": name}}],
        },
        "reason": "it does not exist",
        "needs": quiet(),
        "effect": indexes_started(name),
        "still": indexes_active(name),
        "action": "create",
        **members,
    }
    return Step(**facts)


def missing_of(
    state: TableState, _moment: datetime | None, *, steps: Sequence[Step]
) -> Plan:
    """Plan the steps whose effect does not hold."""
    todo, already = list[Step](), list[Step]()
    for step in steps:
        held = not step.blind and step.effect.judge(state).kind == "satisfied"
        (already if held else todo).append(step)
    return Plan("orders", tuple(todo), tuple(already))


def aim_of(*steps: Step, plan: Any = None, **members: Any) -> Aim[TableState]:
    """Return the aim that these steps have worked."""
    members.setdefault("moving", TableState.blockers)
    return Aim(
        subject=table_subject("orders"),
        plan=plan or partial(missing_of, steps=steps),
        **members,
    )


@dataclass
class Told:
    """How a change ended, and what it told.

    Attributes:
        result: what it returned; None when it failed.
        error: what it raised; None when it did not.
        events: what it told.
        elapsed: how long it took, in virtual seconds.
    """

    world: World
    result: Any = None
    error: Any = None
    events: list[Event] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def failed(self) -> str | None:
        """Name the index of the step at which it ended."""
        step: Step | None = self.error.failed
        return None if step is None else titles([step])[0]

    @property
    def names(self) -> list[str]:
        """Name the events, but for those that only say that it still waits."""
        quiet_ones = ("step.waiting", "step.continued")
        return [e.name for e in self.events if e.name not in quiet_ones]

    def of(self, name: str) -> list[Event]:
        """Return the events of one name."""
        return [event for event in self.events if event.name == name]


def change(
    world: World,
    *names: str,
    aim: Aim[TableState] | None = None,
    timeout: float | None = 600.0,
    missing: Any = "fail",
    observer: Callable[[Event], object] | None = None,
    **options: Any,
) -> Told:
    """Play a change against a world, and check what holds of every change."""
    told = Told(world)
    wanted = aim or aim_of(*map(creation, names))

    def listen(event: Event) -> None:
        told.events.append(event)
        if observer is not None:
            observer(event)

    async def actor(client: Any) -> None:
        began = client.gateway.now()
        patience = Patience(timeout, None, listen, missing)
        try:
            told.result = await execute(client.gateway, wanted, patience, **options)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            told.error = error
        told.elapsed = client.gateway.now() - began

    play(world, actor)
    _check(told, timeout)
    return told


def _check(told: Told, timeout: float | None) -> None:
    names = [event.name for event in told.events]
    ends = [name for name in names if name in ("change.finished", "change.failed")]
    if told.error is not None:
        assert ends == ["change.failed"] == names[-1:]
        _same(told.error, pickle.loads(pickle.dumps(told.error)))  # noqa: S301
    elif isinstance(told.result, ChangeResult):
        assert ends == ["change.finished"] == names[-1:]
    else:
        assert not ends
    steps = [place for place, name in enumerate(names) if name.startswith("step.")]
    if steps:
        assert "change.planned" in names[: steps[0]]
    assert names.count("change.planned") <= 1
    if timeout is not None:
        in_time = [call for call in told.world.calls if call.sent > timeout]
        assert not in_time


def _same(error: Any, copy: Any) -> None:
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    if isinstance(error, ChangeError):
        assert [s.title for s in copy.done] == [s.title for s in error.done]
        assert [s.title for s in copy.left] == [s.title for s in error.left]


def titles(steps: Sequence[Step]) -> list[str]:
    """Name steps by their indexes."""
    return [step.title.removeprefix("create index ") for step in steps]
