"""The indexes of a table: global, local and vector indexes."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

from ._frozen import EMPTY
from ._parts import (
    NO_KEYS,
    NO_PROJECTION,
    KeySchema,
    OnDemandThroughput,
    Projection,
    Throughput,
    WarmThroughput,
)
from ._reader import Reader
from ._words import moving

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, Self

    Phase = Literal["allocating", "backfilling"]

INDEX_STATUSES = ("CREATING", "UPDATING", "DELETING", "ACTIVE")


@dataclass(frozen=True, slots=True)
class IndexState:
    """A global secondary index.

    DynamoDB builds an index on a table that already exists in two phases: it allocates
    resources, then it backfills. An index made together with its table shows neither.

    Attributes:
        name: its name.
        status: ``"CREATING"``, ``"UPDATING"``, ``"DELETING"``, ``"ACTIVE"``.
        backfilling: whether items are being copied into it.
        allocating: whether its resources are being allocated, before the backfill.
        key_schema: its key.
        projection: what it holds besides keys.
        throughput: what is provisioned for it; None when nothing was said.
        on_demand: its limits in on-demand mode; None when there are none.
        warm_throughput: None when the server does not know it.
        arn: its ARN; empty when nothing was said.
        size_bytes: its size; DynamoDB updates it about every six hours.
        item_count: how many items it holds; as old as the size.
        raw: the very mapping that was parsed.
    """

    name: str
    _: KW_ONLY
    status: str
    backfilling: bool = False
    allocating: bool = False
    key_schema: KeySchema = NO_KEYS
    projection: Projection = NO_PROJECTION
    throughput: Throughput | None = None
    on_demand: OnDemandThroughput | None = None
    warm_throughput: WarmThroughput | None = None
    arn: str = ""
    size_bytes: int | None = None
    item_count: int | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any], *, where: str = "") -> Self:
        """Read an entry of GlobalSecondaryIndexes.

        Raises:
            UnreadableResponseError: it has no name or no status, or a member has
                another type.
        """
        reader = Reader(response, where=where)
        status = reader.required("IndexStatus")
        backfilling = reader.flag("Backfilling")
        return cls(
            reader.required("IndexName"),
            status=status,
            backfilling=backfilling or False,
            allocating=status == "CREATING" and backfilling is False,
            key_schema=reader.part("KeySchema", KeySchema.parse) or NO_KEYS,
            projection=reader.part("Projection", Projection.parse) or NO_PROJECTION,
            throughput=reader.part("ProvisionedThroughput", Throughput.parse),
            on_demand=reader.part("OnDemandThroughput", OnDemandThroughput.parse),
            warm_throughput=reader.part("WarmThroughput", WarmThroughput.parse),
            arn=reader.text("IndexArn") or "",
            size_bytes=reader.number("IndexSizeBytes"),
            item_count=reader.number("ItemCount"),
            raw=reader.mapping,
        )

    @property
    def is_active(self) -> bool:
        """Tell whether it is ACTIVE and not backfilling."""
        return self.status == "ACTIVE" and not self.backfilling

    @property
    def phase(self) -> Phase | None:
        """Name the phase of its creation, where DynamoDB says one."""
        return _phase(self)

    def blocker(self) -> str | None:
        """Say what it is doing; None when it is active."""
        return _blocker(self, "index")


@dataclass(frozen=True, slots=True)
class LocalIndexState:
    """A local secondary index. It lives and dies with its table, so has no status.

    Attributes:
        name: its name.
        key_schema: its key.
        projection: what it holds besides keys.
        arn: its ARN; empty when nothing was said.
        size_bytes: its size; DynamoDB updates it about every six hours.
        item_count: how many items it holds; as old as the size.
        raw: the very mapping that was parsed.
    """

    name: str
    _: KW_ONLY
    key_schema: KeySchema = NO_KEYS
    projection: Projection = NO_PROJECTION
    arn: str = ""
    size_bytes: int | None = None
    item_count: int | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any], *, where: str = "") -> Self:
        """Read an entry of LocalSecondaryIndexes.

        Raises:
            UnreadableResponseError: it has no name, or a member has another type.
        """
        reader = Reader(response, where=where)
        return cls(
            reader.required("IndexName"),
            key_schema=reader.part("KeySchema", KeySchema.parse) or NO_KEYS,
            projection=reader.part("Projection", Projection.parse) or NO_PROJECTION,
            arn=reader.text("IndexArn") or "",
            size_bytes=reader.number("IndexSizeBytes"),
            item_count=reader.number("ItemCount"),
            raw=reader.mapping,
        )


@dataclass(frozen=True, slots=True)
class VectorIndexState:
    """A vector index. It is built in the same two phases as a global index.

    Attributes:
        name: its name.
        status: ``"CREATING"``, ``"UPDATING"``, ``"DELETING"``, ``"ACTIVE"``.
        backfilling: whether items are being copied into it.
        allocating: whether its resources are being allocated, before the backfill.
        vector_attribute: what holds the vectors; empty when nothing was said.
        dimensions: how many numbers a vector has.
        distance_function: ``"COSINE"``, ``"DOT_PRODUCT"`` or ``"EUCLIDEAN"``.
        partition: the attributes that the vectors are spread by (HASH).
        filters: the attributes that a search may filter by (INLINE_FILTER).
        projection: what it holds besides keys.
        arn: its ARN; empty when nothing was said.
        size_bytes: its size; DynamoDB updates it about every six hours.
        item_count: how many items it holds; as old as the size.
        raw: the very mapping that was parsed.
    """

    name: str
    _: KW_ONLY
    status: str
    backfilling: bool = False
    allocating: bool = False
    vector_attribute: str = ""
    dimensions: int | None = None
    distance_function: str | None = None
    partition: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    projection: Projection = NO_PROJECTION
    arn: str = ""
    size_bytes: int | None = None
    item_count: int | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any], *, where: str = "") -> Self:
        """Read an entry of VectorIndexes.

        Raises:
            UnreadableResponseError: it has no name or no status, or a member has
                another type.
        """
        reader = Reader(response, where=where)
        status = reader.required("IndexStatus")
        backfilling = reader.flag("Backfilling")
        schema = reader.each("SearchSchema", _search_element)
        vector = reader.inside("VectorAttribute")
        return cls(
            reader.required("IndexName"),
            status=status,
            backfilling=backfilling or False,
            allocating=status == "CREATING" and backfilling is False,
            vector_attribute=vector.text("AttributeName") or "",
            dimensions=reader.number("Dimensions"),
            distance_function=reader.text("DistanceFunction"),
            partition=tuple(name for name, role in schema if role == "HASH"),
            filters=tuple(name for name, role in schema if role == "INLINE_FILTER"),
            projection=reader.part("Projection", Projection.parse) or NO_PROJECTION,
            arn=reader.text("IndexArn") or "",
            size_bytes=reader.number("IndexSizeBytes"),
            item_count=reader.number("ItemCount"),
            raw=reader.mapping,
        )

    @property
    def is_active(self) -> bool:
        """Tell whether it is ACTIVE and not backfilling."""
        return self.status == "ACTIVE" and not self.backfilling

    @property
    def phase(self) -> Phase | None:
        """Name the phase of its creation, where DynamoDB says one."""
        return _phase(self)

    def blocker(self) -> str | None:
        """Say what it is doing; None when it is active."""
        return _blocker(self, "vector index")


def _search_element(element: Any, /, *, where: str) -> tuple[str, str]:
    reader = Reader(element, where=where)
    role = reader.required("SearchSchemaElementType")
    return reader.required("AttributeName"), role


def _phase(index: IndexState | VectorIndexState) -> Phase | None:
    if index.backfilling:
        return "backfilling"
    return "allocating" if index.allocating else None


def _blocker(index: IndexState | VectorIndexState, kind: str) -> str | None:
    if index.is_active:
        return None
    subject = f"{kind} {index.name}"
    return moving(subject, index.status, known=INDEX_STATUSES, note=index.phase)
