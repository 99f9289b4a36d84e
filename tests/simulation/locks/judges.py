"""What must hold of locks whatever goes wrong, judged in true time.

Each rule has a name, which is that of the `Violation` that it raises:

- *alone*: at no instant do two believe to hold one lock. The instants are all of them:
  who holds what is looked at after everything that happens, and in between nobody
  begins to believe anything.
- *shared*: at no instant are more permits valid than there are, and while a writer's
  lease is, nobody else's.
- *order*: in the order in which the table gave a lock away its tokens grow, and none is
  given twice.
- *resource*: what checks tokens never takes a write of an older holder after one of a
  newer, and never refuses the newest.
- *whole*: several locks that were asked for at once were taken at one instant.
- *turn*: nobody passes those who stand in line, unless they let as many turns go by.
- *told*: who releases what it certainly holds is not told that it was lost.
- *ends*: everybody comes to an end, and in time.
- *left*: where nothing goes wrong with the network, nothing is left behind.
- *outlived*: whoever comes when all is over has each lock after a lease at the most,
  with the margin and drift, and a turn for each name that was left in line.

Of `LockClient` in a simulated process besides:

- *body*: a block whose lease is lost is cancelled, and does not go on.
- *dead*: with a process its heartbeats die.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from dynawait.locks.outcomes import ReleaseOutcome
from dynawait.testing._locks.world import EPOCH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dynawait._core.locks.holding import Grant, Tenure
    from dynawait._core.locks.store import Place

    from .ledger import Ledger, Taking

    Role = Literal["one", "all", "permit", "reader", "writer"]

DRIFT = 0.05
"""How wrong the clocks may go that the library is told of."""
MARGIN = 0.05
"""What each side gives away besides, in seconds."""
TURN = 1.0
"""For how long a free lock is left to who stands first in line, in seconds."""
_ROUNDING = 1e-6


RULES = (
    "alone",
    "shared",
    "order",
    "resource",
    "whole",
    "turn",
    "told",
    "ends",
    "left",
    "outlived",
    "body",
    "dead",
)


class Violation(AssertionError):  # noqa: N818 - it is what a judge finds
    """What must never be has been.

    Attributes:
        rule: which rule it breaks.
    """

    def __init__(self, rule: str, text: str) -> None:
        """Name the rule, and say what was seen."""
        super().__init__(f"{rule}: {text}")
        self.rule = rule


class Holder(Protocol):
    """A process, as a judge sees it."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def dead(self) -> bool:
        """Whether it was killed."""
        ...

    def boottime(self) -> float:
        """Tell its time."""
        ...


@dataclass(slots=True, eq=False)
class Held:
    """What somebody was granted, and may believe to hold.

    Attributes:
        holder: who.
        grants: what it stands on.
        role: what it is good for.
        permits: how many of a kind may be valid side by side.
    """

    holder: Holder
    grants: tuple[Grant, ...]
    role: Role = "one"
    permits: int = 1

    @property
    def is_over(self) -> bool:
        """Whether nobody can believe in it any more."""
        return self.holder.dead or any(
            grant.given_back or grant.tenure.ended or grant.tenure.lost is not None
            for grant in self.grants
        )

    @property
    def valid(self) -> bool:
        """Whether its holder, asked now, would say that it holds all of it."""
        return not self.is_over and all(
            believes(self.holder, grant) for grant in self.grants
        )


def believes(holder: Holder, grant: Grant) -> bool:
    """Tell what a holder would say of a grant if it were asked; it is not asked.

    To ask settles that a lease has expired, so a copy is asked, which tells nobody.
    """
    if holder.dead or grant.given_back:
        return False
    shadow, answers = copy(grant), copy(grant.tenure)
    answers._on_lost = []
    answers._chance = list(grant.tenure._chance)
    shadow.tenure = answers
    return shadow.remaining(holder.boottime()) > 0


