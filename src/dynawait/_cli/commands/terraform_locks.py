"""``dynawait terraform locks``: the locks of a table."""

from __future__ import annotations

from collections import Counter

import click

from ..exits import ExitCode
from ..locks.shapes import lock_facts, lock_line, service_time, state_of
from ..locks.table import client_of, look_at
from ..settings import Settings, common, pass_settings
from ..terraform_locks.table import lock_table_option, source_of


@click.command("locks")
@lock_table_option
@click.option("--all", "everything", is_flag=True, help="Show digests as well.")
@common
@pass_settings
def command(
    settings: Settings,
    lock_table: str | None,
    everything: bool,  # noqa: FBT001 - click's signature
) -> int:
    """List the locks of Terraform: who holds each, for how long, and its lock ID.

    The whole table is read.
    """
    source = source_of(settings, lock_table)
    table = look_at(settings, source.table, "terraform")
    locks = client_of(settings, table)
    counts: Counter[str] = Counter()
    settings.output.begin()
    for record in locks.records():
        state = state_of(record)
        counts[state] += 1
        if everything or state != "digest":
            now = service_time(locks)
            settings.output.record("lock", **lock_facts(record, now))
            settings.output.show(lock_line(record, now))
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    settings.output.tell(f"{source.table}: {told or 'no rows'}")
    return ExitCode.REACHED
