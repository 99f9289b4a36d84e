"""A table and what is under way on it.

Statuses are not stored: they follow from the jobs that are under way. A table can so be
ACTIVE while an index backfills, and UPDATING while the index is allocated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .budgets import Decreases, History
from .describing import describe_table
from .jobs import Job

if TYPE_CHECKING:
    from datetime import datetime

    from .replicas import Replica, Witness
    from .warmth import Units

__all__ = ["Index", "Job", "Table", "VectorIndex"]

_HOLDS_TABLE = frozenset(
    {
        "throughput",
        "billing",
        "stream",
        "class",
        "protection",
        "allocate",
        "index-delete",
        "replica",
    }
)


@dataclass(slots=True)
class Index:
    """A global secondary index.

    Attributes:
        on_demand: what its on-demand reads and writes are capped at; None: nothing.
        warm: the throughput that it is warmed for; None: the least there is.
        decreases: how often its throughput was decreased.
        items: how many items it holds; None: as many as the table.
    """

    name: str
    key_schema: list[dict[str, str]]
    projection: dict[str, Any]
    read: int = 0
    write: int = 0
    on_demand: dict[str, int] | None = None
    warm: Units | None = None
    decreases: Decreases = field(default_factory=Decreases)
    increased: datetime | None = None
    items: int | None = None


@dataclass(slots=True)
class VectorIndex:
    """A vector index, with the members of its definition as they were sent."""

    name: str
    definition: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Table:
    """A table as the control plane keeps it.

    Attributes:
        began: when it was created, in seconds.
        day_offset: how far into its UTC day time 0 was, in seconds.
        indexes: its global secondary indexes, by name.
        vectors: its vector indexes, by name.
        replicas: its replicas in other Regions, by Region.
        witness: the witness of its strongly consistent group.
        lingering: until when a replica's table outlives its entry, by Region.
        strong: whether its Regions are strongly consistent.
        affliction: a status that its key's loss brings over it; None while it is well.
        history: when what was changed, for the limits that count changes.
        autoscaled: what has write autoscaling: None for the table, names of indexes.
        items: how many items it holds; the description may lag behind.
        features: what a feature keeps for this table, by the feature's name.
        extra: members of its description that a feature adds.
        due: when the next job ends, in seconds; infinite when nothing is under way.
        clock_time: the time of the latest look, in seconds.
    """

    name: str
    arn: str
    table_id: str
    created: datetime
    key_schema: list[dict[str, str]]
    attribute_types: dict[str, str]
    billing_mode: str
    began: float = 0.0
    day_offset: float = 0.0
    read: int = 0
    write: int = 0
    decreases: Decreases = field(default_factory=Decreases)
    increased: datetime | None = None
    on_demand: dict[str, int] | None = None
    warm: Units | None = None
    indexes: dict[str, Index] = field(default_factory=dict[str, Index])
    vectors: dict[str, VectorIndex] = field(default_factory=dict[str, VectorIndex])
    local_indexes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    replicas: dict[str, Replica] = field(default_factory=dict[str, "Replica"])
    witness: Witness | None = None
    lingering: dict[str, float] = field(default_factory=dict[str, float])
    strong: bool = False
    settings_mode: str | None = None
    disassociation_protected: bool | None = None
    protected: bool = False
    stream: dict[str, Any] | None = None
    stream_label: str | None = None
    encryption_key: str | None = None
    affliction: str | None = None
    inaccessible_since: datetime | None = None
    archived: dict[str, Any] | None = None
    table_class: str | None = None
    class_since: datetime | None = None
    on_demand_since: datetime | None = None
    history: dict[str, History] = field(default_factory=dict[str, History])
    autoscaled: set[str | None] = field(default_factory=set[str | None])
    items: int = 0
    shown_items: int = 0
    shown_bytes: int = 0
    features: dict[str, Any] = field(default_factory=dict[str, Any])
    extra: dict[str, Any] = field(default_factory=dict[str, Any])
    jobs: list[Job] = field(default_factory=list[Job])
    due: float = math.inf
    clock_time: float = 0.0

    def start(self, job: Job) -> None:
        """Put a job under way, from now on unless it says when it began."""
        job.began = job.began or self.clock_time
        self.jobs.append(job)
        self.due = min(self.due, job.ends)

    def take_due(self) -> Job:
        """Remove and return the job that ends first."""
        job = min(self.jobs, key=lambda job: job.ends)
        self.drop(job)
        self.clock_time = job.ends
        return job

    def drop(self, *jobs: Job) -> None:
        """Forget jobs without finishing them."""
        self.jobs = [job for job in self.jobs if job not in jobs]
        self.due = min((job.ends for job in self.jobs), default=math.inf)

    def under_way(self, *kinds: str, index: str | None = None) -> Job | None:
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
        if kinds & _HOLDS_TABLE:
            return "UPDATING"
        return self.affliction or "ACTIVE"

    @property
    def volatile(self) -> bool:
        """Whether its description changes while nothing happens to it."""
        if self.replicas or self.decreases.count:
            return True
        return any(index.decreases.count for index in self.indexes.values())

    def prune_attributes(self) -> None:
        """Forget the attributes that no key uses any more, as AWS does."""
        schemas = [self.key_schema]
        schemas += [index.key_schema for index in self.indexes.values()]
        schemas += [index["KeySchema"] for index in self.local_indexes]
        schemas += [v.definition.get("SearchSchema", []) for v in self.vectors.values()]
        used = {key["AttributeName"] for schema in schemas for key in schema}
        for name in [name for name in self.attribute_types if name not in used]:
            del self.attribute_types[name]

    def past(self, what: str) -> History:
        """Return when something was changed before."""
        return self.history.setdefault(what, History())

    def describe(self, now: float) -> dict[str, Any]:
        """Return the description that DescribeTable answers with at some time."""
        return describe_table(self, now)
