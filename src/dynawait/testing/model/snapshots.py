"""What of a table a backup or a restore keeps.

As measured on AWS: keys, indexes, billing, throughput and encryption; not streams, time
to live, recovery, tags, policies, protection or the table class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_INDEX = ("IndexName", "KeySchema", "Projection")
_VECTOR = (
    "IndexName",
    "VectorAttribute",
    "SearchSchema",
    "Projection",
    "Dimensions",
    "DistanceFunction",
)
_UNITS = ("ReadCapacityUnits", "WriteCapacityUnits")


def snapshot_of(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return the CreateTable that would make a described table again."""
    mode = billing_mode_of(description)
    request: dict[str, Any] = {
        "TableName": description["TableName"],
        "KeySchema": description["KeySchema"],
        "AttributeDefinitions": description["AttributeDefinitions"],
        "BillingMode": mode,
    }
    if mode == "PROVISIONED":
        request["ProvisionedThroughput"] = units_of(description)
    if "OnDemandThroughput" in description:
        request["OnDemandThroughput"] = dict(description["OnDemandThroughput"])
    if description.get("SSEDescription", {}).get("KMSMasterKeyArn"):
        request["SSESpecification"] = {
            "Enabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": description["SSEDescription"]["KMSMasterKeyArn"],
        }
    indexes = indexes_of(description)
    for member in [member for member in indexes if indexes[member]]:
        request[member] = indexes[member]
    return request


def indexes_of(description: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the definitions of a described table's indexes, by their member."""
    mode = billing_mode_of(description)
    indexes: list[dict[str, Any]] = []
    for index in description.get("GlobalSecondaryIndexes", ()):
        if index.get("IndexStatus") == "DELETING":
            continue
        definition = {member: index[member] for member in _INDEX}
        if mode == "PROVISIONED":
            definition["ProvisionedThroughput"] = units_of(index)
        if "OnDemandThroughput" in index:
            definition["OnDemandThroughput"] = dict(index["OnDemandThroughput"])
        indexes.append(definition)
    local = [
        {member: index[member] for member in _INDEX}
        for index in description.get("LocalSecondaryIndexes", ())
    ]
    vectors = [
        {member: index[member] for member in _VECTOR if member in index}
        for index in description.get("VectorIndexes", ())
        if index.get("IndexStatus") != "DELETING"
    ]
    return {
        "GlobalSecondaryIndexes": indexes,
        "LocalSecondaryIndexes": local,
        "VectorIndexes": vectors,
    }


def billing_mode_of(description: Mapping[str, Any]) -> str:
    """Return the billing mode; DescribeTable is silent about one of always."""
    summary: Mapping[str, str] = description.get("BillingModeSummary", {})
    return summary.get("BillingMode", "PROVISIONED")


def units_of(holder: Mapping[str, Any]) -> dict[str, int]:
    """Return the capacity of a described table or index, without its counters."""
    return {unit: holder["ProvisionedThroughput"][unit] for unit in _UNITS}
