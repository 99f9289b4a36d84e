"""What the service was asked and what it did, with what the describes showed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dynawait import TableState
from dynawait._core.outcome import Fault, classify
from dynawait.testing import ServiceFault
from dynawait.testing.service import HOME_REGION
from tests.simulation.changes.tables import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dynawait.testing import SimulatedDynamoDB

FOREIGN = "foreign writer"
_READS = ("Describe", "List", "Get", "Query", "Scan", "Search")
# A build is one thing, though the plane keeps its phases apart.
_FAMILIES = {"allocate": "build", "backfill": "build"}
# No description shows that the index of a replica still builds.
_UNSEEN = frozenset({"replica-index"})


@dataclass(frozen=True, slots=True)
class Look:
    """A DescribeTable that was answered.

    Attributes:
        who: whose it was.
        asof: the time that it shows, in seconds.
        answer: what it showed; None: there is no table.
    """

    who: str
    asof: float
    answer: Mapping[str, Any] | None

    @property
    def state(self) -> TableState:
        """What it showed, parsed: few of them are ever asked."""
        if self.answer is None:
            return TableState.absent(NAME)
        return TableState.parse(self.answer)


@dataclass(slots=True)
class Write:
    """A call that changes something, as it arrived.

    Attributes:
        who: whose it was.
        time: when it arrived, in seconds.
        operation: its name.
        parameters: as they were sent.
        reached: whether it came through to the control plane.
        fault: the control plane's refusal.
        before: what was under way on the table when it arrived.
        started: what it has set under way.
        mishap: what went wrong with it.
    """

    who: str
    time: float
    operation: str
    parameters: Mapping[str, Any]
    reached: bool = False
    fault: ServiceFault | None = None
    before: frozenset[str] = frozenset()
    started: frozenset[str] = frozenset()
    mishap: str = "none"

    @property
    def accepted(self) -> bool:
        """Whether the control plane took it."""
        return self.reached and self.fault is None

    @property
    def meaning(self) -> str:
        """What its refusal means, in the library's words."""
        if self.fault is None:
            return ""
        found = Fault(self.fault.code, self.fault.message, self.fault.http_status)
        return classify(found).kind

    def index_actions(self) -> list[tuple[str, str]]:
        """Return the kind of action and the name, of each index that it is about."""
        return [
            (action, members["IndexName"])
            for member in ("GlobalSecondaryIndexUpdates", "VectorIndexUpdates")
            for update in self.parameters.get(member) or ()
            for action, members in update.items()
        ]

    def __str__(self) -> str:
        """Return who asked for what, when, and what became of it."""
        parts = {k: v for k, v in self.parameters.items() if k != "TableName"}
        end = "accepted" if self.accepted else f"refused: {self.fault}"
        if not self.reached:
            end = "did not arrive"
        told = "" if self.mishap == "none" else f" ({self.mishap})"
        return f"{self.time:.3f} {self.who}: {self.operation} {parts}: {end}{told}"


@dataclass(slots=True)
class Tap:
    """Listens to a service, from when it is made on.

    Attributes:
        who: whose calls those of a client without a name are.
        record: looks and writes, in the order in which they arrived.
    """

    dynamodb: SimulatedDynamoDB
    who: str = ""
    record: list[Look | Write] = field(default_factory=list[Look | Write])

    def __post_init__(self) -> None:
        """Put itself between the calls and the service."""
        service: Any = self.dynamodb.__dynawait_service__
        plane: Any = service.planes[HOME_REGION]
        receive, handle = service.receive, plane.handle
        current: list[Write] = []

        def under_way() -> dict[str, Any]:
            jobs = plane.under_way().get(NAME, ())
            return {_key(job): job for job in jobs if not _lingers(job)}

        def tapped_handle(
            operation: str, parameters: Mapping[str, Any], *, age: float = 0.0
        ) -> Any:
            if operation.startswith(_READS):
                return handle(operation, parameters, age=age)
            write = current.pop() if current else None
            if write is None:
                answer = handle(operation, parameters)
                write = Write(FOREIGN, self.dynamodb.clock.now(), operation, parameters)
                write.reached = True
                self.record.append(write)
                return answer
            before = under_way()
            write.reached, write.before = True, frozenset(before)
            try:
                answer = handle(operation, parameters)
            except ServiceFault as fault:
                write.fault = fault
                raise
            after = under_way()
            write.started = frozenset(
                name for name, job in after.items() if before.get(name) is not job
            )
            return answer

        def tapped_receive(attempt: Any, parameters: Any, fate: Any) -> None:
            who = attempt.client or self.who
            now = self.dynamodb.clock.now()
            if attempt.operation.startswith(_READS):
                receive(attempt, parameters, fate)
                self._look(who, now, attempt, fate)
                return
            write = Write(who, now, attempt.operation, dict(parameters))
            write.mishap = fate.mishap
            self.dynamodb.__dynawait_service__.catch_up()
            self.record.append(write)
            current.append(write)
            receive(attempt, parameters, fate)
            current.clear()

        service.receive, plane.handle = tapped_receive, tapped_handle

    def _look(self, who: str, now: float, attempt: Any, fate: Any) -> None:
        if attempt.operation != "DescribeTable" or attempt.cut is not None:
            return
        if attempt.fault is None:
            self.record.append(Look(who, now - fate.age, attempt.result))
        elif attempt.fault.code == "ResourceNotFoundException":
            asof = -1.0 if fate.blind else now - fate.age
            self.record.append(Look(who, asof, None))

    def writes(self, who: Iterable[str] | None = None) -> list[Write]:
        """Return the writes of all, or of some."""
        names = None if who is None else frozenset(who)
        return [
            each
            for each in self.record
            if isinstance(each, Write) and (names is None or each.who in names)
        ]

    def looks(self, who: str) -> list[Look]:
        """Return the looks of somebody."""
        return [e for e in self.record if isinstance(e, Look) and e.who == who]


def _key(job: Any) -> str:
    kind = _FAMILIES.get(job.kind, job.kind)
    return f"{kind} {job.index}" if job.index else str(kind)


def _lingers(job: Any) -> bool:
    return job.kind in _UNSEEN or (job.aside and job.kind != "warm")
