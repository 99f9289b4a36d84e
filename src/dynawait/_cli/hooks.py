"""A command of the user that is run for each change."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .exits import CommandError, ExitCode
from .spans import spell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from .output import Output

_PARTING = 1.0


@dataclass(frozen=True, slots=True)
class Hook:
    """A command that is run for each change.

    Attributes:
        command: its words, or the one line that a shell takes.
        timeout: for how long it may run, in seconds.
    """

    command: list[str] | str
    timeout: float

    @classmethod
    def read(cls, text: str, timeout: float, *, shell: bool) -> Self:
        """Read a command.

        Raises:
            CommandError: it is none.
        """
        try:
            words = shlex.split(text, posix=sys.platform != "win32")
        except ValueError as error:
            problem = f"--exec {text!r}: {error}"
            raise CommandError(problem, ExitCode.USAGE) from error
        if not words:
            raise CommandError("--exec: the command is empty", ExitCode.USAGE)
        return cls(text if shell else words, timeout)

    def run(self, change: Mapping[str, Any], output: Output) -> bool:
        """Run it for a change, and tell whether it ended well.

        What it prints goes to standard error, so that results stay as they are.
        """
        problem = self._run(change, output)
        if problem is not None:
            what = f"{change['table']}: --exec {problem}"
            output.complain(what)
            output.record("warning", table=change["table"], message=what)
        return problem is None

    def _run(self, change: Mapping[str, Any], output: Output) -> str | None:
        """Run it, and return what went wrong."""
        try:
            process = self._started(change)
        except OSError as error:
            return f"could not be started: {error.strerror or error}"
        try:
            told, _ = process.communicate(json.dumps(change), timeout=self.timeout)
        except subprocess.TimeoutExpired:
            _end(process)
            return f"was ended, as it ran for more than {spell(self.timeout)}"
        except BaseException:  # after Ctrl-C too nobody would look after it
            _end(process)
            raise
        if told.strip():
            output.complain(told.rstrip())
        code = process.returncode
        if code < 0:
            return f"was ended by signal {-code}"
        return f"failed with exit code {code}" if code else None

    def _started(self, change: Mapping[str, Any]) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - it is the user's own command
            self.command,
            shell=isinstance(self.command, str),
            env={
                **os.environ,
                "DYNAWAIT_TABLE": str(change["table"]),
                "DYNAWAIT_CHANGE": str(change["change"]),
                "DYNAWAIT_NAME": str(change["name"] or ""),
                "DYNAWAIT_BEFORE": str(change["before"] or ""),
                "DYNAWAIT_AFTER": str(change["after"] or ""),
                "DYNAWAIT_TEXT": str(change["text"]),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            # With a group of its own, all that it has started can be ended with it.
            start_new_session=True,
        )


def _end(process: subprocess.Popen[str]) -> None:
    """End a process and all that it has started."""
    if sys.platform == "win32":
        process.kill()
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()
    process.wait(_PARTING)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # what it was told and has not read
                continue
