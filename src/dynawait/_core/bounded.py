"""What else is asked while a change waits must not outlast the change."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from .gateway import CallTimedOut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .gateway import Gateway


class Bounded:
    """A gateway that asks other services no longer than until a deadline."""

    __slots__ = ("_deadline", "_gateway")

    def __init__(self, gateway: Gateway, deadline: float) -> None:
        """Take the gateway, and the deadline on its clock."""
        self._gateway = gateway
        self._deadline = deadline

    def __getattr__(self, name: str) -> Any:
        """Return whatever else the gateway can do."""
        return getattr(self._gateway, name)

    async def ask(
        self,
        client: Any,
        method: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Call a method of another AWS client, unless the time is up.

        Raises:
            CallTimedOut: the time was up, or the deadline came first.
            Exception: whatever the client raised, as it is.
        """
        if self._gateway.now() >= self._deadline:
            raise CallTimedOut
        until = min(inf if deadline is None else deadline, self._deadline)
        return await self._gateway.ask(client, method, parameters, deadline=until)
