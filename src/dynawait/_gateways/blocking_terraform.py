"""Terraform's and OpenTofu's locks, for threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from .._core.locks import terraform_operations
from .._core.locks.terraform_desk import TerraformDesk
from .blocking_door import ThreadDoor
from .blocking_methods import Methods
from .resources import plain
from .terraform_base import BaseTerraformLocks

if TYPE_CHECKING:
    from ..clients import SyncFaceClient  # noqa: F401 - in a quoted base


_made = Methods[TerraformDesk]("dynawait.sync.locks", "TerraformLocks")


class TerraformLocks(BaseTerraformLocks["SyncFaceClient"]):
    """The lock table of Terraform's or OpenTofu's S3 backend, for threads.

    A path is the row's ``LockID``: ``"bucket/env/prod/app.tfstate"``, in a workspace
    ``"bucket/env:/staging/env/prod/app.tfstate"``.
    """

    __module__ = "dynawait.sync.locks"

    def _set_up(self, client: Any) -> None:
        self._plain = plain(client)
        self._begin()

    def _begin(self) -> None:
        self._door = ThreadDoor(self._plain)
        self._guard = threading.Lock()
        self._last: TerraformDesk | None = None

    inspect: Final = _made.driven(terraform_operations.inspect)
    records: Final = _made.listed(terraform_operations.records)
    assess: Final = _made.driven(terraform_operations.assess)
    unlock: Final = _made.driven(terraform_operations.unlock)
    hold: Final = _made.held(terraform_operations.hold)
    digest: Final = _made.driven(terraform_operations.digest)
    repair_digest: Final = _made.driven(terraform_operations.repair_digest)
    check_permissions: Final = _made.driven(terraform_operations.check_permissions)
    check_table: Final = _made.driven(terraform_operations.check_table)

    def __dynawait_desk__(self) -> TerraformDesk:
        """Return the desk of this process: a fork has none of its parent's turns."""
        with self._guard:
            if self._last is None:
                self._last = self._desk(self._door)
            return self._last

    def __dynawait_forked__(self) -> None:
        """Hold nothing in a child process, whatever its parent's threads were at."""
        super().__dynawait_forked__()
        self._begin()

    def _new_guard(self) -> threading.Lock:
        return threading.Lock()
