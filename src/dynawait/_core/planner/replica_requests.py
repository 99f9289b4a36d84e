"""What an UpdateTable asks of replicas and witnesses, and what it may not ask.

Sources: developer guide, "Global tables"; API reference, ReplicationGroupUpdate and
UpdateTable; what is refused as measured on AWS.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .shapes import repeated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...states import TableState
    from .parts import Draft

_ACTIONS = ("Create", "Update", "Delete", "Disassociate")
_WITNESS_ACTIONS = ("Create", "Delete")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")


def actions_of(draft: Draft) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what the request asks of replicas: actions and their members."""
    return [
        (action, update[action])
        for update in draft.request.get("ReplicaUpdates") or ()
        for action in _ACTIONS
        if update.get(action) is not None
    ]


def regions_of(draft: Draft, action: str) -> list[str]:
    """Return the Regions that the request names for one action."""
    return [
        members["RegionName"] for name, members in actions_of(draft) if name == action
    ]


def witness_of(draft: Draft, action: str) -> str | None:
    """Return the Region of the witness that is to be created or deleted."""
    for update in draft.request.get("GlobalTableWitnessUpdates") or ():
        if update.get(action) is not None:
            return str(update[action]["RegionName"])
    return None


def is_strong(state: TableState) -> bool:
    """Tell whether a table is part of a strongly consistent global table."""
    return state.multi_region_consistency == "STRONG"


def staying_replicas(draft: Draft) -> set[str]:
    """Return the Regions of the replicas that the request does not delete."""
    return {*draft.state.replicas} - {*regions_of(draft, "Delete")}


def adds_regions(draft: Draft) -> bool:
    """Tell whether the request asks for replicas."""
    return bool(regions_of(draft, "Create"))


def replica_problems(draft: Draft) -> Iterator[str]:
    """Say what can never be asked of replicas and witnesses."""
    request = draft.request
    for parameter, actions in (
        ("ReplicaUpdates", _ACTIONS),
        ("GlobalTableWitnessUpdates", _WITNESS_ACTIONS),
    ):
        for update in request.get(parameter) or ():
            if sum(update.get(action) is not None for action in actions) != 1:
                yield f"{parameter}: each has one of {', '.join(actions)}"
    yield from _home_problems(draft)
    yield from _consistency_problems(draft)
    for action, members in actions_of(draft):
        if action == "Create":
            yield from _creation_problems(draft, members)
        elif action == "Update":
            yield from _update_problems(draft, members)
        elif action == "Disassociate":
            yield from _parting_problems(draft)


def region_problems(draft: Draft) -> Iterator[str]:
    """Refuse names that no Region can have, and Regions that are named twice."""
    named = _named_regions(draft)
    for _, parameter, region in named:
        if not _REGION.fullmatch(region):
            yield f"{parameter}: {region!r} is no Region; expected one like eu-west-1"
    for region in repeated(region for _, _, region in named):
        yield f"ReplicaUpdates: {region} is named more than once"


def _home_problems(draft: Draft) -> Iterator[str]:
    # arn:aws:dynamodb:REGION:...
    home = (draft.state.arn.split(":") + [""] * 4)[3]
    for action, parameter, region in _named_regions(draft):
        if home and (region == home) != (action == "Disassociate"):
            what = "is not" if action == "Disassociate" else "is"
            yield f"{parameter}: {region} {what} the Region of the table itself"


def _named_regions(draft: Draft) -> list[tuple[str, str, str]]:
    """Return the Regions of a request, each after its action and the parameter."""
    named = [
        (action, "ReplicaUpdates", str(members["RegionName"]))
        for action, members in actions_of(draft)
    ]
    for action in _WITNESS_ACTIONS:
        witness = witness_of(draft, action)
        if witness is not None:
            named.append((action, "GlobalTableWitnessUpdates", witness))
    return named


