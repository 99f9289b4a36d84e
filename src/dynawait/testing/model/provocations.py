"""What a test lets happen to tables from outside: lost keys, stuck builds, other hands.

Keys: developer guide, "DynamoDB encryption at rest: usage notes"; how long it takes to
show was measured on AWS. What ARCHIVING refuses was not measured.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .tables import Job

if TYPE_CHECKING:
    from .account import Account
    from .replicas import Replica
    from .tables import Table

_INACCESSIBLE = "INACCESSIBLE_ENCRYPTION_CREDENTIALS"


def lose_key(account: Account, name: str, *, at_once: bool) -> None:
    """Let a table's key be lost; see `ControlPlane.lose_key`."""
    table = _present(account, name)
    if table.encryption_key is None:
        message = f"{name} has no key of its own: it was made without SSESpecification"
        raise ValueError(message)
    _forget(table, "key-recovery")

    def show(ended: float) -> None:
        table.affliction = _INACCESSIBLE
        table.inaccessible_since = account.moment(ended)
        ends = ended + account.durations.key_grace
        grace = Job("key-grace", ends, finish=give_up, aside=True)
        table.start(grace)

    def give_up(ended: float) -> None:
        _archive(account, table, ended)

    if at_once:
        show(account.now)
    else:
        ends = account.now + account.durations.key_loss
        table.start(Job("key-loss", ends, finish=show, aside=True))
    account.recorded(table)


def restore_key(account: Account, name: str, *, at_once: bool) -> None:
    """Let a table's key be back; see `ControlPlane.restore_key`."""
    table = _present(account, name)
    _forget(table, "key-loss", "key-grace")

    def recover(_ended: float) -> None:
        if table.affliction == _INACCESSIBLE:
            table.affliction = table.inaccessible_since = None

    if at_once:
        recover(account.now)
    elif table.affliction == _INACCESSIBLE:
        ends = account.now + account.durations.key_recovery
        table.start(Job("key-recovery", ends, finish=recover, aside=True))
    account.recorded(table)


def archive(account: Account, name: str) -> None:
    """Let a table be archived now."""
    table = _present(account, name)
    _forget(table, "key-loss", "key-grace", "key-recovery")
    _archive(account, table, account.now)
    account.recorded(table)


def afflict(account: Account, name: str, status: str | None) -> None:
    """Set the status that a table has while nothing is under way."""
    table = _present(account, name)
    table.affliction = status
    account.recorded(table)


def afflict_replica(
    account: Account, name: str, region: str, status: str, reason: str
) -> None:
    """Set the status of a replica, and what it says of it."""
    table = _present(account, name)
    replica: Replica | None = table.replicas.get(region)
    if replica is None:
        message = f"{name} has no replica in {region}"
        raise ValueError(message)
    replica.status, replica.reason = status, reason
    account.recorded(table)


def stall(account: Account, name: str, index: str) -> None:
    """Let what is under way on an index never end."""
    table = _present(account, name)
    jobs = [job for job in table.jobs if job.index == index]
    if not jobs:
        message = f"nothing is under way on index {index} of {name}"
        raise ValueError(message)
    for job in jobs:
        job.ends = math.inf
    table.due = min((job.ends for job in table.jobs), default=math.inf)


def forget(account: Account, name: str) -> None:
    """Let a table be gone, whatever is under way."""
    account.remove(_present(account, name), account.now)


def forget_index(account: Account, name: str, index: str) -> None:
    """Let an index be gone, whatever is under way on it."""
    table = _present(account, name)
    if index not in table.indexes and index not in table.vectors:
        message = f"{name} has no index {index}"
        raise ValueError(message)
    table.indexes.pop(index, None)
    table.vectors.pop(index, None)
    table.drop(*(job for job in table.jobs if job.index == index))
    table.prune_attributes()
    account.recorded(table)


def autoscale(account: Account, name: str, index: str | None) -> None:
    """Let writes be scaled automatically, of a table or of an index."""
    _present(account, name).autoscaled.add(index)


def count_items(
    account: Account, name: str, count: int, *, size: int | None, shown: bool
) -> None:
    """Set how many items a table holds; see `ControlPlane.count_items`."""
    table = _present(account, name)
    table.items = count
    size = table.shown_bytes if size is None else size

    def show(_ended: float) -> None:
        table.shown_items, table.shown_bytes = table.items, size

    _forget(table, "item-count")
    if shown:
        show(account.now)
        account.recorded(table)
        return
    every = account.durations.item_count
    rounds = math.floor(account.now / every) + 1 if every else 0
    ends = max(account.now, rounds * every)
    table.start(Job("item-count", ends, finish=show, aside=True))


def progress(account: Account, name: str, index: str) -> float | None:
    """Return how far the build of an index is; see `ControlPlane.progress`."""
    table = _present(account, name)
    if table.under_way("allocate", index=index):
        return 0.0
    job = table.under_way("backfill", index=index)
    return None if job is None else job.progress(account.now)


def _archive(account: Account, table: Table, began: float) -> None:
    table.affliction = "ARCHIVING"

    def finish(ended: float) -> None:
        table.affliction = "ARCHIVED"
        table.archived = {
            "ArchivalDateTime": account.moment(ended),
            "ArchivalReason": _INACCESSIBLE,
            "ArchivalBackupArn": f"{table.arn}/backup/{account.new_id()[:8]}",
        }

    ends = began + account.durations.archiving
    table.start(Job("archiving", ends, finish=finish, aside=True))


def _forget(table: Table, *kinds: str) -> None:
    table.drop(*(job for job in table.jobs if job.kind in kinds))


def _present(account: Account, name: str) -> Table:
    table = account.find(name)
    if table is None:
        message = f"there is no table {name!r}"
        raise ValueError(message)
    return table
