"""Index changes: what users construct, what is refused, and what is sent for them."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait import (
    CreateIndex,
    CreateVectorIndex,
    DeleteIndex,
    DeleteVectorIndex,
    ReplaceIndex,
    UpdateIndex,
)
from dynawait.changes import checked_changes
from dynawait.errors import InvalidArgumentError
from tests.simulation.botocore_shapes import legal

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynawait.changes import Change

NAMES = {
    kind.__name__: kind
    for kind in (
        CreateIndex,
        CreateVectorIndex,
        DeleteIndex,
        DeleteVectorIndex,
        ReplaceIndex,
        UpdateIndex,
    )
}
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
names = st.text(LETTERS, min_size=3, max_size=20)
attributes = st.text(min_size=1, max_size=6)
types = st.sampled_from(["S", "N", "B"])
pairs = st.tuples(attributes, types)
projections = st.one_of(
    st.sampled_from(["ALL", "KEYS_ONLY"]),
    st.lists(attributes, min_size=1, max_size=4, unique=True),
)
numbers = st.integers(min_value=1, max_value=40_000)
limits = st.one_of(
    st.tuples(numbers, st.one_of(st.none(), numbers)), st.tuples(st.none(), numbers)
)


@st.composite
def creations(draw: Callable[..., Any]) -> CreateIndex:
    """Draw an index to be created."""
    keys = draw(st.lists(pairs, min_size=1, max_size=8, unique_by=lambda pair: pair[0]))
    split = draw(st.integers(max(1, len(keys) - 4), min(4, len(keys))))
    return CreateIndex(
        draw(names),
        keys[:split],
        keys[split:] or None,
        draw(projections),
        draw(st.one_of(st.none(), st.tuples(numbers, numbers))),
        on_demand=draw(st.one_of(st.none(), limits)),
        warm=draw(st.one_of(st.none(), limits)),
    )


@st.composite
def vectors(draw: Callable[..., Any]) -> CreateVectorIndex:
    """Draw a vector index to be created."""
    keys = draw(st.lists(pairs, max_size=6, unique_by=lambda pair: pair[0]))
    split = draw(st.integers(0, min(4, len(keys))))
    known = [name for name, _ in keys]
    return CreateVectorIndex(
        draw(names),
        draw(attributes.filter(lambda name: name not in known)),
        draw(st.integers(1, 4_096)),
        draw(st.sampled_from(["COSINE", "DOT_PRODUCT", "EUCLIDEAN"])),
        partition_key=keys[:split] or None,
        filters=keys[split:] or None,
        projection=draw(projections),
    )


updates = st.builds(UpdateIndex, names, st.tuples(numbers, numbers), warm=limits)
changes = st.one_of(
    creations(),
    vectors(),
    updates,
    st.builds(DeleteIndex, names),
    st.builds(DeleteVectorIndex, names),
    st.builds(ReplaceIndex, names, creations()),
)


@given(changes)
def test_a_change_prints_as_the_call_that_makes_it(change: Change) -> None:
    """What a change prints makes an equal one; it pickles and copies, too."""
    assert eval(repr(change), dict(NAMES)) == change  # noqa: S307 - our own text
    copied = pickle.loads(pickle.dumps(change))  # noqa: S301 - our own bytes
    assert copied == change
    assert copy.deepcopy(change) == change
    assert hash(change) == hash(copy.deepcopy(change))


@given(st.one_of(creations(), vectors()))
def test_a_definition_is_read_as_the_change_that_wrote_it(
    change: CreateIndex | CreateVectorIndex,
) -> None:
    """A definition is legal for botocore, and read again it is the same change."""
    definition = change.definition()
    member = "GlobalSecondaryIndexUpdates"
    if isinstance(change, CreateVectorIndex):
        member = "VectorIndexUpdates"
    request = {"TableName": "orders", member: [{"Create": definition}]}
    # An older botocore knows no vector indexes, and no member that came after it.
    problems = legal("UpdateTable", request)
    assert [each for each in problems if not each.startswith("Unknown param")] == []
    assert type(change).parse(definition, change.attribute_types) == change


def test_a_projection_may_come_from_an_iterator() -> None:
    """What can be read only once is read once."""
    attributes: Any = iter(["total", "state"])
    change = CreateIndex("by-day", "day", projection=attributes)
    assert change.projection == ("total", "state")


def test_keys_may_be_given_in_several_ways() -> None:
    """A name is a string key; a pair has a type; a list has several of either."""
    one = CreateIndex("by-day", "day", ("at", "N"))
    assert one.partition == (("day", "S"),)
    assert one.sort == (("at", "N"),)
    assert one == CreateIndex("by-day", [("day", "S")], [("at", "N")])
    keys: list[str | tuple[str, str]] = ["day", ("hour", "N")]
    several = CreateIndex("by-day", keys)
    assert several.attribute_types == {"day": "S", "hour": "N"}
    assert several.sort == ()


def test_parse_drops_what_names_no_units() -> None:
    """A structure without units is left out, as DynamoDB does without a word."""
    definition = CreateIndex("by-day", "day").definition()
    definition |= {"OnDemandThroughput": {}, "WarmThroughput": {}}
    change = CreateIndex.parse(definition, {"day": "S"})
    assert change == CreateIndex("by-day", "day")


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: CreateIndex("xx", "a"), "name"),
        (lambda: CreateIndex("x" * 256, "a"), "name"),
        (lambda: CreateIndex("no/slash", "a"), "name"),
        (lambda: CreateIndex(7, "a"), "name"),  # type: ignore[arg-type]  # on purpose
        (lambda: CreateIndex("by-a", ""), "partition_key"),
        (lambda: CreateIndex("by-a", []), "partition_key"),
        (lambda: CreateIndex("by-a", ("a", "BOOL")), "partition_key"),
        (lambda: CreateIndex("by-a", ["a", "b", "c", "d", "e"]), "partition_key"),
        (lambda: CreateIndex("by-a", {"a": "S"}), "partition_key"),  # type: ignore[arg-type]  # on purpose
        (lambda: CreateIndex("by-a", "a", "a"), "sort_key"),
        (lambda: CreateIndex("by-a", "a", projection="INCLUDE"), "projection"),
        (lambda: CreateIndex("by-a", "a", projection=[]), "projection"),
        (lambda: CreateIndex("by-a", "a", projection=["x", "x"]), "projection"),
        (lambda: CreateIndex("by-a", "a", throughput=(0, 1)), "throughput"),
        (lambda: CreateIndex("by-a", "a", throughput=(True, 1)), "throughput"),
        (lambda: CreateIndex("by-a", "a", throughput=5), "throughput"),  # type: ignore[arg-type]  # on purpose
        (lambda: CreateIndex("by-a", "a", on_demand=(0, 5)), "on_demand"),
        (lambda: CreateIndex("by-a", "a", on_demand=(-2, 5)), "on_demand"),
        (lambda: CreateIndex("by-a", "a", warm=(None, None)), "warm"),
        (lambda: CreateIndex("by-a", "a", warm=(-1, None)), "warm"),
        (lambda: UpdateIndex("by-a"), "UpdateIndex"),
        (lambda: UpdateIndex("by-a", (None, 5)), "throughput"),  # type: ignore[arg-type]  # on purpose
        (lambda: ReplaceIndex("by-a", DeleteIndex("by-b")), "new"),  # type: ignore[arg-type]  # on purpose
        (lambda: DeleteIndex(""), "name"),
        (lambda: DeleteVectorIndex("a b c"), "name"),
        (lambda: CreateVectorIndex("like", "", 8), "attribute"),
        (lambda: CreateVectorIndex("like", "v", 0), "dimensions"),
        (lambda: CreateVectorIndex("like", "v", 4_097), "dimensions"),
        (lambda: CreateVectorIndex("like", "v", True), "dimensions"),
        (lambda: CreateVectorIndex("like", "v", 8, "MANHATTAN"), "distance"),
        (lambda: CreateVectorIndex("like", "v", 8, filters=["v"]), "filters"),
    ],
)
def test_what_cannot_be_an_index_is_refused(
    make: Callable[[], Change], argument: str
) -> None:
    """A wrong argument is refused where it is given, and named."""
    with pytest.raises(InvalidArgumentError, match=rf"^{argument}: "):
        make()


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"KeySchema": [{"AttributeName": "z", "KeyType": "HASH"}]}, "'z' has no"),
        ({"Projection": {}}, "ProjectionType is ALL"),
        ({"Projection": {"ProjectionType": "INCLUDE"}}, "INCLUDE needs"),
        (
            {"Projection": {"ProjectionType": "ALL", "NonKeyAttributes": ["x"]}},
            "goes with INCLUDE only",
        ),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(
    members: dict[str, Any], words: str
) -> None:
    """What botocore takes and DynamoDB would refuse is not read as a change."""
    definition = CreateIndex("by-day", "day").definition() | members
    with pytest.raises(InvalidArgumentError, match=words):
        CreateIndex.parse(definition, {"day": "S"})


def test_one_change_is_a_list_of_one() -> None:
    """A single change will do where several are taken; anything else is refused."""
    change = DeleteIndex("by-a")
    assert checked_changes(change) == (change,)
    assert checked_changes(iter([change])) == (change,)
    for wrong in ("by-a", {"Delete": "by-a"}, 5, [change, "by-b"]):
        with pytest.raises(InvalidArgumentError, match=r"^changes: "):
            checked_changes(wrong)
