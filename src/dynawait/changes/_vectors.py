"""Changes of vector indexes."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, cast

from ..errors import InvalidArgumentError
from ._parts import (
    checked_index_name,
    checked_projection,
    key_pairs,
    projection_member,
    read_projection,
    repeated,
    set_once,
    shown_call,
    shown_keys,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from ._parts import Keys, Pairs

_MOST_DIMENSIONS = 4_096
_DISTANCES = ("COSINE", "DOT_PRODUCT", "EUCLIDEAN")


@dataclass(frozen=True, slots=True, repr=False)
class CreateVectorIndex:
    """Create a vector index; the table must be PAY_PER_REQUEST.

    Attributes:
        name: its name.
        attribute: what holds the vectors.
        dimensions: how many numbers a vector has, 1 to 4,096.
        distance: ``"COSINE"``, ``"DOT_PRODUCT"`` or ``"EUCLIDEAN"``.
        partition_key: what the vectors are spread by; pairs of name and type.
        filters: what a search may filter by; pairs of name and type.
        projection: ``"ALL"``, ``"KEYS_ONLY"`` or the attributes that it holds besides.

    Raises:
        InvalidArgumentError: it cannot be a vector index.
    """

    name: str
    attribute: str
    dimensions: int
    distance: str = "COSINE"
    _: KW_ONLY
    partition_key: Keys | None = None
    filters: Keys | None = None
    projection: str | Sequence[str] = "ALL"

    def __post_init__(self) -> None:
        """Bring keys and projection to one form, and refuse what cannot be."""
        checked_index_name(self.name)
        if not self.attribute or not isinstance(cast("Any", self.attribute), str):
            problem = f"expected the name of an attribute, got {self.attribute!r}"
            raise InvalidArgumentError("attribute", problem)
        dimensions: Any = self.dimensions
        if (
            isinstance(dimensions, bool)
            or not isinstance(dimensions, int)
            or not 1 <= dimensions <= _MOST_DIMENSIONS
        ):
            problem = f"expected 1 to {_MOST_DIMENSIONS}, got {dimensions!r}"
            raise InvalidArgumentError("dimensions", problem)
        if self.distance not in _DISTANCES:
            problem = f"expected {' or '.join(_DISTANCES)}, got {self.distance!r}"
            raise InvalidArgumentError("distance", problem)
        keys = self.partition_key
        partition = () if keys is None else key_pairs(keys, "partition_key")
        filters = () if self.filters is None else key_pairs(self.filters, "filters", 64)
        names = [name for name, _ in (*partition, *filters)]
        twice = repeated([self.attribute, *names])
        if twice:
            problem = f"an attribute has more than one part: {', '.join(twice)}"
            raise InvalidArgumentError("filters", problem)
        set_once(self, "partition_key", partition)
        set_once(self, "filters", filters)
        set_once(self, "projection", checked_projection(self.projection))

    @classmethod
    def parse(cls, members: Mapping[str, Any], types: Mapping[str, str]) -> Self:
        """Read a ``Create`` of VectorIndexUpdates, as botocore takes it.

        Raises:
            InvalidArgumentError: it cannot be a vector index.
        """
        name = members["IndexName"]
        schema: dict[str, list[tuple[str, str]]] = {"HASH": [], "INLINE_FILTER": []}
        for element in members.get("SearchSchema") or ():
            attribute = element["AttributeName"]
            if attribute not in types:
                problem = f"vector index {name}: {attribute!r} has no entry"
                raise InvalidArgumentError("AttributeDefinitions", problem)
            role = element["SearchSchemaElementType"]
            schema[role].append((attribute, types[attribute]))
        return cls(
            name,
            members["VectorAttribute"]["AttributeName"],
            members["Dimensions"],
            members["DistanceFunction"],
            partition_key=schema["HASH"] or None,
            filters=schema["INLINE_FILTER"] or None,
            projection=read_projection(members.get("Projection") or {}, name),
        )

    @property
    def partition(self) -> Pairs:
        """What the vectors are spread by, as names and types."""
        return cast("Pairs", self.partition_key)

    @property
    def filtered(self) -> Pairs:
        """What a search may filter by, as names and types."""
        return cast("Pairs", self.filters)

    @property
    def attribute_types(self) -> dict[str, str]:
        """The types of the attributes in its search schema."""
        return dict((*self.partition, *self.filtered))

    def definition(self) -> dict[str, Any]:
        """Return the ``Create`` of VectorIndexUpdates."""
        schema = [
            {"AttributeName": name, "SearchSchemaElementType": role}
            for role, pairs in (
                ("HASH", self.partition),
                ("INLINE_FILTER", self.filtered),
            )
            for name, _ in pairs
        ]
        return {
            "IndexName": self.name,
            "VectorAttribute": {"AttributeName": self.attribute},
            **({"SearchSchema": schema} if schema else {}),
            "Projection": projection_member(self.projection),
            "Dimensions": self.dimensions,
            "DistanceFunction": self.distance,
        }

    def __repr__(self) -> str:
        """Return the call that makes it."""
        shown = [repr(self.name), f"attribute={self.attribute!r}"]
        shown.append(f"dimensions={self.dimensions}")
        names = ("distance", "projection")
        for name, pairs in (
            ("partition_key", self.partition),
            ("filters", self.filtered),
        ):
            if pairs:
                shown.append(f"{name}={shown_keys(pairs)}")
        return shown_call("CreateVectorIndex", shown, self, names)


@dataclass(frozen=True, slots=True)
class DeleteVectorIndex:
    """Delete a vector index; nothing is done where there is none.

    Attributes:
        name: its name.
    """

    name: str

    def __post_init__(self) -> None:
        """Refuse what is no name."""
        checked_index_name(self.name)
