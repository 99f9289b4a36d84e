"""Checks that requests to create and to update tables share.

Each takes a part of a request that has the right form (see `forms`) and returns what is
wrong with it, a sentence each: the parameter, the rule, and what to do.

Sources: API reference, CreateTable and UpdateTable; developer guide, "Service quotas",
"Global secondary indexes" and "Working with vector indexes"; refusals as measured on
AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

KEYS_OF_ONE_KIND = 4
MOST_INDEXES = 20
MOST_LOCAL_INDEXES = 5
MOST_VECTOR_INDEXES = 5
MOST_PROJECTED = 100
MOST_UNITS = 40_000
_MOST_DIMENSIONS = 4_096
_CLEARED = -1
# What a table or index on demand can serve from the beginning.
FIRST_WARMTH = (12_000, 4_000)
_ALIKE = 0.9
CAPACITY = ("ReadCapacityUnits", "WriteCapacityUnits")
CAPS = ("MaxReadRequestUnits", "MaxWriteRequestUnits")
WARM = ("ReadUnitsPerSecond", "WriteUnitsPerSecond")


def name_problems(names: Iterable[str], known: Collection[str]) -> list[str]:
    """Refuse unknown parameters that are nearly known ones.

    Any other unknown one passes: a newer botocore may know it.
    """
    from difflib import get_close_matches

    problems: list[str] = []
    for name in names:
        if name not in known:
            alike = get_close_matches(name, known, 1, _ALIKE)
            problems += [f"{name}: no such parameter; did you mean {n}?" for n in alike]
    return problems


def is_on_demand(request: Mapping[str, Any]) -> bool:
    """Tell whether a CreateTable asks for a table on demand."""
    return request.get("BillingMode") == "PAY_PER_REQUEST"


def key_names(schema: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the attributes of a key schema, in order."""
    return [element["AttributeName"] for element in schema]


def key_problems(
    schema: Sequence[Mapping[str, Any]], where: str, *, each: int = 1
) -> list[str]:
    """Refuse a key schema that is out of order, or has too many keys of one kind.

    Args:
        schema: the KeySchema.
        where: whose it is, ``"KeySchema"`` or ``"index by-email"``.
        each: how many attributes it may have of either kind; 4 for a global index.
    """
    problems: list[str] = []
    kinds = [element["KeyType"] for element in schema]
    if kinds[:1] == ["RANGE"] or kinds != sorted(kinds):
        problems.append(f"{where}: the HASH keys come first, then the RANGE keys")
    problems += [
        f"{where}: at most {each} {kind} key{'s' if each > 1 else ''}, "
        f"not {kinds.count(kind)}"
        for kind in ("HASH", "RANGE")
        if kinds.count(kind) > each
    ]
    twice = repeated(key_names(schema))
    if twice:
        problems.append(f"{where}: a key has an attribute once: {', '.join(twice)}")
    return problems


def definition_problems(
    definitions: Iterable[Mapping[str, Any]], used: Mapping[str, Iterable[str]]
) -> list[str]:
    """Refuse attributes that are defined twice, and keys that are not defined.

    Args:
        definitions: the AttributeDefinitions.
        used: the attributes that need a definition, by who needs it:
            ``{"KeySchema": ["pk"], "index by-email": ["email"]}``.
    """
    names = key_names(definitions)
    return [
        f"AttributeDefinitions: {name} is defined twice; define it once"
        for name in repeated(names)
    ] + [
        f"AttributeDefinitions: {name} is not defined; {who} needs it"
        for who, attributes in used.items()
        for name in dict.fromkeys(attributes)
        if name not in names
    ]


def unused_problems(
    definitions: Iterable[Mapping[str, Any]], used: Collection[str]
) -> list[str]:
    """Refuse attributes that no key uses; CreateTable does, UpdateTable does not."""
    return [
        f"AttributeDefinitions: {name} is in no key; only key attributes are defined"
        for name in dict.fromkeys(key_names(definitions))
        if name not in used
    ]


