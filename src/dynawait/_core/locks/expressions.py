"""DynamoDB's expressions for what a change asks and does: the one place for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .store import LINE, Absent, Exact, First, Free, Join, Leave

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .store import AttributeValue, Change, Condition, Queueing


class Terms:
    """The names and values of one request, each under a placeholder of its own."""

    __slots__ = ("names", "values")

    def __init__(self) -> None:
        """Start without any."""
        self.names: dict[str, str] = {}
        self.values: dict[str, AttributeValue] = {}

    def name(self, attribute: str) -> str:
        """Return the placeholder of an attribute."""
        for placeholder, known in self.names.items():
            if known == attribute:
                return placeholder
        placeholder = f"#n{len(self.names)}"
        self.names[placeholder] = attribute
        return placeholder

    def value(self, value: AttributeValue) -> str:
        """Return a placeholder for a value."""
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = value
        return placeholder

    def members(self) -> dict[str, Any]:
        """Return the members of a request that define them; empty ones are refused."""
        members: dict[str, Any] = {}
        if self.names:
            members["ExpressionAttributeNames"] = self.names
        if self.values:
            members["ExpressionAttributeValues"] = self.values
        return members


class Columns:
    """The attributes of a table that conditions are about.

    Attributes:
        partition_key: always there where there is a row.
        version: what changes with every sign of life.
        released: the attributes of a released row; empty where it is deleted.
        token: the fencing token; None where there is none.
        owner: the owner's name; None where there is none.
    """

    __slots__ = ("owner", "partition_key", "released", "token", "version")

    def __init__(
        self,
        *,
        partition_key: str,
        version: str,
        released: Mapping[str, AttributeValue],
        token: str | None,
        owner: str | None,
    ) -> None:
        """Take the names."""
        self.partition_key: str = partition_key
        self.version: str = version
        self.released: Mapping[str, AttributeValue] = released
        self.token: str | None = token
        self.owner: str | None = owner


def condition_of(columns: Columns, change: Change, terms: Terms) -> str:
    """Return the condition expression of a change."""
    parts = [_state(columns, change.condition, terms)]
    if change.line is not None:
        parts += _line(change.line, terms)
    return " AND ".join(parts)


def update_of(columns: Columns, change: Change, terms: Terms) -> str:
    """Return the update expression of a change."""
    sets = [
        f"{terms.name(name)} = {terms.value(value)}"
        for name, value in change.set.items()
    ]
    removes = [terms.name(name) for name in change.remove]
    if change.tokens and columns.token is not None:
        token = terms.name(columns.token)
        seed = terms.value({"N": str(change.seed)})
        count = terms.value({"N": str(change.tokens)})
        sets.append(f"{token} = if_not_exists({token}, {seed}) + {count}")
    match change.line:
        case First(names) if names:
            line = terms.name(LINE)
            removes += [f"{line}[{place}]" for place in range(len(names))]
        case Leave(_, place):
            removes.append(f"{terms.name(LINE)}[{place}]")
        case Join(name):
            line, nobody = terms.name(LINE), terms.value({"L": []})
            me = terms.value({"L": [{"S": name}]})
            sets.append(f"{line} = list_append(if_not_exists({line}, {nobody}), {me})")
        case _:
            pass
    update = f"SET {', '.join(sets)}" if sets else ""
    return f"{update} REMOVE {', '.join(removes)}".strip() if removes else update


def _state(columns: Columns, condition: Condition, terms: Terms) -> str:
    if isinstance(condition, Exact):
        return _exact(columns, condition, terms)
    if isinstance(condition, Absent | Free):
        absent = f"attribute_not_exists({terms.name(columns.partition_key)})"
        if isinstance(condition, Absent):
            return absent
        marks = [
            f"{terms.name(name)} = {terms.value(value)}"
            for name, value in columns.released.items()
        ]
        return f"({absent} OR {' AND '.join(marks)})" if marks else absent
    versions = ", ".join(terms.value({"S": version}) for version in condition.versions)
    parts = [f"{terms.name(columns.version)} IN ({versions})"]
    for name, value in columns.released.items():
        mark = terms.name(name)
        parts.append(
            f"(attribute_not_exists({mark}) OR {mark} <> {terms.value(value)})"
        )
    return " AND ".join(parts)


def _exact(columns: Columns, condition: Exact, terms: Terms) -> str:
    parts = [f"attribute_exists({terms.name(columns.partition_key)})"]
    for name, value in condition.attributes.items():
        placeholder = terms.name(name)
        if value is None:
            parts.append(f"attribute_not_exists({placeholder})")
        else:
            parts.append(f"{placeholder} = {terms.value(value)}")
    return " AND ".join(parts)


def _line(line: Queueing, terms: Terms) -> list[str]:
    name = terms.name(LINE)
    match line:
        case Join(me):
            mine = terms.value({"S": me})
            return [f"(attribute_not_exists({name}) OR NOT contains({name}, {mine}))"]
        case Leave(me, place):
            return [f"{name}[{place}] = {terms.value({'S': me})}"]
        case First(()):
            nobody = terms.value({"N": "0"})
            return [f"(attribute_not_exists({name}) OR size({name}) = {nobody})"]
        case First(names):
            return [
                f"{name}[{place}] = {terms.value({'S': first})}"
                for place, first in enumerate(names)
            ]
