"""``dynawait locks assess``: whether a lock is held or left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..locks.assessing import assessing_options, code_of, say, watching
from ..locks.observed import notebook_at, observations_option
from ..locks.probes import probe_of
from ..locks.shapes import service_time
from ..locks.table import client_of, look_at, one_lock, trust_option
from ..settings import Settings, common, pass_settings

if TYPE_CHECKING:
    from ...locks.records import DialectName


@click.command("assess")
@click.argument("key")
@one_lock
@trust_option
@assessing_options
@observations_option
@common
@pass_settings
def command(
    settings: Settings,
    key: str,
    *,
    lock_table: str,
    dialect: DialectName | None,
    sort_key: str | None,
    trust_service_time: bool,
    observe: float,
    detailed_exitcode: bool,
    observations: str | None,
    alive_pid: int | None,
    alive: bool,
    dead: bool,
    local: bool,
) -> int:
    """Tell whether the lock KEY is held or left behind, and what that rests on.

    The verdict is HELD, STALE, RELEASED, ABSENT, UNKNOWN or UNREADABLE. A lock is STALE
    only once it was seen unchanged for its whole lease: watch it with --observe, or
    give --observations FILE and run this again a lease later. Nothing is changed.

    Exits with 0 whatever the verdict; with --detailed-exitcode with 0 where nobody
    holds it (ABSENT, RELEASED, STALE), 5 where it is HELD, 6 where it is UNKNOWN, and 1
    where it is UNREADABLE.
    """
    probe = probe_of(alive_pid=alive_pid, alive=alive, dead=dead, local=local)
    table = look_at(settings, lock_table, dialect, key=key, sort_key=sort_key)
    notebook = notebook_at(observations)
    locks = client_of(
        settings, table, notebook=notebook, trust_service_time=trust_service_time
    )
    with watching(settings, key, observe) as seconds:
        found = locks.assess(
            key, sort_key=sort_key, observe=seconds, is_owner_alive=probe
        )
    say(settings, key, found, service_time(locks))
    if notebook is not None:
        notebook.write(locks)
    return code_of(found, detailed=detailed_exitcode)