class Judge:
    """Watches one run.

    Attributes:
        strict: whether clocks are as wrong as is allowed, and no more. Else two may
            believe to hold a lock, and only their tokens tell them apart.
        trusts_dates: whether the date of a sign of life is believed.
        seen: how often what has happened, of what the rules are about.
    """

    def __init__(self, now: Callable[[], float], *, strict: bool = True) -> None:
        """Begin with nothing held; `now` tells true time."""
        self.strict = strict
        self.trusts_dates = False
        self.seen: Counter[str] = Counter()
        self.ledger: Ledger | None = None
        self.names: dict[str, str] = {}
        self._now = now
        self._grants: defaultdict[Place, list[tuple[Holder, Grant]]] = defaultdict(list)
        self._held: list[Held] = []
        self._order: defaultdict[Place, list[tuple[tuple[int, int], int]]] = (
            defaultdict(list)
        )
        self._ranks: dict[Grant, tuple[int, int]] = {}
        self._newest: dict[Place, tuple[int, int]] = {}
        self._highest: dict[Place, int] = {}

    def granted(self, held: Held) -> None:
        """Judge that somebody was granted something."""
        self.seen["grants"] += 1
        takings = [self._enter(held.holder, grant) for grant in held.grants]
        if held.role == "all" and None not in takings:
            self._is_whole(held, takings)
        if held.role != "one":
            self._held = [other for other in self._held if not other.is_over]
            self._held.append(held)
        self.look()

    def _enter(self, holder: Holder, grant: Grant) -> Taking | None:
        place, token = grant.tenure.place, grant.token
        known = self._grants[place]
        known[:] = [each for each in known if not _is_over(*each)]
        known.append((holder, grant))
        taking = None
        if self.ledger is not None:
            taking = self.ledger.taking_of(place, grant.tenure.token)
        if not token:
            return taking
        number = len(self._ranks)
        rank = (number if taking is None else taking.order, number)
        self._ranks[grant] = rank
        self._is_in_order(place, rank, token)
        return taking

    def _is_in_order(self, place: Place, rank: tuple[int, int], token: int) -> None:
        order = self._order[place]
        at = bisect_left(order, (rank, token))
        before = [other for _, other in order[at - 1 : at] if other >= token]
        after = [other for _, other in order[at : at + 1] if other <= token]
        if before or after:
            relation = f"after {before[0]}" if before else f"before {after[0]}"
            raise self._found("order", f"{token} was given {relation}, {place}")
        order.insert(at, (rank, token))

    def _is_whole(self, held: Held, takings: Sequence[Taking | None]) -> None:
        times = {taking.at for taking in takings if taking is not None}
        if len(times) > 1:
            raise self._found("whole", f"{held.holder.name} took them at {times}")

    def look(self) -> None:
        """Judge this instant."""
        if not self.strict:
            return
        for place, known in self._grants.items():
            if len(known) > 1:
                self._is_alone(place, known)
        if len(self._held) > 1:
            self._is_shared()

    def _is_alone(self, place: Place, known: list[tuple[Holder, Grant]]) -> None:
        known[:] = [each for each in known if not _is_over(*each)]
        valid = [each for each in known if believes(*each)]
        if len(valid) > 1:
            who = " and ".join(
                f"{holder.name} ({grant.token})" for holder, grant in valid
            )
            raise self._found("alone", f"{who} hold {place}")

    def _is_shared(self) -> None:
        valid = [held for held in self._held if held.valid]
        for role in ("permit", "reader"):
            alike = [held for held in valid if held.role == role]
            if alike and len(alike) > alike[0].permits:
                raise self._found("shared", f"{len(alike)} of {alike[0].permits}")
            if len(alike) > 1:
                self.seen[f"{role}s at once"] += 1
        if len(valid) > 1 and any(held.role == "writer" for held in valid):
            roles = ", ".join(held.role for held in valid)
            raise self._found("shared", f"{roles} at once")

    def told(self, grant: Grant, outcome: ReleaseOutcome, *, held: bool) -> None:
        """Judge what somebody was told who has released something."""
        self.seen[outcome.name.lower()] += 1
        if grant.tenure.lost is not None:
            self.seen[f"lost: {grant.tenure.lost}"] += 1
        elif not grant.tenure.ended:
            self.seen["handed on"] += 1
        if self.strict and held and outcome is ReleaseOutcome.ALREADY_LOST:
            raise self._found("told", f"{grant.tenure.place} was held, not lost")

    def sent(self, grant: Grant) -> Callable[[], None]:
        """Return what a write to the resource does when it arrives there."""
        place, token = grant.tenure.place, grant.token
        rank = self._ranks[grant]
        return lambda: self._arrive(place, token, rank)

    def _arrive(self, place: Place, token: int, rank: tuple[int, int]) -> None:
        """Do as a resource does that checks tokens, and judge what it has done."""
        newest = self._newest.get(place, rank)
        if token >= self._highest.get(place, 0):
            self._highest[place] = token
            self._newest[place] = max(rank, newest)
            if rank < newest:
                raise self._found("resource", f"took {token} of an older holder")
        elif rank >= newest:
            raise self._found("resource", f"refused {token} of the newest holder")
        else:
            self.seen["late writes refused"] += 1

    def taken(self, taking: Taking) -> None:
        """Judge that the table has given a lock away."""
        self._count(taking)
        if not self.strict or not taking.line:
            return
        passed = taking.line if taking.passed is None else taking.passed
        mine = [name for name in passed[-1:] if self.names.get(name) == taking.owner]
        strangers = len(passed) - len(mine)
        if not strangers:
            return
        self.seen["passed in line"] += strangers
        free = taking.at - self._free_since(taking)
        if free < strangers * TURN / (1 + DRIFT) - _ROUNDING:
            who = f"{taking.owner} passed {strangers} in line"
            raise self._found("turn", f"{who} at {taking.place}, free for {free:.3f} s")

    def _free_since(self, taking: Taking) -> float:
        assert self.ledger is not None
        before = taking.before
        if before is None or not self.ledger.is_held(before):
            return taking.since
        record = self.ledger.record(before)
        if record.owner == taking.owner:  # its own ghost: it knows that nobody is there
            return taking.since
        since = taking.since
        if self.trusts_dates and record.heartbeat_at is not None:
            # A sign of life that came late is as old as it says.
            since = min(since, (record.heartbeat_at - EPOCH).total_seconds())
        return since + (record.lease or 0.0)

    def _count(self, taking: Taking) -> None:
        if self.ledger is not None and self.ledger.is_held(taking.before):
            self.seen["takeovers"] += 1

    def _found(self, rule: str, text: str) -> Violation:
        return Violation(rule, f"{text}, at {self._now():.3f} s")


def _is_over(holder: Holder, grant: Grant) -> bool:
    tenure: Tenure = grant.tenure
    over = grant.given_back or tenure.ended or tenure.lost is not None
    return holder.dead or over
