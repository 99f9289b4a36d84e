"""Watch tables for changes: each in a thread, on the library's own loop."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from queue import Queue
from typing import TYPE_CHECKING, Any

from .._core.subject import checked_table
from ..conditions import Condition, Verdict
from ..errors import TableGoneError
from ..polling import Polling
from ..sync import wait_for
from .differences import Difference, differences

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from ..events import Event
    from ..states import TableState
    from .settings import Settings

_WORTH_TELLING = ("wait.missing", "wait.retried", "wait.warned")
_BACKLOG = 1000


@dataclass(frozen=True, slots=True)
class Seen:
    """A table at its first look, or when something of it has changed.

    Attributes:
        table: as it was asked for.
        state: what was seen.
        changes: what has changed; nothing at the first look.
    """

    table: str
    state: TableState
    changes: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Something to tell of a table: it is missing, a look failed and is repeated."""

    table: str
    text: str


@dataclass(frozen=True, slots=True)
class Over:
    """The watch of a table has ended.

    Attributes:
        table: which.
        error: why; None where what was waited for holds, or the watch was stopped.
    """

    table: str
    error: Exception | None = field(default=None)


def watch(
    settings: Settings,
    tables: Sequence[str],
    *,
    every: float,
    timeout: float | None,
    until: Condition[Any] | None = None,
) -> Generator[Seen | Told | Over]:
    """Yield what is seen of tables until all of their watches have ended.

    Whoever closes the iterator stops the watches.

    Args:
        settings: what this run was told.
        tables: names or ARNs.
        every: how often to look at each, in seconds.
        timeout: for how long, in seconds; None: for ever.
        until: what ends the watch of a table that it holds for.

    Raises:
        InvalidArgumentError: this can be no table's name.
    """
    names = [checked_table(table) for table in dict.fromkeys(tables)]
    client = settings.dynamodb
    line: Queue[Seen | Told | Over] = Queue(_BACKLOG)
    stop = threading.Event()
    for table in names:
        one = _Watcher(client, table, line, stop, every=every, until=until)
        threading.Thread(
            target=one.run, args=(timeout,), name=f"watch-{table}", daemon=True
        ).start()
    left = len(names)
    try:
        while left:
            item = line.get()
            left -= isinstance(item, Over)
            yield item
    finally:
        stop.set()
        while not line.empty():  # whoever waits for room in the line can go
            line.get()


class _Watcher:
    """The watch of one table."""

    def __init__(
        self,
        client: Any,
        table: str,
        line: Queue[Seen | Told | Over],
        stop: threading.Event,
        *,
        every: float,
        until: Condition[Any] | None,
    ) -> None:
        self._client = client
        self._table = table
        self._line = line
        self._stop = stop
        self._every = every
        self._until = until
        self._last: TableState | None = None
        self._believing = False

    def run(self, timeout: float | None) -> None:
        """Watch until it is over, and say how it ended."""
        error: Exception | None = None
        try:
            self._watch(timeout)
        except Exception as problem:  # noqa: BLE001 - handed to whoever reads the line
            error = problem
        self._line.put(Over(self._table, error))

    def _watch(self, timeout: float | None) -> None:
        condition = Condition("a change", self._judge)
        polling = Polling(floor=self._every, cap=self._every)
        while True:
            try:
                wait_for(
                    self._client,
                    self._table,
                    condition,
                    timeout=timeout,
                    polling=polling,
                    on_event=self._hear,
                )
            except TableGoneError as error:
                # Gone for the grace, or another of its name: the next look is believed.
                self._believing = True
                if timeout is not None:
                    timeout = max(0.0, timeout - error.elapsed)
            else:
                return

    def _judge(self, state: TableState) -> Verdict:
        """Take a look, and go on."""
        if self._stop.is_set():
            return Verdict.satisfied()
        if self._is_in_doubt(state):
            thing = f"table {self._table}"
            return Verdict.pending(f"{thing} is not found", missing=(thing,))
        self._compare(state)
        if self._until is None:
            return Verdict.pending()
        found = self._until.judge(state)
        return Verdict.pending(*found.reasons) if found.kind == "pending" else found

    def _is_in_doubt(self, state: TableState) -> bool:
        """Tell whether a table may be there though it was not found: a stale read."""
        last = self._last
        known = last is not None and last.exists and last.status != "DELETING"
        return known and not state.exists and not self._believing

    def _compare(self, state: TableState) -> None:
        last, self._last = self._last, state
        self._believing = False
        if last is None:
            self._line.put(Seen(self._table, state))
            return
        changes = differences(last, state)
        if changes:
            self._line.put(Seen(self._table, state, changes))

    def _hear(self, event: Event) -> None:
        if event.name in _WORTH_TELLING:
            self._line.put(Told(self._table, event.text))
