"""A lock around index changes, so that one process at a time makes those of a table."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from ..errors import ServiceError
from .consent import untouched
from .exits import CommandError
from .shapes import short_name

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from .settings import Settings

LEASE = 30.0


class Budget:
    """The time for a change and for the lock around it, both together."""

    def __init__(self, seconds: float | None) -> None:
        """Begin to count.

        Args:
            seconds: None: for ever.
        """
        self._end = None if seconds is None else monotonic() + seconds

    def left(self) -> float | None:
        """Return the seconds that are left; None: no end."""
        return None if self._end is None else max(0.0, self._end - monotonic())


@contextmanager
def holding(
    settings: Settings,
    lock_table: str | None,
    table: str,
    wait: float | None,
    *,
    lease: float = LEASE,
) -> Generator[Callable[[], object] | None]:
    """Hold the lock of a table while the block runs.

    Args:
        settings: what this run was told.
        lock_table: the table in which it lies; None: there is none to hold.
        table: the table that it is about.
        wait: for how long to wait for it, in seconds; None: for ever.
        lease: after which time without a sign of life others may take it, in seconds.

    Yields:
        What raises when the lock is lost; None where there is none.

    Raises:
        LockError: it could not be had, or was lost.
        CommandError: there is no such table of locks.
    """
    if lock_table is None:
        yield None
        return
    from ..sync.locks import LockClient

    key = f"dynawait:{short_name(table)}"
    settings.output.tell(f"{short_name(table)}: taking the lock {key} in {lock_table}")
    locks = LockClient(settings.dynamodb, lock_table, lease=lease)
    with ExitStack() as stack:
        with untouched(), _existing(lock_table):
            held = stack.enter_context(locks.hold(key, wait=wait))
        yield held.check


@contextmanager
def _existing(lock_table: str) -> Generator[None]:
    """Say how to make the table of the locks where there is none.

    Raises:
        CommandError: there is none.
    """
    try:
        yield
    except ServiceError as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise CommandError(
            f"{lock_table}: there is no such table of locks",
            hint=f"Make it with: dynawait create {lock_table} --key key:S --on-demand",
        ) from error
