"""Whether the owner of a lock lives: what can be told from this machine."""

from __future__ import annotations

import os
import re
import socket
import sys
from typing import TYPE_CHECKING

from ._dialects.terraform import terraform_lock

if TYPE_CHECKING:
    from .records import LockRecord

_PID = re.compile(r"\bpid=([1-9][0-9]{0,9})\b")
_HOST = re.compile(r"\bhost=(\S+)")


def local_owner_alive(record: LockRecord) -> bool | None:
    """Tell whether the process that holds a lock runs on this machine.

    A row of ours says which process holds it, ``host=runner-7 pid=4711``. Terraform
    itself writes no process ID, so of its own locks nothing can be told. A process ID
    that was given to another process since counts as alive.

    Use it only where the host name belongs to one machine, and where the holder's
    process is in sight: containers that share a host name do not see each other's.

    Args:
        record: the lock.

    Returns:
        None where that cannot be told: another host, no process ID, or Windows.
    """
    lock = terraform_lock(record) if record.dialect == "terraform" else None
    said = (lock.info if lock else record.acquired_by) or ""
    pid, host = _PID.search(said), _HOST.search(said)
    if pid is None or host is None or host[1] != socket.gethostname():
        return None
    return _runs(int(pid[1]))


def _runs(pid: int) -> bool | None:
    if sys.platform == "win32":  # there the signal 0 ends the process
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    except OverflowError:
        return None
    return True
