"""What cannot be right is refused before a call, and strange rows do no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest
from botocore.exceptions import ClientError, HTTPClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dynawait.locks
import dynawait.sync.locks
from dynawait.errors import (
    InvalidArgumentError,
    LockTimeoutError,
    ServiceError,
    UnreadableLockError,
)
from dynawait.locks import LockRecord
from dynawait.testing import Durations, SimulatedDynamoDB
from tests.gateways.locks import KEY, LOOPS, calls_of, service
from tests.unit.locks.lock_rows import DIGEST, INFO, ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytest.importorskip("moto")  # simulated items stand on it

NAN, INF, HUGE = float("nan"), float("inf"), 10**5000
LONG = "x" * 2049
LEASES: list[Any] = [0, -1, 0.1, NAN, INF, HUGE, 1e10, "30", True, b"3", [], 1j]


async def probe(record: object) -> bool:
    """Be no plain function."""
    del record
    return True


REFUSED: list[tuple[str, Callable[[Any], Any]]] = [
    *(
        ("key", lambda locks, key=key: locks.acquire(key))
        for key in ("", LONG, "\xe9" * 1025, "\ud800", None, 7, b"x", True, ["x"])
    ),
    ("key", lambda locks: locks.try_acquire("")),
    ("key", lambda locks: locks.hold(7)),
    ("key", lambda locks: locks.hold_all(["a", ""])),
    ("key", lambda locks: locks.semaphore("x" * 2047, 2)),
    ("key", lambda locks: locks.read("x" * 2046, readers=100)),
    ("key", lambda locks: locks.write("")),
    ("key", lambda locks: locks.inspect("")),
    ("key", lambda locks: locks.assess(None)),
    ("key", lambda locks: locks.check_permissions(key="")),
    ("sort_key", lambda locks: locks.acquire("x", sort_key="y")),
    ("sort_key", lambda locks: locks.inspect("x", sort_key="y")),
    *(
        ("lease", lambda locks, lease=lease: locks.acquire("x", lease=lease))
        for lease in LEASES
    ),
    *(
        ("wait", lambda locks, wait=wait: locks.hold("x", wait=wait))
        for wait in (-1, NAN, -INF, HUGE, "3", False)
    ),
    *(
        ("data", lambda locks, data=data: locks.acquire("x", data=data))
        for data in (7, ["x"], bytearray(b"x"), "\ud800", "x" * 401_409, b"x" * 409_600)
    ),
    *(
        ("on_lost", lambda locks, told=told: locks.acquire("x", on_lost=told))
        for told in (7, "print", probe)
    ),
    *(
        ("keys", lambda locks, keys=keys: locks.hold_all(keys))
        for keys in (
            [],
            ["a", "a"],
            "ab",
            b"ab",
            None,
            7,
            [f"k{n}" for n in range(101)],
        )
    ),
    *(
        ("permits", lambda locks, permits=permits: locks.semaphore("x", permits))
        for permits in (0, -1, 101, True, 2.0, "2", None, HUGE)
    ),
    *(
        ("readers", lambda locks, readers=readers: locks.write("x", readers=readers))
        for readers in (0, 101, True, 2.5, "2")
    ),
    ("readers", lambda locks: locks.read("x", readers=0)),
    ("lease", lambda locks: locks.release(object())),
    ("lease", lambda locks: locks.renew(None)),
    *(
        ("observe", lambda locks, observe=observe: locks.assess("x", observe=observe))
        for observe in (-1, NAN, "3", True)
    ),
    ("is_owner_alive", lambda locks: locks.assess("x", is_owner_alive=True)),
    ("is_owner_alive", lambda locks: locks.assess("x", is_owner_alive=probe)),
    ("record", lambda locks: locks.force_release("x")),
    (
        "record",
        lambda locks: locks.force_release(LockRecord(key="x", dialect="go", raw={})),
    ),
    ("most_rows", lambda locks: locks.check_table(most_rows=-1)),
    ("most_rows", lambda locks: locks.check_table(most_rows=True)),
    ("timeout", lambda locks: locks.check_table(timeout=NAN)),
    ("timeout", lambda locks: locks.check_permissions(timeout="3")),
]


@pytest.mark.parametrize(("argument", "call"), REFUSED)
def test_what_cannot_be_right_is_refused_before_a_call(
    argument: str, call: Callable[[Any], Any]
) -> None:
    """By both faces, and the argument and the rule are named."""
    dynamodb = service()
    calls_of(dynamodb)
    with pytest.raises(InvalidArgumentError) as caught:
        entered(call(dynawait.sync.locks.LockClient(dynamodb.client(), "locks")))
    assert caught.value.argument == argument
    assert len(str(caught.value)) < 400

    async def main() -> None:
        made = call(dynawait.locks.LockClient(dynamodb.async_client(), "locks"))
        await (made.__aenter__() if hasattr(made, "__aenter__") else made)

    with pytest.raises(InvalidArgumentError) as caught:
        anyio.run(main)
    assert caught.value.argument == argument
    assert calls_of(dynamodb) == []


def entered(made: Any) -> Any:
    """Enter what is a context manager."""
    return made.__enter__() if hasattr(made, "__enter__") else made


OPTIONS: list[tuple[str, dict[str, Any]]] = [
    *(
        ("table", {"table": table})
        for table in ("", "ab", "x" * 256, "a b c", None, 7, "arn:aws:s3:::x")
    ),
    *(("owner", {"owner": owner}) for owner in ("", 7, "\ud800", "x" * 1025)),
    *(("dialect", {"dialect": dialect}) for dialect in ("cobol", None, 7)),
    *(
        ("partition_key", {"partition_key": name})
        for name in ("", 7, "ownerName", "waiters", "isReleased", "recordVersionNumber")
    ),
    *(
        ("partition_key", {"partition_key": name})
        for name in ("data", "heartbeatAt", "acquiredBy", "acquiredAt", "leaseDuration")
    ),
    *(
        ("sort_key", {"sort_key": name})
        for name in ("lastHolds", "heartbeatVersion", "expiresAt")
    ),
    ("sort_key", {"dialect": "python-dynamodb-lock", "sort_key": "acquired_by"}),
    *(
        (flag, {flag: value})
        for flag in ("trust_service_time", "delete_on_release", "allow_global_table")
        for value in ("no", 1, None)
    ),
    ("sort_key", {"sort_key": "key"}),
    ("sort_key", {"sort_key": "fencingToken"}),
    *(("lease", {"lease": lease}) for lease in (0.1, NAN, INF, HUGE, "30", True)),
    *(
        ("heartbeat", {"heartbeat": heartbeat})
        for heartbeat in (0, 11, NAN, INF, "often", True, -1)
    ),
    *(("fairness", {"fairness": fairness}) for fairness in ("none", 7, None)),
    *(
        ("observations", {"observations": text})
        for text in ("", "{}", "[]", "x", 7, '{"format": 2, "observations": []}')
    ),
    *(("on_event", {"on_event": told}) for told in (7, "print", probe)),
]


@pytest.mark.parametrize(("argument", "options"), OPTIONS)
def test_options_that_cannot_be_right_are_refused_by_the_constructor(
    argument: str, options: dict[str, Any]
) -> None:
    """With the name of the argument."""
    client: Any = SimulatedDynamoDB().client()
    for face in (dynawait.locks, dynawait.sync.locks):
        with pytest.raises(InvalidArgumentError) as caught:
            face.LockClient(client, **{"table": "locks", **options})
        assert caught.value.argument == argument
        assert len(str(caught.value)) < 500


TERRAFORM: list[tuple[str, Callable[[Any], Any]]] = [
    *(
        ("path", lambda locks, path=path: locks.hold(path))
        for path in ("", "x" * 2045, "\ud800", 7, None)
    ),
    ("operation", lambda locks: locks.hold("b/a", operation=7)),
    ("info", lambda locks: locks.hold("b/a", info=b"x")),
    ("info", lambda locks: locks.hold("b/a", info="x" * 409_600)),
    ("wait", lambda locks: locks.hold("b/a", wait=NAN)),
    ("wait", lambda locks: locks.hold("b/a", wait=-1)),
    ("lock_id", lambda locks: locks.unlock("b/a", None)),
    ("lock_id", lambda locks: locks.unlock("b/a", "")),
    ("md5", lambda locks: locks.repair_digest("b/a", "x")),
    ("observe", lambda locks: locks.assess("b/a", observe=-1)),
    ("is_owner_alive", lambda locks: locks.assess("b/a", is_owner_alive=probe)),
    ("most_rows", lambda locks: locks.check_table(most_rows="x")),
    ("timeout", lambda locks: locks.check_permissions(timeout=-1)),
]


@pytest.mark.parametrize(("argument", "call"), TERRAFORM)
def test_terraforms_locks_refuse_it_too(
    argument: str, call: Callable[[Any], Any]
) -> None:
    """In both faces, before a call."""
    dynamodb = service()
    calls_of(dynamodb)
    with pytest.raises(InvalidArgumentError) as caught:
        entered(call(dynawait.sync.locks.TerraformLocks(dynamodb.client(), "locks")))
    assert caught.value.argument == argument

    async def main() -> None:
        made = call(dynawait.locks.TerraformLocks(dynamodb.async_client(), "locks"))
        await (made.__aenter__() if hasattr(made, "__aenter__") else made)

    with pytest.raises(InvalidArgumentError) as caught:
        anyio.run(main)
    assert caught.value.argument == argument
    assert calls_of(dynamodb) == []


@pytest.mark.parametrize("options", [{"table": "x y"}, {"owner": ""}, {"timeout": NAN}])
def test_options_of_terraforms_locks(options: dict[str, Any]) -> None:
    """Are refused by the constructor."""
    for face in (dynawait.locks, dynawait.sync.locks):
        with pytest.raises(InvalidArgumentError):
            face.TerraformLocks(
                SimulatedDynamoDB().client(), **{"table": "locks", **options}
            )


def test_locks_of_terraform_carry_an_info_and_nothing_else() -> None:
    """It is said before a call, where somebody acquires them as any other lock."""
    dynamodb = service()
    locks = dynawait.sync.locks.LockClient(
        dynamodb.client(), "locks", dialect="terraform", partition_key="key"
    )
    calls_of(dynamodb)
    for data in (None, "x", b"x"):
        with pytest.raises(InvalidArgumentError, match="no Info that Terraform reads"):
            locks.acquire("b/a", data=data)
    assert calls_of(dynamodb) == []
    assert locks.acquire("b/a", data=INFO).release().value == "released"


def test_a_digest_is_not_freed_by_force() -> None:
    """It is no lock, though it lies among them."""
    dynamodb = service()
    client: Any = dynamodb.client()
    locks = dynawait.sync.locks.LockClient(
        client, "locks", dialect="terraform", partition_key="key"
    )
    item = {"key": DIGEST["LockID"], "Digest": DIGEST["Digest"]}
    client.put_item(TableName="locks", Item=item)
    (record,) = locks.records()
    with pytest.raises(InvalidArgumentError, match="a digest of the dialect"):
        locks.force_release(record)
    assert len(list(locks.records())) == 1


def test_a_probe_that_answers_strangely_is_refused() -> None:
    """A coroutine is true, and would make every owner live."""
    locks = dynawait.sync.locks.LockClient(service().client(), "locks")
    strange: Any = lambda _: probe(None)  # noqa: E731 - the very case
    with (
        locks.hold("orders"),
        pytest.raises(InvalidArgumentError, match="True, False or None"),
    ):
        locks.assess("orders", is_owner_alive=strange)


def tables(kind: str) -> tuple[Any, Any]:
    """Return a client of a table whose key is of this type, and its lock client."""
    client: Any = SimulatedDynamoDB(
        seed=1, durations=Durations(table_create=0)
    ).client()
    client.create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": kind}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client, dynawait.sync.locks.LockClient(client, "locks", heartbeat=None)


@pytest.mark.parametrize(
    ("kind", "key", "shown"),
    [("N", {"N": "42"}, "42"), ("B", {"B": b"\x01\xff"}, "01ff")],
)
def test_a_table_whose_key_is_no_string_is_read(
    kind: str, key: dict[str, Any], shown: str
) -> None:
    """Nothing can be locked there, and DynamoDB's words say why."""
    client, locks = tables(kind)
    client.put_item(TableName="locks", Item={"key": key, "x": {"S": "y"}})
    (record,) = locks.records()
    assert (record.key, record.readable) == (shown, False)
    assert f"the key key is of type {kind}, not S" in record.problem
    assert any(f"of the type {kind}" in text for text in locks.check_table().problems)
    with pytest.raises(ServiceError, match="ValidationException"):
        locks.inspect("orders")
    with pytest.raises(ServiceError, match="ValidationException"):
        locks.acquire("orders")


