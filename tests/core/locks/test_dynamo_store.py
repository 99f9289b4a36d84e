"""DynamoDB's expressions and the table in memory say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynawait._core.locks.dynamo import DynamoStore, date_of
from dynawait._core.locks.store import (
    Absent,
    Change,
    Exact,
    First,
    Free,
    Held,
    Join,
    Leave,
    Place,
    Refused,
    RefusedAll,
    StoreTrouble,
    Written,
)
from dynawait.errors import InvalidArgumentError, ServiceError
from dynawait.locks.dialects import (
    AMAZON,
    GO,
    PYTHON_DYNAMODB_LOCK,
    TERRAFORM,
    Holding,
)
from dynawait.testing import SimulatedDynamoDB
from dynawait.testing._locks.memory import Table
from tests.core.locks.direct import DirectGateway, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dynawait._core.locks.store import Condition
    from dynawait.locks.dialects import Dialect

# The simulated items stand on it.
pytest.importorskip("moto")
VERSIONS = ("v1", "v2", "v3")
NAMES = ("ann", "bob", "cid")


def dynamo(dialect: Dialect) -> tuple[Any, DynamoStore]:
    """Return a client of an empty table, and the store on it."""
    client = SimulatedDynamoDB(seed=1).client()
    names = [name for name in dialect.key_names() if name is not None]
    client.create_table(
        TableName="locks",
        KeySchema=[
            {"AttributeName": name, "KeyType": kind}
            for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in names
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    client.__dynawait_clock__.advance(60)
    return client, DynamoStore(DirectGateway(client), "locks", dialect)


def conditions(dialect: Dialect) -> st.SearchStrategy[Condition]:
    """Return what the protocol asks of a row."""
    marks = dict.fromkeys(dialect.released_mark)
    version = dialect.identity[0]
    return st.one_of(
        st.just(Free()),
        st.just(Absent()),
        st.lists(st.sampled_from(VERSIONS), min_size=1, max_size=3, unique=True).map(
            lambda versions: Held(tuple(versions))
        ),
        st.sampled_from(VERSIONS).map(
            lambda known: Exact({**marks, version: {"S": known}})
        ),
        st.just(Exact({})),
    )


lines = st.one_of(
    st.none(),
    st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(
        lambda names: First(tuple(names))
    ),
    st.sampled_from(NAMES).map(Join),
    st.builds(Leave, st.sampled_from(NAMES), st.integers(0, 2)),
)


@st.composite
def changes(draw: st.DrawFn, dialect: Dialect = AMAZON) -> Change:
    """Draw a change such as the protocol makes, and some that it does not."""
    condition, line = draw(conditions(dialect)), draw(lines)
    kind = draw(st.sampled_from(("acquire", "beat", "release", "delete", "line")))
    if kind == "delete":
        return Change(condition=condition, line=line, delete=True)
    if kind == "line":
        name = draw(st.sampled_from(NAMES))
        return Change(condition=condition, line=Join(name))
    if kind == "release":
        assert dialect.release is not None
        write = dialect.release(None)
        return Change(condition=condition, set=write.set, line=line)
    holding = Holding(
        owner="me", lease=20.0, version=draw(st.sampled_from(VERSIONS)), expires_at=NOON
    )
    assert dialect.acquire is not None
    assert dialect.beat is not None
    write = (dialect.acquire if kind == "acquire" else dialect.beat)(holding)
    return Change(
        condition=condition,
        line=line,
        set=write.set,
        remove=write.remove,
        tokens=draw(st.integers(1, 5)) if kind == "acquire" else 0,
        seed=1000,
    )


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TABLES = {each.name: dynamo(each) for each in (AMAZON, GO, PYTHON_DYNAMODB_LOCK)}
CLIENT, STORE = TABLES["amazon"]
SETTINGS = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)


def emptied(dialect: Dialect = AMAZON) -> DynamoStore:
    """Return the store of a dialect, without a row."""
    client, store = TABLES[dialect.name]
    names = [name for name in dialect.key_names() if name is not None]
    for row in client.scan(TableName="locks")["Items"]:
        client.delete_item(TableName="locks", Key={name: row[name] for name in names})
    return store


@SETTINGS
@given(st.data(), st.sampled_from((AMAZON, GO, PYTHON_DYNAMODB_LOCK)))
def test_every_change_does_the_same_in_memory_and_in_dynamodb(
    data: st.DataObject, dialect: Dialect
) -> None:
    """A table in memory, on which simulations rest, is as good as DynamoDB."""
    made = data.draw(st.lists(changes(dialect), min_size=1, max_size=12))
    store = emptied(dialect)
    table, place = Table(dialect), Place("orders")
    for change in made:
        expected = table.write(place, change)
        found = run(store.write(place, change))
        assert type(found) is type(expected), change
        assert same(found.row) == same(expected.row), change
        assert same(run(store.read(place)).row) == same(table.read(place).row)


def same(row: Mapping[str, Any] | None) -> Any:
    """Return a row without an empty line: there is none, or it is empty."""
    if row is None:
        return None
    return {
        name: value
        for name, value in row.items()
        if not (name == "waiters" and not value["L"])
    }


@SETTINGS
@given(st.lists(changes(), min_size=2, max_size=4), st.lists(changes(), max_size=3))
def test_several_changes_do_the_same_in_memory_and_in_dynamodb(
    made: list[Change], before: list[Change]
) -> None:
    """All or none, with the rows of those that were refused."""
    emptied()
    table = Table(AMAZON)
    places = [Place(f"orders-{number}") for number in range(len(made))]
    for change, place in zip(before, places, strict=False):
        table.write(place, change)
        run(STORE.write(place, change))
    several = list(zip(places, made, strict=True))
    expected, found = table.write_all(several), run(STORE.write_all(several))
    assert type(found) is type(expected)
    if isinstance(found, RefusedAll) and isinstance(expected, RefusedAll):
        assert [(failed, same(row)) for failed, row in found.rows] == [
            (failed, same(row)) for failed, row in expected.rows
        ]
    for place in places:
        assert same(run(STORE.read(place)).row) == same(table.read(place).row)


def test_a_scan_reads_page_by_page() -> None:
    """Where a page ends, the next one goes on."""
    emptied()
    for number in range(5):
        CLIENT.put_item(
            TableName="locks", Item={"key": {"S": f"k{number}"}, "x": {"S": "y"}}
        )
    page = run(STORE.scan())
    assert {row["key"]["S"] for row in page.rows} == {f"k{n}" for n in range(5)}
    assert page.after is None


def test_a_table_with_a_sort_key_is_addressed_by_both() -> None:
    """What stands for a sort key that is not used is written as the dialect wants."""
    _, store = dynamo(PYTHON_DYNAMODB_LOCK)
    change = Change(condition=Free(), set={"owner_name": {"S": "me"}}, tokens=2, seed=7)
    written = run(store.write(Place("orders"), change))
    assert isinstance(written, Written)
    assert written.row == {
        "lock_key": {"S": "orders"},
        "sort_key": {"S": "-"},
        "owner_name": {"S": "me"},
        "fencing_token": {"N": "9"},
    }
    assert isinstance(run(store.write(Place("orders"), change)), Refused)


@pytest.mark.parametrize("dialect", [AMAZON, GO, PYTHON_DYNAMODB_LOCK])
def test_the_callers_transaction_passes_only_while_the_lock_is_held(
    dialect: Dialect,
) -> None:
    """Another token, another owner, a released row and no row are all reasons for none
    of it.
    """
    store, client = emptied(dialect), TABLES[dialect.name][0]
    place, owner = Place("orders"), str(dialect.owner)
    outcomes: list[bool] = []

    def commit() -> None:
        names = [name for name in dialect.key_names() if name is not None]
        order = {name: {"S": "an order"} for name in names}
        items = [
            store.condition_check(place, 42, "me"),
            {"Put": {"TableName": "locks", "Item": order}},
        ]
        try:
            client.transact_write_items(TransactItems=items)
        except client.exceptions.TransactionCanceledException:
            outcomes.append(False)
        else:
            outcomes.append(True)

    def write(change: Change) -> None:
        assert isinstance(run(store.write(place, change)), Written)
        commit()

    assert dialect.acquire is not None
    assert dialect.release is not None
    holding = Holding(owner="me", lease=9.0, version="v1", expires_at=NOON)
    mine = dialect.acquire(holding)
    theirs = dialect.acquire(replace(holding, owner="you"))
    taken = Change(condition=Free(), set=mine.set, remove=mine.remove)
    commit()
    write(replace(taken, tokens=1, seed=41))
    write(Change(condition=Exact({}), set={owner: theirs.set[owner]}))
    write(Change(condition=Exact({}), set={owner: mine.set[owner]}))
    write(Change(condition=Exact({}), set=dialect.release(None).set))
    write(taken)
    write(replace(taken, condition=Exact({}), tokens=1))
    assert outcomes == [False, True, False, True, False, True, False]


def test_what_has_no_token_is_not_checked() -> None:
    """Terraform's rows have none."""
    store = DynamoStore(DirectGateway(CLIENT), "locks", TERRAFORM)
    with pytest.raises(InvalidArgumentError, match="no token"):
        store.condition_check(Place("orders"), 1, "me")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ThrottlingException", "throttled"),
        ("ProvisionedThroughputExceededException", "throttled"),
        ("InternalServerError", "transient"),
        ("TransactionConflictException", "transient"),
    ],
)
def test_what_may_go_better_next_time_is_trouble(code: str, kind: str) -> None:
    """Whether a write can have happened is told apart."""
    store = DynamoStore(FailingGateway(code), "locks", AMAZON)
    with pytest.raises(StoreTrouble) as caught:
        run(store.read(Place("orders")))
    assert caught.value.kind == kind


