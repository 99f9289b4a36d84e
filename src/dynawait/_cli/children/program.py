"""Whether a command can be started at all, known before anything is locked for it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ..exits import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

# As shells have it.
NOT_EXECUTABLE = 126
NOT_FOUND = 127


def find_program(command: Sequence[str]) -> None:
    """See that the program of a command is there and may be run.

    Raises:
        CommandError: it is not, or may not.
    """
    program = command[0]
    if shutil.which(program) is not None:
        return
    if os.path.dirname(program) and Path(program).exists():  # noqa: PTH120 - "./x" has one
        raise CommandError(f"{program}: it cannot be executed", NOT_EXECUTABLE)
    raise CommandError(f"{program}: command not found", NOT_FOUND)


def not_started(command: Sequence[str], error: OSError) -> CommandError:
    """Return what to raise for a command that did not start."""
    missing = isinstance(error, FileNotFoundError)
    code = NOT_FOUND if missing else NOT_EXECUTABLE
    return CommandError(f"{command[0]}: {error.strerror or error}", code)
