"""What tables and indexes are defined by: keys, projections, capacity, encryption.

The texts are those measured on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .refusals import invalid, refuse
from .tables import Index
from .warmth import Units, given

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

KEYS_OF_ONE_KIND = 4


def build_index(request: Mapping[str, Any]) -> Index:
    """Return the index that a checked definition makes."""
    read, write = capacity_of(request)
    warm = given(request, "WarmThroughput")
    return Index(
        name=request["IndexName"],
        key_schema=[dict(key) for key in request["KeySchema"]],
        projection=dict(request["Projection"]),
        read=read,
        write=write,
        on_demand=given(request, "OnDemandThroughput") or None,
        warm=units_of(warm) if warm else None,
    )


def units_of(warm: Mapping[str, int]) -> Units:
    """Return the units of a warm throughput; zero where it names none."""
    return Units(warm.get("ReadUnitsPerSecond", 0), warm.get("WriteUnitsPerSecond", 0))


def capacity_of(request: Mapping[str, Any]) -> tuple[int, int]:
    """Return the read and write units of a request; zeros where it names none."""
    throughput: Mapping[str, int] = request.get("ProvisionedThroughput") or {}
    return (
        throughput.get("ReadCapacityUnits", 0),
        throughput.get("WriteCapacityUnits", 0),
    )


def stream_label(moment: datetime) -> str:
    """Return the label of a stream that is switched on at this moment."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]


def key_of(encryption: Mapping[str, Any], table_arn: str) -> str:
    """Return the ARN of the key that a table is to be encrypted with."""
    prefix = table_arn.partition(":table/")[0].replace(":dynamodb:", ":kms:")
    key = encryption.get("KMSMasterKeyId") or "alias/aws/dynamodb"
    if key.startswith("arn:"):
        return str(key)
    return f"{prefix}:{key}" if key.startswith("alias/") else f"{prefix}:key/{key}"


def check_keys(schema: Sequence[Mapping[str, str]], *, each: int) -> None:
    """Refuse a key schema that is out of order, or has too many keys of one kind."""
    kinds = [key["KeyType"] for key in schema]
    names = [key["AttributeName"] for key in schema]
    if kinds[0] != "HASH":
        message = "The first KeySchemaElement is not a HASH key type"
        raise refuse(f"Invalid KeySchema: {message}")
    if each == 1 and kinds[1:] not in ([], ["RANGE"]):
        message = "The second KeySchemaElement is not a RANGE key type"
        raise refuse(f"Invalid KeySchema: {message}")
    if len(set(names)) < len(names):
        message = "The KeySchema contains multiple key attributes with the same name"
        raise refuse(message)
    if kinds != sorted(kinds):
        message = "All HASH key attributes must precede RANGE key attributes in the"
        raise invalid(f"{message} KeySchema")
    for kind in ("HASH", "RANGE"):
        if kinds.count(kind) > each:
            message = "The KeySchema exceeds the maximum allowed number of"
            raise invalid(f"{message} {kind} key attributes")


def check_projection(index: Mapping[str, Any]) -> None:
    """Refuse a projection whose type and attributes do not go together."""
    kind = index["Projection"].get("ProjectionType")
    listed: Sequence[str] | None = index["Projection"].get("NonKeyAttributes")
    if kind is None:
        raise invalid("Unknown ProjectionType: null")
    if kind == "INCLUDE" and listed is None:
        problem = "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"
        raise invalid(problem)
    if kind != "INCLUDE" and listed is not None:
        problem = f"ProjectionType is {kind}, but NonKeyAttributes is specified"
        raise invalid(problem)
    for name in listed or ():
        if list(listed or ()).count(name) > 1:
            raise invalid(f"Duplicate element in NonKeyAttributes: {name}")


def check_index_capacity(
    index: Mapping[str, Any], *, on_demand: bool, absent: str
) -> None:
    """Refuse an index whose throughput does not go with the billing mode.

    Args:
        index: the definition.
        on_demand: whether the table will be PAY_PER_REQUEST.
        absent: how the operation words it, ``"is not"`` or ``"must be"`` specified.
    """
    name = index["IndexName"]
    has = index.get("ProvisionedThroughput") is not None
    if on_demand and has:
        problem = f"ProvisionedThroughput should not be specified for index: {name}"
        raise invalid(f"{problem} when BillingMode is PAY_PER_REQUEST")
    if not on_demand and not has:
        problem = f"ProvisionedThroughput {absent} specified for index: {name}"
        raise invalid(problem)


def check_encryption(encryption: Mapping[str, Any]) -> None:
    """Refuse an encryption that contradicts itself."""
    keyed = encryption.get("KMSMasterKeyId") is not None
    kind = encryption.get("SSEType")
    if kind == "AES256":
        problem = "SSEType AES256 is not supported"
        raise invalid(problem)
    if not encryption.get("Enabled"):
        if kind is not None:
            problem = "SSEType can not be specified if Enabled is false"
            raise invalid(problem)
        if keyed:
            problem = "KMSMasterKeyId can not be specified if Enabled is false"
            raise invalid(problem)
    elif keyed and kind is None:
        problem = "SSEType KMS is required if KMSMasterKeyId is specified"
        raise invalid(problem)


def check_settings_mode(mode: str | None) -> None:
    """Refuse the mode that only tables with replicas have, and have by themselves."""
    if mode == "ENABLED_WITH_OVERRIDES":
        where = "'GlobalTableSettingsReplicationMode' failed to satisfy constraint"
        rule = "Only ENABLED and DISABLED settings replication are supported for a"
        raise refuse(f"Value '{mode}' at {where}: {rule} Regional Table.")
