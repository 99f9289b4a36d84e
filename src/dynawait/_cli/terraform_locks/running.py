"""A run of Terraform, from its start to what it leaves behind."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from ...errors import DynawaitError, UnreadableLockError
from ...sync.locks import TerraformLocks
from ..children import Mailbox, supervise
from .backend import backend_of
from .clearing import Clearing
from .leftovers import MARK, Run
from .log import TerraformLog

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from ..children import Ending
    from ..settings import Settings
    from .table import Source

_EACH = 2.0
"""How often the lock is looked at while Terraform runs, in seconds."""


def run_terraform(
    settings: Settings, source: Source, command: Sequence[str], path: str | None
) -> Ending:
    """Run Terraform, and free the lock that it leaves behind.

    Args:
        settings: the options of the command line.
        source: where the locks lie.
        command: Terraform and its arguments.
        path: where its lock lies; None: as its folder says.

    Raises:
        CommandError: it could not be started.
        ServiceError: its lock could not be looked at before the start.
    """
    locks = TerraformLocks(settings.dynamodb, source.table)
    if path is None and source.backend is not None:
        path = source.backend.path
    watcher = _Watcher(locks, path)
    watcher.look_before()
    mark = uuid4().hex
    with TerraformLog() as log, Mailbox() as mailbox, mailbox.signals():
        started = datetime.now(UTC)
        with watcher.looking():
            ending = supervise(command, {**log.environment, MARK: mark}, mailbox)
        attempts = log.attempts()
        run = Run(
            command=command,
            mark=mark,
            started=started,
            ended=datetime.now(UTC),
            told={each.lock_id for each in attempts} if log.tells else None,
            before=watcher.before,
            seen=frozenset(watcher.seen),
        )
        # `terraform init` may just have written it.
        backend = source.backend or backend_of(command)
        known = path or (None if backend is None else backend.path)
        paths = [attempt.path for attempt in attempts if attempt.path]
        if known is not None:
            paths.append(known)
        Clearing(settings, source, locks, run).clear(
            tuple(dict.fromkeys(paths)), ending
        )
    return ending


class _Watcher:
    """Notes which lock IDs lie at a path, before Terraform runs and while it does."""

    def __init__(self, locks: TerraformLocks, path: str | None) -> None:
        self.before: frozenset[str] = frozenset()
        self.seen: set[str] = set()
        self._locks = locks
        self._path = path

    def look_before(self) -> None:
        """Look before the start.

        Raises:
            ServiceError: that is not permitted, or there was no answer.
        """
        if self._path is None:
            return
        try:
            lock = self._locks.inspect(self._path)
        except UnreadableLockError:  # Terraform will say so itself
            return
        if lock is not None:
            self.before = frozenset({lock.id})

    @contextmanager
    def looking(self) -> Generator[None]:
        """Go on looking while the block runs."""
        if self._path is None:
            yield
            return
        over = threading.Event()
        arguments = (self._path, over)
        threading.Thread(target=self._look_on, args=arguments, daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def _look_on(self, path: str, over: threading.Event) -> None:
        while not over.wait(_EACH):
            try:
                lock = self._locks.inspect(path)
            except DynawaitError:  # what was not seen counts as such
                continue
            if lock is not None and not over.is_set():
                self.seen.add(lock.id)
