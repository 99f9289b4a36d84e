"""Keys are checked before the first call."""

from __future__ import annotations

from typing import Any

import pytest

from dynawait.errors import InvalidArgumentError
from dynawait.locks.dialects import AMAZON, PYTHON_DYNAMODB_LOCK, TERRAFORM
from dynawait.locks.keys import PARTITION_KEY_BYTES, address, key_problem


def test_a_key_is_sent_as_a_string() -> None:
    """Under the dialect's names, or those of the table."""
    assert address(AMAZON, "orders") == {"key": {"S": "orders"}}
    named = address(AMAZON, "orders", "eu", partition_key_name="pk", sort_key_name="at")
    assert named == {"pk": {"S": "orders"}, "at": {"S": "eu"}}
    assert address(TERRAFORM, "bucket/key") == {"LockID": {"S": "bucket/key"}}


def test_a_sort_key_that_nobody_uses_is_a_dash() -> None:
    """Tables of python-dynamodb-lock always have one."""
    assert address(PYTHON_DYNAMODB_LOCK, "orders")["sort_key"] == {"S": "-"}
    assert address(PYTHON_DYNAMODB_LOCK, "orders", "eu")["sort_key"] == {"S": "eu"}


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("", "cannot be empty"),
        ("x" * 2049, "2,049 bytes of UTF-8 are too long: DynamoDB takes 2,048 here"),
        ("ü" * 1025, "2,050 bytes"),
        ("a\ud800", "character 1 is half a surrogate pair"),
        (7, "strings, not int"),
        (None, "strings, not NoneType"),
        (b"key", "strings, not bytes"),
    ],
)
def test_a_key_that_dynamodb_refuses_is_refused(key: Any, problem: str) -> None:
    """The error names the argument, what is wrong and what would be right."""
    with pytest.raises(InvalidArgumentError, match=problem) as caught:
        address(AMAZON, key)
    assert caught.value.argument == "key"


def test_the_longest_keys_are_accepted() -> None:
    """2,048 bytes of a partition key, 1,024 of a sort key."""
    assert key_problem("x" * 2048, PARTITION_KEY_BYTES) is None
    address(AMAZON, "x" * 2048, "y" * 1024, sort_key_name="at")
    with pytest.raises(InvalidArgumentError, match=r"sort_key: 1,025 bytes"):
        address(AMAZON, "x", "y" * 1025, sort_key_name="at")
    with pytest.raises(InvalidArgumentError, match="sort_key: a key cannot be empty"):
        address(PYTHON_DYNAMODB_LOCK, "x", "")


def test_a_sort_key_fits_the_table() -> None:
    """One too many and one too few are told apart."""
    with pytest.raises(InvalidArgumentError, match="without a sort key"):
        address(AMAZON, "orders", "eu")
    with pytest.raises(InvalidArgumentError, match="has the sort key at"):
        address(AMAZON, "orders", sort_key_name="at")
