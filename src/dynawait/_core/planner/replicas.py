"""Replicas and witnesses: which Regions a table is in.

With eventual consistency one Region at a time; with strong consistency all at once, and
never changed after. Sources: developer guide, "Global tables"; API reference,
ReplicationGroupUpdate; what is refused as measured on AWS.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...conditions import (
    replicas_absent,
    replicas_active,
    table_active,
    witnesses_absent,
    witnesses_active,
)
from ...plans import Step
from .effects import all_hold, condition, shows
from .needs import QUIET
from .replica_requests import (
    actions_of,
    is_held,
    is_strong,
    regions_of,
    replica_problems,
    same_key,
    staying_replicas,
    witness_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...conditions import Condition
    from ...states import ReplicaState, TableState
    from .parts import Draft

_OTHERS_OF_STRONG = 2
_NEVER_STRONG = ("us-west-1",)
# A new replica is listed some seconds after the call, and sometimes much later.
_LATE = 60.0


def removal_steps(draft: Draft) -> Iterator[Step]:
    """Yield the steps that take Regions away.

    A strongly consistent group goes in one step. Once it is gone nothing shows that it
    was one, and each Region has a step of its own that is not needed any more.
    """
    draft.problems.extend(replica_problems(draft))
    removed, witness = regions_of(draft, "Delete"), witness_of(draft, "Delete")
    if witness or (removed and is_strong(draft.state)):
        yield dissolution(draft, removed, witness)
        return
    for region in removed:
        yield removal(draft, region)


def removal(draft: Draft, region: str) -> Step:
    """Return the step that removes one replica."""
    step = Step(
        title=f"remove replica {region}",
        operation="UpdateTable",
        parameters=draft.call(ReplicaUpdates=[{"Delete": {"RegionName": region}}]),
        reason="it exists",
        needs=QUIET,
        effect=replicas_absent(region),
        still=table_active(),
        action="delete",
        destructive=True,
        duration="minutes",
        lag=_LATE,
    )
    live = draft.state.replicas.get(region)
    if live is not None and live.status == "DELETING":
        draft.under_way.add(step.title)
    return step


def dissolution(draft: Draft, regions: list[str], witness: str | None) -> Step:
    """Return the step that ends strong consistency: all Regions go at once."""
    state = draft.state
    missing = {*state.replicas, *state.witnesses} - {*regions, witness}
    if missing:
        draft.problems.add(
            "ReplicaUpdates: a strongly consistent global table gives up all its "
            f"Regions at once; also delete {', '.join(sorted(missing))}"
        )
    going = [region for region in regions if region in state.replicas] or regions
    request: dict[str, Any] = {
        "ReplicaUpdates": [{"Delete": {"RegionName": region}} for region in going]
    }
    effect = replicas_absent(*regions) if regions else replicas_absent()
    if witness:
        effect = effect & witnesses_absent(witness)
    if witness in state.witnesses:
        request["GlobalTableWitnessUpdates"] = [{"Delete": {"RegionName": witness}}]
    return Step(
        title="dissolve the global table",
        operation="UpdateTable",
        parameters=draft.call(**request),
        reason="its Regions go together",
        needs=QUIET,
        effect=effect,
        still=table_active(),
        action="delete",
        destructive=True,
        duration="minutes",
        lag=_LATE,
    )


def addition_steps(draft: Draft) -> Iterator[Step]:
    """Yield the steps that add Regions, change them, or leave them."""
    created = {m["RegionName"]: m for a, m in actions_of(draft) if a == "Create"}
    if draft.request.get("MultiRegionConsistency") == "STRONG":
        yield _strong(draft, created)
    else:
        for region, members in created.items():
            yield _addition(draft, region, members)
    for action, members in actions_of(draft):
        if action == "Update":
            yield _change(draft, members)
    yield from _holding_steps(draft, adds=bool(created))
    for action, members in actions_of(draft):
        if action == "Disassociate":
            yield _parting(draft, members)


def _addition(draft: Draft, region: str, members: Mapping[str, Any]) -> Step:
    """Return the step that adds a replica; that it is EVENTUAL goes without saying."""
    if draft.state.billing_mode == "PROVISIONED" and region not in draft.state.replicas:
        draft.notes.append(
            "a PROVISIONED table must have write auto scaling, and so must each of its "
            "indexes, before a replica is added; no description of the table shows it"
        )
    live_key = draft.state.encryption is not None
    if live_key and "KMSMasterKeyId" not in members:
        draft.notes.append(
            "if the table is encrypted with a key of your own, each new replica needs "
            "its KMSMasterKeyId; a description does not tell whose key it is"
        )
    return Step(
        title=f"add replica {region}",
        operation="UpdateTable",
        parameters=draft.call(ReplicaUpdates=[{"Create": dict(members)}]),
        reason="it does not exist",
        needs=QUIET,
        effect=_listed(region),
        still=replicas_active(region) & table_active(),
        action="create",
        duration="minutes",
        lag=_LATE,
    )


def _strong(draft: Draft, created: Mapping[str, Mapping[str, Any]]) -> Step:
    """Return the step that makes a table strongly consistent in three Regions."""
    witness, regions = witness_of(draft, "Create"), list(created)
    draft.problems.extend(_strong_problems(draft, regions, witness))
    request: dict[str, Any] = {
        "ReplicaUpdates": [{"Create": dict(each)} for each in created.values()],
        "MultiRegionConsistency": "STRONG",
    }
    listed = [_listed(region) for region in regions]
    still = table_active() & replicas_active(*regions)
    if witness:
        request["GlobalTableWitnessUpdates"] = [{"Create": {"RegionName": witness}}]
        still = still & witnesses_active(witness)
    if not draft.state.replicas:
        draft.notes.append("a strongly consistent global table must be empty at first")
    return Step(
        title="make the table strongly consistent",
        operation="UpdateTable",
        parameters=draft.call(**request),
        reason="its Regions are added together",
        needs=QUIET,
        effect=all_hold(shows("multi_region_consistency", "STRONG"), *listed),
        still=still,
        action="create",
        duration="minutes",
        lag=_LATE,
    )


def _strong_problems(
    draft: Draft, regions: list[str], witness: str | None
) -> Iterator[str]:
    state = draft.state
    if len(regions) + bool(witness) != _OTHERS_OF_STRONG or not regions:
        yield (
            "ReplicaUpdates: a strongly consistent table has two replicas, or a "
            "replica and a witness, besides its own Region"
        )
    wanted = {*regions, *([witness] if witness else [])}
    for region in sorted(wanted & {*_NEVER_STRONG}):
        yield f"MultiRegionConsistency: there is no strong consistency in {region}"
    known = {*state.replicas, *state.witnesses}
    if known and (known != wanted or not is_strong(state)):
        yield (
            "MultiRegionConsistency: the table is a global table already, and cannot "
            "be made another"
        )


def _change(draft: Draft, members: Mapping[str, Any]) -> Step:
    region = members["RegionName"]
    # Its key is as it is asked for, or else this is refused; it cannot travel along.
    asked = {name: each for name, each in members.items() if name != "KMSMasterKeyId"}
    return Step(
        title=f"update replica {region}",
        operation="UpdateTable",
        parameters=draft.call(ReplicaUpdates=[{"Update": asked}]),
        reason="it differs from what is asked for",
        needs=QUIET,
        effect=condition(
            f"replica_updated({region!r})",
            partial(_unlike, members=dict(members)),
            repr(members),
        ),
        still=replicas_active(region) & table_active(),
        duration="minutes",
        lag=_LATE,
    )


def _holding_steps(draft: Draft, *, adds: bool) -> Iterator[Step]:
    """Yield the step that sets whether the table may leave its global table."""
    wanted = draft.request.get("DisassociationProtectionEnabled")
    if wanted is None:
        return
    strong = draft.request.get("MultiRegionConsistency") == "STRONG"
    alone = not staying_replicas(draft) and not adds
    if strong or is_strong(draft.state) or (alone and wanted):
        draft.problems.add(
            "DisassociationProtectionEnabled: is for a table with replicas of eventual "
            "consistency only"
        )
    yield Step(
        title=f"{'enable' if wanted else 'disable'} disassociation protection",
        operation="UpdateTable",
        parameters=draft.call(DisassociationProtectionEnabled=wanted),
        reason=f"it is {'off' if wanted else 'on'}",
        needs=QUIET,
        effect=condition(
            f"disassociation_protection({wanted})",
            partial(_held, wanted=wanted, alone=alone),
            alone,
        ),
        still=table_active(),
    )


def _held(state: TableState, *, wanted: bool, alone: bool) -> str | None:
    """Say what else it is; a table that stays without replicas has nothing to leave."""
    if not state.replicas:
        return None if alone else "there are no replicas yet"
    held = is_held(state)
    if held == wanted:
        return None
    return f"disassociation protection is {'on' if held else 'off'}"


def _parting(draft: Draft, members: Mapping[str, Any]) -> Step:
    draft.notes.append("a table that leaves its global table keeps its items")
    return Step(
        title="leave the global table",
        operation="UpdateTable",
        parameters=draft.call(ReplicaUpdates=[{"Disassociate": dict(members)}]),
        reason="it is part of one",
        needs=QUIET,
        effect=replicas_absent(),
        still=table_active(),
        action="delete",
        destructive=True,
        duration="minutes",
        lag=_LATE,
    )


def _listed(region: str) -> Condition[TableState]:
    return condition(f"replicas_started({region!r})", partial(_unlisted, region=region))


def _unlisted(state: TableState, *, region: str) -> str | None:
    replica = state.replicas.get(region)
    if replica is None:
        return f"replica {region} is not listed"
    return f"replica {region} is DELETING" if replica.status == "DELETING" else None


def _unlike(state: TableState, *, members: Mapping[str, Any]) -> str | None:
    replica = state.replicas.get(members["RegionName"])
    if replica is None:
        return f"replica {members['RegionName']} is not listed"
    different = [
        name for name, value in members.items() if _differs(replica, name, value)
    ]
    return f"{', '.join(different)} of {replica.region} differ" if different else None


def _differs(replica: ReplicaState, name: str, value: Any) -> bool:
    """Tell whether one member of a replica's update is not so yet."""
    if name == "GlobalSecondaryIndexes":
        return any(_index_differs(replica, each) for each in value)
    if name == "KMSMasterKeyId":
        return not same_key(replica.kms_key, value)
    if name == "TableClassOverride":
        return bool(replica.table_class != value)
    live = (replica.read_override, replica.on_demand_read_override)
    return _override_differs(live, {name: value})


def _index_differs(replica: ReplicaState, members: Mapping[str, Any]) -> bool:
    index = replica.indexes.get(members["IndexName"])
    live: tuple[int | None, int | None] = (None, None)
    if index is not None:
        live = (index.read_override, index.on_demand_read_override)
    return _override_differs(live, members)


def _override_differs(
    live: tuple[int | None, int | None], members: Mapping[str, Any]
) -> bool:
    """Tell whether an override that names units is not so yet."""
    read: Mapping[str, Any] = members.get("ProvisionedThroughputOverride") or {}
    most: Mapping[str, Any] = members.get("OnDemandThroughputOverride") or {}
    wanted = (read.get("ReadCapacityUnits"), most.get("MaxReadRequestUnits"))
    pairs = zip(live, wanted, strict=True)
    return any(want is not None and now != want for now, want in pairs)
