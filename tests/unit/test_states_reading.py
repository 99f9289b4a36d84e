"""What is promised of reading a response, whatever a server sends."""

from __future__ import annotations

import contextlib
import copy
from collections import UserDict, UserList
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait.errors import UnreadableResponseError
from dynawait.states import (
    BackupsState,
    IndexState,
    KeySchema,
    KinesisDestinationState,
    TableState,
)
from tests.unit.state_samples import FULL, NOON, PARSES, TABLE, index, table

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_least_that_identifies_a_state_is_enough() -> None:
    """A sparse mock parses, and what it leaves out has the documented default."""
    state = TableState.parse({"Table": {"TableStatus": "ACTIVE"}})
    assert state == TableState("", status="ACTIVE")
    assert (state.billing_mode, state.table_class) == ("PROVISIONED", "STANDARD")
    assert state.deletion_protected is False
    absent = (state.stream, state.encryption, state.restore, state.warm_throughput)
    assert absent == (None, None, None, None)
    assert IndexState.parse(index()) == IndexState("by-email", status="ACTIVE")
    assert KinesisDestinationState.parse_all({"TableName": "orders"}) == ()
    recovery = BackupsState.parse({"ContinuousBackupsStatus": "DISABLED"})
    assert recovery.point_in_time_recovery == "DISABLED"
    assert TableState.parse({"TableStatus": "ACTIVE", "RestoreSummary": {}}).restore


def test_null_is_the_same_as_missing() -> None:
    """A member that is null, at any level, counts as one that is not there."""
    nulls = dict.fromkeys([*FULL, "Table", "TableDescription"])
    nulls["TableStatus"] = "ACTIVE"
    assert TableState.parse(nulls) == TableState("", status="ACTIVE")
    parsed = IndexState.parse({**dict.fromkeys(FULL), **index(Backfilling=None)})
    assert parsed == IndexState("by-email", status="ACTIVE")
    with pytest.raises(UnreadableResponseError, match="found nothing"):
        TableState.parse({"Table": {"TableStatus": None}})


@pytest.mark.parametrize(
    ("response", "where", "problem"),
    [
        ([], "response", "expected a mapping, found list"),
        (None, "response", "expected a mapping, found nothing"),
        (
            {},
            "TableStatus",
            "expected a string, found nothing: give what DescribeTable returns",
        ),
        ({"Table": 3}, "Table", "expected a mapping, found int 3"),
        (
            {"Table": {"TableStatus": True}},
            "Table.TableStatus",
            "expected a string, found bool True",
        ),
        (
            {"Table": {**TABLE, "GlobalSecondaryIndexes": [index(), index(3)]}},  # type: ignore[arg-type]
            "Table.GlobalSecondaryIndexes[1].IndexStatus",
            "expected a string, found int 3",
        ),
        (
            {"Table": {**TABLE, "GlobalSecondaryIndexes": [{"IndexStatus": "ACTIVE"}]}},
            "Table.GlobalSecondaryIndexes[0].IndexName",
            "expected a string, found nothing",
        ),
        (
            {**TABLE, "GlobalSecondaryIndexes": [index(KeySchema="pk")]},
            "GlobalSecondaryIndexes[0].KeySchema",
            "expected a list, found str 'pk'",
        ),
        (
            {**TABLE, "ItemCount": True},
            "ItemCount",
            "expected a whole number of 64 bits, found bool True",
        ),
        (
            {**TABLE, "ItemCount": 10**5000},
            "ItemCount",
            "expected a whole number of 64 bits, found int",
        ),
        (
            {**TABLE, "ItemCount": 0.5},
            "ItemCount",
            "expected a whole number of 64 bits, found float 0.5",
        ),
        (
            {**TABLE, "DeletionProtectionEnabled": 1},
            "DeletionProtectionEnabled",
            "expected true or false, found int 1",
        ),
        (
            {**TABLE, "CreationDateTime": "x" * 50},
            "CreationDateTime",
            f"expected a time, found str '{'x' * 40}...'",
        ),
        (
            {**TABLE, "CreationDateTime": False},
            "CreationDateTime",
            "expected a time, found bool False",
        ),
    ],
)
def test_an_error_names_the_member_what_was_expected_and_what_was_found(
    response: Any, where: str, problem: str
) -> None:
    """Nobody has to search a response for the member that cannot be read."""
    with pytest.raises(UnreadableResponseError) as caught:
        TableState.parse(response)
    assert (caught.value.where, caught.value.problem) == (where, problem)


