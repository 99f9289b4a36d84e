"""What observers are told of a change and of its steps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import ChangeTimeoutError, OutcomeUnknownError
from .outcome import words_of
from .report import Observers

if TYPE_CHECKING:
    from ..events import Event, Observer
    from ..plans import ChangeResult, Plan, Step
    from .gateway import Gateway
    from .run import Run

# What a wait tells, and what it means where the wait is part of a change.
_MEANING = {
    "wait.changed": "step.waiting",
    "wait.continued": "step.continued",
    "wait.missing": "wait.missing",
    "wait.warned": "wait.warned",
    "wait.retried": "wait.retried",
}
_UNDECIDED = (ChangeTimeoutError, OutcomeUnknownError)


class Teller:
    """Tells the observer of a change what happens to it."""

    def __init__(self, gateway: Gateway, table: str, on_event: Observer | None) -> None:
        """Take the observer.

        Raises:
            InvalidArgumentError: it cannot be called.
        """
        self._observers = Observers(on_event)
        self._table = table
        self._now = gateway.now
        self._started = gateway.now()
        self._run: Run[Any] | None = None
        self._waiting: tuple[str, ...] = ()

    def follow(self, run: Run[Any]) -> None:
        """Tell of this run from now on."""
        self._run = run

    def overhear(self, event: Event) -> None:
        """Pass on what the waits of a change tell, in the words of the change."""
        name = _MEANING.get(event.name)
        if name is None:
            return
        run = self._run
        step = None if run is None else run.current
        if run is None or run.plan is None:
            name = event.name  # it is not known yet what for
        text = event.text if step is None else f"{step.title}: {event.text}"
        if name == "step.waiting":
            # Each wait begins by telling it, also where only a source was asked.
            waiting = ("" if step is None else step.title, *event.reasons)
            if waiting == self._waiting:
                return
            self._waiting = waiting
        elapsed = self._now() - self._started
        self._observers.hear(
            replace(
                event,
                name=name,
                step=step,
                text=text,
                awaited="" if step is None else step.title,
                elapsed=elapsed,
                polls=event.polls if run is None else run.looks,
            )
        )

    @property
    def listening(self) -> bool:
        """Whether the waits have anybody to tell."""
        return any(map(self._observers.wants, _MEANING.values()))

    def planned(self, plan: Plan) -> None:
        """Tell what is going to be done."""
        told = ", ".join(step.title for step in plan) or "nothing to send"
        if plan.already:
            titles = ", ".join(step.title for step in plan.already)
            told += f"; already so, or under way: {titles}"
        self.tell("change.planned", f"plan: {told}", plan=plan)

    def step(self, name: str, step: Step, text: str) -> None:
        """Tell what happened to a step."""
        self.tell(name, text, step=step)

    def finished(self, result: ChangeResult) -> None:
        """Tell that everything is so."""
        self.tell("change.finished", self._short(str(result)))

    def failed(self, error: Exception) -> Exception:
        """Tell that the change has ended by an error, and return the error."""
        step = getattr(error, "failed", None)
        # One that the time was up for was not refused: it goes on.
        if step is not None and not isinstance(error, _UNDECIDED):
            problem = getattr(error, "problem", "")
            self.step("step.failed", step, problem)
        self.tell("change.failed", self._short(words_of(error)))
        return error

    def interrupted(self, interruption: BaseException, left: str) -> None:
        """Tell that the change was cancelled, and what it leaves behind."""
        text = f"interrupted by {type(interruption).__name__}"
        self.tell("change.failed", f"{text}; {left}" if left else text)

    def _short(self, words: str) -> str:
        return words.removeprefix(f"{self._table}: ")

    def drop(self, source: str, error: Exception) -> None:
        """Tell that a source has failed and is not asked any more."""
        text = f"{source} cannot be asked, going on without: {words_of(error)}"
        self.tell("change.warned", text)

    def tell(self, name: str, text: str, **more: Any) -> None:
        """Tell anything else."""
        if not self._observers.wants(name):
            return
        run = self._run
        more.setdefault("state", None if run is None else run.state)
        awaited = "" if run is None or run.current is None else run.current.title
        self._observers.tell(
            name,
            text,
            table=self._table,
            awaited=awaited,
            elapsed=self._now() - self._started,
            polls=0 if run is None else run.looks,
            **more,
        )
