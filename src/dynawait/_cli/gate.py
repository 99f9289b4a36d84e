"""The gate before each step of a change, and the count of those that went through.

A plan is shown before the question, and worked out anew when the change is made. So
each step is held against the answer once more, just before it is sent.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .consent import NOTHING_CHANGED
from .exits import GOES_ON, CommandError
from .failures import in_flags
from .progress import Lines
from .shapes import short_name

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ..events import Event
    from ..plans import Step
    from .consent import Consent
    from .output import Output
    from .progress import Tell


class Gate:
    """Sees what a change does: tells it, holds up what was not agreed to, keeps count.

    It is an observer of the change. The library tells no observer again that has
    failed, so it must not fail; and only what is no `Exception` gets through.
    """

    def __init__(
        self,
        output: Output,
        tell: Tell,
        consent: Consent,
        check: Callable[[], object] | None = None,
    ) -> None:
        """Begin.

        Args:
            output: where news go when they cannot be drawn.
            tell: whom to tell.
            consent: what may be destroyed.
            check: called before each step; its error ends the change.
        """
        self._output = output
        self._tell = tell
        self._consent = consent
        self._check = check
        self._planned: tuple[str, ...] = ()
        self._flight: str | None = None
        self._done: list[str] = []
        self._halted = False

    def hear(self, event: Event) -> None:
        """Take in what has happened."""
        if self._halted:
            return
        step = event.step
        if event.plan is not None:
            self._planned = tuple(step.title for step in event.plan)
        if event.name == "step.started" and step is not None:
            self._admit(step)
            self._flight = step.title
        elif event.name == "step.retried":
            self._flight = None
        elif event.name == "step.finished" and step is not None:
            self._flight = None
            self._done.append(step.title)
        self._pass_on(event)

    @contextmanager
    def ending(self) -> Generator[None]:
        """Say how far it had come when it is halted or interrupted.

        Raises:
            Exception: what has halted it.
        """
        try:
            yield
        except _HaltError as halt:
            if self._done:
                halt.error.add_note(f"Done before: {', '.join(self._done)}.")
            else:
                halt.error.add_note(NOTHING_CHANGED)
            raise halt.error from None
        except KeyboardInterrupt as interruption:
            if not self._done and self._flight is None:
                interruption.add_note(NOTHING_CHANGED)
            told: Any = interruption
            told.how = GOES_ON
            told.facts = {
                "done": self._done,
                "in_flight": self._flight,
                "left": [
                    title
                    for title in self._planned
                    if title not in (*self._done, self._flight)
                ],
            }
            raise

    def _pass_on(self, event: Event) -> None:
        """Tell an event, and what whoever reads the plan should know."""
        try:
            self._tell(event)
        except Exception:  # noqa: BLE001 - a terminal that goes away ends no change
            self._tell = Lines(self._output).hear
            self._tell(event)
        for note in () if event.plan is None else event.plan.notes:
            self._output.tell(in_flags(f"{short_name(event.table)}: {note}"))

    def _admit(self, step: Step) -> None:
        """Let a step be sent, or end the change."""
        if not self._consent.covers(step):
            self._halt(
                CommandError(
                    f"the table has changed since its plan was made: {step.title} is "
                    "needed as well, cannot be undone, and was not agreed to",
                    hint="Run the same command again to see the new plan.",
                )
            )
        if self._check is None:
            return
        try:
            self._check()
        except Exception as error:  # noqa: BLE001 - raised again outside the change
            self._halt(error)

    def _halt(self, error: Exception) -> None:
        self._halted = True
        raise _HaltError(error)


class _HaltError(BaseException):
    """Ends a change before its next step is sent."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error
