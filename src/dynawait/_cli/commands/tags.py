"""``dynawait tags``: set, remove or show tags."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from ...errors import PlanError
from ...sync import safe_tag_resource, safe_untag_resource
from ..app import Lazy
from ..changing import Manner, carry_out, change_options
from ..exits import ExitCode
from ..looks import arn_of, tags_of
from ..setting_shapes import tag_facts
from ..settings import Settings, common, pass_settings
from ..shapes import short_name

_TIMEOUT = 600.0


class _Tag(click.ParamType):  # type: ignore[type-arg] # generic since click 8.4
    name = "tag"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, str]:
        """Return the tag as TagResource takes it."""
        key, sign, text = value.partition("=")
        if not (key and sign):
            self.fail(f"{value!r} is no tag: write KEY=VALUE", param, ctx)
        return {"Key": key, "Value": text}


@click.group("tags", cls=Lazy)
@common
def command() -> None:
    """Set, remove or show the tags of a table."""


@command.command("set")
@click.argument("table")
@click.argument("tags", nargs=-1, required=True, type=_Tag(), metavar="KEY=VALUE...")
@change_options
@common
@pass_settings
def set_tags(
    settings: Settings, /, table: str, tags: tuple[dict[str, str], ...], **options: Any
) -> int:
    """Set tags of TABLE; its other tags stay as they are."""
    manner = Manner.taken(options)
    arn = _existing(settings, table)
    function: Any = safe_tag_resource
    change = partial(function, settings.dynamodb, ResourceArn=arn, Tags=list(tags))
    return carry_out(settings, change, manner, timeout=_TIMEOUT, facts=tag_facts)


@command.command("remove")
@click.argument("table")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@change_options
@common
@pass_settings
def remove_tags(
    settings: Settings, /, table: str, keys: tuple[str, ...], **options: Any
) -> int:
    """Remove tags of TABLE; nothing is done about those that are not there."""
    manner = Manner.taken(options)
    arn = _existing(settings, table)
    client = settings.dynamodb
    change = partial(safe_untag_resource, client, ResourceArn=arn, TagKeys=list(keys))
    return carry_out(settings, change, manner, timeout=_TIMEOUT, facts=tag_facts)


@command.command("show")
@click.argument("table")
@common
@pass_settings
def show(settings: Settings, table: str) -> int:
    """Show the tags of TABLE."""
    tags = tags_of(settings, table)
    settings.output.record("tags", table=short_name(table), **tag_facts(tags))
    lines = [f"{key}={value}" for key, value in sorted(tags.items())]
    settings.output.show("\n".join(lines) or f"{short_name(table)}: no tags")
    return ExitCode.REACHED


def _existing(settings: Settings, table: str) -> str:
    """Return the ARN of a table.

    Raises:
        PlanError: there is none.
    """
    arn = arn_of(settings, table)
    if arn is None:
        raise PlanError([f"table {table} does not exist"], table=table)
    return arn
