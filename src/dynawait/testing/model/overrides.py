"""What a restore may make different from the table that it restores.

The refusals are as measured on AWS. Overrides of throughput are of the table alone: an
index keeps its own, unless the table becomes PAY_PER_REQUEST.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .refusals import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .refusals import ServiceFault

_LISTS = {
    "GlobalSecondaryIndexOverride": "GlobalSecondaryIndexes",
    "LocalSecondaryIndexOverride": "LocalSecondaryIndexes",
    "VectorIndexOverride": "VectorIndexes",
}
# What a restored index may have of its own, its name besides.
_CAPACITY = ("ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput")


def overridden(
    snapshot: Mapping[str, Any], request: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the CreateTable of a restore.

    Args:
        snapshot: the CreateTable of the table that is restored.
        request: the restore, with its overrides.

    Raises:
        ServiceFault: ValidationException, when the overrides do not fit.
    """
    target = dict(snapshot) | {"TableName": request["TargetTableName"]}
    _override_indexes(target, snapshot, request)
    _override_billing(target, request)
    encryption = request.get("SSESpecificationOverride")
    if encryption is not None:
        target.pop("SSESpecification", None)
        if encryption.get("Enabled"):
            target["SSESpecification"] = dict(encryption)
    return target


def _override_indexes(
    target: dict[str, Any], snapshot: Mapping[str, Any], request: Mapping[str, Any]
) -> None:
    for override, member in _LISTS.items():
        wanted = request.get(override)
        if wanted is None:
            continue
        known = [_kind(index) for index in snapshot.get(member, ())]
        for index in wanted:
            if _kind(index) not in known:
                message = f"Index {index['IndexName']} does not match a secondary index"
                message += " that existed in the source table and cannot be created"
                raise _wrong(f"{message} during the restore operation")
        target.pop(member, None)
        if wanted:
            target[member] = [dict(index) for index in wanted]
    _forget_unused_attributes(target)


def _override_billing(target: dict[str, Any], request: Mapping[str, Any]) -> None:
    override = request.get("BillingModeOverride")
    mode = override or target["BillingMode"]
    capacity = request.get("ProvisionedThroughputOverride")
    if capacity is not None and mode != "PROVISIONED":
        if override is not None:
            message = "Cannot override ProvisionedThroughput if BillingMode is"
            raise _wrong(f"{message} overridden to PAY_PER_REQUEST")
        message = "Cannot override ProvisionedThroughput unless BillingMode is"
        raise _wrong(f"{message} PROVISIONED")
    if capacity is None and mode == "PROVISIONED" != target["BillingMode"]:
        message = "Must override ProvisionedThroughput if BillingMode is overridden to"
        raise _wrong(f"{message} PROVISIONED")
    target["BillingMode"] = mode
    if capacity is not None:
        target["ProvisionedThroughput"] = dict(capacity)
    indexes = [dict(index) for index in target.get("GlobalSecondaryIndexes", ())]
    if mode == "PROVISIONED":
        target.pop("OnDemandThroughput", None)
        for index in indexes:
            if "ProvisionedThroughput" not in index:
                message = "Must specify provisioned throughput for index"
                raise _wrong(f"{message} {index['IndexName']}")
    else:
        for holder in (target, *indexes):
            holder.pop("ProvisionedThroughput", None)
    if indexes:
        target["GlobalSecondaryIndexes"] = indexes
    _override_on_demand(target, request, mode)


def _override_on_demand(
    target: dict[str, Any], request: Mapping[str, Any], mode: str
) -> None:
    wanted = request.get("OnDemandThroughputOverride")
    if wanted is None:
        return
    if mode != "PAY_PER_REQUEST":
        message = "Cannot override MaxReadRequestUnits for OnDemandThroughput unless"
        raise _wrong(f"{message} BillingModeOverride is PAY_PER_REQUEST")
    for unit in ("MaxReadRequestUnits", "MaxWriteRequestUnits"):
        if wanted.get(unit) is not None and wanted[unit] < 1:
            message = f"Requested {unit} for OnDemandThroughput is outside of valid"
            raise _wrong(f"{message} range")
    target["OnDemandThroughput"] = dict(wanted)


def _kind(index: Mapping[str, Any]) -> dict[str, Any]:
    own = ("IndexName", *_CAPACITY)
    return {name: value for name, value in index.items() if name not in own}


def _forget_unused_attributes(target: dict[str, Any]) -> None:
    schemas = [target["KeySchema"]]
    for member in _LISTS.values():
        for index in target.get(member, ()):
            schemas += [index.get("KeySchema", index.get("SearchSchema", ()))]
    used = {key["AttributeName"] for schema in schemas for key in schema}
    target["AttributeDefinitions"] = [
        item for item in target["AttributeDefinitions"] if item["AttributeName"] in used
    ]


def _wrong(problem: str) -> ServiceFault:
    return refuse(f"Invalid Request: {problem}")
