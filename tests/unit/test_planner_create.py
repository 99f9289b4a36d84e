"""Plans for creating tables: every refusal, every difference, and nothing else."""

from __future__ import annotations

import contextlib
import copy
import pickle
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynawait import TableState
from dynawait._core.planner.create import plan_create
from dynawait.errors import InvalidArgumentError, PlanError, TableConflictError
from dynawait.testing import ControlPlane, ServiceFault
from tests.simulation.botocore_shapes import input_of, legal, requests
from tests.simulation.support import (
    Plane,
    attributes,
    delete_index,
    index,
    indexed_table,
    key,
    table,
    throughput,
)
from tests.unit.create_requests import right, spoilt

ABSENT = TableState.absent("orders")
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/"


def refused(**request: Any) -> tuple[str, ...]:
    """Return what is wrong with a request."""
    with pytest.raises(PlanError) as caught:
        plan_create(ABSENT, **request)
    return caught.value.problems


def live(request: dict[str, Any], *, wait: float = 60.0, **update: Any) -> TableState:
    """Return the state of the table that a request has made."""
    plane = Plane()
    plane.create(request, wait=wait)
    if update:
        plane.update(**update)
        plane.time += 30
    return TableState.parse(plane.look())


def differences(state: TableState, **request: Any) -> tuple[str, ...]:
    """Return how a table differs from what is asked for."""
    with pytest.raises(TableConflictError) as caught:
        plan_create(state, **request)
    assert caught.value.existing is state
    return caught.value.differences


def simulated(request: dict[str, Any]) -> str | None:
    """Return what DynamoDB says to a request; None when it creates the table."""
    try:
        ControlPlane(lambda: 0.0).handle("CreateTable", request)
    except ServiceFault as fault:
        return str(fault)
    return None


def planned(request: dict[str, Any]) -> str | None:
    """Return why a request is refused; None when it is planned."""
    try:
        plan_create(TableState.absent(request["TableName"]), **request)
    except (PlanError, InvalidArgumentError) as error:
        return str(error)
    return None


def comparable(request: dict[str, Any]) -> bool:
    """Tell whether botocore would send it, and the simulator models it."""
    named = isinstance(request.get("TableName"), str)
    if not named or legal("CreateTable", request):
        return False
    # What the simulator takes for an ARN need not be one.
    return "GlobalTableSourceArn" not in request and ":" not in request["TableName"]


@given(seed=st.integers(0, 2**40))
@settings(max_examples=400, deadline=None)
def test_refuses_what_dynamodb_refuses_and_nothing_else(seed: int) -> None:
    """A request that botocore sends is refused exactly where DynamoDB refuses it."""
    request = spoilt(Random(seed))
    if comparable(request):
        assert (planned(request) is None) == (simulated(request) is None), request


@given(request=requests(input_of("CreateTable")))
@settings(max_examples=100, deadline=None)
def test_refuses_what_dynamodb_refuses_of_any_shape(request: dict[str, Any]) -> None:
    """The same holds for whatever fits the service model."""
    if comparable(request):
        assert (planned(request) is None) == (simulated(request) is None)


@given(request=requests(input_of("CreateTable"), wrong=True))
@settings(max_examples=150, deadline=None)
def test_no_request_breaks_the_planner(request: Any) -> None:
    """However wrong the types are, there is a PlanError and no other."""
    if isinstance(request, dict) and request.get("TableName") is not None:
        before = copy.deepcopy(request)
        with contextlib.suppress(PlanError, InvalidArgumentError):
            plan_create(ABSENT, **request)
        assert request == before


@given(seed=st.integers(0, 2**40), age=st.sampled_from((0.0, 1.0, 60.0)))
@settings(max_examples=150, deadline=None)
def test_a_table_is_as_the_request_that_made_it(seed: int, age: float) -> None:
    """Whatever was asked for is adopted, while it is CREATING and after."""
    request = right(Random(seed))
    if planned(request) is None:
        plan = plan_create(live(request, wait=age), **request)
        assert not plan.steps
        assert [step.title for step in plan.already] == ["create table orders"]


def test_the_step_creates_the_table_and_waits_for_its_indexes() -> None:
    """The effect is the table as asked for; it is still when all indexes are ACTIVE."""
    request = indexed_table()
    (step,) = plan_create(ABSENT, **request)
    assert (step.operation, step.parameters) == ("CreateTable", request)
    assert step.needs.judge(ABSENT).kind == "satisfied"
    assert step.effect.judge(ABSENT).kind == "pending"
    creating, ready = live(request, wait=1), live(request)
    assert step.effect.judge(creating).kind == "satisfied"
    assert step.still.judge(creating).reasons == (
        "table is CREATING",
        "index by-email is CREATING",
    )
    assert step.still.judge(ready).kind == "satisfied"
    assert repr(step.effect) == "table_as_asked('orders')"


