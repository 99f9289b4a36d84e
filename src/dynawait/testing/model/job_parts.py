"""What jobs have in common: buckets, tokens, pages of lists, reasons of failures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from .refusals import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

E = TypeVar("E")

# The service model's patterns.
BUCKET = r"^[a-z0-9A-Z]+[\.\-\w]*[a-z0-9A-Z]+$"
IDEMPOTENT = r"^[^\$]+$"
# ListImports takes groups of 16 hexadecimal digits, at least seven of them.
_DIGITS = 112


def page_of(
    entries: Sequence[E], limit: int, token: str | None
) -> tuple[list[E], str | None]:
    """Return the page that a token stands for, and the token of the next one.

    Raises:
        ServiceFault: ValidationException, when it is no token.
    """
    begin = 0 if token is None else _position(token)
    end = begin + max(limit, 1)
    following = f"{end:0{_DIGITS}x}" if end < len(entries) else None
    return list(entries[begin:end]), following


def reason_of(reason: str, code: str) -> tuple[str, str]:
    """Split ``"Code: text"``; the code is the one given where the reason has none."""
    first, separator, rest = reason.partition(": ")
    if separator and first.isalnum():
        return first, rest
    return code, reason


def _position(token: str) -> int:
    if re.fullmatch(f"[0-9a-f]{{{_DIGITS}}}", token) is None:
        message = f"Invalid Request: Provided nextToken is invalid: {token}"
        raise refuse(message)
    return int(token, 16)
