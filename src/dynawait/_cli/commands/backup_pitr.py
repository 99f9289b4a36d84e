"""``dynawait backup pitr``: point-in-time recovery."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from ...sync import safe_update_continuous_backups
from ..app import Lazy
from ..changing import Manner, carry_out, change_options
from ..exits import ExitCode
from ..looks import recovery_of
from ..setting_shapes import recovery_facts, recovery_text
from ..settings import Settings, common, pass_settings
from ..shapes import short_name

_TIMEOUT = 600.0


@click.group("pitr", cls=Lazy)
@common
def command() -> None:
    """Enable, disable or show point-in-time recovery."""


@command.command("enable")
@click.argument("table")
@click.option(
    "--days",
    type=click.IntRange(1, 35),
    help="How far back it reaches; as it is, or 35, if not said.",
)
@change_options
@common
@pass_settings
def enable(settings: Settings, /, table: str, days: int | None, **options: Any) -> int:
    """Let TABLE be restored to any point in time."""
    wanted: dict[str, Any] = {"PointInTimeRecoveryEnabled": True}
    if days is not None:
        wanted["RecoveryPeriodInDays"] = days
    return _update(settings, table, wanted, Manner.taken(options))


@command.command("disable")
@click.argument("table")
@change_options
@common
@pass_settings
def disable(settings: Settings, /, table: str, **options: Any) -> int:
    """Give up the points in time that TABLE can be restored to.

    Asks before; where nobody can be asked, --yes has to be given.
    """
    wanted = {"PointInTimeRecoveryEnabled": False}
    return _update(settings, table, wanted, Manner.taken(options))


@command.command("show")
@click.argument("table")
@common
@pass_settings
def show(settings: Settings, table: str) -> int:
    """Show whether point-in-time recovery is on, and how far it reaches back."""
    state = recovery_of(settings, table)
    name = short_name(table)
    settings.output.record("recovery", table=name, **recovery_facts(state))
    settings.output.show(f"{name}: {recovery_text(state)}")
    return ExitCode.REACHED


def _update(
    settings: Settings, table: str, wanted: dict[str, Any], manner: Manner
) -> int:
    function: Any = safe_update_continuous_backups
    change = partial(
        function,
        settings.dynamodb,
        TableName=table,
        PointInTimeRecoverySpecification=wanted,
    )
    return carry_out(settings, change, manner, timeout=_TIMEOUT, facts=recovery_facts)
