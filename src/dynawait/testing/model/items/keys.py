"""Keys of items: the table's, and those of its indexes.

An item that breaks the rules of an index is left out of it while it builds, and refused
once it is ACTIVE: developer guide, "Detecting and correcting index key violations in
DynamoDB". Texts are those that the API reference lists or that public reports show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..refusals import ServiceFault, invalid, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..tables import Table
    from .values import Value

_MOST = {"HASH": 2048, "RANGE": 1024}
_EMPTY = ("", b"")


def key_names(table: Table) -> list[str]:
    """Return the names of the table's key attributes."""
    return [key["AttributeName"] for key in table.key_schema]


def check_key(table: Table, key: Mapping[str, Value]) -> None:
    """Refuse what is not exactly a key of the table.

    Raises:
        ServiceFault: ValidationException.
    """
    kinds = {name: next(iter(value)) for name, value in key.items()}
    if kinds != {name: table.attribute_types[name] for name in key_names(table)}:
        raise refuse("The provided key element does not match the schema")
    _check_contents(table, key)


def check_item(table: Table, item: Mapping[str, Value]) -> None:
    """Refuse an item without the table's key, or with one that an index cannot take.

    Raises:
        ServiceFault: ValidationException.
    """
    for name in key_names(table):
        if name not in item:
            raise invalid(f"Missing the key {name} in the item")
        expected, actual = table.attribute_types[name], next(iter(item[name]))
        if actual != expected:
            problem = f"Type mismatch for key {name} expected: {expected} actual:"
            raise invalid(f"{problem} {actual}")
    _check_contents(table, item)
    for index, name, role in _index_keys(table):
        if name not in item:
            continue
        expected, (actual, content) = table.attribute_types[name], _parts(item[name])
        if actual != expected:
            problem = f"Type mismatch for Index Key {name} Expected: {expected} Actual:"
            raise invalid(f"{problem} {actual} IndexName: {index}")
        if content in _EMPTY:
            kind = "string" if actual == "S" else "binary"
            text = "One or more parameter values are not valid. A value specified for a"
            text += " secondary index key is not supported. The AttributeValue for a"
            text += f" key attribute cannot contain an empty {kind} value."
            raise refuse(f"{text} IndexName: {index}, IndexKey: {name}")
        if _size(content) > _MOST[role]:
            # The same bound as the table's own keys have; its text is a guess.
            raise _too_long(role)


def check_updated(
    table: Table, old: Mapping[str, Value], new: Mapping[str, Value]
) -> None:
    """Refuse an update that leaves an item which an index cannot take.

    What broke an index's rules before, and was not touched, may stay.

    Raises:
        ServiceFault: ValidationException.
    """
    for _, name, role in _index_keys(table):
        if name not in new or new[name] == old.get(name):
            continue
        kind, content = _parts(new[name])
        text = "The update expression attempted to update the secondary index key"
        if kind != table.attribute_types[name]:
            raise refuse(f"{text} to unsupported type")
        if content in _EMPTY:
            noun = "string" if kind == "S" else "binary"
            head = "One or more parameter values are not valid. The update expression"
            head += " attempted to update a secondary index key to a value that is not"
            head += " supported. The AttributeValue for a key attribute cannot contain"
            raise refuse(f"{head} an empty {noun} value.")
        if _size(content) > _MOST[role]:
            raise refuse(f"{text} beyond allowed size limits")


def belongs(
    table: Table, schema: list[dict[str, str]], item: Mapping[str, Any]
) -> bool:
    """Tell whether an item is in an index with this key schema.

    Args:
        table: the table.
        schema: the index's key schema.
        item: attributes by name, as moto keeps them.
    """
    for key in schema:
        value = item.get(key["AttributeName"])
        if value is None or value.type != table.attribute_types[key["AttributeName"]]:
            return False
        if value.value in _EMPTY or _size(value.value) > _MOST[key["KeyType"]]:
            return False
    return True


def _check_contents(table: Table, item: Mapping[str, Value]) -> None:
    for key in table.key_schema:
        name = key["AttributeName"]
        kind, content = _parts(item[name])
        if content in _EMPTY:
            noun = "string" if kind == "S" else "binary"
            text = "One or more parameter values are not valid. The AttributeValue for"
            text += f" a key attribute cannot contain an empty {noun} value."
            raise refuse(f"{text} Key: {name}")
        if _size(content) > _MOST[key["KeyType"]]:
            raise _too_long(key["KeyType"])


def _too_long(role: str) -> ServiceFault:
    if role == "HASH":
        # The missing blank is the service's own.
        text = "Size of hashkey has exceeded the maximum size limit of"
        return invalid(f"{text}{_MOST[role]} bytes")
    text = "Aggregated size of all range keys has exceeded the size limit of"
    return invalid(f"{text} {_MOST[role]} bytes")


def _index_keys(table: Table) -> Iterator[tuple[str, str, str]]:
    """Return index, attribute and role of each key that items must obey."""
    for local in table.local_indexes:
        for key in local["KeySchema"]:
            yield local["IndexName"], key["AttributeName"], key["KeyType"]
    for index in table.indexes.values():
        if table.under_way("allocate", "backfill", "index-delete", index=index.name):
            continue
        for key in index.key_schema:
            yield index.name, key["AttributeName"], key["KeyType"]


def _parts(value: Value) -> tuple[str, Any]:
    return next(iter(value.items()))


def _size(content: Any) -> int:
    return len(content) if isinstance(content, bytes) else len(content.encode())
