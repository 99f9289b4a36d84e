"""What tables, indexes and replicas are made of: keys, projections, throughput."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._reader import Reader, read_each, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Self


@dataclass(frozen=True, slots=True)
class KeySchema:
    """The attributes of a key, in their order.

    An entry that is neither HASH nor RANGE stays in the `raw` of its owner.

    Attributes:
        partition: those that the items are spread by (HASH).
        sort: those that the items are sorted by (RANGE); often empty.
    """

    partition: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()

    @classmethod
    def parse(
        cls, elements: Sequence[Mapping[str, Any]], *, where: str = "KeySchema"
    ) -> Self:
        """Read the list of key elements as DynamoDB sends it.

        Raises:
            UnreadableResponseError: it is no list of key elements.
        """
        pairs = read_each(elements, _key_element, where=where)
        return cls(
            tuple(name for name, role in pairs if role == "HASH"),
            tuple(name for name, role in pairs if role == "RANGE"),
        )


def _key_element(element: Any, /, *, where: str) -> tuple[str, str]:
    reader = Reader(element, where=where)
    return reader.required("AttributeName"), reader.required("KeyType")


@dataclass(frozen=True, slots=True)
class Projection:
    """The attributes that an index holds besides keys.

    Attributes:
        type: ``"ALL"``, ``"KEYS_ONLY"`` or ``"INCLUDE"``; empty when nothing was said.
        attributes: those included by name.
    """

    type: str = ""
    attributes: tuple[str, ...] = ()

    @classmethod
    def parse(cls, response: Mapping[str, Any], *, where: str = "Projection") -> Self:
        """Read a projection as DynamoDB sends it.

        Raises:
            UnreadableResponseError: a member has another type.
        """
        reader = Reader(response, where=where)
        return cls(
            reader.text("ProjectionType") or "",
            reader.each("NonKeyAttributes", read_text),
        )


@dataclass(frozen=True, slots=True)
class Throughput:
    """Provisioned throughput; zeros where nothing is provisioned.

    Attributes:
        read: read capacity units.
        write: write capacity units.
        decreases_today: how often it was lowered since midnight UTC.
        increased_at: when it was last raised.
        decreased_at: when it was last lowered.
    """

    read: int = 0
    write: int = 0
    decreases_today: int = 0
    increased_at: datetime | None = None
    decreased_at: datetime | None = None

    @classmethod
    def parse(
        cls, response: Mapping[str, Any], *, where: str = "ProvisionedThroughput"
    ) -> Self:
        """Read a throughput as DynamoDB sends it.

        Raises:
            UnreadableResponseError: a member has another type.
        """
        reader = Reader(response, where=where)
        return cls(
            reader.number("ReadCapacityUnits") or 0,
            reader.number("WriteCapacityUnits") or 0,
            reader.number("NumberOfDecreasesToday") or 0,
            reader.moment("LastIncreaseDateTime"),
            reader.moment("LastDecreaseDateTime"),
        )


@dataclass(frozen=True, slots=True)
class OnDemandThroughput:
    """The most that an on-demand table or index may use; -1 and None mean no limit.

    Attributes:
        read: read request units.
        write: write request units.
    """

    read: int | None = None
    write: int | None = None

    @classmethod
    def parse(
        cls, response: Mapping[str, Any], *, where: str = "OnDemandThroughput"
    ) -> Self:
        """Read an on-demand throughput as DynamoDB sends it.

        Raises:
            UnreadableResponseError: a member has another type.
        """
        reader = Reader(response, where=where)
        return cls(
            reader.number("MaxReadRequestUnits"), reader.number("MaxWriteRequestUnits")
        )


@dataclass(frozen=True, slots=True)
class WarmThroughput:
    """What a table or index can serve at once.

    Attributes:
        read: read units a second.
        write: write units a second.
        status: ``"UPDATING"`` while it is raised, ``"ACTIVE"`` otherwise.
    """

    read: int | None = None
    write: int | None = None
    status: str | None = None

    @classmethod
    def parse(
        cls, response: Mapping[str, Any], *, where: str = "WarmThroughput"
    ) -> Self:
        """Read a warm throughput as DynamoDB sends it.

        Raises:
            UnreadableResponseError: a member has another type.
        """
        reader = Reader(response, where=where)
        return cls(
            reader.number("ReadUnitsPerSecond"),
            reader.number("WriteUnitsPerSecond"),
            reader.text("Status"),
        )


NO_KEYS = KeySchema()
NO_PROJECTION = Projection()
