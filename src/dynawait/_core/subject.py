"""What is looked at: a describe operation as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import InvalidArgumentError
from ..states import TableState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TypeAlias

    NextCall: TypeAlias = "tuple[str, Mapping[str, Any]]"

S = TypeVar("S")

_LETTERS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
)
_SHORTEST, _LONGEST, _LONGEST_ARN = 3, 255, 1024


class NotYet(Exception):  # noqa: N818 - control flow inside the core, never shown
    """What was asked for cannot be told yet; its text says why."""


@dataclass(frozen=True, slots=True)
class Home:
    """The table whose setting a subject is, and which may be known before it is.

    The services of the settings learn of a table some time after DescribeTable shows
    it; of one that is being restored, only at the end (as measured on AWS).

    Attributes:
        table: its name or ARN.
        unseen: says why the setting cannot be told yet, from the state of the table;
            None where it really is missing.
    """

    table: str
    unseen: Callable[[TableState], str | None]


@dataclass(frozen=True, slots=True)
class Subject(Generic[S]):
    """One thing that can be looked at again and again.

    Attributes:
        name: what messages call it: a table name or an ARN.
        noun: what kind of thing it is, ``"table"``.
        operation: the operation that shows it.
        parameters: its keyword arguments.
        parse: turns the response into a state.
        absent: makes the state when AWS says that there is none; None when a condition
            cannot be asked about that, so that it counts as missing.
        answer: an error code that is the answer hoped for, as of a conditional write
            that must fail; `parse` then gets an empty response.
        identity: what tells two incarnations apart: an identifier and the time of
            creation, either of which may be None.
        inventory: the things that a state shows to exist, as `Verdict.missing` names
            them.
        more: the next call that one look takes, from the responses so far; None when
            there is none. `parse` then gets ``{"Responses": [...]}``. It may raise
            `NotYet`.
        home: the table to ask about when AWS says that the subject is missing.
        view: what else tells its looks from those of the same call.
    """

    name: str
    noun: str
    operation: str
    parameters: Mapping[str, Any]
    parse: Callable[[Mapping[str, Any]], S]
    absent: Callable[[str], S] | None = None
    answer: str | None = None
    identity: Callable[[S], tuple[str | None, Any]] | None = None
    inventory: Callable[[S], Iterable[str]] | None = None
    more: Callable[[Sequence[Mapping[str, Any]]], NextCall | None] | None = None
    home: Home | None = None
    view: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return what two subjects share when one look serves both.

        So whatever looks at one operation with the same parameters parses alike.
        """
        return self.operation, f"{self.parameters}{self.view}"


def table_subject(table: str) -> Subject[TableState]:
    """Return the subject that DescribeTable shows.

    Args:
        table: a name or an ARN.

    Raises:
        InvalidArgumentError: it can be neither.
    """
    checked_table(table)
    return Subject(
        name=table,
        noun="table",
        operation="DescribeTable",
        parameters={"TableName": table},
        parse=TableState.parse,
        absent=TableState.absent,
        identity=_identity,
        inventory=_inventory,
    )


def _identity(state: TableState) -> tuple[str | None, Any]:
    return state.table_id, state.created_at


def _inventory(state: TableState) -> list[str]:
    return [
        *(f"index {name}" for name in state.indexes),
        *(f"vector index {name}" for name in state.vector_indexes),
        *(f"replica {region}" for region in state.replicas),
        *(f"witness {region}" for region in state.witnesses),
    ]


def checked_table(table: Any) -> str:
    """Return the table's name or ARN, or refuse what can be neither.

    Names have 3 to 255 letters, digits and ``_.-`` (API reference, CreateTable).

    Raises:
        InvalidArgumentError: says what is wrong with it.
    """
    if not isinstance(table, str):
        problem = f"expected the name or ARN of a table, got {table!r}"
        if hasattr(table, "describe_table") or hasattr(table, "meta"):
            problem += "; the client comes first, then the table"
        raise InvalidArgumentError("table", problem)
    if table.startswith("arn:"):
        kind, slash, name = table.split(":", 5)[-1].partition("/")
        if kind != "table" or not slash or table.split(":")[2:3] != ["dynamodb"]:
            problem = f"not the ARN of a table: {table[:_LONGEST]!r}"
            raise InvalidArgumentError("table", problem)
        if len(table) > _LONGEST_ARN:
            problem = f"an ARN has at most {_LONGEST_ARN} characters, not {len(table)}"
            raise InvalidArgumentError("table", problem)
    else:
        name = table
    _check_name(name)
    return table


def _check_name(name: str) -> None:
    if not name:
        raise InvalidArgumentError("table", "the name is empty")
    if not _SHORTEST <= len(name) <= _LONGEST:
        problem = (
            f"a table name has {_SHORTEST} to {_LONGEST} characters, "
            f"not {len(name)}: {name[:_LONGEST]!r}"
        )
        raise InvalidArgumentError("table", problem)
    strange = sorted(set(name) - _LETTERS)
    if strange:
        problem = (
            f"a table name has letters, digits and _ . - only, "
            f"not {''.join(strange)!r}: {name!r}"
        )
        raise InvalidArgumentError("table", problem)


def checked_text(value: Any, argument: str, what: str) -> str:
    """Return a text that must not be empty.

    Raises:
        InvalidArgumentError: it is empty or no text.
    """
    if not (isinstance(value, str) and value):
        raise InvalidArgumentError(argument, f"expected {what}, got {value!r}")
    return value
