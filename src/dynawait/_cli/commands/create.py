"""``dynawait create``: create a table, or adopt the one that is as asked for."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import click

from ...sync import safe_create_table
from ..changing import Manner, carry_out, change_options
from ..exits import CommandError, ExitCode
from ..requests import merged
from ..settings import Settings, common, pass_settings
from ..table_flags import (
    check_units,
    key_flags,
    key_members,
    setting_flags,
    setting_members,
)

_TIMEOUT = 600.0
_HOW = "say --on-demand, or --read and --write"


@click.command("create")
@click.argument("table")
@click.option(
    "--file",
    "-f",
    metavar="FILE",
    help="CreateTable's parameters, as JSON or YAML; - is standard input.",
)
@key_flags
@setting_flags
@click.option(
    "--ignore",
    multiple=True,
    metavar="PARAMETER",
    help="Do not compare this with a table that exists; may be given several times.",
)
@change_options
@common
@pass_settings
def command(
    settings: Settings,
    /,
    table: str,
    file: str | None,
    ignore: tuple[str, ...],
    **options: Any,
) -> int:
    """Create TABLE, and wait until it can be used.

    The request comes from flags, from a file, or from both. A table that is there
    already and is as asked for is adopted; where it differs, the differences are shown.

    \b
      dynawait create orders --key pk:S --sort-key sk:N --on-demand
      dynawait create orders --file orders.yaml --plan
    """  # noqa: D301 - click wants the character
    manner = Manner.taken(options)
    keys = key_members(options.pop("key"), options.pop("sort_key"))
    given = {"TableName": table, **keys, **setting_members(**options)}
    request = merged(file, "CreateTable", given)
    check_units(request)
    _check(request)
    change = partial(
        safe_create_table, settings.dynamodb, ignore=ignore, **cast("Any", request)
    )
    return carry_out(settings, change, manner, timeout=_TIMEOUT)


def _check(request: dict[str, Any]) -> None:
    """Say in flags what every table needs.

    Raises:
        CommandError: it is missing.
    """
    if "GlobalTableSourceArn" in request:
        return
    if "KeySchema" not in request:
        raise CommandError(
            "a table needs a key: say --key NAME:TYPE, or --file with a KeySchema",
            ExitCode.USAGE,
        )
    mode = request.get("BillingMode", "PROVISIONED")
    if mode == "PROVISIONED" and "ProvisionedThroughput" not in request:
        raise CommandError(f"a table needs a capacity: {_HOW}", ExitCode.USAGE)