def projection_problems(projection: Mapping[str, Any], where: str) -> list[str]:
    """Refuse a projection whose type and attributes do not go together."""
    kind = projection.get("ProjectionType")
    listed: Sequence[str] | None = projection.get("NonKeyAttributes")
    where = f"{where}: Projection"
    if kind is None:
        return [f"{where}: ProjectionType is missing: give ALL, KEYS_ONLY or INCLUDE"]
    if kind == "INCLUDE" and listed is None:
        return [f"{where}: INCLUDE needs NonKeyAttributes"]
    problems: list[str] = []
    if kind != "INCLUDE" and listed is not None:
        problems.append(f"{where}: NonKeyAttributes goes with INCLUDE only, not {kind}")
    twice = repeated(listed or ())
    if twice:
        problems.append(f"{where}: NonKeyAttributes names twice: {', '.join(twice)}")
    return problems


def projected_problems(projections: Iterable[Mapping[str, Any]]) -> list[str]:
    """Refuse more projected attributes than the indexes of a table may have together.

    An attribute counts once for each index that it is projected into by name.
    """
    count = sum(len(each.get("NonKeyAttributes") or ()) for each in projections)
    if count <= MOST_PROJECTED:
        return []
    problem = f"at most {MOST_PROJECTED} in all indexes together, not {count}"
    return [f"NonKeyAttributes: {problem}; ALL counts for none"]


def clash_problems(names: Iterable[str]) -> list[str]:
    """Refuse a name that two indexes have, of whatever kind."""
    return [
        f"index {name}: two indexes have this name; use another"
        for name in repeated(names)
    ]


def mode_problems(
    holder: Mapping[str, Any], where: str, *, on_demand: bool
) -> list[str]:
    """Refuse throughput that does not go with the billing mode.

    Args:
        holder: a CreateTable, or the definition of an index.
        where: whose throughput it is; empty for the table.
        on_demand: whether the table will be PAY_PER_REQUEST.
    """
    given = holder.get("ProvisionedThroughput") is not None
    if given != on_demand:
        return []
    what = _named("ProvisionedThroughput", where)
    if given:
        return [f"{what}: a PAY_PER_REQUEST table takes none; leave it out"]
    advice = "give it, or BillingMode PAY_PER_REQUEST"
    return [f"{what} is missing: a PROVISIONED table needs it; {advice}"]


def capacity_problems(throughput: Mapping[str, Any] | None, where: str) -> list[str]:
    """Refuse more provisioned capacity than one table or index may have."""
    what = _named("ProvisionedThroughput", where)
    return [
        f"{what}: {member} is at most {MOST_UNITS:,}, not {wanted:,}; Service Quotas "
        "can raise the limit"
        for member, wanted in zip(CAPACITY, units_of(throughput, CAPACITY), strict=True)
        if wanted is not None and wanted > MOST_UNITS
    ]


def caps_problems(
    caps: Mapping[str, Any] | None, where: str, *, on_demand: bool, clears: bool = False
) -> list[str]:
    """Refuse caps of on-demand throughput that cannot be.

    Args:
        caps: the OnDemandThroughput.
        where: whose it is; empty for the table.
        on_demand: whether the table is, or will be, PAY_PER_REQUEST.
        clears: whether -1 takes a cap away, as UpdateTable has it.
    """
    what = _named("OnDemandThroughput", where)
    problems: list[str] = []
    for member, wanted in zip(CAPS, units_of(caps, CAPS), strict=True):
        if wanted is None:
            continue
        if not on_demand:
            problem = "a PROVISIONED table has no caps; leave it out"
            problems.append(f"{what}: {member}: {problem}")
        elif not 1 <= wanted <= MOST_UNITS and not (clears and wanted == _CLEARED):
            least = "-1 (no cap) or 1" if clears else "1"
            bounds = f"{least} to {MOST_UNITS:,}"
            problems.append(f"{what}: {member} is {bounds}, not {wanted:,}")
    return problems


def new_warmth_problems(
    holder: Mapping[str, Any], where: str, *, on_demand: bool
) -> list[str]:
    """Refuse a warm throughput below what a new table or index starts with.

    Args:
        holder: a CreateTable, or the definition of a new index.
        where: whose warm throughput it is; empty for the table.
        on_demand: whether the table will be PAY_PER_REQUEST.
    """
    capacity = units_of(holder.get("ProvisionedThroughput"), CAPACITY)
    bounds = FIRST_WARMTH if on_demand else capacity
    wanted = units_of(holder.get("WarmThroughput"), WARM)
    what = _named("WarmThroughput", where)
    return [
        f"{what}: {member} is at least {bound or 0:,}, which it starts with, not "
        f"{units:,}"
        for member, units, bound in zip(WARM, wanted, bounds, strict=True)
        if units is not None and units < (bound or 0)
    ]


