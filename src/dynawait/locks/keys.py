"""Keys of locks: which DynamoDB accepts, and how they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InvalidArgumentError

if TYPE_CHECKING:
    from ._dialects.dialect import AttributeValue, Dialect

PARTITION_KEY_BYTES = 2048
SORT_KEY_BYTES = 1024


def key_problem(value: object, limit: int) -> str | None:
    """Say why a value cannot be a key.

    The limits are those of "Quotas in Amazon DynamoDB": 2,048 bytes of UTF-8 for a
    partition key, 1,024 for a sort key, at least one for either.

    Args:
        value: the value of the key.
        limit: how many bytes of UTF-8 it may have.

    Returns:
        What is wrong and what would be right; None when nothing is.
    """
    if not isinstance(value, str):
        return f"keys of locks are strings, not {type(value).__name__}"
    if not value:
        return "a key cannot be empty: DynamoDB refuses it"
    try:
        size = len(value.encode())
    except UnicodeEncodeError as error:
        return f"character {error.start} is half a surrogate pair and has no UTF-8"
    if size > limit:
        return f"{size:,} bytes of UTF-8 are too long: DynamoDB takes {limit:,} here"
    return None


def address(
    dialect: Dialect,
    key: str,
    sort_key: str | None = None,
    *,
    partition_key_name: str | None = None,
    sort_key_name: str | None = None,
) -> dict[str, AttributeValue]:
    """Return the ``Key`` of a lock's row, as DynamoDB's operations take it.

    Args:
        dialect: tells the names of the key's attributes, and what stands for a sort key
            that is not used.
        key: the value of the partition key.
        sort_key: the value of the sort key; None when the caller uses none.
        partition_key_name: the name of its attribute; None for the dialect's own.
        sort_key_name: the name of its attribute; None for the dialect's own.

    Raises:
        InvalidArgumentError: a key that DynamoDB would refuse, or a sort key too many
            or too few.
    """
    names = dialect.key_names(partition_key_name, sort_key_name)
    checked_key("key", key, PARTITION_KEY_BYTES)
    found: dict[str, AttributeValue] = {names[0]: {"S": key}}
    if names[1] is None:
        if sort_key is not None:
            problem = (
                "the table is taken for one without a sort key: where it has one, "
                "give the lock client its name, sort_key=..."
            )
            raise InvalidArgumentError("sort_key", problem)
        return found
    wanted = dialect.blank_sort_key if sort_key is None else sort_key
    if wanted is None:
        problem = f"the table has the sort key {names[1]}: say which one is meant"
        raise InvalidArgumentError("sort_key", problem)
    checked_key("sort_key", wanted, SORT_KEY_BYTES)
    found[names[1]] = {"S": wanted}
    return found


def checked_key(argument: str, value: str, limit: int = PARTITION_KEY_BYTES) -> str:
    """Return a key as it is.

    Args:
        argument: what the caller calls it.
        value: the value of the key.
        limit: how many bytes of UTF-8 it may have.

    Raises:
        InvalidArgumentError: DynamoDB would refuse it.
    """
    problem = key_problem(value, limit)
    if problem is not None:
        raise InvalidArgumentError(argument, problem)
    return value