def _consistency_problems(draft: Draft) -> Iterator[str]:
    consistency = draft.request.get("MultiRegionConsistency")
    actions = [action for action, _ in actions_of(draft)]
    if consistency is not None and any(action != "Create" for action in actions):
        yield "MultiRegionConsistency: goes with Create in ReplicaUpdates only"
    if not actions:
        for parameter in ("MultiRegionConsistency", "GlobalTableWitnessUpdates"):
            if draft.request.get(parameter) is not None:
                problem = "needs ReplicaUpdates too; DynamoDB ignores it alone"
                yield f"{parameter}: {problem}"
    if witness_of(draft, "Create") and consistency != "STRONG":
        yield "GlobalTableWitnessUpdates: needs MultiRegionConsistency STRONG"
    if "Disassociate" in actions and len(actions) > 1:
        yield "ReplicaUpdates: Disassociate goes alone; make two requests"


def _creation_problems(draft: Draft, members: Mapping[str, Any]) -> Iterator[str]:
    region, state = members["RegionName"], draft.state
    live = state.replicas.get(region)
    asked_strong = draft.request.get("MultiRegionConsistency") == "STRONG"
    if is_strong(state) and live is None and not asked_strong:
        yield (
            f"ReplicaUpdates: {region} cannot be added to a strongly consistent table"
        )
    if live is not None and live.status == "CREATION_FAILED":
        why = f" ({live.status_description})" if live.status_description else ""
        yield (
            f"ReplicaUpdates: replica {region} is CREATION_FAILED{why}; delete it first"
        )
    encryption: Mapping[str, Any] = draft.request.get("SSESpecification") or {}
    key = encryption.get("KMSMasterKeyId")
    if live is None and key is not None and members.get("KMSMasterKeyId") is None:
        yield (
            f"ReplicaUpdates: {region} needs a KMSMasterKeyId: each replica of a table "
            "with a key of yours has one of its own"
        )
    yield from _index_problems(members)


def _update_problems(draft: Draft, members: Mapping[str, Any]) -> Iterator[str]:
    region = members["RegionName"]
    live = draft.state.replicas.get(region)
    if live is None:
        yield f"ReplicaUpdates: there is no replica {region} to update"
    if {name for name, value in members.items() if value is not None} == {"RegionName"}:
        yield f"ReplicaUpdates: nothing is to be changed of {region}"
    key = members.get("KMSMasterKeyId")
    if key is not None and not (live and same_key(live.kms_key, key)):
        yield (
            f"ReplicaUpdates: the KMSMasterKeyId of replica {region} cannot be changed "
            "by itself; delete the replica and create it again"
        )
    mode = draft.request.get("BillingMode") or draft.state.billing_mode
    if mode == "PAY_PER_REQUEST" and members.get("ProvisionedThroughputOverride"):
        yield (
            f"ReplicaUpdates: {region}: ProvisionedThroughputOverride is for "
            "PROVISIONED tables only"
        )
    yield from _index_problems(members)


def _index_problems(members: Mapping[str, Any]) -> Iterator[str]:
    indexes = members.get("GlobalSecondaryIndexes") or ()
    for name in repeated(index["IndexName"] for index in indexes):
        yield f"ReplicaUpdates: {members['RegionName']}: index {name} is named twice"


def _parting_problems(draft: Draft) -> Iterator[str]:
    """Refuse to leave a group that forbids it, as it does unless it was told not to."""
    state = draft.state
    if is_strong(state):
        yield (
            "ReplicaUpdates: a Region cannot leave a strongly consistent global table; "
            "delete all its Regions"
        )
    asked = draft.request.get("DisassociationProtectionEnabled")
    if state.replicas and (is_held(state) if asked is None else asked):
        yield (
            "ReplicaUpdates: disassociation protection is on; give "
            "DisassociationProtectionEnabled=False too"
        )


def is_held(state: TableState) -> bool:
    """Tell whether disassociation protection is on: where nothing is said, it is.

    Source: API reference, UpdateTable.
    """
    return bool(state.raw.get("DisassociationProtectionEnabled", True))


def same_key(arn: str | None, key: str) -> bool:
    """Tell whether an ARN is that of a key given as ARN, identifier or alias."""
    return arn is not None and (arn == key or arn.endswith((f":{key}", f":key/{key}")))
