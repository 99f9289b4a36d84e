"""A control plane as a pure state machine: what DynamoDB says and refuses, and when.

Nothing here waits, reads a clock of its own, or draws a random number.
"""

from __future__ import annotations

from .account import Ending as Ending
from .durations import Durations as Durations
from .limits import Limits as Limits
from .plane import ControlPlane as ControlPlane
from .refusals import ServiceFault as ServiceFault

__all__ = ["ControlPlane", "Durations", "Ending", "Limits", "ServiceFault"]
