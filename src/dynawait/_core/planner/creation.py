"""What a CreateTable asks for, and what is wrong with it whatever tables there are.

Sources: API reference, CreateTable; developer guide, "Service quotas"; refusals as
measured on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import InvalidArgumentError
from ..subject import checked_table
from .attachments import policy_problems, tag_problems
from .forms import CREATE_TABLE, limit_problems, type_problems
from .shapes import (
    KEYS_OF_ONE_KIND,
    MOST_INDEXES,
    MOST_LOCAL_INDEXES,
    MOST_VECTOR_INDEXES,
    capacity_problems,
    caps_problems,
    clash_problems,
    definition_problems,
    dimension_problems,
    encryption_problems,
    is_on_demand,
    key_names,
    key_problems,
    mode_problems,
    name_problems,
    new_warmth_problems,
    projected_problems,
    projection_problems,
    settings_mode_problems,
    stream_problems,
    unused_problems,
    vector_attribute,
    vector_problems,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    Members: TypeAlias = Mapping[str, Any]

_GLOBAL = "GlobalSecondaryIndexes"
_LOCAL = "LocalSecondaryIndexes"
_VECTORS = "VectorIndexes"


def creation_problems(
    request: Members, *, max_indexes: int = MOST_INDEXES
) -> list[str]:
    """Say everything that is wrong with a CreateTable.

    Where a value is of the wrong type, that alone is said: the rest cannot be read.

    Args:
        request: its parameters, without nulls.
        max_indexes: how many global secondary indexes the account allows on a table.
    """
    problems = name_problems(request, CREATE_TABLE.members)
    unreadable = type_problems(request, CREATE_TABLE)
    if unreadable:
        return problems + unreadable
    problems += limit_problems(request, CREATE_TABLE)
    problems += _table_name_problems(request["TableName"])
    if "GlobalTableSourceArn" not in request:
        # A replica in another account takes its keys from the table that it copies.
        missing = [
            f"{name} is missing: a table needs it"
            for name in ("AttributeDefinitions", "KeySchema")
            if name not in request
        ]
        problems += missing or [
            *_attribute_problems(request),
            *_schema_problems(request),
            *_throughput_problems(request),
        ]
    problems += _count_problems(request, max_indexes)
    problems += _index_problems(request)
    problems += stream_problems(request.get("StreamSpecification"))
    problems += encryption_problems(request.get("SSESpecification"))
    problems += settings_mode_problems(
        request.get("GlobalTableSettingsReplicationMode")
    )
    problems += tag_problems(request.get("Tags"))
    problems += policy_problems(request.get("ResourcePolicy"))
    return list(dict.fromkeys(problems))


def indexes_of(request: Members, member: str) -> Sequence[Members]:
    """Return the indexes of one kind that a CreateTable names."""
    indexes: Sequence[Members] = request.get(member) or ()
    return indexes


def _table_name_problems(name: str) -> list[str]:
    try:
        checked_table(name)
    except InvalidArgumentError as error:
        return [f"TableName: {error.problem}"]
    return []


def _attribute_problems(request: Members) -> list[str]:
    definitions = request["AttributeDefinitions"]
    needed = {"KeySchema": key_names(request["KeySchema"])}
    for index in (*indexes_of(request, _GLOBAL), *indexes_of(request, _LOCAL)):
        who = f"index {index['IndexName']}"
        needed[who] = [*needed.get(who, []), *key_names(index["KeySchema"])]
    used = {name for names in needed.values() for name in names}
    for vector in indexes_of(request, _VECTORS):
        # The vector must not be defined at all, which is a problem of its own.
        used |= {*key_names(vector.get("SearchSchema") or ()), vector_attribute(vector)}
    return definition_problems(definitions, needed) + unused_problems(definitions, used)


def _schema_problems(request: Members) -> list[str]:
    own = key_names(request["KeySchema"])
    problems = key_problems(request["KeySchema"], "KeySchema")
    for index in indexes_of(request, _GLOBAL):
        where = f"index {index['IndexName']}"
        problems += key_problems(index["KeySchema"], where, each=KEYS_OF_ONE_KIND)
    for index in indexes_of(request, _LOCAL):
        where, names = f"index {index['IndexName']}", key_names(index["KeySchema"])
        problems += key_problems(index["KeySchema"], where)
        if len(own) == 1:
            problem = "a table without a sort key has no local indexes"
            problems.append(f"{where}: {problem}; make it a global one")
        if own and names and names[0] != own[0]:
            problem = f"a local index has the HASH key of its table, {own[0]}"
            problems.append(f"{where}: {problem}, not {names[0]}")
        if len(names) == 1:
            problems.append(f"{where}: a local index needs a RANGE key")
    return problems


def _throughput_problems(request: Members) -> list[str]:
    on_demand = is_on_demand(request)
    holders: list[tuple[str, Members]] = [("", request)]
    holders += [
        (f"index {index['IndexName']}", index) for index in indexes_of(request, _GLOBAL)
    ]
    problems: list[str] = []
    for where, holder in holders:
        problems += mode_problems(holder, where, on_demand=on_demand)
        problems += capacity_problems(holder.get("ProvisionedThroughput"), where)
        caps = holder.get("OnDemandThroughput")
        problems += caps_problems(caps, where, on_demand=on_demand)
        problems += new_warmth_problems(holder, where, on_demand=on_demand)
    return problems


def _count_problems(request: Members, max_indexes: int) -> list[str]:
    problems: list[str] = []
    for member, most in (
        (_GLOBAL, max_indexes),
        (_LOCAL, MOST_LOCAL_INDEXES),
        (_VECTORS, MOST_VECTOR_INDEXES),
    ):
        count = len(indexes_of(request, member))
        if member in request and not count:
            problems.append(f"{member}: the list is empty; leave it out")
        if count > most:
            problems.append(f"{member}: a table has at most {most}, not {count}")
    return problems


def _index_problems(request: Members) -> list[str]:
    secondary = [*indexes_of(request, _GLOBAL), *indexes_of(request, _LOCAL)]
    vectors = indexes_of(request, _VECTORS)
    problems = clash_problems(index["IndexName"] for index in (*secondary, *vectors))
    for index in secondary:
        where = f"index {index['IndexName']}"
        problems += projection_problems(index["Projection"], where)
    problems += projected_problems(index["Projection"] for index in secondary)
    declared = key_names(request.get("AttributeDefinitions") or ())
    on_demand = is_on_demand(request)
    for vector in vectors:
        problems += vector_problems(vector, declared, on_demand=on_demand)
    sizes = [(vector_attribute(vector), vector["Dimensions"]) for vector in vectors]
    return problems + dimension_problems(sizes)
