"""``dynawait terraform run``: run Terraform, and free what it leaves behind."""

from __future__ import annotations

import click

from ..settings import Settings, common, pass_settings
from ..terraform_locks.table import lock_table_option, source_of


@click.command("run")
@click.argument("command_line", metavar="-- COMMAND...", nargs=-1, required=True)
@lock_table_option
@click.option(
    "--path",
    metavar="PATH",
    help="Where its lock lies; without it, as the backend of its folder says.",
)
@common
@pass_settings
def command(
    settings: Settings,
    command_line: tuple[str, ...],
    lock_table: str | None,
    path: str | None,
) -> int:
    """Run Terraform or OpenTofu, and free the lock that it leaves behind.

    \b
        dynawait terraform run -- terraform apply -auto-approve

    COMMAND is started without a shell, signals are passed on to it, and its output is
    its own; what dynawait has to say goes to standard error, also with --json. Exits
    with COMMAND's code, with 128 + n when the signal n has ended it.

    When COMMAND has ended and its lock is still there (it was killed, or could not
    reach DynamoDB), exactly that lock is freed, and no other. What proves that it is
    its own is the lock ID in Terraform's log, which is kept in a private file while it
    runs (TF_LOG_CORE, TF_LOG_PATH; where you have set a log yourself, that is read).
    OpenTofu and Terraform before 1.6 do not log it: then the lock must have appeared at
    PATH while COMMAND ran, taken by this user on this host, and no other Terraform may
    run here. Where nothing can be proved, nothing is freed, and the exact command is
    told.

    When dynawait itself is killed by SIGKILL, a lock that is left stays. See
    `dynawait terraform locks`, `assess` and `unlock`.
    """  # noqa: D301 - click wants the character
    from ..children import find_program
    from ..terraform_locks.running import run_terraform

    find_program(command_line)
    settings.output.lend()
    source = source_of(settings, lock_table, command_line)
    return run_terraform(settings, source, command_line, path).code
