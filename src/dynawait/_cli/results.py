"""What came of a change, for people on one line and for machines as a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .shapes import short_name, table_facts
from .spans import spell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..plans import Advance, ChangeResult
    from .settings import Settings


def say_result(
    settings: Settings,
    result: ChangeResult,
    facts: Callable[[Any], Mapping[str, Any]] | None = None,
) -> None:
    """Say what was done and what was so already, and how long it took.

    Args:
        settings: what this run was told.
        result: what came of the change.
        facts: what machines want to know of its state; None: it is a table's.
    """
    output, name = settings.output, short_name(result.plan.table)
    told = _facts_of_table(result) if facts is None else facts(result.state)
    output.record(
        "result",
        **{"table": name, **told},
        reached=True,
        done=[step.title for step in result.done],
        already=[step.title for step in result.already],
        notes=result.plan.notes,
        elapsed=round(result.elapsed, 3),
    )
    output.show(f"{name}: {_words(result)} ({spell(result.elapsed)})")


def say_turn(settings: Settings, table: str, turn: Advance) -> None:
    """Say what one turn of a change came to, and when to come again."""
    left = [step.title for step in turn.plan]
    settings.output.record(
        "result",
        table=short_name(table),
        finished=turn.finished,
        sent=None if turn.sent is None else turn.sent.title,
        left=left,
        reasons=turn.reasons,
        retry_after=turn.retry_after,
    )
    told = ["finished"] if turn.finished else []
    if turn.sent is not None:
        told.append(f"sent: {turn.sent.title}")
    if turn.reasons:
        told.append(f"waiting: {', '.join(turn.reasons)}")
    waiting = [each for each in left if turn.sent is None or each != turn.sent.title]
    if waiting:
        told.append(f"left: {', '.join(waiting)}")
    if turn.retry_after is not None:
        told.append(f"come again in {spell(turn.retry_after)}")
    settings.output.show(f"{short_name(table)}: {'; '.join(told)}")


def _facts_of_table(result: ChangeResult) -> Mapping[str, Any]:
    if result.table is None:
        return {"status": "ABSENT", "exists": False}
    return table_facts(result.table)


def _words(result: ChangeResult) -> str:
    done = ", ".join(step.title for step in result.done)
    told = [f"done: {done}" if done else "nothing to do"]
    if result.already:
        told.append(f"already so: {', '.join(step.title for step in result.already)}")
    return "; ".join(told)
