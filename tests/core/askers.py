"""People who ask for looks through one client, for the tests of sharing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

from dynawait._core.looks import look
from dynawait._core.subject import table_subject
from tests.core.fakes import (
    Script,
    ScriptedClient,
    play,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from dynawait._core.looks import Look
    from tests.core.fakes import ScriptedGateway

SUBJECT = table_subject("orders")
# The rate cap of the client lets a look wait for its hundredth of a second.
PACE = 0.0101


class Bomb(Exception):  # noqa: N818 - a way to cancel one coroutine among others
    """Raised beside a coroutine, to cancel it."""


async def cancelled_at(
    gateway: ScriptedGateway, moment: float, work: Coroutine[Any, Any, Any]
) -> None:
    """Run a coroutine, and cancel it at a moment."""

    async def tick() -> None:
        await gateway.sleep(moment - gateway.now())
        raise Bomb

    with suppress(Bomb):
        await gateway.gather([work, tick()])


@dataclass
class Asker:
    """Somebody who asks for one look, and what became of it."""

    arrives: float
    delay: float = 0.0
    span: float = 0.0
    patience: float = inf
    abandon: bool = True
    cancelled_after: float | None = None
    seen: Look[Any] | None = None
    ended: float | None = field(default=None)

    @property
    def due(self) -> float:
        """The earliest moment that suits."""
        return self.arrives + self.delay

    @property
    def status(self) -> str | None:
        """What the look showed."""
        found = None if self.seen is None else self.seen.state
        return None if found is None else str(found.status)

    async def ask(self, gateway: ScriptedGateway) -> None:
        """Ask when the time has come, and note the end."""
        if self.arrives > 0:
            await gateway.sleep(self.arrives)
        work = self._look(gateway)
        if self.cancelled_after is None:
            await work
        else:
            await cancelled_at(gateway, self.arrives + self.cancelled_after, work)
        if self.ended is None:
            self.ended = gateway.now()

    async def _look(self, gateway: ScriptedGateway) -> None:
        self.seen = await look(
            gateway,
            SUBJECT,
            due=self.due,
            span=self.span,
            deadline=self.arrives + self.patience,
            abandon=self.abandon,
        )
        self.ended = gateway.now()


def ask(script: Script, *askers: Asker, seed: int = 0) -> None:
    """Let them all ask through one client, until every one has ended."""
    boards: list[Any] = []

    async def actor(client: ScriptedClient) -> None:
        boards.append(client.gateway.board)
        await client.gateway.gather(asker.ask(client.gateway) for asker in askers)

    play(script, actor, seed=seed)
    assert all(asker.ended is not None for asker in askers)
    assert not boards[0].looks