def test_what_will_not_go_better_is_raised_with_its_words() -> None:
    """A missing permission is named, and the client's error is its cause."""
    store = DynamoStore(FailingGateway("AccessDeniedException"), "locks", AMAZON)
    with pytest.raises(ServiceError) as caught:
        run(store.read(Place("orders")))
    assert caught.value.code == "AccessDeniedException"
    assert caught.value.operation == "GetItem"
    assert caught.value.__cause__ is not None


def test_a_transaction_that_met_another_one_was_not_refused() -> None:
    """It is tried again, and nobody is told that the lock is held."""
    store = DynamoStore(FailingGateway("TransactionCanceledException"), "locks", AMAZON)
    with pytest.raises(StoreTrouble) as caught:
        run(store.write_all([(Place("orders"), Change(condition=Free()))]))
    assert caught.value.kind == "throttled"


def test_the_date_of_an_answer_is_read_whatever_it_is() -> None:
    """A proxy may write anything there."""
    headers = {"date": "Sat, 21 Nov 2026 00:16:54 GMT"}
    assert date_of({"ResponseMetadata": {"HTTPHeaders": headers}}) == 1795220214.0
    assert date_of({"ResponseMetadata": {"HTTPHeaders": {"date": "now"}}}) is None
    assert date_of({"ResponseMetadata": {"HTTPHeaders": {}}}) is None
    assert date_of({}) is None


class FailingError(Exception):
    """An error as botocore raises it."""

    def __init__(self, code: str) -> None:
        """Fail with a code."""
        super().__init__(code)
        self.response = {
            "Error": {"Code": code, "Message": "no"},
            "CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}],
        }


class FailingGateway(DirectGateway):
    """A gateway whose calls fail."""

    def __init__(self, code: str) -> None:
        """Fail with a code."""
        super().__init__(None)
        self._code = code

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Mapping[str, Any]:
        """Fail."""
        raise FailingError(self._code)
