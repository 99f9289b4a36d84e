"""What may be asked of a simulation, and what happened in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Outcome: TypeAlias = "Returned | Raised | Crashed | Unfinished"


class Happening(NamedTuple):
    """One thing that happened.

    Attributes:
        time: when, in seconds of virtual time.
        actor: to whom.
        text: what.
    """

    time: float
    actor: str
    text: str


@dataclass(frozen=True, slots=True)
class Crash:
    """Kill an actor at one of its awaits.

    The await is begun, so a call at this step is sent, and never returns. At step 0 the
    actor does not even start.
    """

    actor: str
    at_step: int


@dataclass(frozen=True, slots=True)
class Returned:
    """The actor ended with a value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Raised:
    """The actor ended with an error."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Crashed:
    """The actor was killed at one of its awaits; it counts them from 1."""

    step: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The time was up before the actor had ended."""


@dataclass(frozen=True, slots=True)
class History:
    """What happened in a simulation, from its seed on; the same seed, the same history.

    Attributes:
        seed: where all chance came from.
        events: what happened, in order.
        outcomes: how each actor ended.
        steps: how many awaits each actor made: where it can be crashed.
        ended: the virtual time at the end, in seconds.
    """

    seed: int
    events: tuple[Happening, ...]
    outcomes: Mapping[str, Outcome]
    steps: Mapping[str, int]
    ended: float

    def result(self, actor: str) -> Any:
        """Return what an actor returned.

        Raises:
            Exception: what the actor raised, as it is.
            LookupError: it neither returned nor raised.
        """
        outcome = self.outcomes[actor]
        if isinstance(outcome, Returned):
            return outcome.value
        if isinstance(outcome, Raised):
            raise outcome.error
        message = f"{actor} did not end by itself: {outcome!r} (seed {self.seed})"
        raise LookupError(message)

    def __str__(self) -> str:
        """Return a line for each event, under the seed."""
        lines = [f"seed {self.seed}, {self.ended:.3f} s"]
        width = max((len(event.actor) for event in self.events), default=0)
        lines += [
            f"{event.time:12.3f}  {event.actor:<{width}}  {event.text}"
            for event in self.events
        ]
        return "\n".join(lines)


class DeadlockError(RuntimeError):
    """Nobody can go on, and no time that passes will change that.

    Attributes:
        waiting: the actors that wait.
        history: what happened until then.
    """

    def __init__(self, waiting: Mapping[str, str], history: History) -> None:
        """Name who waits, and for what."""
        names = ", ".join(f"{name} ({what})" for name, what in waiting.items())
        super().__init__(
            f"deadlock at {history.ended:.3f} s with seed {history.seed}: nobody can "
            f"go on and no timer runs; waiting: {names}"
        )
        self.waiting: dict[str, str] = dict(waiting)
        self.history = history
