"""What a lock client has seen, for a process to come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Observations:
    """What a lock client has seen of the locks of others.

    A process that runs for a moment only cannot watch a lock for a whole lease. It
    exports what it has seen, and the next one goes on from there::

        text = locks.observations.export()
        locks = LockClient(client, "locks", observations=text)
    """

    __slots__ = ("_export",)

    def __init__(self, export: Callable[[], str]) -> None:
        """Take what exports them."""
        self._export = export

    def export(self) -> str:
        """Return them as JSON, without any time of a monotonic clock."""
        return self._export()

    def __repr__(self) -> str:
        """Return how many there are."""
        count = len(json.loads(self._export())["observations"])
        noun = "lock" if count == 1 else "locks"
        return f"<{type(self).__name__} of {count} {noun}>"
