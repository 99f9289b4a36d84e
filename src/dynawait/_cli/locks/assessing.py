"""The verdict on a lock: how it is asked for, shown, and told to a shell."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..exits import ExitCode
from ..meanwhile import meanwhile
from ..spans import Span, spell
from .probes import probe_options
from .shapes import assessment_facts, assessment_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from datetime import datetime

    from ...sync.locks import LockAssessment
    from ..settings import Settings

    F = TypeVar("F", bound=Callable[..., Any])

_CODES = {
    "HELD": ExitCode.PENDING,
    "UNKNOWN": ExitCode.UNKNOWN,
    "UNREADABLE": ExitCode.ERROR,
}

_OPTIONS = (
    click.option(
        "--observe",
        type=Span(),
        default="0s",
        help="Watch it for so long at the most: a lease and a bit.",
    ),
    click.option(
        "--detailed-exitcode",
        is_flag=True,
        help="0: nobody holds it; 5: it is held; 6: unknown; 1: unreadable.",
    ),
)


def assessing_options(command: F) -> F:
    """Add the options of an assessment."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return probe_options(command)


@contextmanager
def watching(settings: Settings, name: str, observe: float) -> Generator[float]:
    """Tell that a lock is watched; give for how long, in seconds."""
    budget = settings.budget(None)
    seconds = observe if budget is None else min(observe, budget)
    if not seconds:
        yield seconds
        return
    with meanwhile(settings.output, f"watching {name} for up to {spell(seconds)}"):
        yield seconds


def say(settings: Settings, name: str, found: LockAssessment, now: datetime) -> None:
    """Print a verdict and what it rests on."""
    facts = assessment_facts(found, now)
    settings.output.record("assessment", key=name, **facts)
    settings.output.show("\n".join(assessment_lines(name, found)))


def code_of(found: LockAssessment, *, detailed: bool) -> int:
    """Return the exit code of a verdict."""
    if not detailed:
        return ExitCode.REACHED
    return _CODES.get(found.verdict, ExitCode.REACHED)
