"""What another writer may do to a table: autoscaling, a console user, a second deploy.

Each change is worked out from the table's description, as its writer would. Which ones
there are, and how often each comes, is a guess: AWS measures no such thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random
    from typing import TypeAlias

    Request: TypeAlias = tuple[str, dict[str, Any]]
    Change: TypeAlias = Callable[[Mapping[str, Any], Random], "Request | None"]

# Its own indexes begin so: it never deletes an index that somebody else waits for.
INDEX_PREFIX = "foreign-"
TAG = "foreign-writer"
_MOST_INDEXES = 2
_MOST_UNITS = 40_000


def scale_table(table: Mapping[str, Any], random: Random) -> Request | None:
    """Change the table's throughput, as autoscaling does, or its on-demand ceiling."""
    if _is_on_demand(table):
        ceiling = 100 * random.randint(10, 200)
        units = {"MaxReadRequestUnits": ceiling, "MaxWriteRequestUnits": ceiling}
        return _update(table, OnDemandThroughput=units)
    wanted = _scaled(table, random)
    return None if wanted is None else _update(table, ProvisionedThroughput=wanted)


def scale_index(table: Mapping[str, Any], random: Random) -> Request | None:
    """Change an index's throughput, as autoscaling does."""
    indexes = table.get("GlobalSecondaryIndexes")
    if not indexes or _is_on_demand(table):
        return None
    index = random.choice(indexes)
    wanted = _scaled(index, random)
    if wanted is None:
        return None
    update = {"IndexName": index["IndexName"], "ProvisionedThroughput": wanted}
    return _update(table, GlobalSecondaryIndexUpdates=[{"Update": update}])


def create_index(table: Mapping[str, Any], random: Random) -> Request | None:
    """Create an index of its own, as a second deploy does."""
    own = _own_indexes(table)
    if len(own) >= _MOST_INDEXES:
        return None
    number = next(n for n in range(len(own) + 1) if f"{INDEX_PREFIX}{n}" not in own)
    # On the table's own key, so that it brings no attribute that others know not of.
    key = table["KeySchema"][0]["AttributeName"]
    index: dict[str, Any] = {
        "IndexName": f"{INDEX_PREFIX}{number}",
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": random.choice(("ALL", "KEYS_ONLY"))},
    }
    if not _is_on_demand(table):
        units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
        index["ProvisionedThroughput"] = units
    return _update(
        table,
        AttributeDefinitions=table["AttributeDefinitions"],
        GlobalSecondaryIndexUpdates=[{"Create": index}],
    )


def delete_index(table: Mapping[str, Any], random: Random) -> Request | None:
    """Delete an index that another writer has created."""
    own = _own_indexes(table)
    if not own:
        return None
    delete = {"Delete": {"IndexName": random.choice(own)}}
    return _update(table, GlobalSecondaryIndexUpdates=[delete])


def change_tags(table: Mapping[str, Any], random: Random) -> Request | None:
    """Set a tag, or take it away, as somebody at the console does."""
    arn = table["TableArn"]
    if random.random() < 1 / 3:
        return "UntagResource", {"ResourceArn": arn, "TagKeys": [TAG]}
    tag = {"Key": TAG, "Value": f"{random.randrange(1000)}"}
    return "TagResource", {"ResourceArn": arn, "Tags": [tag]}


def flip_protection(table: Mapping[str, Any], _random: Random) -> Request | None:
    """Turn the deletion protection over, as somebody at the console does."""
    wanted = not table.get("DeletionProtectionEnabled")
    return _update(table, DeletionProtectionEnabled=wanted)


CHANGES: tuple[Change, ...] = (
    scale_table,
    scale_index,
    create_index,
    delete_index,
    change_tags,
    flip_protection,
)


def _update(table: Mapping[str, Any], **members: Any) -> Request:
    return "UpdateTable", {"TableName": table["TableName"], **members}


def _is_on_demand(table: Mapping[str, Any]) -> bool:
    billing: Mapping[str, str] = table.get("BillingModeSummary") or {}
    return billing.get("BillingMode") == "PAY_PER_REQUEST"


def _own_indexes(table: Mapping[str, Any]) -> list[str]:
    indexes: list[Mapping[str, Any]] = table.get("GlobalSecondaryIndexes") or []
    names = (str(index["IndexName"]) for index in indexes)
    return [name for name in names if name.startswith(INDEX_PREFIX)]


def _scaled(subject: Mapping[str, Any], random: Random) -> dict[str, int] | None:
    """Return another throughput than the present one."""
    present: Mapping[str, int] = subject["ProvisionedThroughput"]
    units = {
        name: min(max(1, round(present[name] * random.uniform(0.5, 2))), _MOST_UNITS)
        for name in ("ReadCapacityUnits", "WriteCapacityUnits")
    }
    same = all(units[name] == present[name] for name in units)
    return None if same else units
