"""A line for index changes: first in, first out, one in flight.

There is no worker. Whoever stands first in the line makes his own change, in his own
task or thread, and then wakes the next; so a failure reaches the one who asked for the
change, and a cancelled one just steps out of the line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

from ..changes import checked_changes
from ..errors import (
    ChangeTimeoutError,
    InvalidArgumentError,
    QueueClosedError,
)
from ..polling import checked_timeout
from .index_changes import (
    ON_CANCEL,
    apply_index_changes,
    checked_choice,
    checked_flag,
)
from .patience import Patience
from .planner.indexes import MOST_INDEXES, checked_options
from .report import Observers
from .sources import sources_of
from .subject import checked_table

if TYPE_CHECKING:
    from ..changes import Change
    from ..states import TableState
    from .gateway import Gateway, Signal


@dataclass(eq=False, slots=True)
class Ticket:
    """A place in the line.

    Attributes:
        signal: raised when it may be its turn.
        leaves: whether it is of somebody who only waits for the line to be empty.
    """

    signal: Signal
    leaves: bool = False


@dataclass(eq=False, slots=True)
class Line:
    """The line of one queue.

    Attributes:
        table: the name or ARN of the table.
        options: the options of `apply_index_changes` for every change.
        stop_on_error: whether the first failure closes the queue.
        tickets: who stands in the line; the first one is at work.
        closed: whether nobody may join any more.
        stopped: why those who wait are sent away; None while they are not.
        cause: the failure that stopped it, if one did.
    """

    table: str
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    stop_on_error: bool = False
    tickets: list[Ticket] = field(default_factory=list[Ticket])
    closed: bool = False
    stopped: str | None = None
    cause: Exception | None = None

    def __post_init__(self) -> None:
        """Refuse what no change could be made with.

        Raises:
            InvalidArgumentError: says what is wrong.
        """
        checked_table(self.table)
        given = self.options
        checked_options(
            given.get("until", "active"), given.get("max_indexes", MOST_INDEXES)
        )
        checked_choice(given.get("on_cancel", "keep"), ON_CANCEL, "on_cancel")
        checked_flag(given.get("allow_gap", False), "allow_gap")
        checked_flag(self.stop_on_error, "stop_on_error")
        Patience(None, given.get("polling"))
        Observers(given.get("on_event"))
        sources_of(given.get("cloudwatch"), given.get("cloudtrail"))

    @property
    def waiting(self) -> int:
        """How many changes are not done, the one in flight included."""
        return sum(not ticket.leaves for ticket in self.tickets)

    async def submit(
        self, gateway: Gateway, change: Change, timeout: float | None
    ) -> TableState:
        """Make a change when its turn has come.

        Raises:
            QueueClosedError: the queue was closed before.
            ChangeTimeoutError: the time was up in the line, or at work.
            ChangeError: the change failed.
            InvalidArgumentError: it is no change, or more than one.
        """
        checked_timeout(timeout)
        asked = checked_changes(change)
        if len(asked) != 1:
            problem = f"expected one change, got {len(asked)}; submit them one by one"
            raise InvalidArgumentError("change", problem)
        deadline = inf if timeout is None else gateway.now() + timeout
        ticket = self._join(gateway)
        try:
            await self._wait(gateway, ticket, deadline, repr(asked[0]))
            return await self._work(gateway, asked, deadline)
        except QueueClosedError:
            raise
        except Exception as error:
            if self.stop_on_error:
                self.stop(gateway, "it stopped at an error", error)
            raise
        finally:
            self._leave(gateway, ticket)

    async def drain(self, gateway: Gateway) -> None:
        """Let nobody join any more, and wait until all who stand in line are done."""
        with gateway.board.guard:
            self.closed = True
            if not self.tickets:
                return
            ticket = Ticket(gateway.signal(), leaves=True)
            self.tickets.append(ticket)
        try:
            while self.tickets[0] is not ticket:
                await gateway.sleep(inf, wake=ticket.signal)
        finally:
            self._leave(gateway, ticket)

    def stop(
        self, gateway: Gateway, reason: str, cause: Exception | None = None
    ) -> None:
        """Send those who wait away; the change in flight goes on."""
        with gateway.board.guard:
            self.closed = True
            if self.stopped is None:
                self.stopped, self.cause = reason, cause
            for ticket in self.tickets[1:]:
                if not ticket.leaves:
                    ticket.signal.set()

    async def _work(
        self, gateway: Gateway, asked: tuple[Change, ...], deadline: float
    ) -> TableState:
        left = None if deadline == inf else max(0.0, deadline - gateway.now())
        result: Any = await apply_index_changes(
            gateway, self.table, asked, timeout=left, **self.options
        )
        state: TableState = result.state
        return state

    def _join(self, gateway: Gateway) -> Ticket:
        with gateway.board.guard:
            if self.closed:
                raise self._refusal()
            ticket = Ticket(gateway.signal())
            self.tickets.append(ticket)
            return ticket

    async def _wait(
        self, gateway: Gateway, ticket: Ticket, deadline: float, what: str
    ) -> None:
        """Wait until it is a ticket's turn.

        Raises:
            QueueClosedError: those who wait were sent away.
            ChangeTimeoutError: the deadline came first.
        """
        waited = False
        while (
            self.tickets[0] is not ticket
            and self.stopped is None
            and (left := deadline - gateway.now()) > 0
        ):
            waited = True
            await gateway.sleep(left, wake=ticket.signal)
        if self.stopped is not None:
            raise self._refusal()
        ahead = self.tickets.index(ticket)
        if ahead or (waited and gateway.now() >= deadline):
            raise ChangeTimeoutError(
                f"timed out in the queue, before it came to {what}; "
                f"{ahead} {'was' if ahead == 1 else 'were'} before it",
                table=self.table,
            )

    def _leave(self, gateway: Gateway, ticket: Ticket) -> None:
        with gateway.board.guard:
            first = self.tickets[0] is ticket
            self.tickets.remove(ticket)
            if first and self.tickets:
                self.tickets[0].signal.set()

    def _refusal(self) -> QueueClosedError:
        reason = self.stopped or "it was closed"
        error = QueueClosedError(
            f"the queue takes no change: {reason}", table=self.table
        )
        error.__cause__ = self.cause
        return error
