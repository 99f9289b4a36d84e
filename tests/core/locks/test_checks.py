"""What may be done at a lock table, whether it is fit, and which backends collide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from dynawait._core.gateway import CallTimedOut
from dynawait._core.locks.findings import Problem, rows_findings
from dynawait._core.locks.permissions import check_permissions
from dynawait._core.locks.table_check import check_table
from dynawait.errors import InvalidArgumentError, ServiceError
from dynawait.locks.backends import TerraformBackend, find_collisions
from dynawait.locks.dialects import AMAZON, DIALECTS, PYTHON_DYNAMODB_LOCK, TERRAFORM
from dynawait.testing import SimulatedDynamoDB
from tests.core.locks.direct import DirectGateway, run
from tests.unit.locks.lock_rows import INFO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dynawait.locks.dialects import Dialect

pytest.importorskip("moto")  # simulated items stand on it
LOCK = {"LockID": {"S": "b/a"}, "Info": {"S": INFO}}


class Guarded(DirectGateway):
    """A gateway with a policy, and calls that fail; its time passes in sleep."""

    def __init__(self, client: Any, denied: tuple[str, ...] = ()) -> None:
        """Take the client, and what it may not do."""
        super().__init__(client)
        self.denied = denied
        self.failures: list[Exception] = []
        self.time = 0.0

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Call the client, where the policy has no objection."""
        if self.failures:
            raise self.failures.pop(0)
        if operation in self.denied:
            raise refusal("AccessDeniedException", operation)
        return await super().call(operation, parameters, deadline=deadline)

    def now(self) -> float:
        """Tell what was slept."""
        return self.time

    async def sleep(self, seconds: float, *, wake: Any = None) -> None:
        """Let time pass."""
        self.time += seconds


def refusal(code: str, operation: str) -> ClientError:
    """Return what a client raises."""
    message = f"not authorized to perform {operation}"
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


def a_table(
    *key: str, kinds: str = "SS", ttl: str | None = None, **more: Any
) -> tuple[Any, Guarded]:
    """Return a client of a table with this key, and the gateway to it."""
    client = SimulatedDynamoDB(seed=1).client()
    request = {"BillingMode": "PAY_PER_REQUEST"} | more
    client.create_table(
        TableName="locks",
        KeySchema=[
            {"AttributeName": name, "KeyType": role}
            for name, role in zip(key, ("HASH", "RANGE"), strict=False)
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in zip(key, kinds, strict=False)
        ],
        **request,
    )
    client.__dynawait_clock__.advance(60)
    if ttl is not None:
        client.update_time_to_live(
            TableName="locks",
            TimeToLiveSpecification={"Enabled": True, "AttributeName": ttl},
        )
        client.__dynawait_clock__.advance(7200)
    return client, Guarded(client)


def rows_of(client: Any) -> list[Any]:
    """Return what lies in the table."""
    found: list[Any] = client.scan(TableName="locks")["Items"]
    return found


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_call_is_tried_and_nothing_is_changed(dialect: Dialect) -> None:
    """Whatever lies in the table."""
    names = [name for name in dialect.key_names() if name is not None]
    client, gateway = a_table(*names)
    client.put_item(TableName="locks", Item={name: {"S": "k"} for name in names})
    before = rows_of(client)
    report = run(check_permissions(gateway, "locks", dialect))
    assert report.ok
    assert report.granted[:3] == (
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:Scan",
    )
    assert ("dynamodb:DeleteItem" in report.granted) is dialect.writable
    assert ("dynamodb:PutItem" in report.granted) is (dialect is TERRAFORM)
    assert str(report) == "all permissions are there"
    assert rows_of(client) == before
    assert run(check_permissions(gateway, "locks", dialect, key="k")).ok
    assert rows_of(client) == before