def stream_problems(stream: Mapping[str, Any] | None) -> list[str]:
    """Refuse a stream that is on without a view type, or off with one."""
    if stream is None:
        return []
    viewed = stream.get("StreamViewType") is not None
    if stream["StreamEnabled"] == viewed:
        return []
    if viewed:
        problem = "StreamViewType goes with StreamEnabled=True only; leave it out"
    else:
        problem = "StreamEnabled=True needs StreamViewType"
    return [f"StreamSpecification: {problem}"]


def encryption_problems(encryption: Mapping[str, Any] | None) -> list[str]:
    """Refuse settings of the encryption that contradict each other."""
    asked: Mapping[str, Any] = encryption or {}
    kind, keyed = asked.get("SSEType"), asked.get("KMSMasterKeyId") is not None
    problems: list[str] = []
    if kind == "AES256":
        problems.append("SSEType AES256 is not supported; use KMS")
    elif not asked.get("Enabled"):
        problems += [
            f"{name} goes with Enabled=True only; leave it out"
            for name in ("SSEType", "KMSMasterKeyId")
            if asked.get(name) is not None
        ]
    elif keyed and kind is None:
        problems.append("KMSMasterKeyId needs SSEType KMS")
    return [f"SSESpecification: {problem}" for problem in problems]


def settings_mode_problems(mode: str | None) -> list[str]:
    """Refuse the mode that only tables with replicas have, and have by themselves."""
    if mode != "ENABLED_WITH_OVERRIDES":
        return []
    problem = "DynamoDB sets ENABLED_WITH_OVERRIDES itself; use ENABLED or DISABLED"
    return [f"GlobalTableSettingsReplicationMode: {problem}"]


def vector_problems(
    index: Mapping[str, Any], declared: Collection[str], *, on_demand: bool
) -> list[str]:
    """Refuse a vector index that cannot be.

    Args:
        index: its definition.
        declared: the names in the AttributeDefinitions.
        on_demand: whether the table is, or will be, PAY_PER_REQUEST.
    """
    where, attribute = f"vector index {index['IndexName']}", vector_attribute(index)
    problems = projection_problems(index["Projection"], where)
    if not on_demand:
        problems.append(f"{where}: the table must be PAY_PER_REQUEST: see BillingMode")
    if index["Dimensions"] > _MOST_DIMENSIONS:
        problem = f"1 to {_MOST_DIMENSIONS:,}, not {index['Dimensions']:,}"
        problems.append(f"{where}: Dimensions is {problem}")
    problems += [
        f"AttributeDefinitions: {name} is not defined; {where} needs it"
        for name in dict.fromkeys(key_names(index.get("SearchSchema") or ()))
        if name not in declared
    ]
    if attribute in declared:
        problem = f"the VectorAttribute {attribute} must not be in AttributeDefinitions"
        problems.append(f"{where}: {problem}; take it out")
    return problems


def dimension_problems(sizes: Iterable[tuple[str, Any]]) -> list[str]:
    """Refuse two sizes of one vector attribute.

    Args:
        sizes: the attribute and the dimensions of each vector index of the table.
    """
    return [
        f"VectorIndexes: all indexes on {attribute} have the same Dimensions"
        for attribute in repeated(name for name, _ in dict.fromkeys(sizes))
    ]


def vector_attribute(index: Mapping[str, Any]) -> str:
    """Return the attribute that a vector index is on."""
    return str(index["VectorAttribute"]["AttributeName"])


def repeated(names: Iterable[str]) -> list[str]:
    """Return what is there more than once, in order, once each."""
    several = list(names)
    return [name for name in dict.fromkeys(several) if several.count(name) > 1]


def units_of(
    members: Mapping[str, Any] | None, names: tuple[str, str]
) -> tuple[int | None, int | None]:
    """Return the read and the write units of a request; None where it names none."""
    given: Mapping[str, Any] = members or {}
    return given.get(names[0]), given.get(names[1])


def _named(parameter: str, where: str) -> str:
    return f"{where}: {parameter}" if where else parameter
