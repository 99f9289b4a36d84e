"""One deadline for a whole change, and what is told of it on the way."""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynawait import Verdict
from dynawait.conditions import Condition
from dynawait.errors import ChangeTimeoutError, OutcomeUnknownError
from dynawait.plans import NOTHING
from tests.core.fakes import ARN, BROKEN, DENIED, THROTTLED, table
from tests.core.worlds import (
    BUSY,
    Lost,
    Told,
    World,
    aim_of,
    change,
    creation,
    titles,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dynawait import Event
    from tests.core.fakes import Call

NEVER: Condition[Any] = Condition("never", lambda _: Verdict.pending("it may not be"))


def test_before_the_first_step() -> None:
    """A step that is never admitted is not sent, and the time-out says why."""
    told = change(World(), aim=aim_of(creation("one", needs=NEVER)), timeout=100)
    assert isinstance(told.error, ChangeTimeoutError)
    assert isinstance(told.error, TimeoutError)
    assert "timed out after 100 s, waiting: it may not be" in str(told.error)
    assert told.elapsed == pytest.approx(100, abs=0.1)
    assert not told.world.writes
    assert titles(told.error.left) == ["one"]
    assert told.error.failed is None


def test_while_others_move() -> None:
    """A time-out behind other writers names what they move, and for how long."""
    world = World()
    world.status = "UPDATING"
    told = change(world, "one", timeout=100)
    assert isinstance(told.error, ChangeTimeoutError)
    assert "somebody else keeps it busy: table is UPDATING (for 100 s)" in str(
        told.error
    )


def test_refused_to_the_end() -> None:
    """A step that was only refused for now is not failed but left."""
    told = change(World(*[BUSY] * 50), "one", "two", timeout=60)
    assert isinstance(told.error, ChangeTimeoutError)
    assert told.error.failed is None
    assert titles(told.error.left) == ["one", "two"]
    assert "Table is being updated" in str(told.error)


def test_in_the_middle() -> None:
    """A time-out while a step is under way names it, with what is done and left."""
    told = change(World(moving=50), "one", "two", "three", timeout=80)
    assert isinstance(told.error, ChangeTimeoutError)
    assert titles(told.error.done) == ["one"]
    assert told.failed == "two"
    assert titles(told.error.left) == ["three"]
    assert "index two is CREATING" in str(told.error)
    assert told.elapsed == pytest.approx(80, abs=0.1)
    # It was not refused: it goes on.
    assert not told.of("step.failed")


def test_between_two_steps() -> None:
    """When the time is up, nothing new is begun."""
    world = World(moving=50, latency=lambda call: 20.0 if call.number > 1 else 0.0)
    told = change(world, "one", "two", timeout=61)
    assert isinstance(told.error, ChangeTimeoutError)
    assert len(world.writes) == 1


def test_an_answer_that_never_comes() -> None:
    """A write in flight at the deadline has five seconds for its last word."""
    world = World(latency=lambda call: 1e9 if call.operation == "UpdateTable" else 0)
    told = change(world, "one", timeout=30)
    assert isinstance(told.error, OutcomeUnknownError)
    assert "could be told whether create index one took effect" in str(told.error)
    assert told.elapsed == pytest.approx(35)
    assert told.failed == "one"


def test_a_last_word() -> None:
    """A write that is answered just after the deadline is known to be taken."""
    world = World(latency=lambda call: 33 if call.operation == "UpdateTable" else 0)
    told = change(world, "one", timeout=30)
    assert isinstance(told.error, ChangeTimeoutError)
    assert told.failed == "one"


def test_unknown_to_the_end() -> None:
    """An answer that was lost, and no look that could tell: the outcome is unknown."""
    world = World(Lost(), shows_after=1000)
    told = change(world, "one", "two", timeout=8)
    assert isinstance(told.error, OutcomeUnknownError)
    assert told.failed == "one"
    assert titles(told.error.left) == ["two"]


def test_no_look_is_answered() -> None:
    """A time-out without any answer says what the last look met with."""
    world = World()
    world.looks = [THROTTLED] * 1000
    told = change(world, "one", timeout=30)
    assert isinstance(told.error, ChangeTimeoutError)
    assert "Rate exceeded" in str(told.error)
    assert told.names[0] == "wait.retried"
    world = World(latency=1e9)
    told = change(world, "one", timeout=30)
    assert "no look was answered" in str(told.error)


def test_no_time_at_all() -> None:
    """With a timeout of 0 there is one look and no write."""
    assert change(World(there=["one"]), "one", timeout=0).error is None
    told = change(World(), "one", timeout=0)
    assert isinstance(told.error, ChangeTimeoutError)
    assert "timed out after 0 s, before create index one" in str(told.error)
    assert len(told.world.calls) == 1
    assert told.elapsed == 0
    world = World()
    world.status = "UPDATING"
    told = change(world, "one", timeout=0)
    assert isinstance(told.error, ChangeTimeoutError)
    assert len(world.calls) == 1
    assert change(World(), "one", timeout=0, dry_run=True).result


def test_for_ever() -> None:
    """Without a timeout a change of two days is carried to its end."""
    told = change(World(moving=2 * 86_400), "one", timeout=None)
    assert told.elapsed == pytest.approx(2 * 86_400, abs=11)


OUTCOMES = st.sampled_from(["ok", BUSY, THROTTLED, BROKEN, Lost(), Lost(BROKEN)])


@given(
    outcomes=st.lists(OUTCOMES, max_size=8),
    timeout=st.floats(0, 200),
    latency=st.floats(0, 5),
    moving=st.floats(0, 60),
    stale=st.floats(0, 5),
)
@settings(max_examples=150, deadline=None)
def test_it_ends_in_time(
    outcomes: list[Any], timeout: float, latency: float, moving: float, stale: float
) -> None:
    """Whatever happens: it ends by its deadline and one call, and tells the truth."""
    world = World(*outcomes, latency=latency, moving=moving, stale=stale)
    told = change(world, "one", "two", "three", timeout=timeout)
    assert told.elapsed <= timeout + latency + 1e-6
    taken = [name for _, name in world.taken]
    assert len(taken) == len(set(taken))
    whole = told.result if told.error is None else told.error
    done = titles(whole.done)
    assert done == taken[: len(done)]
    if told.error is None:
        assert done == ["one", "two", "three"]
        return
    assert isinstance(told.error, (ChangeTimeoutError, OutcomeUnknownError))
    left = titles(told.error.left)
    assert not {*done, told.failed} & {*left}
    assert {*taken} <= {*done, told.failed}


def events_of(told: Told) -> list[str]:
    """Name the events, each run of one name as one."""
    names: list[str] = []
    for event in told.events:
        if not names or names[-1] != event.name:
            names.append(event.name)
    return names


def test_what_is_told() -> None:
    """The plan comes first, each step begins before it ends, and the end is last."""
    told = change(World("ok", BUSY, moving=5), "one", "two")
    assert events_of(told) == [
        "change.planned",
        "step.started",
        "step.waiting",
        "step.finished",
        "step.started",
        "step.retried",
        "step.waiting",
        "step.started",
        "step.waiting",
        "step.finished",
        "change.finished",
    ]
    planned, *_, finished = told.events
    assert planned.plan is not None
    assert titles(planned.plan.steps) == ["one", "two"]
    assert finished.text.startswith("done: create index one, create index two (")
    started = told.of("step.started")
    assert [e.step.title for e in started if e.step] == [
        "create index one",
        "create index two",
        "create index two",
    ]
    assert all(event.table == "orders" for event in told.events)
    times = [event.elapsed for event in told.events]
    assert times == sorted(times)


def test_long_waits_are_told() -> None:
    """What lasts is told of, not more often than every ten seconds."""
    told = change(World(moving=300), "one")
    heard = [e.elapsed for e in told.of("step.continued")]
    assert 15 <= len(heard) <= 30
    assert min(b - a for a, b in pairwise(heard)) >= 10
    assert "create index one: still waiting" in told.of("step.continued")[0].text


def test_a_failure_is_told() -> None:
    """The step that was refused for good is told, and then the end."""
    told = change(World(DENIED), "one", "two")
    assert told.names == [
        "change.planned",
        "step.started",
        "step.failed",
        "change.failed",
    ]
    assert "AccessDenied" in told.of("step.failed")[0].text


def test_so_already_is_told() -> None:
    """What was so already is planned and finished, and that is all."""
    told = change(World(there=["one"]), "one")
    assert told.names == ["change.planned", "change.finished"]
    assert "nothing to do; already so: create index one" in told.events[-1].text


@pytest.mark.parametrize("at", ["change.planned", "step.waiting", "step.finished"])
def test_an_observer_that_raises(at: str, caplog: pytest.LogCaptureFixture) -> None:
    """An observer that raises is told no more, and the change goes on."""
    heard: list[str] = []

    def observer(event: Event) -> None:
        heard.append(event.name)
        if event.name == at:
            raise RuntimeError("no room")

    async def actor(client: Any) -> Any:
        from dynawait._core.execute import execute
        from dynawait._core.patience import Patience

        steps = creation("one"), creation("two")
        return await execute(
            client.gateway, aim_of(*steps), Patience(600, None, observer)
        )

    from tests.core.fakes import play

    result = play(World(), actor)
    assert titles(result.done) == ["one", "two"]
    assert heard[-1] == at
    assert heard.count(at) == 1
    assert "is not told any more" in caplog.text


def test_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Changes and steps go to a log of their own, with their facts."""
    with caplog.at_level(logging.INFO, "dynawait.change"):
        change(World(BUSY), "one")
    lines = [r for r in caplog.records if r.name == "dynawait.change"]
    names = [getattr(line, "event", "") for line in lines]
    assert names == [
        "change.planned",
        "step.started",
        "step.retried",
        "step.started",
        "step.finished",
        "change.finished",
    ]
    assert lines[2].levelno == logging.WARNING
    assert all(getattr(line, "table", "") == "orders" for line in lines)


class Clock:
    """A source that is asked at each look, and takes long."""

    name = "Oracle"

    def __init__(self, seconds: float) -> None:
        """Take so long to answer."""
        self.seconds = seconds
        self.asked: list[float] = []

    def due(self, run: Any, now: float) -> bool:
        """Be due every 20 seconds."""
        return not self.asked or now - self.asked[-1] >= 20

    async def ask(self, gateway: Any, run: Any, teller: Any) -> None:
        """Ask ten times."""
        self.asked.append(gateway.now())
        for _ in range(10):
            await gateway.ask(self, "lookup", {"gateway": gateway})

    async def lookup(self, gateway: Any) -> Mapping[str, Any]:
        """Answer late."""
        await gateway.sleep(self.seconds)
        return {}


def test_a_source_may_not_outlast_the_change() -> None:
    """What else is asked ends with the deadline as well."""
    source = Clock(3.0)
    world = World()
    world.status = "UPDATING"
    told = change(world, "one", timeout=100, sources=(source,))
    assert isinstance(told.error, ChangeTimeoutError)
    assert told.elapsed <= 103


def test_a_source_that_fails() -> None:
    """A source that fails is told of, asked no more, and of no other matter."""
    source = Clock(0)

    async def lookup(gateway: Any) -> None:
        raise ValueError("no such method")

    source.lookup = lookup  # type: ignore[method-assign, assignment]
    told = change(World(moving=100), "one", sources=(source,))
    assert told.error is None
    (warning,) = told.of("change.warned")
    assert "Oracle cannot be asked, going on without: no such method" in warning.text
    assert len(source.asked) == 1


def test_a_pause_of_the_process() -> None:
    """A look that was answered before the process stood still proves nothing after."""
    held: list[bool] = []

    def latency(call: Call) -> float:
        # The first look after the write is on its way for two minutes.
        if call.operation == "DescribeTable" and call.number == 2 and not held:
            held.append(True)
            return 240.0
        return 0.0

    world = World(latency=latency, shows_after=130, moving=10)
    told = change(world, aim=aim_of(creation("one", lag=200.0)))
    assert titles(told.result.done) == ["one"]
    assert len(world.writes) == 1


def test_an_arn() -> None:
    """Messages name the table as it was given."""
    from dataclasses import replace

    aim = aim_of(creation("one", needs=NEVER, still=NOTHING))
    aim = replace(aim, subject=replace(aim.subject, name=ARN))
    world = World()
    world.looks = [table()]
    told = change(world, aim=aim, timeout=1)
    assert str(told.error).startswith(f"{ARN}: timed out")
    assert not told.events[-1].text.startswith(ARN)


def test_a_failed_look_does_not_end_a_long_change() -> None:
    """Without a timeout, one look that fails is no service that is not there.

    A change that has gone on for longer than that takes waits anew whenever somebody
    else was asked; the first look of such a wait may fail like any other.
    """

    class Nosy:
        """Asks, to no end, whenever a minute is over."""

        name = "nobody"

        def __init__(self) -> None:
            self.asked = 0.0

        def due(self, _run: Any, now: float) -> bool:
            return now - self.asked >= 60

        async def ask(self, gateway: Any, _run: Any, _teller: Any) -> None:
            self.asked = gateway.now()
            world.looks = [BROKEN, *world.looks]

    world = World(moving=2_000)
    told = change(world, "one", timeout=None, sources=(Nosy(),))
    assert told.error is None
    assert told.elapsed == pytest.approx(2_000, abs=15)


def test_an_old_look_is_not_acted_on() -> None:
    """What was seen before the process stood still may not be so: it looks again."""

    def latency(call: Call) -> float:
        return 60.0 if call.number == 0 else 0.0

    world = World(latency=latency)
    world.taken.append((40.0, "one"))  # by somebody else, after the answer was made
    told = change(world, "one")
    assert told.error is None
    assert not world.writes
    slow = change(World(latency=60.0), "one", timeout=None)
    assert titles(slow.result.done) == ["one"]
