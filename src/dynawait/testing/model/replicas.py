"""Replicas in other Regions: what is said of them, and what is under way on them.

Times and phases as measured on AWS: a new replica is listed seconds after the call; the
table of a replica that goes outlives its entry. The model sees a global table from one
Region, the one that everything is asked of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .budgets import History
from .definitions import stream_label
from .jobs import Job
from .warmth import warm_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .account import Account, Ending
    from .tables import Table

_OVERRIDES = ("ProvisionedThroughputOverride", "OnDemandThroughputOverride")
# Of the time that a replica of a table with items takes, the part in which the table
# is ACTIVE again.
_COPYING = 0.4


@dataclass(slots=True)
class Replica:
    """A replica, as its table's Region sees it.

    Attributes:
        region: where.
        joined: when it was asked for, in seconds.
        status: its status.
        reason: what the status says besides.
        listed: whether the description shows it already.
        settings: what it overrides, as it was sent.
        job: what is under way on it, when its progress is told.
        changes: when its table class was changed.
    """

    region: str
    joined: float
    status: str = "CREATING"
    reason: str = ""
    listed: bool = False
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    job: Job | None = None
    changes: History = field(default_factory=History)

    def describe(self, table: Table, now: float) -> dict[str, Any]:
        """Return its entry in the table's description; what is inherited is absent.

        The progress is documented (API reference, ReplicaDescription) and was never
        seen on empty tables, so only a table with items tells it.
        """
        warm = warm_of(table)
        entry: dict[str, Any] = {
            "RegionName": self.region,
            "ReplicaStatus": self.status,
            "WarmThroughput": {
                "ReadUnitsPerSecond": warm.read,
                "WriteUnitsPerSecond": warm.write,
                "Status": "ACTIVE",
            },
            "GlobalTableSettingsReplicationMode": "ENABLED_WITH_OVERRIDES",
        }
        entry.update(self.settings)
        if self.reason:
            entry["ReplicaStatusDescription"] = self.reason
        if self.job is not None and self.status == "CREATING":
            entry["ReplicaStatusPercentProgress"] = f"{self.job.progress(now):.0%}"[:-1]
        return entry


@dataclass(slots=True)
class Witness:
    """The witness of a strongly consistent table."""

    region: str
    status: str = "CREATING"
    listed: bool = False


def add_replica(account: Account, table: Table, members: Mapping[str, Any]) -> None:
    """Start to add a replica, with a stream where the table has none."""
    region = members["RegionName"]
    durations = account.durations
    replica = Replica(region, account.now, settings=_settings(account, members))
    table.replicas[region] = replica
    _stream(account, table)
    ending = account.ending_of("replica", region)
    whole = durations.replica_create
    if table.items:
        whole = durations.replica_create_with_items
        whole += table.items * durations.replica_per_item
    ends = account.now + whole

    def show(ended: float) -> None:
        if ending is not None and ending.status == "ABSENT":
            del table.replicas[region]
            return
        replica.listed = True
        if not table.items:
            _hold(table, region, ends, lambda _: _settle(replica, ending))
            return
        replica.job = Job("replica-copy", ends, began=ended)
        copied = ended + (ends - ended) * _COPYING
        _copy(table, region, copied, hold)

    def hold(_ended: float) -> None:
        _hold(table, region, ends, lambda _: _settle(replica, ending))

    shown = min(ends, account.now + durations.replica_entry)
    _hold(table, region, shown, show)


def change_replica(account: Account, table: Table, members: Mapping[str, Any]) -> None:
    """Start to change what a replica overrides; each index keeps what is not named."""
    replica = table.replicas[members["RegionName"]]
    before, replica.status = replica.status, "UPDATING"
    if members.get("TableClassOverride") is not None:
        replica.changes.add(account.now, account.moment())

    def finish(_ended: float) -> None:
        replica.status = before
        new = _settings(account, members)
        indexes = {
            index["IndexName"]: index
            for settings in (replica.settings, new)
            for index in settings.get("GlobalSecondaryIndexes", ())
        }
        replica.settings.update(new)
        if indexes:
            replica.settings["GlobalSecondaryIndexes"] = list(indexes.values())

    ends = account.now + account.durations.replica_update
    _hold(table, replica.region, ends, finish)


def remove_replica(account: Account, table: Table, region: str) -> None:
    """Start to remove a replica: the table is UPDATING first, then the replica goes."""
    durations = account.durations
    replica = table.replicas[region]

    def finish(ended: float) -> None:
        del table.replicas[region]
        table.lingering[region] = ended + durations.replica_linger

    def delete(ended: float) -> None:
        replica.status, replica.job = "DELETING", None
        _copy(table, region, ended + durations.replica_delete, finish)

    _hold(table, region, account.now + durations.replica_release, delete)


def leave(account: Account, table: Table) -> None:
    """Start to take the table out of its group; the other Regions go on without it."""

    def finish(_ended: float) -> None:
        table.replicas.clear()
        table.disassociation_protected = None

    ends = account.now + account.durations.replica_release
    _hold(table, account.region, ends, finish)


def unite(
    account: Account, table: Table, creations: list[Any], witness: str | None
) -> None:
    """Start a strongly consistent group, all of it at once."""
    durations = account.durations
    table.strong = True
    table.witness = None if witness is None else Witness(witness)
    for members in creations:
        region = members["RegionName"]
        settings = _settings(account, members)
        table.replicas[region] = Replica(region, account.now, settings=settings)
    _stream(account, table)
    whole = durations.strong_create
    if witness is not None:
        whole = durations.strong_create_with_witness
    ends = account.now + whole

    def show(_ended: float) -> None:
        _set_all(table, "CREATING")
        _hold(table, "", ends, lambda _: _set_all(table, "ACTIVE"))

    _hold(table, "", min(ends, account.now + durations.replica_entry), show)


def dissolve(account: Account, table: Table) -> None:
    """Start to end a strongly consistent group, all of it at once."""
    durations = account.durations

    def finish(_ended: float) -> None:
        table.replicas.clear()
        table.witness = None
        table.strong = False

    def delete(ended: float) -> None:
        _set_all(table, "DELETING")
        _hold(table, "", ended + durations.strong_delete, finish)

    _hold(table, "", account.now + durations.replica_release, delete)


def _hold(
    table: Table, region: str, ends: float, finish: Callable[[float], None]
) -> None:
    table.start(Job("replica", ends, detail=region, finish=finish))


def _copy(
    table: Table, region: str, ends: float, finish: Callable[[float], None]
) -> None:
    table.start(Job("replica-copy", ends, detail=region, finish=finish))


def _settle(replica: Replica, ending: Ending | None) -> None:
    replica.job = None
    replica.status = "ACTIVE"
    if ending is not None:
        replica.status, replica.reason = ending.status, ending.reason


def _set_all(table: Table, status: str) -> None:
    for replica in table.replicas.values():
        replica.listed, replica.status = True, status
    if table.witness is not None:
        table.witness.listed, table.witness.status = True, status


def _stream(account: Account, table: Table) -> None:
    """Switch a stream on where there is none, for good; one that is on stays as is."""
    if table.stream is None:
        view = "NEW_AND_OLD_IMAGES"
        table.stream = {"StreamEnabled": True, "StreamViewType": view}
        table.stream_label = stream_label(account.moment())


def _settings(account: Account, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a replica's entry says of its own settings."""
    said: dict[str, Any] = {
        name: dict(members[name]) for name in _OVERRIDES if members.get(name)
    }
    key = members.get("KMSMasterKeyId")
    if key is not None:
        home = account.arn(f"key/{key}", "kms")
        there = home.replace(f":{account.region}:", f":{members['RegionName']}:")
        said["KMSMasterKeyId"] = key if key.startswith("arn:") else there
    if members.get("TableClassOverride") is not None:
        said["ReplicaTableClassSummary"] = {
            "TableClass": members["TableClassOverride"],
            "LastUpdateDateTime": account.moment(),
        }
    indexes = [
        {
            name: value
            for name, value in index.items()
            if name == "IndexName" or (name in _OVERRIDES and value)
        }
        for index in members.get("GlobalSecondaryIndexes") or ()
    ]
    if indexes:
        said["GlobalSecondaryIndexes"] = indexes
    return said
