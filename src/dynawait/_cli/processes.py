"""The processes of this machine, as far as it shows them."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC = Path("/proc")
_ENDED = ("Z", "X")
_TERRAFORM = re.compile(r"(terraform|tofu)([-_.]?v?\d[\w.-]*)?(\.exe)?", re.IGNORECASE)
_FRONT = 3
"""How many words of a command line may name the program: an interpreter comes first."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that runs.

    Attributes:
        pid: its number.
        words: its command line.
        environment: what it was started with; empty where that cannot be read.
    """

    pid: int
    words: tuple[str, ...]
    environment: bytes = b""

    @property
    def is_terraform(self) -> bool:
        """Whether it is Terraform or OpenTofu, and none of their plugins."""
        return any(is_terraform(word) for word in self.words[:_FRONT])


def is_terraform(program: str) -> bool:
    """Tell whether a program is Terraform or OpenTofu, by its name."""
    return _TERRAFORM.fullmatch(Path(program).name) is not None


def running() -> tuple[Process, ...] | None:
    """Return the processes that run; None where the platform does not show them."""
    if not (_PROC / "self" / "stat").exists():
        return None
    return tuple(_each())


def is_running(pid: int) -> bool | None:
    """Tell whether a process runs; one that waits for its parent's notice does not.

    Returns:
        None where that cannot be told: Windows.
    """
    if sys.platform == "win32":  # there the signal 0 ends the process
        return None
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        return True
    return _state(_PROC / str(pid)) not in _ENDED


def _each() -> Iterator[Process]:
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        words = _read(folder / "cmdline")
        if not words or _state(folder) in _ENDED:
            continue
        yield Process(
            int(folder.name),
            tuple(os.fsdecode(word) for word in words.rstrip(b"\0").split(b"\0")),
            _read(folder / "environ"),
        )


def _state(folder: Path) -> str:
    """Return the letter of a process's state; nothing where it is not shown."""
    # Its name stands in brackets before it, and may hold anything.
    _, _, rest = _read(folder / "stat").rpartition(b") ")
    return rest[:1].decode()


def _read(file: Path) -> bytes:
    """Return what a file of a process says; nothing where that is not ours to know."""
    try:
        return file.read_bytes()
    except OSError:  # it has ended, or is somebody else's
        return b""
