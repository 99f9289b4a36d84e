"""Requests in files: JSON or YAML, in the shape that botocore takes."""

from __future__ import annotations

import json
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO, cast

from .exits import CommandError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MOST = 16 * 2**20  # bytes; the largest request that DynamoDB takes is far smaller


def read_text(name: str) -> str:
    """Return what a file holds; ``-`` is standard input.

    Raises:
        CommandError: it cannot be read, or is no text.
    """
    try:
        if name == "-":
            data = _standard_input().read(_MOST + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(_MOST + 1)
    except OSError as error:
        raise _bad(name, error.strerror or str(error)) from error
    if len(data) > _MOST:
        raise _bad(name, f"it is longer than {_MOST // 2**20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad(name, f"byte {error.start} is not UTF-8") from error


def _standard_input() -> BinaryIO:
    """Return standard input.

    Raises:
        CommandError: it is closed.
    """
    stream: TextIO | None = sys.stdin  # None where it was closed from the start
    if stream is None:
        raise CommandError("standard input is closed", ExitCode.USAGE)
    return stream.buffer


def read_data(name: str) -> Any:
    """Return what a JSON or YAML file says; ``-`` is standard input.

    Raises:
        CommandError: it cannot be read, is neither, or says one thing twice.
    """
    text = read_text(name)
    if not text.strip():
        raise _bad(name, "it is empty")
    if text.lstrip()[:1] in ("{", "["):
        return _json(name, text)
    return _yaml(name, text)


def read_request(name: str, operation: str) -> dict[str, Any]:
    """Return the keyword arguments of an operation of DynamoDB.

    Args:
        name: the file; ``-`` is standard input.
        operation: its name in the service model, ``"UpdateTable"``.

    Raises:
        CommandError: the file cannot be read, or says what the operation does not take.
    """
    data = read_data(name)
    if not isinstance(data, dict):
        raise _bad(name, f"it holds a {_kind(data)}; {operation} takes an object")
    request = cast("dict[str, Any]", data)
    check_fields(name, request, operation)
    return request


def check_fields(name: str, data: Mapping[str, Any], operation: str) -> None:
    """See that an operation knows every field, with a suggestion where it does not.

    What it knows is what the installed botocore knows.

    Raises:
        CommandError: it does not.
    """
    problems = list(_strangers(data, _input_shape(operation), ""))
    if problems:
        raise _bad(name, "; ".join(problems))


def _input_shape(operation: str) -> Any:
    from botocore.session import Session

    return (
        Session().get_service_model("dynamodb").operation_model(operation).input_shape
    )


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except _TwiceError as error:
        raise _bad(name, f"it has {error.key!r} twice in one object") from error
    except ValueError as error:
        raise _bad(name, f"it is no JSON: {error}") from error
    except RecursionError as error:
        raise _bad(name, "it is nested too deeply") from error


class _TwiceError(Exception):
    def __init__(self, key: object) -> None:
        super().__init__(key)
        self.key = key


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(key)
        found[key] = value
    return found


def _yaml(name: str, text: str) -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """A loader that takes no key twice: the first value would be lost."""

        def construct_mapping(
            self,
            node: yaml.MappingNode,
            deep: bool = False,  # noqa: FBT001, FBT002 - as in PyYAML
        ) -> dict[Any, Any]:
            self.flatten_mapping(node)
            keys: set[Any] = set()
            for each, _ in node.value:
                loader: Any = self
                key = loader.construct_object(each, deep=True)
                if not isinstance(key, str):
                    line = each.start_mark.line + 1
                    problem = f"line {line}: the key {key!r} is no string: quote it"
                    raise _bad(name, problem)
                if key in keys:
                    line = each.start_mark.line + 1
                    raise _bad(name, f"line {line}: it has {key!r} twice in one object")
                keys.add(key)
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(text, Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise _bad(name, f"it is neither JSON nor YAML: {problem}") from error
    except RecursionError as error:
        raise _bad(name, "it is nested too deeply") from error


def _strangers(value: Any, shape: Any, path: str) -> Iterator[str]:
    """Find fields that a shape does not have."""
    for name, each in _parts(value, shape.type_name):
        where = f"{path}[{name}]" if isinstance(name, int) else f"{path}.{name}"
        if shape.type_name == "list":
            yield from _strangers(each, shape.member, where)
        elif shape.type_name == "map":
            yield from _strangers(each, shape.value, where)
        elif name in shape.members:
            yield from _strangers(each, shape.members[name], where)
        else:
            known: list[str] = list(shape.members)
            close = get_close_matches(str(name), known, n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            yield f"unknown field {where.lstrip('.')}{hint}"


def _parts(value: Any, kind: str) -> Iterable[tuple[str | int, Any]]:
    """Return what a value consists of, where it is of a kind that has parts."""
    if kind in ("structure", "map") and isinstance(value, dict):
        return cast("dict[str, Any]", value).items()
    if kind == "list" and isinstance(value, list):
        return enumerate(cast("Iterable[Any]", value))
    return ()


def _bad(name: str, problem: str) -> CommandError:
    where = "standard input" if name == "-" else name
    return CommandError(f"{where}: {problem}", ExitCode.USAGE)


def _kind(value: object) -> str:
    """Return what JSON calls a value."""
    for kind, word in ((list, "list"), (str, "string"), (bool, "boolean")):
        if isinstance(value, kind):
            return word
    return "null" if value is None else "number"
