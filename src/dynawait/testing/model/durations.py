"""How long each transition lasts."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How long each transition lasts, in seconds; the defaults were measured on AWS.

    Attributes:
        table_create: a table without indexes, CREATING.
        table_create_with_indexes: a table with global indexes, CREATING.
        table_update: a change of the table's throughput, UPDATING.
        table_delete: DELETING.
        table_class: a change of the table class, UPDATING.
        stream: a stream switched on or off, the table UPDATING.
        encryption: a change of the encryption, the table ACTIVE.
        index_allocation: the first phase of an index, the table UPDATING.
        index_backfill: its second phase, the table ACTIVE.
        index_delete: an index DELETING, the table UPDATING.
        index_update: a change of an index's throughput, the table ACTIVE.
        to_provisioned: a switch from on-demand to provisioned capacity.
        to_on_demand: a table's first switch to on-demand capacity.
        to_on_demand_again: a switch back to on-demand capacity.
        index_switch: how long the indexes are UPDATING during either switch.
    """

    table_create: float = 5.0
    table_create_with_indexes: float = 18.0
    table_update: float = 1.5
    table_delete: float = 5.0
    table_class: float = 5.0
    stream: float = 4.5
    encryption: float = 22.0
    index_allocation: float = 40.0
    index_backfill: float = 520.0
    index_delete: float = 4.0
    index_update: float = 3.0
    to_provisioned: float = 90.0
    to_on_demand: float = 150.0
    to_on_demand_again: float = 4.5
    index_switch: float = 6.0

    def __post_init__(self) -> None:
        """Refuse what is no duration."""
        for field in fields(self):
            seconds = getattr(self, field.name)
            if math.isnan(seconds) or seconds < 0:
                message = f"{field.name}: {seconds!r} is not a number of seconds >= 0"
                raise ValueError(message)
