"""What DescribeBackup says of the table that was backed up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .snapshots import billing_mode_of, indexes_of, units_of
from .time_to_live import describe_time_to_live

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .tables import Table

_COPIED = ("TableName", "TableId", "TableArn", "TableSizeBytes", "KeySchema")


def table_details(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return the SourceTableDetails of a described table."""
    details = {member: description[member] for member in _COPIED}
    details["TableCreationDateTime"] = description["CreationDateTime"]
    details["ProvisionedThroughput"] = units_of(description)
    details["ItemCount"] = description["ItemCount"]
    details["BillingMode"] = billing_mode_of(description)
    if "OnDemandThroughput" in description:
        details["OnDemandThroughput"] = dict(description["OnDemandThroughput"])
    return details


def feature_details(table: Table, description: Mapping[str, Any]) -> dict[str, Any]:
    """Return the SourceTableFeatureDetails: what is on, and the indexes."""
    details: dict[str, Any] = {}
    if "StreamSpecification" in description:
        details["StreamDescription"] = dict(description["StreamSpecification"])
    ttl = describe_time_to_live(table)
    if ttl["TimeToLiveStatus"] != "DISABLED":
        details["TimeToLiveDescription"] = ttl
    if "SSEDescription" in description:
        details["SSEDescription"] = dict(description["SSEDescription"])
    details |= {
        member: found for member, found in indexes_of(description).items() if found
    }
    for index in details.get("GlobalSecondaryIndexes", ()):
        index.setdefault(
            "ProvisionedThroughput", {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
        )
    return details
