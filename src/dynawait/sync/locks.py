"""Locks kept in a DynamoDB table, for threads: the blocking face of `dynawait.locks`.

A lock client starts one kind of thread, a daemon that renews what is held, and that
ends a moment after nothing is held any more. Names are loaded when they are first asked
for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._gateways.blocking_locks import Lease, LockClient
    from .._gateways.blocking_terraform import TerraformLocks
    from ..locks.assessments import LockAssessment
    from ..locks.backends import Collision, TerraformBackend, find_collisions
    from ..locks.observations import Observations
    from ..locks.outcomes import ReleaseOutcome
    from ..locks.owners import local_owner_alive
    from ..locks.records import LockRecord, TerraformLock
    from ..locks.reports import PermissionReport, TableReport

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
        from ..locks._names import find

        value = globals()[name] = find(__name__, name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
