"""What the clients of Terraform's locks of both faces have in common."""

from __future__ import annotations

import getpass
import os
import socket
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakSet

from .._core.locks.arguments import checked_name, checked_seconds
from .._core.locks.looking import LOOK_TIMEOUT
from .._core.locks.terraform_desk import TerraformDesk
from .._core.subject import checked_table
from .forks import tell_when_forked

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from .._core.locks.desk import Door

C = TypeVar("C")


class BaseTerraformLocks(Generic[C]):
    """What a client of Terraform's locks is told."""

    def __init__(
        self,
        client: C,
        table: str,
        *,
        owner: str | None = None,
        timeout: float = LOOK_TIMEOUT,
    ) -> None:
        """Take the client and the table; no call is made.

        Args:
            client: the DynamoDB client.
            table: the table's name or ARN.
            owner: what locks of ours name as their ``Who``; None: user and host.
            timeout: for how long a call is tried again, in seconds.

        Raises:
            InvalidArgumentError: an argument cannot be right.
            TypeError: it is no client of this face.
        """
        self._table = checked_table(table)
        self._owner = _whoami() if owner is None else checked_name("owner", owner)
        self._timeout = checked_seconds("timeout", timeout)
        self._desks: WeakSet[TerraformDesk] = WeakSet()
        self._set_up(client)
        tell_when_forked(self)

    def __dynawait_forked__(self) -> None:
        """Hold nothing in a child process of the one that does."""
        for desk in list(self._desks):
            desk.keeper.disown(self._new_guard())

    def _new_guard(self) -> AbstractContextManager[Any] | None:
        """Return a plain lock, where there are threads."""
        return None

    def _set_up(self, client: Any) -> None:
        """Take the client, in the manner of the face."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """Return which table it is for, and as whom."""
        return f"<{type(self).__name__} {self._table}: as {self._owner!r}>"

    def _desk(self, door: Door) -> TerraformDesk:
        """Return a desk behind a door."""
        desk = TerraformDesk(
            door,
            self._table,
            owner=self._owner,
            here=f"host={socket.gethostname()} pid={os.getpid()} tool=dynawait",
            version=_version(),
            timeout=self._timeout,
            guard=self._new_guard(),
        )
        self._desks.add(desk)
        return desk


def _whoami() -> str:
    """Return user and host, as Terraform writes them."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # nobody by that number
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


def _version() -> str:
    try:
        return f"dynawait {version('dynawait')}"
    except PackageNotFoundError:  # run from a checkout
        return "dynawait"
