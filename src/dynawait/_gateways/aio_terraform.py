"""Terraform's and OpenTofu's locks, for tasks of asyncio and trio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._core.locks import terraform_operations
from .._core.locks.terraform_desk import TerraformDesk
from .aio import open_async
from .aio_methods import Methods, desk_here
from .resources import plain
from .terraform_base import BaseTerraformLocks

if TYPE_CHECKING:
    from ..clients import AsyncFaceClient  # noqa: F401 - in a quoted base


_made = Methods[TerraformDesk]("dynawait.locks", "TerraformLocks")


class TerraformLocks(BaseTerraformLocks["AsyncFaceClient"]):
    """The lock table of Terraform's or OpenTofu's S3 backend, for tasks.

    A path is the row's ``LockID``: ``"bucket/env/prod/app.tfstate"``, in a workspace
    ``"bucket/env:/staging/env/prod/app.tfstate"``.
    """

    __module__ = "dynawait.locks"

    def _set_up(self, client: Any) -> None:
        hook = getattr(client, "__dynawait_gateway__", None)
        self.__dynawait_actor__: Any = None if hook is None else hook()
        self._actor = None if hook is None else self._desk(hook())
        self._plain = None if hook is not None else plain(client)

    inspect: Final = _made.awaited(terraform_operations.inspect)
    records: Final = _made.listed(terraform_operations.records)
    assess: Final = _made.awaited(terraform_operations.assess)
    unlock: Final = _made.awaited(terraform_operations.unlock)
    hold: Final = _made.held(terraform_operations.hold)
    digest: Final = _made.awaited(terraform_operations.digest)
    repair_digest: Final = _made.awaited(terraform_operations.repair_digest)
    check_permissions: Final = _made.awaited(terraform_operations.check_permissions)
    check_table: Final = _made.awaited(terraform_operations.check_table)

    def __dynawait_desk__(self) -> TerraformDesk:
        """Return the desk in this event loop, or that of an actor of a simulation."""
        if self._actor is not None:
            return self._actor
        return desk_here(self, lambda: self._desk(open_async(self._plain)))
