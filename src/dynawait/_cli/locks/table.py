"""A table of locks, as the command line finds it: its dialect and its key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ...errors import InvalidArgumentError, ServiceError
from ...locks.dialects import DIALECTS, recognise
from ...sync import describe
from ...sync.locks import LockClient
from ..exits import CommandError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ...events import Event
    from ...locks.records import DialectName
    from ..settings import Settings
    from .observed import Notebook

    F = TypeVar("F", bound=Callable[..., Any])

_MOST_ROWS = 200
"""How many rows are read at the most to find out their dialect."""
_DENIED = ("AccessDeniedException", "AccessDenied")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of locks.

    Attributes:
        name: its name or ARN.
        dialect: how its rows are laid out.
        names: the names of its key's attributes; None: the dialect's own.
        exists: whether there is such a table; True where nobody may tell.
    """

    name: str
    dialect: DialectName
    names: tuple[str | None, str | None] = (None, None)
    exists: bool = True


lock_table = click.option(
    "--lock-table",
    metavar="TABLE",
    required=True,
    help="Name or ARN of the table that holds the locks.",
)
dialect_option = click.option(
    "--dialect",
    type=click.Choice([dialect.name for dialect in DIALECTS]),
    help="How the rows are laid out; without it the rows themselves tell.",
)
sort_key_option = click.option(
    "--sort-key", metavar="VALUE", help="Sort key of the lock, where the table has one."
)
trust_option = click.option(
    "--trust-service-time",
    is_flag=True,
    help="Believe the time of the last sign of life that a row tells.",
)


def whole_table(command: F) -> F:
    """Add the options that say which table of locks is meant."""
    return lock_table(dialect_option(command))


def one_lock(command: F) -> F:
    """Add the options that say which lock is meant, besides its key."""
    return whole_table(sort_key_option(command))


def look_at(
    settings: Settings,
    table: str,
    dialect: DialectName | None,
    *,
    key: str | None = None,
    sort_key: str | None = None,
    may_be_absent: bool = False,
    hint: str = "",
) -> Table:
    """Find out how a table's rows are laid out, and what its key is called.

    A row that is there tells first, then a page of others, then the name of the key.

    Args:
        settings: whose client to use.
        table: its name or ARN.
        dialect: what the user says; None: find out.
        key: the lock that is meant; None: all of them.
        sort_key: its sort key.
        may_be_absent: whether a table that is not there is no error.
        hint: how to go on where it is one.

    Raises:
        CommandError: there is no such table, or its rows are of several dialects.
        ServiceError: a call was refused.
    """
    found = _described(settings, table)
    if not found.exists:
        if may_be_absent:
            return replace(found, dialect=dialect or "amazon")
        message = f"{table}: there is no such table"
        raise CommandError(message, ExitCode.IMPOSSIBLE, hint=hint)
    spoken = dialect or _spoken(settings, found, key, sort_key)
    return replace(found, dialect=spoken or _by_key(found.names[0]))


def client_of(
    settings: Settings,
    table: Table,
    *,
    notebook: Notebook | None = None,
    **options: Any,
) -> LockClient:
    """Return a lock client for a table.

    Args:
        settings: whose client to use.
        table: what `look_at` has found.
        notebook: what earlier runs have seen.
        options: what else `LockClient` is to be told.

    Raises:
        CommandError: the observations are none.
    """
    open_table = partial(
        LockClient,
        settings.dynamodb,
        table.name,
        dialect=table.dialect,
        partition_key=table.names[0],
        sort_key=table.names[1],
        **options,
    )
    return open_table() if notebook is None else notebook.opened(open_table)


def tell_of_locks(settings: Settings) -> Callable[[Event], None]:
    """Return an observer that tells what becomes of a lock."""
    from ..progress import record_event

    output = settings.output

    def hear(event: Event) -> None:
        record_event(output, event)
        key = f"{event.awaited}: "
        text = event.text.removeprefix(key)
        if event.name in ("lock.acquired", "lock.released"):
            output.tell(f"{key}{text}")
        elif not output.json:
            output.complain(f"{key if event.awaited else ''}{text}")

    return hear


def _described(settings: Settings, table: str) -> Table:
    """Return what a look at a table tells, where that is permitted."""
    try:
        state = describe(settings.dynamodb, table)
    except ServiceError as error:
        if error.code not in _DENIED:
            raise
        return Table(name=table, dialect="amazon")
    if not state.exists:
        return Table(name=table, dialect="amazon", exists=False)
    keys = (*state.key_schema.partition[:1], *state.key_schema.sort[:1], None)
    return Table(name=table, dialect="amazon", names=(keys[0], keys[1]))


def _spoken(
    settings: Settings, table: Table, key: str | None, sort_key: str | None
) -> DialectName | None:
    """Return the dialect of the rows; None where none of them tells.

    Raises:
        CommandError: they are of several.
    """
    # Whatever the dialect, a record carries the row itself.
    locks = client_of(settings, table)
    if key is not None:
        try:
            record = locks.inspect(key, sort_key=sort_key)
        except InvalidArgumentError:  # without a sort key where there must be one
            record = None
        spoken = None if record is None else recognise([record.raw])
        if spoken is not None:
            return spoken
    try:
        rows = [record.raw for record in islice(locks.records(), _MOST_ROWS)]
    except ServiceError as error:
        if error.code not in _DENIED:
            raise
        return None
    return _only(table.name, rows)


def _only(table: str, rows: Iterable[Mapping[str, Any]]) -> DialectName | None:
    found: set[DialectName] = set()
    for row in rows:
        spoken = recognise([row])
        if spoken is not None:
            found.add(spoken)
    if len(found) > 1:
        names = ", ".join(sorted(found))
        raise CommandError(
            f"{table}: its rows are of several dialects: {names}",
            ExitCode.USAGE,
            hint="Say which one is meant with --dialect.",
        )
    return found.pop() if found else None


def _by_key(name: str | None) -> DialectName:
    """Return the dialect that is written to an empty table whose key is called so."""
    for dialect in DIALECTS:
        if dialect.writable and dialect.partition_key == name:
            return dialect.name
    return "amazon"
