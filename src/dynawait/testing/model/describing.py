"""What DescribeTable says of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .warmth import warm_of

if TYPE_CHECKING:
    from datetime import datetime

    from .budgets import Decreases
    from .tables import Index, Table, VectorIndex

_DAY = 86_400.0


def describe_table(table: Table, now: float) -> dict[str, Any]:
    """Return the description of a table at some time."""
    day = day_of(table, now)
    description: dict[str, Any] = {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in table.attribute_types.items()
        ],
        "TableName": table.name,
        "KeySchema": [dict(key) for key in table.key_schema],
        "TableStatus": table.status,
        "CreationDateTime": table.created,
        "ProvisionedThroughput": _throughput(
            table.read, table.write, table.decreases, day, table.increased
        ),
        "TableSizeBytes": table.shown_bytes,
        "ItemCount": table.shown_items,
        "TableArn": table.arn,
        "TableId": table.table_id,
        "DeletionProtectionEnabled": table.protected,
        "WarmThroughput": _warmth(table, None),
    }
    if table.on_demand_since is not None:
        # Once a table has been on demand the summary stays; before that DynamoDB
        # leaves it out, even where PROVISIONED was asked for by name.
        description["BillingModeSummary"] = {
            "BillingMode": table.billing_mode,
            "LastUpdateToPayPerRequestDateTime": table.on_demand_since,
        }
    if table.on_demand is not None:
        description["OnDemandThroughput"] = dict(table.on_demand)
    _describe_indexes(table, description, day)
    _describe_settings(table, description)
    if table.replicas or table.settings_mode is not None:
        _describe_regions(table, description, now)
    description.update(table.extra)
    return description


def day_of(table: Table, now: float) -> int:
    """Return the number of the UTC day, counted from the plane's first."""
    return int((now + table.day_offset) // _DAY)


def _describe_indexes(table: Table, description: dict[str, Any], day: int) -> None:
    if table.local_indexes:
        description["LocalSecondaryIndexes"] = [
            {**index, "IndexArn": _index_arn(table, index["IndexName"])}
            | {"IndexSizeBytes": 0, "ItemCount": table.shown_items}
            for index in table.local_indexes
        ]
    if table.indexes:
        description["GlobalSecondaryIndexes"] = [
            _describe_index(table, index, day) for index in table.indexes.values()
        ]
    if table.vectors:
        description["VectorIndexes"] = [
            _describe_vector(table, index) for index in table.vectors.values()
        ]


def _describe_settings(table: Table, description: dict[str, Any]) -> None:
    if table.stream is not None:
        description["StreamSpecification"] = dict(table.stream)
    if table.stream_label is not None:
        description["LatestStreamLabel"] = table.stream_label
        description["LatestStreamArn"] = f"{table.arn}/stream/{table.stream_label}"
    changing = table.under_way("encryption") is not None
    if table.encryption_key is not None or changing:
        encryption: dict[str, Any] = {
            "Status": "UPDATING" if changing else "ENABLED",
            "SSEType": "KMS",
        }
        if table.encryption_key is not None:
            encryption["KMSMasterKeyArn"] = table.encryption_key
        if table.inaccessible_since is not None:
            encryption["InaccessibleEncryptionDateTime"] = table.inaccessible_since
        description["SSEDescription"] = encryption
    if table.archived is not None:
        description["ArchivalSummary"] = dict(table.archived)
    if table.table_class is not None:
        summary: dict[str, Any] = {"TableClass": table.table_class}
        if table.class_since is not None:
            summary["LastUpdateDateTime"] = table.class_since
        description["TableClassSummary"] = summary
    if table.disassociation_protected is not None:
        protected = table.disassociation_protected
        description["DisassociationProtectionEnabled"] = protected


def _describe_regions(table: Table, description: dict[str, Any], now: float) -> None:
    """Say what only a table with replicas says; EVENTUAL is never spelt out."""
    if table.settings_mode is not None:
        description["GlobalTableSettingsReplicationMode"] = table.settings_mode
    if not table.replicas:
        return
    description["GlobalTableVersion"] = "2019.11.21"
    description["GlobalTableSettingsReplicationMode"] = "ENABLED_WITH_OVERRIDES"
    description["Replicas"] = [
        replica.describe(table, now)
        for replica in table.replicas.values()
        if replica.listed
    ]
    if table.strong:
        description["MultiRegionConsistency"] = "STRONG"
    witness = table.witness
    if witness is not None and witness.listed:
        description["GlobalTableWitnesses"] = [
            {"RegionName": witness.region, "WitnessStatus": witness.status}
        ]


def _describe_index(table: Table, index: Index, day: int) -> dict[str, Any]:
    description: dict[str, Any] = {
        "IndexName": index.name,
        "KeySchema": [dict(key) for key in index.key_schema],
        "Projection": index.projection,
        "ProvisionedThroughput": _throughput(
            index.read, index.write, index.decreases, day, index.increased
        ),
        "IndexSizeBytes": 0,
        "ItemCount": table.shown_items if index.items is None else index.items,
        "IndexArn": _index_arn(table, index.name),
        "WarmThroughput": _warmth(table, index),
    }
    if index.on_demand is not None:
        description["OnDemandThroughput"] = dict(index.on_demand)
    description.update(_phase(table, index.name))
    return description


def _describe_vector(table: Table, index: VectorIndex) -> dict[str, Any]:
    return {
        **index.definition,
        "IndexSizeBytes": 0,
        "ItemCount": table.shown_items,
        "IndexArn": _index_arn(table, index.name),
        **_phase(table, index.name),
    }


def _phase(table: Table, index: str) -> dict[str, Any]:
    """Return status and Backfilling of an index.

    An index that is born with its table never shows Backfilling: API reference,
    GlobalSecondaryIndexDescription.
    """
    status, backfilling = "ACTIVE", None
    for job in table.jobs:
        if job.kind == "create":
            status = "CREATING"
        elif job.index != index:
            continue
        elif job.kind == "index-delete":
            status = "DELETING"
        elif job.kind == "index-update":
            status = "UPDATING"
        elif job.kind in ("allocate", "backfill"):
            backfilling = job.kind == "backfill"
            status = "CREATING" if status == "ACTIVE" else status
    if backfilling is None:
        return {"IndexStatus": status}
    return {"IndexStatus": status, "Backfilling": backfilling}


def _warmth(table: Table, index: Index | None) -> dict[str, Any]:
    """Return the warm throughput, whose status is its own.

    That it is CREATING with its table, or with its index, is a guess.
    """
    warm = warm_of(table, index)
    name = None if index is None else index.name
    if table.under_way("create") or (name and table.under_way("allocate", index=name)):
        status = "CREATING"
    elif any(job.kind == "warm" and job.index == name for job in table.jobs):
        status = "UPDATING"
    else:
        status = "ACTIVE"
    return {
        "ReadUnitsPerSecond": warm.read,
        "WriteUnitsPerSecond": warm.write,
        "Status": status,
    }


def _throughput(
    read: int, write: int, decreases: Decreases, day: int, increased: datetime | None
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "NumberOfDecreasesToday": decreases.today(day),
        "ReadCapacityUnits": read,
        "WriteCapacityUnits": write,
    }
    if decreases.moment is not None:
        shown["LastDecreaseDateTime"] = decreases.moment
    if increased is not None:
        shown["LastIncreaseDateTime"] = increased
    return shown


def _index_arn(table: Table, index: str) -> str:
    return f"{table.arn}/index/{index}"
