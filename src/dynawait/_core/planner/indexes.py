"""Plans for index changes: one at a time, in the order given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...changes import (
    CreateIndex,
    CreateVectorIndex,
    DeleteVectorIndex,
    ReplaceIndex,
    UpdateIndex,
    checked_changes,
)
from ...errors import IndexConflictError, InvalidArgumentError
from .differences import index_differences
from .effects import index_of
from .index_rules import Rules
from .index_steps import UNTIL, creation, deletion, updates
from .inventory import Inventory
from .parts import Draft
from .shapes import MOST_INDEXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ...changes import Change
    from ...plans import Plan, Step
    from ...states import TableState
    from .index_steps import Until

__all__ = ["MOST_INDEXES", "IndexPlanner", "checked_options", "plan_index_changes"]


def plan_index_changes(
    state: TableState,
    changes: Iterable[Change],
    *,
    until: Until = "active",
    allow_gap: bool = False,
    max_indexes: int = MOST_INDEXES,
    billing_mode: str | None = None,
    table: str | None = None,
    moment: datetime | None = None,
) -> Plan:
    """Plan index changes: one after the other, in the order given.

    Args:
        state: the table as it is.
        changes: what is asked for.
        until: when a creation counts as done: ``"started"`` (it is accepted),
            ``"backfilling"``, ``"active"`` or ``"queryable"``.
        allow_gap: whether a `ReplaceIndex` may delete the old index first.
        max_indexes: how many global secondary indexes the account allows on a table.
        billing_mode: the table's mode when the changes are made; None: as it is now.
        table: the name or ARN that calls shall have; None: the name.
        moment: the time of planning, for limits that depend on it.

    Returns:
        The steps that are left; what holds already is in `Plan.already`.

    Raises:
        PlanError: a change can never work; every such one is named.
        IndexConflictError: an index of that name is there, and is another one.
        QuotaError: throughput was lowered too often today.
        InvalidArgumentError: something is no change, or there is no such option.
    """
    checked_options(until, max_indexes)
    draft = Draft(state, {"TableName": table or state.name}, moment)
    draft.need_table()
    rules = Rules(billing_mode or state.billing_mode, max_indexes)
    planner = IndexPlanner(draft, rules, until, allow_gap=allow_gap)
    steps = [
        step for change in checked_changes(changes) for step in planner.steps(change)
    ]
    return draft.plan(steps)


def checked_options(until: str, max_indexes: object) -> None:
    """Refuse what is no option.

    Raises:
        InvalidArgumentError: says what was expected.
    """
    if until not in UNTIL:
        problem = f"expected {' or '.join(UNTIL)}, got {until!r}"
        raise InvalidArgumentError("until", problem)
    whole = isinstance(max_indexes, int) and not isinstance(max_indexes, bool)
    if not whole or max_indexes < 1:  # type: ignore[operator]  # it is an int here
        problem = f"expected a number of 1 or more, got {max_indexes!r}"
        raise InvalidArgumentError("max_indexes", problem)


@dataclass(slots=True)
class IndexPlanner:
    """Goes through changes and keeps what the table will be like after each.

    It yields every step that a change takes, whether it holds already or not: what a
    change is made of must not depend on how far it has come.

    Attributes:
        draft: the plan in the making; what is wrong is noted there.
        rules: what a change may be.
        until: when a creation counts as done.
        allow_gap: whether a replacement may delete the old index first.
        there: the indexes at this point.
    """

    draft: Draft
    rules: Rules
    until: Until
    allow_gap: bool = False
    there: Inventory = field(init=False)
    _named: set[str] = field(init=False, default_factory=set[str])

    def __post_init__(self) -> None:
        """Begin with the table as it is."""
        self.there = Inventory.of(self.draft.state)

    def steps(self, change: Change, *, alone: bool = True) -> Iterator[Step]:
        """Yield the steps of one more change.

        Args:
            change: what is asked for.
            alone: whether updates wait for all else; see `updates`.
        """
        if isinstance(change, ReplaceIndex):
            self._claim(*dict.fromkeys((change.old, change.new.name)))
            yield from self._replacement(change)
            return
        self._claim(change.name)
        if isinstance(change, (CreateIndex, CreateVectorIndex)):
            yield self._creation(change)
        elif isinstance(change, UpdateIndex):
            state, there = self.draft.state, self.there
            self.draft.problems.extend(self.rules.update_problems(change, there, state))
            mode = self.rules.billing_mode
            yield from updates(self.draft, change, mode, alone=alone)
        else:
            vector = isinstance(change, DeleteVectorIndex)
            yield self._deletion(change.name, vector=vector)

    def _claim(self, *names: str) -> None:
        for name in names:
            if name in self._named:
                self.draft.problems.add(
                    f"index {name} is named by more than one change; use ReplaceIndex "
                    "to put one index in another's place, or two requests"
                )
            self._named.add(name)

    def _creation(self, change: CreateIndex | CreateVectorIndex) -> Step:
        """Plan a creation; an index that is there and is alike is adopted."""
        state, live = self.draft.state, index_of(self.draft.state, change)
        if live is None:
            return self._new(change)
        different = index_differences(change, live, state)
        if different:
            conflict = IndexConflictError(
                table=self.draft.table,
                existing=live,
                wanted=change,
                differences=different,
            )
            self.draft.problems.meet(conflict)
        return creation(self.draft.table, change, self.until)

    def _new(self, change: CreateIndex | CreateVectorIndex) -> Step:
        problems = self.rules.creation_problems(change, self.there)
        self.draft.problems.extend(problems)
        self.there.add(change)
        return creation(self.draft.table, change, self.until)

    def _deletion(
        self, name: str, *, vector: bool = False, after: CreateIndex | None = None
    ) -> Step:
        """Plan a deletion; an index that is not there is gone already."""
        kind, fits = self.there.kind_of(name), "vector" if vector else "global"
        if kind == "local":
            problem = "a local index lives as long as its table; it cannot be deleted"
            self.draft.problems.add(f"index {name}: {problem}")
        elif kind not in (None, fits):
            problem = f"it is a {kind} index; use the change that deletes those"
            self.draft.problems.add(f"index {name}: {problem}")
        state = self.draft.state
        live = (state.vector_indexes if vector else state.indexes).get(name)
        if live is not None and live.allocating:
            self.draft.notes.append(
                f"index {name} is still being allocated, and cannot be deleted before "
                "its backfill has begun"
            )
        self.there.remove(name)
        step = deletion(self.draft.table, name, vector=vector, after=after)
        if live is not None and live.status == "DELETING":
            self.draft.under_way.add(step.title)
        return step

    def _replacement(self, change: ReplaceIndex) -> Iterator[Step]:
        """Plan the new index first and the old one's end after it, if that can be.

        At the quota, and where both have one name, the old one has to go first.
        """
        old, new, state = change.old, change.new, self.draft.state
        live = index_of(state, new)
        if old == new.name:
            if live is not None and index_differences(new, live, state):
                self._need_gap(change, "both have one name")
                yield self._deletion(old)
                live = None
            yield self._creation(new) if live is not None else self._new(new)
            return
        count = len(self.there.names("global"))
        full = live is None and count >= self.rules.max_indexes
        if full and self.there.kind_of(old) == "global":
            self._need_gap(change, f"the table has {count} indexes")
            yield self._deletion(old)
            yield self._new(new)
            return
        yield self._creation(new)
        yield self._deletion(old, after=new)

    def _need_gap(self, change: ReplaceIndex, why: str) -> None:
        text = (
            f"{why}, so index {change.old} has to be deleted before "
            f"{change.new.name} can be built, and reads have a gap meanwhile"
        )
        if self.allow_gap:
            self.draft.notes.append(text)
        else:
            self.draft.problems.add(f"{text}; pass allow_gap=True to accept that")
