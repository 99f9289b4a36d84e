"""Test what waits for DynamoDB: a control plane that takes its time, in virtual time.

`SimulatedDynamoDB` has in-memory clients, blocking and asynchronous; `simulate` runs
many actors against it deterministically; `SimulatedServer` speaks the real protocol on
loopback; `ControlPlane` is the pure model under them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .actor_clocks import Drift as Drift
from .actor_clocks import Pause as Pause
from .actors import ActorClient as ActorClient
from .actors import ActorTime as ActorTime
from .client_errors import ClientError as ClientError
from .clients import SimulatedAsyncClient as SimulatedAsyncClient
from .clients import SimulatedClient as SimulatedClient
from .clients import SimulatedDynamoDB as SimulatedDynamoDB
from .clock import VirtualClock as VirtualClock
from .faults import Faults as Faults
from .history import Crash as Crash
from .history import Crashed as Crashed
from .history import DeadlockError as DeadlockError
from .history import Happening as Happening
from .history import History as History
from .history import Raised as Raised
from .history import Returned as Returned
from .history import Unfinished as Unfinished
from .model import ControlPlane as ControlPlane
from .model import Durations as Durations
from .model import Ending as Ending
from .model import Limits as Limits
from .model import ServiceFault as ServiceFault
from .service import Call as Call
from .simulation import simulate as simulate
from .trouble import Failure as Failure
from .trouble import Trouble as Trouble
from .trouble import all_end_well as all_end_well
from .trouble import simplest_failure as simplest_failure

if TYPE_CHECKING:
    from .server import SimulatedServer as SimulatedServer

__all__ = [
    "ActorClient",
    "ActorTime",
    "Call",
    "ClientError",
    "ControlPlane",
    "Crash",
    "Crashed",
    "DeadlockError",
    "Drift",
    "Durations",
    "Ending",
    "Failure",
    "Faults",
    "Happening",
    "History",
    "Limits",
    "Pause",
    "Raised",
    "Returned",
    "ServiceFault",
    "SimulatedAsyncClient",
    "SimulatedClient",
    "SimulatedDynamoDB",
    "SimulatedServer",
    "Trouble",
    "Unfinished",
    "VirtualClock",
    "all_end_well",
    "simplest_failure",
    "simulate",
]


def __getattr__(name: str) -> object:
    """Import the server when it is asked for: it alone needs the network's modules."""
    if name == "SimulatedServer":
        from .server import SimulatedServer

        return SimulatedServer
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
