"""The dialects: how five lock clients lay a lock into a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ..errors import InvalidArgumentError
from ._dialects.amazon import AMAZON
from ._dialects.dialect import Dialect, Holding, Write
from ._dialects.durations import parse_duration
from ._dialects.go import GO
from ._dialects.leases import check_lease
from ._dialects.python_lock import PYTHON_DYNAMODB_LOCK
from ._dialects.rows import Row
from ._dialects.terraform import DIGEST, INFO, TERRAFORM
from ._dialects.tristanls import TRISTANLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .records import DialectName

__all__ = [
    "AMAZON",
    "DIALECTS",
    "GO",
    "PYTHON_DYNAMODB_LOCK",
    "TERRAFORM",
    "TRISTANLS",
    "Dialect",
    "Holding",
    "Write",
    "check_lease",
    "dialect_named",
    "recognise",
]

DIALECTS: tuple[Dialect, ...] = (AMAZON, GO, PYTHON_DYNAMODB_LOCK, TRISTANLS, TERRAFORM)


def dialect_named(name: str) -> Dialect:
    """Return the dialect of this name.

    Raises:
        InvalidArgumentError: there is none.
    """
    for dialect in DIALECTS:
        if dialect.name == name:
            return dialect
    known = ", ".join(dialect.name for dialect in DIALECTS)
    raise InvalidArgumentError("dialect", f"{name!r} is none of {known}")


def recognise(items: Iterable[Mapping[str, Any]]) -> DialectName | None:
    """Tell in which dialect rows are.

    Rows that do not tell are passed over, so that a table with a few strange ones is
    recognised all the same. The names of keys count only for Terraform's, which cannot
    be chosen.

    Args:
        items: rows, in DynamoDB's JSON.

    Returns:
        The dialect's name; None when no row tells, or when they disagree.
    """
    found = {_recognise(Row(item)) for item in items} - {None}
    return cast("DialectName", found.pop()) if len(found) == 1 else None


def _recognise(row: Row) -> DialectName | None:
    if row.spare_text("LockID") and (row.has(INFO) or row.has(DIGEST)):
        return "terraform"
    if row.has("record_version_number") and row.has("lease_duration"):
        return "python-dynamodb-lock"
    if row.has("guid") and row.has("owner"):
        return "tristanls"
    lease = row.spare_text("leaseDuration")
    if lease is None or not row.has("recordVersionNumber"):
        return None
    if lease.isascii() and lease.isdigit():
        return "amazon"
    return None if parse_duration(lease) is None else "go"
