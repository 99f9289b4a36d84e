"""Random tables, and random UpdateTable requests for them that are often wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

    from dynawait.states import TableState

NAME = "orders"
HOME = "us-east-1"
REGIONS = ("eu-west-1", "eu-central-1", "us-east-2", "us-west-2")
TYPES = {"pk": "S", "sk": "N", "a": "S", "b": "N", "c": "B", "d": "S"}
KEY = "arn:aws:kms:us-east-1:123456789012:key/one"
_KEYS = (KEY, "two", "alias/mine")
VIEWS = ("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")
CLASSES = ("STANDARD", "STANDARD_INFREQUENT_ACCESS")
INDEXES = ("by-0", "by-1", "by-2", "by-3", "by-new", "by-other")
_VECTORS = ("like-0", "like-1", "like-new")


def chance(random: Random, share: float) -> bool:
    """Toss a coin that falls on its head so often."""
    return random.random() < share


def draw_table(random: Random) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a CreateTable, and the updates that bring the table into its state."""
    on_demand = chance(random, 0.5)
    request: dict[str, Any] = {
        "TableName": NAME,
        "KeySchema": schema(["pk", "sk"], 1),
        **units(random, on_demand=on_demand),
    }
    if on_demand:
        request["BillingMode"] = "PAY_PER_REQUEST"
    used = {"pk", "sk"}
    count = random.choice((0, 0, 1, 2, 3, 4, 19, 20))
    for number in range(count):
        index = new_index(random, f"by-{number}", on_demand=on_demand)
        used |= {key["AttributeName"] for key in index["KeySchema"]}
        request.setdefault("GlobalSecondaryIndexes", []).append(index)
    if chance(random, 0.2):
        used.add("d")
        local: dict[str, Any] = {
            "IndexName": "local-0",
            "KeySchema": schema(["pk", "d"], 1),
        }
        local["Projection"] = {"ProjectionType": "KEYS_ONLY"}
        request["LocalSecondaryIndexes"] = [local]
    for number in range(random.choice((0, 0, 1, 2, 5)) if on_demand else 0):
        vector = new_vector(random, f"like-{number}", number % 2)
        used |= {each["AttributeName"] for each in vector.get("SearchSchema", ())}
        request.setdefault("VectorIndexes", []).append(vector)
    request["AttributeDefinitions"] = defined(sorted(used))
    some = {n: v for n, v in settings(random).items() if chance(random, 0.3)}
    some.pop("WarmThroughput", None)
    request |= some
    if not request.get("StreamSpecification", {"StreamEnabled": True})["StreamEnabled"]:
        del request["StreamSpecification"]
    if chance(random, 0.1):
        request["GlobalTableSettingsReplicationMode"] = "ENABLED"
    return request, _replication(random)


def _replication(random: Random) -> list[dict[str, Any]]:
    if chance(random, 0.65):
        return []
    first, second = random.sample(REGIONS, 2)
    if chance(random, 0.4):
        strong: dict[str, Any] = {"MultiRegionConsistency": "STRONG"}
        regions = [first, second]
        if chance(random, 0.5):
            regions = [first]
            witness = [{"Create": {"RegionName": second}}]
            strong["GlobalTableWitnessUpdates"] = witness
        strong["ReplicaUpdates"] = [
            {"Create": {"RegionName": region, "KMSMasterKeyId": "k"}}
            for region in regions
        ]
        return [{"TableName": NAME, **strong}]
    every = [first, second] if chance(random, 0.5) else [first]
    updates: list[dict[str, Any]] = [
        {
            "TableName": NAME,
            "ReplicaUpdates": [
                {"Create": {"RegionName": region, "KMSMasterKeyId": "k"}}
            ],
        }
        for region in every
    ]
    if chance(random, 0.3):
        held = chance(random, 0.3)
        updates.append({"TableName": NAME, "DisassociationProtectionEnabled": held})
    return updates


def schema(names: list[str], partition: int) -> list[dict[str, str]]:
    """Return a key schema."""
    return [
        {"AttributeName": name, "KeyType": "HASH" if number < partition else "RANGE"}
        for number, name in enumerate(names)
    ]


def defined(names: list[str], types: dict[str, str] = TYPES) -> list[dict[str, str]]:
    """Return attribute definitions."""
    return [{"AttributeName": n, "AttributeType": types.get(n, "S")} for n in names]


def units(random: Random, *, on_demand: bool) -> dict[str, Any]:
    """Return what a new table or index may use."""
    if on_demand:
        if chance(random, 0.2):
            caps = {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 200}
            return {"OnDemandThroughput": caps}
        return {}
    return {"ProvisionedThroughput": capacity(random)}


def capacity(random: Random) -> dict[str, int]:
    """Return provisioned throughput."""
    return {
        "ReadCapacityUnits": random.choice((1, 5, 10, 100)),
        "WriteCapacityUnits": random.choice((1, 5, 10, 100)),
    }


