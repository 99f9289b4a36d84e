"""What botocore's service model says of requests and responses, and requests by it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.validate import ParamValidator
from hypothesis import strategies as st

if TYPE_CHECKING:
    from typing import TypeAlias

    # A shape of botocore has the attributes of its kind, which the checkers cannot see.
    Shape: TypeAlias = Any

MODEL = botocore.session.Session().get_service_model("dynamodb")
_WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
_NAME = "[a-zA-Z0-9_.-]+"
# Texts for the other patterns of the service model, within their bounds of length.
_FITTING = {
    "[,;:|\\t ]": [",", "\t", "|"],
    "[\\x20-\\x21\\x23-\\x2B\\x2D-\\x7E]*": ["pk", "name of it"],
    "^[^\\$]+$": ["a", "token-1"],
    "[0-9]{12}": ["123456789012"],
    "([0-9a-f]{16})+": ["0123456789abcdef" * 7, "0123456789abcdef" * 8],
    "^[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+$": ["bucket", "a.b-C_d9"],
}


def input_of(operation: str) -> Shape:
    """Return the shape of an operation's request."""
    return MODEL.operation_model(operation).input_shape


def legal(operation: str, request: dict[str, Any]) -> list[str]:
    """Return what botocore's ParamValidator has against a request."""
    report = ParamValidator().validate(request, input_of(operation))
    return report.generate_report().splitlines() if report.has_errors() else []


def flaws(shape: Shape, value: Any, path: str = "") -> list[str]:
    """Return what of a response is not as the service model says."""
    match shape.type_name:
        case "structure":
            return _structure_flaws(shape, value, path)
        case "list":
            if not isinstance(value, list):
                return [f"{path}: {value!r} is no list"]
            return [
                flaw
                for number, member in enumerate(value)
                for flaw in flaws(shape.member, member, f"{path}[{number}]")
            ]
        case "map":
            if not isinstance(value, dict):
                return [f"{path}: {value!r} is no map"]
            return [
                flaw
                for name, member in value.items()
                for flaw in flaws(shape.value, member, f"{path}[{name}]")
            ]
        case kind:
            return _scalar_flaws(shape, kind, value, path)


def _structure_flaws(shape: Shape, value: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no structure"]
    found = [f"{path}.{name}: unknown" for name in value if name not in shape.members]
    found += [
        f"{path}.{name}: missing"
        for name in shape.required_members
        if name not in value
    ]
    for name, member in value.items():
        if name in shape.members:
            found += flaws(shape.members[name], member, f"{path}.{name}")
    return found


def _scalar_flaws(shape: Shape, kind: str, value: Any, path: str) -> list[str]:
    expected: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "integer": (int,),
        "long": (int,),
        "double": (int, float),
        "float": (int, float),
        "boolean": (bool,),
        "timestamp": (datetime,),
        "blob": (bytes,),
    }
    numeric_flag = isinstance(value, bool) and kind != "boolean"
    if not isinstance(value, expected[kind]) or numeric_flag:
        return [f"{path}: {value!r} is no {kind}"]
    found = []
    choices = shape.metadata.get("enum")
    if choices and value not in choices:
        found.append(f"{path}: {value!r} is not one of {choices}")
    # The least of a number is not checked: AWS itself breaks it, with no decreases
    # today, or without provisioned capacity.
    if kind == "string" and len(str(value)) < shape.metadata.get("min", 0):
        found.append(f"{path}: {value!r} is too short")
    return found


def requests(
    shape: Shape, *, wrong: bool = False, within: tuple[str, ...] = ()
) -> st.SearchStrategy[Any]:
    """Return a strategy for values of a shape; some of them wrong, if they may be."""
    right = _right(shape, wrong=wrong, within=within)
    if not wrong:
        return right
    junk = st.sampled_from(["", 0, -1, 1.5, True, [], {}, "x" * 300, [None], {"a": 1}])
    return st.integers(0, 24).flatmap(lambda n: junk if n == 0 else right)


def _right(
    shape: Shape, *, wrong: bool, within: tuple[str, ...]
) -> st.SearchStrategy[Any]:
    meta = shape.metadata
    match shape.type_name:
        case "structure":
            return _structure(shape, wrong=wrong, within=within)
        case "list":
            most = min(meta.get("max", 3), meta.get("min", 0) + 2)
            members = requests(shape.member, wrong=wrong, within=within)
            return st.lists(members, min_size=meta.get("min", 0), max_size=most)
        case "map":
            names = st.text("abc", min_size=1, max_size=3)
            values = requests(shape.value, wrong=wrong, within=within)
            return st.dictionaries(names, values, max_size=2)
        case kind:
            return _scalar(shape, kind)


def _scalar(shape: Shape, kind: str) -> st.SearchStrategy[Any]:
    meta = shape.metadata
    match kind:
        case "string":
            return _text(shape)
        case "integer" | "long":
            least = meta.get("min", -1)
            return st.integers(least, min(meta.get("max", least + 50_000), 2**40))
        case "boolean":
            return st.booleans()
        case "timestamp":
            return st.just(datetime(2026, 1, 1, 12, tzinfo=UTC))
        case "blob":
            return st.binary(max_size=3)
        case _:
            message = f"no strategy for {kind}"
            raise AssertionError(message)


def _structure(
    shape: Shape, *, wrong: bool, within: tuple[str, ...]
) -> st.SearchStrategy[Any]:
    if shape.name in within:
        return st.just({})
    within = (*within, shape.name)
    members = {
        name: requests(member, wrong=wrong, within=within)
        for name, member in shape.members.items()
    }
    needed = {name: members[name] for name in shape.required_members}
    optional = {name: m for name, m in members.items() if name not in needed}
    whole = st.fixed_dictionaries(needed, optional=optional)
    if not wrong or not needed:
        return whole
    lacking = st.fixed_dictionaries({}, optional=members)
    return st.integers(0, 14).flatmap(lambda n: lacking if n == 0 else whole)


def _text(shape: Shape) -> st.SearchStrategy[str]:
    meta = shape.metadata
    if "enum" in meta:
        return st.sampled_from(list(meta["enum"]))
    least = meta.get("min", 0)
    most = min(meta.get("max", least + 40), least + 40)
    plain = st.text(_WORD, min_size=least, max_size=most)
    pattern = meta.get("pattern")
    if pattern is None or pattern == _NAME:
        return plain
    return st.sampled_from(_FITTING[pattern])
