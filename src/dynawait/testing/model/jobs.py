"""Something under way on a table, or in an account."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True, eq=False)
class Job:
    """Something under way on a table.

    Attributes:
        kind: what: create, delete, throughput, billing, stream, class, encryption,
            protection, allocate, backfill, index-update, index-delete, replica (the
            table is UPDATING), replica-copy (it is not), or a feature's own word.
        ends: when it is over, in seconds on the plane's clock; infinite: never.
        index: the index, or the replica's Region, that it is about.
        detail: what else a refusal has to name.
        finish: what changes at its end; takes the time of the end.
        aside: whether the table takes no notice, and may even be deleted meanwhile.
        began: when it was started, in seconds; the table sets it.
    """

    kind: str
    ends: float
    index: str | None = None
    detail: str = ""
    finish: Callable[[float], None] | None = None
    aside: bool = False
    began: float = 0.0

    def progress(self, now: float) -> float:
        """Return which part of its time is over, from 0 to 1; 0 if it never ends."""
        if math.isinf(self.ends):
            return 0.0
        whole = self.ends - self.began
        return min(1.0, max(0.0, (now - self.began) / whole)) if whole > 0 else 1.0
