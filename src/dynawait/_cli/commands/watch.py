"""``dynawait watch``: report changes as others make them."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from ...errors import WaitTimeoutError
from ..exits import CommandError, ExitCode, code_of, interruptible
from ..expression import Expression
from ..hooks import Hook
from ..settings import Settings, common, pass_settings
from ..shapes import short_name, table_facts, table_lines
from ..spans import Span
from ..watching import Over, Seen, Told, watch

if TYPE_CHECKING:
    from ...conditions import Condition

_SHORTEST = 0.25


@click.command("watch")
@click.argument("tables", nargs=-1, required=True, metavar="TABLE...")
@click.option(
    "--every",
    type=Span(),
    default=5.0,
    show_default="5s",
    help="How often to look at each table.",
)
@click.option(
    "--until",
    type=Expression(),
    metavar="EXPRESSION",
    help="End when this holds of every table, as in: dynawait wait --for.",
)
@click.option(
    "--changes",
    type=click.IntRange(min=1),
    metavar="N",
    help="End after so many changes.",
)
@click.option(
    "--exec",
    "hook",
    metavar="COMMAND",
    help="Run this for each change; standard input has the change as JSON.",
)
@click.option("--shell", is_flag=True, help="Let a shell read the command of --exec.")
@click.option(
    "--exec-timeout",
    type=Span(),
    default=30.0,
    show_default="30s",
    help="End the command of --exec when it runs for longer.",
)
@common
@pass_settings
def command(
    settings: Settings,
    /,
    tables: tuple[str, ...],
    *,
    every: float,
    until: Condition[Any] | None,
    changes: int | None,
    hook: str | None,
    shell: bool,
    exec_timeout: float,
) -> int:
    """Report what others change of each TABLE, until Ctrl-C.

    A line a change: an index comes, goes, or becomes active; the billing mode, the
    throughput, the stream, the protection, a replica; the table itself. It sees what
    DescribeTable shows at each look: not time to live, point-in-time recovery, or tags;
    and what lasts for less than --every may go unseen.
    Who it was, dynawait history tells.

    With --exec the environment has DYNAWAIT_TABLE, _CHANGE, _NAME, _BEFORE, _AFTER and
    _TEXT. Commands run one after the other, and one that fails ends nothing.
    With --timeout it ends after that time: with 4 where --until or --changes was asked
    for, otherwise with 0.
    """
    if every < _SHORTEST:
        raise CommandError(
            f"--every: at least {_SHORTEST:g}s, DynamoDB throttles its descriptions",
            ExitCode.USAGE,
        )
    run = None if hook is None else Hook.read(hook, exec_timeout, shell=shell)
    report = _Report(settings, run, changes, len(set(tables)))
    budget = settings.budget(None)
    seen = watch(settings, tables, every=every, timeout=budget, until=until)
    with interruptible(""), closing(seen):
        for item in seen:
            if report.hear(item):
                return ExitCode.REACHED
    return report.end(awaited=until is not None or changes is not None)


class _Report:
    """Reports what is seen."""

    def __init__(
        self, settings: Settings, hook: Hook | None, enough: int | None, tables: int
    ) -> None:
        self._output = settings.output
        self._hook = hook
        self._enough = enough
        self._left = tables
        self._changes = 0
        self._code = ExitCode.REACHED
        self._last: Exception | None = None
        self._late = False

    def hear(self, item: Seen | Told | Over) -> bool:
        """Report something, and tell whether that is enough."""
        if isinstance(item, Told):
            self._output.tell(f"{short_name(item.table)}: {item.text}")
        elif isinstance(item, Over):
            self._hear_end(item)
        elif not item.changes:
            self._output.record("table", **table_facts(item.state))
            self._output.tell("\n".join(table_lines(item.state)))
        else:
            self._hear_changes(item)
        return self._output.gone or self._changes == self._enough

    def _hear_changes(self, seen: Seen) -> None:
        for change in seen.changes:
            at = datetime.now(UTC).isoformat(timespec="seconds")
            facts = {"table": short_name(seen.table), "at": at, **change.facts()}
            self._output.record("change", **facts)
            self._output.show(f"{at} {facts['table']}: {change}")
            if self._hook is not None:
                self._hook.run(facts, self._output)
            self._changes += 1
            if self._output.gone or self._changes == self._enough:
                return

    def _hear_end(self, over: Over) -> None:
        """Tell why a watch has ended, unless the whole run ends for that reason."""
        self._left -= 1
        if isinstance(over.error, WaitTimeoutError):
            self._late = True
        elif over.error is not None and self._left:
            self._output.complain(f"Error: {over.error}")
            self._output.complain(f"{short_name(over.table)}: no longer watched")
            self._output.record(
                "warning", table=short_name(over.table), message=str(over.error)
            )
            self._code = self._code or ExitCode(code_of(over.error))
        elif over.error is not None:
            self._last = over.error

    def end(self, *, awaited: bool) -> int:
        """Return the exit code when all watches have ended.

        Args:
            awaited: whether more was asked for than to watch for a time.

        Raises:
            Exception: what ended the last watch.
            CommandError: the time was up before what was asked for.
        """
        if self._last is not None:
            raise self._last
        if self._code:
            return self._code
        if awaited and (self._late or self._enough is not None):
            raise CommandError(
                f"the watch ended before what was asked for; changes seen: "
                f"{self._changes}",
                ExitCode.TIMED_OUT,
                hint="Run the same command again, with a longer --timeout.",
            )
        return ExitCode.REACHED
