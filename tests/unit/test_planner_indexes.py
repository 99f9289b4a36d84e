"""Index changes are planned one at a time, legally, from wherever the table stands."""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynawait import (
    CreateIndex,
    CreateVectorIndex,
    DeleteIndex,
    DeleteVectorIndex,
    ReplaceIndex,
    UpdateIndex,
    plan_index_changes,
    plan_update,
)
from dynawait.conditions import quiet
from dynawait.errors import (
    ChangeError,
    IndexConflictError,
    InvalidArgumentError,
    PlanError,
    QuotaError,
)
from dynawait.plans import NOTHING
from tests.unit.change_requests import draw_changes
from tests.unit.described_tables import NOON, index, lowered, table
from tests.unit.planner_stage import Stage
from tests.unit.update_requests import draw_table

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from dynawait.changes import Change
    from dynawait.plans import Plan
    from dynawait.states import TableState


@settings(max_examples=120, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans())
def test_a_plan_is_refused_or_carried_out(random: Random, allow_gap: bool) -> None:
    """Either changes are refused before a write, or every step of them is accepted.

    After each step, and while it is under way, the rest of the plan is planned and
    nothing else; in the end nothing is left.
    """
    request, updates = draw_table(random)
    stage = Stage(request, tuple(updates))
    changes = draw_changes(random, stage.look())

    def planner(state: TableState, moment: datetime) -> Plan:
        return plan_index_changes(state, changes, allow_gap=allow_gap, moment=moment)

    try:
        planner(stage.look(), stage.moment)
    except ChangeError:
        return
    stage.carry_out(planner)
    assert most_at_once(stage.calls) <= 1


def most_at_once(calls: list[dict[str, Any]]) -> int:
    """Return how many indexes a call creates, deletes or updates at most."""
    members = ("GlobalSecondaryIndexUpdates", "VectorIndexUpdates")
    return max((sum(len(c.get(m, ())) for m in members) for c in calls), default=0)


def new(name: str = "by-new", **more: Any) -> CreateIndex:
    """Return an index to be created on the attribute ``b``."""
    return CreateIndex(name, "b", throughput=(1, 1), **more)


def full(count: int = 20) -> TableState:
    """Return a table with so many indexes."""
    return table(*(index(f"by-{number:02}") for number in range(count)))


def titles(plan: Plan) -> list[str]:
    """Return the titles of the steps that are left."""
    return [step.title for step in plan]


def already(plan: Plan) -> list[str]:
    """Return the titles of the steps that are not needed."""
    return [step.title for step in plan.already]


def problems_of(state: TableState, *changes: Change, **options: Any) -> str:
    """Return what is wrong with changes."""
    with pytest.raises(PlanError) as caught:
        plan_index_changes(state, changes, **options)
    return "\n".join(caught.value.problems)


def test_changes_keep_their_order_and_their_own_calls() -> None:
    """Each change has a call of its own, in the order given, when all else is still."""
    changes: list[Change] = [
        UpdateIndex("by-00", (9, 9), warm=(100, 100)),
        new(),
        DeleteIndex("by-01"),
    ]
    plan = plan_index_changes(full(3), changes)
    assert titles(plan) == [
        "set throughput of index by-00",
        "warm index by-00",
        "create index by-new",
        "delete index by-01",
    ]
    assert all("quiet()" in repr(step.needs) for step in plan.steps[:3])
    assert [step.destructive for step in plan] == [False, False, False, True]
    assert [step.action for step in plan] == ["update", "update", "create", "delete"]
    assert quiet().judge(full(3)).kind == "satisfied"


def test_only_the_keys_of_the_new_index_are_defined() -> None:
    """A creation defines its own keys, known ones too, and no others."""
    change = CreateIndex("by-new", ("a", "S"), ("n", "N"), throughput=(1, 1))
    (step,) = plan_index_changes(full(2), [change])
    assert step.parameters["AttributeDefinitions"] == [
        {"AttributeName": "a", "AttributeType": "S"},
        {"AttributeName": "n", "AttributeType": "N"},
    ]


