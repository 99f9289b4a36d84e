"""``dynawait locks hold``: hold a lock while a command runs."""

from __future__ import annotations

from typing import Any

import click

from ..locks.observed import observations_option
from ..locks.table import look_at, one_lock, trust_option
from ..settings import Settings, common, pass_settings
from ..spans import Span

_LEASE = "30s"
_GRACE = "10s"


@click.command("hold")
@click.argument("key")
@click.argument("command_line", metavar="-- COMMAND...", nargs=-1, required=True)
@one_lock
@click.option(
    "--lease",
    type=Span(),
    default=_LEASE,
    show_default=True,
    help="For how long a sign of life counts; four are sent in it.",
)
@click.option(
    "--wait",
    type=Span(endless=True),
    help="For how long to wait for the lock; 0s: try once; none: for ever.  "
    "[default: --timeout, or else 60s]",
)
@click.option(
    "--grace",
    type=Span(),
    default=_GRACE,
    show_default=True,
    help="Between SIGTERM and SIGKILL, when the lock is lost.",
)
@click.option("--owner", metavar="NAME", help="What the row calls the holder.")
@trust_option
@observations_option
@click.option("--create-table", is_flag=True, help="Create the table if need be.")
@click.option(
    "--allow-global-table",
    is_flag=True,
    help="Take a table with replicas: where all clients are in one Region.",
)
@common
@pass_settings
def command(
    settings: Settings, /, key: str, *, command_line: tuple[str, ...], **options: Any
) -> int:
    """Hold the lock KEY while COMMAND runs, then release it.

    COMMAND is started without a shell, and finds DYNAWAIT_LOCK_KEY, DYNAWAIT_LOCK_TABLE
    and DYNAWAIT_LOCK_TOKEN in its environment: the token grows with every acquisition,
    so whatever COMMAND writes to can refuse an older one. Signals are passed on to
    COMMAND. Its output is its own; what dynawait has to say goes to standard error,
    also with --json.

    Exits with COMMAND's code, with 128 + n when the signal n has ended it. Before
    COMMAND is started: 4 when the lock was not obtained in time, 127 when there is no
    such program, 126 when it cannot be executed, else as usual.

    When the lock is lost (others took or deleted it, or it could not be renewed in
    time), COMMAND gets SIGTERM, then SIGKILL, and the exit code is 1. When dynawait
    itself is killed by SIGKILL, nobody renews the lock: it stays until its lease ends,
    and COMMAND, if it still runs, goes on without it. The same is so while dynawait is
    suspended; once it goes on, it notices.

    A lock of Terraform's has no lease and no token. It keeps Terraform out, and if
    dynawait is killed it stays until somebody unlocks it.
    """
    from ..children import find_program
    from ..locks.holding import Asked, create, hold
    from ..locks.keeping_out import keep_out

    asked = Asked(key=key, line=command_line, **options)
    find_program(command_line)
    settings.output.lend()
    table = look_at(
        settings,
        asked.lock_table,
        asked.dialect,
        key=key,
        sort_key=asked.sort_key,
        may_be_absent=asked.create_table,
        hint="With --create-table it is made.",
    )
    if asked.create_table:
        create(settings, table)
    hold_it = keep_out if table.dialect == "terraform" else hold
    return hold_it(settings, table, asked).code
