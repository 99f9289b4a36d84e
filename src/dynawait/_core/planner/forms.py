"""What requests are made of: the types, members, lengths and choices of the API.

The forms are those of botocore's service model, with the bounds that botocore itself
does not check: the most, the choices and the patterns. A member that a form does not
know passes: a newer botocore may know it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from typing import TypeAlias

    Form: TypeAlias = "Text | Whole | Flag | Many | Group"

_LETTERS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
)
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Text:
    """A string; `named` ones have letters, digits and ``_.-`` only."""

    least: int = 0
    most: int | None = None
    choices: tuple[str, ...] = ()
    named: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer."""

    least: int | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean."""


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    of: Form
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A structure."""

    members: Mapping[str, Form] = field(default_factory=dict[str, "Form"])
    required: tuple[str, ...] = ()


def type_problems(value: Any, form: Form, where: str = "") -> list[str]:
    """Say which values are of the wrong type, and which members are missing.

    Where there are none of these, the request can be read by the other checks.
    """
    if isinstance(form, Group):
        return _structure_problems(value, form, where)
    if isinstance(form, Many):
        if not _is_list(value):
            return [_expected("a list", value, where)]
        return [
            problem
            for number, member in enumerate(value)
            for problem in type_problems(member, form.of, f"{where}[{number}]")
        ]
    if isinstance(form, Text):
        return [] if isinstance(value, str) else [_expected("a string", value, where)]
    if isinstance(form, Flag):
        fits = isinstance(value, bool)
        return [] if fits else [_expected("True or False", value, where)]
    whole = isinstance(value, int) and not isinstance(value, bool)
    return [] if whole else [_expected("a whole number", value, where)]


def limit_problems(value: Any, form: Form, where: str = "") -> list[str]:
    """Say which values are too short, too long, or none of the choices.

    Args:
        value: what has no `type_problems`.
        form: what it must be.
        where: the member that it is, for the messages.
    """
    if isinstance(form, Group):
        return [
            problem
            for name, member in value.items()
            if name in form.members
            for problem in limit_problems(
                member, form.members[name], _below(where, name)
            )
        ]
    if isinstance(form, Many):
        problems = _length_problems(value, form, "entries", where)
        for number, member in enumerate(value):
            problems += limit_problems(member, form.of, f"{where}[{number}]")
        return problems
    if isinstance(form, Text):
        return _text_problems(value, form, where)
    if isinstance(form, Whole) and form.least is not None and value < form.least:
        return [_expected(f"{form.least} or more", value, where)]
    return []


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _structure_problems(value: Any, form: Group, where: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [_expected("a dict", value, where)]
    members = cast("Mapping[str, Any]", value)
    problems = [
        f"{_below(where, name)} is missing: give it"
        for name in form.required
        if name not in members
    ]
    for name, member in members.items():
        if name in form.members:
            problems += type_problems(member, form.members[name], _below(where, name))
    return problems


def _text_problems(value: str, form: Text, where: str) -> list[str]:
    if form.choices:
        fits = value in form.choices
        return [] if fits else [_expected(" or ".join(form.choices), value, where)]
    problems = _length_problems(value, form, "characters", where)
    strange = sorted(set(value) - _LETTERS) if form.named else []
    if strange:
        what = f"letters, digits and _ . - only, without {''.join(strange)!r}"
        problems.append(_expected(what, value, where))
    return problems


def _length_problems(
    value: Sequence[Any], form: Text | Many, units: str, where: str
) -> list[str]:
    short = len(value) < form.least
    if not short and (form.most is None or len(value) <= form.most):
        return []
    bound = f"at least {form.least}" if short else f"at most {form.most}"
    return [f"{where}: expected {bound} {units}, got {len(value)}"]


def _expected(what: str, value: Any, where: str) -> str:
    if value is None:
        return f"{where}: expected {what}, got None; leave it out instead"
    shown = repr(value)
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}..."
    return f"{where}: expected {what}, got {shown}"


