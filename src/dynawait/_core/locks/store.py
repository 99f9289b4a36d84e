"""A table of locks, as the protocol sees it: rows that are compared and set.

A condition says what must be so for a write to happen; a refusal shows the row that
was not so. DynamoDB's expressions are in `dynamo`; a table in memory, for simulations,
is in `dynawait.testing._locks`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    from ...states import TableState

    AttributeValue: TypeAlias = Mapping[str, Any]
    Row: TypeAlias = Mapping[str, Any]

LINE = "waiters"
"""The attribute with the names of those who wait, in the order of their coming."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lock lies.

    Attributes:
        key: the value of the partition key.
        sort_key: the value of the sort key; None where the caller uses none.
    """

    key: str
    sort_key: str | None = None

    def __str__(self) -> str:
        """Return the key as people write it."""
        return self.key if self.sort_key is None else f"{self.key}/{self.sort_key}"


@dataclass(frozen=True, slots=True)
class Free:
    """Nobody holds the lock: there is no row, or it says that it is released."""


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no row."""


@dataclass(frozen=True, slots=True)
class Held:
    """The row is not released, and its version is one of these."""

    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exact:
    """There is a row, and it has these values; None for what must be absent."""

    attributes: Mapping[str, AttributeValue | None]


@dataclass(frozen=True, slots=True)
class First:
    """Those who stand first in line are these, and the write takes them off it.

    Without names: nobody stands in line.
    """

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Join:
    """This one does not stand in line, and the write puts it at the end."""

    name: str


@dataclass(frozen=True, slots=True)
class Leave:
    """This one stands at this place in line, and the write takes it off."""

    name: str
    place: int


if TYPE_CHECKING:
    Condition: TypeAlias = Free | Absent | Held | Exact
    Queueing: TypeAlias = First | Join | Leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a write does to a row.

    Attributes:
        condition: what must be so.
        line: what must be so of the line, and what becomes of it; None: no matter.
        set: attributes to set.
        remove: attributes to remove.
        tokens: how many fencing tokens to count on; 0 leaves the row's as it is.
        seed: what to count from where the row has none.
        delete: the row is deleted, and nothing is set.
    """

    condition: Condition
    line: Queueing | None = None
    set: Mapping[str, AttributeValue] = field(default_factory=dict[str, Any])
    remove: tuple[str, ...] = ()
    tokens: int = 0
    seed: int = 0
    delete: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """What a consistent read showed.

    Attributes:
        row: the row; None when there is none.
        date: the date of the answer, in seconds since 1970.
    """

    row: Row | None
    date: float | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The write has happened; this is the row now, None when it was deleted."""

    row: Row | None
    date: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The condition did not hold; this is the row, None when there is none."""

    row: Row | None
    date: float | None = None


@dataclass(frozen=True, slots=True)
class RefusedAll:
    """None of several writes has happened.

    Attributes:
        rows: for each write whether its condition failed, and the row that was there.
        date: the date of the answer.
    """

    rows: tuple[tuple[bool, Row | None], ...]
    date: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a table, and where to go on; None when these were the last."""

    rows: tuple[Row, ...]
    after: Mapping[str, Any] | None
    date: float | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """What DescribeTable said."""

    state: TableState
    date: float | None = None


class StoreTrouble(Exception):  # noqa: N818 - control flow inside the core, never shown
    """A call failed for now, or nobody knows whether it did.

    Attributes:
        kind: *throttled* (it did not happen), *transient* (nobody knows).
        date: the date of the answer, where there was one.
    """

    def __init__(
        self, kind: Literal["throttled", "transient"], date: float | None = None
    ) -> None:
        """Say whether it can have happened."""
        super().__init__(kind)
        self.kind: Literal["throttled", "transient"] = kind
        self.date = date


class Store(Protocol):
    """One table of locks.

    Every method makes one call, gives up at `deadline` where its runtime can, and
    raises `StoreTrouble` for what may go better next time, `ServiceError` for the rest.
    Deadlines are on the clock of the runtime's `boottime`; None: no limit.
    """

    async def read(self, place: Place, *, deadline: float | None = None) -> Sight:
        """Read a row, consistently."""
        ...

    async def write(
        self, place: Place, change: Change, *, deadline: float | None = None
    ) -> Written | Refused:
        """Write a row if its condition holds."""
        ...

    async def write_all(
        self,
        changes: Sequence[tuple[Place, Change]],
        *,
        deadline: float | None = None,
    ) -> Written | RefusedAll:
        """Write several rows, all or none; a success shows no row."""
        ...

    async def scan(
        self, after: Mapping[str, Any] | None = None, *, deadline: float | None = None
    ) -> Page:
        """Read a page of the table, consistently."""
        ...