def test_a_table_that_is_being_deleted_is_waited_out() -> None:
    """The step is the same, and needs the old table to be gone."""
    plane = Plane()
    plane.create(table())
    plane.delete()
    state = TableState.parse(plane.look())
    (step,) = plan_create(state, **table())
    assert step.title == "create table orders"
    assert step.reason == "the table of this name is being deleted"
    assert step.needs.judge(state).kind == "pending"
    assert step.effect.judge(state).reasons == ("table is DELETING",)


def test_plans_can_be_pickled_with_their_conditions() -> None:
    """A worker in another process can judge them; where the kernel's conditions can."""
    (step,) = plan_create(ABSENT, **table())
    assert pickle.loads(pickle.dumps(step.effect)).judge(live(table())).kind == (  # noqa: S301 - our own bytes
        "satisfied"
    )


def test_all_problems_are_told_at_once() -> None:
    """Nobody has to run a script five times to learn of five mistakes."""
    problems = refused(
        TableName="o/",
        KeySchema=key("pk"),
        AttributeDefinitions=attributes("pk", "spare"),
        GlobalSecondaryIndexes=[index("by-email", "email", **throughput(5, 50_000))],
        StreamSpecification={"StreamEnabled": True},
        SSESpecification={"Enabled": False, "SSEType": "KMS"},
        Tags=[{"Key": "aws:x", "Value": "y"}],
    )
    assert problems == (
        "TableName: a table name has 3 to 255 characters, not 2: 'o/'",
        "AttributeDefinitions: email is not defined; index by-email needs it",
        "AttributeDefinitions: spare is in no key; only key attributes are defined",
        (
            "ProvisionedThroughput is missing: a PROVISIONED table needs it; give it, "
            "or BillingMode PAY_PER_REQUEST"
        ),
        (
            "index by-email: ProvisionedThroughput: WriteCapacityUnits is at most "
            "40,000, not 50,000; Service Quotas can raise the limit"
        ),
        "StreamSpecification: StreamEnabled=True needs StreamViewType",
        "SSESpecification: SSEType goes with Enabled=True only; leave it out",
        "Tags: keys that begin with aws: are AWS's own; use another than 'aws:x'",
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"KeySchema": None}, "KeySchema is missing: a table needs it"),
        ({"KeySchema": [{"AttributeName": "pk"}]}, "KeySchema[0].KeyType is missing"),
        ({"KeySchema": "pk"}, "KeySchema: expected a list, got 'pk'"),
        ({"TableClass": None, "Tags": [None]}, "Tags[0]: expected a dict, got None"),
        ({"DeletionProtectionEnabled": "yes"}, "expected True or False, got 'yes'"),
        ({"TableClass": "COLD"}, "expected STANDARD or STANDARD_INFREQUENT_ACCESS"),
        ({"GlobalSecondaryIndexes": []}, "GlobalSecondaryIndexes: the list is empty"),
        ({"BilingMode": "PROVISIONED"}, "did you mean BillingMode?"),
        ({"ResourcePolicy": "{}"}, "ResourcePolicy: Statement is empty"),
        ({"WarmThroughput": {"ReadUnitsPerSecond": 9}}, "is at least 12,000"),
        ({"OnDemandThroughput": {"MaxReadRequestUnits": -1}}, "is 1 to 40,000, not -1"),
        ({"ResourcePolicy": "x" * 20_481}, "at most 20,480 bytes, not 20,481"),
        ({"ResourcePolicy": '{"Statement": 1}'}, "statement 1: expected an object"),
        (
            {"SSESpecification": {"Enabled": True, "SSEType": "AES256"}},
            "SSEType AES256 is not supported; use KMS",
        ),
        (
            {"GlobalTableSettingsReplicationMode": "ENABLED_WITH_OVERRIDES"},
            "use ENABLED or DISABLED",
        ),
    ],
)
def test_each_problem_names_the_parameter_and_the_rule(
    change: dict[str, Any], problem: str
) -> None:
    """So that the person who reads it knows where to look."""
    assert any(problem in told for told in refused(**(table() | change)))


def test_more_than_a_hundred_projected_attributes_are_refused() -> None:
    """The quota counts what all indexes of the table project by name."""
    names = [f"n{number}" for number in range(11)]
    projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": names}
    indexes = [index(f"by-{n}", "email", Projection=projection) for n in range(10)]
    (problem,) = refused(**indexed_table(GlobalSecondaryIndexes=indexes))
    assert problem.startswith("NonKeyAttributes: at most 100 in all indexes together")


