"""What a call has begun, and takes back unless it ends well.

A cancellation or Ctrl-C may come between the write that obtains a lock and the moment
at which its user has it. Nobody could give that lock back, and heartbeats would keep
it for ever. So whatever is begun is noted here first, and whoever called takes it back
when the call does not end well. That can be done again, and from outside as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import ServiceError
from ...locks.outcomes import ReleaseOutcome
from ..gateway import CallTimedOut
from .contender import Contender
from .contest import line_of
from .release import end, release, undo
from .store import Change, Exact, Leave, StoreTrouble, Written

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from .contender import Request
    from .holding import Grant
    from .keeper import Keeper
    from .runtime import Runtime

V = TypeVar("V")

_TIMEOUT = 5.0
"""For how long a lock that nobody has is freed, in seconds."""
_LEAVE_TRIES = 3
_LONGEST = 30.0


class Begun:
    """What a call has begun.

    Attributes:
        keeper: the client.
        contenders: those who contend for it, and what they have obtained.
    """

    __slots__ = ("contenders", "keeper")

    def __init__(self, keeper: Keeper) -> None:
        """Start with nothing."""
        self.keeper: Keeper = keeper
        self.contenders: list[Contender] = []

    def contender(self, request: Request, started: float, deadline: float) -> Contender:
        """Return one who contends for a lock, and is taken back with all the rest."""
        contender = Contender(self.keeper, request, started, deadline)
        self.contenders.append(contender)
        return contender

    @property
    def grants(self) -> tuple[Grant, ...]:
        """What was obtained."""
        found = [contender.grant for contender in self.contenders]
        return tuple(grant for grant in found if grant is not None)

    async def take_back(self) -> bool:
        """Leave nothing behind, whoever is cancelled; it may be done again.

        Why is on its way to the caller, and no failure in here hides that.

        Returns:
            Whether it is certain that nothing is left.
        """
        busy = [each for each in self.contenders if each.has_begun]
        try:
            if not busy:
                return True
            runtime = self.keeper.runtime
            return await runtime.shielded(_abandon_all(runtime, busy), _LONGEST)
        except CallTimedOut:
            return False
        finally:
            self.forsake()

    def forsake(self) -> None:
        """Take it back without a call: nobody renews it, and others wait for its end.

        For the same client it is free at once.
        """
        for contender in self.contenders:
            if contender.grant is not None:
                self.keeper.forsake(contender.grant.tenure, contender.grant)
            contender.forsake()


async def kept(begun: Begun, work: Coroutine[Any, Any, V]) -> V:
    """Await some work, and take back what was begun unless it ends well."""
    try:
        return await work
    except GeneratorExit:  # nothing can be awaited any more
        begun.forsake()
        raise
    except BaseException:  # a cancelled caller must not hold anything either
        await begun.take_back()
        raise


async def _abandon_all(runtime: Runtime, contenders: list[Contender]) -> bool:
    return all(await runtime.gather([_abandon(each) for each in contenders]))


async def _abandon(contender: Contender) -> bool:
    """Free what was obtained, or else whatever may have been written."""
    keeper, place, grant = contender.keeper, contender.request.place, contender.grant
    handed = keeper.lines.handed_to(place, contender)
    try:
        if grant is not None and grant.given_back:  # a release was interrupted
            versions = grant.tenure.versions
            outcome = await undo(keeper, place, versions, timeout=_TIMEOUT)
            grant.outcome = outcome
        elif grant is not None:
            outcome = await release(keeper, grant, timeout=_TIMEOUT)
        elif handed is not None:
            outcome = await end(keeper, handed, timeout=_TIMEOUT)
        else:
            outcome = await contender.undo()
            await _leave_line(contender)
    except ServiceError:  # what is on its way to the caller counts for more
        return False
    finally:
        contender.forsake()
    return outcome is not ReleaseOutcome.UNCONFIRMED


async def _leave_line(contender: Contender) -> None:
    """Take its name off the line; who cannot, lets the others wait for a turn."""
    for _ in range(_LEAVE_TRIES):
        line = line_of(contender.row)
        place = line.index(contender.name) if contender.name in line else None
        if place is None and not contender.unseen:
            return
        try:
            if await _leave_or_look(contender, place):
                return
        except (StoreTrouble, CallTimedOut):
            continue


async def _leave_or_look(contender: Contender, place: int | None) -> bool:
    """Leave the place in the line, or see whether there is one; tell if it is left."""
    keeper, where = contender.keeper, contender.request.place
    deadline = keeper.now() + _TIMEOUT
    if place is None:
        sight = await keeper.runtime.shielded(
            keeper.ask(keeper.store.read(where, deadline=deadline)), _TIMEOUT
        )
        contender.see(sight.row)
        return False
    off = Change(condition=Exact({}), line=Leave(contender.name, place))
    answer = await keeper.runtime.shielded(
        keeper.ask(keeper.store.write(where, off, deadline=deadline)), _TIMEOUT
    )
    contender.see(answer.row)
    return isinstance(answer, Written)
