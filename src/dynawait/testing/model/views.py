"""What the Region of a replica says of its table, which the first Region keeps.

As measured on AWS: the replica's table has an ARN, a TableId and a stream of its own
and lists the other Regions. The model answers DescribeTable there, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .account import Account
    from .tables import Table

_SEEN = frozenset({"CREATING", "DELETING", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"})


def view_from(account: Account, table: Table, region: str) -> dict[str, Any] | None:
    """Return the description of a table as the Region of its replica gives it.

    Args:
        account: the Region that keeps the table.
        table: the table.
        region: the Region that is asked.

    Returns:
        The description; None while that Region has no replica of the table.
    """
    replica = table.replicas.get(region)
    if replica is None or not replica.listed or replica.status == "CREATION_FAILED":
        return None
    description = table.describe(account.now)
    home, there = f":{account.region}:", f":{region}:"
    for name in ("TableArn", "LatestStreamArn"):
        if name in description:
            description[name] = description[name].replace(home, there)
    description["TableId"] = f"{table.table_id[:-12]}{abs(hash_of(region)):012x}"
    description["DeletionProtectionEnabled"] = False
    if replica.status in _SEEN:
        description["TableStatus"] = replica.status
    for index in description.get("GlobalSecondaryIndexes", ()):
        index["IndexArn"] = index["IndexArn"].replace(home, there)
    others = [
        entry for entry in description["Replicas"] if entry["RegionName"] != region
    ]
    first = {"RegionName": account.region, "ReplicaStatus": "ACTIVE"}
    description["Replicas"] = [first, *others]
    return description


def hash_of(region: str) -> int:
    """Return a number that is the same for a Region in every run."""
    return int.from_bytes(region.encode()[-6:], "big")
