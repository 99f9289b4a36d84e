"""A scripted service in virtual time, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import dynawait
from dynawait._core.gateway import CallTimedOut
from dynawait.testing import ClientError, simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping
    from typing import TypeAlias

    from dynawait._core.board import Board
    from dynawait._core.gateway import Gateway, Signal

    Answer: TypeAlias = Callable[["Call"], Any]
    Actor: TypeAlias = Callable[["ScriptedClient"], Coroutine[Any, Any, Any]]

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"


@dataclass(slots=True)
class Call:
    """A call, as the scripted service got it.

    Attributes:
        number: how many calls came before it.
        client: whose it is.
        sent: when it was sent, in virtual seconds.
        arrived: when the service answered it; None while it is on its way.
        ended: when its answer was there, or nobody waited for it any more.
    """

    number: int
    client: object
    operation: str
    parameters: Mapping[str, Any]
    sent: float
    arrived: float | None = None
    ended: float | None = None

    @property
    def table(self) -> str:
        """Name the table that it is about."""
        return str(self.parameters["TableName"])


class Script:
    """A service that answers by a function.

    Attributes:
        calls: every call, in the order in which they were sent.
        ended: when the last simulation ended, in virtual seconds.
    """

    def __init__(
        self, answer: Answer, *, latency: float | Callable[[Call], float] = 0.0
    ) -> None:
        """Answer by `answer`, each call taking `latency` seconds there and back."""
        self.answer = answer
        self.latency = latency
        self.calls: list[Call] = []
        self.ended = 0.0

    def takes(self, call: Call) -> float:
        """Tell how many seconds a call takes."""
        return self.latency(call) if callable(self.latency) else self.latency

    @property
    def sent(self) -> list[float]:
        """Tell when each call was sent."""
        return [call.sent for call in self.calls]

    @property
    def gaps(self) -> list[float]:
        """Tell the seconds between one call and the next."""
        return [later - sooner for sooner, later in pairwise(self.sent)]

    def most_at_once(self) -> int:
        """Tell how many calls were in flight side by side, at most."""
        changes = [(call.sent, 1) for call in self.calls]
        changes += [(call.ended, -1) for call in self.calls if call.ended is not None]
        most = now = 0
        for _, change in sorted(changes):
            now += change
            most = max(most, now)
        return most


class ScriptedGateway:
    """A gateway of the simulation whose calls go to a script."""

    def __init__(self, script: Script, inner: Gateway) -> None:
        """Send the calls to `script`, and everything else to `inner`."""
        self._script = script
        self._inner = inner

    @property
    def board(self) -> Board:
        """The board of the client."""
        return self._inner.board

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Play the script; at the deadline nobody waits for it any more."""
        now, script = self.now(), self._script
        call = Call(len(script.calls), self._inner, operation, parameters, now)
        script.calls.append(call)
        seconds = script.takes(call)
        try:
            if deadline is not None and now + seconds > deadline:
                await self.sleep(max(0.0, deadline - now))
                raise CallTimedOut
            await self.sleep(seconds / 2)
            call.arrived = self.now()
            answer = script.answer(call)
            await self.sleep(seconds / 2)
        finally:
            call.ended = self.now()
        if isinstance(answer, Exception):
            raise answer
        response: Mapping[str, Any] = answer
        return response

    async def ask(
        self,
        client: Any,
        method: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Call another service, which answers at once."""
        return await self._inner.ask(client, method, parameters, deadline=deadline)

    def now(self) -> float:
        """Tell the virtual time."""
        return self._inner.now()

    def moment(self) -> datetime:
        """Tell the virtual date."""
        return self._inner.moment()

    async def shielded(
        self, coroutine: Coroutine[Any, Any, Any], seconds: float
    ) -> Any:
        """Run a coroutine."""
        return await self._inner.shielded(coroutine, seconds)

    async def sleep(self, seconds: float, *, wake: Signal | None = None) -> None:
        """Sleep in virtual time."""
        await self._inner.sleep(seconds, wake=wake)

    async def gather(self, coroutines: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
        """Run coroutines side by side."""
        return await self._inner.gather(coroutines)

    def signal(self) -> Signal:
        """Return a new flag."""
        return self._inner.signal()

    def jitter(self, span: float) -> float:
        """Return a random number of seconds, by the seed."""
        return self._inner.jitter(span)


class ScriptedClient:
    """A client for public functions, whose gateway plays a script."""

    def __init__(self, script: Script, inner: Gateway) -> None:
        """Stand on a gateway of the simulation."""
        self.gateway = ScriptedGateway(script, inner)

    def __dynawait_gateway__(self) -> ScriptedGateway:
        """Return the gateway that library functions are to use."""
        return self.gateway


def play(
    script: Script, actor: Actor, *, seed: int = 0, until: float | None = None
) -> Any:
    """Run one actor against a script, and return or raise what came of it."""
    return play_all(script, {"actor": actor}, seed=seed, until=until)["actor"]()


def play_all(
    script: Script,
    actors: Mapping[str, Actor],
    *,
    seed: int = 0,
    until: float | None = None,
) -> dict[str, Callable[[], Any]]:
    """Run actors, each with a client of its own; say how to get at their results."""

    def cast(actor: Actor) -> Callable[[Any], Coroutine[Any, Any, Any]]:
        return lambda client: actor(
            ScriptedClient(script, client.__dynawait_gateway__())
        )

    history = simulate(
        {name: cast(actor) for name, actor in actors.items()}, seed=seed, until=until
    )
    script.ended = history.ended

    def result_of(name: str) -> Callable[[], Any]:
        return lambda: history.result(name)

    return {name: result_of(name) for name in actors}


def wait(
    script: Script,
    function: str = "wait_for_table_active",
    *arguments: Any,
    seed: int = 0,
    until: float | None = None,
    **options: Any,
) -> Any:
    """Call one public function against a script; the table is ``orders`` by default."""
    return play(
        script,
        lambda client: getattr(dynawait, function)(
            client, *(arguments or ("orders",)), **options
        ),
        seed=seed,
        until=until,
    )


def by_time(*answers: tuple[float, Any]) -> Answer:
    """Answer by the time of arrival: each answer holds from its second on."""

    def answer(call: Call) -> Any:
        now = call.arrived or 0.0
        return _unfolded([value for since, value in answers if since <= now][-1], call)

    return answer


def in_turn(*answers: Any) -> Answer:
    """Answer one after the other; the last one is repeated."""
    left = list(answers)

    def answer(call: Call) -> Any:
        return _unfolded(left.pop(0) if len(left) > 1 else left[0], call)

    return answer


def by_operation(**answers: Any) -> Answer:
    """Answer by the operation."""
    return lambda call: _unfolded(answers[call.operation], call)


def by_table(**answers: Any) -> Answer:
    """Answer by the table's name."""
    return lambda call: _unfolded(answers[call.table], call)


def _unfolded(answer: Any, call: Call) -> Any:
    return answer(call) if callable(answer) else answer


def table(
    status: str = "ACTIVE",
    *indexes: dict[str, Any],
    name: str = "orders",
    table_id: str | None = "id-1",
    age: float = 0.0,
    **members: Any,
) -> dict[str, Any]:
    """Return a response of DescribeTable; `age` is of the incarnation, in seconds."""
    description: dict[str, Any] = {
        "TableName": name,
        "TableStatus": status,
        "TableArn": ARN.replace("orders", name),
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "CreationDateTime": NOON - timedelta(seconds=age),
        **members,
    }
    if table_id is not None:
        description["TableId"] = table_id
    if indexes:
        description["GlobalSecondaryIndexes"] = list(indexes)
    return {"Table": description}


def index(
    status: str = "ACTIVE", *, name: str = "by-email", **members: Any
) -> dict[str, Any]:
    """Return a global secondary index as DescribeTable shows it."""
    return {
        "IndexName": name,
        "IndexStatus": status,
        "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        **members,
    }


def refusal(code: str, message: str = "", *, status: int = 400) -> ClientError:
    """Return the error that a client raises for a refused call."""
    response = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "DescribeTable")


CREATING = table("CREATING")
ACTIVE = table("ACTIVE")
NO_TABLE = refusal(
    "ResourceNotFoundException", "Requested resource not found: Table: orders not found"
)
THROTTLED = refusal("ThrottlingException", "Rate exceeded")
BROKEN = refusal("InternalServerError", "Internal server error", status=500)
DENIED = refusal("AccessDeniedException", "User: bob is not authorized to perform it")


class Listener:
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        """Start with nothing heard."""
        self.events: list[dynawait.Event] = []

    def __call__(self, event: dynawait.Event) -> None:
        """Keep an event."""
        self.events.append(event)

    @property
    def names(self) -> list[str]:
        """Name the events, in order."""
        return [event.name.removeprefix("wait.") for event in self.events]

    def named(self, name: str) -> list[dynawait.Event]:
        """Return the events of one name."""
        return [event for event in self.events if event.name == f"wait.{name}"]
