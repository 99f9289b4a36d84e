"""Steps and plans: what is to be done to a table, in which order, and why.

>>> from dynawait import TableState, plan_update
>>> state = TableState("orders", status="ACTIVE")
>>> print(plan_update(state, TableName="orders", BillingMode="PAY_PER_REQUEST"))
orders: 1 step
  ~ switch to PAY_PER_REQUEST
      UpdateTable, takes minutes: billing mode is PROVISIONED
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from .conditions import Condition, Verdict
from .conditions._algebra import portable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from typing import TypeAlias

    from .states import TableState

    Action: TypeAlias = Literal["create", "update", "delete"]
    Duration: TypeAlias = Literal["instant", "seconds", "minutes", "hours"]

_SIGNS = {"create": "+", "update": "~", "delete": "-"}
_FORMAT = 1


def _nothing(_state: Any) -> Verdict:
    return Verdict.satisfied()


NOTHING: Condition[Any] = Condition("nothing", _nothing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One legal call, with what must hold before it and what holds after it.

    Attributes:
        title: what it does, ``"create index by-email"``; no two steps of a plan share
            one, and a later plan for the same request calls the same step alike.
        operation: its name in the service model, ``"UpdateTable"``.
        parameters: its keyword arguments, as botocore takes them.
        reason: why it is needed.
        needs: what must hold before it is sent.
        effect: what holds once it has worked.
        still: what holds once what it moved is still again.
        action: whether it creates, updates or deletes.
        destructive: whether it takes away what cannot be brought back as it was: a
            table, an index, a replica, a stream's records.
        duration: how long it usually takes: at once, or some of these units.
        lag: for how long its beginning may not show in a description, in seconds.
        again: when it may be tried again, should DynamoDB say that there were too many
            of its kind; worked out from the state, None where that does not tell.
        blind: whether no description shows its effect, so that it counts as done when
            it was accepted.
    """

    title: str
    operation: str
    parameters: Mapping[str, Any] = field(hash=False)
    reason: str
    needs: Condition[Any] = NOTHING
    effect: Condition[Any] = NOTHING
    still: Condition[Any] = NOTHING
    action: Action = "update"
    destructive: bool = False
    duration: Duration = "seconds"
    lag: float = 10.0
    again: datetime | None = None
    blind: bool = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what rebuilds the step; a condition of a lambda will only print."""
        facts = {each.name: getattr(self, each.name) for each in fields(self)}
        facts["parameters"] = dict(self.parameters)
        for name in ("needs", "effect", "still"):
            facts[name] = portable(facts[name])
        return _step, (facts,)

    def __str__(self) -> str:
        """Return the title and the reason, on two lines."""
        takes = "at once" if self.duration == "instant" else f"takes {self.duration}"
        warning = ", destructive" if self.destructive else ""
        return (
            f"{_SIGNS[self.action]} {self.title}\n"
            f"    {self.operation}, {takes}{warning}: {self.reason}"
        )

    def facts(self) -> dict[str, Any]:
        """Return the step as JSON can hold it."""
        return {
            "title": self.title,
            "operation": self.operation,
            "parameters": dict(self.parameters),
            "reason": self.reason,
            "needs": repr(self.needs),
            "effect": repr(self.effect),
            "action": self.action,
            "destructive": self.destructive,
            "duration": self.duration,
        }


def _step(facts: dict[str, Any]) -> Step:
    return Step(**facts)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, in order. It is falsy when there is nothing to do.

    Attributes:
        table: the table that it is for.
        steps: what is to be done.
        already: what was asked for and is so, or is becoming so, without us.
        notes: what whoever reads the plan should know.
    """

    table: str
    steps: tuple[Step, ...] = ()
    already: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def goal(self) -> Condition[Any]:
        """What holds when everything that was asked for is so, and is still."""
        goal = NOTHING
        for step in (*self.already, *self.steps):
            for condition in (NOTHING if step.blind else step.effect, step.still):
                if condition != NOTHING:
                    goal = condition if goal is NOTHING else goal & condition
        return goal

    @property
    def destructive(self) -> bool:
        """Whether a step takes away what cannot be brought back as it was."""
        return any(step.destructive for step in self.steps)

    def __iter__(self) -> Iterator[Step]:
        """Go through the steps."""
        return iter(self.steps)

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.steps)

    def __str__(self) -> str:
        """Return the plan for people: a line for each step, and why below it."""
        count = f"{len(self)} step" + ("" if len(self) == 1 else "s")
        lines = [f"{self.table}: {count if self else 'nothing to do'}"]
        lines += [f"  {line}" for step in self for line in str(step).splitlines()]
        lines += [f"  = {step.title} (already so)" for step in self.already]
        lines += [f"  ! {note}" for note in self.notes]
        return "\n".join(lines)

    def to_json(self) -> str:
        """Return the plan for machines: a JSON object.

        Its members are ``version`` (1), ``table``, ``steps``, ``already`` and
        ``notes``; a step has the attributes of `Step`, with conditions as text.
        """
        import json

        document = {
            "version": _FORMAT,
            "table": self.table,
            "steps": [step.facts() for step in self],
            "already": [step.facts() for step in self.already],
            "notes": list(self.notes),
        }
        return json.dumps(document, default=str, indent=2)


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """What a change came to.

    Attributes:
        state: what was seen last: a `TableState`, or the state of the setting or the
            backup that was changed; None when a table is gone.
        plan: what was planned at the first look; empty when all was so already.
        done: the steps that were sent and worked, in order.
        already: the steps that were not needed: it was so, or somebody else did it.
        elapsed: how long it took, in seconds.
    """

    state: Any
    plan: Plan
    done: tuple[Step, ...] = ()
    already: tuple[Step, ...] = ()
    elapsed: float = 0.0

    @property
    def table(self) -> TableState | None:
        """The table's state; None when it is gone, or was not what was looked at."""
        from .states import TableState

        return self.state if isinstance(self.state, TableState) else None

    def __str__(self) -> str:
        """Return what was done and what was so already, on one line."""
        titles = ", ".join(step.title for step in self.done)
        told = [f"done: {titles}" if titles else "nothing to do"]
        if self.already:
            told.append(f"already so: {', '.join(step.title for step in self.already)}")
        return f"{self.plan.table}: {'; '.join(told)} ({self.elapsed:.1f} s)"


@dataclass(frozen=True, slots=True)
class Advance:
    """What one turn of a change came to.

    Attributes:
        finished: whether nothing is left to do or to wait for.
        sent: the step that was sent in this turn; None when none was.
        retry_after: how long to wait before the next turn, in seconds; None when it is
            finished.
        plan: what is left.
        reasons: what it waits for, a sentence each.
    """

    finished: bool
    sent: Step | None
    retry_after: float | None
    plan: Plan
    reasons: tuple[str, ...] = ()
