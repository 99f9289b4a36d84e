"""What must be at rest before DynamoDB takes a change.

UpdateTable says that nothing else may be under way; in truth it depends on what is to
change. Sources: developer guide, "Managing global secondary indexes", for what a
backfill lets through; the rest as measured on AWS.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...conditions import Condition, Verdict, no_table, quiet
from ...conditions._tables import REPAIRABLE, doomed, standing_still
from ...states import IndexState, VectorIndexState

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...states import TableState
    from ...states.tables import Mover

QUIET: Condition[Any] = quiet()


def resting(
    text: str, spared: Callable[[Mover], bool], *, busy_table: bool = False
) -> Condition[TableState]:
    """Ask whether everything but what is spared is at rest.

    Args:
        text: how it prints.
        spared: whether something may move; a function that pickles.
        busy_table: whether the table itself may be UPDATING. One in several Regions may
            not: it is in use then, whatever is to change (as measured on AWS).
    """
    return Condition(text, partial(_rests, spared=spared, busy_table=busy_table))


def _rests(
    state: TableState, *, spared: Callable[[Mover], bool], busy_table: bool
) -> Verdict:
    if not state.exists:
        return no_table(state)
    if state.status in REPAIRABLE:
        return standing_still(f"table is {state.status}")
    alone = not (state.replicas or state.witnesses)
    fine = ("ACTIVE", "UPDATING") if busy_table and alone else ("ACTIVE",)
    moving = [] if state.status in fine else [f"table is {state.status}"]
    found = (mover.blocker() for mover in state.movers() if not spared(mover))
    moving += [blocker for blocker in found if blocker is not None]
    if not moving:
        return Verdict.satisfied()
    return doomed(state) or Verdict.pending(*moving)


def _backfills(mover: Mover) -> bool:
    return isinstance(mover, (IndexState, VectorIndexState)) and mover.backfilling


def _is_index(mover: Mover) -> bool:
    return isinstance(mover, (IndexState, VectorIndexState))


def _backfills_as(mover: Mover, *, name: str) -> bool:
    return (
        isinstance(mover, (IndexState, VectorIndexState))
        and mover.name == name
        and mover.backfilling
    )


# A backfill may take days, and holds up neither throughput nor settings.
CALM = resting("quiet_but_for_backfills()", _backfills)
# Deletion protection is a flag of the description: indexes and table may move.
UNLOCKED = resting("replicas_quiet()", _is_index, busy_table=True)


def deletable(index: str) -> Condition[TableState]:
    """Ask whether an index can be deleted: all is at rest but its own backfill."""
    text = f"deletable({index!r})"
    return resting(text, partial(_backfills_as, name=index))
