"""One table of Terraform's locks, in one runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...locks._dialects.terraform import DIGEST_SUFFIX
from ...locks.dialects import TERRAFORM
from ...locks.keys import PARTITION_KEY_BYTES, checked_key
from .dynamo import DynamoStore
from .keeper import Keeper, Settings
from .terraform_hold import Saying

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Any

    from ...locks.dialects import Dialect
    from .desk import Door


class TerraformDesk:
    """A client of Terraform's locks at work.

    Attributes:
        door: the way out.
        table: the table's name or ARN.
        owner: what locks of ours name as their ``Who``.
        timeout: for how long a call is tried again, in seconds.
        keeper: what its coroutines share.
        dialect: how the rows are laid out.
    """

    def __init__(
        self,
        door: Door,
        table: str,
        *,
        owner: str,
        here: str,
        version: str,
        timeout: float,
        guard: AbstractContextManager[Any] | None = None,
    ) -> None:
        """Open it.

        Args:
            door: the gateway.
            table: the table's name or ARN.
            owner: what locks of ours name as their ``Who``.
            here: which process this is.
            version: of this library.
            timeout: for how long a call is tried again, in seconds.
            guard: a plain lock, where there are threads.
        """
        self.door: Door = door
        self.table: str = table
        self.owner: str = owner
        self.timeout: float = timeout
        self.dialect: Dialect = TERRAFORM
        self.keeper: Keeper = Keeper(
            door,
            DynamoStore(door, table, TERRAFORM, clock=door.boottime),
            Settings(owner=owner, dialect=TERRAFORM, table=table),
            guard=guard,
        )
        self._here = here
        self._version = version

    def says(self, operation: str, info: str) -> Saying:
        """Return what a lock of this process says of itself."""
        return Saying(
            operation=operation,
            info=info or self._here,
            who=self.owner,
            version=self._version,
        )


def checked_path(path: str) -> str:
    """Return a path as it is.

    Raises:
        InvalidArgumentError: it cannot be the key of a lock and of its digest.
    """
    return checked_key("path", path, PARTITION_KEY_BYTES - len(DIGEST_SUFFIX))
