"""The schema of what ``--json`` prints, held against it more closely than users do.

Users ignore members that they do not know. Here each has to be in the schema.
"""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

FILE = Path(__file__).parents[2] / "docs/reference/command-line.schema.json"
SCHEMA: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
TYPES: list[str] = SCHEMA["properties"]["type"]["enum"]
_SHAPES = ("properties", "$ref", "anyOf", "allOf")

_FORMATS = FormatChecker(formats=())


def problems_of(record: Any) -> list[str]:
    """Return what is wrong with a line; nothing where it is as the schema says."""
    return [
        f"{error.json_path}: {error.message[:200]}"
        for error in _validator().iter_errors(record)
    ]


def _is_moment(value: Any) -> bool:
    """Tell whether a text is a time with a zone; without a package that knows it."""
    text = isinstance(value, str)
    return not text or datetime.fromisoformat(value).tzinfo is not None


_FORMATS.checks("date-time", raises=ValueError)(_is_moment)


@cache
def _validator() -> Draft202012Validator:
    schema = deepcopy(SCHEMA)
    _close(schema)
    schema["unevaluatedProperties"] = False
    return Draft202012Validator(schema, format_checker=_FORMATS)


def _close(schema: Any) -> None:
    """Let no member of a member be one that the schema does not know."""
    if isinstance(schema, list):
        for each in schema:
            _close(each)
    if not isinstance(schema, dict):
        return
    members = [*schema.get("properties", {}).values(), schema.get("items")]
    for member in members:
        if isinstance(member, dict) and any(shape in member for shape in _SHAPES):
            member["unevaluatedProperties"] = False
    for each in schema.values():
        _close(each)