@pytest.mark.parametrize(
    ("count", "changes", "fits"),
    [
        (20, [new()], False),
        (19, [new()], True),
        (19, [new("one"), new("two")], False),
        (20, [DeleteIndex("by-00"), new()], True),
        (20, [new(), DeleteIndex("by-00")], False),
        (20, [DeleteIndex("other"), new()], False),
        (20, [DeleteIndex("by-00"), new("one"), new("two")], False),
        (19, [new("one"), DeleteIndex("by-00"), new("two")], True),
        (19, [ReplaceIndex("by-00", new()), new("two")], True),
        (19, [new("one"), ReplaceIndex("by-00", new())], False),
    ],
)
def test_the_quota_holds_at_every_point(
    count: int, changes: list[Change], *, fits: bool
) -> None:
    """The 21st index is refused wherever in the sequence it would come to be."""
    if fits:
        assert plan_index_changes(full(count), changes)
    else:
        told = problems_of(full(count), *changes)
        assert "20 is the quota" in told or "allow_gap=True" in told
    assert plan_index_changes(full(count), changes, max_indexes=30)


def test_a_replacement_builds_the_new_one_first() -> None:
    """Below the quota the old index stays until the new one can be read."""
    state = full(3)
    plan = plan_index_changes(state, [ReplaceIndex("by-00", new())])
    assert titles(plan) == ["create index by-new", "delete index by-00"]
    deletion = plan.steps[1]
    assert "by-new takes its place" in deletion.reason
    assert deletion.needs.judge(state).kind == "pending"


def test_a_replacement_at_the_quota_asks_for_a_gap() -> None:
    """At the quota the old index goes first, if that is allowed; a note says so."""
    change = ReplaceIndex("by-00", new())
    told = problems_of(full(), change)
    assert "the table has 20 indexes" in told
    assert "allow_gap=True" in told
    plan = plan_index_changes(full(), [change], allow_gap=True)
    assert titles(plan) == ["delete index by-00", "create index by-new"]
    assert "reads have a gap" in plan.notes[0]
    half = table(*(index(f"by-{number:02}") for number in range(1, 20)))
    again = plan_index_changes(half, [change])
    assert titles(again) == ["create index by-new"]
    assert already(again) == ["delete index by-00"]


def test_a_replacement_of_the_same_name_asks_for_a_gap() -> None:
    """An index whose key changes under its name goes first; after that it is built."""
    change = ReplaceIndex("by-00", new("by-00"))
    assert "both have one name" in problems_of(full(3), change)
    plan = plan_index_changes(full(3), [change], allow_gap=True)
    assert titles(plan) == ["delete index by-00", "create index by-00"]
    going = table(index("by-00", IndexStatus="DELETING"), index("by-01"))
    assert titles(plan_index_changes(going, [change])) == ["create index by-00"]
    there = table(index("by-00", "b"))
    plan = plan_index_changes(there, [change])
    assert not plan
    assert already(plan) == ["create index by-00"]


def test_a_replacement_of_what_is_gone_only_builds() -> None:
    """An old index that is missing is replaced already."""
    plan = plan_index_changes(full(2), [ReplaceIndex("other", new())])
    assert titles(plan) == ["create index by-new"]
    assert already(plan) == ["delete index other"]


def test_an_index_that_somebody_builds_is_adopted() -> None:
    """A matching index is not created again, but waited for as far as was asked."""
    building = index("by-new", "b", IndexStatus="CREATING", Backfilling=True)
    state = table(building)
    plan = plan_index_changes(state, [new()])
    assert not plan
    assert plan.goal.judge(state).kind == "pending"
    for until in ("started", "backfilling"):
        plan = plan_index_changes(state, [new()], until=until)
        assert plan.goal.judge(state).kind == "satisfied"


def test_until_started_waits_for_nothing_more() -> None:
    """A creation that need only be accepted has nothing that must be still after it."""
    (step,) = plan_index_changes(full(1), [new()], until="started")
    assert step.still == NOTHING


def test_what_somebody_deletes_is_not_deleted_again() -> None:
    """An index that is DELETING counts as a step that others have taken."""
    state = table(index("by-a", IndexStatus="DELETING"))
    plan = plan_index_changes(state, [DeleteIndex("by-a")])
    assert not plan
    assert already(plan) == ["delete index by-a"]
    assert plan.goal.judge(state).kind == "pending"


def test_a_type_is_free_once_its_last_index_goes() -> None:
    """An attribute may get another type when no key uses it any more."""
    other = CreateIndex("by-new", ("a", "N"), throughput=(1, 1))
    assert "a is of type S already" in problems_of(full(2), other)
    both: list[Change] = [DeleteIndex("by-00"), DeleteIndex("by-01"), other]
    assert len(plan_index_changes(full(2), both)) == 3
    going = table(index("by-00", IndexStatus="DELETING"))
    assert titles(plan_index_changes(going, [DeleteIndex("by-00"), other])) == [
        "create index by-new"
    ]
    assert "pk is of type S" in problems_of(full(1), new("one"), _keyed("pk"))


