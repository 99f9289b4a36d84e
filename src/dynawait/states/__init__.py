"""What describe operations say, as values that do not change.

Each state is parsed from a response by ``parse``, which is pure and total: any mapping
gives a state or an `UnreadableResponseError` that names the member at fault. Members
and statuses that the library does not know are kept, never fatal; the mapping that was
parsed stays reachable as ``raw``. States compare by value, hash, pickle and deep-copy;
``raw`` takes no part in comparisons.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._aspects import ArchivalState as ArchivalState
from ._aspects import EncryptionState as EncryptionState
from ._aspects import RestoreState as RestoreState
from ._aspects import StreamState as StreamState
from ._frozen import FrozenMapping as FrozenMapping
from ._parts import KeySchema as KeySchema
from ._parts import OnDemandThroughput as OnDemandThroughput
from ._parts import Projection as Projection
from ._parts import Throughput as Throughput
from ._parts import WarmThroughput as WarmThroughput
from .indexes import IndexState as IndexState
from .indexes import LocalIndexState as LocalIndexState
from .indexes import VectorIndexState as VectorIndexState
from .replicas import ReplicaIndexState as ReplicaIndexState
from .replicas import ReplicaState as ReplicaState
from .replicas import WitnessState as WitnessState
from .tables import TableState as TableState

if TYPE_CHECKING:
    from .jobs import BackupState as BackupState
    from .jobs import ExportState as ExportState
    from .jobs import ImportState as ImportState
    from .settings import BackupsState as BackupsState
    from .settings import ContributorInsightsState as ContributorInsightsState
    from .settings import KinesisDestinationState as KinesisDestinationState
    from .settings import ResourcePolicyState as ResourcePolicyState
    from .settings import TimeToLiveState as TimeToLiveState

    State = (
        TableState
        | TimeToLiveState
        | BackupsState
        | KinesisDestinationState
        | ContributorInsightsState
        | ResourcePolicyState
        | ExportState
        | ImportState
        | BackupState
    )
    """What a wait may return."""

# Few programs need these, and each class takes its time to be made.
_ON_DEMAND = {
    "BackupState": "jobs",
    "ExportState": "jobs",
    "ImportState": "jobs",
    "BackupsState": "settings",
    "ContributorInsightsState": "settings",
    "KinesisDestinationState": "settings",
    "ResourcePolicyState": "settings",
    "TimeToLiveState": "settings",
}


def __getattr__(name: str) -> object:
    if name == "State":
        value: object = TableState
        for other in _ON_DEMAND:
            value |= __getattr__(other)  # type: ignore[operator]
    elif name in _ON_DEMAND:
        module = import_module(f".{_ON_DEMAND[name]}", __name__)
        value = getattr(module, name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


__all__ = [
    "ArchivalState",
    "BackupState",
    "BackupsState",
    "ContributorInsightsState",
    "EncryptionState",
    "ExportState",
    "FrozenMapping",
    "ImportState",
    "IndexState",
    "KeySchema",
    "KinesisDestinationState",
    "LocalIndexState",
    "OnDemandThroughput",
    "Projection",
    "ReplicaIndexState",
    "ReplicaState",
    "ResourcePolicyState",
    "RestoreState",
    "State",
    "StreamState",
    "TableState",
    "Throughput",
    "TimeToLiveState",
    "VectorIndexState",
    "WarmThroughput",
    "WitnessState",
]
