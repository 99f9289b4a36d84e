"""``dynawait locks list``: the locks of a table."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from ..exits import ExitCode
from ..locks.observed import notebook_at, observations_option
from ..locks.shapes import lock_facts, lock_line, service_time, state_of
from ..locks.table import client_of, look_at, whole_table
from ..settings import Settings, common, pass_settings

if TYPE_CHECKING:
    from ...locks.records import DialectName

_HIDDEN = ("released", "digest")


@click.command("list")
@whole_table
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Show released locks as well, and the digests of Terraform's states.",
)
@observations_option
@common
@pass_settings
def command(
    settings: Settings,
    lock_table: str,
    dialect: DialectName | None,
    everything: bool,  # noqa: FBT001 - click's signature
    observations: str | None,
) -> int:
    """List the locks of a table: who holds each, and when it was last heard of.

    The whole table is read. Whether a holder is still there, `assess` tells.
    """
    table = look_at(settings, lock_table, dialect)
    notebook = notebook_at(observations)
    locks = client_of(settings, table, notebook=notebook)
    counts: Counter[str] = Counter()
    settings.output.begin()
    for record in locks.records():
        state = state_of(record)
        counts[state] += 1
        if everything or state not in _HIDDEN:
            now = service_time(locks)
            settings.output.record("lock", **lock_facts(record, now))
            settings.output.show(lock_line(record, now))
    if notebook is not None:
        notebook.write(locks)
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    settings.output.tell(f"{lock_table}, dialect {table.dialect}: {told or 'no rows'}")
    return ExitCode.REACHED