@pytest.mark.parametrize(
    "strange", [{"S": "x"}, {"L": [{"N": "7"}]}, {"M": {"a": {"S": "b"}}}]
)
def test_a_line_that_cannot_be_read_keeps_nobody_out(strange: dict[str, Any]) -> None:
    """Nobody stands in it, and whose it is nobody knows: it stays as it is."""
    loop = LOOPS["asyncio"]()
    direct: Any = loop.dynamodb.client()

    async def main() -> None:
        clients = [
            dynawait.locks.LockClient(loop.client(), "locks", fairness="fifo")
            for _ in range(2)
        ]
        await (await clients[0].acquire("orders")).release()
        direct.update_item(
            TableName="locks",
            Key=KEY,
            UpdateExpression="SET waiters = :w",
            ExpressionAttributeValues={":w": strange},
        )

        async def use(locks: Any) -> None:
            async with locks.hold("orders", wait=30):
                await loop.sleep(1)

        async with anyio.create_task_group() as group:
            for locks in clients:
                group.start_soon(use, locks)

    loop.run(main)
    assert direct.get_item(TableName="locks", Key=KEY)["Item"]["waiters"] == strange


_values = st.recursive(
    st.one_of(
        st.builds(lambda text: {"S": text}, st.text(max_size=8)),
        st.sampled_from([{"N": n} for n in ("0", "1", "-1.5", "1E+3", "20000")]),
        st.builds(lambda data: {"B": data}, st.binary(max_size=8)),
        st.sampled_from([{"NULL": True}, {"BOOL": True}, {"BOOL": False}]),
        st.sampled_from([{"SS": ["a", "b"]}, {"NS": ["1", "2"]}, {"BS": [b"a"]}]),
        st.sampled_from([{"S": "x" * 390_000}, {"S": "1"}, {"S": "20s"}, {"S": INFO}]),
    ),
    lambda inner: st.one_of(
        st.builds(lambda several: {"L": several}, st.lists(inner, max_size=3)),
        st.builds(
            lambda several: {"M": several},
            st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=2),
        ),
    ),
    max_leaves=4,
)
_names = sorted({name for _, row in ROWS for name in row} | {"isReleased", "waiters"})
_rows = st.builds(
    lambda row, other: {**{n: v for n, v in row[1].items() if n != "key"}, **other},
    st.sampled_from(ROWS),
    st.dictionaries(st.sampled_from([n for n in _names if n != "key"]), _values),
)
CLIENT, LOCKS = tables("S")


