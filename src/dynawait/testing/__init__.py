"""Test what waits for DynamoDB: a control plane that takes its time, in virtual time.

`SimulatedDynamoDB` has in-memory clients, blocking and asynchronous; `simulate` runs
many actors against it deterministically; `SimulatedServer` speaks the real protocol on
loopback; `ControlPlane` is the pure model under them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .client_errors import ClientError as ClientError
from .clients import SimulatedDynamoDB as SimulatedDynamoDB
from .clock import VirtualClock as VirtualClock
from .faults import Faults as Faults
from .history import Crash as Crash
from .history import Crashed as Crashed
from .history import DeadlockError as DeadlockError
from .history import History as History
from .history import Raised as Raised
from .history import Returned as Returned
from .history import Unfinished as Unfinished
from .model import ControlPlane as ControlPlane
from .model import Durations as Durations
from .model import ServiceFault as ServiceFault
from .service import Call as Call
from .simulation import simulate as simulate

if TYPE_CHECKING:
    from .server import SimulatedServer as SimulatedServer

__all__ = [
    "Call",
    "ClientError",
    "ControlPlane",
    "Crash",
    "Crashed",
    "DeadlockError",
    "Durations",
    "Faults",
    "History",
    "Raised",
    "Returned",
    "ServiceFault",
    "SimulatedDynamoDB",
    "SimulatedServer",
    "Unfinished",
    "VirtualClock",
    "simulate",
]


def __getattr__(name: str) -> object:
    """Import the server when it is asked for: it alone needs the network's modules."""
    if name == "SimulatedServer":
        from .server import SimulatedServer

        return SimulatedServer
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
