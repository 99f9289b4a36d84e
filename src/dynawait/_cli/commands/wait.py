"""``dynawait wait``: wait until a condition holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ...sync import wait_for
from ..exits import ExitCode, interruptible
from ..expression import Expression
from ..progress import progress
from ..settings import Settings, common, pass_settings
from ..shapes import table_facts

if TYPE_CHECKING:
    from ...conditions import Condition

_TIMEOUT = 600.0
_GOES_ON = "Run the same command again: it goes on waiting."


@click.command("wait")
@click.argument("table")
@click.option(
    "--for",
    "condition",
    type=Expression(),
    default="active",
    show_default=True,
    help="What to wait for: active, absent, quiet, indexes(by-email), "
    "replicas(eu-west-1), billing(PAY_PER_REQUEST), ...; with &, |, ~ and brackets.",
)
@click.option(
    "--missing",
    type=click.Choice(["wait", "fail"]),
    default="wait",
    show_default=True,
    help="What to do while the table, or an index that is named, is not there.",
)
@common
@pass_settings
def command(
    settings: Settings, table: str, condition: Condition[Any], missing: Any
) -> int:
    """Wait until a condition holds of TABLE, a name or an ARN.

    Gives up after ten minutes unless --timeout says otherwise.
    """
    with interruptible(_GOES_ON), progress(settings) as tell:
        state = wait_for(
            settings.dynamodb,
            table,
            condition,
            missing=missing,
            timeout=settings.budget(_TIMEOUT),
            on_event=tell,
        )
    settings.output.record("result", reached=True, **table_facts(state))
    return ExitCode.REACHED
