"""Somebody beside us who tells whether a signal was meant for all of us.

A terminal sends Ctrl-C to a whole process group, and so do `timeout` and many CI
runners; systemd and others signal each process of a job. The command has such a signal
already, and must not have it twice: Terraform, for one, takes a second interrupt for
the order to drop everything. Others send a signal to us alone, and then it is ours to
pass on. Nothing in a signal tells which it was. But a bystander in the same group, who
dies of whatever comes, does.
"""

from __future__ import annotations

import subprocess
from typing import Self

_BYSTANDER = ("/bin/sh", "-c", "ulimit -c 0; exec cat")
"""It lives for as long as we hold its input open, and leaves no core."""
PATIENCE = 0.5
"""For how long a signal to all may take to reach the last, in seconds."""


class Sentinel:
    """A bystander, who is replaced when it has died."""

    def __init__(self) -> None:
        """Nobody is there yet."""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Put one up."""
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        """Send it home."""
        self._end()

    def heard(self, number: int) -> bool:
        """Tell whether a signal that has reached us was sent to all of us."""
        if self._process is None:
            return False
        try:
            code = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            return False
        self.renew()
        return code == -number

    def renew(self) -> None:
        """Put up a new one: that which is there may be stopped, and hear nothing."""
        self._end()
        self._start()

    def _start(self) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - its words are ours
                _BYSTANDER,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError:  # no shell here: every signal is taken for one to us alone
            self._process = None

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()
