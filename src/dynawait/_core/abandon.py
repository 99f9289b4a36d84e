"""What becomes of a creation whose caller was cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .anything import describe
from .outcome import words_of
from .planner.index_steps import deletion

if TYPE_CHECKING:
    from .gateway import Gateway
    from .run import Run


async def drop_creation(gateway: Gateway, run: Run[Any]) -> str:
    """Delete the index that is being built, where DynamoDB allows that.

    It allows it while the index backfills, not while its resources are allocated
    (developer guide, "Managing global secondary indexes").

    Returns:
        What was left behind, in words; empty where nothing was in flight.
    """
    name, vector = _created(run)
    if not name:
        return ""
    table = run.aim.subject.name
    state = await describe(gateway, table)
    index = (state.vector_indexes if vector else state.indexes).get(name)
    if index is None:
        return f"index {name} was asked for and does not show yet; look again later"
    if index.allocating:
        return (
            f"index {name} is being allocated and cannot be deleted yet; it goes on "
            "being built, so delete it once it backfills"
        )
    if not index.backfilling:
        return f"index {name} is {index.status}; it was left as it is"
    step = deletion(table, name, vector=vector)
    try:
        await gateway.call(step.operation, step.parameters)
    except Exception as error:  # noqa: BLE001 - told to whoever cancelled
        return (
            f"index {name} goes on being built; deleting it failed: {words_of(error)}"
        )
    return f"index {name} was backfilling and is being deleted again"


def _created(run: Run[Any]) -> tuple[str, bool]:
    """Return the name of the index that the step in flight creates, and its kind."""
    if run.flight is None:
        return "", False
    parameters = run.flight.step.parameters
    for member, vector in (
        ("GlobalSecondaryIndexUpdates", False),
        ("VectorIndexUpdates", True),
    ):
        for update in parameters.get(member, ()):
            if "Create" in update:
                return str(update["Create"]["IndexName"]), vector
    return "", False
