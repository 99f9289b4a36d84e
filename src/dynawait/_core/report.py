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
_change_log = logging.getLogger("dynawait.change")
_lock_log = logging.getLogger("dynawait.lock")

_LEVELS = {
    "change.planned": logging.INFO,
    "change.blocked": logging.WARNING,
    "change.progress": logging.INFO,
    "change.stalled": logging.WARNING,
    "change.warned": logging.WARNING,
    "change.finished": logging.INFO,
    "change.failed": logging.INFO,
    "step.started": logging.INFO,
    "step.waiting": logging.DEBUG,
    "step.continued": logging.DEBUG,
    "step.retried": logging.WARNING,
    "step.finished": logging.INFO,
    "step.failed": logging.INFO,
    "lock.waiting": logging.INFO,
    "lock.seized": logging.WARNING,
    "lock.acquired": logging.INFO,
    "lock.retried": logging.WARNING,
    "lock.lost": logging.WARNING,
    "lock.released": logging.INFO,
    "lock.unconfirmed": logging.WARNING,
    "lock.warned": logging.WARNING,
    "wait.started": logging.DEBUG,
    "wait.changed": logging.INFO,
    "wait.continued": logging.INFO,
    "wait.missing": logging.WARNING,
    "wait.warned": logging.WARNING,
    "wait.retried": logging.WARNING,
    "wait.finished": logging.INFO,
    "wait.failed": logging.INFO,
}
_FACTS = ("table", "awaited", "elapsed", "polls", "reasons")


class Observers:
    """The observer that a caller gave, dropped for good when it raises."""

    __slots__ = ("logs", "on_event")

    def __init__(self, on_event: Observer | None, *, logs: bool = True) -> None:
        """Take the observer.

        Args:
            on_event: the observer.
            logs: whether the log is told as well; not by a wait within a change, which
                tells it in its own words.

        Raises:
            InvalidArgumentError: it cannot be called.
        """
        self.logs = logs
        if on_event is not None and not callable(on_event):
            problem = f"expected a function of one Event, got {on_event!r}"
            raise InvalidArgumentError("on_event", problem)
        self.on_event = on_event

    def wants(self, name: str) -> bool:
        """Tell whether anybody would hear of an event."""
        return self.on_event is not None or self._is_logged(name)

    def _is_logged(self, name: str) -> bool:
        return self.logs and _log_of(name).isEnabledFor(_LEVELS[name])

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
        **more: Any,
    ) -> None:
        """Send one event to the log and to the observer."""
        if self.wants(name):
            self.hear(
                Event(
                    name, table, awaited, elapsed, polls, text, reasons, state, **more
                )
            )

    def hear(self, event: Event) -> None:
        """Pass an event on, to the log and to the observer."""
        if self._is_logged(event.name):
            facts = {name: getattr(event, name) for name in _FACTS}
            facts["event"] = event.name
            log_here = _log_of(event.name)
            level = _LEVELS[event.name]
            log_here.log(level, "%s: %s", event.table, event.text, extra=facts)
        if self.on_event is None:
            return
        name = event.name
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


def _log_of(name: str) -> logging.Logger:
    """Return the logger of an event's family: ``wait``, ``lock``, else ``change``."""
    if name.startswith("lock."):
        return _lock_log
    return log if name.startswith("wait.") else _change_log
