"""One request from a file and from flags, which must not contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .exits import CommandError, ExitCode
from .files import read_request
from .shapes import short_name

if TYPE_CHECKING:
    from collections.abc import Mapping

# Lists whose entries have names: what a flag adds to them contradicts nothing.
_NAMED = {"AttributeDefinitions": "AttributeName"}


def merged(
    file: str | None, operation: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a request of a file, with what the command line says besides.

    Args:
        file: the file; None: there is none.
        operation: its name in the service model, ``"UpdateTable"``.
        given: what the command line says, in the same shape.

    Raises:
        CommandError: the file cannot be right, or says something else.
    """
    request = {} if file is None else read_request(file, operation)
    found = {name: value for name, value in request.items() if value is not None}
    for name, value in given.items():
        found[name] = _joined(found[name], value, name) if name in found else value
    return found


def _joined(file: Any, line: Any, name: str) -> Any:
    """Return what a file and the command line say together.

    Raises:
        CommandError: they contradict each other.
    """
    said: Any = file  # whatever it is
    if name == "TableName" and _same_table(file, line):
        return line
    if isinstance(file, dict) and isinstance(line, dict):
        members = cast("dict[str, Any]", file)
        more = cast("dict[str, Any]", line)
        both: dict[str, Any] = {**more, **members}
        for each in members.keys() & more.keys():
            both[each] = _joined(members[each], more[each], f"{name}.{each}")
        return both
    if name in _NAMED and isinstance(file, (list, tuple)):
        return _joined_entries(cast("list[Any]", file), line, name)
    if said != line:
        raise CommandError(
            f"{name}: the file says {said!r}, and the command line {line!r}",
            ExitCode.USAGE,
            hint="Say it once, or the same twice.",
        )
    return said


def _joined_entries(file: list[Any], line: list[Any], name: str) -> list[Any]:
    """Return a list with what another one has besides, told apart by name."""
    key, found = _NAMED[name], [*file]
    for entry in line:
        for there in file:
            known = cast("dict[str, Any]", there) if isinstance(there, dict) else {}
            if known.get(key) == entry[key]:
                _joined(known, entry, f"{name}.{entry[key]}")
                break
        else:
            found.append(entry)
    return found


def _same_table(file: object, line: str) -> bool:
    """Tell whether two are one table; a name says less than an ARN."""
    if not isinstance(file, str):
        return False
    one_is_a_name = not (file.startswith("arn:") and line.startswith("arn:"))
    return file == line or (one_is_a_name and short_name(file) == short_name(line))
