"""A control plane behind an unreliable network, without any input or output.

An `Attempt` is one call on its way. Whoever makes it lets the seconds pass, on whatever
clock there is, and says when it arrives: so the same code serves in-memory clients, the
scheduler and the server.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from .faults import NO_FAULTS, Fate, Faults, draw
from .model import ControlPlane, Durations, ServiceFault
from .model.refusals import no_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Call:
    """A call, as the service saw it.

    Attributes:
        time: when it arrived, in seconds on the service's clock.
        operation: its name, ``"DescribeTable"``.
        parameters: as they were sent.
        outcome: ``"ok"``, an error code, ``"dropped"`` or ``"lost"`` (it was applied).
        client: the name of the client that made it.
    """

    time: float
    operation: str
    parameters: Mapping[str, Any]
    outcome: str
    client: str = ""


class Attempt:
    """One call on its way to the service and back.

    Attributes:
        operation: its name.
        client: who makes it.
        outward: seconds until it arrives.
        homeward: seconds from then until the answer is there.
        result: the response; None unless the call succeeds.
        fault: the error that the service answers with, if it does.
        cut: how the connection ends where there is no answer: ``"dropped"`` before the
            call arrived, ``"lost"`` or ``"reset"`` after it was applied.
    """

    __slots__ = (
        "_fate",
        "_parameters",
        "_service",
        "client",
        "cut",
        "fault",
        "homeward",
        "operation",
        "outward",
        "result",
    )

    def __init__(
        self,
        service: Service,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        fate: Fate,
        client: str,
    ) -> None:
        """Set out."""
        self._service = service
        self._parameters = parameters
        self._fate = fate
        self.operation = operation
        self.client = client
        self.outward = self.homeward = fate.seconds / 2
        self.result: dict[str, Any] | None = None
        self.fault: ServiceFault | None = None
        self.cut: str | None = None

    def arrive(self) -> None:
        """Reach the service, and be applied or refused there."""
        self._service.receive(self, self._parameters, self._fate)

    def summary(self) -> str:
        """Say what was asked and answered, on one line."""
        name = self._parameters.get("TableName", "")
        return f"{self.operation} {name}: {self.outcome}"

    @property
    def outcome(self) -> str:
        """The status of the table, ``"ok"``, an error code, or how it was cut off."""
        if self.cut is not None:
            return "dropped" if self.cut == "dropped" else "lost"
        if self.fault is not None:
            return self.fault.code
        result = self.result or {}
        table = result.get("Table") or result.get("TableDescription")
        return "ok" if table is None else str(table["TableStatus"])


class Service:
    """A control plane, its faults, and the record of its calls.

    Attributes:
        plane: the control plane.
        faults: what goes wrong on the way; may be replaced at any time.
        calls: every call, in order of arrival.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        seed: object = 0,
        durations: Durations | None = None,
        faults: Faults | None = None,
        start: datetime | None = None,
    ) -> None:
        """Start without tables; see `ControlPlane` for the arguments."""
        self.plane = ControlPlane(clock, durations, start=start)
        self.faults = faults or NO_FAULTS
        self.calls: list[Call] = []
        self._clock = clock
        self._random = Random(f"{seed}/faults")
        self._lock = threading.Lock()

    def reseed(self, seed: object) -> None:
        """Start chance anew."""
        self._random.seed(f"{seed}/faults")

    def begin(
        self, operation: str, parameters: Mapping[str, Any], *, client: str = ""
    ) -> Attempt:
        """Return a new call, with its fate."""
        with self._lock:
            describes = operation == "DescribeTable"
            fate = draw(self.faults, self._random, describes=describes)
        return Attempt(self, operation, parameters, fate=fate, client=client)

    def receive(
        self, attempt: Attempt, parameters: Mapping[str, Any], fate: Fate
    ) -> None:
        """Apply a call, or refuse it, and record it."""
        with self._lock:
            match fate.mishap:
                case "dropped":
                    attempt.cut = "dropped"
                case "throttled":
                    attempt.fault = _throttled(attempt.operation)
                case "server error":
                    attempt.fault = _server_error()
                case mishap:
                    self._apply(attempt, parameters, fate)
                    if mishap == "late 500":
                        attempt.fault = _server_error()
                    elif mishap != "none":
                        attempt.cut = mishap
            outcome = attempt.fault.code if attempt.fault else "ok"
            if attempt.cut is not None:
                outcome = attempt.outcome
            self.calls.append(
                Call(
                    self._clock(),
                    attempt.operation,
                    dict(parameters),
                    outcome,
                    attempt.client,
                )
            )

    def _apply(
        self, attempt: Attempt, parameters: Mapping[str, Any], fate: Fate
    ) -> None:
        try:
            if fate.blind:
                self._miss(parameters)
            attempt.result = self.plane.handle(
                attempt.operation, parameters, age=fate.age
            )
        except ServiceFault as fault:
            attempt.fault = fault

    def _miss(self, parameters: Mapping[str, Any]) -> None:
        name = str(parameters.get("TableName"))
        age = self.plane.age_of(name)
        if age is not None and age < self.faults.creation_lag:
            raise no_table(name)


def _throttled(operation: str) -> ServiceFault:
    reads = operation.startswith(("Describe", "List"))
    message = "The rate of control plane requests made by this account is too high"
    return ServiceFault("ThrottlingException", "Rate exceeded" if reads else message)


def _server_error() -> ServiceFault:
    return ServiceFault("InternalServerError", "Internal server error", _SERVER_ERROR)