@pytest.mark.parametrize(
    "parse",
    # An empty list of Kinesis destinations is an answer, so that parse takes anything.
    [parse for parse in PARSES if parse != KinesisDestinationState.parse_all],
    ids=lambda parse: parse.__qualname__,
)
def test_another_operations_response_is_told_what_was_wanted(
    parse: Callable[[Any], object],
) -> None:
    """A response without a status names the operation that returns one."""
    with pytest.raises(UnreadableResponseError, match="give what "):
        parse({"Items": [], "Count": 0})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NOON, NOON),
        (NOON.replace(tzinfo=None), NOON),
        (NOON.timestamp(), NOON),
        (int(NOON.timestamp()), NOON),
        (NOON.timestamp() + 0.25, NOON + timedelta(seconds=0.25)),
        ("2026-01-02T14:00:00+02:00", NOON),
        ("2026-01-02T12:00:00Z", NOON),
        (NOON.astimezone(timezone(timedelta(hours=2))), NOON),
    ],
)
def test_times_are_aware_however_they_are_written(
    value: object, expected: datetime
) -> None:
    """Datetimes, epoch seconds and ISO 8601 give one moment, in UTC."""
    created_at = table(CreationDateTime=value).created_at
    assert created_at == expected
    assert created_at is not None
    assert created_at.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        1e300,
        10**400,
        -(10**18),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_times_beyond_the_calendar_are_unreadable(value: object) -> None:
    """A moment that no date in UTC has is our error, not an OverflowError."""
    with pytest.raises(UnreadableResponseError, match="expected a time"):
        table(CreationDateTime=value)


def test_whole_floats_count_as_numbers() -> None:
    """A server that writes every number with a fraction is read all the same."""
    assert table(ItemCount=7.0).item_count == 7


def test_any_mapping_and_sequence_type_will_do() -> None:
    """Responses need not be made of dicts and lists."""
    response: Any = MappingProxyType(
        {
            "Table": UserDict(
                TableStatus="ACTIVE",
                GlobalSecondaryIndexes=UserList([MappingProxyType(index())]),
                KeySchema=({"AttributeName": "pk", "KeyType": "HASH"},),
            )
        }
    )
    state = TableState.parse(response)
    assert list(state.indexes) == ["by-email"]
    assert state.key_schema == KeySchema(("pk",))


def test_a_million_entries_and_deep_nesting_are_read() -> None:
    """Size and depth of a response do not matter."""
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    attributes = [{"AttributeName": "pk", "AttributeType": "S"}] * 1_000_000
    state = table(AttributeDefinitions=attributes, Unknown=deep)
    assert state.attribute_types == {"pk": "S"}
    with pytest.raises(UnreadableResponseError, match="expected a mapping, found list"):
        table(Replicas=deep)
    while deep:
        deep = deep.pop()


NAMES = sorted(
    {
        name
        for response in PARSES.values()
        for inner in [response, *(v for v in response.values() if isinstance(v, dict))]
        for name in inner
    }
    | {name for entry in FULL.values() if isinstance(entry, dict) for name in entry}
    | {"IndexName", "IndexStatus", "RegionName", "AttributeName", "KeyType"}
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.datetimes()
    | st.sampled_from(["ACTIVE", "CREATING", "HASH"])
)
KEYS = st.sampled_from(NAMES) | st.text() | st.integers() | st.none()
JSON_LIKE = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=8)
    ),
    max_leaves=20,
)


@given(response=JSON_LIKE)
def test_a_parse_gives_a_state_or_one_error_whatever_it_is_given(response: Any) -> None:
    """Nothing but UnreadableResponseError comes out of any parse."""
    for parse in PARSES:
        with contextlib.suppress(UnreadableResponseError):
            state = parse(response)
            assert state == parse(response)
            repr(state)


@given(data=st.data(), value=JSON_LIKE)
def test_one_wrong_member_gives_a_state_or_one_error(
    data: st.DataObject, value: Any
) -> None:
    """The same holds for a good response in which any one value was replaced."""
    parse = data.draw(st.sampled_from(list(PARSES)))
    response = copy.deepcopy(PARSES[parse])
    places = list(containers(response))
    place = data.draw(st.sampled_from(places))
    spot = data.draw(
        st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place)))
    )
    place[spot] = value
    with contextlib.suppress(UnreadableResponseError):
        state = parse(response)
        assert state == parse(response)
        hash(state)
        repr(state)


def containers(value: Any) -> list[Any]:
    """Return every mapping and list of a response that has something in it."""
    if not isinstance(value, dict | list) or not value:
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [value, *(place for entry in inner for place in containers(entry))]
