"""What a request asks for, held against a description, without the planner's help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynawait.changes import (
    CreateIndex,
    CreateVectorIndex,
    DeleteIndex,
    DeleteVectorIndex,
    ReplaceIndex,
    UpdateIndex,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dynawait.changes import Change

_UNITS = {
    "ProvisionedThroughput": ("ReadCapacityUnits", "WriteCapacityUnits"),
    "OnDemandThroughput": ("MaxReadRequestUnits", "MaxWriteRequestUnits"),
}
_WARM = ("ReadUnitsPerSecond", "WriteUnitsPerSecond")


def unmet_changes(
    description: Mapping[str, Any], changes: Iterable[Change]
) -> list[str]:
    """Say what of a list of index changes has not come true."""
    unmet: list[str] = []
    for change in changes:
        match change:
            case CreateIndex():
                unmet += _unmet_index(description, change.definition())
            case CreateVectorIndex():
                unmet += _unmet_vector(description, change.definition())
            case ReplaceIndex():
                unmet += _unmet_index(description, change.new.definition())
                if change.old != change.new.name:
                    unmet += _still_there(description, change.old)
            case DeleteIndex() | DeleteVectorIndex():
                unmet += _still_there(description, change.name)
            case UpdateIndex():
                index = _indexes(description).get(change.name, {})
                unmet += _unmet_update(index, change)
    return unmet


def unmet_request(
    description: Mapping[str, Any], request: Mapping[str, Any]
) -> list[str]:
    """Say what of an UpdateTable has not come true."""
    unmet = _unmet_settings(description, request)
    for update in request.get("GlobalSecondaryIndexUpdates", ()):
        for action, members in update.items():
            unmet += _unmet_action(description, action, members)
    for update in request.get("VectorIndexUpdates", ()):
        for action, members in update.items():
            if action == "Delete":
                unmet += _still_there(description, members["IndexName"])
            else:
                unmet += _unmet_vector(description, members)
    regions = {entry["RegionName"] for entry in description.get("Replicas", ())}
    return unmet + [
        f"{action} of {members['RegionName']}, and there is {sorted(regions)}"
        for update in request.get("ReplicaUpdates", ())
        for action, members in update.items()
        if (members["RegionName"] in regions) != (action == "Create")
    ]


def _unmet_action(
    description: Mapping[str, Any], action: str, members: Mapping[str, Any]
) -> list[str]:
    name = str(members["IndexName"])
    if action == "Delete":
        return _still_there(description, name)
    if action == "Create":
        return _unmet_index(description, members)
    return _unmet_units(_indexes(description).get(name, {}), members, name)


def _unmet_settings(
    description: Mapping[str, Any], request: Mapping[str, Any]
) -> list[str]:
    billing: Mapping[str, Any] = description.get("BillingModeSummary") or {}
    found: dict[str, Any] = {
        "BillingMode": billing.get("BillingMode", "PROVISIONED"),
        "TableClass": (description.get("TableClassSummary") or {}).get(
            "TableClass", "STANDARD"
        ),
        "DeletionProtectionEnabled": description.get(
            "DeletionProtectionEnabled", False
        ),
    }
    unmet = [
        f"{name} is {value}, not {request[name]}"
        for name, value in found.items()
        if name in request and request[name] != value
    ]
    stream = request.get("StreamSpecification")
    if stream is not None:
        live = description.get("StreamSpecification") or {"StreamEnabled": False}
        if dict(live) != dict(stream):
            unmet.append(f"the stream is {live}, not {stream}")
    encryption = request.get("SSESpecification")
    if encryption is not None and encryption["Enabled"] != (
        "SSEDescription" in description
    ):
        unmet.append(f"the encryption is {description.get('SSEDescription')}")
    return unmet + _unmet_units(description, request, "the table")


def _unmet_units(
    holder: Mapping[str, Any], request: Mapping[str, Any], what: str
) -> list[str]:
    unmet = []
    for name, members in _UNITS.items():
        live: Mapping[str, Any] = holder.get(name) or {}
        for member in members:
            wanted = (request.get(name) or {}).get(member)
            if wanted is not None and live.get(member, -1) != wanted:
                unmet.append(f"{what}: {member} is {live.get(member)}, not {wanted}")
    warm: Mapping[str, Any] = holder.get("WarmThroughput") or {}
    for member in _WARM:
        wanted = (request.get("WarmThroughput") or {}).get(member)
        if wanted is not None and warm.get(member, 0) < wanted:
            unmet.append(f"{what}: {member} is {warm.get(member)}, not {wanted}")
    return unmet


def _unmet_update(index: Mapping[str, Any], change: UpdateIndex) -> list[str]:
    request: dict[str, Any] = {}
    for name, units in (
        ("ProvisionedThroughput", change.throughput),
        ("OnDemandThroughput", change.on_demand),
    ):
        if units is not None:
            request[name] = dict(zip(_UNITS[name], units, strict=True))
    if change.warm is not None:
        request["WarmThroughput"] = dict(zip(_WARM, change.warm, strict=True))
    return _unmet_units(index, request, change.name)


def _unmet_index(
    description: Mapping[str, Any], wanted: Mapping[str, Any]
) -> list[str]:
    name = wanted["IndexName"]
    live = _indexes(description).get(name)
    if live is None:
        return [f"index {name} is not there"]
    unmet = (
        [] if live["IndexStatus"] == "ACTIVE" else [f"{name} is {live['IndexStatus']}"]
    )
    if live["KeySchema"] != wanted["KeySchema"]:
        unmet.append(f"the key of {name} is {live['KeySchema']}")
    return unmet + _unmet_projection(live, wanted)


def _unmet_vector(
    description: Mapping[str, Any], wanted: Mapping[str, Any]
) -> list[str]:
    name = wanted["IndexName"]
    for live in description.get("VectorIndexes", ()):
        if live["IndexName"] == name:
            unmet = [] if live["IndexStatus"] == "ACTIVE" else [f"{name} is not ACTIVE"]
            if live["Dimensions"] != wanted["Dimensions"]:
                unmet.append(f"{name} has {live['Dimensions']} dimensions")
            return unmet + _unmet_projection(live, wanted)
    return [f"vector index {name} is not there"]


def _unmet_projection(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    found, asked = live["Projection"], wanted["Projection"]
    same = found["ProjectionType"] == asked["ProjectionType"]
    names = [set(each.get("NonKeyAttributes") or ()) for each in (found, asked)]
    if same and names[0] == names[1]:
        return []
    return [f"the projection of {live['IndexName']} is {found}"]


def _still_there(description: Mapping[str, Any], name: str) -> list[str]:
    names = {*_indexes(description)}
    names |= {index["IndexName"] for index in description.get("VectorIndexes", ())}
    return [f"index {name} is still there"] if name in names else []


def _indexes(description: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found = description.get("GlobalSecondaryIndexes", ())
    return {index["IndexName"]: index for index in found}


def settings_of(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return what index changes have to leave as it is.

    Attributes of keys come and go with the indexes, and AWS counts some things itself.
    """
    names = (
        "KeySchema",
        "TableId",
        "BillingModeSummary",
        "TableClassSummary",
        "StreamSpecification",
        "LatestStreamLabel",
        "SSEDescription",
        "DeletionProtectionEnabled",
        "OnDemandThroughput",
        "Replicas",
    )
    kept = {name: description.get(name) for name in names}
    units: Mapping[str, Any] = description.get("ProvisionedThroughput") or {}
    kept["units"] = [units.get(name) for name in _UNITS["ProvisionedThroughput"]]
    return kept
