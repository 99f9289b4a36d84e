"""ReplicaUpdates: what one call may ask for, whatever the table.

Sources: API reference, UpdateTable; texts and their order as measured on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .refusals import invalid, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ACTIONS = ("Create", "Update", "Delete", "Disassociate")
_REGIONS = (
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)
_NEVER_STRONG = ("us-west-1",)
_OTHERS_OF_STRONG = 2


def replica_updates(
    request: Mapping[str, Any],
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what the request asks of replicas: the action and its members."""
    for update in request.get("ReplicaUpdates") or ():
        for action in _ACTIONS:
            if update.get(action) is not None:
                yield action, update[action]


def witness_update(request: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return what the request asks of a witness: the action and the Region."""
    for update in request.get("GlobalTableWitnessUpdates") or ():
        for action in ("Create", "Delete"):
            if update.get(action) is not None:
                return action, str(update[action]["RegionName"])
    return None


def check_replica_updates(
    request: Mapping[str, Any], region: str, *, alone: bool
) -> None:
    """Refuse replica updates that DynamoDB would refuse whatever the table.

    Args:
        request: the UpdateTable.
        region: the Region that it was sent to.
        alone: whether the call asks for nothing else.
    """
    witness = witness_update(request)
    mode = request.get("MultiRegionConsistency")
    if not alone:
        if witness is not None or mode is not None:
            problem = "Requests that modify replicas or witnesses must not also modify"
            raise invalid(f"{problem} other fields")
        problem = "Replica modification must be the only operation in the request"
        raise invalid(problem)
    _check_actions(request)
    if mode is not None and any(a != "Create" for a, _ in replica_updates(request)):
        problem = "Only Replica Create actions are supported when"
        raise refuse(f"{problem} MultiRegionConsistency parameter is provided.")
    if witness is not None and witness[0] == "Create" and mode != "STRONG":
        problem = "MultiRegionConsistency must be set as STRONG when"
        raise refuse(f"{problem} GlobalTableWitnessUpdates parameter is present.")
    _check_regions(request, region, witness)
    if mode == "STRONG":
        _check_strong(request, region, witness)


def _check_actions(request: Mapping[str, Any]) -> None:
    for update in request["ReplicaUpdates"]:
        actions = [action for action in _ACTIONS if update.get(action) is not None]
        if len(actions) > 1:
            raise _mixed()
        if not actions or _is_idle(actions[0], update[actions[0]]):
            problem = "There are no actions specified in the Replica Update Action of"
            raise refuse(f"{problem} the request.")
    if len({action for action, _ in replica_updates(request)}) > 1:
        raise _mixed()


def _mixed() -> Exception:
    problem = "Update table operation with more than one type of replica actions not"
    return refuse(f"{problem} allowed.")


def _is_idle(action: str, members: Mapping[str, Any]) -> bool:
    asked = {name for name, value in members.items() if value is not None}
    return action == "Update" and asked == {"RegionName"}


def _check_regions(
    request: Mapping[str, Any], region: str, witness: tuple[str, str] | None
) -> None:
    named = {action: m["RegionName"] for action, m in replica_updates(request)}
    for action, wanted in named.items():
        if wanted == region and action != "Disassociate":
            problem = "Cannot add or delete the local region through ReplicaUpdates."
            problem += " Use CreateTable, DeleteTable, or UpdateTable as required."
            raise refuse(problem)
    wanted_regions = [m["RegionName"] for _, m in replica_updates(request)]
    if witness is not None:
        wanted_regions.append(witness[1])
    for wanted in wanted_regions:
        if wanted not in _REGIONS:
            problem = f"Region {wanted} is not supported. The latest version of global"
            problem += " tables are only supported in the following regions:"
            raise refuse(f"{problem} [{', '.join(_REGIONS)}]")


def _check_strong(
    request: Mapping[str, Any], region: str, witness: tuple[str, str] | None
) -> None:
    regions = {m["RegionName"] for _, m in replica_updates(request)}
    if witness is not None and witness[1] in regions:
        raise refuse("Cannot target multiple regions with the same action")
    strong = "MultiRegionConsistency set to STRONG"
    if witness is not None and witness[1] == region:
        problem = "Cannot add a witness in the same region as an existing replica when"
        raise refuse(f"{problem} creating a global table with {strong}.")
    others = len(regions) + (witness is not None)
    if others != _OTHERS_OF_STRONG:
        raise refuse(f"Unsupported replica count for global tables with {strong}.")
    every = [*sorted(regions), *([] if witness is None else [witness[1]])]
    unfit = [name for name in every if name in _NEVER_STRONG]
    if unfit:
        problem = f"Unsupported Region(s) specified for global tables with {strong}"
        raise refuse(f"{problem}: [{', '.join(unfit)}].")
