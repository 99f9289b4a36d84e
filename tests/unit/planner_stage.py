"""A simulated table to carry plans out on, one step at a time, with days in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dynawait._core.planner.update import plan_update
from dynawait.states import TableState
from dynawait.testing.model import ControlPlane, ServiceFault
from tests.unit.update_requests import NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from dynawait.plans import Plan, Step

    Planner: TypeAlias = "Callable[[TableState, datetime], Plan]"

_START = datetime(2026, 1, 1, tzinfo=UTC)
# Whatever is under way is over by then, and no limit that counts changes is near.
_LONG = 31 * 86_400.0
# When a change is looked at while it is under way, in seconds after it was sent.
_INSTANTS = (0.1, 1.0, 3.0, 5.0, 8.0, 30.0, 50.0, 100.0, 700.0)
# Once a strongly consistent group is gone, nothing shows that it was one.
_UNSTABLE = "remove replica "
# What was so at first and may have to be done on the way: where throughput is lowered
# the simulator lets what is warm sink with it, and a table that loses its last replica
# loses its protection against leaving.
_SINKING = (
    "warm ",
    "enable disassociation protection",
    "disable disassociation protection",
)


class Stage:
    """A table on the simulator.

    Attributes:
        calls: what was sent, in order.
    """

    def __init__(
        self, table: dict[str, Any], updates: tuple[dict[str, Any], ...] = ()
    ) -> None:
        """Create the table, and update it as far as that is accepted."""
        self._now = 0.0
        self.calls: list[dict[str, Any]] = []
        self._plane = ControlPlane(lambda: self._now, start=_START)
        self._plane.handle("CreateTable", table)
        self.rest()
        for index in (None, *(f"by-{number}" for number in range(20))):
            self._plane.autoscale(NAME, index)
        for update in updates:
            self.accepts(update)
            self.rest()

    @property
    def moment(self) -> datetime:
        """The time."""
        return _START + timedelta(seconds=self._now)

    def rest(self, seconds: float = _LONG) -> None:
        """Let time pass."""
        self._now += seconds

    def look(self) -> TableState:
        """Return the table as it is."""
        answer = self._plane.handle("DescribeTable", {"TableName": NAME})
        return TableState.parse(answer)

    def send(self, request: dict[str, Any]) -> None:
        """Send an UpdateTable.

        Raises:
            ServiceFault: it is refused.
        """
        self.calls.append(request)
        self._plane.handle("UpdateTable", request)

    def accepts(self, request: dict[str, Any]) -> bool:
        """Send an UpdateTable, and tell whether it is accepted."""
        try:
            self.send(request)
        except ServiceFault:
            return False
        return True

    def plan(self, request: dict[str, Any]) -> Plan:
        """Plan an UpdateTable."""
        return plan_update(self.look(), moment=self.moment, **request)

    def carry_out(self, planner: Planner) -> Plan:
        """Carry a plan out, and claim at every point that the rest of it is planned.

        As the executor does, each step is planned anew when its turn comes.

        Returns:
            The plan of the beginning.
        """
        first = plan = planner(self.look(), self.moment)
        titles = [step.title for step in (*first.steps, *first.already)]
        assert len(set(titles)) == len(titles), titles
        left = [step.title for step in first]
        while plan:
            step = plan.steps[0]
            assert step.title in left or step.title.startswith(_SINKING), step.title
            self._take(step, planner, titles)
            left = [title for title in left if title != step.title]
            plan = self._planned_rest(planner, left, titles)
        assert not left, f"lost: {left}"
        return first

    def _take(self, step: Step, planner: Planner, titles: list[str]) -> None:
        needs = step.needs.judge(self.look())
        assert needs.kind == "satisfied", f"{step.title} waits for {needs.reasons}"
        try:
            self.send(dict(step.parameters))
        except ServiceFault as fault:
            message = f"{step}\n{step.parameters}\nwas refused: {fault}"
            raise AssertionError(message) from fault
        passed = 0.0
        for instant in _INSTANTS:
            self.rest(instant - passed)
            passed = instant
            self._check_titles(planner(self.look(), self.moment), titles)
        self.rest()
        state = self.look()
        effect, still = step.effect.judge(state), step.still.judge(state)
        assert effect.kind == "satisfied", f"{step.title}: {effect.reasons}"
        assert still.kind == "satisfied", f"{step.title}: {still.reasons}"

    def _planned_rest(
        self, planner: Planner, left: list[str], titles: list[str]
    ) -> Plan:
        """Plan what is left, which is what was left before, in the same order."""
        plan = planner(self.look(), self.moment)
        self._check_titles(plan, titles)
        held = {each.title for each in plan.already}
        left[:] = [title for title in left if title not in held]
        found = [each.title for each in plan]
        sunk = {t for t in found if t not in left and t.startswith(_SINKING)}
        assert [title for title in found if title not in sunk] == left
        return plan

    def _check_titles(self, plan: Plan, titles: list[str]) -> None:
        found = [step.title for step in (*plan.steps, *plan.already)]
        assert len(set(found)) == len(found), found
        strange = [
            title
            for title in found
            if title not in titles and not title.startswith(_UNSTABLE)
        ]
        assert not strange, (strange, titles)