def _below(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


_INDEX = Text(3, 255, named=True)
_ATTRIBUTE = Text(1, 255)
_UNITS = ("ReadCapacityUnits", "WriteCapacityUnits")
_THROUGHPUT = Group({unit: Whole(1) for unit in _UNITS}, _UNITS)
_CAPS = Group({"MaxReadRequestUnits": Whole(), "MaxWriteRequestUnits": Whole()})
_WARM = Group({"ReadUnitsPerSecond": Whole(), "WriteUnitsPerSecond": Whole()})
_ATTRIBUTES = Many(
    Group(
        {"AttributeName": _ATTRIBUTE, "AttributeType": Text(choices=("S", "N", "B"))},
        ("AttributeName", "AttributeType"),
    )
)
_KEYS = Many(
    Group(
        {"AttributeName": _ATTRIBUTE, "KeyType": Text(choices=("HASH", "RANGE"))},
        ("AttributeName", "KeyType"),
    ),
    least=1,
)
_PROJECTION = Group(
    {
        "ProjectionType": Text(choices=("ALL", "KEYS_ONLY", "INCLUDE")),
        "NonKeyAttributes": Many(_ATTRIBUTE, 1, 20),
    }
)
_LOCAL_INDEX = Group(
    {"IndexName": _INDEX, "KeySchema": _KEYS, "Projection": _PROJECTION},
    ("IndexName", "KeySchema", "Projection"),
)
_LIMITS = {
    "ProvisionedThroughput": _THROUGHPUT,
    "OnDemandThroughput": _CAPS,
    "WarmThroughput": _WARM,
}
_NEW_INDEX = Group({**_LOCAL_INDEX.members, **_LIMITS}, _LOCAL_INDEX.required)
_SEARCH = Group(
    {
        "AttributeName": Text(0, 65_535),
        "SearchSchemaElementType": Text(choices=("HASH", "INLINE_FILTER")),
    },
    ("AttributeName", "SearchSchemaElementType"),
)
_NEW_VECTOR_INDEX = Group(
    {
        "IndexName": _INDEX,
        "VectorAttribute": Group({"AttributeName": _ATTRIBUTE}, ("AttributeName",)),
        "SearchSchema": Many(_SEARCH, least=1),
        "Projection": _PROJECTION,
        "Dimensions": Whole(1),
        "DistanceFunction": Text(choices=("COSINE", "DOT_PRODUCT", "EUCLIDEAN")),
    },
    ("IndexName", "VectorAttribute", "Projection", "Dimensions", "DistanceFunction"),
)
_CLASS = Text(choices=("STANDARD", "STANDARD_INFREQUENT_ACCESS"))
_STREAM = Group(
    {
        "StreamEnabled": Flag(),
        "StreamViewType": Text(
            choices=("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")
        ),
    },
    ("StreamEnabled",),
)
_ENCRYPTION = Group(
    {
        "Enabled": Flag(),
        "SSEType": Text(choices=("AES256", "KMS")),
        "KMSMasterKeyId": Text(),
    }
)
_COMMON: dict[str, Form] = {
    "TableName": Text(1, 1024),
    "AttributeDefinitions": _ATTRIBUTES,
    "BillingMode": Text(choices=("PROVISIONED", "PAY_PER_REQUEST")),
    **_LIMITS,
    "StreamSpecification": _STREAM,
    "SSESpecification": _ENCRYPTION,
    "TableClass": _CLASS,
    "DeletionProtectionEnabled": Flag(),
    "GlobalTableSettingsReplicationMode": Text(
        choices=("ENABLED", "DISABLED", "ENABLED_WITH_OVERRIDES")
    ),
}
CREATE_TABLE = Group(
    {
        **_COMMON,
        "KeySchema": _KEYS,
        "LocalSecondaryIndexes": Many(_LOCAL_INDEX),
        "GlobalSecondaryIndexes": Many(_NEW_INDEX),
        "VectorIndexes": Many(_NEW_VECTOR_INDEX),
        "ResourcePolicy": Text(),
        "GlobalTableSourceArn": Text(1, 1024),
        "Tags": Many(
            Group({"Key": Text(1, 128), "Value": Text(0, 256)}, ("Key", "Value"))
        ),
    },
    ("TableName",),
)
_NAMED = Group({"IndexName": _INDEX}, ("IndexName",))
_REGION = Group({"RegionName": Text()}, ("RegionName",))
_OVERRIDES = {
    "ProvisionedThroughputOverride": Group({"ReadCapacityUnits": Whole(1)}),
    "OnDemandThroughputOverride": Group({"MaxReadRequestUnits": Whole()}),
}
_REPLICA = Group(
    {
        "RegionName": Text(),
        "KMSMasterKeyId": Text(),
        **_OVERRIDES,
        "GlobalSecondaryIndexes": Many(
            Group({"IndexName": _INDEX, **_OVERRIDES}, ("IndexName",)), least=1
        ),
        "TableClassOverride": _CLASS,
    },
    ("RegionName",),
)
_LEAVING = Group(
    {
        "RegionName": Text(),
        "DisassociationMode": Text(choices=("WAIT_FOR_REPLICATION",)),
    },
    ("RegionName", "DisassociationMode"),
)
UPDATE_TABLE = Group(
    {
        **_COMMON,
        "GlobalSecondaryIndexUpdates": Many(
            Group(
                {
                    "Create": _NEW_INDEX,
                    "Update": Group({"IndexName": _INDEX, **_LIMITS}, ("IndexName",)),
                    "Delete": _NAMED,
                }
            )
        ),
        "VectorIndexUpdates": Many(
            Group({"Create": _NEW_VECTOR_INDEX, "Delete": _NAMED})
        ),
        "ReplicaUpdates": Many(
            Group(
                {
                    "Create": _REPLICA,
                    "Update": _REPLICA,
                    "Delete": _REGION,
                    "Disassociate": _LEAVING,
                }
            ),
            least=1,
        ),
        "MultiRegionConsistency": Text(choices=("EVENTUAL", "STRONG")),
        "GlobalTableWitnessUpdates": Many(
            Group({"Create": _REGION, "Delete": _REGION}), least=1, most=1
        ),
        "DisassociationProtectionEnabled": Flag(),
    },
    ("TableName",),
)
DELETE_TABLE = Group({"TableName": Text(1, 1024)}, ("TableName",))
