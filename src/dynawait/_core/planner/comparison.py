"""How a table that exists differs from the CreateTable that asks for it.

Only what the request states is compared, and what DescribeTable shows of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...states import KeySchema, Projection
from .shapes import CAPACITY, CAPS, WARM, units_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from typing import TypeAlias

    from ...states import IndexState, TableState, VectorIndexState

    Members: TypeAlias = Mapping[str, Any]
    Pair: TypeAlias = tuple[int | None, int | None]

# What no DescribeTable of the table tells.
UNSEEN = (
    "Tags",
    "ResourcePolicy",
    "GlobalTableSourceArn",
    "GlobalTableSettingsReplicationMode",
)
_OFF = ("DISABLING", "DISABLED")


def table_differences(
    state: TableState, request: Members, ignore: Collection[str] = ()
) -> list[str]:
    """Say how a table differs from what is asked for, a sentence each.

    While the table is CREATING its settings may not show yet, so only keys, indexes
    and billing are compared.

    Args:
        state: the table; it exists.
        request: a CreateTable without problems.
        ignore: the parameters that are not compared, of the table and of indexes.
    """
    told: list[str] = []
    if any(name in request for name in _BILLING):
        told += _billing(state, request, ignore)
    for name, compare in _COMPARISONS.items():
        if name in request and name not in ignore:
            told += compare(state, request, ignore)
    if state.status != "CREATING":
        for name, compare_setting in _SETTINGS.items():
            if name in request and name not in ignore:
                told += compare_setting(state, request[name])
        told += _warm_differences(state, request, ignore)
    return told


def _keys(state: TableState, request: Members, _ignore: Collection[str]) -> list[str]:
    return _key_difference("key", state.key_schema, request["KeySchema"])


def _types(state: TableState, request: Members, _ignore: Collection[str]) -> list[str]:
    return [
        f"attribute {name} is of type {live}, not {kind}"
        for name, kind in (
            (each["AttributeName"], each["AttributeType"])
            for each in request["AttributeDefinitions"]
        )
        if (live := state.attribute_types.get(name, kind)) != kind
    ]


def _billing(state: TableState, request: Members, ignore: Collection[str]) -> list[str]:
    wanted = request.get("BillingMode") or "PROVISIONED"
    if wanted != state.billing_mode and "BillingMode" not in ignore:
        return [f"billing mode is {state.billing_mode}, not {wanted}"]
    return _unit_differences("", state, request, ignore)


def _global(state: TableState, request: Members, ignore: Collection[str]) -> list[str]:
    told: list[str] = []
    for index in request["GlobalSecondaryIndexes"]:
        live, where = state.indexes.get(index["IndexName"]), _where(index)
        lost = _lost(index, state, live)
        if lost or live is None:
            told += lost
            continue
        told += _key_difference(f"{where}key", live.key_schema, index["KeySchema"])
        told += _projection_difference(where, live.projection, index["Projection"])
        told += _unit_differences(where, live, index, ignore)
    return told


def _local(state: TableState, request: Members, _ignore: Collection[str]) -> list[str]:
    told: list[str] = []
    for index in request["LocalSecondaryIndexes"]:
        live, where = state.local_indexes.get(index["IndexName"]), _where(index)
        if live is None:
            told += _lost(index, state, None)
            continue
        told += _key_difference(f"{where}key", live.key_schema, index["KeySchema"])
        told += _projection_difference(where, live.projection, index["Projection"])
    return told


def _vector(state: TableState, request: Members, _ignore: Collection[str]) -> list[str]:
    told: list[str] = []
    for index in request["VectorIndexes"]:
        live, where = state.vector_indexes.get(index["IndexName"]), _where(index)
        lost = _lost(index, state, live)
        if lost or live is None:
            told += lost
            continue
        roles: dict[str, list[str]] = {"HASH": [], "INLINE_FILTER": []}
        for element in index.get("SearchSchema") or ():
            roles[element["SearchSchemaElementType"]].append(element["AttributeName"])
        attribute = index["VectorAttribute"]["AttributeName"]
        for what, found, wanted in (
            ("vector attribute", live.vector_attribute, attribute),
            ("number of dimensions", live.dimensions, index["Dimensions"]),
            ("distance", live.distance_function, index["DistanceFunction"]),
            ("partition key", _listed(live.partition), _listed(roles["HASH"])),
            (
                "filters",
                _listed(sorted(live.filters)),
                _listed(sorted(roles["INLINE_FILTER"])),
            ),
        ):
            told += _other(f"{where}{what}", found, wanted)
        told += _projection_difference(where, live.projection, index["Projection"])
    return told


def _stream(state: TableState, wanted: Members) -> list[str]:
    view = wanted.get("StreamViewType")
    asked = f"on ({view})" if wanted["StreamEnabled"] else "off"
    found = "off" if state.stream is None else f"on ({state.stream.view_type})"
    return _other("stream", found, asked)


def _encryption(state: TableState, wanted: Members) -> list[str]:
    live = state.encryption
    keyed = live is not None and live.status not in _OFF
    if keyed != bool(wanted.get("Enabled")):
        kinds = ("DynamoDB's own", "one of KMS")
        return _other("encryption key", kinds[keyed], kinds[not keyed])
    key = wanted.get("KMSMasterKeyId") or ""
    found = (live.key_arn if live else None) or ""
    # An alias or a plain identifier may be the same key: nothing here can tell.
    if ":key/" in key and ":key/" in found:
        return _other("encryption key", found, key)
    return []


def _class(state: TableState, wanted: str) -> list[str]:
    return _other("table class", state.table_class, wanted)


def _protection(state: TableState, wanted: bool) -> list[str]:  # noqa: FBT001 - one of a table of comparisons
    words = ("off", "on")
    live = words[state.deletion_protected]
    return _other("deletion protection", live, words[wanted])


def _unit_differences(
    where: str, live: TableState | IndexState, wanted: Members, ignore: Collection[str]
) -> list[str]:
    told: list[str] = []
    units = units_of(wanted.get("ProvisionedThroughput"), CAPACITY)
    if units != (None, None) and "ProvisionedThroughput" not in ignore:
        throughput = live.throughput
        found = (0, 0) if throughput is None else (throughput.read, throughput.write)
        told += _other(f"{where}throughput", found, units)
    caps = units_of(wanted.get("OnDemandThroughput"), CAPS)
    if "OnDemandThroughput" not in ignore:
        limits: Pair = (None, None)
        if live.on_demand is not None:
            limits = (live.on_demand.read, live.on_demand.write)
        shown = tuple(
            None if cap is None or now == -1 else now
            for now, cap in zip(limits, caps, strict=True)
        )
        told += _other(f"{where}on-demand limit", shown, caps)
    return told


def _warm_differences(
    state: TableState, request: Members, ignore: Collection[str]
) -> list[str]:
    """Say what is less warm than asked for; what is being warmed may become so."""
    holders: list[tuple[str, TableState | IndexState, Members]] = [("", state, request)]
    for index in request.get("GlobalSecondaryIndexes") or ():
        live = state.indexes.get(index["IndexName"])
        if live is not None and "GlobalSecondaryIndexes" not in ignore:
            holders.append((_where(index), live, index))
    told: list[str] = []
    for where, holder, wanted in holders:
        warm = holder.warm_throughput
        if warm is None or warm.status not in ("ACTIVE", None):
            continue
        found, units = (
            (warm.read, warm.write),
            units_of(wanted.get("WarmThroughput"), WARM),
        )
        colder = any(
            asked is not None and (now or 0) < asked
            for now, asked in zip(found, units, strict=True)
        )
        if colder and "WarmThroughput" not in ignore:
            told.append(f"{where}warm throughput is {found}, less than {units}")
    return told


def _lost(
    index: Members, state: TableState, live: IndexState | VectorIndexState | None
) -> list[str]:
    where = _where(index)
    if live is not None:
        return [f"{where}it is being deleted"] if live.status == "DELETING" else []
    for kind, there in (
        ("global", state.indexes),
        ("local", state.local_indexes),
        ("vector", state.vector_indexes),
    ):
        if index["IndexName"] in there:
            return [f"{where}it is a {kind} index"]
    return [f"{where}it does not exist"]


def _key_difference(what: str, live: KeySchema, schema: Sequence[Members]) -> list[str]:
    wanted = KeySchema.parse(schema)
    return _other(what, _key(live), _key(wanted))


def _key(schema: KeySchema) -> str:
    parts = (("HASH", schema.partition), ("RANGE", schema.sort))
    return _listed(f"{name} ({kind})" for kind, names in parts for name in names)


def _projection_difference(where: str, live: Projection, wanted: Members) -> list[str]:
    return _other(
        f"{where}projection", _projection(live), _projection(Projection.parse(wanted))
    )


def _projection(projection: Projection) -> str:
    names = sorted(set(projection.attributes))
    return projection.type + (f" ({', '.join(names)})" if names else "")


def _other(what: str, live: object, wanted: object) -> list[str]:
    return [] if live == wanted else [f"{what} is {live}, not {wanted}"]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _where(index: Members) -> str:
    return f"index {index['IndexName']}: "


if TYPE_CHECKING:
    Comparison: TypeAlias = Callable[[TableState, Members, Collection[str]], list[str]]

_COMPARISONS: Mapping[str, Comparison] = {
    "KeySchema": _keys,
    "AttributeDefinitions": _types,
    "GlobalSecondaryIndexes": _global,
    "LocalSecondaryIndexes": _local,
    "VectorIndexes": _vector,
}
_BILLING = ("BillingMode", "ProvisionedThroughput", "OnDemandThroughput")
_SETTINGS: Mapping[str, Callable[[TableState, Any], list[str]]] = {
    "StreamSpecification": _stream,
    "SSESpecification": _encryption,
    "TableClass": _class,
    "DeletionProtectionEnabled": _protection,
}
