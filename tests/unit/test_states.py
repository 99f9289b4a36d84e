"""What states say of the responses they were read from."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from dynawait.states import (
    ArchivalState,
    BackupsState,
    BackupState,
    ContributorInsightsState,
    EncryptionState,
    ExportState,
    FrozenMapping,
    ImportState,
    IndexState,
    KeySchema,
    KinesisDestinationState,
    LocalIndexState,
    OnDemandThroughput,
    Projection,
    ReplicaIndexState,
    ReplicaState,
    ResourcePolicyState,
    RestoreState,
    StreamState,
    TableState,
    Throughput,
    TimeToLiveState,
    VectorIndexState,
    WarmThroughput,
    WitnessState,
)
from tests.unit.state_samples import ARN, FULL, NOON, PARSES, index, table


def test_a_table_says_all_that_describe_table_said() -> None:
    """Every member of a full description has its field."""
    state = TableState.parse({"Table": FULL})
    expected = TableState(
        "orders",
        status="ACTIVE",
        arn=ARN,
        table_id="0f8fad5b",
        billing_mode="PAY_PER_REQUEST",
        on_demand_since=NOON,
        attribute_types=FrozenMapping({"pk": "S", "at": "N"}),
        key_schema=KeySchema(("pk",), ("at",)),
        indexes=FrozenMapping(
            {
                "by-email": IndexState(
                    "by-email",
                    status="ACTIVE",
                    key_schema=KeySchema(("email", "tenant"), ("at",)),
                    projection=Projection("INCLUDE", ("total",)),
                    throughput=Throughput(),
                    on_demand=OnDemandThroughput(9),
                    warm_throughput=WarmThroughput(10, status="UPDATING"),
                    arn=f"{ARN}/index/by-email",
                    size_bytes=3,
                    item_count=4,
                )
            }
        ),
        local_indexes=FrozenMapping(
            {
                "by-day": LocalIndexState(
                    "by-day",
                    key_schema=KeySchema(("pk",)),
                    projection=Projection("KEYS_ONLY"),
                    arn=f"{ARN}/index/by-day",
                    size_bytes=1,
                    item_count=2,
                )
            }
        ),
        vector_indexes=FrozenMapping(
            {
                "like": VectorIndexState(
                    "like",
                    status="ACTIVE",
                    vector_attribute="embedding",
                    dimensions=512,
                    distance_function="COSINE",
                    partition=("pk",),
                    filters=("kind",),
                    projection=Projection("ALL"),
                )
            }
        ),
        replicas=FrozenMapping(
            {
                "eu-west-1": ReplicaState(
                    "eu-west-1",
                    status="ACTIVE",
                    status_description="fine",
                    percent_progress="100%",
                    arn=ARN,
                    kms_key="key",
                    read_override=11,
                    on_demand_read_override=12,
                    warm_throughput=WarmThroughput(write=13),
                    indexes=FrozenMapping(
                        {"by-email": ReplicaIndexState("by-email", read_override=14)}
                    ),
                    inaccessible_at=NOON,
                    table_class="STANDARD",
                    settings_replication_mode="ENABLED",
                )
            }
        ),
        witnesses=FrozenMapping(
            {"us-west-2": WitnessState("us-west-2", status="ACTIVE")}
        ),
        stream=StreamState("KEYS_ONLY", "2026-01-02T12:00:00.000", f"{ARN}/stream/1"),
        encryption=EncryptionState("ENABLED", "KMS", "arn:aws:kms:key", NOON),
        restore=RestoreState(
            in_progress=False,
            restored_at=NOON,
            source_backup_arn=f"{ARN}/backup/1",
            source_table_arn=ARN,
        ),
        archival=ArchivalState(NOON, "the key was lost", f"{ARN}/backup/2"),
        throughput=Throughput(5, 6, 1, NOON, NOON),
        on_demand=OnDemandThroughput(-1, 20),
        warm_throughput=WarmThroughput(12000, 4000, "UPDATING"),
        table_class="STANDARD_INFREQUENT_ACCESS",
        table_class_changed_at=NOON,
        created_at=NOON,
        size_bytes=70,
        item_count=7,
        deletion_protected=True,
        disassociation_protected=True,
        multi_region_consistency="STRONG",
        global_table_version="2019.11.21",
        settings_replication_mode="ENABLED_WITH_OVERRIDES",
    )
    for member in dataclasses.fields(TableState):
        if member.compare:
            assert getattr(state, member.name) == getattr(expected, member.name)
    assert state == expected


def test_settings_and_jobs_say_what_their_operations_said() -> None:
    """What people act on, failures and their reasons included, has its field."""
    parsed: dict[str, Any] = {
        type(state).__name__: state
        for parse, response in PARSES.items()
        for state in [parse(response)]
    }
    time_to_live = parsed["TimeToLiveState"]
    assert time_to_live == TimeToLiveState("ENABLED", attribute="expires")
    assert parsed["BackupsState"] == BackupsState(
        "ENABLED",
        point_in_time_recovery="ENABLED",
        recovery_period_days=35,
        earliest_restorable_at=NOON,
        latest_restorable_at=NOON,
    )
    (destination,) = parsed["tuple"]
    assert destination == KinesisDestinationState(
        "arn:aws:kinesis:stream",
        status="ENABLE_FAILED",
        status_description="no permission",
        precision="MICROSECOND",
    )
    assert parsed["ContributorInsightsState"] == ContributorInsightsState(
        "orders",
        index="by-email",
        status="FAILED",
        mode="THROTTLED_KEYS",
        rules=("rule-1",),
        failure_name="LimitExceededException",
        failure_description="100 rules",
        updated_at=NOON,
    )
    assert parsed["ResourcePolicyState"] == ResourcePolicyState("{}", revision_id="1")
    assert parsed["ExportState"] == ExportState(
        f"{ARN}/export/1",
        status="FAILED",
        type="INCREMENTAL_EXPORT",
        increment_from=NOON,
        started_at=NOON,
        bucket="exports",
        failure_code="S3NoSuchBucket",
        failure_message="the bucket is gone",
    )
    assert parsed["ImportState"] == ImportState(
        f"{ARN}/import/1",
        status="CANCELLED",
        table="orders",
        bucket="imports",
        prefix="day-1/",
        error_count=3,
        imported_count=4,
    )
    assert parsed["BackupState"] == BackupState(
        f"{ARN}/backup/1",
        status="CREATING",
        name="nightly",
        type="USER",
        created_at=NOON,
        table="orders",
        item_count=7,
    )


def test_each_envelope_may_be_left_out() -> None:
    """A whole response and the mapping inside it give the same state."""
    assert TableState.parse(FULL) == TableState.parse({"Table": FULL})
    assert TableState.parse(FULL) == TableState.parse({"TableDescription": FULL})
    for parse, response in PARSES.items():
        if len(response) == 1 and parse != KinesisDestinationState.parse_all:
            (inner,) = response.values()
            assert parse(inner) == parse(response)
    details = {"BackupArn": "arn", "BackupStatus": "AVAILABLE"}
    expected = BackupState("arn", status="AVAILABLE")
    assert BackupState.parse(details) == expected
    assert BackupState.parse({"BackupDetails": details}) == expected


def test_a_stream_that_is_off_is_none() -> None:
    """What is left of an old stream does not make a stream."""
    state = table(
        StreamSpecification={"StreamEnabled": False}, LatestStreamArn=f"{ARN}/stream/1"
    )
    assert state.stream is None
    assert state.raw["LatestStreamArn"] == f"{ARN}/stream/1"


@pytest.mark.parametrize(
    ("description", "active", "phase", "blocker"),
    [
        (index(), True, None, None),
        (index(Backfilling=False), True, None, None),
        (
            index(Backfilling=True),
            False,
            "backfilling",
            "index by-email is ACTIVE (backfilling)",
        ),
        (index("CREATING"), False, None, "index by-email is CREATING"),
        (
            index("CREATING", Backfilling=False),
            False,
            "allocating",
            "index by-email is CREATING (allocating)",
        ),
        (
            index("CREATING", Backfilling=True),
            False,
            "backfilling",
            "index by-email is CREATING (backfilling)",
        ),
        (
            index("UPDATING", Backfilling=True),
            False,
            "backfilling",
            "index by-email is UPDATING (backfilling)",
        ),
        (index("DELETING"), False, None, "index by-email is DELETING"),
        (
            index("PONDERING"),
            False,
            None,
            "index by-email is PONDERING (a status dynawait does not know)",
        ),
        (
            index("ODD", Backfilling=True),
            False,
            "backfilling",
            "index by-email is ODD (backfilling; a status dynawait does not know)",
        ),
    ],
)
def test_backfilling_has_three_values(
    description: dict[str, Any], active: bool, phase: str | None, blocker: str | None
) -> None:
    """Absent, false and true are told apart, for global and vector indexes alike."""
    state = IndexState.parse(description)
    vector = VectorIndexState.parse(description)
    assert (state.is_active, state.phase, state.blocker()) == (active, phase, blocker)
    assert (vector.is_active, vector.phase) == (active, phase)
    assert vector.blocker() == (None if blocker is None else f"vector {blocker}")


@pytest.mark.parametrize(
    ("changes", "blockers"),
    [
        ({}, ()),
        ({"TableStatus": "UPDATING"}, ("table is UPDATING",)),
        ({"TableStatus": "ARCHIVED"}, ("table is ARCHIVED",)),
        (
            {"TableStatus": "PONDERING"},
            ("table is PONDERING (a status dynawait does not know)",),
        ),
        (
            {
                "TableStatus": "UPDATING",
                "GlobalSecondaryIndexes": [
                    index("CREATING", Backfilling=False),
                    {"IndexName": "by-day", "IndexStatus": "ACTIVE"},
                ],
                "VectorIndexes": [
                    {"IndexName": "v", "IndexStatus": "UPDATING", "Backfilling": True}
                ],
            },
            (
                "table is UPDATING",
                "index by-email is CREATING (allocating)",
                "vector index v is UPDATING (backfilling)",
            ),
        ),
        ({"SSEDescription": {"Status": "UPDATING"}}, ("encryption is UPDATING",)),
        ({"SSEDescription": {"Status": "ENABLING"}}, ("encryption is ENABLING",)),
        ({"SSEDescription": {"Status": "DISABLED"}}, ()),
        ({"SSEDescription": {"SSEType": "KMS"}}, ()),
        (
            {"SSEDescription": {"Status": "PONDERING"}},
            ("encryption is PONDERING (a status dynawait does not know)",),
        ),
        ({"RestoreSummary": {"RestoreInProgress": True}}, ("restore is in progress",)),
        ({"WarmThroughput": {"Status": "UPDATING"}}, ()),
        (
            {"GlobalSecondaryIndexes": [index(WarmThroughput={"Status": "UPDATING"})]},
            (),
        ),
        (
            {"GlobalTableWitnesses": [{"RegionName": "us-west-2"}]},
            (),
        ),
        (
            {
                "GlobalTableWitnesses": [
                    {"RegionName": "us-west-2", "WitnessStatus": "CREATING"}
                ]
            },
            ("witness us-west-2 is CREATING",),
        ),
    ],
)
def test_blockers_say_what_moves(
    changes: dict[str, Any], blockers: tuple[str, ...]
) -> None:
    """A phrase for each thing that moves; warm throughput is none of them."""
    assert table(**changes).blockers() == blockers


@pytest.mark.parametrize(
    ("members", "blockers"),
    [
        ({}, ()),
        ({"ReplicaStatus": "ACTIVE"}, ()),
        ({"ReplicaStatus": "CREATION_FAILED"}, ()),
        ({"ReplicaStatus": "REGION_DISABLED"}, ()),
        ({"ReplicaStatus": "INACCESSIBLE_ENCRYPTION_CREDENTIALS"}, ()),
        ({"ReplicaStatus": "REPLICATION_NOT_AUTHORIZED"}, ()),
        ({"ReplicaStatus": "ARCHIVED"}, ()),
        ({"ReplicaStatus": "ARCHIVING"}, ("replica eu-west-1 is ARCHIVING",)),
        ({"ReplicaStatus": "DELETING"}, ("replica eu-west-1 is DELETING",)),
        (
            {"ReplicaStatus": "CREATING", "ReplicaStatusPercentProgress": "37"},
            ("replica eu-west-1 is CREATING (37%)",),
        ),
        (
            {"ReplicaStatus": "CREATING", "ReplicaStatusPercentProgress": "37%"},
            ("replica eu-west-1 is CREATING (37%)",),
        ),
        (
            {"ReplicaStatus": "PONDERING"},
            ("replica eu-west-1 is PONDERING (a status dynawait does not know)",),
        ),
    ],
)
def test_a_replica_blocks_only_while_it_moves(
    members: dict[str, Any], blockers: tuple[str, ...]
) -> None:
    """A replica that failed or was shut out waits for a person, not for time."""
    state = table(Replicas=[{"RegionName": "eu-west-1", **members}])
    assert state.blockers() == blockers


def test_an_absent_table_does_not_exist() -> None:
    """ABSENT is a state like any other, and the only one that does not exist."""
    state = TableState.absent("orders")
    assert (state.name, state.status, state.exists) == ("orders", "ABSENT", False)
    assert state.blockers() == ("table does not exist",)
    assert table(TableStatus="DELETING").exists
