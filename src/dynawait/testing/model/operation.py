"""An operation of the control plane: what it takes, and who answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from .account import Account
    from .shapes import Group

    Handler: TypeAlias = Callable[[Account, Mapping[str, Any]], dict[str, Any]]
    Bucket: TypeAlias = Literal["mutation", "read", "none"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Attributes:
        shape: what a request must look like.
        answer: takes the account and a request of that shape; returns the response or
            raises a `ServiceFault`.
        bucket: which rate it counts against when `Limits` sets one: ``"mutation"``
            shares one bucket, each ``"read"`` operation has its own.
    """

    shape: Group
    answer: Handler
    bucket: Bucket = "none"
