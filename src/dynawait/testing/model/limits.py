"""How much an account may do at a time, and how often."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from .refusals import ServiceFault

if TYPE_CHECKING:
    from .operation import Bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of an account in one Region; rates are off unless they are set.

    Attributes:
        simultaneous: tables that may be created, changed, deleted or restored at once.
        simultaneous_with_indexes: tables with indexes that may be created at once.
        tables: tables in all.
        indexes: global secondary indexes of one table.
        vector_indexes: vector indexes of one table; what emulators take it to be.
        mutation_rate: calls a second that change something; None: as many as come.
        mutation_burst: how many of them may come at once; of ten at once, about five
            pass on AWS.
        read_rate: calls a second of each single describe or list operation.
        read_burst: how many of them may come at once.
    """

    simultaneous: int = 500
    simultaneous_with_indexes: int = 250
    tables: int = 2_500
    indexes: int = 20
    vector_indexes: int = 5
    mutation_rate: float | None = None
    mutation_burst: int = 5
    read_rate: float | None = None
    read_burst: int = 4

    def __post_init__(self) -> None:
        """Refuse what limits nothing."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and not 0 < value < math.inf:
                message = f"{field.name}: {value!r} is not a number > 0"
                raise ValueError(message)


class Buckets:
    """The calls that an account may still make, as token buckets."""

    def __init__(self, limits: Limits) -> None:
        """Start with every bucket full."""
        self._limits = limits
        self._levels: dict[str, tuple[float, float]] = {}

    def draw(self, operation: str, bucket: Bucket, now: float) -> None:
        """Take one token for a call.

        Raises:
            ServiceFault: ThrottlingException, when there is none left.
        """
        limits = self._limits
        if bucket == "mutation":
            rate, burst = limits.mutation_rate, limits.mutation_burst
            name = "mutation"
            message = "The rate of control plane requests made by this account is too"
            message += " high"
        else:
            rate, burst, name = limits.read_rate, limits.read_burst, operation
            message = "Rate exceeded"
        if rate is None or bucket == "none":
            return
        level, since = self._levels.get(name, (float(burst), now))
        level = min(float(burst), level + (now - since) * rate)
        if level < 1:
            self._levels[name] = (level, now)
            raise ServiceFault("ThrottlingException", message)
        self._levels[name] = (level - 1, now)
