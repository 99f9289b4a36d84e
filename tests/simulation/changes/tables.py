"""Tables for changes to begin with, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from dynawait import TableState
from dynawait.testing import Durations, SimulatedDynamoDB
from tests.simulation.support import key, throughput

if TYPE_CHECKING:
    from random import Random

NAME = "orders"
TYPES = {
    "pk": "S",
    "email": "S",
    "day": "N",
    "city": "S",
    "at": "N",
    "kind": "S",
    "blob": "B",
}
# Each index has two shapes: the one that is usual, and another one.
SHAPES: dict[str, tuple[tuple[list[str], list[str], str], ...]] = {
    "by-email": ((["email"], [], "ALL"), (["email"], ["at"], "ALL")),
    "by-day": ((["day"], ["at"], "KEYS_ONLY"), (["day"], ["at"], "ALL")),
    "by-city": ((["city", "kind"], ["at"], "ALL"), (["city"], ["at"], "ALL")),
    "by-kind": ((["kind"], [], "total,tax"), (["kind"], [], "total")),
    "by-blob": ((["blob"], ["day"], "ALL"), (["blob"], [], "ALL")),
    "by-at": ((["at"], [], "KEYS_ONLY"), (["at"], ["email"], "KEYS_ONLY")),
}
VECTORS = {"by-look": ("look", 3), "by-sound": ("sound", 8)}
REGIONS = ("eu-west-1", "us-west-2")
# Long enough for whatever the setting up has begun.
_REST = 4_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A table, and what is under way on it when a change begins.

    Attributes:
        create: the CreateTable that made it; None: there is no table.
        later: the UpdateTables that followed, each when the one before was over.
        items: how many items it holds.
        unrest: an UpdateTable of another writer that is under way; None: nothing.
        lead: how long before the change it was sent, in seconds.
        fresh: whether the table is still CREATING when the change begins.
        pace: how much longer than on AWS its transitions last.
    """

    create: dict[str, Any] | None
    later: tuple[dict[str, Any], ...] = ()
    items: int = 0
    unrest: dict[str, Any] | None = None
    lead: float = 0.0
    fresh: bool = False
    pace: float = 1.0

    @property
    def durations(self) -> Durations:
        """How long transitions last."""
        plain = Durations()
        values: dict[str, Any] = {n: getattr(plain, n) * self.pace for n in _SCALED}
        return replace(plain, **values)

    @property
    def on_demand(self) -> bool:
        """Whether the table is in on-demand mode."""
        return (self.create or {}).get("BillingMode") == "PAY_PER_REQUEST"

    @property
    def indexes(self) -> list[str]:
        """The names of its global secondary indexes."""
        found = (self.create or {}).get("GlobalSecondaryIndexes", ())
        return [index["IndexName"] for index in found]

    @property
    def vectors(self) -> list[str]:
        """The names of its vector indexes."""
        found = (self.create or {}).get("VectorIndexes", ())
        return [index["IndexName"] for index in found]

    @property
    def regions(self) -> list[str]:
        """The Regions of its replicas."""
        return [
            update["Create"]["RegionName"]
            for request in self.later
            for update in request.get("ReplicaUpdates", ())
        ]

    def stand(self) -> SimulatedDynamoDB:
        """Return a service with this table, and nothing that goes wrong."""
        dynamodb = SimulatedDynamoDB(durations=self.durations)
        if self.create is None:
            return dynamodb
        dynamodb.plane.handle("CreateTable", self.create)
        if self.fresh:
            return dynamodb
        dynamodb.clock.advance(_REST)
        if self.items:
            dynamodb.plane.count_items(NAME, self.items, shown=True)
        for request in self.later:
            dynamodb.plane.handle("UpdateTable", {"TableName": NAME, **request})
            dynamodb.clock.advance(_REST)
        if self.unrest is not None:
            dynamodb.plane.handle("UpdateTable", {"TableName": NAME, **self.unrest})
            dynamodb.clock.advance(self.lead)
        return dynamodb


def look(dynamodb: SimulatedDynamoDB) -> TableState:
    """Return the table as it is."""
    description = dynamodb.tables.get(NAME)
    return TableState.absent(NAME) if description is None else _parsed(description)


def _parsed(description: dict[str, Any]) -> TableState:
    return TableState.parse({"Table": description})


def index_member(
    name: str, *, on_demand: bool, shape: int = 0, units: tuple[int, int] = (5, 5)
) -> dict[str, Any]:
    """Return the definition of an index, in one of its shapes."""
    partition, sort, projected = SHAPES[name][shape]
    projection: dict[str, Any] = {"ProjectionType": projected}
    if "total" in projected:
        names = projected.split(",")
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": names}
    schema = [
        {"AttributeName": attribute, "KeyType": kind}
        for kind, names in (("HASH", partition), ("RANGE", sort))
        for attribute in names
    ]
    return {
        "IndexName": name,
        "KeySchema": schema,
        "Projection": projection,
        **({} if on_demand else throughput(*units)),
    }


