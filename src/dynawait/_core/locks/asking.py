"""Single calls about a lock table, made until there is an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import ServiceError
from ..gateway import CallTimedOut
from ..outcome import Fault, classify, read_fault
from ..refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..gateway import Gateway

_FIRST = 0.1
_LONGEST = 2.0
_PASSING = ("throttled", "transient", "busy")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to.

    Attributes:
        response: what was returned; empty after a fault.
        fault: the error that the service answered with, if it was one of those that
            the caller wanted to see.
    """

    response: Mapping[str, Any]
    fault: Fault | None = None


class Asker:
    """Asks one table until a deadline.

    Attributes:
        gateway: the door out.
        table: the table's name or ARN.
    """

    __slots__ = ("_deadline", "_timeout", "gateway", "table")

    def __init__(self, gateway: Gateway, table: str, timeout: float) -> None:
        """Start the clock; `timeout` is for all calls together, in seconds."""
        self.gateway: Gateway = gateway
        self.table: str = table
        self._timeout = timeout
        self._deadline = gateway.now() + timeout

    async def ask(
        self,
        operation: str,
        request: Mapping[str, Any] | None = None,
        *,
        faults: tuple[str, ...] = (),
    ) -> Answer:
        """Make a call until there is an answer.

        Args:
            operation: its name.
            request: its parameters besides the table.
            faults: codes of errors that are an answer too.

        Raises:
            ServiceError: it was refused for good, or there was no answer in time.
        """
        named = {"TableName": self.table, **(request or {})}
        pause = _FIRST
        while True:
            fault, error = Fault("Timeout", "no answer"), None
            try:
                return Answer(
                    await self.gateway.call(operation, named, deadline=self._deadline)
                )
            except CallTimedOut:
                pass
            except Exception as raised:
                found = read_fault(raised)
                if found is None:
                    raise
                if found.code in faults:
                    return Answer({}, found)
                kind = classify(found, raised).kind
                if kind not in _PASSING:
                    raise refusal(
                        operation, self.table, found, kind, raised
                    ) from raised
                fault, error = found, raised
            if self.gateway.now() + pause >= self._deadline:
                raise self._late(operation, fault) from error
            rest = pause / 2 + self.gateway.jitter(pause / 2)
            await self.gateway.sleep(rest)
            pause = min(2 * pause, _LONGEST)

    def _late(self, operation: str, fault: Fault) -> ServiceError:
        return ServiceError(
            code=fault.code,
            message=f"no answer in {self._timeout:g} s: {fault.message}",
            operation=operation,
            table=self.table,
        )