@pytest.mark.parametrize(
    "operation",
    ["DescribeTable", "GetItem", "Scan", "UpdateItem", "PutItem", "DeleteItem"],
)
def test_what_is_denied_is_named_with_what_it_is_for(operation: str) -> None:
    """The rest is tried all the same."""
    client, _ = a_table("LockID")
    gateway = Guarded(client, (operation,))
    report = run(check_permissions(gateway, "locks", TERRAFORM))
    assert not report.ok
    assert report.missing == (f"dynamodb:{operation}",)
    assert len(report.granted) == 5
    assert f"not authorized to perform {operation}" in str(report)


def test_a_table_with_another_key_is_tried_with_its_own() -> None:
    """Even one of numbers and bytes."""
    client, gateway = a_table("n", "b", kinds="NB")
    assert run(check_permissions(gateway, "locks", TERRAFORM)).ok
    assert rows_of(client) == []


def test_trouble_is_no_verdict() -> None:
    """What passes is tried again; other refusals and silence are errors."""
    _, gateway = a_table("LockID")
    gateway.failures = [
        refusal("ThrottlingException", "Scan"),
        CallTimedOut(),
        refusal("InternalServerError", "Scan"),
    ]
    assert run(check_permissions(gateway, "locks", TERRAFORM)).ok
    gateway.failures = [refusal("UnrecognizedClientException", "Scan")]
    with pytest.raises(ServiceError, match="UnrecognizedClient"):
        run(check_permissions(gateway, "locks", TERRAFORM))
    gateway.failures = [refusal("ThrottlingException", "Scan")] * 1000
    with pytest.raises(ServiceError, match="no answer in 5 s"):
        run(check_permissions(gateway, "locks", TERRAFORM, timeout=5))
    gateway.failures = [ZeroDivisionError()]
    with pytest.raises(ZeroDivisionError):
        run(check_permissions(gateway, "locks", TERRAFORM))


def test_a_fit_table_has_no_problem() -> None:
    """With locks and digests in it."""
    client, gateway = a_table("LockID")
    client.put_item(TableName="locks", Item=LOCK)
    digest = {"LockID": {"S": "b/a-md5"}, "Digest": {"S": "0" * 32}}
    client.put_item(TableName="locks", Item=digest)
    report = run(check_table(gateway, "locks", TERRAFORM))
    assert report.rows == 2
    assert "two backends may share" in str(report)  # by the path in its Info
    client.delete_item(TableName="locks", Key={"LockID": {"S": "b/a"}})
    report = run(check_table(gateway, "locks", TERRAFORM))
    assert report.ok
    assert (report.problems, report.notes, report.rows) == ((), (), 1)
    assert str(report) == "the table is fit for locks"
    _, gateway = a_table("key", ttl="expiresAt")
    assert run(check_table(gateway, "locks", AMAZON)).notes == ()


def problems(gateway: Guarded, dialect: Dialect, **options: Any) -> str:
    """Return what is wrong with the table."""
    return str(run(check_table(gateway, "locks", dialect, **options)))


def test_a_table_with_another_key_is_told() -> None:
    """Its names, a sort key too many, and a type that is no string."""
    _, gateway = a_table("id", "range", kinds="NS")
    told = problems(gateway, AMAZON)
    assert "its key is id + range, and should be key" in told
    assert "id is of the type N" in told
    assert problems(gateway, AMAZON, names=("id", "range")).startswith("its key id")
    client, _ = a_table("LockID")
    client.delete_table(TableName="locks")
    client.__dynawait_clock__.advance(600)
    assert "there is no table locks" in problems(Guarded(client), AMAZON)


def test_a_time_to_live_on_another_attribute_is_told() -> None:
    """For Terraform any; for others one that is not theirs; off is but a note."""
    _, gateway = a_table("LockID", ttl="ttl")
    assert "vanishes while it is held" in problems(gateway, TERRAFORM)
    _, gateway = a_table("key", ttl="ttl")
    assert "watches ttl instead of expiresAt" in problems(gateway, AMAZON)
    _, gateway = a_table("key")
    report = run(check_table(gateway, "locks", AMAZON))
    assert report.ok
    assert "no time to live" in report.notes[0]


