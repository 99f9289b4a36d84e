"""What a change is to reach: a request, bound to what shows how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Literal

    from ..plans import Plan
    from .incarnation import Identity
    from .subject import Subject

S = TypeVar("S")


def _still(_state: object) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim(Generic[S]):
    """What is to be reached: a request, bound to what shows how far it has come.

    Attributes:
        subject: what is looked at.
        plan: works out what is left to do, from what a look showed and the date; None
            for the date: limits that pass with time are left to DynamoDB.
        moving: says what moves, so that an effect may still come.
        waits_out: whether a limit that passes with time is waited out.
        absent: whether a plan can be made where there is no table.
        identity: tells the table that it is about from a later one of its name: an
            identifier and the time of creation; both None where a state shows none that
            matters. None: the waits alone tell them apart.
        vanished: what it means, with `identity`, when that table is no more.
    """

    subject: Subject[S]
    plan: Callable[[S, datetime | None], Plan]
    moving: Callable[[S], tuple[str, ...]] = _still
    waits_out: bool = False
    absent: bool = False
    identity: Callable[[S], Identity] | None = None
    vanished: Literal["failure", "success"] = "failure"
