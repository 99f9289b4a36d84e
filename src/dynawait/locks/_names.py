"""The public names of locks, and the modules that hold them: one list for both faces.

They are loaded when they are first asked for, as those of `dynawait` itself.
"""

from __future__ import annotations

from importlib import import_module

VALUES = {
    "Collision": "locks.backends",
    "LockAssessment": "locks.assessments",
    "LockRecord": "locks.records",
    "Observations": "locks.observations",
    "PermissionReport": "locks.reports",
    "ReleaseOutcome": "locks.outcomes",
    "TableReport": "locks.reports",
    "TerraformBackend": "locks.backends",
    "TerraformLock": "locks.records",
    "find_collisions": "locks.backends",
    "local_owner_alive": "locks.owners",
}
CLIENTS = {
    "dynawait.locks": {
        "Lease": "_gateways.aio_locks",
        "LockClient": "_gateways.aio_locks",
        "TerraformLocks": "_gateways.aio_terraform",
    },
    "dynawait.sync.locks": {
        "Lease": "_gateways.blocking_locks",
        "LockClient": "_gateways.blocking_locks",
        "TerraformLocks": "_gateways.blocking_terraform",
    },
}


def find(face: str, name: str) -> object:
    """Return what a name stands for in a face.

    Raises:
        AttributeError: there is no such name.
    """
    place = {**VALUES, **CLIENTS[face]}.get(name)
    if place is None:
        raise AttributeError(f"module {face!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"dynawait.{place}"), name)
    return found
