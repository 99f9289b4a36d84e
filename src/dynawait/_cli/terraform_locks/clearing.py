"""What is done with the locks that a run of Terraform has left behind."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import DynawaitError, LockMismatchError, UnreadableLockError
from .backend import folder_of
from .leftovers import judge
from .table import unlock_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...sync.locks import TerraformLock, TerraformLocks
    from ..children import Ending
    from ..settings import Settings
    from .leftovers import Finding, Run
    from .table import Source

_LATE = 2.0
"""How long the last call of a process that was killed may be on its way, in seconds."""
_PAUSE = 0.5
_SIGNALLED = 128


class Clearing:
    """Looks for locks after a run, frees those that are its own, and tells of others.

    Nothing in here changes how the run has ended.
    """

    def __init__(
        self, settings: Settings, source: Source, locks: TerraformLocks, run: Run
    ) -> None:
        """Take what is known."""
        self._settings = settings
        self._source = source
        self._locks = locks
        self._run = run
        self._freed: list[str] = []
        self._left: list[dict[str, str]] = []

    def clear(self, paths: tuple[str, ...], ending: Ending) -> None:
        """Free what the run has left behind.

        Args:
            paths: where its locks may lie; empty: nobody knows.
            ending: how it has ended.
        """
        killed = ending.code >= _SIGNALLED
        try:
            for finding in self._findings(paths, killed=killed):
                self._settle(finding)
        except DynawaitError as error:
            self._tell_unknown(error)
        self._tell_of_state(ending)
        self._settings.output.record(
            "run",
            exit=ending.code,
            signal=ending.signal,
            unlocked=self._freed,
            left=self._left,
        )

    def _findings(self, paths: tuple[str, ...], *, killed: bool) -> tuple[Finding, ...]:
        """Look; when it was killed, until its last call must have arrived."""
        deadline = time.monotonic() + (_LATE if killed else 0.0)
        while True:
            locks = self._at(paths) if paths else self._anywhere(killed=killed)
            judged = (judge(self._run, lock) for lock in locks)
            findings = tuple(each for each in judged if each is not None)
            if findings or time.monotonic() >= deadline:
                return findings
            time.sleep(_PAUSE)

    def _at(self, paths: tuple[str, ...]) -> Iterator[TerraformLock]:
        for path in paths:
            try:
                lock = self._locks.inspect(path)
            except UnreadableLockError as error:  # no Terraform has written that
                self._settings.output.complain(str(error))
                continue
            if lock is not None:
                yield lock

    def _anywhere(self, *, killed: bool) -> Iterator[TerraformLock]:
        """Go through the whole table, where there is reason to."""
        if killed:
            yield from self._locks.records()

    def _settle(self, finding: Finding) -> None:
        """Free a lock, or say why not, and what frees it.

        Raises:
            DynawaitError: nobody knows whether it was freed.
        """
        lock = finding.lock
        if finding.doubt:
            self._tell_left(lock, finding.doubt)
            return
        try:
            self._locks.unlock(lock.path, lock.id)
        except LockMismatchError:  # it has gone by itself, and that is all we want
            return
        self._freed.append(lock.id)
        self._settings.output.record(
            "unlock",
            path=lock.path,
            lock_id=lock.id,
            who=lock.who,
            operation=lock.operation,
            created=lock.created,
        )
        self._settings.output.tell(
            f"{lock.path}: this run left its lock behind ({lock.operation}, lock ID "
            f"{lock.id}): unlocked"
        )
        backend = self._source.backend
        if backend is not None and backend.lockfile:
            self._settings.output.complain(
                "This backend keeps a lock in S3 as well (use_lockfile), which may be "
                f"left: terraform force-unlock {lock.id}"
            )

    def _tell_left(self, lock: TerraformLock, doubt: str) -> None:
        line = self._unlock_command(lock.path, lock.id)
        self._left.append({"path": lock.path, "lock_id": lock.id, "doubt": doubt})
        self._settings.output.complain(
            f"{lock.path}: a lock is left, which {lock.who} took at {lock.created} "
            f"({lock.operation}, lock ID {lock.id}). It was not freed: {doubt}. When "
            f"you are sure that its holder is dead:\n    {line}"
        )

    def _tell_unknown(self, error: DynawaitError) -> None:
        """Say that nobody knows what is left, and how to find out."""
        table = self._source.table
        self._settings.output.complain(
            f"Whether a lock is left cannot be told: {error}. To look:\n"
            f"    dynawait terraform locks --lock-table {table}"
        )
        self._left.append({"path": "", "lock_id": "", "doubt": str(error)})

    def _tell_of_state(self, ending: Ending) -> None:
        """Tell of a state that Terraform could not put into its backend."""
        file = folder_of(self._run.command) / "errored.tfstate"
        try:
            written = file.stat().st_mtime
        except OSError:  # there is none, as it should be
            return
        if ending.code and written >= self._run.started.timestamp():
            self._settings.output.complain(
                f"Terraform could not save the state and left it in {Path(file)}. Put "
                "it into the backend before anything else runs: terraform state push "
                f"{file.name}"
            )

    def _unlock_command(self, path: str, lock_id: str) -> str:
        return unlock_command(self._settings, self._source.table, path, lock_id)
