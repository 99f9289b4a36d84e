"""UpdateTable: what one call may ask for, whatever the table.

One concern a call, as measured on AWS pair by pair; only a billing switch goes together
with others. The refusals come before the table is looked at, and nothing is applied.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .definitions import (
    KEYS_OF_ONE_KIND,
    check_encryption,
    check_keys,
    check_projection,
)
from .refusals import invalid, one_online_index, refuse
from .replica_actions import check_replica_updates
from .vectors import check_vector_updates, vector_updates
from .warmth import given

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Which of several that must be alone is named: the first of these.
_ALONE = {
    "SSESpecification": "Server-Side Encryption modification",
    "TableClass": "TableClass modification",
    "DeletionProtectionEnabled": "DeletionProtection modification",
    # That these two must be alone is documented, or follows; the words are a guess.
    "DisassociationProtectionEnabled": "DisassociationProtection modification",
    "GlobalTableSettingsReplicationMode": "GlobalTableSettingsReplicationMode",
    "WarmThroughput": "WarmThroughput",
}
_UNITS = ("OnDemandThroughput", "WarmThroughput")
_CONCERNS = (
    "BillingMode",
    "ProvisionedThroughput",
    "OnDemandThroughput",
    "GlobalSecondaryIndexUpdates",
    "VectorIndexUpdates",
    "StreamSpecification",
    "ReplicaUpdates",
    *_ALONE,
)
_ACTIONS = ("Create", "Update", "Delete")


def check_combination(request: Mapping[str, Any], region: str) -> None:
    """Refuse an UpdateTable that DynamoDB would refuse whatever the table.

    Args:
        request: the UpdateTable.
        region: the Region that it was sent to.
    """
    asked = _asked(request)
    if not asked and not is_hollow(request):
        raise _nothing_asked(request)
    if "ReplicaUpdates" in asked:
        check_replica_updates(request, region, alone=len(asked) == 1)
        return
    _check_alone(request, asked)
    _check_index_updates(request)
    check_vector_updates(request)
    if sum(1 for _ in _online(request)) > 1:
        raise one_online_index()
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


def is_hollow(request: Mapping[str, Any]) -> bool:
    """Tell whether the request has nothing but a throughput without any units.

    Next to anything else such a member is dropped without a word: measured on AWS.
    """
    hollow = any(request.get(name) is not None for name in _UNITS)
    return hollow and not _asked(request)


def _asked(request: Mapping[str, Any]) -> list[str]:
    return [
        member
        for member in _CONCERNS
        if request.get(member) is not None
        and (member not in _UNITS or given(request, member))
    ]


def _nothing_asked(request: Mapping[str, Any]) -> Exception:
    named = ["ProvisionedThroughput", "BillingMode", "UpdateStreamEnabled"]
    named += ["GlobalSecondaryIndexUpdates", "SSESpecification", "ReplicaUpdates"]
    named += ["MultiAccountReplicaReady", "ReplicaTransitRoleArn"]
    # What was sent and does not count is left out of the list: measured on AWS.
    if request.get("MultiRegionConsistency") is None:
        named.append("MultiRegionConsistency")
    named += ["DeletionProtectionEnabled", "OnDemandThroughput", "WarmThroughput"]
    return refuse(f"At least one of {', '.join(named)} or TableClass is required")


def _online(request: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the indexes to create or delete, of both families."""
    for action, members in (*index_updates(request), *vector_updates(request)):
        if action != "Update":
            yield str(members["IndexName"])


def _check_alone(request: Mapping[str, Any], asked: list[str]) -> None:
    for member, words in _ALONE.items():
        if member not in asked or len(asked) == 1:
            continue
        creates = any(action == "Create" for action, _ in index_updates(request))
        if member == "WarmThroughput" and creates:
            problem = "Create global secondary index cannot be specified when updating"
            raise invalid(f"{problem} WarmThroughput")
        raise invalid(f"{words} must be the only operation in the request")
    if "OnDemandThroughput" in asked and {*asked} - {
        "OnDemandThroughput",
        "BillingMode",
    }:
        problem = "OnDemandThroughput can only be combined with BillingMode in an"
        raise invalid(f"{problem} UpdateTable request")


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
            check_keys(members["KeySchema"], each=KEYS_OF_ONE_KIND)
            check_projection(members)
        elif action == "Update":
            _check_warmth(members)


def _check_warmth(members: Mapping[str, Any]) -> None:
    """Refuse an index's warm throughput without units, or next to another change.

    The second is known to be refused; that the text is the table's is a guess.
    """
    if members.get("WarmThroughput") is None:
        return
    if not given(members, "WarmThroughput"):
        problem = "WarmThroughput must have at least one of ReadUnitsPerSecond or"
        problem += f" WriteUnitsPerSecond specified for index: {members['IndexName']}"
        raise invalid(problem)
    provisioned = members.get("ProvisionedThroughput") is not None
    if provisioned or given(members, "OnDemandThroughput"):
        raise invalid("WarmThroughput must be the only operation in the request")


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
    online = any(_online(request))
    stream = "StreamSpecification" in asked
    throughput = "ProvisionedThroughput" in asked
    if throughput and request.get("BillingMode") == "PAY_PER_REQUEST":
        problem = "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified"
        raise invalid(f"{problem} when BillingMode is PAY_PER_REQUEST")
    # A switch away from on-demand has a refusal of its own where vectors are.
    indexes = any(action != "Update" for action, _ in index_updates(request))
    if throughput and online and (indexes or request.get("BillingMode") is None):
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
