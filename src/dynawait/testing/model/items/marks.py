"""The names and values that expressions refer to, and requests without expressions.

Each ``#name`` and ``:value`` that a request defines must be used, and each that it uses
defined: API reference, Common errors, and developer guide, "Expression attribute names
(aliases) in DynamoDB".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..refusals import refuse
from .values import read_item, read_value

if TYPE_CHECKING:
    from collections.abc import Mapping

_EXPRESSIONS = (
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)
_MARK = re.compile(r"[#:]\w+")
_NAMES, _VALUES = "ExpressionAttributeNames", "ExpressionAttributeValues"
_WITHOUT = (
    "AttributesToGet",
    "AttributeUpdates",
    "ConditionalOperator",
    "Expected",
    "KeyConditions",
    "QueryFilter",
    "ScanFilter",
)
_CONDITIONS = ("Expected", "KeyConditions", "QueryFilter", "ScanFilter")


def read_request(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request with all attribute values as they are stored, and marks checked.

    Raises:
        ServiceFault: ValidationException or SerializationException.
    """
    read = {name: member for name, member in request.items() if member is not None}
    check_marks(read)
    for name in ("Item", "Key", "ExclusiveStartKey", _VALUES):
        if name in read:
            read[name] = read_item(read[name])
    for name in _CONDITIONS:
        if name in read:
            conditions = read[name].items()
            read[name] = {attribute: _read(each) for attribute, each in conditions}
    return read


def check_marks(request: Mapping[str, Any]) -> None:
    """Refuse marks that are not used or not defined, and requests of both kinds.

    Raises:
        ServiceFault: ValidationException.
    """
    texts = {name: request[name] for name in _EXPRESSIONS if name in request}
    others = [name for name in _WITHOUT if name in request]
    if texts and others:
        text = "Can not use both expression and non-expression parameters in the same"
        text += f" request: Non-expression parameters: {{{', '.join(others)}}}"
        raise refuse(f"{text} Expression parameters: {{{', '.join(sorted(texts))}}}")
    for name, text in texts.items():
        if not text.strip():
            raise refuse(f"Invalid {name}: The expression can not be empty;")
    for member, sign, noun in ((_NAMES, "#", "name"), (_VALUES, ":", "value")):
        defined = request.get(member)
        if defined is not None:
            _check_defined(member, sign, defined, expressions=bool(texts))
        used: set[str] = set()
        for name, text in texts.items():
            marks = {mark for mark in _MARK.findall(text) if mark[0] == sign}
            used |= marks
            for mark in sorted(marks - set(defined or ())):
                what = f"An expression attribute {noun} used in"
                what += " the document path" if sign == "#" else " expression"
                raise refuse(
                    f"Invalid {name}: {what} is not defined; attribute {noun}: {mark}"
                )
        unused = sorted(set(defined or ()) - used)
        if unused:
            shown = ", ".join(unused)
            text = (
                f"Value provided in {member} unused in expressions: keys: {{{shown}}}"
            )
            raise refuse(text)


def as_expression(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return an UpdateItem with an UpdateExpression instead of AttributeUpdates."""
    updates = request.get("AttributeUpdates")
    if not updates:
        return {**request, "AttributeUpdates": {}}
    clauses: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    for place, (attribute, update) in enumerate(updates.items()):
        action, name, value = update.get("Action", "PUT"), f"#a{place}", f":a{place}"
        names[name] = attribute
        if "Value" not in update:
            if action != "DELETE":
                text = "One or more parameter values were invalid: Only DELETE action"
                raise refuse(f"{text} is allowed when no attribute value is specified")
            clauses.setdefault("REMOVE", []).append(name)
            continue
        values[value] = read_value(update["Value"])
        if action == "PUT":
            clauses.setdefault("SET", []).append(f"{name} = {value}")
        else:
            clauses.setdefault(action, []).append(f"{name} {value}")
    text = " ".join(f"{verb} {', '.join(each)}" for verb, each in clauses.items())
    kept = {name: request[name] for name in request if name != "AttributeUpdates"}
    made = kept | {"UpdateExpression": text, _NAMES: names}
    return made | {_VALUES: values} if values else made


def _check_defined(
    member: str, sign: str, defined: Mapping[str, Any], *, expressions: bool
) -> None:
    if not expressions:
        raise refuse(f"{member} can only be specified when using expressions")
    if not defined:
        raise refuse(f"{member} must not be empty")
    for mark in defined:
        if _MARK.fullmatch(mark) is None or mark[0] != sign:
            text = f'{member} contains invalid key: Syntax error; key: "{mark}"'
            raise refuse(text)


def _read(condition: Mapping[str, Any]) -> dict[str, Any]:
    read = dict(condition)
    if "Value" in read:
        read["Value"] = read_value(read["Value"])
    if "AttributeValueList" in read:
        listed = read["AttributeValueList"]
        read["AttributeValueList"] = [read_value(each) for each in listed]
    return read
