"""Telling observers and the log what happens, so that neither can do harm."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ..errors import InvalidArgumentError
from ..events import Event

if TYPE_CHECKING:
    from ..events import Observer

logging.getLogger("dynawait").addHandler(logging.NullHandler())
log = logging.getLogger("dynawait.wait")

_LEVELS = {
    "wait.started": logging.DEBUG,
    "wait.changed": logging.INFO,
    "wait.continued": logging.INFO,
    "wait.missing": logging.WARNING,
    "wait.warned": logging.WARNING,
    "wait.retried": logging.WARNING,
    "wait.finished": logging.INFO,
    "wait.failed": logging.INFO,
}


class Observers:
    """The observer that a caller gave, dropped for good when it raises."""

    __slots__ = ("on_event",)

    def __init__(self, on_event: Observer | None) -> None:
        """Take the observer.

        Raises:
            InvalidArgumentError: it cannot be called.
        """
        if on_event is not None and not callable(on_event):
            problem = f"expected a function of one Event, got {on_event!r}"
            raise InvalidArgumentError("on_event", problem)
        self.on_event = on_event

    def wants(self, name: str) -> bool:
        """Tell whether anybody would hear of an event."""
        return self.on_event is not None or log.isEnabledFor(_LEVELS[name])

    def tell(
        self,
        name: str,
        text: str,
        *,
        table: str,
        awaited: str,
        elapsed: float,
        polls: int,
        reasons: tuple[str, ...] = (),
        state: Any = None,
    ) -> None:
        """Send one event to the log and to the observer."""
        level = _LEVELS[name]
        if log.isEnabledFor(level):
            facts: dict[str, Any] = {
                "event": name,
                "table": table,
                "awaited": awaited,
                "elapsed": elapsed,
                "polls": polls,
                "reasons": reasons,
            }
            log.log(level, "%s: %s", table, text, extra=facts)
        if self.on_event is None:
            return
        event = Event(name, table, awaited, elapsed, polls, text, reasons, state)
        try:
            answer: Any = self.on_event(event)
        except Exception:
            self.on_event = None
            log.exception("the observer failed at %s and is not told any more", name)
            return
        if hasattr(answer, "close") and hasattr(answer, "send"):
            self.on_event = None
            answer.close()
            log.error("the observer is a coroutine function and is not told any more")
