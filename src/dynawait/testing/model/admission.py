"""What is refused while what is under way.

Sources: the API reference of UpdateTable and DeleteTable for what is refused; the texts
and the finer cases (what a backfill or an encryption lets through) as measured on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .combination import index_updates
from .refusals import (
    ServiceFault,
    being_created,
    being_deleted,
    in_use,
    in_use_by_replicas,
    index_in_use,
    internal_failure,
    no_index,
    one_online_index,
    refuse,
    stream_in_the_way,
    system_maintenance,
)
from .vectors import vector_updates
from .warmth import given

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .tables import Table


def admit_delete(table: Table) -> None:
    """Refuse a DeleteTable of a table that is not there yet, or that is protected."""
    _refuse_unless_alive(table)
    if table.protected:
        message = "Resource cannot be deleted as it is currently protected against"
        raise refuse(f"{message} deletion. Disable deletion protection first.")


def refuse_unless_still(table: Table) -> None:
    """Refuse a DeleteTable while anything moves that the table takes notice of."""
    if table.under_way("allocate", "backfill", "index-update", "index-delete"):
        detail = "Cannot delete table while indexes are being created, updated, or"
        raise in_use(f"{detail} deleted.")
    if table.under_way("stream"):
        detail = "Cannot delete table while stream is being enabled/disabled."
        raise in_use(detail)
    if not all(job.aside for job in table.jobs):
        raise in_use(f"Table: {table.name} is in the process of being updated.")


def admit_update(table: Table, request: Mapping[str, Any]) -> None:
    """Refuse an UpdateTable of which any part comes at the wrong time."""
    _refuse_unless_alive(table)
    _refuse_archived(table, request)
    _refuse_during_replica_update(table)
    for action, members in (*index_updates(request), *vector_updates(request)):
        index = members["IndexName"]
        if action == "Update":
            _admit_index_update(table, members)
        else:
            _admit_online_index(table, index, action)
    switches = request.get("BillingMode") not in (None, table.billing_mode)
    if switches or request.get("ProvisionedThroughput") is not None:
        _admit_throughput(table)
    if given(request, "OnDemandThroughput") and not switches:
        _admit_caps(table)
    if given(request, "WarmThroughput") and table.under_way("allocate"):
        raise system_maintenance()
    if request.get("StreamSpecification") is not None:
        _admit_stream(table)
    if request.get("TableClass") is not None:
        _admit_class(table)
    if request.get("SSESpecification") is not None and table.under_way("encryption"):
        detail = "Server-Side Encryption is still being updated"
        raise in_use(detail)


def _refuse_unless_alive(table: Table) -> None:
    status = table.status
    if status == "CREATING":
        raise being_created(table.name)
    if status == "DELETING":
        raise being_deleted(table.name)


def _refuse_archived(table: Table, request: Mapping[str, Any]) -> None:
    """Refuse every change of an archived table; that it is so is a guess."""
    if table.affliction not in ("ARCHIVING", "ARCHIVED"):
        return
    if request.get("DeletionProtectionEnabled") is not None:
        text = "Table needs to be in ACTIVE status to modify deletion protection"
        raise ServiceFault("ResourceInUseException", f"{text} setting.")
    raise in_use(f"Table: {table.name} is {table.affliction}.")


def _refuse_during_replica_update(table: Table) -> None:
    if table.under_way("replica", "replica-copy", "protection"):
        raise in_use_by_replicas()


def _admit_caps(table: Table) -> None:
    """Refuse caps of the table while it is busy; the API has one text for each."""
    prefix = "OnDemandThroughput cannot be updated while"
    if table.under_way("billing", "throughput"):
        raise in_use(f"{prefix} BillingMode update is in progress")
    if table.under_way("stream"):
        raise in_use(f"{prefix} stream status update is in progress")
    for kind, words in (("allocate", "creation"), ("index-delete", "deletion")):
        if job := table.under_way(kind):
            index = f"index {words} is in progress for indexes: [{job.index}]"
            raise in_use(f"{prefix} {index}")
    if job := table.under_way("class"):
        phrase = f"{prefix} TableClass update is in progress."
        raise in_use(f"{phrase} TableClassUpdateInProgress: {job.detail}")


def _admit_throughput(table: Table) -> None:
    if table.under_way("throughput", "billing"):
        raise in_use(f"Table IOPS are currently being updated. Table: {table.name}")
    if job := table.under_way("stream"):
        raise stream_in_the_way(table, job, "throughput")
    if job := table.under_way("allocate"):
        detail = "Can't change table IOPS when an index is being created."
        raise in_use(f"{detail} Table: {table.name} Indexes: [{job.index}]")
    if job := table.under_way("index-delete"):
        detail = "Can't change table IOPS when an index is being deleted."
        raise in_use(f"{detail} Table: {table.name} Indexes: [{job.index}]")
    _refuse_during_class_update(table, "change table IOPS")


def _admit_stream(table: Table) -> None:
    if job := table.under_way("stream"):
        raise stream_in_the_way(table, job, "stream")
    if table.under_way("throughput", "billing"):
        detail = "Can't enable or disable stream while table IOPS are being updated."
        raise in_use(f"{detail} Table: {table.name}")
    if job := table.under_way("allocate"):
        detail = "Can't change stream status when an index is being created."
        raise in_use(f"{detail} Table: {table.name} Indexes: [{job.index}]")
    if job := table.under_way("index-delete"):
        detail = "Can't change stream status when an index is being deleted."
        raise in_use(f"{detail} Table: {table.name} Indexes: [{job.index}]")
    _refuse_during_class_update(table, "change stream status")


def _admit_class(table: Table) -> None:
    if job := table.under_way("stream"):
        raise stream_in_the_way(table, job, "class")
    _refuse_during_class_update(table, "update table class")
    if table.status != "ACTIVE":
        raise in_use(f"Table: {table.name} is in the process of being updated.")


def _admit_online_index(table: Table, index: str, action: str) -> None:
    if action == "Delete" and index not in {**table.indexes, **table.vectors}:
        raise no_index(table.name, index)
    if table.under_way("index-delete", index=index):
        raise index_in_use("Index is being deleted", table, index)
    if table.under_way("throughput", "billing"):
        detail = "Can't create or delete indexes while table IOPS are being updated."
        raise in_use(f"{detail} Table: {table.name}")
    if job := table.under_way("stream"):
        raise stream_in_the_way(table, job, "online-index")
    _refuse_during_class_update(table, "create or delete an index")
    if action == "Delete":
        if table.under_way("allocate", index=index):
            phrase = "Index creation is in resource allocation phase. Retry deletion"
            phrase += " during backfilling phase or when the index is active"
            raise index_in_use(phrase, table, index)
        if table.under_way("backfill", index=index):
            return
        if table.under_way("index-update", index=index):
            raise index_in_use("Index is being updated", table, index)
    if table.under_way("allocate", "backfill", "index-delete", "replica-index"):
        raise one_online_index()


def _admit_index_update(table: Table, members: Mapping[str, Any]) -> None:
    index = members["IndexName"]
    warms = bool(given(members, "WarmThroughput"))
    if index not in table.indexes:
        raise internal_failure() if warms else no_index(table.name, index)
    if table.under_way("index-delete", index=index):
        raise index_in_use("Index is being deleted", table, index)
    if table.under_way("allocate", index=index):
        phrase = "Index is being created but is not backfilling yet"
        raise index_in_use(phrase, table, index)
    if warms:
        return
    if table.under_way("index-update", index=index):
        raise index_in_use("Index is being updated", table, index)
    if table.under_way("throughput", "billing"):
        raise in_use(f"Table IOPS are currently being updated. Table: {table.name}")


def _refuse_during_class_update(table: Table, what: str) -> None:
    if job := table.under_way("class"):
        detail = f"Can't {what} when a table class update is in progress."
        detail += f" Table: {table.name} TableClassUpdateInProgress: {job.detail}"
        raise in_use(detail)
