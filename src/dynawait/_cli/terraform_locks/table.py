"""The table of Terraform's locks: as the command line says, or the backend."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from ..exits import CommandError, ExitCode
from .backend import Backend, backend_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..settings import Settings

lock_table_option = click.option(
    "--lock-table",
    metavar="TABLE",
    help="The backend's dynamodb_table; without it, as the backend of this folder "
    "says (.terraform).",
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the locks lie.

    Attributes:
        table: the table's name or ARN.
        backend: what Terraform's folder says; None where it says nothing.
    """

    table: str
    backend: Backend | None


def source_of(
    settings: Settings, table: str | None, command: Sequence[str] = ("terraform",)
) -> Source:
    """Find out where the locks lie.

    Where the table is that of the folder's backend, so are its Region and its endpoint,
    unless the command line says otherwise.

    Args:
        settings: the options of the command line; Region and endpoint are filled in.
        table: what the command line says.
        command: what is run, which may choose a folder.

    Raises:
        CommandError: nobody says which table.
    """
    backend = backend_of(command)
    if backend is not None and backend.table and table in (None, backend.table):
        if settings.region is None and settings.profile is None:
            settings.region = backend.region
        settings.endpoint_url = settings.endpoint_url or backend.endpoint
        return Source(backend.table, backend)
    if table is None:
        raise CommandError(
            "which table holds the locks? This folder has no S3 backend with a "
            "dynamodb_table",
            ExitCode.USAGE,
            hint="Name it with --lock-table, or run this where `terraform init` ran.",
        )
    return Source(table, backend)


def unlock_command(settings: Settings, table: str, path: str, lock_id: str) -> str:
    """Return what a person types to free exactly this lock."""
    words = ["dynawait", "terraform", "unlock", path, lock_id, "--lock-table", table]
    for name in ("profile", "region", "endpoint_url"):
        value = getattr(settings, name)
        if value:
            words += [f"--{name.replace('_', '-')}", value]
    return shlex.join(words)


def tell_how_to_unlock(settings: Settings, table: str, path: str, lock_id: str) -> None:
    """Tell people what frees exactly this lock."""
    line = unlock_command(settings, table, path, lock_id)
    settings.output.tell(f"To free exactly this lock:\n    {line}")
