"""Terraform's ``Info``: a JSON text that must be exact to the byte.

OpenTofu's unlock deletes a row only where ``Info`` is what Go would write again from
what it has read. So the keys come in the order of Go's structure, without spaces, and
the strings are escaped as Go's `encoding/json` escapes them since Go 1.22.

Sources: `statemgr.LockInfo` in https://github.com/hashicorp/terraform and
https://github.com/opentofu/opentofu; https://pkg.go.dev/encoding/json#Marshal.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ...errors import InvalidArgumentError
from ..records import TerraformLock
from .gotime import ZERO, format_time, parse_time
from .rows import shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_KEYS = ("ID", "Operation", "Info", "Who", "Version", "Created", "Path")

_SPECIAL = re.compile('["\\\\<>&\x00-\x1f\u2028\u2029\ud800-\udfff]')
_SHORT = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class _Parsed:
    """The strings of an ``Info``, by the names in `_KEYS`, and its other readings."""

    texts: dict[str, str]
    created: datetime
    problems: tuple[str, ...]


def write_info(
    *,
    lock_id: str,
    operation: str,
    info: str,
    who: str,
    version: str,
    created: datetime | str,
    path: str,
) -> str:
    """Write an ``Info`` as Terraform writes it.

    Args:
        lock_id: the lock ID, usually a UUID.
        operation: ``"OperationTypeApply"``, or one of the caller's own.
        info: what else there is to say.
        who: user and host.
        version: of Terraform; may be empty.
        created: a time that knows its zone; or, for nanoseconds, its text as Go writes
            it, which is taken as it is.
        path: the row's ``LockID``.

    Raises:
        InvalidArgumentError: a time without a zone, or a text that Go would not write.
    """
    if isinstance(created, str):
        parsed = parse_time(created)
        if parsed is None or not parsed.zoned or parsed.text != created:
            problem = f"{shown(created)} is not a time as Go writes it"
            raise InvalidArgumentError("created", problem)
        text = created
    elif created.tzinfo is None:
        raise InvalidArgumentError("created", f"{created} has no time zone")
    else:
        text = format_time(created)
    return _join((lock_id, operation, info, who, version, text, path))


def read_info(path: str, text: str) -> TerraformLock | str:
    """Read an ``Info`` as Go does, and more patiently.

    Keys may come in any order and case, unknown ones are passed over, missing ones are
    empty. A time that Go could not read is a problem of the lock, not of ours.

    Args:
        path: the row's ``LockID``.
        text: the text of ``Info``.

    Returns:
        The lock; or why there is none, in a sentence.
    """
    parsed = _parse(text)
    if isinstance(parsed, str):
        return parsed
    texts = parsed.texts
    if not texts["ID"]:
        return "Info has no ID"
    return TerraformLock(
        path=path,
        id=texts["ID"],
        operation=texts["Operation"],
        who=texts["Who"],
        created=parsed.created,
        version=texts["Version"],
        info=texts["Info"],
        raw=text,
        problem="; ".join(parsed.problems) or None,
    )


def rewrite_info(text: str) -> str | None:
    """Return what Go would write after reading an ``Info``.

    Where that is not the text itself, OpenTofu cannot unlock the row.

    Returns:
        None when Go could not read it.
    """
    parsed = _parse(text)
    if isinstance(parsed, str) or parsed.problems:
        return None
    return _join(parsed.texts.values())


def _join(texts: Iterable[str]) -> str:
    pairs = zip(_KEYS, texts, strict=True)
    return "{" + ",".join(f'"{key}":{_quote(text)}' for key, text in pairs) + "}"


def _quote(text: str) -> str:
    return f'"{_SPECIAL.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if _HALF_PAIR.match(character):  # the byte that has no UTF-8, in Go's eyes
        return "\\ufffd"
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


def _parse(text: str) -> _Parsed | str:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return f"Info is {shown(text)}, not JSON"
    if not isinstance(found, dict):
        return f"Info is a JSON {type(found).__name__}, not an object"
    texts: dict[str, str] = dict.fromkeys(_KEYS, "")
    canonical = {key.lower(): key for key in _KEYS}
    problems: list[str] = []
    for name, value in cast("dict[str, Any]", found).items():
        key = canonical.get(name.lower())
        if key is None or value is None:
            continue
        if isinstance(value, str):
            texts[key] = _HALF_PAIR.sub(_REPLACEMENT, value)
        else:
            problems.append(f"{key} in Info is no string: Terraform cannot read it")
    created = _created(texts, problems)
    return _Parsed(texts, created, tuple(problems))


def _created(texts: dict[str, str], problems: list[str]) -> datetime:
    """Return the time, spell its text as Go does, and say what Go could not read."""
    said = texts["Created"]
    if not said:
        texts["Created"] = format_time(ZERO)
        return ZERO
    parsed = parse_time(said)
    if parsed is None:
        problems.append(f"Created is {shown(said)}: Terraform cannot read it")
        return ZERO
    if not parsed.zoned:
        problems.append("Created has no time zone: Terraform cannot read it")
    texts["Created"] = parsed.text
    return parsed.moment
