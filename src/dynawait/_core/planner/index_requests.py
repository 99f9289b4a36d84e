"""What an UpdateTable asks of indexes, as changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...changes import (
    CreateIndex,
    CreateVectorIndex,
    DeleteIndex,
    DeleteVectorIndex,
    UpdateIndex,
)
from ...errors import InvalidArgumentError
from .shapes import (
    KEYS_OF_ONE_KIND,
    definition_problems,
    key_names,
    key_problems,
    projection_problems,
    vector_problems,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...changes import Change
    from .parts import Draft

_FAMILIES = (
    ("GlobalSecondaryIndexUpdates", ("Create", "Update", "Delete")),
    ("VectorIndexUpdates", ("Create", "Delete")),
)


def index_changes(draft: Draft) -> Iterator[Change]:
    """Yield the index changes of a request, and note those that cannot be."""
    definitions = draft.request.get("AttributeDefinitions") or ()
    types: dict[str, str] = {}
    for each in definitions:
        name, kind = each["AttributeName"], each["AttributeType"]
        if types.setdefault(name, kind) != kind:
            problem = f"{name} is defined as {types[name]} and as {kind}"
            draft.problems.add(f"AttributeDefinitions: {problem}; define it once")
    for family, actions in _FAMILIES:
        updates = draft.request.get(family)
        if updates is not None and not updates:
            draft.problems.add(f"{family}: the list is empty; leave it out")
        for update in updates or ():
            asked = [name for name in actions if update.get(name) is not None]
            if len(asked) != 1:
                draft.problems.add(f"{family}: each has one of {', '.join(actions)}")
                continue
            change = _change(draft, family, asked[0], update[asked[0]], types)
            if change is not None:
                yield change


def _change(
    draft: Draft,
    family: str,
    action: str,
    members: Mapping[str, Any],
    types: Mapping[str, str],
) -> Change | None:
    """Return one change; None where it cannot be one."""
    vector = family == "VectorIndexUpdates"
    if action == "Delete":
        return (DeleteVectorIndex if vector else DeleteIndex)(members["IndexName"])
    if action == "Create":
        check = _vector_problems if vector else _problems
        found = check(members, types)
        draft.problems.extend(found)
        if found:
            return None
    try:
        if action == "Update":
            return UpdateIndex.parse(members)
        return (CreateVectorIndex if vector else CreateIndex).parse(members, types)
    except InvalidArgumentError as error:
        draft.problems.add(f"{family}: index {members['IndexName']}: {error}")
        return None


def _problems(members: Mapping[str, Any], types: Mapping[str, str]) -> list[str]:
    """Say what is wrong with a new global index, whatever the table."""
    where, schema = f"index {members['IndexName']}", members["KeySchema"]
    declared = [{"AttributeName": name} for name in types]
    return [
        *key_problems(schema, where, each=KEYS_OF_ONE_KIND),
        *projection_problems(members["Projection"], where),
        *definition_problems(declared, {where: key_names(schema)}),
    ]


def _vector_problems(members: Mapping[str, Any], types: Mapping[str, str]) -> list[str]:
    """Say what is wrong with a new vector index, whatever the table."""
    return vector_problems(members, types, on_demand=True)
