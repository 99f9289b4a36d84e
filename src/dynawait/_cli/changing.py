"""How a command changes something: plan, ask, do, and say what came of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import click

from .consent import EVERYTHING, consent_to, untouched
from .exits import ExitCode
from .failures import in_flags
from .gate import Gate
from .progress import progress
from .results import say_result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

    from ..events import Observer
    from ..plans import ChangeResult, Plan
    from .consent import Consent
    from .settings import Settings

    F = TypeVar("F", bound="Callable[..., Any]")

R = TypeVar("R")


class Change(Protocol):
    """A function of `dynawait.sync` with all that it needs but these."""

    def __call__(
        self, *, dry_run: bool, timeout: float | None, on_event: Observer | None
    ) -> ChangeResult | Plan:
        """Make the change, or return its plan."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a change is to be made.

    Attributes:
        plan: whether its plan is shown, and nothing more.
        yes: whether what destroys needs no question.
        detailed: whether the exit code tells that a plan is not empty.
    """

    plan: bool = False
    yes: bool = False
    detailed: bool = False

    @classmethod
    def taken(cls, options: dict[str, Any]) -> Self:
        """Take the options of `change_options` out of all that there are."""
        return cls(
            plan=options.pop("plan"),
            yes=options.pop("yes"),
            detailed=options.pop("detailed_exitcode"),
        )


def change_options(command: F) -> F:
    """Add the options that every command which changes something takes."""
    for option in (
        click.option(
            "--detailed-exitcode",
            is_flag=True,
            help="With --plan: exit with 5 where there is something to do.",
        ),
        click.option(
            "--yes",
            "-y",
            is_flag=True,
            help="Do not ask; where nobody can be asked, what destroys needs it.",
        ),
        click.option(
            "--plan", is_flag=True, help="Show what would be done, and change nothing."
        ),
    ):
        command = option(command)
    return command


def carry_out(
    settings: Settings,
    change: Change,
    manner: Manner,
    *,
    timeout: float | None,
    facts: Callable[[Any], Mapping[str, Any]] | None = None,
) -> int:
    """Show the plan of a change, or make it and say what came of it.

    Args:
        settings: what this run was told.
        change: the change.
        manner: how it is to be made.
        timeout: the command's own budget, in seconds; None: for ever.
        facts: what machines want to know of its state; None: it is a table's.

    Returns:
        The exit code.
    """
    seconds = settings.budget(timeout)
    if manner.plan:
        return show_plan(settings, change, manner, seconds)
    consent = agreed(settings, change, manner, seconds)

    def work(on_event: Observer) -> ChangeResult:
        made = change(dry_run=False, timeout=seconds, on_event=on_event)
        return cast("ChangeResult", made)

    say_result(settings, perform(settings, work, consent), facts)
    return ExitCode.REACHED


def show_plan(
    settings: Settings, change: Change, manner: Manner, timeout: float | None
) -> int:
    """Print the plan of a change, and return the exit code."""
    plan = _planned(settings, change, timeout)
    settings.output.show(in_flags(str(plan)))
    settings.output.record("plan", **json.loads(plan.to_json()))
    return ExitCode.PENDING if plan and manner.detailed else ExitCode.REACHED


def agreed(
    settings: Settings, change: Change, manner: Manner, timeout: float | None
) -> Consent:
    """Return what may be destroyed, after asking where that is needed.

    Raises:
        CommandError: it may not, or nobody is there to say so.
    """
    if manner.yes:
        return EVERYTHING
    with untouched():
        return consent_to(settings.output, _planned(settings, change, timeout))


def perform(
    settings: Settings,
    work: Callable[[Observer], R],
    consent: Consent,
    check: Callable[[], object] | None = None,
) -> R:
    """Do something that changes a table, and tell what happens.

    Args:
        settings: what this run was told.
        work: what to do; it takes whom to tell.
        consent: what may be destroyed.
        check: called before each step; what it raises ends the work.
    """
    with progress(settings, fleeting=True) as tell:
        gate = Gate(settings.output, tell, consent, check)
        with gate.ending():
            return work(gate.hear)


def _planned(settings: Settings, change: Change, timeout: float | None) -> Plan:
    """Return the plan of a change; only what keeps the look waiting is told."""
    with progress(settings, fleeting=True) as tell:

        def hear(event: Any) -> None:
            if event.name.startswith("wait."):
                tell(event)

        plan = change(dry_run=True, timeout=timeout, on_event=hear)
    return cast("Plan", plan)
