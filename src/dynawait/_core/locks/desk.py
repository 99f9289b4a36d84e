"""One lock client at work in one runtime: its keeper, and who beats for it."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from ...errors import GlobalTableLockError, InvalidArgumentError, ServiceError
from ...locks.outcomes import ReleaseOutcome
from ..gateway import CallTimedOut, Gateway
from ..outcome import words_of
from ..report import Observers
from .beating import BREADTH, keep_beating
from .dynamo import DynamoStore
from .guardian import Ear, Guardian
from .keeper import Keeper
from .leases import HeldLease, name_of
from .looking import LOOK_TIMEOUT, insist
from .roster import Roster
from .runtime import Runtime
from .store import StoreTrouble
from .telling import acquired_text, lost_text, released_text, unconfirmed_text

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from contextlib import AbstractContextManager

    from ...states import TableState
    from .holding import Grant, Tenure
    from .options import Options

L = TypeVar("L", bound=HeldLease)
_EACH = 50
"""How many leases one heartbeat worker looks after before another one helps."""
_PARTING = 10.0
_OWN_LOOK = 1.0
"""For how long somebody looks himself who has waited in vain for another's look."""
_DENIED = ("AccessDeniedException", "AccessDenied")


class Door(Gateway, Runtime, Protocol):
    """A gateway with the clock of leases."""


class Worker(Protocol):
    """Something that runs beside the caller."""

    async def stop(self) -> None:
        """End it, where it can be ended."""


class Stage(Protocol):
    """Where a runtime lets work run beside the caller."""

    def start(self, work: Coroutine[Any, Any, None]) -> Worker:
        """Start some work that ends by itself, or is stopped."""
        ...


