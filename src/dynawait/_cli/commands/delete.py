"""``dynawait delete``: delete a table, and wait until it is gone."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from ...sync import safe_delete_table
from ..changing import Manner, carry_out, change_options
from ..settings import Settings, common, pass_settings

_TIMEOUT = 600.0


@click.command("delete")
@click.argument("table")
@click.option(
    "--disable-protection", is_flag=True, help="Delete it although it is protected."
)
@click.option(
    "--delete-replicas",
    is_flag=True,
    help="Delete its replicas in other Regions as well; otherwise they stay.",
)
@change_options
@common
@pass_settings
def command(settings: Settings, /, table: str, **options: Any) -> int:
    """Delete TABLE, and wait until it is gone. Nothing is done where there is none.

    Asks before; where nobody can be asked, --yes has to be given.
    """
    manner = Manner.taken(options)
    change = partial(safe_delete_table, settings.dynamodb, TableName=table, **options)
    return carry_out(settings, change, manner, timeout=_TIMEOUT)
