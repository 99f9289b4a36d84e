"""Every waiter, a row each: those for tables are here."""

from __future__ import annotations

from tests.core.fakes import ACTIVE, CREATING, NO_TABLE, index, refusal, table
from tests.core.responses import (
    encrypted,
    replica,
    restoring,
    stream,
    vector,
    warm,
    witness,
)
from tests.core.rows import Waiter
from tests.core.setting_cases import JOBS, SETTINGS

DOOMED = {
    "table is DELETING": table("DELETING"),
    "table is ARCHIVING": table("ARCHIVING"),
    "table is ARCHIVED (KEY_LOST)": table(
        "ARCHIVED", ArchivalSummary={"ArchivalReason": "KEY_LOST"}
    ),
}


TABLES = [
    Waiter(
        "wait_for_table_active",
        ACTIVE,
        passes=(
            CREATING,
            table("UPDATING"),
            table("INACCESSIBLE_ENCRYPTION_CREDENTIALS"),
            table("REPLICATION_NOT_AUTHORIZED"),
        ),
        fails=DOOMED,
    ),
    Waiter(
        "wait_for_table_deleted",
        NO_TABLE,
        passes=(ACTIVE, table("DELETING")),
        result=lambda state: state is None,
        missing=None,
    ),
    Waiter(
        "wait_for_quiet",
        table("ACTIVE", index()),
        passes=(
            CREATING,
            table("ACTIVE", index("CREATING", Backfilling=True)),
            table("ACTIVE", index("UPDATING")),
            table("ACTIVE", index("DELETING")),
            replica("UPDATING"),
            encrypted("UPDATING"),
            vector("CREATING"),
            witness("CREATING"),
        ),
        fails=DOOMED,
    ),
    Waiter(
        "wait_for_restore",
        restoring("ACTIVE", running=False),
        passes=(restoring("CREATING", running=True), restoring("ACTIVE", running=True)),
        fails=DOOMED,
    ),
    Waiter(
        "wait_for_encryption",
        encrypted("ENABLED"),
        passes=(
            encrypted("ENABLING"),
            encrypted("UPDATING"),
            encrypted("DISABLING"),
            encrypted("ENABLED", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"),
        ),
        result=lambda state: state.encryption.status == "ENABLED",
    ),
    Waiter(
        "wait_for_stream",
        stream(),
        passes=(ACTIVE, stream(status="UPDATING")),
        result=lambda state: state.stream.view_type == "NEW_IMAGE",
        fails=DOOMED,
    ),
    Waiter(
        "wait_for_stream",
        stream("KEYS_ONLY"),
        options={"view_type": "KEYS_ONLY"},
        passes=(stream(), ACTIVE),
        result=lambda state: state.stream.view_type == "KEYS_ONLY",
    ),
    Waiter(
        "wait_for_stream",
        ACTIVE,
        arguments=("orders", False),
        passes=(stream(), table("UPDATING")),
        result=lambda state: state.stream is None,
    ),
    Waiter("wait_for_warm_throughput", warm("ACTIVE"), passes=(warm("UPDATING"),)),
    Waiter("wait_for_warm_throughput", ACTIVE, passes=()),
]
BUILDING = (
    table("UPDATING", index("CREATING", Backfilling=False)),
    table("ACTIVE", index("CREATING", Backfilling=True)),
    table("ACTIVE", index("ACTIVE", Backfilling=True)),
    table("ACTIVE", index("UPDATING")),
)
INDEXES = [
    Waiter(
        "wait_for_indexes_active",
        table("ACTIVE", index()),
        passes=(*BUILDING, table("UPDATING", index("DELETING"))),
        result=lambda state: state.indexes["by-email"].is_active,
        fails=DOOMED,
    ),
    *(
        Waiter(
            "wait_for_indexes_active",
            table("ACTIVE", index()),
            arguments=("orders", names),
            passes=(CREATING, ACTIVE, *BUILDING),
            result=lambda state: state.indexes["by-email"].is_active,
            fails=DOOMED
            | {"index by-email is DELETING": table("ACTIVE", index("DELETING"))},
        )
        for names in ("by-email", ["by-email"])
    ),
    Waiter(
        "wait_for_indexes_deleted",
        ACTIVE,
        arguments=("orders", "by-email"),
        passes=(table("ACTIVE", index()), table("UPDATING", index("DELETING"))),
    ),
    Waiter(
        "wait_for_vector_indexes_active",
        vector("ACTIVE"),
        arguments=("orders", ["like"]),
        passes=(ACTIVE, vector("CREATING"), vector("CREATING", Backfilling=True)),
        result=lambda state: state.vector_indexes["like"].is_active,
        fails=DOOMED | {"vector index like is DELETING": vector("DELETING")},
    ),
    Waiter(
        "wait_for_vector_indexes_deleted",
        ACTIVE,
        arguments=("orders", ["like"]),
        passes=(vector("ACTIVE"), vector("DELETING")),
    ),
]
REGIONS = [
    Waiter(
        "wait_for_replicas_active",
        replica("ACTIVE"),
        arguments=("orders", ["eu-west-1"]),
        passes=(
            ACTIVE,
            replica("CREATING", ReplicaStatusPercentProgress="40"),
            replica("UPDATING"),
            replica("INACCESSIBLE_ENCRYPTION_CREDENTIALS"),
        ),
        result=lambda state: state.replicas["eu-west-1"].status == "ACTIVE",
        fails={
            "no such key": replica(
                "CREATION_FAILED", ReplicaStatusDescription="no such key"
            ),
            "opt in first": replica(
                "REGION_DISABLED", ReplicaStatusDescription="opt in first"
            ),
            "replica eu-west-1 is ARCHIVED": replica("ARCHIVED"),
            "replica eu-west-1 is DELETING": replica("DELETING"),
        },
    ),
    Waiter(
        "wait_for_replicas_deleted",
        ACTIVE,
        arguments=("orders", ["eu-west-1"]),
        passes=(replica("ACTIVE"), replica("DELETING")),
    ),
    Waiter(
        "wait_for_witnesses_active",
        witness("ACTIVE"),
        arguments=("orders", ["eu-west-3"]),
        passes=(ACTIVE, witness("CREATING")),
        result=lambda state: state.witnesses["eu-west-3"].status == "ACTIVE",
        fails={"witness eu-west-3 is DELETING": witness("DELETING")},
    ),
    Waiter(
        "wait_for_witnesses_deleted",
        ACTIVE,
        arguments=("orders", ["eu-west-3"]),
        passes=(witness("ACTIVE"), witness("DELETING")),
    ),
]
BACKFILLS = refusal(
    "ValidationException",
    "Cannot read from backfilling global secondary index: by-email",
)
PROBES = [
    Waiter(
        "indexes_queryable",
        {"Items": [], "Count": 0},
        operation="Query",
        passes=(BACKFILLS, BACKFILLS),
        result=lambda state: state.indexes["by-email"].is_active,
        before={"DescribeTable": table("ACTIVE", index())},
    ),
    Waiter(
        "table_writable",
        refusal("ConditionalCheckFailedException", "The conditional request failed"),
        operation="PutItem",
        passes=(NO_TABLE,),
        before={"DescribeTable": ACTIVE},
    ),
]
WAITERS = [*TABLES, *INDEXES, *REGIONS, *SETTINGS, *JOBS, *PROBES]
