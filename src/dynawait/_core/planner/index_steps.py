"""The steps that index changes are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from ...changes import CreateIndex, CreateVectorIndex, units_member
from ...conditions import (
    indexes_absent,
    indexes_active,
    table_active,
    vector_indexes_absent,
    vector_indexes_active,
)
from ...conditions import throughput as units_set
from ...plans import NOTHING, Step
from .effects import (
    capped,
    index_backfilling,
    index_listed,
    steady,
    warmed,
    warmth_settled,
)
from .needs import CALM, QUIET, deletable
from .shapes import FIRST_WARMTH
from .throughput import (
    decrease_error,
    live_warmth,
    next_decrease,
    raised,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from ...changes import UpdateIndex
    from ...conditions import Condition
    from .parts import Draft

    Until: TypeAlias = Literal["started", "backfilling", "active", "queryable"]

UNTIL = ("started", "backfilling", "active", "queryable")


def creation(
    table: str, change: CreateIndex | CreateVectorIndex, until: Until = "active"
) -> Step:
    """Return the step that creates an index, with no key but its own.

    UpdateTable needs the key attributes of a new index even where the table has them,
    and leaves all others as they are (as measured on AWS).
    """
    vector = isinstance(change, CreateVectorIndex)
    noun, member = "index", "GlobalSecondaryIndexUpdates"
    if vector:
        noun, member = "vector index", "VectorIndexUpdates"
    definitions = [
        {"AttributeName": name, "AttributeType": kind}
        for name, kind in change.attribute_types.items()
    ]
    absent = vector_indexes_absent if vector else indexes_absent
    return Step(
        title=f"create {noun} {change.name}",
        operation="UpdateTable",
        parameters={
            "TableName": table,
            **({"AttributeDefinitions": definitions} if definitions else {}),
            member: [{"Create": change.definition()}],
        },
        reason="it does not exist",
        needs=QUIET & absent(change.name),
        effect=index_listed(change),
        still=_far_enough(change, until),
        action="create",
        duration="minutes",
    )


def _far_enough(
    change: CreateIndex | CreateVectorIndex, until: Until
) -> Condition[Any]:
    if until == "started":
        return NOTHING
    if until == "backfilling":
        return index_backfilling(change)
    vector = isinstance(change, CreateVectorIndex)
    return (vector_indexes_active if vector else indexes_active)(change.name)


def deletion(
    table: str,
    name: str,
    *,
    vector: bool = False,
    after: CreateIndex | None = None,
) -> Step:
    """Return the step that deletes an index, once what replaces it is there."""
    noun, member = "index", "GlobalSecondaryIndexUpdates"
    if vector:
        noun, member = "vector index", "VectorIndexUpdates"
    needs = deletable(name)
    if after is not None:
        needs = needs & index_listed(after) & indexes_active(after.name)
    absent = vector_indexes_absent if vector else indexes_absent
    return Step(
        title=f"delete {noun} {name}",
        operation="UpdateTable",
        parameters={"TableName": table, member: [{"Delete": {"IndexName": name}}]},
        reason="it exists" if after is None else f"{after.name} takes its place",
        needs=needs,
        effect=absent(name),
        still=table_active(),
        action="delete",
        destructive=True,
    )


def updates(
    draft: Draft, change: UpdateIndex, mode: str, *, alone: bool
) -> Iterator[Step]:
    """Yield the steps that change an index, each of which has a call of its own.

    That warm throughput and on-demand limits go alone was measured on AWS.

    Args:
        draft: the plan in the making.
        change: what is asked for.
        mode: the table's billing mode when it is made.
        alone: whether it waits for all else to be at rest. A wide request goes beside a
            backfill, and sets the throughput of the table and of all its indexes in a
            call of its own, which is left out here.
    """
    name, state = change.name, draft.state
    rest = QUIET if alone else CALM
    if change.throughput is not None and alone:
        draft.problems.meet(
            decrease_error(state, name, change.throughput, draft.moment)
        )
        step = _update(
            draft,
            name,
            "set throughput of",
            units_member("ProvisionedThroughput", change.throughput),
            units_set(*change.throughput, index=name),
            rest=rest,
        )
        yield replace(step, again=next_decrease(state, name))
    if change.on_demand is not None:
        member = units_member("OnDemandThroughput", change.on_demand)
        effect, title = capped(change.on_demand, name), "set on-demand limits of"
        yield _update(draft, name, title, member, effect, rest=rest)
    if change.warm is not None:
        floor = FIRST_WARMTH if mode == "PAY_PER_REQUEST" else change.throughput
        more = raised(change.warm, live_warmth(state, name), floor or (0, 0))
        member = units_member("WarmThroughput", more)
        effect = warmed(change.warm, name)
        step = _update(draft, name, "warm", member, effect, rest=rest)
        settled = warmth_settled(name)
        yield replace(
            step,
            needs=step.needs & settled,
            still=step.still & settled,
            duration="minutes",
        )


def _update(
    draft: Draft,
    index: str,
    title: str,
    member: dict[str, Any],
    effect: Condition[Any],
    *,
    rest: Condition[Any],
) -> Step:
    """Return a step that updates an index; unless it is alone a backfill may go on."""
    update = {"Update": {"IndexName": index, **member}}
    reasons = effect.judge(draft.state).reasons
    return Step(
        title=f"{title} index {index}",
        operation="UpdateTable",
        parameters=draft.call(GlobalSecondaryIndexUpdates=[update]),
        reason=(reasons or ("it is asked for",))[0],
        needs=rest & steady(index),
        effect=effect,
        still=steady(index) & table_active(),
    )
