"""Reading locks without touching them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from ...errors import ServiceError
from ..outcome import words_of
from .retrying import Retry
from .store import Place, StoreTrouble

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from ...locks.records import LockRecord
    from .keeper import Keeper
    from .store import Described, Page, Refused, RefusedAll, Sight, Written

    A = TypeVar("A", bound=Sight | Written | Refused | RefusedAll | Page | Described)

R = TypeVar("R")

LOOK_TIMEOUT = 10.0
"""For how long a look is tried again, in seconds."""


async def insist(
    keeper: Keeper,
    operation: str,
    call: Callable[[float], Coroutine[Any, Any, A]],
    timeout: float = LOOK_TIMEOUT,
) -> A:
    """Make a call until there is an answer.

    Args:
        keeper: the client.
        operation: what to name when there is none.
        call: makes the call, given its deadline.
        timeout: for how long it is tried again, in seconds.

    Raises:
        ServiceError: it was refused for good, or there was no answer in time.
    """
    deadline = keeper.now() + timeout
    retry = Retry(keeper.runtime)
    while True:
        try:
            return await keeper.ask(call(deadline))
        except StoreTrouble as trouble:
            pause = retry.pause(trouble)
            if keeper.now() + pause >= deadline:
                cause = trouble.__cause__ or trouble
                raise ServiceError(
                    code=type(cause).__name__,
                    message=f"no answer in {timeout:g} s: {words_of(cause)}",
                    operation=operation,
                    table=keeper.settings.table,
                ) from trouble
            await keeper.runtime.sleep(pause)


async def inspect(
    keeper: Keeper, place: Place, *, timeout: float = LOOK_TIMEOUT
) -> LockRecord | None:
    """Read a lock, and remember when it was seen like this.

    Args:
        keeper: the client.
        place: where the lock lies.
        timeout: for how long it is tried again, in seconds.

    Returns:
        None when there is no row.

    Raises:
        ServiceError: the call was refused for good, or there was no answer in time.
    """
    sight = await insist(
        keeper, "GetItem", lambda end: keeper.store.read(place, deadline=end), timeout
    )
    record = None if sight.row is None else keeper.record(sight.row)
    keeper.observations.note(place, record, keeper.now())
    return record


async def records(
    keeper: Keeper,
    after: Mapping[str, Any] | None = None,
    *,
    timeout: float = LOOK_TIMEOUT,
) -> tuple[tuple[LockRecord, ...], Mapping[str, Any] | None]:
    """Read a page of locks, whatever rows there are.

    Args:
        keeper: the client.
        after: where the page before has ended; None: from the start.
        timeout: for how long it is tried again, in seconds.

    Returns:
        The records, and where to go on; None when these were the last.

    Raises:
        ServiceError: the call was refused for good, or there was no answer in time.
    """
    page = await insist(
        keeper, "Scan", lambda end: keeper.store.scan(after, deadline=end), timeout
    )
    found = tuple(keeper.record(row) for row in page.rows)
    now = keeper.now()
    for record in found:
        if record.readable:
            place = Place(record.key, record.sort_key)
            keeper.observations.note(place, record, now, spare=True)
    return found, page.after


class Pages(Generic[R]):
    """The pages of a table, one after the other."""

    def __init__(
        self,
        read: Callable[
            [Mapping[str, Any] | None],
            Coroutine[Any, Any, tuple[tuple[R, ...], Mapping[str, Any] | None]],
        ],
    ) -> None:
        """Start before the first; `read` takes where the page before has ended."""
        self._read = read
        self._after: Mapping[str, Any] | None = None
        self._over = False

    async def turn(self) -> tuple[R, ...] | None:
        """Return what is on the next page; None when there is none.

        Raises:
            ServiceError: the call was refused for good, or there was no answer in time.
        """
        if self._over:
            return None
        found, self._after = await self._read(self._after)
        self._over = self._after is None
        return found
