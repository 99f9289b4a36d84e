"""A lock of Terraform's that is held while a command runs, so that Terraform waits."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from ...errors import LockError
from ...sync.locks import TerraformLocks
from ..children import Mailbox, supervise
from ..exits import AGAIN, interruptible
from ..meanwhile import meanwhile
from .holding import NOT_STARTED, how_it_went, record_hold, waiting_for

if TYPE_CHECKING:
    from collections.abc import Generator

    from ...sync.locks import TerraformLock
    from ..children import Ending
    from ..settings import Settings
    from .holding import Asked
    from .table import Table


def keep_out(settings: Settings, table: Table, asked: Asked) -> Ending:
    """Run a command under a lock that has no lease, and cannot be lost unnoticed.

    Raises:
        LockTimeoutError: the lock was not obtained, and nothing was started.
        LockLostError: somebody has unlocked it by force, and another holds it.
        LockError: nobody knows whether it was freed at the end.
        CommandError: the command could not be started.
    """
    locks = TerraformLocks(settings.dynamodb, table.name, owner=asked.owner)
    ending: Ending | None = None
    with Mailbox() as mailbox, ExitStack() as last:
        try:
            with _taken(settings, locks, asked) as lock:
                last.enter_context(mailbox.signals())
                ending = supervise(asked.line, asked.environment(ID=lock.id), mailbox)
        except LockError as error:
            error.add_note(NOT_STARTED if ending is None else how_it_went(ending))
            raise
    settings.output.tell(f"{asked.key}: released")
    record_hold(settings, asked, ending, "released")
    return ending


@contextmanager
def _taken(
    settings: Settings, locks: TerraformLocks, asked: Asked
) -> Generator[TerraformLock]:
    """Hold the lock, and say who is waited for."""
    wait = asked.patience(settings)
    before = None if wait == 0 else locks.inspect(asked.key)
    with ExitStack() as stack:
        with interruptible(AGAIN, NOT_STARTED), ExitStack() as waiting:
            if before is not None:
                text = waiting_for(asked.key, before.who, wait)
                waiting.enter_context(meanwhile(settings.output, text))
            holding = locks.hold(asked.key, operation="dynawait locks hold", wait=wait)
            lock = stack.enter_context(holding)
        settings.output.tell(f"{asked.key}: acquired, lock ID {lock.id}")
        yield lock
