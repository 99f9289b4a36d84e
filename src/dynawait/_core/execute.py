"""The level-triggered loop: the only loop that changes.

Look, work out what is left, wait until the first step of it may be sent, send it, sort
what came back, and look again. Nothing is remembered that the live state does not say,
but for the one step in flight and what was done; so a run that was killed is taken up
by the next one.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, overload

from ..errors import (
    ChangeError,
    ChangeTimeoutError,
    ImpossibleError,
    OutcomeUnknownError,
    PlanError,
    ServiceError,
    TableGoneError,
    WaitTimeoutError,
)
from ..plans import Plan
from .bounded import Bounded
from .gateway import CallTimedOut
from .outcome import words_of
from .run import Run
from .send import send
from .tell import Teller
from .wait import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator
    from typing import TypeAlias

    from ..plans import ChangeResult
    from .aim import Aim
    from .gateway import Gateway
    from .patience import Patience
    from .sources import Source

    Interrupted: TypeAlias = Callable[[Gateway, Run[Any]], Coroutine[Any, Any, str]]
    Proof: TypeAlias = Callable[
        [Gateway, ChangeResult, Patience], Coroutine[Any, Any, object]
    ]

S = TypeVar("S")

# How long a cancelled change may take to clear up what it has in flight, in seconds.
_PARTING = 20.0


@overload
async def execute(
    gateway: Gateway,
    aim: Aim[Any],
    patience: Patience,
    *,
    dry_run: Literal[False] = ...,
    sources: tuple[Source, ...] = ...,
    on_interrupt: Interrupted | None = ...,
    proof: Proof | None = ...,
) -> ChangeResult: ...
@overload
async def execute(
    gateway: Gateway,
    aim: Aim[Any],
    patience: Patience,
    *,
    dry_run: bool,
    sources: tuple[Source, ...] = ...,
    on_interrupt: Interrupted | None = ...,
    proof: Proof | None = ...,
) -> ChangeResult | Plan: ...
async def execute(
    gateway: Gateway,
    aim: Aim[Any],
    patience: Patience,
    *,
    dry_run: bool = False,
    sources: tuple[Source, ...] = (),
    on_interrupt: Interrupted | None = None,
    proof: Proof | None = None,
) -> ChangeResult | Plan:
    """Do what is left to do, until nothing is.

    Args:
        gateway: the door out.
        aim: what is to be reached.
        patience: the options; one deadline for all of it.
        dry_run: whether to return the plan of the first look instead.
        sources: what else to ask while it waits.
        on_interrupt: what to do when the caller is cancelled; says what is left.
        proof: what else to wait for when everything is done.

    Raises:
        ChangeError: it ended before that; says how far it had come.
    """
    teller = Teller(gateway, aim.subject.name, patience.on_event)
    run = Run(
        gateway, aim, teller, sources=sources, dry=dry_run, timeout=patience.timeout
    )
    teller.follow(run)
    try:
        await _carry_out(gateway, run, teller, patience)
        if proof is not None and not dry_run:
            with _in_words_of(run):
                await proof(gateway, run.result(), _rest_of(patience, run, teller))
    except Exception as error:
        failure = teller.failed(run.completed(error))
        if failure is error:
            raise
        raise failure from failure.__cause__
    except BaseException as interruption:  # Ctrl-C or a cancellation: say what is left
        await part(gateway, run, teller, interruption, on_interrupt)
        raise
    if dry_run:
        return Plan(aim.subject.name) if run.plan is None else run.plan
    result = run.result()
    teller.finished(result)
    return result


async def _carry_out(
    gateway: Gateway, run: Run[Any], teller: Teller, patience: Patience
) -> None:
    """Take one turn after the other until nothing is left to do."""
    while True:
        if run.looks and gateway.now() >= run.deadline:
            raise _timed_out(run)
        with _in_words_of(run):
            waiting = _rest_of(patience, run, teller)
            await wait_until(gateway, run.subject, run.ready, waiting)
        if run.over:
            return
        if run.asks is not None:
            await _ask(gateway, run, run.asks, teller)
        elif run.next is not None and not run.looks_back():
            await send(gateway, run, run.next)


def _rest_of(patience: Patience, run: Run[Any], teller: Teller) -> Patience:
    """Return the patience of the next wait of a change."""
    return replace(
        patience,
        on_event=teller.overhear if teller.listening else None,
        logs=False,
        started=run.started,
        paced=run.paced,
        on_look=run.see,
    )


@contextmanager
def _in_words_of(run: Run[Any]) -> Generator[None]:
    """Put the failures of a wait into the words of the change.

    Raises:
        ChangeError: the wait has failed.
    """
    try:
        yield
    except WaitTimeoutError as error:
        raise _timed_out(run, error) from error
    except ImpossibleError as error:
        missing = ", ".join(error.missing)
        if run.plan is None:
            problem = f"{missing} does not exist"
            raise PlanError([problem], table=error.table) from error
        gone = f"{missing} is gone" if missing else "; ".join(error.reasons)
        raise run.failure(gone) from error
    except TableGoneError as error:
        raise run.failure(f"{error.gone} is gone, or is another one now") from error
    except ServiceError as error:
        words = words_of(error).removeprefix(f"{error.table}: ")
        raise run.failure(words) from error


def _timed_out(run: Run[Any], error: WaitTimeoutError | None = None) -> ChangeError:
    """Return the error for a change whose time is up."""
    flight, after = run.flight, f"{run.deadline - run.started:g} s"
    if flight is not None and not flight.sure:
        problem = (
            f"the time was up ({after}) before it could be told whether "
            f"{flight.step.title} took effect"
        )
        return run.failure(problem, flight.step, OutcomeUnknownError)
    pending = run.waits_for if error is None else error.pending or run.waits_for
    waits = "; ".join(pending)
    if not waits and flight is not None:
        waits = f"{flight.step.title} was taken, and its effect is to be seen yet"
    waits = waits or "no look was answered"
    trouble = None if error is None else error.__cause__
    if trouble is not None:
        waits += f"; the last look failed: {words_of(trouble)}"
    return run.failure(
        f"timed out after {after}, waiting: {waits}{run.blockers()}",
        kind=ChangeTimeoutError,
        writers=run.movement.writers,
    )


async def _ask(gateway: Gateway, run: Run[Any], source: Source, teller: Teller) -> None:
    """Ask a source; one that fails is not asked again, and the change goes on."""
    try:
        bounded = cast("Gateway", Bounded(gateway, run.deadline))
        await source.ask(bounded, run, teller)
    except CallTimedOut:
        return  # the time of the change is up: that is told next
    except Exception as error:  # noqa: BLE001 - told, and of no matter to the change
        run.sources.remove(source)
        teller.drop(source.name, error)


async def part(
    gateway: Gateway,
    run: Run[Any],
    teller: Teller,
    interruption: BaseException,
    on_interrupt: Interrupted | None = None,
) -> None:
    """Say what a cancelled change leaves behind, after clearing it up where asked."""
    if isinstance(interruption, GeneratorExit):
        return  # nothing may be awaited any more
    told = _left_behind(run)
    if on_interrupt is not None and run.flight is not None:
        try:
            cleared = await gateway.shielded(on_interrupt(gateway, run), _PARTING)
        except Exception as error:  # noqa: BLE001 - the interruption goes on
            why = words_of(error) or type(error).__name__
            told = f"{told}; it could not be cleared up: {why}"
        else:
            told = cleared or told
    if told:
        interruption.add_note(f"{run.aim.subject.name}: {told}")
    teller.interrupted(interruption, told)


def _left_behind(run: Run[Any]) -> str:
    """Say what goes on, or is half done, when a run ends where it is."""
    so_far = run.failure("")
    told: list[str] = []
    if run.flight is not None:
        title = run.flight.step.title
        told.append(
            f"{title} was sent, and goes on without us"
            if run.flight.sure
            else f"{title} was sent, and it cannot be told whether it was taken"
        )
    if told or so_far.done:
        told += [
            f"{words}: {', '.join(step.title for step in steps)}"
            for words, steps in (("done", so_far.done), ("left", so_far.left))
            if steps
        ]
    return "; ".join(told)
