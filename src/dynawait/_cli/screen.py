"""Show tables, and keep looking: ``dynawait status --watch``."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from ..errors import WaitTimeoutError
from .exits import ExitCode, interruptible
from .shapes import short_name, table_facts, table_lines
from .watching import Over, Seen, Told, watch

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from .output import Output
    from .settings import Settings


def keep_looking(settings: Settings, tables: Sequence[str], every: float) -> int:
    """Show tables and keep looking: drawn anew on a terminal, else what has changed.

    Raises:
        Exception: what ended the last watch.
    """
    output = settings.output
    seen = watch(settings, tables, every=every, timeout=settings.budget(None))
    failure: Exception | None = None
    with interruptible(""), closing(seen), _screen(output) as draw:
        for item in seen:
            if isinstance(item, Over):
                failure = None if _is_late(item.error) else item.error
                if failure is not None:
                    output.complain(f"{short_name(item.table)}: no longer watched")
            elif isinstance(item, Told):
                output.tell(f"{short_name(item.table)}: {item.text}")
            else:
                output.record("table", **table_facts(item.state))
                draw(item)
            if output.gone:
                return ExitCode.REACHED
    if failure is not None:
        raise failure
    return ExitCode.REACHED


def _is_late(error: Exception | None) -> bool:
    return isinstance(error, WaitTimeoutError)


@contextmanager
def _screen(output: Output) -> Generator[Callable[[Seen], object]]:
    """Give what shows a table: a picture on a terminal, else lines."""
    if not (output.is_live and output.is_terminal):
        yield lambda seen: output.show(_lines_of(seen))
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    states: dict[str, str] = {}
    with Live(console=Console(highlight=False), auto_refresh=False) as live:

        def draw(seen: Seen) -> None:
            states[seen.table] = "\n".join(table_lines(seen.state))
            live.update(Text("\n\n".join(states.values())), refresh=True)

        yield draw


def _lines_of(seen: Seen) -> str:
    """Return a table at its first look, and later what has changed."""
    name = short_name(seen.table)
    if not seen.changes:
        return "\n".join(table_lines(seen.state))
    return "\n".join(f"{name}: {change}" for change in seen.changes)
