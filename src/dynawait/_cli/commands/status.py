"""``dynawait status``: show tables, and what moves on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ...sync import describe
from ..exits import ExitCode
from ..settings import Settings, common, pass_settings
from ..shapes import table_facts, table_lines
from ..spans import Span

if TYPE_CHECKING:
    from ...states import TableState

_EVERY = 2.0


@click.command("status")
@click.argument("tables", nargs=-1, metavar="TABLE...")
@click.option("--watch", is_flag=True, help="Keep looking, until Ctrl-C.")
@click.option(
    "--every",
    type=Span(),
    help="With --watch: how often to look at each table.  [default: 2s]",
)
@click.option(
    "--external",
    is_flag=True,
    help='Answer Terraform\'s external data source: read {"table": "orders"} from '
    "standard input, and print one JSON object of strings.",
)
@common
@pass_settings
def command(
    settings: Settings,
    tables: tuple[str, ...],
    *,
    watch: bool,
    every: float | None,
    external: bool,
) -> int:
    """Show each TABLE, its indexes and replicas, what moves, and what that blocks.

    Exits with 3 where a table is absent; with --external only errors do not end with 0.
    With --watch the picture is drawn anew on a terminal; elsewhere only what has
    changed is printed.
    """
    if external:
        from ..external import answer

        return answer(settings, tables)
    if not tables:
        raise click.UsageError("name a table, or several")
    if every is not None and not watch:
        raise click.UsageError("--every is for --watch, which is not given")
    if watch:
        from ..screen import keep_looking

        return keep_looking(settings, tables, every or _EVERY)
    states = [describe(settings.dynamodb, table) for table in tables]
    for state in states:
        show_table(settings, state)
    absent = any(not state.exists for state in states)
    return ExitCode.IMPOSSIBLE if absent else ExitCode.REACHED


def show_table(settings: Settings, state: TableState) -> None:
    """Print what is known of a table."""
    settings.output.record("table", **table_facts(state))
    settings.output.show("\n".join(table_lines(state)))
