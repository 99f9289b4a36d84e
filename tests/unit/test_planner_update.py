"""What `plan_update` plans is what DynamoDB takes, and what it refuses cannot be."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynawait._core.planner.update import plan_update
from dynawait.errors import (
    ChangeError,
    IndexConflictError,
    InvalidArgumentError,
    PlanError,
    QuotaError,
)
from dynawait.states import TableState
from tests.simulation.botocore_shapes import legal
from tests.unit.described_tables import NOON, index, lowered, table, units
from tests.unit.planner_stage import Stage
from tests.unit.spoiling import spoil
from tests.unit.update_requests import draw_table, draw_update

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from tests.unit.planner_stage import Planner

# What the planner refuses although the simulator takes the request, and why.
STRICTER = (
    # DynamoDB keeps the type that it knows, without a word: another index than asked.
    "cannot be of type",
    # A request that contradicts itself; DynamoDB goes by its first definition.
    "define it once",
    # Ignored without ReplicaUpdates, without a word.
    "DynamoDB ignores it alone",
    # Documented: only a table in one Region has it.
    "is for a table without replicas",
    # Documented for all keys of a table; the simulator asks the request alone.
    "cannot be a vector and a key both",
    # A vector index that is deleted as if it were a global one.
    "use the change that deletes those",
    # An index of a replica that is named twice.
    "is named twice",
    "each has one of Create, Delete",
    # Of a witness that is ignored, as above.
    "is no Region",
)


def planned(request: dict[str, Any], state: TableState, moment: datetime) -> Any:
    """Plan a request."""
    return plan_update(state, moment=moment, **request)


def refusal(planner: Planner, stage: Stage) -> str | None:
    """Return why a planner refuses; None where it does not."""
    try:
        planner(stage.look(), stage.moment)
    except ChangeError as error:
        return str(error)
    return None


def lacks_key(state: TableState, request: dict[str, Any]) -> bool:
    """Tell whether a new replica has no key, and the table has one of its own.

    DynamoDB refuses that, but no description says whose a key is: the simulator tells
    the key of AWS by its alias, where DynamoDB shows an identifier.
    """
    created = [each.get("Create") for each in request.get("ReplicaUpdates", ())]
    bare = any(each is not None and "KMSMasterKeyId" not in each for each in created)
    key = None if state.encryption is None else state.encryption.key_arn
    return bare and key is not None


def examine(random: Random, *, wide: bool) -> str:
    """Try a random request on a random table, and claim that the plan is right."""
    table, updates = draw_table(random)
    stage, twin = Stage(table, tuple(updates)), Stage(table, tuple(updates))
    request = draw_update(random, stage.look(), wide=wide)
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        request = spoil(random, request)
    if legal("UpdateTable", request) or lacks_key(stage.look(), request):
        return "out of scope"
    accepted = twin.accepts(request)
    planner = partial(planned, request)
    problem = refusal(planner, stage)
    if problem is not None:
        known = any(words in problem for words in STRICTER)
        assert not accepted or known, f"refused, and accepted in one call: {problem}"
        return "refused"
    first = stage.carry_out(planner)
    if accepted:
        twin.rest()
        left = [step.title for step in planner(twin.look(), twin.moment)]
        if "BillingMode" in request:
            # The simulator drops them where they travel with a switch.
            left = [title for title in left if "limits of index" not in title]
        assert not left, f"accepted in one call, but left: {left}"
    return f"carried out in {min(len(first), 5)} steps"


@settings(max_examples=120, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans())
def test_a_plan_is_refused_or_carried_out(random: Random, wide: bool) -> None:
    """Either a request is refused before a write, or every step of it is accepted.

    After each step, and while it is under way, the rest of the plan is planned and
    nothing else; in the end nothing is left. What DynamoDB takes in one call is never
    refused, but for what is listed above, and is then all so.
    """
    examine(random, wide=wide)


def refused(state: TableState, **request: Any) -> tuple[str, ...]:
    """Return what is wrong with a request."""
    with pytest.raises(PlanError) as caught:
        plan_update(state, TableName="orders", **request)
    return caught.value.problems


def titles(state: TableState, **request: Any) -> list[str]:
    """Return the titles of the steps that are left."""
    return [step.title for step in plan_update(state, TableName="orders", **request)]


def test_what_frees_comes_first_and_what_takes_days_last() -> None:
    """Deletions come before the switch of the mode, and creations after all else."""
    found = titles(
        table(index("by-a"), index("by-b")),
        DeletionProtectionEnabled=True,
        TableClass="STANDARD_INFREQUENT_ACCESS",
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        SSESpecification={"Enabled": True},
        OnDemandThroughput={"MaxReadRequestUnits": 10},
        AttributeDefinitions=[{"AttributeName": "c", "AttributeType": "N"}],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-c",
                    "KeySchema": [{"AttributeName": "c", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            },
            {"Delete": {"IndexName": "by-a"}},
        ],
    )
    assert found == [
        "enable deletion protection",
        "delete index by-a",
        "change the table class to STANDARD_INFREQUENT_ACCESS",
        "enable the stream with KEYS_ONLY",
        "switch to PAY_PER_REQUEST",
        "set on-demand limits of the table",
        "encrypt with the AWS key",
        "create index by-c",
    ]


def test_all_problems_are_told_at_once() -> None:
    """A request with several faults is refused with a sentence for each."""
    problems = refused(
        table(index("by-a"), on_demand=True),
        ProvisionedThroughput=units(50_000, 1),
        StreamSpecification={"StreamEnabled": True},
        GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": "by-z", "OnDemandThroughput": {}}},
            {"Delete": {"IndexName": "by-a"}},
            {"Delete": {"IndexName": "by-a"}},
            {},
        ],
    )
    for words in (
        "cannot go with PAY_PER_REQUEST",
        "at most 40,000, not 50,000",
        "StreamEnabled=True needs StreamViewType",
        "index by-z",
        "index by-a is named by more than one change",
        "each has one of Create, Update, Delete",
    ):
        assert any(words in problem for problem in problems), (words, problems)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({}, "nothing is asked for"),
        ({"AttributeDefinitions": []}, "nothing is asked for"),
        ({"WarmThroughput": {}}, "WarmThroughput: names no units"),
        ({"GlobalSecondaryIndexUpdates": []}, "the list is empty"),
        ({"VectorIndexUpdates": []}, "the list is empty"),
        ({"ReplicaUpdates": []}, "ReplicaUpdates"),
        ({"BillingMode": "ON_DEMAND"}, "PROVISIONED or PAY_PER_REQUEST"),
        ({"Billingmode": "PROVISIONED"}, "did you mean BillingMode?"),
        ({"ProvisionedThroughput": units(0, 1)}, "1 or more"),
        ({"WarmThroughput": {"ReadUnitsPerSecond": 40_001}}, "at most 40,000"),
        ({"WarmThroughput": {"ReadUnitsPerSecond": -5}}, "1 or more"),
        ({"OnDemandThroughput": {"MaxReadRequestUnits": 5}}, "a PROVISIONED table"),
        ({"SSESpecification": {"Enabled": True, "SSEType": "AES256"}}, "use KMS"),
        ({"MultiRegionConsistency": "STRONG"}, "DynamoDB ignores it alone"),
        (
            {"ReplicaUpdates": [{"Create": {"RegionName": "nowhere"}}]},
            "'nowhere' is no Region",
        ),
        (
            {"ReplicaUpdates": [{"Create": {"RegionName": "us-east-1"}}]},
            "us-east-1 is the Region of the table itself",
        ),
        (
            {
                "ReplicaUpdates": [{"Create": {"RegionName": "eu-west-1"}}],
                "StreamSpecification": {"StreamEnabled": False},
            },
            "the stream of a table with replicas cannot be disabled",
        ),
        (
            {"DisassociationProtectionEnabled": True},
            "DisassociationProtectionEnabled: is for a table with replicas",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "x"}}]},
            "at least 3 characters",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "by-a"}}]},
            "expected throughput, on_demand or warm",
        ),
    ],
)
def test_what_can_never_work_is_refused(request_: dict[str, Any], words: str) -> None:
    """A request that DynamoDB refuses is refused at once; the parameter is named."""
    problems = refused(table(index("by-a")), **request_)
    assert any(words in problem for problem in problems), problems


def test_a_table_that_is_not_there_is_not_planned_for() -> None:
    """An update of a table that does not exist is refused, not planned."""
    absent = TableState.absent("orders")
    assert "does not exist" in refused(absent, BillingMode="PROVISIONED")[0]


@pytest.mark.parametrize("options", [{"until": "soon"}, {"max_indexes": 0}, {"x": 1}])
def test_options_that_there_are_not_are_refused(options: dict[str, Any]) -> None:
    """A wrong option is an InvalidArgumentError."""
    with pytest.raises(InvalidArgumentError):
        plan_update(table(), TableName="orders", BillingMode="PROVISIONED", **options)


def test_an_unknown_parameter_is_sent_first_and_alone() -> None:
    """What a newer botocore has added is passed on, in a call of its own."""
    plan = plan_update(
        table(), TableName="orders", Colour="blue", DeletionProtectionEnabled=True
    )
    assert [step.title for step in plan] == ["set Colour", "enable deletion protection"]
    assert plan.steps[0].parameters == {"TableName": "orders", "Colour": "blue"}
    assert plan.steps[0].blind
    assert titles(table(Colour="blue"), Colour="blue") == []


def test_a_switch_carries_the_throughput_of_all_that_stays() -> None:
    """A switch to PROVISIONED names every index but those that go, in one call."""
    state = table(index("by-a"), index("by-b"), index("by-c"), on_demand=True)
    request: dict[str, Any] = {
        "TableName": "orders",
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": units(7, 8),
        "GlobalSecondaryIndexUpdates": [
            {"Delete": {"IndexName": "by-b"}},
            {"Update": {"IndexName": "by-a", "ProvisionedThroughput": units(1, 2)}},
        ],
    }
    with pytest.raises(PlanError, match="index by-c needs ProvisionedThroughput"):
        plan_update(state, **request)
    update = {"IndexName": "by-c", "ProvisionedThroughput": units(3, 4)}
    request["GlobalSecondaryIndexUpdates"].append({"Update": update})
    delete, switch = plan_update(state, **request)
    assert delete.title == "delete index by-b"
    assert switch.parameters == {
        "TableName": "orders",
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": units(7, 8),
        "GlobalSecondaryIndexUpdates": [
            request["GlobalSecondaryIndexUpdates"][1],
            {"Update": update},
        ],
    }


def test_only_what_differs_is_sent() -> None:
    """Throughput that is so already is left out; DynamoDB refuses to set it again."""
    state = table(index("by-a"), index("by-b"))
    updates = [
        {"Update": {"IndexName": "by-a", "ProvisionedThroughput": units(5, 5)}},
        {"Update": {"IndexName": "by-b", "ProvisionedThroughput": units(6, 5)}},
    ]
    (step,) = plan_update(
        state,
        TableName="orders",
        ProvisionedThroughput=units(5, 5),
        GlobalSecondaryIndexUpdates=updates,
    )
    assert step.title == "set throughput of the table and index by-a and index by-b"
    assert step.parameters == {
        "TableName": "orders",
        "GlobalSecondaryIndexUpdates": [updates[1]],
    }


@pytest.mark.parametrize("name", [None, "by-a"])
def test_throughput_is_lowered_as_often_as_the_state_allows(name: str | None) -> None:
    """A fifth decrease within the hour is a QuotaError that names the next time."""
    last = NOON - timedelta(minutes=20)
    request: dict[str, Any] = {"TableName": "orders"}
    if name is None:
        request["ProvisionedThroughput"] = units(4, 9)
    else:
        update = {"IndexName": name, "ProvisionedThroughput": units(4, 9)}
        request["GlobalSecondaryIndexUpdates"] = [{"Update": update}]

    def state(times: int) -> TableState:
        told: dict[str, Any] = {"ProvisionedThroughput": lowered(times, last)}
        return table(index("by-a", **told), **told)

    with pytest.raises(QuotaError) as caught:
        plan_update(state(4), moment=NOON, **request)
    assert caught.value.not_before == last + timedelta(hours=1)
    assert plan_update(state(4), moment=NOON + timedelta(hours=1), **request)
    assert plan_update(state(4), **request), "without a moment nothing is refused"
    assert plan_update(state(3), moment=NOON, **request)
    wrong = {**request, "TableClass": "GLACIER"}
    with pytest.raises(PlanError):
        plan_update(state(4), moment=NOON, **wrong)


def test_one_table_cannot_have_more_than_the_account() -> None:
    """More than 80,000 units in a table and its indexes are refused."""
    full: dict[str, Any] = {"ProvisionedThroughput": units(40_000, 1)}
    state = table(index("by-a", **full), index("by-b"), **full)
    update = {"IndexName": "by-b", "ProvisionedThroughput": units(6, 5)}
    problems = refused(state, GlobalSecondaryIndexUpdates=[{"Update": update}])
    assert "80,000 is the quota of an account" in problems[0]


def test_a_conflict_comes_after_what_is_wrong_with_the_request() -> None:
    """An index of another key is a conflict, once the request itself is right."""
    create = {
        "IndexName": "by-a",
        "KeySchema": [{"AttributeName": "z", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": units(1, 1),
    }
    request: dict[str, Any] = {
        "AttributeDefinitions": [{"AttributeName": "z", "AttributeType": "S"}],
        "GlobalSecondaryIndexUpdates": [{"Create": create}],
    }
    state = table(index("by-a"))
    with pytest.raises(IndexConflictError, match="the partition key is a, not z"):
        plan_update(state, TableName="orders", **request)
    refused(state, **request, TableClass="GLACIER")


def test_a_strong_group_goes_with_what_is_left_of_it() -> None:
    """Regions that are gone already are not named when a strong group is dissolved."""
    replica = {"RegionName": "us-east-2", "ReplicaStatus": "ACTIVE"}
    state = table(Replicas=[replica], MultiRegionConsistency="STRONG")
    updates = [
        {"Delete": {"RegionName": region}} for region in ("us-east-2", "us-west-2")
    ]
    (step,) = plan_update(state, TableName="orders", ReplicaUpdates=updates)
    assert step.title == "dissolve the global table"
    assert step.parameters["ReplicaUpdates"] == updates[:1]
    assert step.destructive


def test_throughput_goes_beside_a_backfill() -> None:
    """What a backfill of days lets through does not wait for it."""
    building = index("by-a", IndexStatus="CREATING", Backfilling=True)
    state = table(building)
    update = {"IndexName": "by-a", "ProvisionedThroughput": units(50, 50)}
    (step,) = plan_update(
        state, TableName="orders", GlobalSecondaryIndexUpdates=[{"Update": update}]
    )
    assert step.needs.judge(state).kind == "satisfied"
    allocating = table(index("by-a", IndexStatus="CREATING", Backfilling=False))
    assert step.needs.judge(allocating).kind == "pending"


def test_protection_of_a_table_in_several_regions_waits_for_it() -> None:
    """Deletion protection is set while a table is UPDATING, but not a global one."""
    alone = table(TableStatus="UPDATING")
    replica = {"RegionName": "eu-west-1", "ReplicaStatus": "ACTIVE"}
    several = table(TableStatus="UPDATING", Replicas=[replica])
    for state, kind in ((alone, "satisfied"), (several, "pending")):
        (step,) = plan_update(state, TableName="orders", DeletionProtectionEnabled=True)
        assert step.needs.judge(state).kind == kind


def test_a_table_with_vector_indexes_stays_on_demand_until_they_go() -> None:
    """A switch to PROVISIONED is planned only where all vector indexes are deleted."""
    vector = {
        "IndexName": "like-a",
        "IndexStatus": "ACTIVE",
        "VectorAttribute": {"AttributeName": "v"},
        "Projection": {"ProjectionType": "ALL"},
        "Dimensions": 8,
        "DistanceFunction": "COSINE",
    }
    caps = {"MaxReadRequestUnits": 5}
    state = table(on_demand=True, VectorIndexes=[vector], OnDemandThroughput=caps)
    request: dict[str, Any] = {
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": units(1, 1),
    }
    assert "must stay PAY_PER_REQUEST" in refused(state, **request)[0]
    request["VectorIndexUpdates"] = [{"Delete": {"IndexName": "like-a"}}]
    plan = plan_update(state, TableName="orders", **request)
    assert [step.title for step in plan] == [
        "delete vector index like-a",
        "switch to PROVISIONED",
    ]
    assert "discards on-demand limits" in plan.notes[0]


def test_a_switch_back_to_on_demand_tells_of_the_last_one() -> None:
    """Four switches a day are allowed; the plan tells when the last one was."""
    billing = {"BillingMode": "PROVISIONED", "LastUpdateToPayPerRequestDateTime": NOON}
    state = table(BillingModeSummary=billing)
    plan = plan_update(state, TableName="orders", BillingMode="PAY_PER_REQUEST")
    assert "on 2026-01-02 12:00" in plan.notes[0]
