"""Attribute values: what a client may send, and what it gets back.

Sources: API reference, AttributeValue; developer guide, "Supported data types and
naming rules in Amazon DynamoDB" and "Constraints in Amazon DynamoDB". Binary values are
bytes in here; text in their place is base64, as over HTTP.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias, cast

from ..refusals import ServiceFault, invalid, refuse
from ..shapes import Flag, Group, Many, Text

Value: TypeAlias = dict[str, Any]

_SETS = {"SS": ("S", "string"), "NS": ("N", "number"), "BS": ("B", "binary")}
_KINDS = frozenset({"S", "N", "B", "BOOL", "NULL", "M", "L", *_SETS})
_MOST_LEVELS = 32
_MOST_DIGITS = 38
_LARGEST, _SMALLEST = 125, -130
_TEXT, _FLAG, _GROUP, _MANY = Text(), Flag(), Group(), Many(Group())


def read_item(members: Mapping[str, Any]) -> dict[str, Value]:
    """Return attributes as they are stored.

    Raises:
        ServiceFault: SerializationException or ValidationException.
    """
    return {name: read_value(value) for name, value in members.items()}


def read_value(value: Any, level: int = 1) -> Value:
    """Return a value as it is stored: numbers in their shortest form, binary as bytes.

    Raises:
        ServiceFault: SerializationException or ValidationException.
    """
    _GROUP.check(value, "", [])
    if level > _MOST_LEVELS:
        raise refuse("Nesting Levels have exceeded supported limits")
    given = [kind for kind in value if kind in _KINDS and value[kind] is not None]
    if len(given) != 1:
        state = "has more than one datatypes set" if given else "is empty"
        text = f"Supplied AttributeValue {state}, must contain exactly one of the"
        raise refuse(f"{text} supported datatypes")
    kind = given[0]
    return {kind: _content(kind, value[kind], level)}


def plain(value: Any) -> Any:
    """Return what moto says as what the API would say.

    Its own objects become attribute values, numbers take their shortest form, and sets,
    which have no order, are sorted: a seed must tell what a simulation does.
    """
    kind = getattr(value, "type", None)
    if isinstance(kind, str):
        return plain({kind: value.value})
    if isinstance(value, Mapping):
        members = cast("Mapping[str, Any]", value)
        if len(members) == 1:
            number, several = members.get("N"), _ordered(members)
            if isinstance(number, str) and not number.isdigit():
                return {"N": shortest(Decimal(number))}
            if several is not None:
                return several
        return {name: plain(member) for name, member in members.items()}
    if isinstance(value, list):
        return [plain(member) for member in cast("list[object]", value)]
    return value


def shortest(number: Decimal) -> str:
    """Return a number as DynamoDB writes it: without exponent or needless zeros."""
    if not number:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ordered(members: Mapping[str, Any]) -> Value | None:
    """Return the value sorted if it is a set; None if it is none."""
    kind, content = next(iter(members.items()))
    if kind not in _SETS or not isinstance(content, (list, tuple, set)):
        return None
    of = cast("list[Any]", content)
    if kind == "NS":
        return {kind: [shortest(each) for each in sorted(map(Decimal, of))]}
    return {kind: sorted(of)}


def _content(kind: str, content: Any, level: int) -> Any:  # noqa: PLR0911 - a return each
    match kind:
        case "S":
            _TEXT.check(content, "", [])
            return content
        case "N":
            return _number(content)
        case "B":
            return _binary(content)
        case "BOOL" | "NULL":
            _FLAG.check(content, "", [])
            if kind == "NULL" and not content:
                raise invalid("Null attribute value types must have the value of true")
            return content
        case "M":
            _GROUP.check(content, "", [])
            members = cast("Mapping[str, Any]", content)
            return {name: read_value(each, level + 1) for name, each in members.items()}
        case "L":
            _MANY.check(content, "", [])
            return [read_value(each, level + 1) for each in content]
        case _:
            return _set(kind, content)


def _set(kind: str, content: Any) -> list[Any]:
    if isinstance(content, (str, bytes)) or not isinstance(content, Sequence):
        raise ServiceFault("SerializationException", "Unexpected field type")
    of, noun = _SETS[kind]
    members = [_content(of, member, 1) for member in cast("Sequence[object]", content)]
    if not members:
        # The article is the service's own.
        raise invalid(f"An {noun} set  may not be empty")
    if len(set(members)) != len(members):
        shown = ", ".join(str(member) for member in members)
        raise invalid(f"Input collection [{shown}] contains duplicates.")
    return members


def _number(content: Any) -> str:
    _TEXT.check(content, "", [])
    if content.isdigit() and len(content) < _MOST_DIGITS:
        return content.lstrip("0") or "0" if content.isascii() else _refused(content)
    try:
        number = Decimal(content)
    except InvalidOperation:
        return _refused(content)
    if not number.is_finite() or content != content.strip() or "_" in content:
        return _refused(content)
    if number:
        if number.adjusted() > _LARGEST:
            text = "Number overflow. Attempting to store a number with magnitude larger"
            raise refuse(f"{text} than supported range")
        if number.adjusted() < _SMALLEST:
            text = "Number underflow. Attempting to store a number with magnitude"
            raise refuse(f"{text} smaller than supported range")
    text = shortest(number)
    if len(text.lstrip("-").replace(".", "").strip("0")) > _MOST_DIGITS:
        message = f"Attempting to store more than {_MOST_DIGITS} significant digits in"
        raise refuse(f"{message} a Number")
    return text


def _refused(content: str) -> str:
    problem = "The parameter cannot be converted to a numeric value"
    raise refuse(f"{problem}: {content}" if content else problem)


def _binary(content: Any) -> bytes:
    if isinstance(content, (bytes, bytearray)):
        return bytes(content)
    _TEXT.check(content, "", [])
    try:
        return b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        message = "The text of a binary value is not base64"
        raise ServiceFault("SerializationException", message) from None
