"""``dynawait locks check``: whether a table can be trusted with locks."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import click

from ..exits import ExitCode
from ..locks.table import client_of, look_at, whole_table
from ..settings import Settings, common, pass_settings

if TYPE_CHECKING:
    from ...locks.records import DialectName

_TIMEOUT = 30.0


@click.command("check")
@whole_table
@click.option(
    "--key",
    metavar="KEY",
    help="A key that the tried calls may name, where a policy permits only some.",
)
@common
@pass_settings
def command(
    settings: Settings, lock_table: str, dialect: DialectName | None, key: str | None
) -> int:
    """Check whether a table can be trusted with locks, and what may be done there.

    Every call that a lock client makes is tried, the writes with a condition that
    cannot hold, so that nothing is changed. Then the table's key, time to live,
    replicas and billing are looked at, and its rows. Exits with 1 on findings.
    """
    table = look_at(settings, lock_table, dialect)
    locks = client_of(settings, table)
    budget = settings.budget(_TIMEOUT)
    timeout = inf if budget is None else budget
    named: dict[str, Any] = {} if key is None else {"key": key}
    permissions = locks.check_permissions(**named, timeout=timeout)
    settings.output.record(
        "permissions",
        ok=permissions.ok,
        granted=permissions.granted,
        missing=permissions.missing,
        problems=permissions.problems,
    )
    report = locks.check_table(timeout=timeout)
    settings.output.record(
        "lock_table",
        table=lock_table,
        dialect=table.dialect,
        ok=report.ok,
        problems=report.problems,
        notes=report.notes,
        rows=report.rows,
    )
    for problem in (*permissions.problems, *report.problems):
        settings.output.show(f"problem: {problem}")
    for note in report.notes:
        settings.output.show(f"note: {note}")
    well = permissions.ok and report.ok
    if well:
        seen = f"{report.rows} rows were read, dialect {table.dialect}"
        settings.output.show(f"{lock_table}: fit for locks; {seen}")
    return ExitCode.REACHED if well else ExitCode.ERROR