def test_the_quota_of_indexes_can_be_another() -> None:
    """It is 20 unless the account has more."""
    indexes = [index(f"by-{number}", "email") for number in range(21)]
    request = indexed_table(GlobalSecondaryIndexes=indexes)
    assert refused(**request) == (
        "GlobalSecondaryIndexes: a table has at most 20, not 21",
    )
    assert plan_create(ABSENT, max_indexes=21, **request)


def test_a_parameter_of_a_newer_botocore_passes_untouched() -> None:
    """It is sent as it is, and said not to be compared."""
    request = table(ReplicaPolicy={"Some": ["thing"]})
    (step,) = plan_create(ABSENT, **request)
    assert step.parameters["ReplicaPolicy"] == {"Some": ["thing"]}
    plan = plan_create(live(table()), **request)
    assert plan.notes == (
        "not compared, as DescribeTable does not show it: ReplicaPolicy",
    )


def test_a_replica_in_another_account_needs_no_keys() -> None:
    """It takes them from the table that it copies."""
    source = "arn:aws:dynamodb:us-east-1:210987654321:table/orders"
    assert plan_create(ABSENT, TableName="orders", GlobalTableSourceArn=source)


OWN_KEY = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": f"{KEY_ARN}one"}
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
WARM = {"ReadUnitsPerSecond": 20_000, "WriteUnitsPerSecond": 8_000}


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"KeySchema": key("id")}, "key is pk (HASH), not id (HASH)"),
        (
            {"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "N"}]},
            "attribute pk is of type S, not N",
        ),
        (
            {"BillingMode": None, **throughput(5, 5)},
            "billing mode is PAY_PER_REQUEST, not PROVISIONED",
        ),
        ({"StreamSpecification": STREAM}, "stream is off, not on (NEW_IMAGE)"),
        (
            {"SSESpecification": OWN_KEY},
            "encryption key is DynamoDB's own, not one of KMS",
        ),
        (
            {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
            "table class is STANDARD, not STANDARD_INFREQUENT_ACCESS",
        ),
        ({"DeletionProtectionEnabled": True}, "deletion protection is off, not on"),
        (
            {"OnDemandThroughput": {"MaxReadRequestUnits": 50}},
            "on-demand limit is (None, None), not (50, None)",
        ),
        (
            {"WarmThroughput": WARM},
            "warm throughput is (12000, 4000), less than (20000, 8000)",
        ),
    ],
)
def test_a_difference_is_told_in_one_sentence(
    change: dict[str, Any], difference: str
) -> None:
    """What there is comes first, what was asked for after it."""
    request = table() | change
    if "KeySchema" in change:
        request["AttributeDefinitions"] = attributes("id")
    assert differences(live(table()), **request) == (difference,)


@pytest.mark.parametrize(
    ("asked", "difference"),
    [
        (index("by-day", "email"), "index by-day: it does not exist"),
        (index("by-email", "pk"), "index by-email: key is email (HASH), not pk (HASH)"),
        (
            index("by-email", "email", Projection={"ProjectionType": "KEYS_ONLY"}),
            "index by-email: projection is ALL, not KEYS_ONLY",
        ),
        (
            index("by-email", "email", WarmThroughput=WARM),
            "index by-email: warm throughput is (12000, 4000), less than (20000, 8000)",
        ),
    ],
)
def test_indexes_are_compared_by_name(asked: dict[str, Any], difference: str) -> None:
    """Keys, projection and throughput of the indexes that the request names."""
    used = {"pk", *(each["AttributeName"] for each in asked["KeySchema"])}
    request = table(
        AttributeDefinitions=attributes(*sorted(used)), GlobalSecondaryIndexes=[asked]
    )
    assert differences(live(indexed_table()), **request) == (difference,)


def test_throughput_is_compared_unless_it_is_to_be_ignored() -> None:
    """Autoscaling changes it, so it can be left out: of the table and of indexes."""

    def request(units: int) -> dict[str, Any]:
        indexes = [index("by-email", "email", **throughput(units, units))]
        return indexed_table(GlobalSecondaryIndexes=indexes, **throughput(units, units))

    state = live(request(5))
    assert differences(state, **request(10)) == (
        "throughput is (5, 5), not (10, 10)",
        "index by-email: throughput is (5, 5), not (10, 10)",
    )
    plan = plan_create(state, ignore="ProvisionedThroughput", **request(10))
    assert not plan
    assert plan.notes == ("not compared, as was asked: ProvisionedThroughput",)
    on_demand = live(indexed_table())
    assert differences(on_demand, ignore=["ProvisionedThroughput"], **request(5)) == (
        "billing mode is PAY_PER_REQUEST, not PROVISIONED",
    )