def _keyed(attribute: str) -> CreateIndex:
    return CreateIndex("by-key", (attribute, "B"), throughput=(1, 1))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([new(), DeleteIndex("by-new")], "named by more than one change"),
        ([DeleteIndex("by-00"), DeleteIndex("by-00")], "named by more than one"),
        ([ReplaceIndex("by-00", new()), new()], "named by more than one"),
        ([UpdateIndex("other", (1, 1))], "there is nothing to update"),
        ([CreateIndex("by-new", "b")], "ProvisionedThroughput is missing"),
        ([CreateIndex("by-new", "b", throughput=(40_001, 1))], "at most 40,000"),
        ([new(on_demand=(5, 5))], "a PROVISIONED table has no caps"),
        ([UpdateIndex("by-00", on_demand=(5, 5))], "a PROVISIONED table has no caps"),
        ([UpdateIndex("by-00", warm=(40_001, None))], "at most 40,000"),
        ([CreateVectorIndex("like-a", "v", 8)], "must be PAY_PER_REQUEST"),
        ([DeleteVectorIndex("by-00")], "it is a global index"),
        ([new(projection=[f"p{n}" for n in range(101)])], "at most 100 attributes"),
    ],
)
def test_what_can_never_work_is_refused(changes: list[Change], words: str) -> None:
    """Changes that DynamoDB refuses, or that contradict each other, are refused."""
    assert words in problems_of(full(2), *changes)


def test_limits_of_a_table_on_demand() -> None:
    """A table on demand takes no throughput, and its indexes begin warm."""
    state = table(on_demand=True)
    assert "takes none" in problems_of(state, new())
    caps = CreateIndex("by-new", "b", on_demand=(-1, 5))
    assert "1 to 40,000" in problems_of(state, caps)
    warm = CreateIndex("by-new", "b", warm=(100, None))
    assert "at least 12,000" in problems_of(state, warm)
    assert plan_index_changes(state, [CreateIndex("by-new", "b")])


def test_local_indexes_keep_their_names() -> None:
    """A local index can neither be deleted nor lend its name to another one."""
    local = {
        "IndexName": "local",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    state = table(LocalSecondaryIndexes=[local])
    assert "it cannot be deleted" in problems_of(state, DeleteIndex("local"))
    assert "a local index of the table" in problems_of(state, new("local"))


def test_vector_indexes_agree_on_their_vectors() -> None:
    """One attribute has one number of dimensions, and is no key."""
    state = table(index("by-a"), on_demand=True)
    one, two = CreateVectorIndex("one", "v", 8), CreateVectorIndex("two", "v", 9)
    assert "v has 8 dimensions in index one" in problems_of(state, one, two)
    key = CreateIndex("by-v", "v")
    assert "a vector and a key both" in problems_of(state, one, key)
    assert "a vector and a key both" in problems_of(
        state, CreateVectorIndex("one", "a", 8)
    )
    six = [CreateVectorIndex(f"like-{number}", "v", 8) for number in range(6)]
    assert "at most 5 vector indexes" in problems_of(state, *six)
    assert len(plan_index_changes(state, six[:5])) == 5


def test_a_conflict_shows_both_indexes() -> None:
    """An index of the same name and another make is a conflict that tells how."""
    wanted = CreateIndex("by-a", ("a", "S"), "z", ["total"], throughput=(1, 1))
    with pytest.raises(IndexConflictError) as caught:
        plan_index_changes(table(index("by-a")), [wanted])
    assert caught.value.differences == (
        "the sort key is none, not z",
        "the projection is ALL, not ['total']",
    )
    assert caught.value.wanted == wanted
    assert caught.value.existing.name == "by-a"
    assert "ReplaceIndex" in str(caught.value)


def test_throughput_and_attributes_in_another_order_are_no_conflict() -> None:
    """What can be changed in place, or means the same, makes no other index."""
    projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["y", "x"]}
    state = table(index("by-a", Projection=projection))
    change = CreateIndex("by-a", "a", None, ["x", "y"], (9, 9))
    assert already(plan_index_changes(state, [change])) == ["create index by-a"]


def test_a_decrease_too_many_is_a_quota_error() -> None:
    """Throughput of an index is lowered as often as the state allows."""
    state = table(index("by-a", ProvisionedThroughput=lowered(4, NOON)))
    with pytest.raises(QuotaError):
        plan_index_changes(state, [UpdateIndex("by-a", (1, 1))], moment=NOON)


