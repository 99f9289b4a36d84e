"""All that may go wrong in one simulation, and the search for the least that does harm.

::

    from dynawait.testing import Faults, SimulatedDynamoDB, simplest_failure, simulate

    def run(trouble):
        service = SimulatedDynamoDB(faults=trouble.faults)
        return simulate({"deploy": deploy}, service=service, **trouble.arguments())

    failure = simplest_failure(run, seeds=range(1000), actors=["deploy"])
    assert failure is None, failure

The text of a failure has its seed, the troubles that it takes and the history; the
value has them as attributes, so that a test of its own can keep it:
``run(failure.trouble)`` fails in the same way each time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import TYPE_CHECKING, Any

from .actor_clocks import Drift, Pause
from .faults import NO_FAULTS, Faults
from .history import Crash, Crashed, History

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from typing import TypeAlias

    Run: TypeAlias = Callable[["Trouble"], History]
    Check: TypeAlias = Callable[[History], object]

_SHARE = 0.3
_STEPS = 30
_LONGEST_PAUSE = 120.0
_DRIFT = 0.1
# Other seeds that are tried with less trouble: what is left out changes what is drawn.
_OTHER_SEEDS = range(20)
# These say how bad a fault is, and do nothing without it.
_MEASURES = frozenset({"staleness", "creation_lag"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """All that goes wrong in one simulation.

    Attributes:
        seed: where all chance comes from.
        faults: what goes wrong with calls.
        crashes: who is killed, and where.
        clocks: whose clock drifts, by name.
        pauses: who stands still, and where.
    """

    seed: int
    faults: Faults = NO_FAULTS
    crashes: tuple[Crash, ...] = ()
    clocks: Mapping[str, Drift] = field(default_factory=dict[str, Drift])
    pauses: tuple[Pause, ...] = ()

    @classmethod
    def drawn(
        cls,
        seed: int,
        *,
        actors: Collection[str] = (),
        faults: Faults | None = None,
        drift: float = _DRIFT,
    ) -> Trouble:
        """Draw everything from a seed.

        Args:
            seed: where it is drawn from.
            actors: who may crash, stand still or have a clock that drifts.
            faults: what goes wrong with calls; `Faults.drawn` where None.
            drift: by what share a clock may be wrong; locks allow for 0.05.
        """
        random = Random(f"{seed}/trouble")
        crashes: list[Crash] = []
        pauses: list[Pause] = []
        clocks: dict[str, Drift] = {}
        for name in actors:
            if random.random() < _SHARE:
                crashes.append(Crash(name, at_step=random.randrange(_STEPS)))
            if random.random() < _SHARE:
                clocks[name] = Drift(rate=random.uniform(1 - drift, 1 + drift))
            if random.random() < _SHARE:
                seconds = random.uniform(0, _LONGEST_PAUSE)
                step, suspended = random.randint(1, _STEPS), random.random() < _SHARE
                pauses.append(Pause(name, step, seconds, suspended))
        return cls(
            seed=seed,
            faults=Faults.drawn(seed) if faults is None else faults,
            crashes=tuple(crashes),
            clocks=clocks,
            pauses=tuple(pauses),
        )

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of `simulate`; the faults are those of the service."""
        return {
            "seed": self.seed,
            "crashes": self.crashes,
            "clocks": self.clocks,
            "pauses": self.pauses,
        }

    def simpler(self) -> Iterator[Trouble]:
        """Yield each trouble that has one thing less."""
        for spared in self.crashes:
            left = tuple(crash for crash in self.crashes if crash != spared)
            yield replace(self, crashes=left)
        for spare in self.pauses:
            yield replace(self, pauses=tuple(p for p in self.pauses if p != spare))
        for name in self.clocks:
            rest = {actor: self.clocks[actor] for actor in self.clocks if actor != name}
            yield replace(self, clocks=rest)
        for name in _kinds(self.faults):
            if name not in _MEASURES:
                without: dict[str, Any] = {name: getattr(NO_FAULTS, name)}
                yield replace(self, faults=replace(self.faults, **without))

    def __str__(self) -> str:
        """Return the seed and what goes wrong, as it would be written."""
        kinds = ", ".join(f"{k}={v!r}" for k, v in _kinds(self.faults).items())
        parts = [f"seed={self.seed}"]
        parts += [f"faults=Faults({kinds})"] if kinds else []
        for name in ("crashes", "clocks", "pauses"):
            value = getattr(self, name)
            parts += [f"{name}={value!r}"] if value else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure, with the least trouble that was found to bring it about.

    Attributes:
        trouble: what goes wrong.
        error: what was raised.
        history: what happened; None when the simulation did not come to an end.
    """

    trouble: Trouble
    error: Exception
    history: History | None = None

    def __str__(self) -> str:
        """Return the trouble, the error, and the history below them."""
        lines = [f"{type(self.error).__name__}: {self.error}", f"with {self.trouble}"]
        return "\n".join(lines if self.history is None else [*lines, str(self.history)])


def all_end_well(history: History) -> None:
    """Raise what the first actor raised that failed; a crash is nobody's failure.

    Raises:
        LookupError: an actor did not end.
    """
    for actor, outcome in history.outcomes.items():
        if not isinstance(outcome, Crashed):
            history.result(actor)


def simplest_failure(
    run: Run,
    *,
    seeds: Iterable[int],
    faults: Faults | None = None,
    actors: Collection[str] = (),
    drift: float = _DRIFT,
    check: Check = all_end_well,
) -> Failure | None:
    """Run simulations until one fails, and then leave out all that it does not need.

    Kind by kind, faults, crashes, drifts and pauses are left out for as long as the
    same type of error comes out, be it with this seed or with one of twenty others.

    Args:
        run: runs a simulation with some trouble and returns its history.
        seeds: the seeds to try, in order.
        faults: what goes wrong with calls; drawn from each seed where None.
        actors: who may also crash, stand still or have a clock that drifts.
        drift: by what share a clock may be wrong; locks allow for 0.05.
        check: raises when a history is not as it should be.

    Returns:
        The first failure, simplified; None when all seeds go well.
    """
    for seed in seeds:
        trouble = Trouble.drawn(seed, actors=actors, faults=faults, drift=drift)
        failure = _failure(run, check, trouble)
        if failure is not None:
            return _simplified(run, check, failure)
    return None


def _simplified(run: Run, check: Check, failure: Failure) -> Failure:
    for trouble in failure.trouble.simpler():
        for seed in dict.fromkeys((trouble.seed, *_OTHER_SEEDS)):
            found = _failure(run, check, replace(trouble, seed=seed))
            if found is not None and type(found.error) is type(failure.error):
                return _simplified(run, check, found)
    return failure


def _failure(run: Run, check: Check, trouble: Trouble) -> Failure | None:
    history: History | None = None
    try:
        history = run(trouble)
        check(history)
    except Exception as error:  # noqa: BLE001 - it is what is looked for
        told = getattr(error, "history", history)
        return Failure(trouble, error, told if isinstance(told, History) else history)
    return None


def _kinds(faults: Faults) -> dict[str, Any]:
    """Return what is not as in `NO_FAULTS`, by name."""
    values = ((each.name, getattr(faults, each.name)) for each in fields(faults))
    return {name: value for name, value in values if value != getattr(NO_FAULTS, name)}