def warmth(random: Random) -> dict[str, int]:
    """Return warm throughput."""
    found = {
        "ReadUnitsPerSecond": random.choice((1, 50, 12_000, 13_000, 40_000)),
        "WriteUnitsPerSecond": random.choice((1, 50, 4_000, 5_000)),
    }
    if chance(random, 0.3):
        del found[random.choice(list(found))]
    return found


def new_index(random: Random, name: str, *, on_demand: bool) -> dict[str, Any]:
    """Return the definition of a global index."""
    keys = random.sample(list(TYPES), random.choice((1, 1, 2, 3, 4)))
    return {
        "IndexName": name,
        "KeySchema": schema(keys, random.randint(1, len(keys))),
        "Projection": projection(random),
        **units(random, on_demand=on_demand),
    }


def new_vector(random: Random, name: str, number: int) -> dict[str, Any]:
    """Return the definition of a vector index."""
    vector: dict[str, Any] = {
        "IndexName": name,
        "VectorAttribute": {"AttributeName": f"v{number}"},
        "Projection": projection(random),
        "Dimensions": 64,
        "DistanceFunction": random.choice(("COSINE", "EUCLIDEAN")),
    }
    if chance(random, 0.4):
        roles = ("HASH", "INLINE_FILTER")
        vector["SearchSchema"] = [
            {"AttributeName": name, "SearchSchemaElementType": role}
            for name, role in zip(random.sample(list(TYPES), 2), roles, strict=True)
        ]
    return vector


def projection(random: Random) -> dict[str, Any]:
    """Return a projection."""
    kind = random.choice(("ALL", "KEYS_ONLY", "INCLUDE"))
    named = {"NonKeyAttributes": ["total", "note"]} if kind == "INCLUDE" else {}
    return {"ProjectionType": kind, **named}


