"""``dynawait locks release``: free a lock of somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..consent import NOTHING_CHANGED, ask
from ..exits import CommandError, ExitCode
from ..locks.assessing import watching
from ..locks.observed import notebook_at, observations_option
from ..locks.shapes import assessment_lines, lock_facts, service_time
from ..locks.table import client_of, look_at, one_lock, trust_option
from ..output import one_line
from ..settings import Settings, common, pass_settings
from ..spans import Span

if TYPE_CHECKING:
    from ...locks.records import DialectName, LockRecord
    from ...sync.locks import LockAssessment, LockClient


@click.command("release")
@click.argument("key")
@one_lock
@trust_option
@click.option(
    "--observe",
    type=Span(),
    default="0s",
    help="Watch it first, for so long at the most.",
)
@observations_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="Also where its holder shows life.")
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
    observations: str | None,
    yes: bool,
    force: bool,
) -> int:
    """Free the lock KEY, if it is still exactly as it was read.

    It is assessed first. One that is HELD is freed only with --force: its holder would
    go on, and what the lock protects would be in two hands. A lock that nobody holds is
    left as it is, which is no error. Off a terminal --yes is needed.
    """
    table = look_at(settings, lock_table, dialect, key=key, sort_key=sort_key)
    notebook = notebook_at(observations)
    locks = client_of(
        settings, table, notebook=notebook, trust_service_time=trust_service_time
    )
    with watching(settings, key, observe) as seconds:
        found = locks.assess(key, sort_key=sort_key, observe=seconds)
    if notebook is not None:
        notebook.write(locks)
    if found.record is None or found.verdict == "RELEASED":
        settings.output.record("release", key=key, released=False, lock=None)
        settings.output.show(f"{key}: nobody holds it")
        return ExitCode.REACHED
    _agree(settings, one_line(key), found, yes=yes, force=force)
    _free(settings, locks, key, found.record)
    return ExitCode.REACHED


def _agree(
    settings: Settings, key: str, found: LockAssessment, *, yes: bool, force: bool
) -> None:
    """See that the lock may be freed.

    Raises:
        CommandError: it may not.
    """
    if found.record is not None and found.record.kind == "digest":
        raise CommandError(
            f"{key}: this row holds the digest of a state, it is no lock",
            hint=f"{NOTHING_CHANGED} `dynawait terraform digest` reads and repairs it.",
        )
    if found.verdict == "HELD" and not force:
        raise CommandError(
            one_line(f"{key} is held: {'; '.join(found.evidence)}"),
            hint=f"{NOTHING_CHANGED} End its holder first, or give --force.",
        )
    if not yes:
        settings.output.complain("\n".join(assessment_lines(key, found)))
    ask(settings.output, f"Release {key}", yes=yes)


def _free(settings: Settings, locks: LockClient, key: str, record: LockRecord) -> None:
    """Free exactly this lock.

    Raises:
        CommandError: it is not the same any more.
    """
    if not locks.force_release(record):
        raise CommandError(
            f"{key}: it has changed since it was read, so its holder lives, or there "
            "is a new one",
            hint=f"{NOTHING_CHANGED} Look at it again: dynawait locks assess",
        )
    facts = lock_facts(record, service_time(locks))
    settings.output.record("release", key=key, released=True, lock=facts)
    settings.output.show(one_line(f"{key}: released; {record.owner} held it"))
