"""CreateTable: which requests make a table, and which table they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .definitions import (
    KEYS_OF_ONE_KIND,
    build_index,
    capacity_of,
    check_encryption,
    check_index_capacity,
    check_keys,
    check_projection,
    check_settings_mode,
    key_of,
    stream_label,
    units_of,
)
from .quotas import check_capacity
from .refusals import invalid, refuse, unmodelled
from .tables import Table
from .vectors import build_vector, check_vectors
from .warmth import check_caps, check_new_warmth, given

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .account import Account

_MAX_LOCAL_INDEXES = 5


def check_create(account: Account, request: Mapping[str, Any]) -> None:
    """Refuse a CreateTable that DynamoDB would refuse whatever tables there are."""
    if request.get("GlobalTableSourceArn") is not None:
        raise unmodelled("GlobalTableSourceArn")
    _check_presence(request)
    account.name_of(request["TableName"])
    indexes = _listed(request, "GlobalSecondaryIndexes")
    local = _listed(request, "LocalSecondaryIndexes")
    vectors = _listed(request, "VectorIndexes")
    _check_attributes(request, [*indexes, *local], vectors)
    check_keys(request["KeySchema"], each=1)
    for index in indexes:
        check_keys(index["KeySchema"], each=KEYS_OF_ONE_KIND)
    for index in local:
        check_keys(index["KeySchema"], each=1)
    _check_counts(account, indexes, local, vectors)
    _check_local(request, local)
    _check_billing(account, request, indexes)
    on_demand = request.get("BillingMode") == "PAY_PER_REQUEST"
    names = [item["AttributeName"] for item in request["AttributeDefinitions"]]
    most = account.limits.vector_indexes
    check_vectors(vectors, (), declared=names, on_demand=on_demand, most=most)
    _check_settings(request)


def build_table(account: Account, request: Mapping[str, Any]) -> Table:
    """Return the table that a checked CreateTable makes."""
    arn = account.arn(f"table/{request['TableName']}")
    created = account.moment()
    warm = given(request, "WarmThroughput")
    mode = request.get("BillingMode") or "PROVISIONED"
    read, write = capacity_of(request)
    stream: Mapping[str, Any] = request.get("StreamSpecification") or {}
    encryption: Mapping[str, Any] = request.get("SSESpecification") or {}
    enabled = bool(stream.get("StreamEnabled"))
    return Table(
        name=request["TableName"],
        arn=arn,
        table_id=account.new_id(),
        created=created,
        key_schema=[dict(key) for key in request["KeySchema"]],
        attribute_types={
            attribute["AttributeName"]: attribute["AttributeType"]
            for attribute in request["AttributeDefinitions"]
        },
        billing_mode=mode,
        began=account.now,
        clock_time=account.now,
        day_offset=account.day_offset,
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
        vectors={
            index["IndexName"]: build_vector(index)
            for index in request.get("VectorIndexes") or ()
        },
        on_demand=given(request, "OnDemandThroughput") or None,
        warm=units_of(warm) if warm else None,
        settings_mode=request.get("GlobalTableSettingsReplicationMode"),
        protected=bool(request.get("DeletionProtectionEnabled")),
        stream=dict(stream) if enabled else None,
        stream_label=stream_label(created) if enabled else None,
        encryption_key=key_of(encryption, arn) if encryption.get("Enabled") else None,
        table_class=request.get("TableClass"),
        on_demand_since=created if mode == "PAY_PER_REQUEST" else None,
    )


def _listed(request: Mapping[str, Any], member: str) -> list[Mapping[str, Any]]:
    indexes = request.get(member)
    if indexes is not None and not indexes:
        problem = f"List of {member} is empty"
        raise invalid(problem)
    return list(indexes or ())


def _check_presence(request: Mapping[str, Any]) -> None:
    """Refuse a table without keys, which only a replica in another account may lack."""
    lacking = [
        f"Value null at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: "
        "Member must not be null"
        for name in ("AttributeDefinitions", "KeySchema")
        if request.get(name) is None
    ]
    if lacking:
        noun = "validation error" if len(lacking) == 1 else "validation errors"
        raise refuse(f"{len(lacking)} {noun} detected: {'; '.join(lacking)}")


def _check_attributes(
    request: Mapping[str, Any],
    indexes: Sequence[Mapping[str, Any]],
    vectors: Sequence[Mapping[str, Any]],
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
    for vector in vectors:
        used |= {item["AttributeName"] for item in vector.get("SearchSchema") or ()}
        # It must not be there at all, which has a refusal of its own.
        used |= {vector["VectorAttribute"]["AttributeName"]} & set(names)
    if not set(names) <= used:
        if not indexes:
            problem = "Number of attributes in KeySchema does not exactly match number"
            raise invalid(f"{problem} of attributes defined in AttributeDefinitions")
        keys_shown = ", ".join(sorted(used))
        problem = f"Some AttributeDefinitions are not used. {shown}, keys used:"
        raise invalid(f"{problem} [{keys_shown}]")


def _key_names(holders: Iterable[Mapping[str, Any]]) -> set[str]:
    return {key["AttributeName"] for holder in holders for key in holder["KeySchema"]}


def _check_counts(
    account: Account,
    indexes: Sequence[Mapping[str, Any]],
    local: Sequence[Mapping[str, Any]],
    vectors: Sequence[Mapping[str, Any]],
) -> None:
    most = account.limits.indexes
    if len(indexes) > most:
        problem = "GlobalSecondaryIndex count exceeds the per-table limit of"
        raise invalid(f"{problem} {most}")
    if len(local) > _MAX_LOCAL_INDEXES:
        problem = "Number of LocalSecondaryIndexes exceeds per-table limit of"
        raise invalid(f"{problem} {_MAX_LOCAL_INDEXES}")
    seen: set[str] = set()
    for index in (*indexes, *local, *vectors):
        name = index["IndexName"]
        if name in seen:
            problem = f"Duplicate index name: {name}"
            raise invalid(problem)
        seen.add(name)
        check_projection(index)


def _check_local(
    request: Mapping[str, Any], local: Sequence[Mapping[str, Any]]
) -> None:
    """Refuse a local index that does not share its table's partition key."""
    own = [key["AttributeName"] for key in request["KeySchema"]]
    for index in local:
        keys = [key["AttributeName"] for key in index["KeySchema"]]
        if len(own) == 1:
            problem = "Table KeySchema does not have a range key, which is required"
            raise invalid(f"{problem} when specifying a LocalSecondaryIndex")
        name = index["IndexName"]
        if keys[0] != own[0]:
            problem = "Index KeySchema does not have the same leading hash key as table"
            problem += f" KeySchema for index: {name}. index hash key: {keys[0]}, table"
            raise invalid(f"{problem} hash key: {own[0]}")
        if len(keys) == 1:
            problem = "Index KeySchema does not have a range key for index:"
            raise invalid(f"{problem} {name}")


def _check_billing(
    account: Account,
    request: Mapping[str, Any],
    indexes: Sequence[Mapping[str, Any]],
) -> None:
    on_demand = request.get("BillingMode") == "PAY_PER_REQUEST"
    has = request.get("ProvisionedThroughput") is not None
    if on_demand and has:
        problem = "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified"
        raise invalid(f"{problem} when BillingMode is PAY_PER_REQUEST")
    if not on_demand and not has:
        problem = "ReadCapacityUnits and WriteCapacityUnits must both be specified"
        raise invalid(f"{problem} when BillingMode is PROVISIONED")
    for index in indexes:
        check_index_capacity(index, on_demand=on_demand, absent="is not")
    for name, holder in ((None, request), *((i["IndexName"], i) for i in indexes)):
        capacity = capacity_of(holder)
        check_capacity(account, capacity, index=name)
        warm, caps = (
            given(holder, "WarmThroughput"),
            given(holder, "OnDemandThroughput"),
        )
        check_new_warmth(warm, capacity, on_demand=on_demand, index=name)
        check_caps(account, caps, on_demand=on_demand, index=name)


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
    check_settings_mode(request.get("GlobalTableSettingsReplicationMode"))
