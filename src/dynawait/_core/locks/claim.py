"""Locks that somebody wants: from the wish to the release, however it ends."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from ...errors import ServiceError
from ..outcome import words_of
from .beating import lost_error
from .begun import Begun
from .desk import L
from .operations import release_several

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from ...errors import LockLostError
    from .desk import Desk
    from .holding import Grant

V = TypeVar("V")


class Claim(Generic[L, V]):
    """A `Block` of locks with leases.

    Attributes:
        desk: the client at work.
    """

    def __init__(
        self,
        desk: Desk[L],
        take: Callable[[Begun], Coroutine[Any, Any, V]],
        leases_of: Callable[[V], tuple[L, ...]],
        *,
        wait: float | None,
    ) -> None:
        """Take how to acquire them, what the result consists of, and the wait."""
        self.desk: Desk[L] = desk
        self._take = take
        self._leases_of = leases_of
        self._wait = wait
        self._leases: tuple[L, ...] = ()
        self._begun = Begun(desk.keeper)

    async def open(self) -> V:
        """Acquire them."""
        try:
            return await self._open()
        except GeneratorExit:  # nothing can be awaited any more
            self.forsake()
            raise
        except BaseException:  # a cancelled caller must not hold anything either
            await self.abandon()
            raise

    async def _open(self) -> V:
        desk = self.desk
        await desk.introduce(self._wait)
        started = desk.keeper.now()
        value = await self._take(self._begun)
        # Who was cancelled during a write is told here, and not when it is too late.
        await desk.door.sleep(0)
        self._leases = self._leases_of(value)
        for lease in self._leases:
            desk.tell_acquired(lease, desk.keeper.now() - started)
        return value

    async def abandon(self) -> None:
        """Leave nothing behind; nobody has the result of `open`."""
        grants = self._begun.grants
        try:
            with suppress(ServiceError):
                await release_several(self.desk, self._leases)
        finally:
            try:
                await self._begun.take_back()
            finally:
                await self.desk.settle(*grants)

    def forsake(self) -> None:
        """Let what is still held here lapse, without a call."""
        self._begun.forsake()

    def disown(self) -> None:
        """Have nothing renewed any more."""
        for grant in self.grants:
            if not grant.given_back:
                grant.tenure.heartbeat = None

    @property
    def grants(self) -> tuple[Grant, ...]:
        """What is held, or was."""
        return tuple(
            grant for lease in self._leases for grant in self.desk.grants_of(lease)
        )

    def watch(self, tell: Callable[[], object]) -> None:
        """Have somebody told when the first of them is lost, until they are closed."""
        self.desk.watch(self.grants, tell)

    async def close(self, error: BaseException | None) -> None:
        """Give them back; the error by which the block is left hides no other.

        Raises:
            LockLostError: one of them was lost before, and there is no error.
            ServiceError: a release was refused for good, and there is no error.
        """
        try:
            await release_several(self.desk, self._leases)
        except Exception as failure:
            if error is None:
                raise
            error.add_note(f"the lock could not be released: {words_of(failure)}")
        finally:
            self.forsake()
        loss = self._loss()
        if loss is None:
            return
        if error is None:
            raise loss
        if str(loss) != str(error):
            error.add_note(str(loss))

    def _loss(self) -> LockLostError | None:
        """Return the error of the first that was lost while it was ours."""
        for grant in self.grants:
            if grant.lost is not None:
                return lost_error(self.desk.keeper, grant)
        return None
