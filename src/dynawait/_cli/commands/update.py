"""``dynawait update``: bring a table to what an UpdateTable asks for."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import click

from ...sync import safe_update_table
from ..changing import Manner, carry_out, change_options
from ..exits import CommandError, ExitCode
from ..helpers import helper_options, helpers
from ..requests import merged
from ..settings import Settings, common, pass_settings
from ..table_flags import check_units, setting_flags, setting_members

_TIMEOUT = 3600.0


@click.command("update")
@click.argument("table")
@click.option(
    "--file",
    "-f",
    metavar="FILE",
    help="UpdateTable's parameters, as JSON or YAML; - is standard input.",
)
@setting_flags
@helper_options
@change_options
@common
@pass_settings
def command(
    settings: Settings,
    /,
    table: str,
    file: str | None,
    cloudwatch: bool,  # noqa: FBT001 - click passes it by name
    cloudtrail: bool,  # noqa: FBT001 - the same
    **options: Any,
) -> int:
    """Change TABLE, in as many calls as DynamoDB needs for it.

    The request comes from flags, from a file, or from both. What is so already is left
    out; the rest is sent step by step, each when the table is quiet enough for it.
    Gives up after an hour unless --timeout says otherwise.

    \b
      dynawait update orders --billing-mode PAY_PER_REQUEST
      dynawait update orders --stream NEW_IMAGE --deletion-protection
      dynawait update orders --file change.yaml --plan
    """  # noqa: D301 - click wants the character
    manner = Manner.taken(options)
    given = {"TableName": table, **setting_members(**options)}
    request = merged(file, "UpdateTable", given)
    check_units(request)
    if set(request) <= {"TableName", "AttributeDefinitions"}:
        raise CommandError(
            "nothing is asked for: say --file, or a flag such as --billing-mode",
            ExitCode.USAGE,
        )
    change = partial(
        safe_update_table,
        settings.dynamodb,
        **helpers(settings, cloudwatch=cloudwatch, cloudtrail=cloudtrail),
        **cast("Any", request),
    )
    return carry_out(settings, change, manner, timeout=_TIMEOUT)
