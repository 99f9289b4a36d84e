"""Random states and random conditions, for the tests of conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

import dynawait
from dynawait import Condition, TableState

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE_STATUSES = (
    "CREATING",
    "UPDATING",
    "DELETING",
    "ACTIVE",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
    "ARCHIVING",
    "ARCHIVED",
    "REPLICATION_NOT_AUTHORIZED",
    "TOMORROW",
)
INDEX_STATUSES = ("CREATING", "UPDATING", "DELETING", "ACTIVE", "TOMORROW")
REPLICA_STATUSES = (*TABLE_STATUSES, "CREATION_FAILED", "REGION_DISABLED")
ENCRYPTION_STATUSES = ("ENABLING", "ENABLED", "DISABLING", "DISABLED", "UPDATING")
MODES = ("PROVISIONED", "PAY_PER_REQUEST")
INDEXES = ("by-email", "by-day")
REGIONS = ("eu-west-1", "us-west-2")


def _some(
    statuses: tuple[str, ...], key: str, name: str, names: tuple[str, ...]
) -> Any:
    """Return lists of descriptions that have a name and a status."""
    one = st.fixed_dictionaries(
        {name: st.sampled_from(names), key: st.sampled_from(statuses)},
        optional={"Backfilling": st.booleans()} if name == "IndexName" else {},
    )
    return st.lists(one, max_size=2, unique_by=lambda each: each[name])


_descriptions = st.fixed_dictionaries(
    {"TableName": st.just("orders"), "TableStatus": st.sampled_from(TABLE_STATUSES)},
    optional={
        "BillingModeSummary": st.sampled_from(
            [{"BillingMode": mode} for mode in MODES]
        ),
        "GlobalSecondaryIndexes": _some(
            INDEX_STATUSES, "IndexStatus", "IndexName", INDEXES
        ),
        "VectorIndexes": _some(INDEX_STATUSES, "IndexStatus", "IndexName", INDEXES),
        "Replicas": _some(REPLICA_STATUSES, "ReplicaStatus", "RegionName", REGIONS),
        "GlobalTableWitnesses": _some(
            INDEX_STATUSES, "WitnessStatus", "RegionName", REGIONS
        ),
        "SSEDescription": st.sampled_from(
            [{"Status": status} for status in ENCRYPTION_STATUSES]
        ),
        "StreamSpecification": st.just({"StreamEnabled": True}),
        "RestoreSummary": st.just({"RestoreInProgress": True}),
        "DeletionProtectionEnabled": st.booleans(),
    },
)
states: st.SearchStrategy[TableState] = st.one_of(
    st.just(TableState.absent("orders")), _descriptions.map(TableState.parse)
)


def _calls(makers: list[Callable[..., Any]], names: tuple[str, ...]) -> Any:
    return st.builds(
        lambda make, chosen: make(*chosen),
        st.sampled_from(makers),
        st.lists(st.sampled_from(names), max_size=2, unique=True),
    )


leaves: st.SearchStrategy[Condition[TableState]] = st.one_of(
    st.sampled_from(
        [
            dynawait.table_active(),
            dynawait.table_absent(),
            dynawait.quiet(),
            dynawait.restored(),
            dynawait.stream_enabled(),
            dynawait.stream_enabled("KEYS_ONLY"),
            dynawait.stream_disabled(),
            dynawait.encryption_settled(),
            dynawait.warm_throughput_settled(),
            dynawait.deletion_protection(True),
            dynawait.table_class("STANDARD"),
            dynawait.throughput(1, 2),
            dynawait.throughput(1, 2, "by-email"),
            *(dynawait.billing_mode(mode) for mode in MODES),
        ]
    ),
    _calls(
        [
            dynawait.indexes_active,
            dynawait.indexes_absent,
            dynawait.indexes_started,
            dynawait.vector_indexes_active,
            dynawait.vector_indexes_absent,
        ],
        INDEXES,
    ),
    _calls(
        [
            dynawait.replicas_active,
            dynawait.replicas_absent,
            dynawait.witnesses_active,
            dynawait.witnesses_absent,
        ],
        REGIONS,
    ),
)
conditions: st.SearchStrategy[Condition[TableState]] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a: ~a, inner),
    ),
    max_leaves=6,
)
