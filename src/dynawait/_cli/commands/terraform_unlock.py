"""``dynawait terraform unlock``: free exactly one lock."""

from __future__ import annotations

import click

from ...sync.locks import TerraformLocks
from ..exits import ExitCode
from ..output import one_line
from ..settings import Settings, common, pass_settings
from ..terraform_locks.table import lock_table_option, source_of

_TIMEOUT = 10.0


@click.command("unlock")
@click.argument("path")
@click.argument("lock_id", metavar="LOCK_ID")
@lock_table_option
@common
@pass_settings
def command(settings: Settings, path: str, lock_id: str, lock_table: str | None) -> int:
    """Free the lock at PATH if it is still the one with LOCK_ID.

    Terraform's message shows the ID, and so do `locks` and `assess`. Other than by
    `terraform force-unlock`, a newer lock is never removed: where another ID holds it,
    or nobody does, nothing is changed and the exit code is 1. There is no question: the
    ID has said which lock is meant.
    """
    source = source_of(settings, lock_table)
    timeout = settings.budget(_TIMEOUT)
    locks = TerraformLocks(
        settings.dynamodb,
        source.table,
        timeout=float("inf") if timeout is None else timeout,
    )
    lock = locks.unlock(path, lock_id)
    settings.output.record(
        "unlock",
        path=path,
        lock_id=lock.id,
        who=lock.who,
        operation=lock.operation,
        created=lock.created,
    )
    told = f"{lock.who} had held it since {lock.created} ({lock.operation})"
    settings.output.show(one_line(f"{path}: unlocked; {told}"))
    return ExitCode.REACHED
