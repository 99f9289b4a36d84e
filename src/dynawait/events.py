"""What an observer is told while the library works.

Pass any callable as ``on_event``; ``on_event=print`` shows a line per event. The names
have a grammar, ``<what>.<happened>``:

=================== ==================================================================
``wait.started``    the wait has begun
``wait.changed``    what is still missing has changed; the first look counts as well
``wait.continued``  nothing has changed for ten seconds or more
``wait.missing``    what is awaited has not existed for the grace: a typing error?
``wait.warned``     it stands still until a person does something
``wait.retried``    a call failed and is made again
``wait.finished``   the condition holds
``wait.failed``     the wait ended without it
=================== ==================================================================

The same events go to the logger ``dynawait.wait``, with their facts in ``extra``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from .states import State

    Observer: TypeAlias = "Callable[[Event], object]"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        name: what, in the grammar of this module.
        table: the table, or the ARN of the backup, export or import.
        awaited: the condition, as it prints.
        elapsed: seconds since the wait began.
        polls: how many times it has looked.
        text: a sentence for people.
        reasons: what is still missing, a sentence each.
        state: what was seen last; None when nothing was seen.
    """

    name: str
    table: str
    awaited: str
    elapsed: float
    polls: int
    text: str
    reasons: tuple[str, ...] = ()
    state: State | None = None

    def __str__(self) -> str:
        """Return a line for people: when, which table, what."""
        return f"{self.elapsed:7.1f} s  {self.table}: {self.text}"