def test_an_index_that_is_allocated_cannot_be_deleted_yet() -> None:
    """Its deletion waits for the backfill, and a note says why."""
    state = table(index("by-a", IndexStatus="CREATING", Backfilling=False))
    plan = plan_index_changes(state, [DeleteIndex("by-a")])
    assert "still being allocated" in plan.notes[0]
    (step,) = plan
    assert step.needs.judge(state).kind == "pending"
    backfills = table(index("by-a", IndexStatus="CREATING", Backfilling=True))
    assert step.needs.judge(backfills).kind == "satisfied"


@pytest.mark.parametrize("options", [{"until": "soon"}, {"max_indexes": True}])
def test_options_that_there_are_not_are_refused(options: dict[str, Any]) -> None:
    """A wrong option is an InvalidArgumentError; so is what is no change."""
    with pytest.raises(InvalidArgumentError):
        plan_index_changes(full(1), [new()], **options)
    with pytest.raises(InvalidArgumentError):
        plan_index_changes(full(1), ["by-a"])  # type: ignore[list-item]  # on purpose


def test_a_long_plan_is_quick() -> None:
    """Fifty changes of a table with twenty indexes take milliseconds to plan."""
    changes: list[Change] = [DeleteIndex(f"by-{number:02}") for number in range(10)]
    changes += [
        UpdateIndex(f"by-{number:02}", (6, 5), warm=(100, 100))
        for number in range(10, 20)
    ]
    changes += [new(f"new-{number}") for number in range(10)]
    changes += [DeleteIndex(f"gone-{number}") for number in range(20)]
    state = full()
    plan = partial(plan_index_changes, state, changes)
    assert len(plan()) == 40
    request = as_update(changes)
    wide = partial(plan_update, state, **request)
    assert len(request["GlobalSecondaryIndexUpdates"]) == 50
    assert len(wide()) == 31
    # One or two milliseconds where nothing traces the calls, as coverage does.
    for each in (plan, wide):
        assert statistics.median(_seconds(each) for _ in range(20)) < 0.025


def as_update(changes: list[Change]) -> dict[str, Any]:
    """Return the UpdateTable that asks for the same."""
    units = {"ReadCapacityUnits": 6, "WriteCapacityUnits": 5}
    warm = {"ReadUnitsPerSecond": 100, "WriteUnitsPerSecond": 100}
    updates: list[dict[str, Any]] = []
    for change in changes:
        if isinstance(change, CreateIndex):
            updates.append({"Create": change.definition()})
        elif isinstance(change, UpdateIndex):
            use = {"ProvisionedThroughput": units, "WarmThroughput": warm}
            updates.append({"Update": {"IndexName": change.name, **use}})
        elif isinstance(change, DeleteIndex):
            updates.append({"Delete": {"IndexName": change.name}})
    return {
        "TableName": "orders",
        "AttributeDefinitions": [{"AttributeName": "b", "AttributeType": "S"}],
        "GlobalSecondaryIndexUpdates": updates,
    }


def _seconds(plan: partial[Plan]) -> float:
    # Of this process alone: others may keep the machine busy.
    began = time.process_time()
    plan()
    return time.process_time() - began


def test_until_backfilling_waits_for_the_allocation() -> None:
    """A creation until its backfill is done once its resources are allocated."""
    (step,) = plan_index_changes(full(1), [new()], until="backfilling")
    allocating = index("by-new", "b", IndexStatus="CREATING", Backfilling=False)
    building = index("by-new", "b", IndexStatus="CREATING", Backfilling=True)
    assert step.still.judge(full(1)).reasons == ("index by-new does not exist",)
    assert step.still.judge(table(allocating)).reasons == (
        "index by-new is CREATING (allocating)",
    )
    assert step.still.judge(table(building)).kind == "satisfied"


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({}, "satisfied"),
        ({"IndexStatus": "UPDATING"}, "pending"),
        ({"IndexStatus": "UPDATING", "Backfilling": True}, "pending"),
        ({"IndexStatus": "CREATING"}, "pending"),
        ({"IndexStatus": "CREATING", "Backfilling": True}, "satisfied"),
    ],
)
def test_an_updated_index_is_still_when_nothing_changes_it(
    told: dict[str, Any], kind: str
) -> None:
    """After an update an index is ACTIVE, or goes on with its backfill."""
    (step,) = plan_index_changes(table(index("by-a")), [UpdateIndex("by-a", (6, 6))])
    assert step.still.judge(table(index("by-a", **told))).kind == kind
    assert step.still.judge(table()).kind == "pending"
