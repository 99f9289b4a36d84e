"""A table, what is under way on it, and what DescribeTable says of it.

Statuses are not stored: they follow from the jobs that are under way. A table can so be
ACTIVE while an index backfills, and UPDATING while the index is allocated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import TypeAlias

    Kind: TypeAlias = Literal[
        "create",
        "delete",
        "throughput",
        "billing",
        "stream",
        "class",
        "encryption",
        "allocate",
        "backfill",
        "index-update",
        "index-delete",
    ]

_HOLDS_TABLE = frozenset(
    {"throughput", "billing", "stream", "class", "allocate", "index-delete"}
)


@dataclass(slots=True, eq=False)
class Job:
    """Something under way on a table.

    Attributes:
        kind: what.
        ends: when it is over, in seconds on the plane's clock.
        index: the index that it is about.
        detail: what else a refusal has to name.
        finish: what changes at its end; takes the time of the end.
    """

    kind: Kind
    ends: float
    index: str | None = None
    detail: str = ""
    finish: Callable[[float], None] | None = None


@dataclass(slots=True)
class Index:
    """A global secondary index."""

    name: str
    key_schema: list[dict[str, str]]
    projection: dict[str, Any]
    read: int = 0
    write: int = 0


@dataclass(slots=True, kw_only=True)
class Table:
    """A table as the control plane keeps it.

    Attributes:
        due: when the next job ends, in seconds; infinite when nothing is under way.
    """

    name: str
    arn: str
    table_id: str
    created: datetime
    key_schema: list[dict[str, str]]
    attribute_types: dict[str, str]
    billing_mode: str
    read: int = 0
    write: int = 0
    indexes: dict[str, Index] = field(default_factory=dict[str, Index])
    local_indexes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    protected: bool = False
    stream: dict[str, Any] | None = None
    stream_label: str | None = None
    encryption_key: str | None = None
    table_class: str | None = None
    on_demand_since: datetime | None = None
    jobs: list[Job] = field(default_factory=list[Job])
    due: float = math.inf

    def start(self, job: Job) -> None:
        """Put a job under way."""
        self.jobs.append(job)
        self.due = min(self.due, job.ends)

    def take_due(self) -> Job:
        """Remove and return the job that ends first."""
        job = min(self.jobs, key=lambda job: job.ends)
        self.drop(job)
        return job

    def drop(self, *jobs: Job) -> None:
        """Forget jobs without finishing them."""
        self.jobs = [job for job in self.jobs if job not in jobs]
        self.due = min((job.ends for job in self.jobs), default=math.inf)

    def under_way(self, *kinds: Kind, index: str | None = None) -> Job | None:
        """Return a job of one of these kinds, on that index if one is named."""
        for job in self.jobs:
            if job.kind in kinds and index in (None, job.index):
                return job
        return None

    @property
    def status(self) -> str:
        """The table's status."""
        kinds = {job.kind for job in self.jobs}
        if "delete" in kinds:
            return "DELETING"
        if "create" in kinds:
            return "CREATING"
        return "UPDATING" if kinds & _HOLDS_TABLE else "ACTIVE"

    def prune_attributes(self) -> None:
        """Forget the attributes that no key uses any more, as AWS does."""
        schemas = [self.key_schema]
        schemas += [index.key_schema for index in self.indexes.values()]
        schemas += [index["KeySchema"] for index in self.local_indexes]
        used = {key["AttributeName"] for schema in schemas for key in schema}
        for name in [name for name in self.attribute_types if name not in used]:
            del self.attribute_types[name]

    def describe(self) -> dict[str, Any]:
        """Return the description that DescribeTable answers with."""
        description: dict[str, Any] = {
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in self.attribute_types.items()
            ],
            "TableName": self.name,
            "KeySchema": [dict(key) for key in self.key_schema],
            "TableStatus": self.status,
            "CreationDateTime": self.created,
            "ProvisionedThroughput": _throughput(self.read, self.write),
            "TableSizeBytes": 0,
            "ItemCount": 0,
            "TableArn": self.arn,
            "TableId": self.table_id,
            "DeletionProtectionEnabled": self.protected,
        }
        if self.on_demand_since is not None:
            # Once a table has been on demand the summary stays; before that DynamoDB
            # leaves it out, even where PROVISIONED was asked for by name.
            description["BillingModeSummary"] = {
                "BillingMode": self.billing_mode,
                "LastUpdateToPayPerRequestDateTime": self.on_demand_since,
            }
        if self.local_indexes:
            description["LocalSecondaryIndexes"] = [
                {**index, "IndexArn": self._index_arn(index["IndexName"])}
                | {"IndexSizeBytes": 0, "ItemCount": 0}
                for index in self.local_indexes
            ]
        if self.indexes:
            description["GlobalSecondaryIndexes"] = [
                self._describe_index(index) for index in self.indexes.values()
            ]
        self._describe_settings(description)
        return description

    def _describe_settings(self, description: dict[str, Any]) -> None:
        if self.stream is not None:
            description["StreamSpecification"] = dict(self.stream)
        if self.stream_label is not None:
            description["LatestStreamLabel"] = self.stream_label
            description["LatestStreamArn"] = f"{self.arn}/stream/{self.stream_label}"
        changing = self.under_way("encryption") is not None
        if self.encryption_key is not None or changing:
            description["SSEDescription"] = {
                "Status": "UPDATING" if changing else "ENABLED",
                "SSEType": "KMS",
            }
            if self.encryption_key is not None:
                description["SSEDescription"]["KMSMasterKeyArn"] = self.encryption_key
        if self.table_class is not None:
            description["TableClassSummary"] = {"TableClass": self.table_class}

    def _describe_index(self, index: Index) -> dict[str, Any]:
        description: dict[str, Any] = {
            "IndexName": index.name,
            "KeySchema": [dict(key) for key in index.key_schema],
            "Projection": index.projection,
            "ProvisionedThroughput": _throughput(index.read, index.write),
            "IndexSizeBytes": 0,
            "ItemCount": 0,
            "IndexArn": self._index_arn(index.name),
        }
        # An index that is born with its table never shows Backfilling: the API
        # reference, GlobalSecondaryIndexDescription.
        status, backfilling = "ACTIVE", None
        for job in self.jobs:
            if job.kind == "create":
                status = "CREATING"
            elif job.index != index.name:
                continue
            elif job.kind == "index-delete":
                status = "DELETING"
            elif job.kind == "index-update":
                status = "UPDATING"
            elif job.kind in ("allocate", "backfill"):
                backfilling = job.kind == "backfill"
                status = "CREATING" if status == "ACTIVE" else status
        description["IndexStatus"] = status
        if backfilling is not None:
            description["Backfilling"] = backfilling
        return description

    def _index_arn(self, index: str) -> str:
        return f"{self.arn}/index/{index}"


def _throughput(read: int, write: int) -> dict[str, int]:
    return {
        "NumberOfDecreasesToday": 0,
        "ReadCapacityUnits": read,
        "WriteCapacityUnits": write,
    }
