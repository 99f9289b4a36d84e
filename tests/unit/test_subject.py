"""What can be looked at: names and ARNs of tables, and what tells them apart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait import TableState
from dynawait._core.subject import Subject, checked_table, checked_text, table_subject
from dynawait.errors import InvalidArgumentError
from tests.unit.state_samples import FULL, TABLE

ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
NAMES = st.text(LETTERS, min_size=3, max_size=255).filter(
    lambda name: not name.startswith("arn:")
)


@given(NAMES)
def test_names_and_arns_are_accepted(name: str) -> None:
    """Every name that DynamoDB takes is taken as it is, bare or in an ARN."""
    assert checked_table(name) == name
    assert checked_table(ARN + name) == ARN + name


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso"])
def test_arns_of_every_partition(partition: str) -> None:
    """An ARN may be of any partition and Region."""
    arn = f"arn:{partition}:dynamodb:any-region-1:123456789012:table/orders"
    assert checked_table(arn) == arn


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("", "the name is empty"),
        ("ab", "3 to 255 characters, not 2: 'ab'"),
        ("a" * 256, "3 to 255 characters, not 256"),
        ("a" * 1_000_000, "3 to 255 characters, not 1000000"),
        ("my table", "letters, digits and _ . - only, not ' '"),
        ("orders/index/by-email", "only, not '/'"),
        ("träume", "only, not 'ä'"),
        ("orders\n", r"only, not '\\n'"),
        ("table*", r"only, not '\*'"),
        (ARN, "the name is empty"),
        (ARN + "ab", "3 to 255 characters, not 2"),
        (ARN + "a" * 256, "3 to 255 characters, not 256"),
        (ARN + "orders/index/by-email", "only, not '/'"),
        (ARN + "orders/stream/2026-01-02T12:00:00.000", "only, not '/:'"),
        ("arn:aws:dynamodb:eu-central-1:123456789012", "not the ARN of a table"),
        ("arn:aws:dynamodb:eu-central-1:1:backup/orders", "not the ARN of a table"),
        ("arn:aws:s3:::orders", "not the ARN of a table"),
        ("arn:", "not the ARN of a table"),
        ("arn:table/orders", "not the ARN of a table"),
        (f"arn:aws:dynamodb:{'x' * 1000}:1:table/orders", "at most 1024 characters"),
        (None, "expected the name or ARN of a table, got None"),
        (7, "expected the name or ARN of a table, got 7"),
        (b"orders", "expected the name or ARN of a table, got b'orders'"),
        (["orders"], r"expected the name or ARN of a table, got \['orders'\]"),
    ],
)
def test_what_can_be_no_table(table: Any, problem: str) -> None:
    """A name that DynamoDB cannot have is refused before any call, and shortly."""
    for check in (checked_table, table_subject):
        with pytest.raises(InvalidArgumentError, match=problem) as caught:
            check(table)
        assert caught.value.argument == "table"
        assert len(str(caught.value)) < 500


@given(st.text() | st.text().map("arn:".__add__))
def test_any_text_is_accepted_or_refused(text: str) -> None:
    """No text makes the check fail in another way."""
    try:
        assert checked_table(text) == text
    except InvalidArgumentError as error:
        assert error.argument == "table"  # noqa: PT017 - most of them are refused


class Client:
    """Something like a client."""

    def describe_table(self) -> None:
        """Describe nothing."""


def test_a_client_in_the_place_of_the_table() -> None:
    """Whoever mixes the first two arguments up is told so."""
    with pytest.raises(InvalidArgumentError, match="the client comes first"):
        checked_table(Client())


def test_the_subject_of_a_table() -> None:
    """A table is shown by DescribeTable, and has a state when it is absent."""
    for name in ("orders", ARN + "orders"):
        subject = table_subject(name)
        assert subject.name == name
        assert (subject.noun, subject.operation) == ("table", "DescribeTable")
        assert subject.parameters == {"TableName": name}
        assert subject.absent is not None
        assert subject.absent(name) == TableState.absent(name)
        assert subject.parse({"Table": TABLE}) == TableState.parse(TABLE)


def test_identity_and_inventory() -> None:
    """A table's number and birth tell incarnations apart; its parts are named."""
    subject = table_subject("orders")
    assert subject.identity is not None
    assert subject.inventory is not None
    state = TableState.parse(FULL)
    born = datetime(2026, 1, 2, 12, tzinfo=UTC)
    assert subject.identity(state) == ("0f8fad5b", born)
    assert list(subject.inventory(state)) == [
        "index by-email",
        "vector index like",
        "replica eu-west-1",
        "witness us-west-2",
    ]
    nameless = TableState("orders", status="ACTIVE")
    assert subject.identity(nameless) == (None, None)
    assert list(subject.inventory(nameless)) == []


def look(operation: str, **parameters: Any) -> Subject[dict[str, Any]]:
    """Return a subject that is looked at in some way."""
    return Subject("orders", "table", operation, parameters, parse=dict)


def test_keys_say_which_looks_can_be_shared() -> None:
    """The same operation with the same parameters is the same look."""
    assert table_subject("orders").key == table_subject("orders").key
    assert table_subject("orders").key != table_subject("users").key
    assert table_subject("orders").key != table_subject(ARN + "orders").key
    assert look("A", X="1", Y="2").key == look("A", X="1", Y="2").key
    assert look("A", X="1").key != look("B", X="1").key
    assert look("A", X="1").key != look("A", X=1).key
    assert hash(look("A", X={"L": [1]}).key)


@pytest.mark.parametrize("value", ["", None, 7, ["arn"]])
def test_texts_must_not_be_empty(value: Any) -> None:
    """An ARN that is empty or no text is refused with what was expected."""
    with pytest.raises(InvalidArgumentError, match="expected the ARN of an export"):
        checked_text(value, "export_arn", "the ARN of an export")
    assert checked_text("x", "export_arn", "the ARN of an export") == "x"
