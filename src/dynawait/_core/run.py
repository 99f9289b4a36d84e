"""One run of a change: what it has sent and seen, and what it does next.

A run is told what each look showed and what came of each call, and answers what comes
next: send a step, wait, or nothing more. It does no I/O. It follows the live state, not
a list: at each look it is planned anew what is left, so that whatever others did, or an
earlier run that was killed, counts as well.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from ..conditions import Condition, Verdict, no_table
from ..errors import ChangeError, PlanError, QuotaError
from ..plans import ChangeResult, Plan, Step
from .flight import VAIN, Flight, Setbacks
from .movement import Movement
from .outcome import words_of
from .recognition import DOUBT, Recognition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ..states import TableState
    from .aim import Aim
    from .gateway import Gateway
    from .sources import Source
    from .tell import Teller

S = TypeVar("S")

# How old a look may be that a step is sent on, in seconds.
_FRESH = 5.0
# A rest that is too long for quick looks, in seconds.
_LONG_REST = 60.0


class Run(Generic[S]):
    """One run towards an aim.

    Attributes:
        ready: the condition that a look is waited for with: there is something to do.
        plan: what was planned at the first look; None before it.
        next: the step to send now.
        asks: the source to ask now.
        over: whether nothing is left to do or to wait for.
        flight: the step that was sent last, until it is seen to have worked.
        paced: since when the looks have grown rarer.
        looks: how often was looked.
        movement: what moves, since when, and who moves it.
        waits_for: why it waits, a sentence each.
        deadline: when the time is up, in seconds on the gateway's clock.
        setbacks: what went wrong with its calls.
    """

    def __init__(
        self,
        gateway: Gateway,
        aim: Aim[S],
        teller: Teller,
        *,
        sources: tuple[Source, ...] = (),
        dry: bool = False,
        timeout: float | None = None,
    ) -> None:
        self.aim = aim
        self.subject = aim.subject
        if aim.identity is not None:
            # It is told apart here, so each single wait need not, and must not fail.
            self.subject = replace(aim.subject, identity=None)
        self._recognition = Recognition(aim)
        self._latest = Plan(aim.subject.name)
        self.plan: Plan | None = None
        self.left: tuple[Step, ...] = ()
        self.done: dict[str, Step] = {}
        self.next: Step | None = None
        self.asks: Source | None = None
        self.over = False
        self.flight: Flight | None = None
        self.state: S | None = None
        self.waits_for: tuple[str, ...] = ()
        self.started = self.paced = self._paced = gateway.now()
        self.deadline = inf if timeout is None else self.started + timeout
        self.sources = list(sources)
        self.ready: Condition[Any] = Condition("the change", self.judge)
        self.looks = 0
        self.movement = Movement()
        self._gateway = gateway
        self._teller = teller
        self._dry = dry
        self._seen = self.started
        self._seen_at: datetime | None = None
        self._old_looks = 0
        self._sent_any = False
        self._open: Step | None = None
        self._deletes = False
        self._asked: dict[str, Step] = {}
        self.setbacks = Setbacks(self.started)
        self._wrong_since: float | None = None
        self._last_error: Exception | None = None

    def see(self, sent: float, at: datetime | None) -> None:
        """Note when the look was sent that is judged next, by the clock and by date."""
        self._seen, self._seen_at = sent, at

    def looks_back(self) -> bool:
        """Tell whether the last look is too old to act on, so another one is due.

        A process may stand still, and a machine be suspended, with an answer in its
        hands. Two such looks in a row are just slow calls: the second is acted on.
        """
        age = self._gateway.now() - self._seen
        if self._seen_at is not None:
            by_date = self._gateway.moment() - self._seen_at
            age = max(age, by_date.total_seconds())
        self._old_looks = self._old_looks + 1 if age > _FRESH else 0
        return self._old_looks == 1

    def judge(self, state: S) -> Verdict:
        """Take in what a look showed; satisfied when there is something to do."""
        self.looks += 1
        self.next = self.asks = None
        now = self._gateway.now()
        other = self._recognition.judge(state, self._seen, going=self._going())
        if other is not None:
            return self._without(other)
        self.state = state
        moving = self.aim.moving(state)
        self.movement.look(moving, now, in_flight=self.flight is not None)
        if not self.aim.absent and not getattr(state, "exists", True):
            return no_table(cast("TableState", state))
        try:
            verdict = self._decide(state)
        except ChangeError as error:
            # What this run ends with by itself knows its plan.
            if not self._sent_any or error.plan is not None:
                raise
            # Planned on from a state that we have changed: maybe an older one.
            if self._wrong_since is None:
                self._wrong_since = self._seen
            if self._seen - self._wrong_since >= DOUBT:
                raise
            verdict = Verdict.pending(f"looking again: {error.problem}")
        else:
            self._wrong_since = None
        # What is missing here is on its way: no reason to doubt that names are right.
        verdict = replace(verdict, missing=())
        self.waits_for = verdict.reasons
        if verdict.kind == "impossible":
            raise self.failure("; ".join(verdict.reasons))
        if self.over or self.next is not None:
            return verdict
        due = (source for source in self.sources if source.due(self, now))
        self.asks = next(due, None)
        return verdict if self.asks is None else Verdict.satisfied()

    def _without(self, verdict: Verdict) -> Verdict:
        """Go on from a look that did not show the table that this is about."""
        if verdict.kind == "impossible":
            raise self.failure("; ".join(verdict.reasons))
        if verdict.kind == "satisfied":
            self._leave_alone()
        return verdict

    def _leave_alone(self) -> None:
        """End: what was to go is gone, and another one has its name."""
        if self.subject.absent is not None:
            self.state = self.subject.absent(self.subject.name)
        if self.flight is not None:
            step = self.flight.step
            if step.effect.judge(self.state).kind == "satisfied":
                self._finish(step)
        self.left, self.over = (), True
        text = "it is gone, and somebody has created another one: that is left alone"
        self._teller.tell("change.warned", text)

    def _decide(self, state: S) -> Verdict:
        plan = self._planned(state)
        if self.plan is None:
            self.plan = plan
            self._teller.planned(plan)
        self._asked |= {step.title: step for step in (*plan.already, *plan.steps)}
        self.left = tuple(step for step in plan if step.title not in self.done)
        if self._dry:
            self.over = True
            return Verdict.satisfied()
        if self.flight is not None:
            verdict = self._follow(self.flight, state)
            if verdict is not None:
                return verdict
            plan = self._planned(state)
            self.left = tuple(step for step in plan if step.title not in self.done)
        if not self.left:
            goal = replace(plan, steps=()).goal.judge(state)
            self.over = goal.kind == "satisfied"
            return goal
        if self._gateway.now() < self.setbacks.rest_until:
            return Verdict.pending(*self.waits_for)
        step = self.left[0]
        needs = step.needs.judge(state)
        if needs.kind == "satisfied":
            self.next = step
        return needs

    def _planned(self, state: S) -> Plan:
        """Plan what is left; while a step is in flight, that comes to its end first.

        Raises:
            ChangeError: no plan can be made, and nothing is in flight.
        """
        try:
            self._latest = self._plan(state)
        except ChangeError:
            if self.flight is None:
                raise
        return self._latest

    def _plan(self, state: S) -> Plan:
        """Plan; limits that pass with time are looked ahead for at the start only.

        Raises:
            ChangeError: no plan can be made.
        """
        try:
            return self.aim.plan(state, self._gateway.moment())
        except QuotaError:
            if not self._sent_any:
                raise
        return self.aim.plan(state, None)

    def _going(self) -> bool:
        """Tell whether the table may be gone, as somebody has asked for that."""
        return self.aim.vanished == "success" and (
            self._deletes or getattr(self.state, "status", None) == "DELETING"
        )

    def _follow(self, flight: Flight, state: S) -> Verdict | None:
        """Judge what became of the step in flight; None when it is decided."""
        verdict = flight.judge(state, self._seen, self.movement.seen)
        if verdict is None:
            self._drop(flight)
        elif verdict.kind == "satisfied":
            self._finish(flight.step)
            return None
        return verdict

    def _drop(self, flight: Flight) -> None:
        """Take it that nothing came of a step.

        Raises:
            ChangeError: that has happened too often.
        """
        self.flight = None
        if flight.sure:
            self.setbacks.lost = 0
            self._come_to_nothing(flight.step, flight.error)
        elif self.setbacks.too_lost():
            self._last_error = flight.error
            problem = f"the call was lost {self.setbacks.lost} times in a row"
            raise self.failure(f"{flight.step.title}: {problem}", flight.step)

    def _finish(self, step: Step) -> None:
        self.done[step.title] = step
        self.flight = self._open = None
        self.setbacks.lost = 0
        self.paced = self._gateway.now()
        self._teller.step("step.finished", step, f"{step.title}: done")

    def _come_to_nothing(self, step: Step, error: Exception | None) -> None:
        """Count a step that worked nothing; raise when it has often enough."""
        if self.setbacks.too_vain(step):
            self._last_error = error
            raise self.failure(f"{step.title}: sent {VAIN} times without effect", step)

    def send(self, step: Step) -> None:
        """Note that a step is being sent."""
        self._sent_any, self._open = True, step
        self._deletes |= step.operation == "DeleteTable"
        self._paced, self.paced = self.paced, self._gateway.now()
        self.flight = Flight(step, self.paced)
        self._teller.step("step.started", step, f"{step.title}: sending")

    def take(self, response: Mapping[str, Any]) -> None:
        """Note that DynamoDB has taken the step in flight, by its answer."""
        self.setbacks.refusals = 0
        self.movement.answer(response)
        if self.flight is not None:
            self.flight.sure = True
            self.flight.sent = self._gateway.now()

    def doubt(self, error: Exception, *, sure: bool = False) -> None:
        """Note that it cannot be told whether the step in flight was taken.

        Args:
            error: what came instead of an answer.
            sure: whether DynamoDB said that it is so already.
        """
        if self.flight is not None:
            self.flight.error, self.flight.sure = error, sure
            self.flight.sent = self._gateway.now()

    def refuse(
        self, reason: str, rest: float, *, vain: Exception | None = None
    ) -> None:
        """Note that the step in flight was not taken, and is to be sent later.

        Args:
            reason: why, as DynamoDB said it.
            rest: for how long not to send it, in seconds.
            vain: the error, where it may mean that it will never be taken.
        """
        if self.flight is None:
            return
        step, self.flight, self._open = self.flight.step, None, None
        self.waits_for = (reason,)
        if rest >= _LONG_REST:  # nothing moves, so quick looks would see nothing
            self.paced = self._paced
        self.setbacks.rest_until = self._gateway.now() + rest
        self._teller.step("step.retried", step, f"{step.title}: {reason}")
        if vain is not None:
            self._come_to_nothing(step, vain)

    @property
    def current(self) -> Step | None:
        """The step in flight, or else the one that comes next."""
        if self.flight is not None:
            return self.flight.step
        return self.left[0] if self.left else None

    @property
    def blocked_since(self) -> float | None:
        """Since when others keep the next step waiting; None: they do not."""
        if self.flight is not None or not self.left:
            return None
        return self.movement.blocked_since

    def blockers(self) -> str:
        """Say what others move while nothing of this run is in flight, and who does."""
        told = self.movement.told(self._gateway.now())
        if self.flight is not None or not told:
            return ""
        return "; ".join(
            ["", f"somebody else keeps it busy: {told}", *self.movement.names()]
        )

    def completed(self, error: Exception) -> Exception:
        """Return an error with how far the change had come, where it had begun."""
        if not isinstance(error, ChangeError):
            if not self._sent_any:
                return error
            failure = self.failure(f"cannot go on: {words_of(error)}")
            failure.__cause__ = error
            return failure
        if error.done or error.failed or error.left:
            return error
        if isinstance(error, PlanError) and self._sent_any:
            failure = self.failure(f"cannot go on: {error.problem}")
            failure.__cause__ = error
            return failure
        error.place(
            plan=self.plan,
            done=self.done.values(),
            failed=self._open,
            left=self._left_but(self._open),
            state=error.state or cast("Any", self.state),
        )
        return error

    def result(self) -> ChangeResult:
        """Return what it came to."""
        plan = Plan(self.aim.subject.name) if self.plan is None else self.plan
        already = tuple(
            step for title, step in self._asked.items() if title not in self.done
        )
        return ChangeResult(
            self.state,
            plan,
            tuple(self.done.values()),
            already,
            self._gateway.now() - self.started,
        )

    def failure(
        self,
        problem: str,
        step: Step | None = None,
        kind: type[ChangeError] = ChangeError,
        **more: Any,
    ) -> ChangeError:
        """Return an error that says how far the change had come."""
        failed = step or self._open
        error = kind(
            problem,
            table=self.aim.subject.name,
            plan=self.plan,
            done=self.done.values(),
            failed=failed,
            left=self._left_but(failed),
            state=cast("Any", self.state),
            **more,
        )
        error.__cause__ = self._last_error
        return error

    def _left_but(self, failed: Step | None) -> tuple[Step, ...]:
        """Return what is still to come, after what was done and what failed."""
        titles = {*self.done, *(() if failed is None else (failed.title,))}
        return tuple(step for step in self.left if step.title not in titles)
