"""Changes of global secondary indexes."""

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
from ._units import checked_units, read_units, units_members

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from ._parts import Keys, Pairs
    from ._units import Caps, Units


def check_use(change: CreateIndex | UpdateIndex) -> None:
    """Bring what an index may use to one form, or refuse it.

    Raises:
        InvalidArgumentError: a number cannot be.
    """
    units = checked_units(change.throughput, "throughput", least=1)
    set_once(change, "throughput", units)
    caps = checked_units(change.on_demand, "on_demand", optional=True)
    set_once(change, "on_demand", caps)
    warm = checked_units(change.warm, "warm", least=1, optional=True)
    set_once(change, "warm", warm)


@dataclass(frozen=True, slots=True, repr=False)
class CreateIndex:
    """Create a global secondary index.

    Attributes:
        name: its name.
        partition_key: what the items are spread by; pairs of name and type.
        sort_key: what the items are sorted by; pairs of name and type.
        projection: ``"ALL"``, ``"KEYS_ONLY"`` or the attributes that it holds besides
            keys.
        throughput: read and write capacity units; needed on a PROVISIONED table, and
            refused on any other.
        on_demand: the most read and write request units; None in it: no limit.
        warm: the read and write units a second that it shall be ready for at once.

    Raises:
        InvalidArgumentError: it cannot be an index.
    """

    name: str
    partition_key: Keys
    sort_key: Keys | None = None
    projection: str | Sequence[str] = "ALL"
    throughput: Units | None = None
    _: KW_ONLY
    on_demand: Caps | None = None
    warm: Caps | None = None

    def __post_init__(self) -> None:
        """Bring keys and projection to one form, and refuse what cannot be."""
        checked_index_name(self.name)
        partition = key_pairs(self.partition_key, "partition_key")
        sort = () if self.sort_key is None else key_pairs(self.sort_key, "sort_key")
        if not partition:
            raise InvalidArgumentError("partition_key", "an index needs at least one")
        twice = repeated([name for name, _ in (*partition, *sort)])
        if twice:
            problem = f"an attribute is in the key twice: {', '.join(twice)}"
            raise InvalidArgumentError("sort_key", problem)
        set_once(self, "partition_key", partition)
        set_once(self, "sort_key", sort)
        set_once(self, "projection", checked_projection(self.projection))
        check_use(self)

    @classmethod
    def parse(cls, members: Mapping[str, Any], types: Mapping[str, str]) -> Self:
        """Read a ``Create`` of GlobalSecondaryIndexUpdates, as botocore takes it.

        Args:
            members: the ``Create``.
            types: the types of attributes, from the AttributeDefinitions around it.

        Raises:
            InvalidArgumentError: it cannot be an index.
        """
        name = members["IndexName"]
        keys: dict[str, list[tuple[str, str]]] = {"HASH": [], "RANGE": []}
        for element in members["KeySchema"]:
            attribute = element["AttributeName"]
            if attribute not in types:
                problem = (
                    f"index {name}: the key attribute {attribute!r} has no entry; "
                    "it needs one even where the table already has it"
                )
                raise InvalidArgumentError("AttributeDefinitions", problem)
            keys[element["KeyType"]].append((attribute, types[attribute]))
        return cls(
            name,
            keys["HASH"],
            keys["RANGE"] or None,
            read_projection(members.get("Projection") or {}, name),
            read_units(members, "ProvisionedThroughput", "CapacityUnits"),
            on_demand=read_units(members, "OnDemandThroughput", "RequestUnits", "Max"),
            warm=read_units(members, "WarmThroughput", "UnitsPerSecond"),
        )

    @property
    def partition(self) -> Pairs:
        """The partition key, as names and types."""
        return cast("Pairs", self.partition_key)

    @property
    def sort(self) -> Pairs:
        """The sort key, as names and types; often empty."""
        return cast("Pairs", self.sort_key)

    @property
    def attribute_types(self) -> dict[str, str]:
        """The types of its key attributes."""
        return dict((*self.partition, *self.sort))

    def definition(self) -> dict[str, Any]:
        """Return the ``Create`` of GlobalSecondaryIndexUpdates."""
        schema = [
            {"AttributeName": name, "KeyType": kind}
            for kind, pairs in (("HASH", self.partition), ("RANGE", self.sort))
            for name, _ in pairs
        ]
        return {
            "IndexName": self.name,
            "KeySchema": schema,
            "Projection": projection_member(self.projection),
            **units_members(self.throughput, self.on_demand, self.warm),
        }

    def __repr__(self) -> str:
        """Return the call that makes it."""
        shown = [repr(self.name), f"partition_key={shown_keys(self.partition)}"]
        if self.sort:
            shown.append(f"sort_key={shown_keys(self.sort)}")
        return shown_call("CreateIndex", shown, self, ("projection", "throughput"))


@dataclass(frozen=True, slots=True)
class DeleteIndex:
    """Delete a global secondary index; nothing is done where there is none.

    Attributes:
        name: its name.
    """

    name: str

    def __post_init__(self) -> None:
        """Refuse what is no name."""
        checked_index_name(self.name)


@dataclass(frozen=True, slots=True, repr=False)
class UpdateIndex:
    """Change what a global secondary index may use.

    Attributes:
        name: its name.
        throughput: read and write capacity units, on a PROVISIONED table.
        on_demand: the most read and write request units, on a PAY_PER_REQUEST table;
            -1 takes a limit away, None leaves it.
        warm: the read and write units a second to be ready for; they only grow.

    Raises:
        InvalidArgumentError: nothing is to be changed, or a number cannot be.
    """

    name: str
    throughput: Units | None = None
    _: KW_ONLY
    on_demand: Caps | None = None
    warm: Caps | None = None

    def __post_init__(self) -> None:
        """Refuse what changes nothing."""
        checked_index_name(self.name)
        check_use(self)
        if self.throughput is None and self.on_demand is None and self.warm is None:
            problem = "expected throughput, on_demand or warm, got none of them"
            raise InvalidArgumentError("UpdateIndex", f"index {self.name}: {problem}")

    @classmethod
    def parse(cls, members: Mapping[str, Any]) -> Self:
        """Read an ``Update`` of GlobalSecondaryIndexUpdates, as botocore takes it.

        Raises:
            InvalidArgumentError: nothing is to be changed, or a number cannot be.
        """
        return cls(
            members["IndexName"],
            read_units(members, "ProvisionedThroughput", "CapacityUnits"),
            on_demand=read_units(members, "OnDemandThroughput", "RequestUnits", "Max"),
            warm=read_units(members, "WarmThroughput", "UnitsPerSecond"),
        )

    def __repr__(self) -> str:
        """Return the call that makes it."""
        return shown_call("UpdateIndex", [repr(self.name)], self, ("throughput",))


@dataclass(frozen=True, slots=True)
class ReplaceIndex:
    """Build a new index, and delete an old one when it is ready.

    An index cannot be renamed, nor its key or projection changed. Where the old one has
    to go first (both have one name, or the table is at its quota) reads have a gap,
    which must be allowed with ``allow_gap=True``.

    Attributes:
        old: the name of the old one.
        new: the new one.
    """

    old: str
    new: CreateIndex

    def __post_init__(self) -> None:
        """Refuse what is no replacement."""
        checked_index_name(self.old)
        new: Any = self.new
        if not isinstance(new, CreateIndex):
            problem = f"expected a CreateIndex, got {new!r}"
            raise InvalidArgumentError("new", problem)
