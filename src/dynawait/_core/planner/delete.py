"""Plans for deleting a table, with its protection and its replicas if asked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...conditions import (
    Condition,
    Verdict,
    deletion_protection,
    no_table,
    quiet,
    replicas_absent,
    table_absent,
    witnesses_absent,
)
from ...plans import Plan, Step
from ..subject import checked_table
from .create import check_same
from .forms import DELETE_TABLE
from .problems import Problems
from .requests import checked_request
from .shapes import name_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...states import TableState

# In these a table stands still, whether or not it can be used.
_STILL = (
    "ACTIVE",
    "ARCHIVED",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
    "REPLICATION_NOT_AUTHORIZED",
)
_BACKUP = "if point-in-time recovery is on, DynamoDB keeps a backup for 35 days"


def plan_delete(
    state: TableState,
    *,
    disable_protection: bool = False,
    delete_replicas: bool = False,
    **request: Any,
) -> Plan:
    """Plan the deletion of a table; the plan is empty where there is none.

    Args:
        state: the table as it is.
        disable_protection: whether its deletion protection may be disabled.
        delete_replicas: whether its replicas in other Regions go as well.
        request: the parameters of DeleteTable.

    Raises:
        PlanError: the table is protected, or strongly consistent across Regions, and
            that was not allowed for.
        InvalidArgumentError: an option cannot be right.
    """
    request.setdefault("TableName", state.name)
    given = checked_deletion(request)
    name = str(given["TableName"])
    check_same(state, name)
    if not state.exists:
        return Plan(name)
    step = _deletion(given)
    if state.status == "DELETING":
        return Plan(name, already=(step,))
    problems = Problems(name)
    if state.deletion_protected and not disable_protection:
        problems.add(_PROTECTED)
    if _is_strong(state) and not delete_replicas:
        problems.add(_STRONG)
    problems.check()
    steps: list[Step] = []
    if delete_replicas:
        steps += _removals(state, name)
    if state.deletion_protected:
        # Last, so that a removal that fails leaves the table protected.
        steps.append(_unlocking(name))
    return Plan(name, (*steps, step), notes=_notes(state, delete_replicas))


_PROTECTED = (
    "DeletionProtectionEnabled: the table is protected against deletion; "
    "if it shall go all the same, give disable_protection=True"
)
_STRONG = (
    "MultiRegionConsistency: the table is strongly consistent with other Regions, so "
    "it cannot go alone; give delete_replicas=True to delete it in all of them"
)


def checked_deletion(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a DeleteTable in which nothing is wrong.

    Raises:
        PlanError: something is.
        InvalidArgumentError: an option or the table's name cannot be right.
    """
    given = checked_request(request, "DeleteTable", "TableName")
    problems = Problems(checked_table(given["TableName"]))
    problems.extend(name_problems(given, DELETE_TABLE.members))
    problems.check()
    return given


def _deletion(request: Mapping[str, Any]) -> Step:
    return Step(
        title=f"delete table {request['TableName']}",
        operation="DeleteTable",
        parameters=request,
        reason="it exists",
        needs=_deletable(),
        effect=table_absent(),
        action="delete",
        destructive=True,
    )


def _unlocking(name: str) -> Step:
    return Step(
        title="disable deletion protection",
        operation="UpdateTable",
        parameters={"TableName": name, "DeletionProtectionEnabled": False},
        reason="the table is protected against deletion",
        needs=_at_rest(),
        effect=deletion_protection(False),  # noqa: FBT003 - its only argument
        duration="instant",
    )


def _removals(state: TableState, name: str) -> list[Step]:
    """Return the steps that remove replicas: one each, or one for all.

    The Regions of a strongly consistent table go in one call (developer guide,
    "Multi-Region strong consistency").
    """
    regions, witnesses = [*state.replicas], [*state.witnesses]
    if not (regions or witnesses):
        return []
    if not _is_strong(state):
        return [
            _removal(f"remove replica {region}", _updates(name, [region]), (region,))
            for region in regions
        ]
    together = _updates(name, regions)
    if witnesses:
        together["GlobalTableWitnessUpdates"] = [
            {"Delete": {"RegionName": region}} for region in witnesses
        ]
    return [_removal("remove all replicas", together, ())]


def _removal(title: str, parameters: dict[str, Any], regions: tuple[str, ...]) -> Step:
    effect = replicas_absent(*regions)
    return Step(
        title=title,
        operation="UpdateTable",
        parameters=parameters,
        reason="delete_replicas=True asks for it",
        needs=quiet(),
        effect=effect if regions else effect & witnesses_absent(),
        action="delete",
        destructive=True,
        duration="minutes",
    )


def _updates(name: str, regions: list[str]) -> dict[str, Any]:
    return {
        "TableName": name,
        "ReplicaUpdates": [{"Delete": {"RegionName": region}} for region in regions],
    }


def _is_strong(state: TableState) -> bool:
    grouped = bool(state.replicas or state.witnesses)
    return grouped and state.multi_region_consistency == "STRONG"


def _notes(state: TableState, delete_replicas: bool) -> tuple[str, ...]:  # noqa: FBT001 - an option, passed on
    staying = () if delete_replicas else tuple(state.replicas)
    if not staying:
        return (_BACKUP,)
    return (_BACKUP, f"the replicas in other Regions stay: {', '.join(staying)}")


def _at_rest() -> Condition[TableState]:
    return Condition("at_rest()", partial(_judge_rest, protected=True))


def _deletable() -> Condition[TableState]:
    return Condition("deletable()", partial(_judge_rest, protected=False))


def _judge_rest(state: TableState, *, protected: bool) -> Verdict:
    """Judge whether nothing moves, in whatever state the table stands still."""
    if not state.exists:
        return no_table(state)
    moving = [] if state.status in _STILL else [f"table is {state.status}"]
    found = (mover.blocker() for mover in state.movers())
    moving += [blocker for blocker in found if blocker is not None]
    if state.deletion_protected and not protected:
        moving.append("table is protected against deletion")
    return Verdict.pending(*moving) if moving else Verdict.satisfied()
