"""The command line as a process of its own, on a server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dynawait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PATIENCE = 30.0
LONGEST = 90.0
PROGRAM = (sys.executable, "-m", "dynawait")
NOBODY = {
    "AWS_ACCESS_KEY_ID": "anyone",
    "AWS_SECRET_ACCESS_KEY": "anyone",
    "AWS_DEFAULT_REGION": "us-east-1",
    "PYTHONPATH": str(Path(dynawait.__file__).parents[1]),
    "NO_PROXY": "*",
}


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a user without an account."""
    mine = {
        name: value for name, value in os.environ.items() if not name.startswith("TF_")
    }
    return {**mine, **NOBODY, **(more or {})}


@contextmanager
def running(
    *arguments: str, more: Mapping[str, str] | None = None, **options: Any
) -> Iterator[subprocess.Popen[str]]:
    """Run the command line in a group of its own; nothing of it is left at the end."""
    facts: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "start_new_session": True,
        **options,
    }
    process = subprocess.Popen(
        [*PROGRAM, *arguments], text=True, env=environment(more), **facts
    )
    try:
        with doomed(process.pid):
            yield process
    finally:
        end(process.pid)
        process.wait(PATIENCE)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


@contextmanager
def doomed(group: int) -> Iterator[None]:
    """End a process group that takes too long: whoever reads from it goes on."""
    timer = threading.Timer(LONGEST, end, (group,))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def end(group: int) -> None:
    """Kill what is left of a process group."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def run(
    *arguments: str, more: Mapping[str, str] | None = None, **options: Any
) -> tuple[int, str, str]:
    """Run the command line to its end; return its code, its output and its errors."""
    with running(*arguments, more=more, **options) as process:
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err


def eventually(look: Callable[[], Any]) -> Any:
    """Look until there is something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it has not come")
