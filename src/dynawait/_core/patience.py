"""The options that every wait takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from ..errors import InvalidArgumentError
from ..polling import DEFAULT_POLLING, Polling, checked_timeout

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import TypeAlias

    from ..events import Observer

    Missing: TypeAlias = Literal["wait", "fail"]

# Default budgets, in seconds. Creating a table takes seconds, adding an index to a
# small one up to twenty minutes, and copying a large table to a Region up to hours.
TABLE_TIMEOUT = 600.0
INDEX_TIMEOUT = 3600.0
REPLICA_TIMEOUT = 14_400.0


@dataclass(frozen=True, slots=True)
class Patience:
    """The options that every wait takes.

    Attributes:
        timeout: the budget of the whole call, in seconds; None: for ever.
        polling: how often to look; None: the default schedule.
        on_event: whom to tell.
        missing: what to do while something does not exist.
        started: when the call began, in seconds on the gateway's clock; None: now.
        paced: since when the looks have grown rarer; None: they begin anew.
        logs: whether the wait is logged; one within a change is in the change's words.
        on_look: whom to tell, of each look that is about to be judged, when its call
            was sent, by the clock and by date: what it shows may be as old as that.
    """

    timeout: float | None
    polling: Polling | None = None
    on_event: Observer | None = None
    missing: Missing = "wait"
    started: float | None = None
    paced: float | None = None
    logs: bool = True
    on_look: Callable[[float, datetime | None], object] | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be right, before anything is called."""
        checked_timeout(self.timeout)
        polling: Any = self.polling
        if polling is not None and not isinstance(polling, Polling):
            problem = f"expected a Polling or None, got {polling!r}"
            raise InvalidArgumentError("polling", problem)
        if self.missing not in ("wait", "fail"):
            problem = f'expected "wait" or "fail", got {self.missing!r}'
            raise InvalidArgumentError("missing", problem)

    def since(self, started: float) -> Patience:
        """Return the same patience, counted from a moment in the past."""
        return replace(self, started=started)

    def left(self, now: float) -> float | None:
        """Return how much of the budget is left, in seconds; None: no end."""
        if self.timeout is None:
            return None
        began = now if self.started is None else self.started
        return max(0.0, began + self.timeout - now)

    @property
    def schedule(self) -> Polling:
        """Return the schedule that holds."""
        return self.polling or DEFAULT_POLLING