def test_local_and_vector_indexes_are_compared() -> None:
    """Each kind by what defines it; one of another kind is said to be so."""
    local = {
        "IndexName": "by-day",
        "KeySchema": [*key("pk"), {"AttributeName": "day", "KeyType": "RANGE"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    vector = {
        "IndexName": "like",
        "VectorAttribute": {"AttributeName": "vector"},
        "Projection": {"ProjectionType": "ALL"},
        "Dimensions": 4,
        "DistanceFunction": "COSINE",
    }
    keys = [*key("pk"), {"AttributeName": "at", "KeyType": "RANGE"}]
    request = table(
        KeySchema=keys,
        AttributeDefinitions=attributes("pk", "at", "day"),
        LocalSecondaryIndexes=[local],
        VectorIndexes=[vector],
    )
    state = live(request)
    other = copy.deepcopy(request)
    other["LocalSecondaryIndexes"][0]["Projection"] = {"ProjectionType": "KEYS_ONLY"}
    other["VectorIndexes"][0] |= {"Dimensions": 8, "DistanceFunction": "EUCLIDEAN"}
    assert differences(state, **other) == (
        "index by-day: projection is ALL, not KEYS_ONLY",
        "index like: number of dimensions is 4, not 8",
        "index like: distance is COSINE, not EUCLIDEAN",
    )
    other = copy.deepcopy(request)
    other["VectorIndexes"][0]["IndexName"] = "unlike"
    assert differences(state, **other) == ("index unlike: it does not exist",)
    other = copy.deepcopy(request)
    del other["VectorIndexes"]
    other["LocalSecondaryIndexes"][0]["IndexName"] = "like"
    assert differences(state, **other) == ("index like: it is a vector index",)


def test_an_index_that_is_being_deleted_is_a_difference() -> None:
    """It will not come back."""
    plane = Plane()
    plane.create(indexed_table())
    plane.update(**delete_index("by-email"))
    state = TableState.parse(plane.look())
    assert differences(state, **indexed_table()) == (
        "index by-email: it is being deleted",
    )


def test_projected_attributes_are_a_set() -> None:
    """Their order makes no other index."""
    wanted = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total", "note"]}
    found = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note", "total"]}
    state = live(
        indexed_table(
            GlobalSecondaryIndexes=[index("by-email", "email", Projection=found)]
        )
    )
    asked = [index("by-email", "email", Projection=wanted)]
    assert not plan_create(state, **indexed_table(GlobalSecondaryIndexes=asked))


def test_keys_are_compared_only_where_both_are_named_by_arn() -> None:
    """An alias or an identifier may be the same key, so it is no difference."""
    state = live(table(SSESpecification=OWN_KEY))
    other = OWN_KEY | {"KMSMasterKeyId": f"{KEY_ARN}two"}
    assert differences(state, **table(SSESpecification=other)) == (
        f"encryption key is {KEY_ARN}one, not {KEY_ARN}two",
    )
    for name in ("alias/mine", "one", f"{KEY_ARN}one"):
        asked = OWN_KEY | {"KMSMasterKeyId": name}
        assert not plan_create(state, **table(SSESpecification=asked))
    assert differences(state, **table(SSESpecification={"Enabled": False})) == (
        "encryption key is one of KMS, not DynamoDB's own",
    )


def test_what_there_is_besides_is_no_difference() -> None:
    """Others may have added indexes; the notes say so, and what cannot be compared."""
    tags = [{"Key": "team", "Value": "shop"}]
    plan = plan_create(live(indexed_table()), **table(Tags=tags))
    assert not plan
    assert plan.notes == (
        "not compared, as DescribeTable does not show it: Tags",
        "there are indexes besides: by-email",
    )


def test_settings_may_show_late_while_the_table_is_creating() -> None:
    """They are judged once it is ACTIVE; keys and indexes at once."""
    request = table(DeletionProtectionEnabled=True)
    assert not plan_create(live(table(), wait=1), **request)
    assert differences(live(table()), **request)
    assert differences(live(table(), wait=1), **indexed_table())


@pytest.mark.parametrize(
    "options",
    [
        {"ignore": "Throughput"},
        {"max_indexes": -1},
        {"max_indexes": "20"},
        {"timeout_seconds": 5},
        {"TableName": "others"},
        {"TableName": None},
    ],
)
def test_an_option_that_cannot_be_right_is_refused(options: dict[str, Any]) -> None:
    """Options are in lower case; parameters are DynamoDB's."""
    with pytest.raises(InvalidArgumentError):
        plan_create(ABSENT, **(table() | options))


def test_the_name_is_the_states_where_none_is_given() -> None:
    """A plan for a state needs no name besides."""
    request = table()
    del request["TableName"]
    (step,) = plan_create(ABSENT, **request)
    assert step.parameters["TableName"] == "orders"
