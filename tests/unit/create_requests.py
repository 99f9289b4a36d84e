"""Random CreateTable requests: right ones, and ones with something wrong in them."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

_TYPES = {"a": "S", "b": "N", "c": "B", "d": "S", "e": "N"}
_WORDS = [
    "a", "b", "z", "by-a", "by-b", "orders", "xx", "no/slash", "x" * 255, "x" * 256,
    "HASH", "RANGE", "S", "N", "M", "ALL", "KEYS_ONLY", "INCLUDE", "PROVISIONED",
    "PAY_PER_REQUEST", "KMS", "AES256", "NEW_IMAGE", "STANDARD", "GLACIER", "COSINE",
    "INLINE_FILTER", "ENABLED", "ENABLED_WITH_OVERRIDES", "aws:owned", "é", "a|b",
    "x" * 129, "x" * 257, "arn:aws:kms:us-east-1:123456789012:key/k", "alias/mine", "",
]  # fmt: skip
_NUMBERS = [0, 1, 2, 5, 3_999, 4_000, 4_096, 4_097, 11_999, 12_000, 40_000, 40_001, -1]


def right(random: Random) -> dict[str, Any]:
    """Return a request that nothing is wrong with."""
    on_demand = random.random() < 0.6
    own = random.sample([*_TYPES], random.choice((1, 2, 2)))
    used = set(own)
    request: dict[str, Any] = {
        "TableName": "orders",
        "KeySchema": _schema(own, 1),
        **_units(random, on_demand=on_demand),
    }
    if on_demand or random.random() < 0.5:
        request["BillingMode"] = "PAY_PER_REQUEST" if on_demand else "PROVISIONED"
    for number in range(random.choice((0, 0, 1, 2, 20))):
        keys = random.sample([*_TYPES], random.choice((1, 2, 3, 4)))
        used |= set(keys)
        _add(request, "GlobalSecondaryIndexes", {
            "IndexName": f"by-{number}",
            "KeySchema": _schema(keys, random.randint(1, len(keys))),
            "Projection": _projection(random),
            **_units(random, on_demand=on_demand),
        })  # fmt: skip
    for number in range(random.choice((0, 0, 1, 2, 5)) if len(own) == 2 else 0):
        sort = random.choice([name for name in _TYPES if name != own[0]])
        used.add(sort)
        _add(request, "LocalSecondaryIndexes", {
            "IndexName": f"local-{number}",
            "KeySchema": _schema([own[0], sort], 1),
            "Projection": _projection(random),
        })  # fmt: skip
    for number in range(random.choice((0, 0, 1, 2, 5)) if on_demand else 0):
        filters = random.sample([*_TYPES], random.choice((0, 1, 2)))
        used |= set(filters)
        _add(request, "VectorIndexes", {
            "IndexName": f"like-{number}",
            "VectorAttribute": {"AttributeName": f"v{number % 2}"},
            "Projection": _projection(random),
            "Dimensions": 4_096,
            "DistanceFunction": random.choice(("COSINE", "EUCLIDEAN")),
        })  # fmt: skip
        if filters:
            request["VectorIndexes"][-1]["SearchSchema"] = [
                {"AttributeName": name, "SearchSchemaElementType": role}
                for name, role in zip(filters, ("HASH", "INLINE_FILTER"), strict=False)
            ]
    request["AttributeDefinitions"] = [
        {"AttributeName": name, "AttributeType": _TYPES[name]} for name in sorted(used)
    ]
    return request | _settings(random)


def spoilt(random: Random) -> dict[str, Any]:
    """Return a request in which some things were changed at random."""
    request = right(random)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        holder, place = random.choice(_places(request))
        _spoil(random, holder, place)
    return request


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place in a request that holds something."""
    if isinstance(value, dict):
        items: Any = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return []
    return [
        place for name, member in items for place in [(value, name), *_places(member)]
    ]


def _spoil(random: Random, holder: Any, place: Any) -> None:
    value = holder[place]
    if random.random() < 0.25:
        del holder[place]
    elif isinstance(value, bool):
        holder[place] = not value
    elif isinstance(value, int):
        holder[place] = random.choice(_NUMBERS)
    elif isinstance(value, str):
        holder[place] = random.choice(_WORDS)
    elif isinstance(value, list):
        _spoil_list(random, value)
    else:
        name = random.choice(("Enabled", "SSEType", "KMSMasterKeyId", "StreamViewType"))
        value[name] = random.choice((True, "KMS", "key", "NEW_IMAGE"))


def _spoil_list(random: Random, members: list[Any]) -> None:
    kind = random.choice(("clear", "double", "shuffle", "many"))
    if kind == "clear":
        members.clear()
    elif kind == "shuffle":
        random.shuffle(members)
    elif members:
        times = 1 if kind == "double" else 21
        members += [copy.deepcopy(random.choice(members)) for _ in range(times)]


def _schema(names: list[str], partition: int) -> list[dict[str, str]]:
    return [
        {"AttributeName": name, "KeyType": "HASH" if number < partition else "RANGE"}
        for number, name in enumerate(names)
    ]


def _add(request: dict[str, Any], member: str, index: dict[str, Any]) -> None:
    request.setdefault(member, []).append(index)


def _projection(random: Random) -> dict[str, Any]:
    kind = random.choice(("ALL", "KEYS_ONLY", "INCLUDE"))
    if kind != "INCLUDE":
        return {"ProjectionType": kind}
    return {"ProjectionType": kind, "NonKeyAttributes": ["total", "note"]}


def _units(random: Random, *, on_demand: bool) -> dict[str, Any]:
    units: dict[str, Any] = {}
    if not on_demand:
        units["ProvisionedThroughput"] = {
            "ReadCapacityUnits": random.choice((1, 5, 40_000)),
            "WriteCapacityUnits": random.choice((1, 5)),
        }
    elif random.random() < 0.3:
        units["OnDemandThroughput"] = {"MaxReadRequestUnits": 40_000}
    if random.random() < 0.3:
        units["WarmThroughput"] = {
            "ReadUnitsPerSecond": 40_000,
            "WriteUnitsPerSecond": 4_000,
        }
    return units


def _settings(random: Random) -> dict[str, Any]:
    principal: Any = random.choice(({"AWS": "123456789012"}, {"AWS": "*"}, "*", "me"))
    statement = {
        "Sid": "one",
        "Effect": random.choice(("Allow", "allow", "Deny", "Never")),
        "Principal": principal,
        "Action": "dynamodb:GetItem",
        "Resource": "*",
    }
    if random.random() < 0.3:
        del statement[random.choice([*statement])]
    statements = [statement] * random.choice((1, 1, 1, 2, 0))
    policy = json.dumps({"Statement": statements})
    settings: dict[str, Any] = {
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "k"},
        "TableClass": "STANDARD",
        "DeletionProtectionEnabled": True,
        "Tags": [{"Key": f"tag{number}", "Value": "v"} for number in range(3)],
        "ResourcePolicy": random.choice((policy, policy, "[]", "{", "null")),
        "GlobalTableSettingsReplicationMode": "ENABLED",
    }
    return {name: value for name, value in settings.items() if random.random() < 0.3}
