"""Who else changes the table: what moves, since when, and what CloudTrail recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..states import TableState
from .sources import answer_of
from .writers import changes_in, others_in

if TYPE_CHECKING:
    from datetime import datetime

    from ..events import Writer
    from .gateway import Gateway
    from .run import Run
    from .tell import Teller
    from .writers import Record

# How long the next step is kept waiting before that is told, and how often CloudTrail
# is asked about it after that, in seconds.
PATIENCE = 30.0
AGAIN = 300.0
# What began to move was called before it was seen to move; a description of a table is
# recorded as well, so that a busy table fills pages with them.
_BEFORE = timedelta(minutes=30)
_DAY = timedelta(days=1)
_PAGES = 5
_PAGE = 50
_LATE = "CloudTrail names nobody yet; it may be 15 minutes behind"


class Trail:
    """Tells who keeps the next step waiting.

    One object serves one run. Without a CloudTrail client it tells once what moves;
    with one, whom CloudTrail names, and again every five minutes.
    """

    def __init__(self, client: Any = None) -> None:
        """Take the CloudTrail client; None: there is none."""
        self.name = "CloudTrail"
        self._client = client
        self._told: float | None = None
        self._done = 0

    def due(self, run: Run[Any], now: float) -> bool:
        """Tell whether others have kept the next step waiting for long enough."""
        since = run.blocked_since
        if since is None or len(run.done) != self._done:
            self._told, self._done = None, len(run.done)
            run.movement.writers = ()
        if since is None:
            return False
        if self._told is None:
            return now - since >= PATIENCE
        return self._client is not None and now - self._told >= AGAIN

    async def ask(self, gateway: Gateway, run: Run[Any], teller: Teller) -> None:
        """Ask CloudTrail, if there is one, and tell what keeps the step waiting."""
        now = gateway.now()
        self._told = now
        told = [_waiting(run, now)]
        problem: Exception | None = None
        if self._client is not None:
            try:
                run.movement.writers = await self._writers(gateway, run, now)
            except Exception as error:  # noqa: BLE001 - raised below, after telling
                self._client, problem = None, error
            else:
                told += run.movement.names() or [_LATE]
        writers = run.movement.writers
        teller.tell(
            "change.blocked", "; ".join(told), reasons=run.waits_for, writers=writers
        )
        if problem is not None:
            teller.drop(self.name, problem)

    async def _writers(
        self, gateway: Gateway, run: Run[Any], now: float
    ) -> tuple[Writer, ...]:
        """Look the table up by its name, and where that shows nobody by operation."""
        state = run.state
        table = state.name if isinstance(state, TableState) else run.aim.subject.name
        moment = gateway.moment()
        began = moment - timedelta(seconds=now - (run.blocked_since or now))
        for attribute, value, start in (
            ("ResourceName", table, began - _BEFORE),
            ("EventName", "UpdateTable", moment - _DAY),
        ):
            records = await recorded(
                gateway, self._client, attribute=attribute, value=value, start=start
            )
            found = others_in(records, table, run.movement.requests)
            if found:
                return found
        return ()


async def recorded(
    gateway: Gateway,
    client: Any,
    *,
    attribute: str,
    value: str,
    start: datetime,
    pages: int = _PAGES,
) -> list[Record]:
    """Return the changes of tables that CloudTrail recorded since a moment.

    Args:
        gateway: the door out.
        client: the CloudTrail client.
        attribute: what to look up by, ``"ResourceName"``; CloudTrail takes one only.
        value: and its value.
        start: the moment.
        pages: how many pages of 50 events to read at most, the newest first.

    Raises:
        Exception: whatever the client raised, unless it will pass.
    """
    parameters: dict[str, Any] = {
        "LookupAttributes": [{"AttributeKey": attribute, "AttributeValue": value}],
        "StartTime": start,
        "MaxResults": _PAGE,
    }
    found: list[Record] = []
    for _ in range(pages):
        answer = await answer_of(gateway, client, "lookup_events", parameters)
        found.extend(changes_in(answer))
        token: Any = answer.get("NextToken")
        if not token:
            break
        parameters["NextToken"] = token
    return found


def _waiting(run: Run[Any], now: float) -> str:
    step = run.current
    title = "it" if step is None else step.title
    moving = run.movement.told(now)
    if not moving:
        return f"{title} is refused, though nothing is seen to move: " + "; ".join(
            run.waits_for
        )
    return f"{title} waits for what this run did not start: {moving}"
