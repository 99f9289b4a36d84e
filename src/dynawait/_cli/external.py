"""The protocol of Terraform's ``external`` data source.

Source: documentation of the external provider, "External Program Protocol": a query as
a JSON object of strings on standard input, an answer of the same kind on standard
output; what fails says why on standard error and exits with a code other than 0.
"""

from __future__ import annotations

import json
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

from ..sync import describe
from .exits import CommandError, ExitCode, is_expected
from .shapes import indexes_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..states import TableState
    from .settings import Settings

_OPTIONS = ("region", "endpoint_url", "profile")
_KNOWN = ("table", *_OPTIONS)
_HOW = 'Terraform writes it: query = { table = "orders" }.'


def answer(settings: Settings, tables: Sequence[str]) -> int:
    """Answer a query on standard input.

    Args:
        settings: where DynamoDB is; the query may say it as well.
        tables: the table, where the query has none.

    Raises:
        CommandError: the query is not of the protocol, or cannot be answered.
    """
    try:
        query = _query(tables)
        for name in _OPTIONS:
            if query.get(name):
                setattr(settings, name, query[name])
        state = describe(settings.dynamodb, query["table"])
    except Exception as error:
        if not is_expected(error):
            raise
        hint = error.hint if isinstance(error, CommandError) else ""
        raise CommandError(str(error), ExitCode.ERROR, hint=hint) from error
    settings.output.write(json.dumps(flat_facts(query["table"], state)))
    return ExitCode.REACHED


def flat_facts(table: str, state: TableState) -> dict[str, str]:
    """Return what Terraform may want to know of a table: strings alone."""
    blockers = state.blockers()
    return {
        "table": state.name or table,
        "status": state.status,
        "quiet": "false" if blockers else "true",
        "blockers": "; ".join(blockers),
        "indexes": ",".join(f"{each.name}={each.status}" for each in indexes_of(state)),
    }


def _query(tables: Sequence[str]) -> Mapping[str, str]:
    """Read the query, and see that it is one."""
    if sys.stdin is None or sys.stdin.isatty():
        raise CommandError("--external reads a query from standard input", hint=_HOW)
    text = sys.stdin.buffer.read()
    if not text.strip():
        raise CommandError("the query is missing: standard input is empty", hint=_HOW)
    try:
        query: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"the query is no JSON: {error}", hint=_HOW) from error
    if not isinstance(query, dict):
        raise CommandError("the query is no JSON object", hint=_HOW)
    members = cast("dict[str, Any]", query)
    return _checked({"table": tables[0], **members} if len(tables) == 1 else members)


def _checked(query: Mapping[str, Any]) -> Mapping[str, str]:
    for name, value in query.items():
        if name not in _KNOWN:
            close = get_close_matches(name, _KNOWN, n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise CommandError(f"the query has an unknown member {name}{hint}")
        if not isinstance(value, str):
            raise CommandError(f"the query's {name} is no string", hint=_HOW)
    if not query.get("table"):
        raise CommandError("the query names no table", hint=_HOW)
    return query
