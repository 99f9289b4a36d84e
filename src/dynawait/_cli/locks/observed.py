"""What was seen of locks, kept in a file between two runs.

A run lasts for a moment, and a lock is stale only when it was seen unchanged for its
whole lease. So a run writes down what it has seen, and the next one goes on from there.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import InvalidArgumentError
from ..exits import CommandError, ExitCode
from ..files import read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...sync.locks import LockClient

_MODE = 0o666

observations_option = click.option(
    "--observations",
    "observations",
    metavar="FILE",
    help="Remember in FILE what was seen, for the next run to go on from.",
)


class Notebook:
    """A file of observations."""

    def __init__(self, path: str) -> None:
        """Take its path; it need not exist yet."""
        # A link stays one: what it points to is replaced.
        self._path = Path(os.path.realpath(path))
        self._name = path

    def read(self) -> str | None:
        """Return what earlier runs have seen; None where there was none.

        Raises:
            CommandError: the file cannot be read.
        """
        if not self._path.exists():
            return None
        return read_text(self._name) or None

    def opened(self, open_table: Callable[..., LockClient]) -> LockClient:
        """Return a lock client that goes on from what earlier runs have seen.

        Args:
            open_table: makes one, given `observations`.

        Raises:
            CommandError: the file cannot be read, or no earlier run has written it.
        """
        observations = self.read()
        if observations is None:
            return open_table()
        open_table()  # whatever else is wrong shows here
        try:
            return open_table(observations=observations)
        except InvalidArgumentError as error:
            raise CommandError(
                f"{self._name}: these are no observations of an earlier run",
                ExitCode.USAGE,
                hint="Name another file, or delete this one and begin anew.",
            ) from error

    def write(self, locks: LockClient) -> None:
        """Write down what a client has seen, all of it or nothing.

        Raises:
            CommandError: it cannot be written.
        """
        text = locks.observations.export()
        try:
            self._replace(f"{text}\n")
        except OSError as error:
            raise CommandError(
                f"{self._name}: cannot be written ({error.strerror or error}), so the "
                "next run does not know what this one has seen"
            ) from error

    def _replace(self, text: str) -> None:
        handle, name = tempfile.mkstemp(
            dir=self._path.parent, prefix=f".{self._path.name}."
        )
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(self._mode())
            Path(name).replace(self._path)
        except BaseException:  # Ctrl-C too would leave half a file behind
            with suppress(OSError):
                Path(name).unlink()
            raise

    def _mode(self) -> int:
        """Return the permissions of the file that is replaced, or of a new one."""
        with suppress(OSError):
            return self._path.stat().st_mode & 0o7777
        mask = os.umask(0)
        os.umask(mask)
        return _MODE & ~mask


def notebook_at(path: str | None) -> Notebook | None:
    """Return the notebook that the command line names."""
    return None if path is None else Notebook(path)
