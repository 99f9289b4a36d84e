"""``dynawait backup``: create, list and restore backups."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, cast

import click

from ...sync import (
    safe_create_backup,
    safe_restore_table_from_backup,
    safe_restore_table_to_point_in_time,
)
from ..app import Lazy
from ..changing import Manner, carry_out, change_options
from ..exits import ExitCode
from ..looks import backups_of
from ..requests import merged
from ..setting_shapes import backup_facts, backup_rows, columns
from ..settings import Settings, common, pass_settings
from ..shapes import short_name

_TIMEOUT = 3600.0
_COMMANDS = {"pitr": ("backup_pitr", "Switch point-in-time recovery, or show it.")}
_LATEST = "latest"


class Moment(click.ParamType):  # type: ignore[type-arg] # generic since click 8.4
    """A time with its zone, or ``latest``."""

    name = "moment"

    def get_metavar(
        self, param: click.Parameter, ctx: click.Context | None = None
    ) -> str:
        """Return how help shows it; click before 8.2 gives no context."""
        del param, ctx
        return "TIME"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime | str:
        """Return the moment; ``latest`` as it is."""
        if value == _LATEST or isinstance(value, datetime):
            return cast("datetime | str", value)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(
                f"{value!r} is no time with a zone: write 2026-01-31T12:00:00Z, "
                f"2026-01-31T12:00:00+01:00 or {_LATEST}",
                param,
                ctx,
            )
        return moment


@click.group("backup", cls=Lazy, lazy=_COMMANDS)
@common
def command() -> None:
    """Create, list and restore backups, and switch point-in-time recovery."""


@command.command("create")
@click.argument("table")
@click.argument("name")
@change_options
@common
@pass_settings
def create(settings: Settings, /, table: str, name: str, **options: Any) -> int:
    """Back TABLE up under NAME, unless it has a backup of that name."""
    manner = Manner.taken(options)
    change = partial(
        safe_create_backup, settings.dynamodb, TableName=table, BackupName=name
    )
    return carry_out(settings, change, manner, timeout=_TIMEOUT, facts=backup_facts)


@command.command("list")
@click.argument("table")
@common
@pass_settings
def list_backups(settings: Settings, table: str) -> int:
    """List the backups of TABLE, the newest first, also after it was deleted."""
    found = backups_of(settings, table)
    settings.output.begin()
    for backup in found:
        facts = backup_facts(backup)
        settings.output.record("backup", table=short_name(table), **facts)
    none = f"{short_name(table)}: no backups"
    settings.output.show(columns(backup_rows(found)) if found else none)
    return ExitCode.REACHED


@command.command("restore")
@click.argument("source")
@click.argument("new_table")
@click.option(
    "--at",
    type=Moment(),
    help="The point in time that SOURCE, a table, is restored to; or latest.",
)
@click.option(
    "--file",
    "-f",
    metavar="FILE",
    help="More parameters of the restore, as JSON or YAML; - is standard input.",
)
@click.option(
    "--adopt",
    is_flag=True,
    help="Take a table that does not say where it comes from for the restored one.",
)
@change_options
@common
@pass_settings
def restore(
    settings: Settings,
    /,
    source: str,
    new_table: str,
    at: datetime | str | None,
    file: str | None,
    **options: Any,
) -> int:
    """Restore SOURCE as NEW_TABLE, and wait until that can be used.

    SOURCE is the ARN of a backup; or, with --at, the name or ARN of a table that has
    point-in-time recovery. There is no time limit unless --timeout says one.

    \b
      dynawait backup restore arn:aws:dynamodb:...:table/orders/backup/017... orders-2
      dynawait backup restore orders orders-2 --at 2026-01-31T12:00:00Z
    """  # noqa: D301 - click wants the character
    manner = Manner.taken(options)
    is_backup = "/backup/" in source
    if is_backup and at is not None:
        raise click.UsageError("--at is for a table; a backup has a time of its own")
    if not is_backup and at is None:
        raise click.UsageError(
            f"{source} is no ARN of a backup: to restore a table to a point in time "
            f"say --at TIME, or --at {_LATEST}"
        )
    function: Any = safe_restore_table_from_backup
    operation, given = "RestoreTableFromBackup", {"BackupArn": source}
    if at is not None:
        function = safe_restore_table_to_point_in_time
        operation, given = "RestoreTableToPointInTime", _source(source, at)
    given["TargetTableName"] = new_table
    request = merged(file, operation, given)
    change = partial(function, settings.dynamodb, **request, **options)
    return carry_out(settings, change, manner, timeout=None)


def _source(table: str, at: datetime | str) -> dict[str, Any]:
    """Return what is restored, and to which time."""
    member = "SourceTableArn" if table.startswith("arn:") else "SourceTableName"
    if at == _LATEST:
        return {member: table, "UseLatestRestorableTime": True}
    return {member: table, "RestoreDateTime": at}
