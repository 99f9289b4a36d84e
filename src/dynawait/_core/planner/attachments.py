"""What a new table takes along: its tags and its resource policy.

Sources: API reference, Tag and PutResourcePolicy; developer guide, "Resource-based
policy considerations"; refusals as measured on AWS. Of a policy only this is checked:
its size, its form, and that it does not open the table to everybody.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from .shapes import repeated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOST_TAGS = 50
_TAG = re.compile(r"[\w\s+\-=.:/@]*")
_LARGEST_POLICY = 20_480
_EVERYBODY = ("*", {"AWS": "*"})


def tag_problems(tags: Sequence[Mapping[str, str]] | None) -> list[str]:
    """Refuse tags that a table cannot have."""
    if not tags:
        return []
    keys = [tag["Key"] for tag in tags]
    problems = [f"a table has a key once: {key!r}" for key in repeated(keys)]
    if len(keys) > _MOST_TAGS:
        problems.append(f"a table has at most {_MOST_TAGS} tags, not {len(keys)}")
    problems += [
        f"keys that begin with aws: are AWS's own; use another than {key!r}"
        for key in keys
        if key.startswith("aws:")
    ]
    problems += [
        f"letters, digits, spaces and _ . : / = + - @ only, not {text!r}"
        for tag in tags
        for text in (tag["Key"], tag["Value"])
        if _TAG.fullmatch(text) is None
    ]
    return [f"Tags: {problem}" for problem in problems]


def policy_problems(policy: str | None) -> list[str]:
    """Refuse a text that is no resource policy."""
    if policy is None:
        return []
    problems = _size_problems(policy) or _document_problems(policy)
    return [f"ResourcePolicy: {problem}" for problem in problems]


def _size_problems(policy: str) -> list[str]:
    size = len(policy.encode(errors="replace"))
    if size <= _LARGEST_POLICY:
        return []
    return [f"at most {_LARGEST_POLICY:,} bytes, not {size:,}"]


def _document_problems(policy: str) -> list[str]:
    try:
        document: Any = json.loads(policy)
    except (ValueError, RecursionError):
        document = None
    if not _is_object(document):
        return ["expected a JSON object"]
    statements = [one for one in _several(document.get("Statement")) if one]
    if not statements:
        return ["Statement is empty; give at least one"]
    problems = [
        f"statement {number}: {problem}"
        for number, statement in enumerate(statements, 1)
        for problem in _statement_problems(statement)
    ]
    sids = [str(one["Sid"]) for one in statements if _is_object(one) and "Sid" in one]
    problems += [f"two statements have the Sid {sid!r}" for sid in repeated(sids)]
    return problems


def _statement_problems(statement: Any) -> list[str]:
    if not _is_object(statement):
        return [f"expected an object, got {statement!r}"]
    given: dict[str, Any] = statement
    problems = [
        f"{member} is missing: give it"
        for member in ("Effect", "Action", "Resource")
        if member not in given and f"Not{member}" not in given
    ]
    effect = str(_single(given.get("Effect"))).capitalize()
    if effect not in ("Allow", "Deny"):
        problems.append(f"Effect is Allow or Deny, not {given.get('Effect')!r}")
    if "Principal" not in given:
        return problems
    principal = given["Principal"]
    if _is_object(principal):
        named = principal.items()
        principal = {kind: _single(_distinct(some)) for kind, some in named}
    elif principal != "*":
        problems.append(f'Principal is "*" or an object, not {principal!r}')
    if effect == "Allow" and principal in _EVERYBODY:
        problems.append("it allows everybody something; name who is allowed")
    return problems


def _single(value: Any) -> Any:
    several = _several(value)
    return several[0] if len(several) == 1 else value


def _distinct(value: Any) -> list[str]:
    return list(dict.fromkeys(str(one) for one in _several(value)))


def _several(value: Any) -> list[Any]:
    return [*value] if _is_list(value) else [value]


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)
