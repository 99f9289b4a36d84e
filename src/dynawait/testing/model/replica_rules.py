"""ReplicaUpdates: what a table's own replicas allow, and what is set under way.

Sources: developer guide, "Global tables"; texts as measured on AWS. Of the texts, two
are guesses: a strongly consistent group from a table that is not empty, and a Region
that may not leave its group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .budgets import DAY, check_class_budget
from .refusals import invalid, refuse
from .replica_actions import replica_updates, witness_update
from .replicas import (
    add_replica,
    change_replica,
    dissolve,
    leave,
    remove_replica,
    unite,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .account import Account
    from .tables import Table

_STRONG = "MultiRegionConsistency set to STRONG"


def check_replicas(account: Account, table: Table, request: Mapping[str, Any]) -> None:
    """Refuse replica updates that do not go with the replicas that there are."""
    actions = list(replica_updates(request))
    action = actions[0][0]
    mode = request.get("MultiRegionConsistency")
    if mode is not None and table.replicas:
        problem = "MultiRegionConsistency parameter is unsupported on existing global"
        raise refuse(f"{problem} table")
    if action == "Disassociate":
        _check_leaving(account, table, actions[0][1])
        return
    if action != "Create":
        _check_members(table, [members["RegionName"] for _, members in actions])
    if table.strong:
        _check_frozen(table, action, request)
    elif mode != "STRONG" and len({m["RegionName"] for _, m in actions}) > 1:
        problem = "Update table operation with more than one create or delete replica"
        raise refuse(f"{problem} actions not allowed")
    for _, members in actions:
        if action == "Create":
            _check_creation(account, table, members)
        elif action == "Update":
            _check_change(account, table, members)
    if mode == "STRONG" and table.items:
        raise refuse(f"The table must be empty for a global table with {_STRONG}.")


def start_replicas(account: Account, table: Table, request: Mapping[str, Any]) -> None:
    """Start what a request asks of replicas."""
    actions = list(replica_updates(request))
    if not actions:
        return
    action, members = actions[0]
    if request.get("MultiRegionConsistency") == "STRONG":
        witness = witness_update(request)
        creations = [members for _, members in actions]
        unite(account, table, creations, None if witness is None else witness[1])
    elif table.strong and action == "Delete":
        dissolve(account, table)
    elif action == "Create":
        add_replica(account, table, members)
    elif action == "Update":
        change_replica(account, table, members)
    elif action == "Delete":
        remove_replica(account, table, members["RegionName"])
    else:
        leave(account, table)


def check_last_day(account: Account, table: Table) -> None:
    """Refuse to delete the table that a replica was copied from within a day."""
    if table.strong:
        problem = "Deletion of only one table replica is not supported for global"
        raise refuse(f"{problem} tables with {_STRONG}.")
    sourced = (replica for replica in table.replicas.values() if replica.listed)
    if any(account.now - replica.joined < DAY for replica in sourced):
        problem = "Replica cannot be deleted because it has acted as a source region"
        problem += " for new replica(s) being added to the table in the last 24 hours."
        raise refuse(problem)


def _check_members(table: Table, regions: list[str]) -> None:
    strangers = [
        region
        for region in regions
        if region not in table.replicas or not table.replicas[region].listed
    ]
    if strangers:
        raise refuse(_not_part("replicas", strangers))


def _check_frozen(table: Table, action: str, request: Mapping[str, Any]) -> None:
    if action == "Create":
        problem = "Cannot add replicas to a global table with strong"
        raise refuse(f"{problem} MultiRegionConsistency")
    if action != "Delete":
        return
    witness = witness_update(request)
    if witness is not None and (
        table.witness is None or witness[1] != table.witness.region
    ):
        raise refuse(_not_part("witnesses", [witness[1]]))
    if table.witness is not None and witness is None:
        raise refuse("Update table delete operation does not include all witnesses.")
    if {m["RegionName"] for _, m in replica_updates(request)} != set(table.replicas):
        problem = "Deletion of only one table replica is not supported for global"
        raise refuse(f"{problem} tables with {_STRONG}.")


def _check_creation(account: Account, table: Table, members: Mapping[str, Any]) -> None:
    region = members["RegionName"]
    replica = table.replicas.get(region)
    there = account.peers.get(region)
    foreign = there is not None and table.name in there.describe_all()
    lingers = foreign or table.lingering.get(region, 0.0) > account.now
    if lingers or (replica is not None and replica.listed):
        name = f"‘{table.name}’"  # noqa: RUF001 - AWS's quotes
        problem = f"Failed to create a the new replica of table with name: {name}"
        problem += " because one or more replicas already existed as tables."
        raise refuse(problem)
    if table.billing_mode == "PROVISIONED":
        fit = "write capacity should either be Pay-Per-Request or AutoScaled."
        if None not in table.autoscaled:
            raise refuse(f"Table {fit}")
        if not set(table.indexes) <= table.autoscaled:
            raise refuse(f"GSI {fit}")
    key = table.encryption_key
    own = key is not None and "alias/aws/" not in key
    if own and members.get("KMSMasterKeyId") is None:
        raise invalid("KMSMasterKeyId must be specified for each replica.")


def _check_change(account: Account, table: Table, members: Mapping[str, Any]) -> None:
    if members.get("KMSMasterKeyId") is not None:
        raise invalid("KMSMasterKeyId must be specified for each replica.")
    on_demand = table.billing_mode == "PAY_PER_REQUEST"
    if on_demand and members.get("ProvisionedThroughputOverride"):
        problem = "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified"
        raise refuse(f"{problem} when BillingMode is PAY_PER_REQUEST")
    if members.get("TableClassOverride") is not None:
        replica = table.replicas[members["RegionName"]]
        check_class_budget(replica.changes, account.now, replica.region)


def _check_leaving(account: Account, table: Table, members: Mapping[str, Any]) -> None:
    """Refuse to leave a group, which protection forbids unless it was switched off.

    That it is on by default: API reference, UpdateTable.
    """
    region = members["RegionName"]
    if region != account.region or not table.replicas:
        raise refuse(_not_part("replicas", [region]))
    if table.strong:
        problem = "Deletion of only one table replica is not supported for global"
        raise refuse(f"{problem} tables with {_STRONG}.")
    if table.disassociation_protected in (None, True):
        problem = f"Cannot disassociate table {table.name} in region {region} because"
        problem += " it has disassociation protection enabled. Disable disassociation"
        raise refuse(f"{problem} protection first.")


def _not_part(what: str, regions: list[str]) -> str:
    problem = f"Update global table operation failed because one or more {what} were"
    problem += " not part of the global table. Please retry the request without these"
    return f"{problem} {what}: [{', '.join(regions)}]."