@pytest.fixture(scope="module", autouse=True)
def _emptied() -> Iterator[None]:
    yield
    for row in CLIENT.scan(TableName="locks")["Items"]:
        CLIENT.delete_item(TableName="locks", Key={"key": row["key"]})


# Rows of 400 KB are part of it.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(row=_rows)
def test_no_row_breaks_a_scan_an_inspection_or_another_key(row: dict[str, Any]) -> None:
    """Whatever lies in the table, with each of DynamoDB's types; and if its own key is
    wanted, it is a lock, or the error says why it is none.
    """
    item = {"key": {"S": "strange"}, **row}
    if len(repr(item)) > 395_000:
        item = {"key": {"S": "strange"}, "ownerName": {"S": "x" * 390_000}}
    CLIENT.put_item(TableName="locks", Item=item)
    with LOCKS.hold("orders", wait=0):
        found = {record.key: record for record in LOCKS.records()}
        assert set(found) == {"strange", "orders"}
        assert found["orders"].readable
    assert LOCKS.inspect("strange") == found["strange"]
    verdict = LOCKS.assess("strange").verdict
    assert (verdict == "UNREADABLE") is not found["strange"].readable
    LOCKS.check_table()
    if found["strange"].readable:
        lease = LOCKS.try_acquire("strange")
        if lease is not None:
            lease.release()
    else:
        with pytest.raises(UnreadableLockError) as caught:
            LOCKS.try_acquire("strange")
        assert len(str(caught.value)) < 2000
    assert LOCKS.force_release(LOCKS.inspect("strange"))


