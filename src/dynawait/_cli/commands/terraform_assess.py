"""``dynawait terraform assess``: whether a lock is held or left behind."""

from __future__ import annotations

import click

from ...sync.locks import TerraformLocks
from ..locks.assessing import assessing_options, code_of, say, watching
from ..locks.probes import probe_of
from ..locks.shapes import service_time
from ..locks.table import client_of, look_at
from ..settings import Settings, common, pass_settings
from ..terraform_locks.table import lock_table_option, source_of, tell_how_to_unlock


@click.command("assess")
@click.argument("path")
@lock_table_option
@assessing_options
@common
@pass_settings
def command(
    settings: Settings,
    path: str,
    *,
    lock_table: str | None,
    observe: float,
    detailed_exitcode: bool,
    alive_pid: int | None,
    alive: bool,
    dead: bool,
    local: bool,
) -> int:
    """Tell whether the lock at PATH is held or left behind, and why.

    Terraform's locks have no lease and no heartbeat, so their age proves nothing: the
    verdict is UNKNOWN unless you say whether the holder lives. Ask the CI system, and
    say --dead or --alive; or name its process on this machine with --alive-pid. With
    --local the process is looked for that a lock of dynawait's own names.

    Nothing is changed. Exits with 0 whatever the verdict; with --detailed-exitcode with
    0 where nobody holds it (ABSENT, STALE), 5 where it is HELD, 6 where it is UNKNOWN,
    and 1 where it is UNREADABLE.
    """
    probe = probe_of(alive_pid=alive_pid, alive=alive, dead=dead, local=local)
    source = source_of(settings, lock_table)
    table = look_at(settings, source.table, "terraform")
    locks = TerraformLocks(settings.dynamodb, source.table)
    with watching(settings, path, observe) as seconds:
        found = locks.assess(path, observe=seconds, is_owner_alive=probe)
    say(settings, path, found, service_time(client_of(settings, table)))
    if found.verdict == "STALE" and found.record is not None:
        tell_how_to_unlock(settings, source.table, path, found.record.version)
    return code_of(found, detailed=detailed_exitcode)