def settings(random: Random) -> dict[str, Any]:
    """Return a value for each setting."""
    encryption = random.choice(
        (
            {"Enabled": True},
            {"Enabled": False},
            {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": random.choice(_KEYS)},
        )
    )
    stream = random.choice(
        (
            {"StreamEnabled": False},
            {"StreamEnabled": True, "StreamViewType": random.choice(VIEWS)},
        )
    )
    return {
        "StreamSpecification": stream,
        "SSESpecification": encryption,
        "TableClass": random.choice(CLASSES),
        "DeletionProtectionEnabled": chance(random, 0.5),
        "WarmThroughput": warmth(random),
    }


def draw_update(
    random: Random, state: TableState, *, wide: bool = True
) -> dict[str, Any]:
    """Return an UpdateTable that mostly fits a table; a narrow one asks for little."""
    share = random.choice((0.08, 0.25, 0.5)) if wide else 0.12
    request: dict[str, Any] = {"TableName": NAME}
    mode = state.billing_mode
    if chance(random, share):
        mode = random.choice(("PAY_PER_REQUEST", "PROVISIONED"))
        request["BillingMode"] = mode
    on_demand = mode == "PAY_PER_REQUEST"
    if not on_demand and (mode != state.billing_mode or chance(random, share)):
        request["ProvisionedThroughput"] = capacity(random)
    parts = settings(random)
    if on_demand:
        parts["OnDemandThroughput"] = caps(random)
    if state.replicas:
        del parts["StreamSpecification"]
        parts["DisassociationProtectionEnabled"] = chance(random, 0.4)
    else:
        modes = ("ENABLED", "DISABLED")
        parts["GlobalTableSettingsReplicationMode"] = random.choice(modes)
    request |= {n: value for n, value in parts.items() if chance(random, share)}
    if len(request) == 1 or chance(random, 0.7 if wide else 0.3):
        _ask_of_indexes(random, request, state, on_demand=on_demand, wide=wide)
    if chance(random, 0.25):
        _ask_of_replicas(random, request, state)
    return request


def caps(random: Random) -> dict[str, int]:
    """Return limits of on-demand throughput."""
    found = {
        "MaxReadRequestUnits": random.choice((-1, 1, 100, 40_000)),
        "MaxWriteRequestUnits": random.choice((-1, 1, 200, 40_000)),
    }
    if chance(random, 0.3):
        del found[random.choice(list(found))]
    return found


def _ask_of_indexes(
    random: Random,
    request: dict[str, Any],
    state: TableState,
    *,
    on_demand: bool,
    wide: bool,
) -> None:
    used: set[str] = set()
    names = {*INDEXES, *list(state.indexes)[:6]}
    asked = random.sample(sorted(names), random.randint(1, 5 if wide else 2))
    if request.get("BillingMode") == "PROVISIONED" != state.billing_mode:
        asked += [name for name in state.indexes if name not in asked]
    updates: list[dict[str, Any]] = []
    for name in asked:
        action = "Create"
        if (name in state.indexes) != chance(random, 0.04):
            action = random.choice(("Update", "Update", "Delete"))
        if action == "Create":
            index = new_index(random, name, on_demand=on_demand)
            if on_demand and chance(random, 0.2):
                enough = {"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 5_000}
                wrong = chance(random, 0.2)
                index["WarmThroughput"] = warmth(random) if wrong else enough
            used |= {key["AttributeName"] for key in index["KeySchema"]}
            updates.append({"Create": index})
        elif action == "Update":
            updates.append({"Update": {"IndexName": name, **_use(random, on_demand)}})
        else:
            updates.append({"Delete": {"IndexName": name}})
    request["GlobalSecondaryIndexUpdates"] = updates
    if chance(random, 0.4 if on_demand else 0.03):
        request["VectorIndexUpdates"] = _vector_updates(random, state, used)
    if used:
        types = dict(TYPES)
        if chance(random, 0.05):
            types[random.choice(list(types))] = random.choice("SNB")
        request["AttributeDefinitions"] = defined(sorted(used), types)


def _use(random: Random, on_demand: bool) -> dict[str, Any]:
    """Return what an index may use from now on."""
    most = {"OnDemandThroughput": caps(random)}
    provisioned = {"ProvisionedThroughput": capacity(random)}
    first = most if on_demand != chance(random, 0.03) else provisioned
    warm = {"WarmThroughput": warmth(random)}
    if on_demand:
        return random.choice((first, warm, {**first, **warm}))
    return random.choice((first, {**first, **warm}))


def _vector_updates(
    random: Random, state: TableState, used: set[str]
) -> list[dict[str, Any]]:
    updates: list[dict[str, Any]] = []
    for name in random.sample(_VECTORS, random.choice((1, 1, 2))):
        if (name in state.vector_indexes) != chance(random, 0.1):
            updates.append({"Delete": {"IndexName": name}})
            continue
        vector = new_vector(random, name, random.choice((0, 1, 2)))
        used |= {each["AttributeName"] for each in vector.get("SearchSchema", ())}
        updates.append({"Create": vector})
    return updates


def _ask_of_replicas(
    random: Random, request: dict[str, Any], state: TableState
) -> None:
    live, strange = {*state.replicas}, chance(random, 0.1)
    strong = state.multi_region_consistency == "STRONG"
    if strong or (not live and chance(random, 0.4)) or strange:
        action = "Delete" if live else "Create"
        first, second = random.sample(REGIONS, 2)
        if strong:
            first, second = [*live, *state.witnesses]
        if action == "Create":
            request["MultiRegionConsistency"] = "STRONG"
        regions = [first, second]
        if state.witnesses or (not strong and chance(random, 0.5)):
            regions = [first]
            witness = [{action: {"RegionName": second}}]
            request["GlobalTableWitnessUpdates"] = witness
        request["ReplicaUpdates"] = [
            {action: _members(random, action, region)} for region in regions
        ]
        return
    if live and chance(random, 0.2):
        leaving = {"RegionName": HOME, "DisassociationMode": "WAIT_FOR_REPLICATION"}
        request["ReplicaUpdates"] = [{"Disassociate": leaving}]
        if chance(random, 0.7):
            request["DisassociationProtectionEnabled"] = False
        return
    updates: list[dict[str, Any]] = []
    for region in random.sample(REGIONS, random.choice((1, 1, 2, 3))):
        action = "Create"
        if (region in live) != chance(random, 0.05):
            action = random.choice(("Update", "Update", "Delete"))
        updates.append({action: _members(random, action, region)})
    request["ReplicaUpdates"] = updates
    if chance(random, 0.1):
        request["MultiRegionConsistency"] = "EVENTUAL"


def _members(random: Random, action: str, region: str) -> dict[str, Any]:
    members: dict[str, Any] = {"RegionName": region}
    if action == "Create":
        # Whether a live key is one's own, which makes this needed, no description says.
        return {**members, "KMSMasterKeyId": "k"}
    if action == "Delete":
        return members
    every: dict[str, Any] = {
        "ProvisionedThroughputOverride": {"ReadCapacityUnits": 7},
        "OnDemandThroughputOverride": {"MaxReadRequestUnits": 70},
        "TableClassOverride": random.choice(CLASSES),
        "GlobalSecondaryIndexes": [
            {"IndexName": "by-0", "OnDemandThroughputOverride": {}},
            {
                "IndexName": "by-1",
                "ProvisionedThroughputOverride": {"ReadCapacityUnits": 3},
            },
        ],
    }
    members |= {name: value for name, value in every.items() if chance(random, 0.4)}
    if chance(random, 0.05):
        members["KMSMasterKeyId"] = "k"
    return members
