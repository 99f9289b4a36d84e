"""How the command line of a page is run, and its output compared.

A block marked ``console`` is what a terminal shows: ``$`` and a command, then what it
prints. `dynawait` runs in this process, on a simulated account whose time is virtual;
``echo $?`` prints its last exit code. A block marked ``yaml`` that begins with
``# name.yaml`` is a file of that name.
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from dynawait.testing import SimulatedDynamoDB

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMAND = re.compile(r"^\$ (.*(?:\\\n.*)*)\n", re.MULTILINE)
_FILE = re.compile(r"# ([\w.-]+\.yaml)\n")


@dataclass
class Shell:
    """Somebody at a terminal, with files and an account.

    Attributes:
        code: the last exit code.
    """

    code: int = 0
    _files: dict[str, str] = field(default_factory=dict)
    _client: Any = field(default_factory=lambda: SimulatedDynamoDB(seed=1).client())

    def keep(self, text: str) -> None:
        """Write a file that says its name in its first line."""
        name = _FILE.match(text)
        if name is not None:
            self._files[name[1]] = text

    def run(self, line: str) -> str:
        """Run a command, and return what a terminal would show."""
        if line == "echo $?":
            return f"{self.code}\n"
        program, *arguments = shlex.split(line.replace("\\\n", ""))
        if program != "dynawait":
            raise ValueError(f"this shell knows no {program}")
        from dynawait._cli.run import run
        from dynawait._cli.settings import Settings

        shown = StringIO()
        account = mock.patch.object(Settings, "client", return_value=self._client)
        size = mock.patch.dict(os.environ, {"COLUMNS": "80"})
        streams = redirect_stdout(shown), redirect_stderr(shown)
        with account, size, self._folder(), streams[0], streams[1]:
            self.code = run(arguments)
        return shown.getvalue()

    @contextmanager
    def _folder(self) -> Iterator[None]:
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            for name, text in self._files.items():
                Path(name).write_text(text, encoding="utf-8")
            yield


def steps(block: str) -> Iterator[tuple[str, str]]:
    """Yield the commands of a block, each with what the page says it prints."""
    _, *parts = _COMMAND.split(block.rstrip("\n") + "\n")
    yield from zip(parts[::2], parts[1::2], strict=True)
