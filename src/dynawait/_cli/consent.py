"""What may be done, or destroyed: the question to a person, and the answer."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .exits import AGAIN, CommandError, ExitCode, interruptible
from .failures import in_flags
from .shapes import short_name

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ..plans import Plan, Step
    from .output import Output

NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Consent:
    """What may be destroyed.

    Attributes:
        titles: the titles of the steps; None: all of them.
    """

    titles: frozenset[str] | None = None

    def covers(self, step: Step) -> bool:
        """Tell whether a step may be sent."""
        if not step.destructive or self.titles is None:
            return True
        return step.title in self.titles


EVERYTHING = Consent()


def consent_to(output: Output, plan: Plan) -> Consent:
    """Ask whether what a plan destroys may be destroyed.

    Raises:
        CommandError: it may not, or nobody is there to say so.
    """
    titles = [step.title for step in plan if step.destructive]
    if not titles:
        return Consent(frozenset())
    what = f"{short_name(plan.table)}: {', '.join(titles)}"
    if not output.can_ask:
        output.record("plan", **json.loads(plan.to_json()))
    if not output.json:
        output.complain(in_flags(str(plan)))
    if not output.can_ask:
        raise CommandError(
            f"{what}: this cannot be undone, and nobody can be asked",
            ExitCode.USAGE,
            hint=f"{NOTHING_CHANGED} Give --yes to do it without a question.",
        )
    if not _says_yes(f"{what}: this cannot be undone. Do it? [y/N] "):
        raise CommandError(f"{what}: declined", hint=NOTHING_CHANGED)
    return Consent(frozenset(titles))


def ask(output: Output, question: str, *, yes: bool) -> None:
    """Go on only if the person agrees.

    Args:
        output: where it is asked.
        question: what is to be done, without a question mark.
        yes: whether the command line has agreed already.

    Raises:
        CommandError: the person declines, or nobody is there to be asked.
    """
    if yes:
        return
    if not output.can_ask:
        raise CommandError(
            f"{question}: nobody can be asked",
            ExitCode.USAGE,
            hint=f"{NOTHING_CHANGED} Give --yes to do it without a question.",
        )
    if not _says_yes(f"{question}? [y/N] "):
        raise CommandError(f"{question}: declined", hint=NOTHING_CHANGED)


def _says_yes(question: str) -> bool:
    """Ask at the terminal; whoever has gone away has not said yes."""
    try:
        sys.stderr.write(question)
        sys.stderr.flush()
        answer = sys.stdin.readline()
    except OSError:
        return False
    return answer.strip().lower() in ("y", "yes")


def untouched() -> AbstractContextManager[None]:
    """Say, when the block is interrupted, that nothing was changed so far."""
    return interruptible(AGAIN, NOTHING_CHANGED)
