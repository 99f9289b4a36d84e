"""Async waiters and safe operation wrappers for DynamoDB: the async face.

Every function that talks to DynamoDB is awaited, under asyncio or trio, and takes an
aiobotocore client, a boto3 client or a boto3 ``Table``. `dynawait.sync` has the same
names for code that blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Final

    from ._core import anything as _anything
    from ._core import indexes as _indexes
    from ._core import jobs as _jobs
    from ._core import probes as _probes
    from ._core import regions as _regions
    from ._core import settings as _settings
    from ._core import tables as _tables
    from ._gateways.faces import asynchronous as _face
    from .conditions import Condition as Condition
    from .conditions import Verdict as Verdict
    from .conditions import billing_mode as billing_mode
    from .conditions import deletion_protection as deletion_protection
    from .conditions import encryption_settled as encryption_settled
    from .conditions import indexes_absent as indexes_absent
    from .conditions import indexes_active as indexes_active
    from .conditions import indexes_started as indexes_started
    from .conditions import parse_condition as parse_condition
    from .conditions import quiet as quiet
    from .conditions import replicas_absent as replicas_absent
    from .conditions import replicas_active as replicas_active
    from .conditions import restored as restored
    from .conditions import satisfies as satisfies
    from .conditions import stream_disabled as stream_disabled
    from .conditions import stream_enabled as stream_enabled
    from .conditions import table_absent as table_absent
    from .conditions import table_active as table_active
    from .conditions import table_class as table_class
    from .conditions import throughput as throughput
    from .conditions import vector_indexes_absent as vector_indexes_absent
    from .conditions import vector_indexes_active as vector_indexes_active
    from .conditions import warm_throughput_settled as warm_throughput_settled
    from .conditions import witnesses_absent as witnesses_absent
    from .conditions import witnesses_active as witnesses_active
    from .errors import DynawaitError as DynawaitError
    from .errors import ImpossibleError as ImpossibleError
    from .errors import InvalidArgumentError as InvalidArgumentError
    from .errors import ServiceError as ServiceError
    from .errors import TableGoneError as TableGoneError
    from .errors import UnreadableResponseError as UnreadableResponseError
    from .errors import WaitError as WaitError
    from .errors import WaitTimeoutError as WaitTimeoutError
    from .events import Event as Event
    from .polling import Polling as Polling
    from .recommended import recommended_config as recommended_config
    from .states import BackupsState as BackupsState
    from .states import BackupState as BackupState
    from .states import ContributorInsightsState as ContributorInsightsState
    from .states import ExportState as ExportState
    from .states import ImportState as ImportState
    from .states import IndexState as IndexState
    from .states import KinesisDestinationState as KinesisDestinationState
    from .states import ReplicaState as ReplicaState
    from .states import ResourcePolicyState as ResourcePolicyState
    from .states import TableState as TableState
    from .states import TimeToLiveState as TimeToLiveState
    from .states import VectorIndexState as VectorIndexState

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

else:
    from ._names import ALL as _ALL
    from ._names import find as _find

    __all__ = [*_ALL]

    def __getattr__(name: str) -> object:
        value = _find(__name__, name, "asynchronous")
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_ALL})
