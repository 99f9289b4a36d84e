"""``dynawait ttl``: enable, disable or show time to live."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from ...sync import safe_update_time_to_live
from ..app import Lazy
from ..changing import Manner, carry_out, change_options
from ..exits import ExitCode
from ..looks import time_to_live_of
from ..setting_shapes import time_to_live_facts
from ..settings import Settings, common, pass_settings
from ..shapes import short_name

_TIMEOUT = 10_800.0  # two changes, an hour apart, and an hour to spare
_cooldown = click.option(
    "--on-cooldown",
    type=click.Choice(["wait", "fail"]),
    default="wait",
    show_default=True,
    help="What to do when the last change is less than an hour ago.",
)


@click.group("ttl", cls=Lazy)
@common
def command() -> None:
    """Enable, disable or show time to live."""


@command.command("enable")
@click.argument("table")
@click.argument("attribute")
@_cooldown
@change_options
@common
@pass_settings
def enable(settings: Settings, /, table: str, attribute: str, **options: Any) -> int:
    """Let items of TABLE expire at the time that ATTRIBUTE holds.

    To move it from another attribute takes two changes, an hour apart; nothing expires
    in between.
    """
    wanted = {"Enabled": True, "AttributeName": attribute}
    return _update(settings, table, wanted, options)


@command.command("disable")
@click.argument("table")
@_cooldown
@change_options
@common
@pass_settings
def disable(settings: Settings, /, table: str, **options: Any) -> int:
    """Let no items of TABLE expire any more."""
    return _update(settings, table, {"Enabled": False}, options)


@command.command("show")
@click.argument("table")
@common
@pass_settings
def show(settings: Settings, table: str) -> int:
    """Show whether time to live is on, and on which attribute."""
    state = time_to_live_of(settings, table)
    name = short_name(table)
    settings.output.record("time_to_live", table=name, **time_to_live_facts(state))
    on = f" on {state.attribute}" if state.attribute else ""
    settings.output.show(f"{name}: time to live is {state.status}{on}")
    return ExitCode.REACHED


def _update(
    settings: Settings, table: str, wanted: dict[str, Any], options: dict[str, Any]
) -> int:
    manner = Manner.taken(options)
    change = partial(
        safe_update_time_to_live,
        settings.dynamodb,
        TableName=table,
        TimeToLiveSpecification=wanted,
        **options,
    )
    return carry_out(
        settings, change, manner, timeout=_TIMEOUT, facts=time_to_live_facts
    )
