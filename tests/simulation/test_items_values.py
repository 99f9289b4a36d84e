"""Attribute values: what is stored of what is sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynawait.testing.model.items.values import read_value, shortest
from tests.simulation.desk import Desk
from tests.simulation.support import INVALID

_DESK = Desk()
_LEAVES = st.one_of(
    st.builds(lambda text: {"S": text}, st.text(max_size=5)),
    st.builds(
        lambda number: {"N": shortest(number)},
        st.decimals(-(10**9), 10**9, places=5),
    ),
    st.builds(lambda data: {"B": data}, st.binary(max_size=5)),
    st.builds(lambda flag: {"BOOL": flag}, st.booleans()),
    st.just({"NULL": True}),
    st.builds(
        lambda texts: {"SS": sorted(texts)},
        st.lists(st.text(max_size=3), min_size=1, unique=True),
    ),
    st.builds(
        lambda blobs: {"BS": sorted(blobs)},
        st.lists(st.binary(max_size=3), min_size=1, unique=True),
    ),
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda members: {"L": members}, st.lists(inner, max_size=3)),
        st.builds(
            lambda members: {"M": members},
            st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=3),
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(value=_VALUES)
def test_what_is_put_is_got(value: Any) -> None:
    """Every value comes back as it was sent; sets come sorted."""
    _DESK.put(value=value)
    assert _DESK.get()["value"] == value


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("1.50", "1.5"),
        ("100", "100"),
        ("1e3", "1000"),
        ("-0.0", "0"),
        ("007", "7"),
        ("1E-3", "0.001"),
        ("+5", "5"),
    ],
)
def test_numbers_take_their_shortest_form(sent: str, stored: str) -> None:
    """A number is stored without exponent, sign and zeros that say nothing."""
    assert read_value({"N": sent}) == {"N": stored}


def test_text_of_a_binary_value_is_base64() -> None:
    """Over HTTP a blob comes as base64, in memory as bytes: both are the same."""
    assert read_value({"B": "eHg="}) == read_value({"B": bytearray(b"xx")})


def test_numbers_are_exact() -> None:
    """Arithmetic keeps 38 digits."""
    desk = Desk()
    many = "1234567890123456789012345678901234567.8"
    desk.put(n={"N": many})
    desk.ask(
        "UpdateItem",
        Key={"pk": {"S": "a"}},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": "0.1"}},
    )
    assert Decimal(desk.get()["n"]["N"]) == Decimal(many[:-1] + "9")


DEEP: dict[str, Any] = {"S": "x"}
for _ in range(33):
    DEEP = {"L": [DEEP]}


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        ({}, "ValidationException: Supplied AttributeValue is empty"),
        ({"X": "1"}, "ValidationException: Supplied AttributeValue is empty"),
        ({"S": "a", "N": "1"}, "ValidationException: Supplied AttributeValue has more"),
        ({"S": 1}, "SerializationException: NUMBER_VALUE cannot be converted"),
        ({"N": 1}, "SerializationException: NUMBER_VALUE cannot be converted"),
        ({"N": "one"}, "ValidationException: The parameter cannot be converted to a"),
        ({"N": "1_0"}, "ValidationException: The parameter cannot be converted to a"),
        ({"N": "\u0661"}, "ValidationException: The parameter cannot be converted"),
        ({"N": "NaN"}, "ValidationException: The parameter cannot be converted to a"),
        ({"N": "1e126"}, "ValidationException: Number overflow"),
        ({"N": "1e-131"}, "ValidationException: Number underflow"),
        ({"N": "1" * 39}, "ValidationException: Attempting to store more than 38"),
        ({"B": "x"}, "SerializationException: The text of a binary value"),
        ({"BOOL": "yes"}, "SerializationException: "),
        ({"NULL": False}, f"{INVALID}Null attribute value types must"),
        ({"SS": []}, f"{INVALID}An string set  may not be empty"),
        ({"SS": "a"}, "SerializationException: "),
        ({"NS": ["1", "1.0"]}, f"{INVALID}Input collection [1, 1] contains duplicates"),
        ({"L": {}}, "SerializationException: "),
        ({"M": []}, "SerializationException: "),
        (DEEP, "ValidationException: Nesting Levels have exceeded supported limits"),
        ({"S": "x" * 410_000}, "ValidationException: Item size has exceeded"),
    ],
)
def test_what_is_no_value_is_refused(value: Any, refusal: str) -> None:
    """A value that DynamoDB does not take is refused in its words."""
    item = {"pk": {"S": "b"}, "value": value}
    assert _DESK.refusal("PutItem", Item=item).startswith(refusal)
