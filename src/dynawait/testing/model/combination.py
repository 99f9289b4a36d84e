"""UpdateTable: what one call may ask for, whatever the table.

One concern a call, as measured on AWS pair by pair; only a billing switch goes together
with others. The refusals come before the table is looked at, and nothing is applied.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .creation import check_encryption, check_keys, check_projection
from .refusals import invalid, one_online_index, refuse, unmodelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ALONE = {
    "DeletionProtectionEnabled": "DeletionProtection",
    "SSESpecification": "Server-Side Encryption",
    "TableClass": "TableClass",
}
_CONCERNS = (
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexUpdates",
    "StreamSpecification",
    *_ALONE,
)
_UNMODELLED = (
    "ReplicaUpdates",
    "GlobalTableWitnessUpdates",
    "VectorIndexUpdates",
    "OnDemandThroughput",
    "WarmThroughput",
    "MultiRegionConsistency",
    "GlobalTableSettingsReplicationMode",
    "DisassociationProtectionEnabled",
)
_ACTIONS = ("Create", "Update", "Delete")
_KEYS_OF_ONE_KIND = 4


def check_combination(request: Mapping[str, Any]) -> None:
    """Refuse an UpdateTable that DynamoDB would refuse whatever the table."""
    for member in _UNMODELLED:
        if request.get(member) is not None:
            raise unmodelled(member)
    asked = [member for member in _CONCERNS if request.get(member) is not None]
    if not asked:
        message = "At least one of ProvisionedThroughput, BillingMode,"
        message += " UpdateStreamEnabled, GlobalSecondaryIndexUpdates,"
        message += " SSESpecification, ReplicaUpdates, MultiAccountReplicaReady,"
        message += " ReplicaTransitRoleArn, MultiRegionConsistency,"
        message += " DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or"
        raise refuse(f"{message} TableClass is required")
    for member, words in _ALONE.items():
        if member in asked and len(asked) > 1:
            problem = f"{words} modification must be the only operation in the request"
            raise invalid(problem)
    _check_index_updates(request)
    _check_pairs(request, asked)
    _check_stream(request.get("StreamSpecification"))
    check_encryption(request.get("SSESpecification") or {})


def index_updates(
    request: Mapping[str, Any],
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what the request asks of indexes: the action's name and its members."""
    for update in request.get("GlobalSecondaryIndexUpdates") or ():
        for action in _ACTIONS:
            if update.get(action) is not None:
                yield action, update[action]


def _check_index_updates(request: Mapping[str, Any]) -> None:
    updates = request.get("GlobalSecondaryIndexUpdates")
    if updates is None:
        return
    if not updates:
        problem = "List of GlobalSecondaryIndexUpdates is empty"
        raise invalid(problem)
    for update in updates:
        _check_actions(update)
    counted = Counter(members["IndexName"] for _, members in index_updates(request))
    for name, count in counted.items():
        if count > 1:
            problem = "Only one global secondary index update per index is allowed"
            raise invalid(f"{problem} simultaneously. Index: {name}")
    if sum(action != "Update" for action, _ in index_updates(request)) > 1:
        raise one_online_index()
    for action, members in index_updates(request):
        if action == "Create":
            check_keys(members["KeySchema"], each=_KEYS_OF_ONE_KIND)
            check_projection(members)


def _check_actions(update: Mapping[str, Any]) -> None:
    actions = sum(update.get(name) is not None for name in _ACTIONS)
    if actions == 0:
        problem = "One of GlobalSecondaryIndexUpdate.Update,"
        problem += " GlobalSecondaryIndexUpdate.Create,"
        raise invalid(f"{problem} GlobalSecondaryIndexUpdate.Delete must not be null")
    if actions > 1:
        problem = "Only one global secondary index action is allowed per"
        raise invalid(f"{problem} GlobalSecondaryIndexUpdate object")


def _check_pairs(request: Mapping[str, Any], asked: list[str]) -> None:
    online = any(action != "Update" for action, _ in index_updates(request))
    stream = "StreamSpecification" in asked
    throughput = "ProvisionedThroughput" in asked
    if throughput and request.get("BillingMode") == "PAY_PER_REQUEST":
        problem = "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified"
        raise invalid(f"{problem} when BillingMode is PAY_PER_REQUEST")
    if throughput and online:
        problem = "You cannot create or delete index while updating table IOPS"
        raise invalid(problem)
    if stream and online:
        problem = "You cannot create or delete index while changing stream status"
        raise invalid(problem)
    if stream and (throughput or request.get("BillingMode") == "PROVISIONED"):
        problem = "You cannot modify stream status while updating table IOPS"
        raise invalid(problem)


def _check_stream(stream: Mapping[str, Any] | None) -> None:
    if stream is None:
        return
    viewed = stream.get("StreamViewType") is not None
    if stream["StreamEnabled"] and not viewed:
        problem = "If stream is being enabled then UpdateViewType is required"
        raise invalid(problem)
    if not stream["StreamEnabled"] and viewed:
        problem = "If stream is being disabled, then UpdateViewType must not be"
        raise invalid(f"{problem} specified")
