"""Telling the user of a lease that it is lost, when it is and not when he asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from .desk import Desk, Worker
    from .holding import Grant

_LOOK = 1.0
"""How often a lease is held against the clock, in seconds."""


class Ear:
    """Hears that a lease is lost: once, whatever it consists of.

    Attributes:
        grants: what the lease stands on.
    """

    __slots__ = ("_chance", "_tell", "grants")

    def __init__(
        self, grants: tuple[Grant, ...], tell: Callable[[], object] | None
    ) -> None:
        """Begin to listen.

        Args:
            grants: what the lease stands on.
            tell: called when the first of them is lost, and not after they were given
                back.
        """
        self.grants: tuple[Grant, ...] = grants
        self._tell = tell
        self._chance: list[None] = [None]
        for grant in grants:
            grant.tenure.on_lost(lambda _: self._hear())

    def close(self) -> None:
        """Listen no longer."""
        self._chance.clear()

    def _hear(self) -> None:
        if not any(grant.given_back for grant in self.grants):
            self.tell()

    def tell(self) -> None:
        """Tell now, unless it was told before."""
        try:
            self._chance.pop()  # of several threads only one can
        except IndexError:
            return
        if self._tell is not None:
            self._tell()


class Guardian:
    """Watches the clock for one lease, and tells once that it is lost."""

    def __init__(
        self, desk: Desk[Any], grants: tuple[Grant, ...], tell: Callable[[], object]
    ) -> None:
        """Begin to watch.

        Args:
            desk: the client at work.
            grants: what the lease stands on.
            tell: called when the first of them is lost, and not after they were given
                back.
        """
        self._desk = desk
        self._grants = grants
        self._told = tell
        self._over = desk.door.signal()
        self._worker: Worker | None = None
        self._ear = Ear(grants, self._tell)
        self._worker = desk.stage.start(self._watch())

    async def dismiss(self) -> None:
        """Watch no longer."""
        self._ear.close()
        self._over.set()
        if self._worker is not None:
            await self._worker.stop()

    async def _watch(self) -> None:
        """Look at the clock when a lease would end; other losses tell themselves."""
        while not self._over.is_set():
            now = self._desk.keeper.now()
            left = min(grant.remaining(now) for grant in self._grants)
            if left <= 0:
                return
            # While the machine sleeps this clock runs, and that of `sleep` may not.
            await self._desk.door.sleep(min(left, _LOOK), wake=self._over)

    def _tell(self) -> None:
        self._over.set()
        try:
            answer: Any = self._told()
            if hasattr(answer, "close") and hasattr(answer, "send"):
                answer.close()
                raise TypeError("it returned a coroutine, which nobody awaits")  # noqa: TRY301 - told below
        except Exception as error:  # noqa: BLE001 - a heartbeat must not die of it
            key = str(self._grants[0].tenure.place)
            self._desk.tell("lock.warned", f"on_lost failed: {error!r}", key)