def test_a_provisioned_table_gets_a_note() -> None:
    """It works until it throttles."""
    units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    _, gateway = a_table(
        "LockID", BillingMode="PROVISIONED", ProvisionedThroughput=units
    )
    report = run(check_table(gateway, "locks", TERRAFORM))
    assert report.ok
    assert "provisioned" in report.notes[0]


class Described(DirectGateway):
    """A gateway to a table of which a part is made up."""

    def __init__(self, client: Any, **members: Any) -> None:
        """Take what DescribeTable is to say besides."""
        super().__init__(client)
        self.members = members

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Call the client."""
        answer = await super().call(operation, parameters, deadline=deadline)
        if operation == "DescribeTable":
            return {"Table": {**answer["Table"], **self.members}}
        return answer


def test_replicas_are_a_problem_unless_they_are_consistent_or_allowed() -> None:
    """Writes of two Regions do not see each other in time."""
    client, _ = a_table("LockID")
    there = [{"RegionName": "eu-west-1", "ReplicaStatus": "ACTIVE"}]
    gateway = Described(client, Replicas=there)
    assert "eu-west-1" in str(run(check_table(gateway, "locks", TERRAFORM)))
    allowed = check_table(gateway, "locks", TERRAFORM, allow_global_table=True)
    assert run(allowed).ok
    gateway = Described(client, Replicas=there, MultiRegionConsistency="STRONG")
    assert run(check_table(gateway, "locks", TERRAFORM)).ok
    gateway = Described(client, TableStatus="CREATING")
    report = run(check_table(gateway, "locks", TERRAFORM))
    assert "CREATING" in str(report)
    assert report.rows == 0


def test_rows_of_others_are_told_and_pages_are_read_on() -> None:
    """Up to as many as are asked for."""
    client, gateway = a_table("LockID")
    for number in range(7):
        strange = {"LockID": {"S": f"b/{number}"}, "Other": {"S": "x" * 300_000}}
        client.put_item(TableName="locks", Item=strange)
    report = run(check_table(gateway, "locks", TERRAFORM))
    assert report.rows == 7
    assert "7 of its rows cannot be read" in str(report)
    report = run(check_table(gateway, "locks", TERRAFORM, most_rows=2))
    assert report.rows == 2
    assert "only the first 2" in report.notes[-1]
    assert run(check_table(gateway, "locks", TERRAFORM, most_rows=0)).ok


def found(
    *rows: Mapping[str, Any], dialect: Dialect = TERRAFORM, watched: str | None = None
) -> str:
    """Return the problems of rows."""
    every = rows_findings(rows, dialect, (None, None), watched)
    return "; ".join(each for each in every if isinstance(each, Problem))


def test_rows_of_two_backends_are_told() -> None:
    """A lock in the row of a digest, both in one, and one that lies elsewhere."""
    told = found({**LOCK, "LockID": {"S": "b/a-md5"}})
    assert "the lock of one state and the digest of b/a" in told
    assert "in one row" in found({**LOCK, "Digest": {"S": "0" * 32}})
    assert "two backends may share" in found(LOCK)
    assert "python-dynamodb-lock, not terraform" in found(
        {"record_version_number": {"S": "a"}, "lease_duration": {"N": "1"}}
    )
    bad = INFO.replace('"Created":"', '"Created":"x')
    assert "Terraform cannot read it" in found({**LOCK, "Info": {"S": bad}})


def test_times_of_expiry_that_never_come_are_told() -> None:
    """A string, and milliseconds."""
    row = {
        "lock_key": {"S": "a"},
        "sort_key": {"S": "-"},
        "owner_name": {"S": "me"},
        "lease_duration": {"N": "1"},
        "record_version_number": {"S": "v"},
    }
    dialect = PYTHON_DYNAMODB_LOCK
    text = {**row, "expiry_time": {"S": "1795305600"}}
    assert "is no number" in found(text, dialect=dialect, watched="expiry_time")
    late = {**row, "expiry_time": {"N": "1795305600000"}}
    assert "milliseconds" in found(late, dialect=dialect, watched="expiry_time")
    good = {**row, "expiry_time": {"N": "1795305600"}}
    assert found(good, dialect=dialect, watched="expiry_time") == ""


values = st.one_of(
    st.fixed_dictionaries({"S": st.one_of(st.text(max_size=8), st.just(INFO))}),
    st.fixed_dictionaries({"N": st.integers().map(str)}),
    st.fixed_dictionaries({"B": st.binary(max_size=4)}),
    st.sampled_from([{"NULL": True}, {"L": []}, {"M": {}}, {"BOOL": False}]),
)
columns = st.sampled_from(["LockID", "Info", "Digest", "key", "expiresAt", "x"])


@settings(deadline=None)  # on a busy machine the first example may take its time
@given(
    st.lists(st.dictionaries(columns, values, max_size=5), max_size=4),
    st.sampled_from(DIALECTS),
    st.sampled_from([None, "expiresAt", "Info"]),
)
def test_no_row_breaks_the_check(
    rows: list[Any], dialect: Dialect, watched: str | None
) -> None:
    """Whatever is in it."""
    for each in rows_findings(rows, dialect, (None, None), watched):
        assert str(each)


def test_backends_with_rows_of_their_own_do_not_collide() -> None:
    """Of one bucket or of two, with workspaces of the same name."""
    assert (
        find_collisions(
            [
                TerraformBackend(bucket="b", key="a", workspaces=("x",)),
                TerraformBackend(bucket="b", key="c", workspaces=("x",)),
                TerraformBackend(bucket="d", key="a", workspaces=("x", "default")),
            ]
        )
        == ()
    )


def test_two_backends_on_one_key_collide() -> None:
    """In the default workspace and in every one that both have."""
    one = TerraformBackend(bucket="b", key="a", workspaces=("x",), name="net")
    two = TerraformBackend(bucket="b", key="a", workspaces=("x", "y"))
    first, second = find_collisions([one, two])
    assert (first.kind, first.path, first.users) == ("shared", "b/a", ("net", "b/a"))
    assert second.path == "b/env:/x/a"
    assert second.users == ("net (workspace x)", "b/a (workspace x)")


def test_what_is_no_backend_is_refused() -> None:
    """And workspaces that are one text would be those of its letters."""
    wrong: Any = "prod"
    with pytest.raises(InvalidArgumentError, match="workspaces: expected several"):
        TerraformBackend(bucket="b", key="a", workspaces=wrong)
    with pytest.raises(InvalidArgumentError, match="expected a TerraformBackend"):
        find_collisions([wrong])


def test_a_workspace_may_shadow_another_backend() -> None:
    """Its path is the key of that one."""
    one = TerraformBackend(bucket="b", key="a", workspaces=("x",), name="one")
    two = TerraformBackend(bucket="b", key="env:/x/a", name="two")
    (collision,) = find_collisions([one, two])
    assert collision.kind == "shadowed"
    assert collision.users == ("one (workspace x)", "two")
    assert "key of a backend" in collision.problem


def test_a_state_whose_key_ends_in_md5_collides_with_a_digest() -> None:
    """Its lock lies where the digest of the other one is."""
    one = TerraformBackend(bucket="b", key="a", name="one")
    two = TerraformBackend(bucket="b", key="a-md5", name="two")
    (collision,) = find_collisions([one, two])
    assert (collision.kind, collision.path) == ("digest", "b/a-md5")
    assert collision.users == ("one", "two")


@pytest.mark.parametrize("argument", ["bucket", "key"])
def test_a_backend_without_a_place_is_refused(argument: str) -> None:
    """Before anything is compared."""
    place: dict[str, Any] = {"bucket": "b", "key": "k", argument: ""}
    with pytest.raises(InvalidArgumentError, match=argument):
        TerraformBackend(**place)
