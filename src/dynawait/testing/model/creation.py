"""CreateTable: which requests make a table, and which table they make."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .refusals import invalid, refuse, unmodelled
from .tables import Index, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

MAX_INDEXES = 20
_MAX_LOCAL_INDEXES = 5
_SHORTEST, _LONGEST = 3, 255
_KEYS_OF_ONE_KIND = 4
_UNMODELLED = (
    "VectorIndexes",
    "OnDemandThroughput",
    "WarmThroughput",
    "ResourcePolicy",
    "GlobalTableSourceArn",
    "GlobalTableSettingsReplicationMode",
)


def check_create(request: Mapping[str, Any]) -> None:
    """Refuse a CreateTable that DynamoDB would refuse whatever tables there are."""
    for member in _UNMODELLED:
        if request.get(member) is not None:
            raise unmodelled(member)
    _check_name(request["TableName"])
    indexes = _listed(request, "GlobalSecondaryIndexes")
    local = _listed(request, "LocalSecondaryIndexes")
    _check_attributes(request, [*indexes, *local])
    check_keys(request["KeySchema"], each=1)
    for index in (*indexes, *local):
        check_keys(index["KeySchema"], each=_KEYS_OF_ONE_KIND)
    _check_counts(indexes, local)
    _check_billing(request, indexes)
    _check_settings(request)


def build_table(
    request: Mapping[str, Any], *, arn: str, table_id: str, created: datetime
) -> Table:
    """Return the table that a checked CreateTable makes."""
    mode = request.get("BillingMode") or "PROVISIONED"
    read, write = capacity_of(request)
    stream: Mapping[str, Any] = request.get("StreamSpecification") or {}
    encryption: Mapping[str, Any] = request.get("SSESpecification") or {}
    enabled = bool(stream.get("StreamEnabled"))
    return Table(
        name=request["TableName"],
        arn=arn,
        table_id=table_id,
        created=created,
        key_schema=[dict(key) for key in request["KeySchema"]],
        attribute_types={
            attribute["AttributeName"]: attribute["AttributeType"]
            for attribute in request["AttributeDefinitions"]
        },
        billing_mode=mode,
        read=read,
        write=write,
        indexes={
            index["IndexName"]: build_index(index)
            for index in request.get("GlobalSecondaryIndexes") or ()
        },
        local_indexes=[
            {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
            for index in request.get("LocalSecondaryIndexes") or ()
        ],
        protected=bool(request.get("DeletionProtectionEnabled")),
        stream=dict(stream) if enabled else None,
        stream_label=stream_label(created) if enabled else None,
        encryption_key=key_of(encryption, arn) if encryption.get("Enabled") else None,
        table_class=request.get("TableClass"),
        on_demand_since=created if mode == "PAY_PER_REQUEST" else None,
    )


def build_index(request: Mapping[str, Any]) -> Index:
    """Return the index that a checked definition makes."""
    read, write = capacity_of(request)
    return Index(
        name=request["IndexName"],
        key_schema=[dict(key) for key in request["KeySchema"]],
        projection=dict(request["Projection"]),
        read=read,
        write=write,
    )


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
    listed = index["Projection"].get("NonKeyAttributes") is not None
    if kind is None:
        raise invalid("Unknown ProjectionType: null")
    if kind == "INCLUDE" and not listed:
        problem = "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"
        raise invalid(problem)
    if kind != "INCLUDE" and listed:
        problem = f"ProjectionType is {kind}, but NonKeyAttributes is specified"
        raise invalid(problem)


def _check_name(name: str) -> None:
    if not _SHORTEST <= len(name) <= _LONGEST:
        message = "TableName must be at least 3 characters long and at most 255"
        raise refuse(f"{message} characters long")
    if re.fullmatch("[a-zA-Z0-9_.-]+", name) is None:
        message = f"1 validation error detected: Value '{name}' at 'tableName' failed"
        message += " to satisfy constraint: Member must satisfy regular expression"
        raise refuse(f"{message} pattern: [a-zA-Z0-9_.-]+")


def _listed(request: Mapping[str, Any], member: str) -> list[Mapping[str, Any]]:
    indexes = request.get(member)
    if indexes is not None and not indexes:
        problem = f"List of {member} is empty"
        raise invalid(problem)
    return list(indexes or ())


def _check_attributes(
    request: Mapping[str, Any], indexes: Sequence[Mapping[str, Any]]
) -> None:
    names = [item["AttributeName"] for item in request["AttributeDefinitions"]]
    for name in names:
        if names.count(name) > 1:
            message = f"Attribute Name is duplicated: {name}"
            raise refuse(message)
    own = _key_names([request])
    used = _key_names([request, *indexes])
    shown = f"AttributeDefinitions: [{', '.join(names)}]"
    for keys in (own, *(_key_names([index]) for index in indexes)):
        if not keys <= set(names):
            keys_shown = ", ".join(sorted(keys))
            problem = "Some index key attributes are not defined in"
            problem += f" AttributeDefinitions. Keys: [{keys_shown}], {shown}"
            raise invalid(problem)
    if used != set(names):
        if not indexes:
            problem = "Number of attributes in KeySchema does not exactly match number"
            raise invalid(f"{problem} of attributes defined in AttributeDefinitions")
        keys_shown = ", ".join(sorted(used))
        problem = f"Some AttributeDefinitions are not used. {shown}, keys used:"
        raise invalid(f"{problem} [{keys_shown}]")


def _key_names(holders: Iterable[Mapping[str, Any]]) -> set[str]:
    return {key["AttributeName"] for holder in holders for key in holder["KeySchema"]}


def _check_counts(
    indexes: Sequence[Mapping[str, Any]], local: Sequence[Mapping[str, Any]]
) -> None:
    if len(indexes) > MAX_INDEXES:
        problem = "GlobalSecondaryIndex count exceeds the per-table limit of"
        raise invalid(f"{problem} {MAX_INDEXES}")
    if len(local) > _MAX_LOCAL_INDEXES:
        problem = "Number of LocalSecondaryIndexes exceeds per-table limit of"
        raise invalid(f"{problem} {_MAX_LOCAL_INDEXES}")
    seen: set[str] = set()
    for index in (*indexes, *local):
        name = index["IndexName"]
        if name in seen:
            problem = f"Duplicate index name: {name}"
            raise invalid(problem)
        seen.add(name)
        check_projection(index)


def _check_billing(
    request: Mapping[str, Any], indexes: Sequence[Mapping[str, Any]]
) -> None:
    on_demand = request.get("BillingMode") == "PAY_PER_REQUEST"
    given = request.get("ProvisionedThroughput") is not None
    if on_demand and given:
        problem = "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified"
        raise invalid(f"{problem} when BillingMode is PAY_PER_REQUEST")
    if not on_demand and not given:
        problem = "ReadCapacityUnits and WriteCapacityUnits must both be specified"
        raise invalid(f"{problem} when BillingMode is PROVISIONED")
    for index in indexes:
        check_index_capacity(index, on_demand=on_demand, absent="is not")


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
    given = index.get("ProvisionedThroughput") is not None
    if on_demand and given:
        problem = f"ProvisionedThroughput should not be specified for index: {name}"
        raise invalid(f"{problem} when BillingMode is PAY_PER_REQUEST")
    if not on_demand and not given:
        problem = f"ProvisionedThroughput {absent} specified for index: {name}"
        raise invalid(problem)


def _check_settings(request: Mapping[str, Any]) -> None:
    stream = request.get("StreamSpecification")
    if stream is not None:
        viewed = stream.get("StreamViewType") is not None
        if stream["StreamEnabled"] and not viewed:
            problem = "Table is being created with a stream enabled, UpdateViewType is"
            raise invalid(f"{problem} required")
        if not stream["StreamEnabled"] and viewed:
            problem = "Table is being created with a stream disabled, UpdateViewType"
            raise invalid(f"{problem} should not be specified")
    check_encryption(request.get("SSESpecification") or {})


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
