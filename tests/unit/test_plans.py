"""Plans as values: they print, compare, pickle, and are false when nothing is left."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from typing import Any

from dynawait import (
    CreateIndex,
    DeleteIndex,
    Plan,
    TableState,
    plan_index_changes,
    plan_update,
)
from dynawait.plans import Step

STATE = TableState("orders", status="ACTIVE", deletion_protected=True)
REQUEST: dict[str, Any] = {
    "TableName": "orders",
    "DeletionProtectionEnabled": True,
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    "TableClass": "STANDARD_INFREQUENT_ACCESS",
    "WarmThroughput": {"ReadUnitsPerSecond": 5},
}


def plan() -> Plan:
    """Return a plan that has steps, notes, and something that is so already."""
    return plan_update(STATE, **REQUEST)


def test_a_plan_reads_like_a_list_of_changes() -> None:
    """Each step has a sign, a title, a call, a duration and a reason."""
    assert str(plan()).splitlines() == [
        "orders: 2 steps",
        "  ~ change the table class to STANDARD_INFREQUENT_ACCESS",
        "      UpdateTable, takes seconds: it is STANDARD",
        "  + enable the stream with KEYS_ONLY",
        "      UpdateTable, takes seconds: it is off",
        "  = enable deletion protection (already so)",
        "  = warm the table (already so)",
        "  ! this server does not report warm throughput: left alone",
    ]


def test_what_is_destroyed_is_marked() -> None:
    """A deletion has its own sign and says that it is destructive."""
    step = Step(
        title="delete index by-a",
        operation="UpdateTable",
        parameters={},
        reason="it exists",
        action="delete",
        destructive=True,
    )
    assert str(step).startswith("- delete index by-a")
    assert "destructive" in str(step)
    assert Plan("orders", (step,)).destructive
    assert not Plan("orders", (), (step,)).destructive
    assert str(Plan("orders", (step,))).startswith("orders: 1 step\n")


def test_a_plan_without_steps_is_false() -> None:
    """Nothing to do is falsy, whatever is so already."""
    empty = plan_update(STATE, TableName="orders", DeletionProtectionEnabled=True)
    assert not empty
    assert len(empty) == 0
    assert [step.title for step in empty.already] == ["enable deletion protection"]
    assert str(empty).startswith("orders: nothing to do")


def test_a_plan_goes_through_its_steps() -> None:
    """Iteration and length are those of the steps that are left."""
    assert [*plan()] == [*plan().steps]
    assert len(plan()) == 2
    assert plan()


def test_plans_of_the_same_are_equal() -> None:
    """The same state and request make equal plans, with equal conditions."""
    assert plan() == plan()
    assert plan() != plan_update(STATE, **{**REQUEST, "TableClass": "STANDARD"})
    first, last = CreateIndex("by-a", "a", throughput=(1, 1)), DeleteIndex("by-b")
    one, two = (plan_index_changes(STATE, [first, last]) for _ in range(2))
    assert one == two
    other = CreateIndex("by-a", "b", throughput=(1, 1))
    assert one != plan_index_changes(STATE, [other, last])


def test_a_plan_survives_pickling() -> None:
    """A plan that travels to another process is the same there."""
    copied = pickle.loads(pickle.dumps(plan()))  # noqa: S301 - our own bytes
    assert copied == plan()


def test_a_plan_is_json_for_machines() -> None:
    """The document is valid, stable, and has all that a step has."""
    text = plan().to_json()
    assert text == plan().to_json()
    document = json.loads(text)
    assert [*document] == ["version", "table", "steps", "already", "notes"]
    assert document["version"] == 1
    assert [step["title"] for step in document["steps"]] == [s.title for s in plan()]
    assert document["steps"][1]["parameters"] == {
        "TableName": "orders",
        "StreamSpecification": REQUEST["StreamSpecification"],
    }
    assert document["steps"][0]["effect"] == repr(plan().steps[0].effect)
    assert document["notes"] == [*plan().notes]


def test_what_json_does_not_know_is_written_as_text() -> None:
    """Dates in parameters do not break the document."""
    when = datetime(2026, 1, 1, tzinfo=UTC)
    parameters = {"RestoreDateTime": when, "Key": b"x"}
    step = Step(title="t", operation="o", parameters=parameters, reason="r")
    document = json.loads(Plan("orders", (step,)).to_json())
    assert document["steps"][0]["parameters"]["RestoreDateTime"] == str(when)


def test_the_goal_is_what_every_step_aims_at() -> None:
    """The goal of a plan holds when all effects do, those of what is so already too."""
    goal = plan().goal.judge(STATE)
    assert goal.kind == "pending"
    assert Plan("orders").goal.judge(STATE).kind == "satisfied"
