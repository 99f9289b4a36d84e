"""Which lock a Terraform that has ended left behind, and how certain that is."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from ..processes import is_terraform, running

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from ...sync.locks import TerraformLock
    from ..processes import Process

MARK = "DYNAWAIT_RUN"
"""The variable by which the processes of a run are known."""
_SLACK = timedelta(seconds=1)
_NAMELESS = ("", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is known of a run of Terraform that has ended.

    Attributes:
        command: the command.
        mark: the value of `MARK` in the environment of its processes.
        started: when it was started, by the clock of this machine.
        ended: when it had ended.
        told: the lock IDs that Terraform's own log has named; None: it names none,
            whatever Terraform does.
        before: the lock IDs that were there before it started.
        seen: the lock IDs that were seen at its path while it ran.
    """

    command: Sequence[str]
    mark: str
    started: datetime
    ended: datetime
    told: Collection[str] | None = None
    before: Collection[str] = ()
    seen: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A lock that a run may have left behind.

    Attributes:
        lock: the lock.
        doubt: why it may not be freed; empty where it may.
    """

    lock: TerraformLock
    doubt: str = field(default="")


def judge(run: Run, lock: TerraformLock) -> Finding | None:
    """Tell whether a lock is one that a run has left behind.

    One that Terraform's own log names is the run's. Where the log names none, because
    it is OpenTofu's or an old version's, the lock must have appeared while the run
    lasted, at its path, by its user on its host, and no other Terraform may be alive
    here: whoever took it is dead then. In either case no process of the run may be left
    that could hold it.

    Returns:
        None when it is somebody else's.
    """
    processes = running()
    if run.told is not None:
        if lock.id not in run.told:
            return None
        return Finding(lock, _survivor(run, processes))
    if not _may_be_of(run, lock):
        return None
    return Finding(lock, _survivor(run, processes) or _rival(run, lock, processes))


def _may_be_of(run: Run, lock: TerraformLock) -> bool:
    return (
        lock.id not in run.before
        and lock.who == whoami()
        and run.started - _SLACK <= lock.created <= run.ended + _SLACK
    )


def _survivor(run: Run, processes: Sequence[Process] | None) -> str:
    """Say which process of the run may still hold the lock."""
    if processes is None:
        if is_terraform(run.command[0]):
            return ""
        return "nobody can tell here whether a Terraform that it has started still runs"
    mark = f"{MARK}={run.mark}".encode()
    for process in processes:
        if process.is_terraform and mark in process.environment.split(b"\0"):
            return f"a Terraform of this run still runs (process {process.pid})"
    return ""


def _rival(run: Run, lock: TerraformLock, processes: Sequence[Process] | None) -> str:
    """Say what else could have taken a lock that no log tells of."""
    if lock.id not in run.seen:
        return "it was not seen while this run lasted, so it may be another's"
    host = lock.who.rpartition("@")[2]
    if host.partition(".")[0] in _NAMELESS:
        return f"the host name {host!r} does not tell this machine from others"
    if processes is None:
        return "nobody can tell here whether another Terraform runs that has taken it"
    for process in processes:
        if process.is_terraform:
            return (
                f"another Terraform runs on this machine (process {process.pid}) that "
                "may have taken it"
            )
    return ""


def whoami() -> str:
    """Return what Terraform writes as the owner of its locks: user and host."""
    try:
        import pwd

        user = pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        user = os.environ.get("USER", "")
    return f"{user}@{socket.gethostname()}"