class Desk(Generic[L]):
    """A lock client at work.

    Attributes:
        door: the way out.
        keeper: what its coroutines share.
        store: the table.
        options: how it is set up.
        stage: where work runs beside the caller.
    """

    def __init__(
        self,
        door: Door,
        options: Options,
        stage: Stage,
        make: Callable[..., L],
        *,
        guards: tuple[AbstractContextManager[Any], AbstractContextManager[Any]]
        | None = None,
    ) -> None:
        """Open it.

        Args:
            door: the gateway.
            options: how the client is set up.
            stage: where heartbeats run.
            make: makes a lease of this face.
            guards: two plain locks, where there are threads.
        """
        self.door: Door = door
        self.options: Options = options
        self.stage: Stage = stage
        self.store: DynamoStore = DynamoStore(
            door,
            options.table,
            options.dialect,
            partition_key=options.settings.names[0],
            sort_key=options.settings.names[1],
            clock=door.boottime,
        )
        nothing: AbstractContextManager[Any] = nullcontext()
        guard, self._staff_guard = guards or (nothing, nothing)
        self.keeper: Keeper = Keeper(door, self.store, options.settings, guard=guard)
        self.keeper.on_trouble = self._tell_trouble
        self.keeper.renew = self._renew
        self.keeper.tell = lambda name, text, place, elapsed: self.tell(
            name, text, str(place), elapsed
        )
        if options.observed is not None:
            self.keeper.observations.load(options.observed, door.boottime())
        self._make = make
        self._workers: list[Worker] = []
        self._hired = False
        self._guardians: dict[Grant, list[Guardian]] = {}
        self._ears: dict[Grant, Ear] = {}
        self._observers = Observers(options.on_event)
        self._introducing: Any = None
        self._introduced = False

    async def introduce(self, wait: float | None = 0.0) -> None:
        """Look at the table once, before the first acquisition.

        Its answer tells the service's time, so that the acquisition needs no look.
        Tasks that come meanwhile wait for the same answer.

        Args:
            wait: for how long the acquisition may wait, in seconds; None: for ever. The
                look takes no longer either, or ten seconds.

        Raises:
            GlobalTableLockError: it has replicas, and that was not allowed.
            ServiceError: it cannot be described, for another reason than permissions.
        """
        patience = inf if wait is None else max(wait, LOOK_TIMEOUT)
        end = self.door.boottime() + patience
        while not self._introduced:
            mine = self.door.signal()
            try:
                with self._staff_guard:
                    signal = self._introducing
                    if signal is None:
                        self._introducing = mine
                left = end - self.door.boottime()
                if signal is not None and left > 0:
                    await self.door.sleep(left, wake=signal)
                    continue
                await self._look_at_table(max(left, _OWN_LOOK))
                self._introduced = True
            finally:
                if self._introducing is mine:
                    self._introducing = None
                mine.set()

    async def _look_at_table(self, timeout: float) -> None:
        try:
            state = await self._describe(timeout)
        except ServiceError as error:
            if error.code not in _DENIED:
                raise
            text = "the table cannot be described, so nobody knows if it has replicas"
            self.tell("lock.warned", f"{text}: {words_of(error)}")
            return
        if state.replicas and not self.options.allow_global_table:
            raise GlobalTableLockError(table=self.options.table, regions=state.replicas)

    async def _describe(self, timeout: float) -> TableState:
        described = await insist(
            self.keeper,
            "DescribeTable",
            lambda deadline: self.store.describe(deadline=deadline),
            timeout,
        )
        return described.state

    def lease(
        self,
        key: str,
        sort_key: str | None,
        *grants: Grant,
        on_lost: Callable[[L], object] | None = None,
    ) -> L:
        """Make a lease of what was granted, and begin to look after it."""
        lease = self._make(self, key, sort_key, *grants)
        self._ears[grants[0]] = Ear(grants, partial(self._tell_lost, lease))
        if on_lost is not None:
            self.watch(grants, partial(on_lost, lease))
        return lease

    def watch(self, grants: tuple[Grant, ...], tell: Callable[[], object]) -> None:
        """Have somebody told when the first of them is lost, until `settle`."""
        guardians = self._guardians.setdefault(grants[0], [])
        guardians.append(Guardian(self, grants, tell))

    def grants_of(self, lease: object) -> tuple[Grant, ...]:
        """Return what a lease stands on.

        Raises:
            InvalidArgumentError: it is not a lease of this client.
        """
        if isinstance(lease, HeldLease):
            desk, grants = lease.__dynawait_parts__()
            if desk is self:
                return grants
        problem = f"{lease!r} is not a lease of this client"
        raise InvalidArgumentError("lease", problem)

    def disown(
        self,
        guards: tuple[AbstractContextManager[Any], AbstractContextManager[Any]]
        | None = None,
    ) -> None:
        """Hold nothing any more: this process is a copy of the one that does.

        Args:
            guards: two plain locks, where there were threads: those of which these are
                copies may never be free again.
        """
        guard = None
        if guards is not None:
            guard, self._staff_guard = guards
        self.keeper.disown(guard)
        self._ears.clear()
        self._guardians.clear()
        self._workers.clear()
        self._hired = False

    def _renew(self, tenure: Tenure) -> None:
        """See that somebody renews it."""
        if tenure.heartbeat is None:
            return
        with self._staff_guard:  # the roster cannot be closed meanwhile
            self.keeper.roster.plan(tenure)
            wanted = -(-len(self.keeper.roster) // _EACH)
            self._hired = True
            while len(self._workers) < min(BREADTH, wanted):
                work = keep_beating(self.keeper, breadth=1, roster=self.keeper.roster)
                self._workers.append(self.stage.start(work))

    async def settle(self, *grants: Grant) -> None:
        """Forget what was given back; when nothing is held, send home who beats.

        It is not interrupted by a cancellation.
        """
        over = [self._guardians.pop(grant, []) for grant in grants]
        stops = [guardian.dismiss() for several in over for guardian in several]
        for grant in grants:
            ear = self._ears.pop(grant, None)
            if ear is not None:
                ear.close()
        stops += [worker.stop() for worker in self._dismiss()]
        if stops:
            with suppress(CallTimedOut):  # they were told, and go when they can
                await self.door.shielded(_one_by_one(stops), _PARTING)

    def _dismiss(self) -> list[Worker]:
        with self._staff_guard:
            roster = self.keeper.roster
            if len(roster) or not self._hired:
                return []
            roster.close()
            self.keeper.roster = Roster(self.door, self.keeper.guard)
            workers, self._workers, self._hired = self._workers, [], False
            return workers

    def tell_acquired(self, lease: L, waited: float) -> None:
        """Tell that a lease was acquired."""
        grant = self.grants_of(lease)[0]
        self.tell("lock.acquired", acquired_text(grant, waited), name_of(lease), waited)

    def tell_over(self, lease: L, outcome: ReleaseOutcome) -> None:
        """Tell what became of a lease that was given back."""
        grants, now = self.grants_of(lease), self.keeper.now()
        grant = grants[0]
        if outcome is ReleaseOutcome.RELEASED:
            text, event = released_text(grant, now), "lock.released"
        elif outcome is ReleaseOutcome.UNCONFIRMED:
            tolerance = self.keeper.settings.tolerance
            text, event = unconfirmed_text(grant, now, tolerance), "lock.unconfirmed"
        else:
            ear = self._ears.get(grant)
            if ear is not None:
                ear.tell()
            return
        self.tell(event, text, name_of(lease), now - grant.since)

    def _tell_lost(self, lease: L) -> None:
        now, grants = self.keeper.now(), self.grants_of(lease)
        lost = next((each for each in grants if each.lost is not None), grants[0])
        text = lost_text(lost, now)
        self.tell("lock.lost", text, name_of(lease), now - lost.since)
        self._dismiss()

    def _tell_trouble(self, tenure: Tenure, error: Exception) -> None:
        cause = error.__cause__ if isinstance(error, StoreTrouble) else error
        left = max(0.0, tenure.until - self.keeper.now())
        text = f"a heartbeat failed, {left:.1f} s are left: {words_of(cause or error)}"
        self.tell("lock.retried", text, str(tenure.place))

    def tell(self, name: str, text: str, key: str = "", elapsed: float = 0.0) -> None:
        """Tell the observer and the log."""
        self._observers.tell(
            name,
            f"{key}: {text}" if key else text,
            table=self.options.table,
            awaited=key,
            elapsed=elapsed,
            polls=0,
        )


async def _one_by_one(stops: Sequence[Coroutine[Any, Any, None]]) -> None:
    for stop in stops:
        await stop
