"""Billing mode, throughput, on-demand limits and warm throughput of a table.

A switch to PROVISIONED carries the throughput of the table and of every live index, in
one call; a switch to PAY_PER_REQUEST carries none. Throughput of the table and of
several indexes may travel together; on-demand limits and warm throughput each have a
call of their own. Sources: API reference, UpdateTable; developer guide,
"Considerations when switching capacity modes"; what goes together as measured on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...changes import units_member
from ...conditions import billing_mode, indexes_active, table_active, throughput
from ...plans import Step
from .effects import all_hold, capped, steady, warmed, warmth_settled
from .needs import CALM, QUIET
from .shapes import (
    CAPACITY,
    CAPS,
    FIRST_WARMTH,
    WARM,
    capacity_problems,
    caps_problems,
    units_of,
)
from .throughput import (
    decrease_error,
    live_units,
    named,
    next_decrease,
    raised,
    total_problems,
    warmth_problems,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...changes import Caps, Units
    from ...states import IndexState, VectorIndexState
    from .parts import Draft


def final_mode(draft: Draft) -> str:
    """Return the billing mode that the table has once the request is carried out."""
    return str(draft.request.get("BillingMode") or draft.state.billing_mode)


def capacity_steps(
    draft: Draft, wanted: Mapping[str, Units], doomed: set[str]
) -> Iterator[Step]:
    """Yield the steps that change the billing mode and what it brings along.

    Args:
        draft: the plan in the making.
        wanted: the throughput that the request gives to indexes, by name.
        doomed: the indexes of either kind that the request deletes.
    """
    asked = draft.request.get("ProvisionedThroughput")
    table = units_of(asked, CAPACITY)
    mode, live_mode = draft.request.get("BillingMode"), draft.state.billing_mode
    if asked is not None and final_mode(draft) == "PAY_PER_REQUEST":
        draft.problems.add(
            "ProvisionedThroughput: cannot go with PAY_PER_REQUEST; leave it out, or "
            "switch to BillingMode PROVISIONED in this request"
        )
    draft.problems.extend(capacity_problems(asked, ""))
    if mode == "PROVISIONED" and live_mode != mode:
        yield _to_provisioned(draft, wanted, doomed)
        return
    if mode is not None:
        yield _switch(draft, str(mode))
    # A switch to PROVISIONED brings the throughput along, once it is over.
    if final_mode(draft) == live_mode == "PROVISIONED":
        targets: dict[str | None, Any] = {} if asked is None else {None: table}
        targets.update(wanted)
        yield from _throughput(draft, targets)


def limit_steps(draft: Draft) -> Iterator[Step]:
    """Yield the steps that limit and warm the table itself."""
    caps = _asked_units(draft, "OnDemandThroughput", CAPS)
    if caps is not None:
        on_demand = final_mode(draft) == "PAY_PER_REQUEST"
        asked = draft.request["OnDemandThroughput"]
        problems = caps_problems(asked, "", on_demand=on_demand, clears=True)
        draft.problems.extend(problems)
        yield Step(
            title="set on-demand limits of the table",
            operation="UpdateTable",
            parameters=draft.call(**units_member("OnDemandThroughput", caps)),
            reason=f"they shall be {caps}",
            needs=CALM & billing_mode("PAY_PER_REQUEST"),
            effect=capped(caps),
            still=table_active(),
        )
    warm = _asked_units(draft, "WarmThroughput", WARM)
    if warm is not None:
        yield _warming(draft, warm)


def _warming(draft: Draft, warm: Caps) -> Step:
    """Return the step that warms a table up; what is warmer already stays so."""
    draft.problems.extend(warmth_problems(draft.state, None, warm))
    live = draft.state.warm_throughput
    if live is None:
        draft.notes.append("this server does not report warm throughput: left alone")
    provisioned = draft.request.get("ProvisionedThroughput")
    floor = FIRST_WARMTH
    if final_mode(draft) == "PROVISIONED":
        read, write = units_of(provisioned, CAPACITY)
        floor = (read or 0, write or 0)
    more = raised(warm, live, floor)
    return Step(
        title="warm the table",
        operation="UpdateTable",
        parameters=draft.call(**units_member("WarmThroughput", more)),
        reason=f"it shall be ready for {warm} units a second",
        needs=CALM & warmth_settled(),
        effect=warmed(warm),
        still=warmth_settled(),
        duration="minutes",
    )


def _to_provisioned(
    draft: Draft, wanted: Mapping[str, Units], doomed: set[str]
) -> Step:
    """Return the switch to PROVISIONED, with the throughput of all that stays."""
    state = draft.state
    if draft.request.get("ProvisionedThroughput") is None:
        draft.problems.add(
            "ProvisionedThroughput: must be given with BillingMode PROVISIONED"
        )
    if _staying(state.vector_indexes, doomed):
        draft.problems.add(
            "BillingMode: a table with vector indexes must stay PAY_PER_REQUEST; "
            "delete them in this request, or leave the mode alone"
        )
    staying = _staying(state.indexes, doomed)
    for name in staying:
        if name not in wanted:
            draft.problems.add(
                f"GlobalSecondaryIndexUpdates: index {name} needs ProvisionedThroughput"
                " in the same request as BillingMode PROVISIONED"
            )
    if state.on_demand is not None:
        draft.notes.append("a switch to PROVISIONED discards on-demand limits for good")
    updates = [_update(name, wanted[name]) for name in staying if name in wanted]
    more = {"GlobalSecondaryIndexUpdates": updates} if updates else {}
    return _switch(
        draft,
        "PROVISIONED",
        ProvisionedThroughput=draft.request.get("ProvisionedThroughput"),
        **more,
    )


def _staying(
    indexes: Mapping[str, IndexState] | Mapping[str, VectorIndexState], doomed: set[str]
) -> list[str]:
    return [
        name
        for name, index in indexes.items()
        if name not in doomed and index.status != "DELETING"
    ]


def _switch(draft: Draft, mode: str, **more: Any) -> Step:
    if mode != draft.state.billing_mode and mode == "PAY_PER_REQUEST":
        since = draft.state.on_demand_since
        if since is not None:
            draft.notes.append(
                f"the table was switched to PAY_PER_REQUEST on {since:%Y-%m-%d %H:%M}; "
                "DynamoDB allows four such switches in 24 hours"
            )
    return Step(
        title=f"switch to {mode}",
        operation="UpdateTable",
        parameters=draft.call(BillingMode=mode, **more),
        reason=f"billing mode is {draft.state.billing_mode}",
        needs=QUIET,
        effect=billing_mode(mode),
        still=table_active() & indexes_active(),
        duration="minutes",
    )


def _throughput(draft: Draft, targets: Mapping[str | None, Units]) -> Iterator[Step]:
    """Yield the one call that sets what throughput is not so yet."""
    state = draft.state
    for index, units in targets.items():
        draft.problems.meet(decrease_error(state, index, units, draft.moment))
    differing = {
        index: units
        for index, units in targets.items()
        if live_units(state, index) != units
    }
    if not targets or (not differing and "BillingMode" in draft.request):
        return  # a switch in the same request has brought it along
    draft.problems.extend(total_problems(state, differing))
    questions = [throughput(*units, index=index) for index, units in targets.items()]
    effect = all_hold(*questions)
    indexes = [index for index in targets if index is not None]
    still = table_active() & steady(*indexes) if indexes else table_active()
    again = [next_decrease(state, index) for index in targets]
    yield Step(
        title=f"set throughput of {' and '.join(map(named, targets))}",
        operation="UpdateTable",
        parameters=draft.call(**_throughput_members(differing or targets)),
        reason=(effect.judge(state).reasons or ("it is asked for",))[0],
        needs=CALM & steady(*indexes) if indexes else CALM,
        effect=effect,
        still=still,
        again=max((when for when in again if when is not None), default=None),
    )


def _throughput_members(targets: Mapping[str | None, Units]) -> dict[str, Any]:
    members: dict[str, Any] = units_member("ProvisionedThroughput", targets.get(None))
    updates = [_update(name, units) for name, units in targets.items() if name]
    if updates:
        members["GlobalSecondaryIndexUpdates"] = updates
    return members


def _update(index: str, units: Units) -> dict[str, Any]:
    member = units_member("ProvisionedThroughput", units)
    return {"Update": {"IndexName": index, **member}}


def _asked_units(draft: Draft, name: str, members: tuple[str, str]) -> Caps | None:
    """Return the units that are asked for, or None.

    DynamoDB answers 500 to a structure without units, and next to anything else drops
    it without a word (as measured on AWS).
    """
    units = units_of(draft.request.get(name), members)
    if name in draft.request and units == (None, None):
        draft.notes.append(f"{name} names no units: it is left out")
    return None if units == (None, None) else units
