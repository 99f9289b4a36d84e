"""Other services that know more about a change: CloudWatch and CloudTrail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from .settings import Settings

    F = TypeVar("F", bound="Callable[..., Any]")


def helper_options(command: F) -> F:
    """Add the options that let other services be asked, which takes permissions."""
    for option in (
        click.option(
            "--cloudtrail",
            is_flag=True,
            help="Ask CloudTrail who else changes the table, when it is kept waiting.",
        ),
        click.option(
            "--cloudwatch",
            is_flag=True,
            help="Ask CloudWatch how far a backfill has come.",
        ),
    ):
        command = option(command)
    return command


def helpers(
    settings: Settings, *, cloudwatch: bool, cloudtrail: bool
) -> dict[str, Any]:
    """Return the clients of the services that may be asked, by name."""
    asked = {"cloudwatch": cloudwatch, "cloudtrail": cloudtrail}
    return {name: settings.client(name) for name, yes in asked.items() if yes}
