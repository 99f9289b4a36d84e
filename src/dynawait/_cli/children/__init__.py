"""Commands that run under ours: their signals, and how they end.

A command is a child in our own process group, as if it had been started without us. So
a terminal sends Ctrl-C and Ctrl-Z to both, and both are ended by whoever ends the group
for good. Signals that reach us alone are passed on.
"""

from __future__ import annotations

from .mailbox import Mailbox
from .program import find_program
from .supervise import Ending, supervise

__all__ = ["Ending", "Mailbox", "find_program", "supervise"]
