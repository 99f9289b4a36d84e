"""A control plane behind an unreliable network, without any input or output.

An `Attempt` is one call on its way. Whoever makes it lets the seconds pass, on whatever
clock there is, and says when it arrives: so the same code serves in-memory clients, the
scheduler and the server.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from .faults import NO_FAULTS, Fate, Faults, draw
from .foreign_writer import NAME, ForeignWriter
from .model import ControlPlane, Durations, Limits, ServiceFault
from .model.items.requests import REQUESTS as ITEM_REQUESTS
from .model.refusals import no_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

_Seen = TypeVar("_Seen")
HOME_REGION = "us-east-1"
_SERVER_ERROR = 500
_SUBJECTS = ("TableName", "ResourceArn", "TableArn", "TargetTableName")
_DATA_PLANE = frozenset(ITEM_REQUESTS)


@dataclass(frozen=True, slots=True)
class Call:
    """A call, as the service saw it.

    Attributes:
        time: when it arrived, in seconds on the service's clock.
        operation: its name, ``"DescribeTable"``.
        parameters: as they were sent.
        outcome: ``"ok"``, an error code, ``"dropped"`` or ``"lost"`` (it was applied).
        client: the name of the client that made it; ``"foreign writer"`` for a change
            that another writer made.
        region: the Region that it was sent to.
    """

    time: float
    operation: str
    parameters: Mapping[str, Any]
    outcome: str
    client: str = ""
    region: str = HOME_REGION

    @property
    def subject(self) -> str:
        """The name of the table that it is about, as far as it says so."""
        for member in _SUBJECTS:
            subject = self.parameters.get(member)
            if isinstance(subject, str):
                return subject.rpartition(":table/")[2]
        return ""


class Attempt:
    """One call on its way to the service and back.

    Attributes:
        operation: its name.
        client: who makes it.
        region: the Region that it is sent to.
        outward: seconds until it arrives.
        homeward: seconds from then until the answer is there.
        result: the response; None unless the call succeeds.
        fault: the error that the service answers with, if it does.
        cut: how the connection ends where there is no answer: ``"dropped"`` before the
            call arrived, ``"lost"`` or ``"reset"`` after it was applied.
        date: what the answer is dated, in seconds since 1970.
    """

    __slots__ = (
        "_fate",
        "_parameters",
        "_service",
        "client",
        "cut",
        "date",
        "fault",
        "homeward",
        "operation",
        "outward",
        "region",
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
        region: str = HOME_REGION,
    ) -> None:
        """Set out."""
        self._service = service
        self._parameters = parameters
        self._fate = fate
        self.operation: str = operation
        self.client: str = client
        self.region: str = region
        self.outward: float = fate.seconds / 2
        self.homeward: float = self.outward
        self.result: dict[str, Any] | None = None
        self.fault: ServiceFault | None = None
        self.cut: str | None = None
        self.date: float = 0.0

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
        plane: the control plane of the Region us-east-1.
        planes: the control planes by Region, each made when its Region is first used.
        calls: every call, in order of arrival.
        overheard: is told of each call that another writer made.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        seed: object = 0,
        durations: Durations | None = None,
        faults: Faults | None = None,
        start: datetime | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Start without tables; see `ControlPlane` for the arguments."""
        self.planes: dict[str, ControlPlane] = {}
        self.calls: list[Call] = []
        self.overheard: Callable[[Call], object] | None = None
        self._writer = ForeignWriter(
            clock, self.planes, seed=seed, written=self._record_foreign
        )
        self._make = partial(
            ControlPlane,
            self._writer.now,
            durations,
            limits=limits,
            start=start,
            peers=self.planes,
        )
        self.plane: ControlPlane = self._make(region=HOME_REGION)
        self.planes[HOME_REGION] = self.plane
        self._clock = clock
        self._epoch = self.plane.start.timestamp()
        self._random = Random(f"{seed}/faults")
        self._lock = threading.Lock()
        self._faults = NO_FAULTS
        self.faults = faults or NO_FAULTS

    @property
    def faults(self) -> Faults:
        """What goes wrong on the way; may be replaced at any time."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        with self._lock:
            if faults.foreign_writer != self._faults.foreign_writer:
                self._writer.set_rate(faults.foreign_writer)
            self._faults = faults

    def reseed(self, seed: object) -> None:
        """Start chance anew."""
        with self._lock:
            self._random.seed(f"{seed}/faults")
            self._writer.reseed(seed)

    def catch_up(self) -> None:
        """Let another writer do now what was due by now."""
        if self._faults.foreign_writer:
            with self._lock:
                self._writer.now()

    def begin(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        client: str = "",
        region: str = HOME_REGION,
    ) -> Attempt:
        """Return a new call, with its fate."""
        with self._lock:
            describes = operation == "DescribeTable"
            fate = draw(self.faults, self._random, describes=describes)
        return Attempt(
            self, operation, parameters, fate=fate, client=client, region=region
        )

    def examine(self, look: Callable[[Mapping[str, ControlPlane]], _Seen]) -> _Seen:
        """Return what a function says of the planes while no call changes them."""
        with self._lock:
            return look(self.planes)

    def receive(
        self, attempt: Attempt, parameters: Mapping[str, Any], fate: Fate
    ) -> None:
        """Apply a call, or refuse it, and record it."""
        with self._lock:
            attempt.date = self._epoch + self._clock()
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
                    attempt.region,
                )
            )

    def _apply(
        self, attempt: Attempt, parameters: Mapping[str, Any], fate: Fate
    ) -> None:
        plane = self.planes.get(attempt.region)
        if plane is None:
            plane = self.planes[attempt.region] = self._make(region=attempt.region)
        try:
            if fate.blind:
                self._miss(plane, parameters)
            attempt.result = plane.handle(attempt.operation, parameters, age=fate.age)
        except ServiceFault as fault:
            attempt.fault = fault

    def _record_foreign(
        self, time: float, operation: str, parameters: Mapping[str, Any], region: str
    ) -> None:
        call = Call(time, operation, parameters, "ok", NAME, region)
        self.calls.append(call)
        if self.overheard is not None:
            self.overheard(call)

    def _miss(self, plane: ControlPlane, parameters: Mapping[str, Any]) -> None:
        name = str(parameters.get("TableName"))
        age = plane.age_of(name)
        if age is not None and age < self.faults.creation_lag:
            raise no_table(name)


def _throttled(operation: str) -> ServiceFault:
    if operation in _DATA_PLANE:
        # Of the table, not of the account: the text is that of public reports.
        message = "Throughput exceeds the current capacity of your table or index."
        return ServiceFault("ThrottlingException", message)
    reads = operation.startswith(("Describe", "List"))
    message = "The rate of control plane requests made by this account is too high"
    return ServiceFault("ThrottlingException", "Rate exceeded" if reads else message)


def _server_error() -> ServiceFault:
    return ServiceFault("InternalServerError", "Internal server error", _SERVER_ERROR)
