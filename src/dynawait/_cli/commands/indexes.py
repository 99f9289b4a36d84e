"""``dynawait indexes``: list the indexes of a table."""

from __future__ import annotations

import click

from ...sync import describe
from ..app import Lazy
from ..exits import CommandError, ExitCode
from ..setting_shapes import (
    columns,
    index_rows,
    indexes_with_kinds,
    whole_index_facts,
)
from ..settings import Settings, common, pass_settings

_COMMANDS = {"apply": ("indexes_apply", "Change indexes, one by one.")}


@click.group("indexes", cls=Lazy, lazy=_COMMANDS)
@common
def command() -> None:
    """List the indexes of a table, or apply changes of them one by one."""


@command.command("list")
@click.argument("table")
@common
@pass_settings
def list_indexes(settings: Settings, table: str) -> int:
    """List the indexes of TABLE: status, keys, projection, items.

    The number of items is as old as DynamoDB's own count, up to six hours.
    """
    state = describe(settings.dynamodb, table)
    if not state.exists:
        raise CommandError(f"{table}: there is no such table", ExitCode.IMPOSSIBLE)
    settings.output.begin()
    for kind, index in indexes_with_kinds(state):
        settings.output.record("index", **whole_index_facts(kind, index, state))
    rows = list(index_rows(state))
    settings.output.show(columns(rows) if rows else f"{state.name}: no indexes")
    return ExitCode.REACHED
