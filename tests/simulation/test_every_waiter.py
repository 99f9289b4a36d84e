"""Every waiter of the library reaches its end against the simulated service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait import quiet, table_active
from dynawait._names import FUNCTIONS
from dynawait.testing import SimulatedDynamoDB
from tests.simulation.faces import both_faces
from tests.simulation.samples import ARN, NEW_TABLE, ORDERS, POLICY, SOURCE, STREAM
from tests.simulation.support import (
    KEYED,
    create_index,
    delete_index,
    indexed_table,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from tests.simulation.faces import Wait

    Started: TypeAlias = tuple[Any, ...]

VECTOR = {
    "IndexName": "by-likeness",
    "VectorAttribute": {"AttributeName": "embedding"},
    "Projection": {"ProjectionType": "KEYS_ONLY"},
    "Dimensions": 3,
    "DistanceFunction": "COSINE",
}
STRONG = {
    "MultiRegionConsistency": "STRONG",
    "ReplicaUpdates": [{"Create": {"RegionName": "us-east-2"}}],
    "GlobalTableWitnessUpdates": [{"Create": {"RegionName": "us-west-2"}}],
}
WEAK = {
    "ReplicaUpdates": [{"Delete": {"RegionName": "us-east-2"}}],
    "GlobalTableWitnessUpdates": [{"Delete": {"RegionName": "us-west-2"}}],
}
RECOVERY = {"PointInTimeRecoveryEnabled": True}
EXPIRY = {"Enabled": True, "AttributeName": "expires"}
NEW_STREAM = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
REPLICA = "eu-west-1"


def asked(operation: str, **request: Any) -> Callable[[Any], Started]:
    """Return what makes a request on the table and waits for the table."""

    def start(client: Any) -> Started:
        getattr(client, operation)(**ORDERS, **request)
        return ("orders",)

    return start


def many(client: Any) -> Started:
    """Start an index; wait for two conditions."""
    client.update_table(**ORDERS, **create_index())
    return ({"orders": table_active(), ARN: quiet()},)


def replica_gone(client: Any) -> Started:
    """Make a replica and delete it."""
    client.update_table(**ORDERS, ReplicaUpdates=[{"Create": {"RegionName": REPLICA}}])
    rest(client, 700)
    client.update_table(**ORDERS, ReplicaUpdates=[{"Delete": {"RegionName": REPLICA}}])
    return "orders", [REPLICA]


def vector_gone(client: Any) -> Started:
    """Make a vector index and delete it."""
    client.update_table(**ORDERS, VectorIndexUpdates=[{"Create": VECTOR}])
    rest(client, 2_000)
    name = {"IndexName": VECTOR["IndexName"]}
    client.update_table(**ORDERS, VectorIndexUpdates=[{"Delete": name}])
    return "orders", [VECTOR["IndexName"]]


def witness(client: Any) -> Started:
    """Make a strongly consistent group with a witness."""
    client.create_table(**table("strong"))
    rest(client, 10)
    client.update_table(TableName="strong", **STRONG)
    return ("strong",)


def witness_gone(client: Any) -> Started:
    """Make such a group and dissolve it."""
    witness(client)
    rest(client, 300)
    client.update_table(TableName="strong", **WEAK)
    return "strong", ["us-west-2"]


def restore(client: Any) -> Started:
    """Start a restore."""
    client.restore_table_to_point_in_time(
        SourceTableName="orders",
        TargetTableName="restored",
        UseLatestRestorableTime=True,
    )
    return ("restored",)


def kinesis(client: Any) -> Started:
    """Enable a destination."""
    client.enable_kinesis_streaming_destination(**ORDERS, StreamArn=STREAM)
    return "orders", STREAM


def policy(client: Any) -> Started:
    """Put a policy."""
    client.put_resource_policy(ResourceArn=ARN, Policy=POLICY)
    return ("orders",)


def export(client: Any) -> Started:
    """Start an export."""
    response = client.export_table_to_point_in_time(TableArn=ARN, S3Bucket="exports")
    return (response["ExportDescription"]["ExportArn"],)


def import_(client: Any) -> Started:
    """Start an import."""
    response = client.import_table(
        S3BucketSource=SOURCE,
        InputFormat="DYNAMODB_JSON",
        TableCreationParameters=NEW_TABLE,
    )
    return (response["ImportTableDescription"]["ImportArn"],)


def backup(client: Any) -> Started:
    """Create a backup."""
    response = client.create_backup(**ORDERS, BackupName="nightly")
    return (response["BackupDetails"]["BackupArn"],)


def rest(client: Any, seconds: float) -> None:
    """Let time pass."""
    client.__dynawait_clock__.advance(seconds)


STARTS: dict[str, Callable[[Any], Started]] = {
    "describe": lambda _client: ("orders",),
    "wait_for": lambda client: (*asked("update_table", **KEYED)(client), quiet()),
    "wait_for_all": many,
    "wait_for_encryption": asked("update_table", **KEYED),
    "wait_for_quiet": asked("update_table", **create_index()),
    "wait_for_restore": restore,
    "wait_for_stream": asked("update_table", StreamSpecification=NEW_STREAM),
    "wait_for_table_active": asked("update_table", StreamSpecification=NEW_STREAM),
    "wait_for_table_deleted": asked("delete_table"),
    "wait_for_warm_throughput": asked(
        "update_table",
        WarmThroughput={"ReadUnitsPerSecond": 15_000, "WriteUnitsPerSecond": 5_000},
    ),
    "wait_for_indexes_active": asked("update_table", **create_index()),
    "wait_for_indexes_deleted": lambda client: (
        *asked("update_table", **delete_index("by-email"))(client),
        ["by-email"],
    ),
    "wait_for_vector_indexes_active": asked(
        "update_table", VectorIndexUpdates=[{"Create": VECTOR}]
    ),
    "wait_for_vector_indexes_deleted": vector_gone,
    "wait_for_replicas_active": lambda client: (
        *asked("update_table", ReplicaUpdates=[{"Create": {"RegionName": REPLICA}}])(
            client
        ),
        [REPLICA],
    ),
    "wait_for_replicas_deleted": replica_gone,
    "wait_for_witnesses_active": witness,
    "wait_for_witnesses_deleted": witness_gone,
    "wait_for_contributor_insights": asked(
        "update_contributor_insights", ContributorInsightsAction="ENABLE"
    ),
    "wait_for_kinesis_destination": kinesis,
    "wait_for_point_in_time_recovery": asked(
        "update_continuous_backups", PointInTimeRecoverySpecification=RECOVERY
    ),
    "wait_for_resource_policy": policy,
    "wait_for_time_to_live": asked(
        "update_time_to_live", TimeToLiveSpecification=EXPIRY
    ),
    "wait_for_backup": backup,
    "wait_for_export": export,
    "wait_for_import": import_,
    "indexes_queryable": asked("update_table", **create_index()),
    "table_writable": lambda _client: ("orders",),
}
NAMES = sorted(name for names in FUNCTIONS.values() for name in names)


def test_there_is_a_case_for_every_waiter() -> None:
    """No waiter of the library is left out below."""
    assert sorted(name for name in NAMES if "wait" in name) == sorted(
        name for name in STARTS if "wait" in name
    )


@both_faces
@pytest.mark.parametrize("name", list(STARTS))
def test_a_waiter_reaches_its_end(name: str, wait: Wait) -> None:
    """It returns within its default time-out, in virtual time."""
    dynamodb = SimulatedDynamoDB()
    client: Any = dynamodb.client()
    client.create_table(**indexed_table())
    dynamodb.clock.advance(60)
    client.update_continuous_backups(
        **ORDERS, PointInTimeRecoverySpecification=RECOVERY
    )
    wait(dynamodb, name, *STARTS[name](client))
