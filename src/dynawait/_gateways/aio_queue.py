"""The queue of index changes, for many tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.queue import Line
from .aio import open_async

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from .._core.gateway import Gateway
    from .._core.index_changes import OnCancel
    from .._core.planner.index_steps import Until
    from ..changes import Change
    from ..clients import AsyncFaceClient
    from ..events import Observer
    from ..polling import Polling
    from ..states import TableState


class IndexChangeQueue:
    """Index changes of one table from many tasks: one at a time, first in, first out.

    ::

        async with IndexChangeQueue(client, "orders") as queue:
            await queue.submit(CreateIndex("by-status", partition_key="status"))

    Leaving the block waits for the changes that stand in line; leaving it by an
    exception sends them away with `QueueClosedError`. Other processes are waited for
    as well, in no order: take a lock around it where order matters.
    """

    __module__ = "dynawait"

    def __init__(
        self,
        client: AsyncFaceClient,
        table: str,
        *,
        until: Until = "active",
        stop_on_error: bool = False,
        on_cancel: OnCancel = "keep",
        allow_gap: bool = False,
        max_indexes: int = 20,
        polling: Polling | None = None,
        on_event: Observer | None = None,
        cloudwatch: Any = None,
        cloudtrail: Any = None,
    ) -> None:
        """Make a queue; nothing is called yet.

        Args:
            client: the DynamoDB client.
            table: the name or ARN of the table.
            until: when a creation counts as done: ``"started"``, ``"backfilling"``,
                ``"active"`` or ``"queryable"``.
            stop_on_error: whether the first failure closes the queue; otherwise it
                fails only who asked for that change.
            on_cancel: what to do with an index that is being built when its submitter
                is cancelled: ``"keep"`` or ``"delete"`` it.
            allow_gap: whether a `ReplaceIndex` may delete the old index first.
            max_indexes: how many global secondary indexes the account allows.
            polling: how often to look.
            on_event: whom to tell; any callable that takes an `Event`.
            cloudwatch: a CloudWatch client, for the percentage of a backfill.
            cloudtrail: a CloudTrail client, to tell who else changes the table.

        Raises:
            InvalidArgumentError: an argument cannot be right.
        """
        self._client = client
        self._line = Line(
            table,
            {
                "until": until,
                "on_cancel": on_cancel,
                "allow_gap": allow_gap,
                "max_indexes": max_indexes,
                "polling": polling,
                "on_event": on_event,
                "cloudwatch": cloudwatch,
                "cloudtrail": cloudtrail,
            },
            stop_on_error,
        )

    @property
    def pending(self) -> int:
        """How many changes are not done, the one in flight included."""
        return self._line.waiting

    async def submit(
        self, change: Change, *, timeout: float | None = None
    ) -> TableState:
        """Make one change when its turn has come, and return when it is done.

        Args:
            change: what is asked for.
            timeout: the budget, waiting in line included, in seconds; None: for ever.

        Returns:
            The table's state.

        Raises:
            QueueClosedError: the queue was closed before it was its turn.
            ChangeError: the change failed; others are not touched by that.
            InvalidArgumentError: it is no change.
        """
        return await self._line.submit(self._gateway(), change, timeout)

    async def aclose(self) -> None:
        """Take no more changes, and wait for those that stand in line."""
        await self._line.drain(self._gateway())

    async def __aenter__(self) -> Self:
        """Return the queue."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the queue: at once after an error, else when all is done."""
        if kind is None:
            await self.aclose()
        else:
            self._line.stop(self._gateway(), "its block was left by an error")

    def _gateway(self) -> Gateway:
        hook = getattr(self._client, "__dynawait_gateway__", None)
        return hook() if hook is not None else open_async(self._client)
