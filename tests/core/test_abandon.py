"""What becomes of a creation whose caller was cancelled."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dynawait import CreateIndex, CreateVectorIndex
from dynawait._core.abandon import drop_creation
from dynawait._core.flight import Flight
from dynawait._core.planner.index_steps import creation, deletion
from tests.core.fakes import DENIED, Script, by_operation, index, play, table

BY_DAY = creation("orders", CreateIndex("by-day", "day"))
VECTOR = creation("orders", CreateVectorIndex("by-look", "look", 3))


def dropped(look: Any, step: Any = BY_DAY, update: Any = None) -> tuple[str, Script]:
    """Drop what a step creates; return what is said, and the script."""
    flight = None if step is None else Flight(step, 0.0)
    aim = SimpleNamespace(subject=SimpleNamespace(name="orders"))
    run: Any = SimpleNamespace(flight=flight, aim=aim)
    script = Script(by_operation(DescribeTable=look, UpdateTable=update or {}))
    told: str = play(script, lambda client: drop_creation(client.gateway, run))
    return told, script


@pytest.mark.parametrize("step", [None, deletion("orders", "by-day", vector=False)])
def test_nothing_to_drop(step: Any) -> None:
    """Where no index is being created, nothing is looked at or deleted."""
    told, script = dropped(table(), step)
    assert not told
    assert not script.calls


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (table(), "does not show yet"),
        (table("ACTIVE", index(name="by-day")), "is ACTIVE; it was left as it is"),
        (
            table("UPDATING", index("CREATING", name="by-day", Backfilling=False)),
            "cannot be deleted yet",
        ),
    ],
)
def test_what_is_left_alone(look: Any, words: str) -> None:
    """What is not backfilling is left as it is, and that is said."""
    told, script = dropped(look)
    assert words in told
    assert len(script.calls) == 1


def test_a_deletion_that_is_refused() -> None:
    """A deletion that is refused is said in the words of AWS."""
    building = index("CREATING", name="by-day", Backfilling=True)
    told, _ = dropped(table("ACTIVE", building), update=DENIED)
    assert "goes on being built; deleting it failed" in told
    assert "not authorized" in told


def test_a_vector_index() -> None:
    """A vector index that backfills is deleted as one."""
    building = {
        "IndexName": "by-look",
        "IndexStatus": "CREATING",
        "Backfilling": True,
        "VectorAttribute": {"AttributeName": "look"},
        "Dimensions": 3,
        "DistanceFunction": "COSINE",
        "Projection": {"ProjectionType": "ALL"},
    }
    look = table("ACTIVE")
    look["Table"]["VectorIndexes"] = [building]
    told, script = dropped(look, VECTOR)
    assert "is being deleted again" in told
    updates = script.calls[-1].parameters["VectorIndexUpdates"]
    assert updates == [{"Delete": {"IndexName": "by-look"}}]
