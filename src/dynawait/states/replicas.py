"""The other Regions of a global table: replicas, their indexes, and witnesses."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

from ._frozen import EMPTY, freeze
from ._parts import WarmThroughput
from ._reader import Reader
from ._words import moving

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Self

REPLICA_STILL = (
    "ACTIVE",
    "CREATION_FAILED",
    "REGION_DISABLED",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
    "ARCHIVED",
    "REPLICATION_NOT_AUTHORIZED",
)
"""Statuses in which a replica stays until somebody acts."""
REPLICA_STATUSES = (*REPLICA_STILL, "CREATING", "UPDATING", "DELETING", "ARCHIVING")
WITNESS_STATUSES = ("CREATING", "DELETING", "ACTIVE")


@dataclass(frozen=True, slots=True)
class ReplicaIndexState:
    """An index of a replica, where it differs from the same index of the table.

    Attributes:
        name: its name.
        read_override: its own read capacity units; None: those of the table's index.
        on_demand_read_override: its own limit of read request units; None likewise.
        warm_throughput: None when the server does not know it.
        raw: the very mapping that was parsed.
    """

    name: str
    _: KW_ONLY
    read_override: int | None = None
    on_demand_read_override: int | None = None
    warm_throughput: WarmThroughput | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any], *, where: str = "") -> Self:
        """Read an entry of a replica's GlobalSecondaryIndexes.

        Raises:
            UnreadableResponseError: it has no name, or a member has another type.
        """
        reader = Reader(response, where=where)
        return cls(
            reader.required("IndexName"),
            read_override=_read_override(reader),
            on_demand_read_override=_on_demand_override(reader),
            warm_throughput=reader.part("WarmThroughput", WarmThroughput.parse),
            raw=reader.mapping,
        )


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """A replica of a table in another Region.

    Attributes:
        region: its Region.
        status: ``"CREATING"``, ``"ACTIVE"``, ``"CREATION_FAILED"``, ...; None when
            nothing was said.
        status_description: AWS's own words about the status.
        percent_progress: how far its creation, update or deletion is, ``"37%"``.
        arn: its ARN.
        kms_key: the key it is encrypted with.
        read_override: its own read capacity units; None: those of the table.
        on_demand_read_override: its own limit of read request units; None likewise.
        warm_throughput: None when the server does not know it.
        indexes: its indexes by name.
        inaccessible_at: when its key was found unusable, or its Region out of reach.
        table_class: its own table class; None: that of the table.
        table_class_changed_at: when that was last changed.
        settings_replication_mode: ``"ENABLED"``, ``"DISABLED"`` or
            ``"ENABLED_WITH_OVERRIDES"``.
        raw: the very mapping that was parsed.
    """

    region: str
    _: KW_ONLY
    status: str | None = None
    status_description: str | None = None
    percent_progress: str | None = None
    arn: str | None = None
    kms_key: str | None = None
    read_override: int | None = None
    on_demand_read_override: int | None = None
    warm_throughput: WarmThroughput | None = None
    indexes: Mapping[str, ReplicaIndexState] = EMPTY
    inaccessible_at: datetime | None = None
    table_class: str | None = None
    table_class_changed_at: datetime | None = None
    settings_replication_mode: str | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any], *, where: str = "") -> Self:
        """Read an entry of Replicas.

        Raises:
            UnreadableResponseError: it has no Region, or a member has another type.
        """
        reader = Reader(response, where=where)
        indexes = reader.each("GlobalSecondaryIndexes", ReplicaIndexState.parse)
        table_class = reader.inside("ReplicaTableClassSummary")
        return cls(
            reader.required("RegionName"),
            status=reader.text("ReplicaStatus"),
            status_description=reader.text("ReplicaStatusDescription"),
            percent_progress=_percent(reader.text("ReplicaStatusPercentProgress")),
            arn=reader.text("ReplicaArn"),
            kms_key=reader.text("KMSMasterKeyId"),
            read_override=_read_override(reader),
            on_demand_read_override=_on_demand_override(reader),
            warm_throughput=reader.part("WarmThroughput", WarmThroughput.parse),
            indexes=freeze((index.name, index) for index in indexes),
            inaccessible_at=reader.moment("ReplicaInaccessibleDateTime"),
            table_class=table_class.text("TableClass"),
            table_class_changed_at=table_class.moment("LastUpdateDateTime"),
            settings_replication_mode=reader.text("GlobalTableSettingsReplicationMode"),
            raw=reader.mapping,
        )

    def blocker(self) -> str | None:
        """Say what it is doing; None when it stands still, well or not."""
        if self.status is None or self.status in REPLICA_STILL:
            return None
        return moving(
            f"replica {self.region}",
            self.status,
            known=REPLICA_STATUSES,
            note=self.percent_progress,
        )


@dataclass(frozen=True, slots=True)
class WitnessState:
    """The witness of a strongly consistent global table: a Region without items.

    Attributes:
        region: its Region.
        status: ``"CREATING"``, ``"DELETING"``, ``"ACTIVE"``; None when nothing was
            said.
        raw: the very mapping that was parsed.
    """

    region: str
    _: KW_ONLY
    status: str | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any], *, where: str = "") -> Self:
        """Read an entry of GlobalTableWitnesses.

        Raises:
            UnreadableResponseError: it has no Region, or a member has another type.
        """
        reader = Reader(response, where=where)
        return cls(
            reader.required("RegionName"),
            status=reader.text("WitnessStatus"),
            raw=reader.mapping,
        )

    def blocker(self) -> str | None:
        """Say what it is doing; None when it stands still."""
        if self.status is None or self.status == "ACTIVE":
            return None
        return moving(f"witness {self.region}", self.status, known=WITNESS_STATUSES)


def _percent(progress: str | None) -> str | None:
    return f"{progress.removesuffix('%')}%" if progress else None


def _read_override(reader: Reader) -> int | None:
    return reader.inside("ProvisionedThroughputOverride").number("ReadCapacityUnits")


def _on_demand_override(reader: Reader) -> int | None:
    return reader.inside("OnDemandThroughputOverride").number("MaxReadRequestUnits")
