"""The commands, each loaded when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from .exits import CommandError
from .settings import Settings, common

if TYPE_CHECKING:
    from collections.abc import Mapping

_HERE = "dynawait._cli.commands"
_COMMANDS = {
    "status": ("status", "Show tables, and what moves on them."),
    "wait": ("wait", "Wait until a condition holds."),
    "create": ("create", "Create a table, and wait until it can be used."),
    "update": ("update", "Change a table, step by step."),
    "delete": ("delete", "Delete a table, and wait until it is gone."),
    "indexes": ("indexes", "List indexes, or apply changes one by one."),
    "ttl": ("ttl", "Enable, disable or show time to live."),
    "backup": ("backup", "Create, list, restore and switch backups."),
    "tags": ("tags", "Set, remove or show tags."),
    "locks": ("locks", "List, assess, hold and release locks."),
    "terraform": ("terraform", "Locks of Terraform, and checks of its plans."),
    "watch": ("watch", "Report changes as others make them."),
    "history": ("history", "Show who called what, from CloudTrail."),
    "demo": ("demo", "Play a migration on an embedded server."),
    "simulate": ("simulate", "Start a simulated DynamoDB."),
}


class Lazy(click.Group):
    """A group whose help needs none of its commands' modules."""

    def __init__(
        self,
        *args: Any,
        lazy: Mapping[str, tuple[str, str]] | None = None,
        package: str = _HERE,
        **facts: Any,
    ) -> None:
        """Take the commands: by name, the module and a line of help."""
        super().__init__(*args, **facts)
        self._lazy = dict(lazy or {})
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return [*self._lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; its module has it under the name ``command``."""
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"{self._package}.{self._lazy[cmd_name][0]}")
        found: click.Command = module.command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or suggest one that is spelt alike."""
        name = args[0] if args else ""
        if args and not name.startswith("-") and self.get_command(ctx, name) is None:
            ctx.fail(f"no such command {name!r}{_meant(name, self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the commands with a line each."""
        rows = [(name, line) for name, (_, line) in self._lazy.items()]
        for name in super().list_commands(ctx):
            command = super().get_command(ctx, name)
            if command is not None:
                rows.append((name, command.get_short_help_str(60)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _meant(name: str, names: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value:
        from importlib import metadata

        try:
            version = metadata.version("dynawait")
        except metadata.PackageNotFoundError as error:
            raise CommandError(
                "the version is unknown: dynawait runs, but is not installed",
                hint="Install it with: pip install 'dynawait[cli]'",
            ) from error
        ctx.ensure_object(Settings).output.write(f"dynawait {version}")
        ctx.exit()


@click.group(
    "dynawait",
    cls=Lazy,
    lazy=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=(
        "Exit codes: 0 reached; 1 error; 2 usage; 3 impossible; 4 timed out; "
        "5 changes pending; 6 outcome unknown; 130 interrupted."
    ),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
@common
def app() -> None:
    """Wait for DynamoDB tables, change them safely, and keep locks in them."""
