"""Conditions about the table as a whole."""

from __future__ import annotations

from functools import partial
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from ..errors import InvalidArgumentError
from ._algebra import Condition, Verdict, leaf

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..states import TableState

# A table in these will not become ACTIVE by itself (API reference, TableDescription).
FINAL = ("DELETING", "ARCHIVING", "ARCHIVED")
# An operator can repair these, by giving back a key or a permission.
REPAIRABLE = ("INACCESSIBLE_ENCRYPTION_CREDENTIALS", "REPLICATION_NOT_AUTHORIZED")


def no_table(state: TableState) -> Verdict:
    """Return the verdict of a condition that needs a table where there is none."""
    table = f"table {state.name}"
    return Verdict.pending(f"{table} does not exist", missing=(table,))


def standing_still(what: str) -> Verdict:
    """Return the verdict for what waits until a person repairs it."""
    advice = f"{what}: it waits until an operator gives back the key or the permission"
    return Verdict.pending(advice, warnings=(advice,))


def doomed(state: TableState) -> Verdict | None:
    """Return why nothing of this table can become active any more, or None."""
    if state.status not in FINAL:
        return None
    reason = f"table is {state.status}"
    if state.archival is not None and state.archival.reason:
        reason += f" ({state.archival.reason})"
    return Verdict.impossible(reason)


def table_active() -> Condition[TableState]:
    """Ask whether the table is ACTIVE.

    Impossible while it is DELETING, ARCHIVING or ARCHIVED. What an operator can repair
    (INACCESSIBLE_ENCRYPTION_CREDENTIALS, REPLICATION_NOT_AUTHORIZED) is pending, with
    a warning. An index may still be backfilling: see `quiet`.
    """
    return leaf("table_active()", _judge_active)


def _judge_active(state: TableState) -> Verdict:
    if state.status == "ACTIVE":
        return Verdict.satisfied()
    if not state.exists:
        return no_table(state)
    if state.status in REPAIRABLE:
        return standing_still(f"table is {state.status}")
    return doomed(state) or Verdict.pending(f"table is {state.status}")


def table_absent() -> Condition[TableState]:
    """Ask whether there is no table of that name."""
    return leaf("table_absent()", _judge_absent)


def _judge_absent(state: TableState) -> Verdict:
    if not state.exists:
        return Verdict.satisfied()
    return Verdict.pending(f"table is {state.status}")


def quiet() -> Condition[TableState]:
    """Ask whether nothing on the table is moving, so that a change would be accepted.

    Table, indexes of both kinds, replicas, witnesses, encryption and restore count;
    warm throughput does not, as it blocks nothing.
    """
    return leaf("quiet()", _judge_quiet)


def _judge_quiet(state: TableState) -> Verdict:
    if not state.exists:
        return no_table(state)
    if state.status in REPAIRABLE:
        return standing_still(f"table is {state.status}")
    moving = state.blockers()
    if not moving:
        return Verdict.satisfied()
    return doomed(state) or Verdict.pending(*moving)


def restored() -> Condition[TableState]:
    """Ask whether the table is ACTIVE and its restore has ended."""
    return leaf("restored()", _judge_restored)


def _judge_restored(state: TableState) -> Verdict:
    verdict = _judge_active(state)
    if verdict.kind == "satisfied" and state.restore and state.restore.in_progress:
        return Verdict.pending("restore is in progress")
    return verdict


def satisfies(
    predicate: Callable[[TableState], bool], description: str
) -> Condition[TableState]:
    """Ask a question of your own.

    Args:
        predicate: a pure function of a `TableState`. It is asked about an absent table
            too (``state.exists`` is False then).
        description: what is awaited, in words: ``"100 items or more"``.

    Raises:
        InvalidArgumentError: the predicate cannot be called, or has to be awaited.
    """
    asked: Any = predicate
    if not callable(asked) or iscoroutinefunction(asked):
        problem = f"expected a plain function of a TableState, got {predicate!r}"
        raise InvalidArgumentError("predicate", problem)
    judge = partial(_judge_predicate, predicate, description)
    return leaf(f"satisfies({description!r})", judge, predicate)


def _judge_predicate(
    predicate: Callable[[TableState], Any], description: str, state: TableState
) -> Verdict:
    answer = predicate(state)
    if hasattr(answer, "__await__"):
        getattr(answer, "close", bool)()
        raise TypeError(f"{description}: the predicate returned an awaitable")
    if answer:
        return Verdict.satisfied()
    if not state.exists:
        return no_table(state)
    return Verdict.pending(f"not yet: {description}")
