"""UpdateTable: the values it may carry, and what an admitted one sets under way.

A change shows its old value until it is over: DynamoDB's own responses do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .billing import check_switch, start_switch
from .budgets import (
    check_class_budget,
    check_encryption_budget,
    check_protection_pause,
)
from .combination import index_updates, is_hollow
from .definitions import check_settings_mode, key_of, stream_label
from .online import check_new_index, check_new_vector, start_online_changes
from .refusals import internal_failure, invalid, key_disabled, refuse
from .replica_rules import check_replicas, start_replicas
from .tables import Job
from .throughput import check_throughput, start_throughput
from .vectors import vector_updates
from .warmth import capped, check_caps, check_warmth, given, start_warming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .account import Account
    from .tables import Table


def check_values(account: Account, table: Table, request: Mapping[str, Any]) -> None:
    """Refuse values that the table cannot take, or already has."""
    if is_hollow(request):
        raise internal_failure()
    _check_units(account, table, request)
    for action, members in index_updates(request):
        if action == "Create":
            check_new_index(account, table, request, members)
    for action, members in vector_updates(request):
        if action == "Create":
            check_new_vector(account, table, request, members)
    _check_settings(account, table, request)


def set_under_way(account: Account, table: Table, request: Mapping[str, Any]) -> None:
    """Start what an admitted UpdateTable with checked values asks for."""
    mode = request.get("BillingMode")
    if mode is not None and mode != table.billing_mode:
        start_switch(account, table, request)
    else:
        start_throughput(account, table, request)
        caps = given(request, "OnDemandThroughput")
        if caps:
            table.on_demand = capped(table.on_demand, caps)
    _start_warming(account, table, request)
    start_online_changes(account, table, request)
    start_replicas(account, table, request)
    if request.get("StreamSpecification") is not None:
        _start_stream(account, table, request["StreamSpecification"])
    if request.get("SSESpecification") is not None:
        _start_encryption(account, table, request["SSESpecification"])
    if request.get("TableClass") not in (None, table.table_class or "STANDARD"):
        _start_class(account, table, request["TableClass"])
    wanted = request.get("DeletionProtectionEnabled")
    if wanted is not None and wanted != table.protected:
        _start_protection(account, table, wanted=wanted)
    settings_mode = request.get("GlobalTableSettingsReplicationMode")
    if settings_mode is not None:
        table.settings_mode = settings_mode
    if request.get("DisassociationProtectionEnabled") is not None:
        table.disassociation_protected = request["DisassociationProtectionEnabled"]


def _check_units(account: Account, table: Table, request: Mapping[str, Any]) -> None:
    mode = request.get("BillingMode") or table.billing_mode
    on_demand = mode == "PAY_PER_REQUEST"
    if mode != table.billing_mode:
        check_switch(account, table, request)
    check_throughput(account, table, request)
    caps = given(request, "OnDemandThroughput")
    check_caps(account, caps, on_demand=on_demand, clears=True)
    check_warmth(account, table, given(request, "WarmThroughput"))
    for action, members in index_updates(request):
        if action != "Update":
            continue
        name = members["IndexName"]
        caps = given(members, "OnDemandThroughput")
        check_caps(account, caps, on_demand=on_demand, index=name, clears=True)
        warm = given(members, "WarmThroughput")
        check_warmth(account, table, warm, table.indexes[name])


def _check_settings(account: Account, table: Table, request: Mapping[str, Any]) -> None:
    now = account.now
    if request.get("StreamSpecification") is not None:
        _check_stream(table, enable=request["StreamSpecification"]["StreamEnabled"])
    if request.get("SSESpecification") is not None:
        _check_new_key(table, request["SSESpecification"])
        check_encryption_budget(table.past("encryption"), now)
    if request.get("TableClass") is not None:
        check_class_budget(table.past("class"), now)
        for replica in table.replicas.values():
            check_class_budget(replica.changes, now, replica.region)
    if request.get("DeletionProtectionEnabled") is not None:
        check_protection_pause(table.name, table.past("protection"), now)
    check_settings_mode(request.get("GlobalTableSettingsReplicationMode"))
    alone = not table.replicas or table.strong
    if request.get("DisassociationProtectionEnabled") is not None and alone:
        # That there is nothing to protect is documented; the text is a guess.
        problem = "DisassociationProtectionEnabled can only be modified for a replica"
        raise invalid(f"{problem} of a multi-Region eventual consistency global table")


def _check_stream(table: Table, *, enable: bool) -> None:
    if table.replicas and not enable:
        problem = "Disabling Stream is not allowed for a Global Table replica."
        raise invalid(problem)
    if enable != (table.stream is not None):
        return
    if enable:
        message = f"Table already has an enabled stream: TableName: {table.name}"
    else:
        message = f"Table has no stream to disable: TableName: {table.name}"
    raise refuse(message)


def _check_new_key(table: Table, encryption: Mapping[str, Any]) -> None:
    key = key_of(encryption, table.arn) if encryption.get("Enabled") else None
    if key is None and table.encryption_key is None:
        problem = "Table is already encrypted by default"
        raise invalid(problem)
    if key is not None and table.encryption_key == key:
        problem = "Table is already encrypted with given KMSMasterKeyId. Use"
        problem += " KMSMasterKeyId parameter if you want to change Master Key"
        raise invalid(problem)
    if table.affliction is not None and table.encryption_key is not None:
        raise key_disabled(table.encryption_key)


def _start_warming(account: Account, table: Table, request: Mapping[str, Any]) -> None:
    warm = given(request, "WarmThroughput")
    if warm:
        start_warming(account, table, warm)
    for action, members in index_updates(request):
        warm = given(members, "WarmThroughput")
        if action == "Update" and warm:
            start_warming(account, table, warm, table.indexes[members["IndexName"]])


def _start_stream(account: Account, table: Table, stream: Mapping[str, Any]) -> None:
    if stream["StreamEnabled"]:
        table.stream = dict(stream)
        table.stream_label = stream_label(account.moment())
        detail = "ENABLE"
    else:
        table.stream = None
        detail = "DISABLE"
    table.start(Job("stream", account.now + account.durations.stream, detail=detail))


def _start_encryption(
    account: Account, table: Table, encryption: Mapping[str, Any]
) -> None:
    enabled = encryption.get("Enabled")
    table.encryption_key = key_of(encryption, table.arn) if enabled else None
    table.past("encryption").add(account.now, account.moment())
    table.start(Job("encryption", account.now + account.durations.encryption))


def _start_class(account: Account, table: Table, wanted: str) -> None:
    def finish(ended: float) -> None:
        table.table_class = wanted
        table.class_since = account.moment(ended)

    for past in (table.past("class"), *(r.changes for r in table.replicas.values())):
        past.add(account.now, account.moment())
    ends = account.now + account.durations.table_class
    table.start(Job("class", ends, detail=wanted, finish=finish))


def _start_protection(account: Account, table: Table, *, wanted: bool) -> None:
    """Change the protection: at once, but of a table with replicas only after a while.

    Such a table is UPDATING meanwhile, as measured on AWS.
    """

    def finish(_ended: float) -> None:
        table.protected = wanted

    table.past("protection").add(account.now, account.moment())
    if not table.replicas:
        table.protected = wanted
        return
    ends = account.now + account.durations.protection_with_replicas
    table.start(Job("protection", ends, finish=finish))


def check_members(account: Account, table: Table, request: Mapping[str, Any]) -> None:
    """Refuse what asks for replicas that cannot be, before anything under way does."""
    if request.get("ReplicaUpdates") is not None:
        check_replicas(account, table, request)
