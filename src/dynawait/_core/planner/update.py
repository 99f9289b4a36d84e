"""Plans for UpdateTable: a wide request, split into calls that DynamoDB accepts.

It takes one concern a call. The order is one that works from every state: what frees
something comes first, what needs the final billing mode comes after it, and index
creations, which may take days, come last. Nothing is deleted before all of the request
has been checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...changes import (
    CreateIndex,
    CreateVectorIndex,
    DeleteIndex,
    DeleteVectorIndex,
    UpdateIndex,
)
from ...plans import Step
from .capacity import capacity_steps, final_mode, limit_steps
from .forms import UPDATE_TABLE
from .index_requests import index_changes
from .index_rules import Rules
from .indexes import IndexPlanner, checked_options
from .needs import QUIET
from .parts import Draft
from .replica_requests import actions_of, region_problems
from .replicas import addition_steps, removal_steps
from .requests import checked_request, form_problems
from .shapes import MOST_INDEXES
from .table_settings import (
    class_steps,
    encryption_steps,
    protection_steps,
    settings_mode_steps,
    stream_steps,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ...changes import Change, Units
    from ...plans import Plan
    from ...states import TableState
    from .index_steps import Until

_ASIDE = ("TableName", "AttributeDefinitions")
_HOLLOW = ("OnDemandThroughput", "WarmThroughput")
_ORDER = (DeleteIndex, DeleteVectorIndex, UpdateIndex, CreateIndex, CreateVectorIndex)


def plan_update(
    state: TableState,
    *,
    until: Until = "active",
    max_indexes: int = MOST_INDEXES,
    moment: datetime | None = None,
    **request: Any,
) -> Plan:
    """Plan an UpdateTable of any width.

    Args:
        state: the table as it is.
        until: when the creation of an index counts as done: ``"started"``,
            ``"backfilling"``, ``"active"`` or ``"queryable"``.
        max_indexes: how many global secondary indexes the account allows on a table.
        moment: the time of planning, for limits that depend on it; None: those are left
            to DynamoDB.
        request: the parameters of UpdateTable, as botocore takes them.

    Returns:
        The steps that are left; what holds already is in `Plan.already`.

    Raises:
        PlanError: the request can never work; everything wrong with it is named.
        IndexConflictError: an index that is to be created is there, and is another one.
        QuotaError: throughput was lowered too often today.
        InvalidArgumentError: there is no such option, or no TableName.
    """
    checked_options(until, max_indexes)
    given = checked_request(request, "UpdateTable", "TableName")
    draft = Draft(state, given, moment)
    draft.need_table()
    draft.problems.extend(form_problems(given, UPDATE_TABLE))
    draft.problems.check()
    draft.problems.extend(region_problems(draft))
    draft.problems.check()
    _check_something(draft)
    changes = sorted(index_changes(draft), key=lambda each: _ORDER.index(type(each)))
    rules = Rules(final_mode(draft), max_indexes)
    return draft.plan(_steps(draft, IndexPlanner(draft, rules, until), changes))


def _steps(
    draft: Draft, planner: IndexPlanner, changes: list[Change]
) -> Iterator[Step]:
    """Yield all steps in their order, whether they hold already or not."""
    deletions = [c for c in changes if isinstance(c, (DeleteIndex, DeleteVectorIndex))]
    updates = [c for c in changes if isinstance(c, UpdateIndex)]
    creations = [c for c in changes if isinstance(c, (CreateIndex, CreateVectorIndex))]
    wanted: dict[str, Units] = {
        change.name: change.throughput
        for change in updates
        if change.throughput is not None
    }
    yield from _strangers(draft)
    yield from protection_steps(draft)
    yield from settings_mode_steps(draft)
    risky = _may_be_refused(draft)
    if risky:
        yield from stream_steps(draft)
        yield from addition_steps(draft)
    for change in deletions:
        yield from planner.steps(change)
    yield from class_steps(draft)
    yield from removal_steps(draft)
    if not risky:
        yield from stream_steps(draft)
    yield from capacity_steps(draft, wanted, {change.name for change in deletions})
    yield from limit_steps(draft)
    for update in updates:
        yield from planner.steps(update, alone=False)
    yield from encryption_steps(draft)
    if not risky:
        yield from addition_steps(draft)
    for creation in creations:
        yield from planner.steps(creation)


def _may_be_refused(draft: Draft) -> bool:
    """Tell whether a new replica may be refused for what no description shows.

    That is auto scaling, which a PROVISIONED table must have, and whose key it is that
    a table is encrypted with. Then nothing is deleted before the replica is there.
    """
    created = [members for action, members in actions_of(draft) if action == "Create"]
    switches = final_mode(draft) != draft.state.billing_mode
    if not created or switches or "SSESpecification" in draft.request:
        return False
    keyed = all("KMSMasterKeyId" in members for members in created)
    hidden = draft.state.encryption is not None and not keyed
    provisioned = final_mode(draft) == "PROVISIONED" and not draft.state.replicas
    return provisioned or hidden


def _strangers(draft: Draft) -> Iterator[Step]:
    """Yield a step for each parameter that a newer botocore has added.

    It comes first: if botocore does not know it either, nothing has been changed yet.
    """
    for name, value in draft.request.items():
        if name in UPDATE_TABLE.members:
            continue
        if draft.state.raw.get(name) == value:
            continue
        draft.notes.append(f"{name} is not known here: it is sent as it is")
        yield Step(
            title=f"set {name}",
            operation="UpdateTable",
            parameters=draft.call(**{name: value}),
            reason="it is asked for",
            needs=QUIET,
            still=QUIET,
            blind=True,
        )


def _check_something(draft: Draft) -> None:
    """Refuse a request for nothing.

    Raises:
        PlanError: nothing is asked for.
    """
    known = [name for name in UPDATE_TABLE.members if name not in _ASIDE]
    asked = {*draft.request} - {*_ASIDE}
    hollow = {name for name in _HOLLOW if draft.request.get(name) == {}}
    if asked and asked <= hollow:
        for name in sorted(hollow):
            problem = f"{name}: names no units; give at least one of its members"
            draft.problems.add(problem)
    elif not asked:
        draft.problems.add(
            f"UpdateTable: nothing is asked for; give one of {', '.join(known)}"
        )
    draft.problems.check()
