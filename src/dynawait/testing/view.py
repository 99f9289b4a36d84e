"""What a person or a script is shown of a simulated account, as plain values."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from .model import ControlPlane
    from .model.jobs import Job
    from .service import Call

_PHASES = {
    "create": "creating",
    "delete": "deleting",
    "throughput": "changing throughput",
    "billing": "switching billing mode",
    "stream": "changing the stream",
    "class": "changing the table class",
    "encryption": "changing the encryption",
    "allocate": "allocating",
    "backfill": "backfilling",
    "index-update": "updating",
    "index-delete": "deleting",
    "protection": "changing the protection",
    "replica": "changing",
    "replica-copy": "copying",
    "replica-index": "building an index",
    "warm": "warming up",
}
_REPLICA_KINDS = frozenset({"replica", "replica-copy"})
# Nobody waits for the item count, which DynamoDB brings up to date by itself.
_UNSEEN = frozenset({"item-count"})


@dataclass(frozen=True, slots=True)
class PhaseView:
    """Something under way.

    Attributes:
        name: what, in words.
        fraction: how much of it is done, from 0 to 1; None where nobody can say.
        remaining: how many seconds it has left; None when it never ends.
    """

    name: str
    fraction: float | None
    remaining: float | None


@dataclass(frozen=True, slots=True)
class PartView:
    """An index or a replica.

    Attributes:
        kind: ``"index"``, ``"vector index"``, ``"local index"``, ``"replica"`` or
            ``"witness"``.
        name: its name, or its Region.
        status: its status; a local index has its table's.
        keys: its keys, ``"email, at"``; empty for a replica.
        phases: what is under way on it.
    """

    kind: str
    name: str
    status: str
    keys: str = ""
    phases: tuple[PhaseView, ...] = ()


@dataclass(frozen=True, slots=True)
class TableView:
    """A table, with what is under way on it."""

    region: str
    name: str
    status: str
    keys: str
    billing_mode: str
    item_count: int
    created: str
    deletion_protected: bool
    phases: tuple[PhaseView, ...]
    parts: tuple[PartView, ...]


@dataclass(frozen=True, slots=True)
class CallView:
    """A call, and whether it went well."""

    time: float
    region: str
    operation: str
    table: str
    outcome: str
    went_well: bool


@dataclass(frozen=True, slots=True)
class StateView:
    """A simulated account at one moment.

    Attributes:
        time: the seconds since its start.
        moment: the same as a date, in ISO 8601.
        speed: how many of its seconds pass in a real one; 0: only by hand.
        seed: where the faults' chance comes from.
        faults: what goes wrong, by name, without what never does.
        tables: all tables, by name.
        calls: the latest calls, the last one first.
        calls_made: how many there were, as far as they are kept.
    """

    time: float
    moment: str
    speed: float
    seed: int
    faults: Mapping[str, object]
    tables: tuple[TableView, ...]
    calls: tuple[CallView, ...]
    calls_made: int


def tables_of(planes: Mapping[str, ControlPlane], now: float) -> tuple[TableView, ...]:
    """Return what is to be seen of all tables, by name."""
    found: list[TableView] = []
    for region, plane in planes.items():
        descriptions = plane.describe_all()
        under_way = plane.under_way()
        found += [
            _table(region, description, under_way.get(name, ()), now)
            for name, description in descriptions.items()
        ]
    return tuple(sorted(found, key=lambda table: (table.name, table.region)))


def calls_of(calls: Iterable[Call]) -> tuple[CallView, ...]:
    """Return what is to be seen of calls."""
    return tuple(
        CallView(
            call.time,
            call.region,
            call.operation,
            call.subject,
            call.outcome,
            call.outcome == "ok",
        )
        for call in calls
    )


def _table(
    region: str, description: Mapping[str, Any], jobs: Sequence[Job], now: float
) -> TableView:
    status = str(description["TableStatus"])
    parts = [
        *_indexes(description, "GlobalSecondaryIndexes", "index", status),
        *_indexes(description, "VectorIndexes", "vector index", status),
        *_indexes(description, "LocalSecondaryIndexes", "local index", status),
        *_replicas(description),
    ]
    names: set[str | None] = {part.name for part in parts}
    created = description["CreationDateTime"]
    billing: Mapping[str, str] = description.get("BillingModeSummary") or {}
    return TableView(
        region=region,
        name=str(description["TableName"]),
        status=status,
        keys=_keys(description.get("KeySchema", ())),
        billing_mode=billing.get("BillingMode", "PROVISIONED"),
        item_count=int(description.get("ItemCount") or 0),
        created=created.isoformat() if isinstance(created, datetime) else str(created),
        deletion_protected=bool(description.get("DeletionProtectionEnabled")),
        phases=_phases(jobs, {_about(job) for job in jobs} - names, now),
        parts=tuple(
            replace(part, phases=_phases(jobs, {part.name}, now)) for part in parts
        ),
    )


def _indexes(
    description: Mapping[str, Any], member: str, kind: str, otherwise: str
) -> list[PartView]:
    return [
        PartView(
            kind=kind,
            name=str(index["IndexName"]),
            status=str(index.get("IndexStatus", otherwise)),
            keys=_keys(index.get("KeySchema", ())),
        )
        for index in description.get(member) or ()
    ]


def _replicas(description: Mapping[str, Any]) -> list[PartView]:
    found = [
        PartView("replica", str(each["RegionName"]), str(each.get("ReplicaStatus", "")))
        for each in description.get("Replicas") or ()
    ]
    found += [
        PartView("witness", str(each["RegionName"]), str(each.get("WitnessStatus", "")))
        for each in description.get("GlobalTableWitnesses") or ()
    ]
    return found


def _phases(
    jobs: Iterable[Job], subjects: Collection[str | None], now: float
) -> tuple[PhaseView, ...]:
    return tuple(
        _phase(job, now)
        for job in jobs
        if _about(job) in subjects and job.kind not in _UNSEEN
    )


def _about(job: Job) -> str | None:
    """Return the index or the Region that a job is about; None: the whole table."""
    return job.detail if job.kind in _REPLICA_KINDS else job.index


def _phase(job: Job, now: float) -> PhaseView:
    name = _PHASES.get(job.kind, job.kind.replace("-", " "))
    if not math.isfinite(job.ends):
        return PhaseView(name, None, None)
    return PhaseView(name, job.progress(now), max(job.ends - now, 0.0))


def _keys(schema: Iterable[Mapping[str, str]]) -> str:
    return ", ".join(str(key["AttributeName"]) for key in schema)
