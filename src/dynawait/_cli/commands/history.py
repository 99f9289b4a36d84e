"""``dynawait history``: show who called what, from CloudTrail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from ..._core.subject import checked_table
from ..exits import CommandError, ExitCode
from ..output import one_line
from ..settings import Settings, common, pass_settings
from ..shapes import short_name
from ..spans import Span, spell
from ..timeline import Timeline, deed

if TYPE_CHECKING:
    from ..._core.writers import Record

_DAY = 86_400.0
_KEPT = 90 * _DAY
_LATE = "CloudTrail is up to 15 minutes late, and keeps 90 days."


@click.command("history")
@click.argument("table")
@click.option(
    "--since",
    type=Span(),
    default=_DAY,
    show_default="24h",
    help="How far back to look: 90m, 24h, 30d; CloudTrail keeps 90 days.",
)
@click.option("--all", "reads", is_flag=True, help="Show calls that only read as well.")
@common
@pass_settings
def command(settings: Settings, table: str, *, since: float, reads: bool) -> int:
    """Show who changed TABLE and how, the newest call last, from CloudTrail.

    Only calls to the control plane: items are not in it. It changes nothing, and needs
    the permission cloudtrail:LookupEvents. CloudTrail is up to 15 minutes late; what
    happens now, dynawait watch reports.
    """
    if since > _KEPT:
        raise CommandError(
            f"--since {spell(since)}: CloudTrail keeps 90 days", ExitCode.USAGE
        )
    name = short_name(checked_table(table))
    begin = datetime.now(UTC) - timedelta(seconds=since)
    client = settings.client("cloudtrail")
    timeline = Timeline(client, table, begin, reads=reads)
    output = settings.output
    output.begin()
    for record in timeline.records:
        output.record("call", table=name, **_facts(record))
        output.show(one_line(_line(record)))
    if timeline.cut:
        cut = "there are more calls than were read: give a shorter --since"
        output.complain(f"{name}: {cut}")
        output.record("warning", table=name, message=cut)
    if not timeline.records:
        output.tell(f"{name}: CloudTrail has no call in the last {spell(since)}")
    output.tell(_LATE)
    return ExitCode.REACHED


def _line(record: Record) -> str:
    writer = record.writer
    at = "unknown" if writer.at is None else writer.at.isoformat(timespec="seconds")
    told = f"{at}  {writer.operation}  {writer.user}"
    if writer.source:
        told += f" from {writer.source}"
    words = deed(record.asked)
    told += f": {words}" if words else ""
    return f"{told}  REFUSED {writer.error}" if writer.error else told


def _facts(record: Record) -> dict[str, object]:
    writer = record.writer
    return {
        "at": writer.at,
        "operation": writer.operation,
        "user": writer.user,
        "source": writer.source,
        "agent": writer.agent,
        "error": writer.error,
        "what": deed(record.asked),
        "parameters": record.asked,
        "event_id": record.event,
        "request_id": record.request,
    }
