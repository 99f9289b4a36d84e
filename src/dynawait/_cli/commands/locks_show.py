"""``dynawait locks show``: everything about a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..exits import CommandError, ExitCode
from ..locks.shapes import lock_facts, lock_lines, service_time
from ..locks.table import client_of, look_at, one_lock
from ..settings import Settings, common, pass_settings

if TYPE_CHECKING:
    from ...locks.records import DialectName


@click.command("show")
@click.argument("key")
@one_lock
@common
@pass_settings
def command(
    settings: Settings,
    key: str,
    lock_table: str,
    dialect: DialectName | None,
    sort_key: str | None,
) -> int:
    """Show everything about the lock KEY, its row included.

    Exits with 3 where there is no such row.
    """
    table = look_at(settings, lock_table, dialect, key=key, sort_key=sort_key)
    locks = client_of(settings, table)
    record = locks.inspect(key, sort_key=sort_key)
    if record is None:
        raise CommandError(
            f"{key}: there is no such row in {lock_table}", ExitCode.IMPOSSIBLE
        )
    now = service_time(locks)
    facts = lock_facts(record, now)
    settings.output.record("lock", **facts, data=record.data, row=record.raw)
    settings.output.show("\n".join(lock_lines(record, now)))
    return ExitCode.REACHED
