"""The loop that changes: what it sends, when, and what each answer means to it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from dynawait import Condition, Verdict, indexes_active, quiet
from dynawait.errors import (
    ChangeError,
    ChangeTimeoutError,
    InvalidArgumentError,
    PlanError,
    QuotaError,
    ServiceError,
)
from dynawait.plans import NOTHING, Plan
from tests.core.fakes import BROKEN, DENIED, NO_TABLE, THROTTLED, index, refusal, table
from tests.core.worlds import (
    ALREADY,
    BUSY,
    INVALID,
    QUOTA,
    UNKNOWN,
    Lost,
    World,
    aim_of,
    change,
    creation,
    titles,
)


def test_one_after_the_other() -> None:
    """Steps go in order, each when the one before has worked and all is quiet."""
    world = World()
    told = change(world, "one", "two", "three")
    assert titles(told.result.done) == ["one", "two", "three"]
    assert not told.result.already
    assert [name for _, name in world.writes] == ["one", "two", "three"]
    times = [at for at, _ in world.writes]
    assert times[0] == 0
    # Within the promise of the schedule: 8 % of 20 s, jitter, and its floor.
    assert all(20 <= b - a <= 22 for a, b in pairwise(times))
    assert told.result.state.indexes["three"].is_active


def test_so_already() -> None:
    """A request that already holds takes one look, and its plan is empty."""
    told = change(World(there=["one", "two"]), "one", "two")
    assert not told.result.plan
    assert titles(told.result.already) == ["one", "two"]
    assert not told.result.done
    assert len(told.world.calls) == 1
    assert told.elapsed == 0


def test_dry_run() -> None:
    """A dry run is one look, and never a write."""
    told = change(World(there=["one"]), "one", "two", dry_run=True)
    assert isinstance(told.result, Plan)
    assert titles(told.result.steps) == ["two"]
    assert len(told.world.calls) == 1
    assert told.names == ["change.planned"]


def test_a_dry_run_asks_for_no_proof() -> None:
    """What is waited for when all is done is no part of a dry run."""

    async def proof(*_arguments: Any) -> None:
        raise AssertionError

    assert change(World(), "one", dry_run=True, proof=proof).error is None


def test_others_move() -> None:
    """What others have begun is waited out before the first step is sent."""
    world = World()
    world.looks = [table("UPDATING")] * 5
    told = change(world, "one")
    assert world.writes[0][0] > 0
    assert world.described > 5
    assert "step.waiting" in [event.name for event in told.events]


def test_others_do_it() -> None:
    """What others have done meanwhile is not sent, and counts as already so."""
    world = World()
    world.looks = [table("UPDATING"), table("ACTIVE", index(name="one"))]
    world._there = ["one"]
    told = change(world, "one")
    assert not world.writes
    assert titles(told.result.plan.steps) == ["one"]
    assert titles(told.result.already) == ["one"]


def test_what_others_are_doing_is_awaited() -> None:
    """What is becoming so without us is waited for until it is still."""
    world = World(there=["one"])
    world.looks = [table("UPDATING", index("CREATING", name="one"))] * 3
    told = change(world, "one")
    assert not world.writes
    assert not told.result.plan
    assert told.elapsed > 0


@pytest.mark.parametrize("answer", [BUSY, THROTTLED], ids=["busy", "throttled"])
def test_refused_for_now(answer: Exception) -> None:
    """A busy table and a throttled call are tried again, ever more rarely."""
    world = World(*[answer] * 8)
    told = change(world, "one")
    assert titles(told.result.done) == ["one"]
    times = [at for at, _ in world.writes]
    gaps = [b - a for a, b in pairwise(times)]
    assert len(times) == 9
    assert gaps[0] < 4
    assert gaps[-1] > gaps[0]
    assert max(gaps) <= 28
    assert len(told.of("step.retried")) == 8


def test_throttled_with_a_date() -> None:
    """A call that says from when on it may be made again is not made before."""
    world = World(
        refusal("ThrottlingException", "Try again after 2026-01-01T00:05:00Z")
    )
    told = change(world, "one")
    assert 300 <= world.writes[1][0] <= 320
    assert told.error is None


@pytest.mark.parametrize("error", [BROKEN, Lost(), Lost(BROKEN)])
def test_an_answer_that_was_lost(error: Any) -> None:
    """What was taken although its answer was lost is done, and is not sent again."""
    world = World(error)
    told = change(world, "one", "two")
    assert titles(told.result.done) == ["one", "two"]
    assert [name for _, name in world.taken] == ["one", "two"]
    if isinstance(error, Lost):
        assert len(world.writes) == 2
    else:
        assert 10 <= world.writes[1][0] <= 12


def test_lost_for_ever() -> None:
    """A call that never arrives is given up after thirty times in a row."""
    world = World(*[BROKEN] * 100)
    told = change(world, "one", timeout=None)
    assert type(told.error) is ChangeError
    assert "lost 31 times in a row" in str(told.error)
    assert told.failed == "one"
    assert told.error.__cause__ is BROKEN


def test_already() -> None:
    """Told that it is so already, it waits until it can be seen."""
    world = World(ALREADY)
    world.taken.append((5.0, "one"))
    world.looks = [table()]
    told = change(world, "one")
    assert titles(told.result.done) == ["one"]
    assert len(world.writes) == 1


def test_already_and_it_is_not() -> None:
    """Told three times that it is so already, although it is not, it gives up."""
    told = change(World(*[ALREADY] * 9), "one", "two")
    assert "sent 3 times without effect" in str(told.error)
    assert told.error.__cause__ is ALREADY
    assert len(told.world.writes) == 3
    assert titles(told.error.left) == ["two"]


def test_no_effect() -> None:
    """A step that is taken three times without effect is given up."""
    world = World(works=False)
    told = change(world, "one")
    assert "sent 3 times without effect" in str(told.error)
    times = [at for at, _ in world.writes]
    assert all(10 <= b - a <= 12 for a, b in pairwise(times))


def test_missing() -> None:
    """A table that is not found by a write, but by looks, is given three tries."""
    told = change(World(NO_TABLE, NO_TABLE), "one")
    assert titles(told.result.done) == ["one"]
    told = change(World(*[NO_TABLE] * 9), "one")
    assert len(told.world.writes) == 3
    assert told.error.__cause__ is NO_TABLE


def test_quota() -> None:
    """A hard limit ends the change, and says from when on it may be tried again."""
    told = change(World("ok", QUOTA), "one", "two", "three")
    assert isinstance(told.error, QuotaError)
    assert told.error.not_before is None
    assert titles(told.error.done) == ["one"]
    assert told.failed == "two"
    assert titles(told.error.left) == ["three"]
    assert told.error.__cause__ is QUOTA
    assert told.names[-2:] == ["step.failed", "change.failed"]


def test_quota_with_a_date() -> None:
    """The date of a hard limit is the message's, or else the step's."""
    dated = refusal("LimitExceededException", "Wait until 2026-01-01T01:00:00Z")
    told = change(World(dated), "one")
    assert told.error.not_before.hour == 1
    assert "not before 2026-01-01T01:00:00" in str(told.error)
    when = told.error.not_before + timedelta(hours=2)
    told = change(World(QUOTA), aim=aim_of(creation("one", again=when)))
    assert told.error.not_before == when


@pytest.mark.parametrize("known", ["message", "step", "nowhere"])
def test_a_quota_that_is_waited_out(known: str) -> None:
    """A limit that passes with time is waited out, by its date where it has one."""
    dated = refusal("LimitExceededException", "Wait until 2026-01-01T01:00:00Z")
    again = None
    if known == "step":
        again = change(World(dated), "one").error.not_before
    world = World(dated if known == "message" else QUOTA)
    aim = aim_of(creation("one", again=again), waits_out=True)
    told = change(world, aim=aim, timeout=7200)
    assert titles(told.result.done) == ["one"]
    (first, _), (second, _) = world.writes
    if known == "nowhere":
        assert 60 <= second - first <= 90
    else:
        assert 3600 <= second <= 3615


@pytest.mark.parametrize("answer", [DENIED, INVALID, UNKNOWN])
def test_refused_for_good(answer: Exception) -> None:
    """A refusal for good ends the change; the ServiceError is its cause."""
    told = change(World("ok", answer), "one", "two", "three")
    assert type(told.error) is ChangeError
    assert titles(told.error.done) == ["one"]
    assert told.failed == "two"
    assert titles(told.error.left) == ["three"]
    cause = told.error.__cause__
    assert isinstance(cause, ServiceError)
    assert cause.__cause__ is answer
    assert cause.code in str(told.error)
    assert "run the same request again" in str(told.error)
    assert len(told.world.writes) == 2


def test_an_error_of_the_program() -> None:
    """What a client raises that is no error of a call ends the change as its cause."""
    bug = TypeError("unexpected keyword argument")
    told = change(World("ok", bug), "one", "two")
    assert type(told.error) is ChangeError
    assert told.error.__cause__ is bug
    assert told.failed == "two"
    assert titles(told.error.done) == ["one"]


def test_an_error_of_the_program_in_a_look() -> None:
    """In the first look it is raised as it is; later it says how far it has come."""
    bug = TypeError("unexpected keyword argument")
    world = World()
    world.looks = [bug]
    assert change(world, "one").error is bug
    world = World()
    world.looks = [None, bug]
    told = change(world, "one", "two")
    assert type(told.error) is ChangeError
    assert told.error.__cause__ is bug
    assert told.failed == "one"
    assert titles(told.error.left) == ["two"]


def test_a_look_that_is_denied() -> None:
    """A look that is refused ends the change, with the ServiceError as its cause."""
    for looks in ([DENIED], [None, None, DENIED]):
        world = World()
        world.looks = list(looks)
        told = change(world, "one")
        assert type(told.error) is ChangeError
        assert isinstance(told.error.__cause__, ServiceError)
        assert "DescribeTable was refused: AccessDenied" in str(told.error)
        assert "not authorized" in str(told.error)
        assert str(told.error).count("orders: ") == 1


def test_no_table() -> None:
    """A table that does not exist is told after the grace, and nothing is sent."""
    world = World()
    world.gone_at = 0
    told = change(world, "one")
    assert isinstance(told.error, PlanError)
    assert "table orders does not exist" in str(told.error)
    assert told.elapsed == pytest.approx(10, abs=0.5)
    assert not world.writes


def test_the_table_goes() -> None:
    """A table that goes half-way ends the change, and says how far it had come."""
    world = World()
    world.gone_at = 30
    told = change(world, "one", "two", "three")
    assert type(told.error) is ChangeError
    assert titles(told.error.done) == ["one"]
    assert told.failed == "two"
    assert "table orders" in str(told.error)
    assert told.elapsed < 60


@pytest.mark.parametrize("stale", [0.0, 2.0, 8.0])
def test_stale_looks(stale: float) -> None:
    """Looks that lag behind our own writes make nobody send them twice."""
    world = World(stale=stale)
    told = change(world, "one", "two")
    assert titles(told.result.done) == ["one", "two"]
    assert len(world.writes) == 2


def test_effect_seen_but_still_moving() -> None:
    """A step is done only when what it moved is at rest again."""
    world = World(moving=100)
    told = change(world, "one")
    (finished,) = told.of("step.finished")
    assert finished.elapsed >= 100


def test_effect_without_rest() -> None:
    """With nothing to be still, a step is done as soon as it shows."""
    world = World(moving=100)
    told = change(world, aim=aim_of(creation("one", still=NOTHING)))
    assert told.elapsed < 2


def test_blind() -> None:
    """A step whose effect nobody can see is done when it was taken, once."""
    steps = (creation("one", blind=True, effect=NOTHING), creation("two"))
    told = change(World(), aim=aim_of(*steps))
    assert titles(told.result.done) == ["one", "two"]
    assert [name for _, name in told.world.writes] == ["one", "two"]


def test_blind_and_lost() -> None:
    """A blind step whose answer was lost is sent again, until it is answered."""
    steps = (creation("one", blind=True, effect=NOTHING), creation("two"))
    told = change(World(Lost(), BROKEN), aim=aim_of(*steps))
    assert titles(told.result.done) == ["one", "two"]
    assert [name for _, name in told.world.writes] == ["one", "one", "one", "two"]


def test_blind_and_already() -> None:
    """A blind step that DynamoDB calls so already is done."""
    step = creation("one", blind=True, effect=NOTHING, still=NOTHING)
    told = change(World(ALREADY), aim=aim_of(step))
    assert len(told.world.writes) == 1
    assert titles(told.result.done) == ["one"]


def test_a_plan_that_cannot_be_made() -> None:
    """An error of the planner before the first write is raised as it is."""
    wrong = PlanError(["this cannot be"], table="orders")

    def plan(*_arguments: Any) -> Plan:
        raise wrong

    told = change(World(), aim=aim_of(plan=plan))
    assert told.error is wrong
    assert told.names == ["change.failed"]


def test_a_plan_that_breaks_on_the_way() -> None:
    """A plan that cannot be made any more is doubted for ten seconds, then told."""
    inner = aim_of(creation("one"), creation("two")).plan

    def plan(state: Any, moment: Any) -> Plan:
        if "one" in state.indexes and state.indexes["one"].is_active:
            raise PlanError(["too many indexes"], table="orders")
        return inner(state, moment)

    told = change(World(), aim=aim_of(plan=plan))
    assert type(told.error) is ChangeError
    assert "cannot go on: too many indexes" in str(told.error)
    assert titles(told.error.done) == ["one"]
    assert titles(told.error.left) == ["two"]
    assert told.error.failed is None
    assert told.elapsed == pytest.approx(30, abs=3)


def test_a_plan_that_breaks_while_a_step_is_under_way() -> None:
    """The step that is under way comes to its end first, and counts as done."""
    inner = aim_of(creation("one"), creation("two")).plan

    def plan(state: Any, moment: Any) -> Plan:
        if "one" in state.indexes:
            raise QuotaError("too often today", table="orders")
        return inner(state, moment)

    told = change(World(), aim=aim_of(plan=plan))
    assert isinstance(told.error, QuotaError)
    assert titles(told.error.done) == ["one"]
    assert titles(told.error.left) == ["two"]


def test_a_doubtful_plan_is_made_again() -> None:
    """A look at an older state that no plan fits is looked past."""
    inner = aim_of(creation("one"), creation("two")).plan
    broken: list[bool] = [True, True]

    def plan(state: Any, moment: Any) -> Plan:
        if "one" in state.indexes and state.indexes["one"].is_active and broken:
            broken.pop()
            raise PlanError(["a conflict"], table="orders")
        return inner(state, moment)

    told = change(World(), aim=aim_of(plan=plan))
    assert titles(told.result.done) == ["one", "two"]


def test_what_cannot_come_true() -> None:
    """A need that cannot come true ends the change."""
    never = Condition("never", lambda _: Verdict.impossible("it is archived"))
    told = change(World(), aim=aim_of(creation("one", needs=never)))
    assert type(told.error) is ChangeError
    assert "it is archived" in str(told.error)


def test_an_effect_that_cannot_come_true() -> None:
    """An effect that cannot come true is believed once a look must show it."""
    never = Condition("never", lambda _: Verdict.impossible("it has failed"))
    told = change(World(works=False), aim=aim_of(creation("one", effect=never)))
    assert "it has failed" in str(told.error)
    assert told.elapsed == pytest.approx(10, abs=1)


def test_it_begins_to_fail_when_it_must_show() -> None:
    """What is not still for good is believed only after the lag."""
    never = Condition("never", lambda _: Verdict.impossible("it is going"))
    step = creation("one", still=never)
    told = change(World(), aim=aim_of(step))
    assert "it is going" in str(told.error)
    assert told.elapsed >= 10


def test_the_goal_is_waited_for() -> None:
    """When nothing is left to send, what is so already has to be still as well."""
    step = creation("one", still=indexes_active("one") & quiet())
    world = World(there=["one"])
    world.looks = [table("UPDATING", index(name="one"))] * 3
    told = change(world, aim=aim_of(step))
    assert world.described == 4
    assert told.error is None


def test_an_option_that_is_wrong() -> None:
    """An observer that cannot be called is refused before anything is called."""

    async def actor(client: Any) -> None:
        from dynawait._core.execute import execute
        from dynawait._core.patience import Patience

        wrong: Any = "print"
        await execute(client.gateway, aim_of(creation("one")), Patience(1, None, wrong))

    from tests.core.fakes import play

    world = World()
    with pytest.raises(InvalidArgumentError, match="on_event"):
        play(world, actor)
    assert not world.calls


def test_a_proof_that_times_out() -> None:
    """The time-out of what is awaited at the end is one of the change."""
    from dynawait import table_absent
    from dynawait._core.subject import table_subject
    from dynawait._core.wait import wait_until

    async def proof(gateway: Any, _result: Any, patience: Any) -> None:
        subject = table_subject("orders")
        await wait_until(gateway, subject, table_absent(), patience)

    told = change(World(), "one", timeout=60, proof=proof)
    assert isinstance(told.error, ChangeTimeoutError)
    assert titles(told.error.done) == ["one"]
    assert told.elapsed == pytest.approx(60, abs=0.1)
