"""Waiters and safe operation wrappers for DynamoDB: the blocking face.

Every function takes a boto3 client or ``Table`` and returns when it is done. It is the
same core as `dynawait`, run straight through in the calling thread: no event loop, no
hidden thread, so Ctrl-C, debuggers and AWS Lambda behave as they do for boto3 itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from .._core import advance as _advance
    from .._core import anything as _anything
    from .._core import indexes as _indexes
    from .._core import jobs as _jobs
    from .._core import probes as _probes
    from .._core import regions as _regions
    from .._core import settings as _settings
    from .._core import tables as _tables
    from .._core.planner import plan_create as plan_create
    from .._core.planner import plan_delete as plan_delete
    from .._core.planner import plan_index_changes as plan_index_changes
    from .._core.planner import plan_update as plan_update
    from .._gateways.blocking_queue import IndexChangeQueue as IndexChangeQueue
    from .._gateways.faces import blocking as _face
    from .._gateways.typed import backups as _b
    from .._gateways.typed import settings as _s
    from .._gateways.typed import tables as _t
    from ..changes import CreateIndex as CreateIndex
    from ..changes import CreateVectorIndex as CreateVectorIndex
    from ..changes import DeleteIndex as DeleteIndex
    from ..changes import DeleteVectorIndex as DeleteVectorIndex
    from ..changes import ReplaceIndex as ReplaceIndex
    from ..changes import UpdateIndex as UpdateIndex
    from ..clients import SyncFaceClient as _C
    from ..conditions import Condition as Condition
    from ..conditions import Verdict as Verdict
    from ..conditions import billing_mode as billing_mode
    from ..conditions import deletion_protection as deletion_protection
    from ..conditions import encryption_settled as encryption_settled
    from ..conditions import indexes_absent as indexes_absent
    from ..conditions import indexes_active as indexes_active
    from ..conditions import indexes_started as indexes_started
    from ..conditions import parse_condition as parse_condition
    from ..conditions import quiet as quiet
    from ..conditions import replicas_absent as replicas_absent
    from ..conditions import replicas_active as replicas_active
    from ..conditions import restored as restored
    from ..conditions import satisfies as satisfies
    from ..conditions import stream_disabled as stream_disabled
    from ..conditions import stream_enabled as stream_enabled
    from ..conditions import table_absent as table_absent
    from ..conditions import table_active as table_active
    from ..conditions import table_class as table_class
    from ..conditions import throughput as throughput
    from ..conditions import vector_indexes_absent as vector_indexes_absent
    from ..conditions import vector_indexes_active as vector_indexes_active
    from ..conditions import warm_throughput_settled as warm_throughput_settled
    from ..conditions import witnesses_absent as witnesses_absent
    from ..conditions import witnesses_active as witnesses_active
    from ..errors import ChangeError as ChangeError
    from ..errors import ChangeTimeoutError as ChangeTimeoutError
    from ..errors import DynawaitError as DynawaitError
    from ..errors import GlobalTableLockError as GlobalTableLockError
    from ..errors import ImpossibleError as ImpossibleError
    from ..errors import IndexConflictError as IndexConflictError
    from ..errors import InvalidArgumentError as InvalidArgumentError
    from ..errors import LockError as LockError
    from ..errors import LockLostError as LockLostError
    from ..errors import LockMismatchError as LockMismatchError
    from ..errors import LockTimeoutError as LockTimeoutError
    from ..errors import OutcomeUnknownError as OutcomeUnknownError
    from ..errors import PlanError as PlanError
    from ..errors import QueueClosedError as QueueClosedError
    from ..errors import QuotaError as QuotaError
    from ..errors import ServiceError as ServiceError
    from ..errors import TableConflictError as TableConflictError
    from ..errors import TableGoneError as TableGoneError
    from ..errors import UnreadableLockError as UnreadableLockError
    from ..errors import UnreadableResponseError as UnreadableResponseError
    from ..errors import WaitError as WaitError
    from ..errors import WaitTimeoutError as WaitTimeoutError
    from ..events import Event as Event
    from ..events import LoggingObserver as LoggingObserver
    from ..events import Progress as Progress
    from ..events import Writer as Writer
    from ..plans import Advance as Advance
    from ..plans import ChangeResult as ChangeResult
    from ..plans import Plan as Plan
    from ..plans import Step as Step
    from ..polling import Polling as Polling
    from ..recommended import recommended_config as recommended_config
    from ..states import BackupsState as BackupsState
    from ..states import BackupState as BackupState
    from ..states import ContributorInsightsState as ContributorInsightsState
    from ..states import ExportState as ExportState
    from ..states import ImportState as ImportState
    from ..states import IndexState as IndexState
    from ..states import KinesisDestinationState as KinesisDestinationState
    from ..states import ReplicaState as ReplicaState
    from ..states import ResourcePolicyState as ResourcePolicyState
    from ..states import TableState as TableState
    from ..states import TimeToLiveState as TimeToLiveState
    from ..states import VectorIndexState as VectorIndexState

    describe: Final = _face(_anything.describe)
    indexes_queryable: Final = _face(_probes.indexes_queryable)
    table_writable: Final = _face(_probes.table_writable)
    wait_for: Final = _face(_anything.wait_for)
    wait_for_all: Final = _face(_anything.wait_for_all)
    wait_for_backup: Final = _face(_jobs.wait_for_backup)
    wait_for_contributor_insights: Final = _face(
        _settings.wait_for_contributor_insights
    )
    wait_for_encryption: Final = _face(_tables.wait_for_encryption)
    wait_for_export: Final = _face(_jobs.wait_for_export)
    wait_for_import: Final = _face(_jobs.wait_for_import)
    wait_for_indexes_active: Final = _face(_indexes.wait_for_indexes_active)
    wait_for_indexes_deleted: Final = _face(_indexes.wait_for_indexes_deleted)
    wait_for_kinesis_destination: Final = _face(_settings.wait_for_kinesis_destination)
    wait_for_point_in_time_recovery: Final = _face(
        _settings.wait_for_point_in_time_recovery
    )
    wait_for_quiet: Final = _face(_tables.wait_for_quiet)
    wait_for_replicas_active: Final = _face(_regions.wait_for_replicas_active)
    wait_for_replicas_deleted: Final = _face(_regions.wait_for_replicas_deleted)
    wait_for_resource_policy: Final = _face(_settings.wait_for_resource_policy)
    wait_for_restore: Final = _face(_tables.wait_for_restore)
    wait_for_stream: Final = _face(_tables.wait_for_stream)
    wait_for_table_active: Final = _face(_tables.wait_for_table_active)
    wait_for_table_deleted: Final = _face(_tables.wait_for_table_deleted)
    wait_for_time_to_live: Final = _face(_settings.wait_for_time_to_live)
    wait_for_vector_indexes_active: Final = _face(
        _indexes.wait_for_vector_indexes_active
    )
    wait_for_vector_indexes_deleted: Final = _face(
        _indexes.wait_for_vector_indexes_deleted
    )
    wait_for_warm_throughput: Final = _face(_tables.wait_for_warm_throughput)
    wait_for_witnesses_active: Final = _face(_regions.wait_for_witnesses_active)
    wait_for_witnesses_deleted: Final = _face(_regions.wait_for_witnesses_deleted)
    _P: TypeAlias = Plan
    _R: TypeAlias = ChangeResult
    _E: TypeAlias = ChangeResult | Plan
    advance: Final = _face(_advance.advance)
    safe_create_table: _t.CreateTable[_C, _P, _R, _E]
    safe_delete_table: _t.DeleteTable[_C, _P, _R, _E]
    safe_update_table: _t.UpdateTable[_C, _P, _R, _E]
    apply_index_changes: _t.ApplyIndexChanges[_C, _P, _R, _E]
    safe_update_time_to_live: _s.UpdateTimeToLive[_C, _P, _R, _E]
    safe_update_continuous_backups: _s.UpdateContinuousBackups[_C, _P, _R, _E]
    safe_tag_resource: _s.TagResource[_C, _P, _R, _E]
    safe_untag_resource: _s.UntagResource[_C, _P, _R, _E]
    safe_enable_kinesis_streaming_destination: _s.EnableKinesis[_C, _P, _R, _E]
    safe_disable_kinesis_streaming_destination: _s.DisableKinesis[_C, _P, _R, _E]
    safe_update_contributor_insights: _s.UpdateContributorInsights[_C, _P, _R, _E]
    safe_create_backup: _b.CreateBackup[_C, _P, _R, _E]
    safe_restore_table_from_backup: _b.RestoreTableFromBackup[_C, _P, _R, _E]
    safe_restore_table_to_point_in_time: _b.RestoreTableToPointInTime[_C, _P, _R, _E]

else:
    from .._names import ALL as _ALL
    from .._names import find as _find

    __all__ = [*_ALL]

    def __getattr__(name: str) -> object:
        value = _find(__name__, name, "blocking")
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_ALL})
