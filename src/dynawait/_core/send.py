"""Sending a step, and sorting what comes back."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from ..errors import ChangeTimeoutError, QuotaError
from .gateway import CallTimedOut
from .outcome import classify, read_fault, words_of
from .refusal import refusal

if TYPE_CHECKING:
    from ..plans import Step
    from .gateway import Gateway
    from .outcome import Fault, Outcome
    from .run import Run

# How long to rest after a refusal, in seconds: it doubles from the first to the last.
_RESTS = {
    "busy": (0.5, 20.0),
    "throttled": (1.0, 20.0),
    "missing": (1.0, 10.0),
    "quota": (60.0, 300.0),
}
# A write in flight at the deadline may still be answered in this time: who abandons it
# knows less.
_LAST_WORD = 5.0


async def send(gateway: Gateway, run: Run[Any], step: Step) -> Outcome | None:
    """Send a step and sort what comes back; None when it was taken.

    Raises:
        ChangeError: it was refused for good, or the time was up before it was sent.
    """
    if gateway.now() >= run.deadline:
        after = run.deadline - run.started
        problem = f"timed out after {after:g} s, before {step.title}{run.blockers()}"
        raise run.failure(problem, kind=ChangeTimeoutError)
    run.send(step)
    last_word = None if run.deadline == inf else run.deadline + _LAST_WORD
    try:
        response = await gateway.call(
            step.operation, step.parameters, deadline=last_word
        )
    except CallTimedOut as late:
        run.doubt(late)
        return None
    except Exception as error:
        fault = read_fault(error)
        if fault is None:
            raise run.failure(f"{step.title}: {words_of(error)}", step) from error
        return _sort(gateway, run, step, fault, error)
    run.take(response)
    return None


def _sort(
    gateway: Gateway, run: Run[Any], step: Step, fault: Fault, error: Exception
) -> Outcome:
    """Take in what a refused or lost call means.

    Raises:
        ChangeError: it was refused for good.
    """
    outcome = classify(fault, error)
    words = f"{fault.code}: {fault.message}" if fault.message else fault.code
    if outcome.kind == "transient":
        run.doubt(error)
    elif outcome.kind == "already":
        run.doubt(error, sure=True)
    elif outcome.kind == "quota" and not run.aim.waits_out:
        when = outcome.not_before or step.again
        problem = f"{step.title}: {words}"
        raise run.failure(problem, step, QuotaError, not_before=when) from error
    elif outcome.kind in _RESTS:
        rest = _rest(gateway, run, step, outcome)
        run.refuse(words, rest, vain=error if outcome.kind == "missing" else None)
    else:
        service_error = refusal(
            step.operation, run.aim.subject.name, fault, outcome.kind, error
        )
        words = words_of(service_error).removeprefix(f"{service_error.table}: ")
        raise run.failure(f"{step.title}: {words}", step) from service_error
    return outcome


def _rest(gateway: Gateway, run: Run[Any], step: Step, outcome: Outcome) -> float:
    """Return for how long not to send a step that was refused for now, in seconds."""
    rest = run.setbacks.rest(*_RESTS[outcome.kind])
    rest += gateway.jitter(rest / 4)
    when = outcome.not_before or (step.again if outcome.kind == "quota" else None)
    if when is not None:
        left = (when - gateway.moment()).total_seconds()
        rest = max(rest, left + 0.5 + gateway.jitter(1.0))
    if outcome.kind == "busy":
        run.movement.refuse(gateway.now())
    return rest
