"""Locks kept in a DynamoDB table, by clients that know what they do not know.

`LockClient` is for tasks of asyncio and trio; `dynawait.sync.locks` has the one for
threads. Names are loaded when they are first asked for, as in `dynawait` itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._gateways.aio_locks import Lease as Lease
    from .._gateways.aio_locks import LockClient as LockClient
    from .._gateways.aio_terraform import TerraformLocks as TerraformLocks
    from .assessments import LockAssessment as LockAssessment
    from .backends import Collision as Collision
    from .backends import TerraformBackend as TerraformBackend
    from .backends import find_collisions as find_collisions
    from .observations import Observations as Observations
    from .outcomes import ReleaseOutcome as ReleaseOutcome
    from .owners import local_owner_alive as local_owner_alive
    from .records import LockRecord as LockRecord
    from .records import TerraformLock as TerraformLock
    from .reports import PermissionReport as PermissionReport
    from .reports import TableReport as TableReport

__all__ = [
    "Collision",
    "Lease",
    "LockAssessment",
    "LockClient",
    "LockRecord",
    "Observations",
    "PermissionReport",
    "ReleaseOutcome",
    "TableReport",
    "TerraformBackend",
    "TerraformLock",
    "TerraformLocks",
    "find_collisions",
    "local_owner_alive",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from ._names import find

        value = globals()[name] = find(__name__, name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
