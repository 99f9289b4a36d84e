"""What the parts of an UpdateTable plan are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...plans import Plan
from .problems import Problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ...plans import Step
    from ...states import TableState


@dataclass(slots=True)
class Draft:
    """A plan in the making.

    Attributes:
        state: the table as it is.
        request: the parameters that were given.
        moment: the time of planning; None: not known.
        table: the name or ARN that calls have.
        problems: what is wrong.
        notes: what whoever reads the plan should know.
        under_way: the titles of steps that somebody has sent, and that cannot fail.
    """

    state: TableState
    request: Mapping[str, Any]
    moment: datetime | None
    table: str = ""
    problems: Problems = field(init=False)
    notes: list[str] = field(default_factory=list[str])
    under_way: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        """Take the table's name as the request has it."""
        self.table = self.table or str(self.request["TableName"])
        self.problems = Problems(self.table)

    def call(self, **parameters: Any) -> dict[str, Any]:
        """Return the parameters of a call for this table."""
        return {"TableName": self.table, **parameters}

    def need_table(self) -> None:
        """Refuse to plan for a table that is not there.

        Raises:
            PlanError: there is no table.
        """
        if not self.state.exists:
            self.problems.add("the table does not exist; create it first")
            self.problems.check()

    def plan(self, steps: Iterable[Step]) -> Plan:
        """Return the plan of these steps: those that hold are already so.

        Raises:
            PlanError: something is wrong with the request.
            ChangeError: the request is right, and the live table is against it.
        """
        every = tuple(steps)
        self.problems.check()
        todo: list[Step] = []
        already: list[Step] = []
        for step in every:
            (already if self._holds(step) else todo).append(step)
        notes = dict.fromkeys(self.notes)
        return Plan(self.table, tuple(todo), tuple(already), tuple(notes))

    def _holds(self, step: Step) -> bool:
        if step.blind:
            return False
        held = step.effect.judge(self.state).kind == "satisfied"
        return held or step.title in self.under_way
