"""Switches between on-demand and provisioned capacity.

Sources: developer guide, "Considerations when switching capacity modes"; times and
texts as measured on AWS. A switch to provisioned capacity discards on-demand caps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .budgets import check_on_demand_budget
from .combination import index_updates
from .definitions import capacity_of
from .refusals import invalid
from .tables import Job
from .warmth import capped, given, warm_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .account import Account
    from .tables import Table


def check_switch(account: Account, table: Table, request: Mapping[str, Any]) -> None:
    """Refuse a switch that lacks what the new mode needs, or that comes too often."""
    if request["BillingMode"] == "PAY_PER_REQUEST":
        check_on_demand_budget(table.past("on-demand"), account.now)
        return
    if table.vectors:
        raise invalid("Tables with vector indexes must be in PAY_PER_REQUEST mode")
    if request.get("ProvisionedThroughput") is None:
        problem = "ProvisionedThroughput must be specified when BillingMode is"
        raise invalid(f"{problem} PROVISIONED")
    named = {
        members["IndexName"]
        for action, members in index_updates(request)
        if action == "Update" and members.get("ProvisionedThroughput") is not None
    }
    for name in table.indexes:
        if name not in named:
            problem = f"ProvisionedThroughput must be specified for index: {name}"
            raise invalid(problem)


def start_switch(account: Account, table: Table, request: Mapping[str, Any]) -> None:
    """Start a switch of the billing mode; the old one is said until its end."""
    on_demand = request["BillingMode"] == "PAY_PER_REQUEST"

    def finish(ended: float) -> None:
        if on_demand:
            _go_on_demand(table, request)
            table.on_demand_since = account.moment(ended)
        else:
            _go_provisioned(table, request)

    durations = account.durations
    if not on_demand:
        seconds = durations.to_provisioned
    elif table.on_demand_since is None:
        seconds = durations.to_on_demand
    else:
        seconds = durations.to_on_demand_again
    if on_demand:
        table.past("on-demand").add(account.now, account.moment())
    for name in table.indexes:
        if not table.under_way("index-update", index=name):
            ends = account.now + min(seconds, durations.index_switch)
            table.start(Job("index-update", ends, index=name))
    table.start(Job("billing", account.now + seconds, finish=finish))


def _go_on_demand(table: Table, request: Mapping[str, Any]) -> None:
    caps = given(request, "OnDemandThroughput")
    table.billing_mode = "PAY_PER_REQUEST"
    table.read = table.write = 0
    table.on_demand = capped(None, caps) if caps else None
    for index in table.indexes.values():
        index.read = index.write = 0


def _go_provisioned(table: Table, request: Mapping[str, Any]) -> None:
    """Set the new capacities; what is warm stays so, and caps are gone for good."""
    capacities = {
        members["IndexName"]: capacity_of(members)
        for action, members in index_updates(request)
        if action == "Update"
    }
    for index in table.indexes.values():
        index.warm, index.on_demand = warm_of(table, index), None
        index.read, index.write = capacities.get(index.name, (index.read, index.write))
    table.warm, table.on_demand = warm_of(table), None
    table.billing_mode = "PROVISIONED"
    table.read, table.write = capacity_of(request)
