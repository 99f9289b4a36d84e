"""The state of a table: everything that DescribeTable says of it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

from ._aspects import ArchivalState, EncryptionState, RestoreState, StreamState
from ._frozen import EMPTY, freeze
from ._parts import (
    NO_KEYS,
    KeySchema,
    OnDemandThroughput,
    Throughput,
    WarmThroughput,
)
from ._reader import Reader
from ._words import moving
from .indexes import IndexState, LocalIndexState, VectorIndexState
from .replicas import ReplicaState, WitnessState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Self

    Mover = (
        IndexState
        | VectorIndexState
        | ReplicaState
        | WitnessState
        | EncryptionState
        | RestoreState
    )
    _HasStatus = IndexState | VectorIndexState | ReplicaState | WitnessState

TABLE_STATUSES = (
    "CREATING",
    "UPDATING",
    "DELETING",
    "ACTIVE",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
    "ARCHIVING",
    "ARCHIVED",
    "REPLICATION_NOT_AUTHORIZED",
)


@dataclass(frozen=True, slots=True, repr=False)
class TableState:
    """A table, as one DescribeTable saw it.

    Attributes:
        name: its name; empty when nothing was said.
        status: ``"ACTIVE"``, ...; ``"ABSENT"`` when there is no table.
        arn: its ARN; empty when nothing was said.
        table_id: tells it from an earlier table of the same name; None when the
            server does not know it.
        billing_mode: ``"PROVISIONED"`` or ``"PAY_PER_REQUEST"``.
        on_demand_since: when it was last switched to PAY_PER_REQUEST.
        attribute_types: the types of the key attributes, ``{"pk": "S"}``.
        key_schema: its key.
        indexes: its global secondary indexes by name.
        local_indexes: its local secondary indexes by name.
        vector_indexes: its vector indexes by name.
        replicas: its replicas by Region.
        witnesses: its witnesses by Region.
        stream: its stream; None when it is off.
        encryption: None when DynamoDB's own key is used.
        restore: where it was restored from; None when it was not.
        archival: why it was archived; None when it was not.
        throughput: what is provisioned for it; None when nothing was said.
        on_demand: its limits in on-demand mode; None when there are none.
        warm_throughput: None when the server does not know it.
        table_class: ``"STANDARD"`` or ``"STANDARD_INFREQUENT_ACCESS"``.
        table_class_changed_at: when that was last changed.
        created_at: when it was created.
        size_bytes: its size; DynamoDB updates it about every six hours.
        item_count: how many items it holds; as old as the size.
        deletion_protected: whether DeleteTable is refused.
        disassociation_protected: whether leaving its global table is refused.
        multi_region_consistency: ``"EVENTUAL"`` or ``"STRONG"``.
        global_table_version: ``"2019.11.21"``; None when it is no global table.
        settings_replication_mode: ``"ENABLED"``, ``"DISABLED"`` or
            ``"ENABLED_WITH_OVERRIDES"``.
        raw: the very description that was parsed, without the envelope around it.
    """

    name: str
    _: KW_ONLY
    status: str
    arn: str = ""
    table_id: str | None = None
    billing_mode: str = "PROVISIONED"
    on_demand_since: datetime | None = None
    attribute_types: Mapping[str, str] = EMPTY
    key_schema: KeySchema = NO_KEYS
    indexes: Mapping[str, IndexState] = EMPTY
    local_indexes: Mapping[str, LocalIndexState] = EMPTY
    vector_indexes: Mapping[str, VectorIndexState] = EMPTY
    replicas: Mapping[str, ReplicaState] = EMPTY
    witnesses: Mapping[str, WitnessState] = EMPTY
    stream: StreamState | None = None
    encryption: EncryptionState | None = None
    restore: RestoreState | None = None
    archival: ArchivalState | None = None
    throughput: Throughput | None = None
    on_demand: OnDemandThroughput | None = None
    warm_throughput: WarmThroughput | None = None
    table_class: str = "STANDARD"
    table_class_changed_at: datetime | None = None
    created_at: datetime | None = None
    size_bytes: int | None = None
    item_count: int | None = None
    deletion_protected: bool = False
    disassociation_protected: bool = False
    multi_region_consistency: str | None = None
    global_table_version: str | None = None
    settings_replication_mode: str | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any]) -> Self:
        """Read what DescribeTable returned.

        Args:
            response: ``{"Table": {...}}``, ``{"TableDescription": {...}}``, or the
                description itself.

        Raises:
            UnreadableResponseError: it has no status, or a member has another type.
        """
        reader = Reader(response, source="DescribeTable")
        reader = reader.unwrap("Table", "TableDescription")
        billing = reader.inside("BillingModeSummary")
        table_class = reader.inside("TableClassSummary")
        local_indexes = reader.each("LocalSecondaryIndexes", LocalIndexState.parse)
        vector_indexes = reader.each("VectorIndexes", VectorIndexState.parse)
        indexes = reader.each("GlobalSecondaryIndexes", IndexState.parse)
        replicas = reader.each("Replicas", ReplicaState.parse)
        witnesses = reader.each("GlobalTableWitnesses", WitnessState.parse)
        return cls(
            reader.text("TableName") or "",
            status=reader.required("TableStatus"),
            arn=reader.text("TableArn") or "",
            table_id=reader.text("TableId"),
            billing_mode=billing.text("BillingMode") or "PROVISIONED",
            on_demand_since=billing.moment("LastUpdateToPayPerRequestDateTime"),
            attribute_types=freeze(reader.each("AttributeDefinitions", _attribute)),
            key_schema=reader.part("KeySchema", KeySchema.parse) or NO_KEYS,
            indexes=freeze([(index.name, index) for index in indexes]),
            local_indexes=freeze([(index.name, index) for index in local_indexes]),
            vector_indexes=freeze([(index.name, index) for index in vector_indexes]),
            replicas=freeze([(replica.region, replica) for replica in replicas]),
            witnesses=freeze([(witness.region, witness) for witness in witnesses]),
            stream=StreamState.parse(reader.mapping, where=reader.where),
            encryption=reader.part("SSEDescription", EncryptionState.parse),
            restore=reader.part("RestoreSummary", RestoreState.parse),
            archival=reader.part("ArchivalSummary", ArchivalState.parse),
            throughput=reader.part("ProvisionedThroughput", Throughput.parse),
            on_demand=reader.part("OnDemandThroughput", OnDemandThroughput.parse),
            warm_throughput=reader.part("WarmThroughput", WarmThroughput.parse),
            table_class=table_class.text("TableClass") or "STANDARD",
            table_class_changed_at=table_class.moment("LastUpdateDateTime"),
            created_at=reader.moment("CreationDateTime"),
            size_bytes=reader.number("TableSizeBytes"),
            item_count=reader.number("ItemCount"),
            deletion_protected=reader.flag("DeletionProtectionEnabled") or False,
            disassociation_protected=(
                reader.flag("DisassociationProtectionEnabled") or False
            ),
            multi_region_consistency=reader.text("MultiRegionConsistency"),
            global_table_version=reader.text("GlobalTableVersion"),
            settings_replication_mode=reader.text("GlobalTableSettingsReplicationMode"),
            raw=reader.mapping,
        )

    @classmethod
    def absent(cls, name: str) -> Self:
        """Return the state of a table that does not exist."""
        return cls(name, status="ABSENT")

    @property
    def exists(self) -> bool:
        """Tell whether there is a table."""
        return self.status != "ABSENT"

    def movers(self) -> tuple[Mover, ...]:
        """Return what of the table has a status of its own."""
        return (
            *self.indexes.values(),
            *self.vector_indexes.values(),
            *self.replicas.values(),
            *self.witnesses.values(),
            *(() if self.encryption is None else (self.encryption,)),
            *(() if self.restore is None else (self.restore,)),
        )

    def blockers(self) -> tuple[str, ...]:
        """Say what is moving, a phrase each; nothing when the table is quiet.

        Warm throughput is left out: while it is raised, other changes are accepted.
        A replica that failed or is archived stands still, so it is no blocker.
        """
        if not self.exists:
            return ("table does not exist",)
        table = None
        if self.status != "ACTIVE":
            table = moving("table", self.status, known=TABLE_STATUSES)
        found = (table, *(mover.blocker() for mover in self.movers()))
        return tuple(blocker for blocker in found if blocker is not None)

    def __repr__(self) -> str:
        """Show the name, the statuses, and what is moving besides them."""
        shown = [f"TableState({self.name!r}, status={self.status!r}"]
        parts: dict[str, Mapping[str, _HasStatus]] = {
            "indexes": self.indexes,
            "vector_indexes": self.vector_indexes,
            "replicas": self.replicas,
            "witnesses": self.witnesses,
        }
        for label, states in parts.items():
            if states:
                statuses = {name: state.status for name, state in states.items()}
                shown.append(f"{label}={statuses!r}")
        blockers = self.blockers()
        if blockers:
            shown.append(f"blockers={list(blockers)!r}")
        return ", ".join(shown) + ")"


def _attribute(definition: Any, /, *, where: str) -> tuple[str, str]:
    reader = Reader(definition, where=where)
    return reader.required("AttributeName"), reader.required("AttributeType")