@pytest.mark.parametrize("heartbeat", [0, -1])
def test_a_heartbeat_that_is_not_positive_is_told_as_such(heartbeat: float) -> None:
    """And not as one that comes too seldom."""
    with pytest.raises(InvalidArgumentError, match="not > 0 seconds; None: the caller"):
        dynawait.locks.LockClient(
            SimulatedDynamoDB().client(), "locks", heartbeat=heartbeat
        )


def test_a_sort_key_too_many_says_how_to_name_it() -> None:
    """It may well be the client that was not told of it."""
    locks = dynawait.sync.locks.LockClient(service().client(), "locks")
    with pytest.raises(InvalidArgumentError, match=r"give the lock client its name"):
        locks.acquire("x", sort_key="y")


def test_a_table_that_is_not_there_says_what_to_do() -> None:
    """In one message: where to look, and how to make it."""
    locks = dynawait.sync.locks.LockClient(service().client(), "absent")
    for call in (locks.acquire, locks.inspect, locks.assess):
        with pytest.raises(
            ServiceError, match=r"the Region.*ensure_table\(\) makes it"
        ):
            call("orders")
    terraform = dynawait.sync.locks.TerraformLocks(service().client(), "absent")
    with pytest.raises(ServiceError, match=r"the Region and the account$"):
        terraform.inspect("b/a")


