"""What Terraform's own log says of the locks that it takes.

Since 1.6 the S3 backend logs each attempt, with the lock ID, before it is made. Nothing
else proves that a lock is that of one process: the row says user and host, which many
have. So Terraform is asked to log, at the level of information, to a file that nobody
else can read.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

_SETTINGS = ("TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER", "TF_LOG_PATH")
_FIELD = re.compile(r'tf_backend\.([a-z.]+)=("(?:[^"\\]|\\.)*"|\S+)')
_MARK = b"tf_backend.lock.id"
_VERSION = re.compile(rb"\bTerraform version: (\d+)\.(\d+)")
_FIRST_TO_TELL = (1, 6)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to take a lock.

    Attributes:
        path: where it lies; empty where the line does not say.
        lock_id: its ID.
    """

    path: str
    lock_id: str


class TerraformLog:
    """The log of the Terraform that is about to run.

    Where the user has a log of his own, it is read, and nothing is set.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """Take the environment; None: ours."""
        found = os.environ if environment is None else environment
        self._is_theirs = any(found.get(name) for name in _SETTINGS)
        self._path = found.get("TF_LOG_PATH") or None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._offset = 0
        self._rest = b""
        self._attempts: dict[Attempt, None] = {}
        self._tells = False

    def __enter__(self) -> Self:
        """Make room for it."""
        if self._is_theirs:
            self._offset = _size_of(self._path)
            return self
        self._folder = tempfile.TemporaryDirectory(
            prefix="dynawait-", ignore_cleanup_errors=True
        )
        self._path = str(Path(self._folder.name, "terraform.log"))
        return self

    def __exit__(self, *_: object) -> None:
        """Remove what is ours: it holds the arguments of the command."""
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def environment(self) -> dict[str, str]:
        """What the command's environment must have."""
        if self._is_theirs or self._path is None:
            return {}
        return {"TF_LOG_CORE": "INFO", "TF_LOG_PATH": self._path}

    def attempts(self) -> tuple[Attempt, ...]:
        """Return the attempts that were logged so far."""
        text = self._rest + self._new()
        *lines, self._rest = text.split(b"\n")
        for line in lines:
            version = _VERSION.search(line)
            if version is not None:
                number = (int(version[1]), int(version[2]))
                self._tells = self._tells or number >= _FIRST_TO_TELL
            attempt = _attempt_in(line)
            if attempt is not None:
                self._attempts[attempt] = None
        return tuple(self._attempts)

    @property
    def tells(self) -> bool:
        """Whether an attempt that was not found in it was not made."""
        return self._tells or bool(self._attempts)

    def _new(self) -> bytes:
        if self._path is None:
            return b""
        try:
            with Path(self._path).open("rb") as file:
                file.seek(self._offset)
                found = file.read()
        except OSError:  # there is none yet
            return b""
        self._offset += len(found)
        return found


def _size_of(path: str | None) -> int:
    try:
        return 0 if path is None else Path(path).stat().st_size
    except OSError:
        return 0


def _attempt_in(line: bytes) -> Attempt | None:
    """Return the attempt that a line of the log tells of; None: it tells of none."""
    if _MARK not in line:
        return None
    fields = _fields(line.decode("utf-8", "replace"))
    lock_id = fields.get("lock.id")
    # An unlocking has the ID of whatever is unlocked.
    if not lock_id or fields.get("operation") != "Lock":
        return None
    return Attempt(fields.get("lock.path", ""), lock_id)


def _fields(line: str) -> dict[str, str]:
    """Return what the backend says in a line, as text or as JSON."""
    if line.lstrip().startswith("{"):
        try:
            found: Any = json.loads(line)
        except ValueError:
            return {}
        return {
            name.removeprefix("tf_backend."): str(value)
            for name, value in cast("dict[str, Any]", found).items()
        }
    return {name: _unquoted(value) for name, value in _FIELD.findall(line)}


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    try:
        return str(json.loads(value))
    except ValueError:  # an escape of Go's that JSON has not
        return value[1:-1]
