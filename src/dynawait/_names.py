"""The public names, and the modules that hold them: one list for both faces.

A face loads a module when one of its names is first asked for, so that importing
dynawait costs next to nothing, and waiting for a table does not load what describes
exports.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

VALUES = {
    "changes": (
        "CreateIndex",
        "CreateVectorIndex",
        "DeleteIndex",
        "DeleteVectorIndex",
        "ReplaceIndex",
        "UpdateIndex",
    ),
    "conditions": (
        "Condition",
        "Verdict",
        "billing_mode",
        "deletion_protection",
        "encryption_settled",
        "indexes_absent",
        "indexes_active",
        "indexes_started",
        "parse_condition",
        "quiet",
        "replicas_absent",
        "replicas_active",
        "restored",
        "satisfies",
        "stream_disabled",
        "stream_enabled",
        "table_absent",
        "table_active",
        "table_class",
        "throughput",
        "vector_indexes_absent",
        "vector_indexes_active",
        "warm_throughput_settled",
        "witnesses_absent",
        "witnesses_active",
    ),
    "errors": (
        "ChangeError",
        "ChangeTimeoutError",
        "DynawaitError",
        "GlobalTableLockError",
        "ImpossibleError",
        "IndexConflictError",
        "InvalidArgumentError",
        "LockError",
        "LockLostError",
        "LockMismatchError",
        "LockTimeoutError",
        "OutcomeUnknownError",
        "PlanError",
        "QueueClosedError",
        "QuotaError",
        "ServiceError",
        "TableConflictError",
        "TableGoneError",
        "UnreadableLockError",
        "UnreadableResponseError",
        "WaitError",
        "WaitTimeoutError",
    ),
    "events": ("Event", "LoggingObserver", "Progress", "Writer"),
    "plans": ("Advance", "ChangeResult", "Plan", "Step"),
    "_core.planner": (
        "plan_create",
        "plan_delete",
        "plan_index_changes",
        "plan_update",
    ),
    "polling": ("Polling",),
    "recommended": ("recommended_config",),
    "states": (
        "BackupState",
        "BackupsState",
        "ContributorInsightsState",
        "ExportState",
        "ImportState",
        "IndexState",
        "KinesisDestinationState",
        "ReplicaState",
        "ResourcePolicyState",
        "TableState",
        "TimeToLiveState",
        "VectorIndexState",
    ),
}
# Core functions, which each face turns into one of its own.
FUNCTIONS = {
    "_core.advance": ("advance",),
    "_core.anything": ("describe", "wait_for", "wait_for_all"),
    "_core.index_changes": ("apply_index_changes",),
    "_core.safe_backups": (
        "safe_create_backup",
        "safe_restore_table_from_backup",
        "safe_restore_table_to_point_in_time",
    ),
    "_core.safe_settings": (
        "safe_disable_kinesis_streaming_destination",
        "safe_enable_kinesis_streaming_destination",
        "safe_tag_resource",
        "safe_untag_resource",
        "safe_update_continuous_backups",
        "safe_update_contributor_insights",
        "safe_update_time_to_live",
    ),
    "_core.safe_tables": ("safe_create_table", "safe_delete_table"),
    "_core.safe_update": ("safe_update_table",),
    "_core.tables": (
        "wait_for_encryption",
        "wait_for_quiet",
        "wait_for_restore",
        "wait_for_stream",
        "wait_for_table_active",
        "wait_for_table_deleted",
        "wait_for_warm_throughput",
    ),
    "_core.indexes": (
        "wait_for_indexes_active",
        "wait_for_indexes_deleted",
        "wait_for_vector_indexes_active",
        "wait_for_vector_indexes_deleted",
    ),
    "_core.regions": (
        "wait_for_replicas_active",
        "wait_for_replicas_deleted",
        "wait_for_witnesses_active",
        "wait_for_witnesses_deleted",
    ),
    "_core.settings": (
        "wait_for_contributor_insights",
        "wait_for_kinesis_destination",
        "wait_for_point_in_time_recovery",
        "wait_for_resource_policy",
        "wait_for_time_to_live",
    ),
    "_core.jobs": (
        "wait_for_backup",
        "wait_for_export",
        "wait_for_import",
    ),
    "_core.probes": (
        "indexes_queryable",
        "table_writable",
    ),
}
# Classes that each face has its own of.
CLASSES = {
    "dynawait": {"IndexChangeQueue": "_gateways.aio_queue"},
    "dynawait.sync": {"IndexChangeQueue": "_gateways.blocking_queue"},
}
MODULES = (
    "changes",
    "clients",
    "conditions",
    "errors",
    "events",
    "locks",
    "plans",
    "polling",
    "states",
    "testing",
)

_VALUE_PLACES = {name: place for place, names in VALUES.items() for name in names}
_CORE_PLACES = {name: place for place, names in FUNCTIONS.items() for name in names}
ALL = sorted([*_VALUE_PLACES, *_CORE_PLACES, *CLASSES["dynawait"]])


def find(face: str, name: str, adapter: str) -> Any:
    """Return a public name of a face.

    Args:
        face: the module that was asked, ``"dynawait.sync"``.
        name: what it was asked for.
        adapter: the name of the adapter that makes functions of this face.

    Raises:
        AttributeError: there is no such name.
    """
    if name in _VALUE_PLACES:
        return getattr(import_module(f"dynawait.{_VALUE_PLACES[name]}"), name)
    if name in _CORE_PLACES:
        core = getattr(import_module(f"dynawait.{_CORE_PLACES[name]}"), name)
        faces = import_module("dynawait._gateways.faces")
        make: Callable[[Any], Any] = getattr(faces, adapter)
        return make(core)
    if name in CLASSES.get(face, ()):
        return getattr(import_module(f"dynawait.{CLASSES[face][name]}"), name)
    if face == "dynawait" and name in (*MODULES, "sync"):
        return import_module(f"dynawait.{name}")
    if (face, name) == ("dynawait.sync", "locks"):
        return import_module("dynawait.sync.locks")
    raise AttributeError(f"module {face!r} has no attribute {name!r}")