def vector_member(name: str, *, other: bool = False) -> dict[str, Any]:
    """Return the definition of a vector index, or of another one of its name."""
    attribute, dimensions = VECTORS[name]
    return {
        "IndexName": name,
        "VectorAttribute": {"AttributeName": attribute},
        "Projection": {"ProjectionType": "ALL" if other else "KEYS_ONLY"},
        "Dimensions": dimensions,
        "DistanceFunction": "COSINE",
    }


def definitions(*members: dict[str, Any]) -> list[dict[str, str]]:
    """Return the AttributeDefinitions that a table with these indexes needs."""
    names = {"pk": None}
    for member in members:
        names |= dict.fromkeys(e["AttributeName"] for e in member["KeySchema"])
    return [{"AttributeName": name, "AttributeType": TYPES[name]} for name in names]


def draw_table(random: Random) -> dict[str, Any]:
    """Draw a CreateTable."""
    on_demand = random.random() < 0.5
    names = random.sample(list(SHAPES), random.choice((0, 1, 1, 2, 2, 3, 4)))
    indexes = [index_member(name, on_demand=on_demand) for name in names]
    request: dict[str, Any] = {
        "TableName": NAME,
        "KeySchema": key("pk"),
        "AttributeDefinitions": definitions(*indexes),
        **({"BillingMode": "PAY_PER_REQUEST"} if on_demand else throughput(5, 5)),
    }
    if indexes:
        request["GlobalSecondaryIndexes"] = indexes
    if random.random() < 0.3:
        kind = random.choice(("KEYS_ONLY", "NEW_IMAGE"))
        request["StreamSpecification"] = {
            "StreamEnabled": True,
            "StreamViewType": kind,
        }
    if random.random() < 0.2:
        request["TableClass"] = "STANDARD_INFREQUENT_ACCESS"
    if random.random() < 0.2:
        request["DeletionProtectionEnabled"] = True
    if random.random() < 0.15:
        request["SSESpecification"] = {"Enabled": True, "SSEType": "KMS"}
    if on_demand and random.random() < 0.2:
        name = random.choice(list(VECTORS))
        request["VectorIndexes"] = [vector_member(name)]
    return request


def draw_scene(random: Random, *, absent: bool = False) -> Scene:
    """Draw a table and what is under way on it.

    Args:
        random: where chance comes from.
        absent: whether there shall be no table.
    """
    scene = Scene(
        create=None if absent else draw_table(random),
        pace=random.choice((1.0, 1.0, 0.3, 0.3, 0.1, 2.0)),
    )
    if absent:
        return scene
    if random.random() < 0.08:
        return replace(scene, fresh=True)
    later: list[dict[str, Any]] = []
    replicable = scene.on_demand and not scene.vectors
    if replicable and random.random() < 0.12:
        region = random.choice(REGIONS)
        later.append({"ReplicaUpdates": [{"Create": {"RegionName": region}}]})
    items = random.choice((0, 0, 0, 1, 50_000, 1_000_000))
    scene = replace(scene, later=tuple(later), items=items)
    if not later and random.random() < 0.25:
        unrest = _draw_unrest(random, scene)
        return replace(scene, unrest=unrest, lead=random.choice((0.0, 0.5, 3.0, 45.0)))
    return scene


def _draw_unrest(random: Random, scene: Scene) -> dict[str, Any]:
    """Draw what another writer has just begun."""
    free = [name for name in SHAPES if name not in scene.indexes]
    new = index_member(random.choice(free), on_demand=scene.on_demand)
    choices: list[dict[str, Any]] = [
        {
            "AttributeDefinitions": definitions(new),
            "GlobalSecondaryIndexUpdates": [{"Create": new}],
        },
    ]
    if scene.indexes:
        gone = {"IndexName": random.choice(scene.indexes)}
        choices.append({"GlobalSecondaryIndexUpdates": [{"Delete": gone}]})
    if scene.on_demand:
        warm = {"ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 5_000}
        choices.append({"WarmThroughput": warm})
    else:
        choices.append(throughput(7, 7))
    created: Any = scene.create
    if "StreamSpecification" in created:
        choices.append({"StreamSpecification": {"StreamEnabled": False}})
    if "SSESpecification" not in created:
        choices.append({"SSESpecification": {"Enabled": True, "SSEType": "KMS"}})
    return random.choice(choices)


# Of these only the span counts for a change, and the rest are limits, not durations.
_SCALED = [
    field.name
    for field in fields(Durations)
    if field.name.startswith(("table_", "index_", "vector_", "replica_", "to_"))
    or field.name in ("stream", "encryption", "warm", "protection_with_replicas")
]