def test_a_table_of_another_key_says_which_was_expected() -> None:
    """And where to see what it has."""
    _, locks = tables("N")
    for call in (locks.acquire, locks.inspect):
        with pytest.raises(ServiceError, match=r"key key, of type S: check_table\(\)"):
            call("orders")


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (
            HTTPClientError(error="no session"),
            "A client that was closed cannot be used",
        ),
        (
            ClientError(
                {"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetItem"
            ),
            r"credentials.*check_permissions\(\) tells all that is missing",
        ),
    ],
)
def test_a_call_that_cannot_succeed_says_why(error: Exception, advice: str) -> None:
    """A client that was closed, and a role that may not."""
    client: Any = service().client()

    def refuse(**parameters: object) -> None:
        del parameters
        raise error

    client.get_item = refuse
    locks = dynawait.sync.locks.LockClient(client, "locks")
    with pytest.raises(ServiceError, match=advice):
        locks.inspect("orders")


def test_a_timeout_for_a_lock_without_an_owner_is_a_sentence() -> None:
    """A row of Terraform's need not say who holds it."""
    client: Any = service().client()
    info = '{"ID":"i","Path":"b/a","Created":"2026-01-01T00:00:00Z"}'
    item = {"key": {"S": "b/a"}, "Info": {"S": info}}
    client.put_item(TableName="locks", Item=item)
    locks = dynawait.sync.locks.LockClient(
        client, "locks", dialect="terraform", partition_key="key"
    )
    with pytest.raises(LockTimeoutError, match="held by somebody without a name"):
        locks.acquire("b/a", data=INFO, wait=0)
    evidence = " ".join(locks.assess("b/a").evidence)
    assert "  " not in evidence
    assert str(locks.observations.export()).count("b/a") == 1
    assert repr(locks.observations) == "<Observations of 1 lock>"
