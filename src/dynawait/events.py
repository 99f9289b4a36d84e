"""What an observer is told while the library works.

Pass any callable as ``on_event``; ``on_event=print`` shows a line per event. The names
have a grammar, ``<what>.<happened>``:

==================== ==================================================================
``wait.started``     the wait has begun
``wait.changed``     what is still missing has changed; the first look counts as well
``wait.continued``   nothing has changed for ten seconds or more
``wait.missing``     what is awaited has not existed for the grace: a typing error?
``wait.warned``      it stands still until a person does something
``wait.retried``     a call failed and is made again
``wait.finished``    the condition holds
``wait.failed``      the wait ended without it
``change.planned``   what is to be done is known: `plan` has it
``change.blocked``   somebody else keeps the table busy: `writers`, where they are known
``change.progress``  how far a backfill has come: `progress`
``change.stalled``   a backfill has not moved for a long time
``change.warned``    something that does no harm by itself went wrong
``change.finished``  everything that was asked for is so
``change.failed``    the change ended without it
``step.started``     a call is sent: `step`
``step.waiting``     what a step waits for has changed, before it is sent or after it
``step.continued``   it still waits for the same, for ten seconds or more
``step.retried``     the call was refused for now, or lost, and is sent again
``step.finished``    its effect is there, and what it moved is still
``step.failed``      the step was refused for good
``lock.waiting``     a lock is waited for: told after two seconds, and then every ten:
                     who holds it, and how long that can last without a sign of life
``lock.seized``      a lock is taken over: from whom, and why that one is taken for dead
``lock.acquired``    a lock is held: `awaited` has its key
``lock.retried``     a heartbeat failed and is made again
``lock.lost``        the lease is over before it was given back; once for a lease
``lock.released``    it was given back, or handed on to another task of the client
``lock.unconfirmed`` nobody knows whether it was given back; its lease runs out
``lock.warned``      something that does no harm by itself went wrong
==================== ==================================================================

The same events go to the loggers ``dynawait.wait`` (the waits), ``dynawait.change``
(changes and steps) and ``dynawait.lock``, with their facts in ``extra``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from logging import Logger, LoggerAdapter
    from typing import TypeAlias

    from .plans import Plan, Step
    from .states import State

    Observer: TypeAlias = "Callable[[Event], object]"


# What a person may want to look into.
_WARNINGS = frozenset(
    {
        "wait.missing",
        "wait.warned",
        "wait.retried",
        "change.blocked",
        "change.stalled",
        "change.warned",
        "step.retried",
        "lock.seized",
        "lock.retried",
        "lock.lost",
        "lock.unconfirmed",
        "lock.warned",
    }
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the backfill of an index has come.

    Attributes:
        index: the index.
        phase: ``"allocating"`` or ``"backfilling"``; None where DynamoDB says neither.
        elapsed: for how long this has been watched, in seconds.
        percent: how much is done, 0 to 100; None where no CloudWatch client was given,
            or CloudWatch does not know yet.
        remaining: the time that is left at the present rate, in seconds; None where no
            rate can be told.
        items: how many items the table holds, as old as DynamoDB's own count.
    """

    index: str
    phase: str | None
    elapsed: float
    percent: float | None = None
    remaining: float | None = None
    items: int | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    """A call that changed the table, as CloudTrail recorded it.

    Attributes:
        operation: what was called, ``"UpdateTable"``.
        user: who called it; autoscaling has a role of its own.
        at: when.
        source: from where: an address, or the name of an AWS service.
        agent: the client that was used, as it called itself.
        error: the error code, where the call was refused.
    """

    operation: str
    user: str
    at: datetime | None = None
    source: str | None = None
    agent: str | None = None
    error: str | None = None

    def __str__(self) -> str:
        """Return who called what, and when."""
        when = "" if self.at is None else f" at {self.at.isoformat()}"
        failed = "" if self.error is None else f" ({self.error})"
        return f"{self.user} called {self.operation}{when}{failed}"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        name: what, in the grammar of this module.
        table: the table, or the ARN of the backup, export or import.
        awaited: the condition, as it prints, or the key of the lock.
        elapsed: seconds since the wait began; of a lock, for how long it was waited
            for, and of one that is over, for how long it was held.
        polls: how many times it has looked.
        text: a sentence for people.
        reasons: what is still missing, a sentence each.
        state: what was seen last; None when nothing was seen.
        step: the step that it is about.
        plan: the plan, where it has just become known.
        progress: how far a backfill has come.
        writers: who else changes the table, as far as CloudTrail tells.
    """

    name: str
    table: str
    awaited: str
    elapsed: float
    polls: int
    text: str
    reasons: tuple[str, ...] = ()
    state: State | None = None
    step: Step | None = None
    plan: Plan | None = None
    progress: Progress | None = None
    writers: tuple[Writer, ...] = ()

    def __str__(self) -> str:
        """Return a line for people: when, which table, what."""
        return f"{self.elapsed:7.1f} s  {self.table}: {self.text}"


class LoggingObserver:
    """An observer that writes a line per event to a logger of yours.

    >>> import logging
    >>> on_event = LoggingObserver(logging.getLogger("migrations"))

    The library logs to the loggers named above by itself. This one is for where lines
    shall appear under another name, or with a context of yours: it takes a
    `logging.LoggerAdapter` too.
    """

    __slots__ = ("_level", "_logger")

    def __init__(
        self, logger: Logger | LoggerAdapter[Any], level: int | None = None
    ) -> None:
        """Take the logger.

        Args:
            logger: where the lines go. The facts of an event are in ``extra``, under
                the names that `Event` has for them; its name is ``event``.
            level: the level of every line; None: WARNING for what a person may want to
                look into (missing, blocked, stalled, retried, seized, lost), INFO for
                the rest.
        """
        self._logger = logger
        self._level = level

    def __call__(self, event: Event) -> None:
        """Write the line."""
        from logging import INFO, WARNING

        level = self._level
        if level is None:
            level = WARNING if event.name in _WARNINGS else INFO
        if not self._logger.isEnabledFor(level):
            return
        facts: dict[str, Any] = {
            "event": event.name,
            "table": event.table,
            "awaited": event.awaited,
            "elapsed": event.elapsed,
            "polls": event.polls,
            "reasons": event.reasons,
        }
        if event.step is not None:
            facts["step"] = event.step
        if event.progress is not None:
            facts["progress"] = event.progress
        if event.writers:
            facts["writers"] = event.writers
        self._logger.log(level, "%s: %s", event.table, event.text, extra=facts)
