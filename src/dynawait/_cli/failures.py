"""What went wrong with a change, in people's words and as facts for machines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..errors import (
    ChangeError,
    ChangeTimeoutError,
    IndexConflictError,
    LockError,
    OutcomeUnknownError,
    PlanError,
    QuotaError,
    ServiceError,
    TableConflictError,
)
from .output import one_line
from .shapes import short_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPTION = re.compile(r"\b([a-z]+(?:_[a-z]+)*)=True\b")
_WORDS = {
    "with is_owner_alive": "with --alive-pid, --alive, --dead or --local",
    "with inspect and assess": "with dynawait locks show and dynawait locks assess",
    "pass max_indexes": "pass --max-indexes",
    "check_permissions() tells": "dynawait locks check tells",
    "check_table() tells": "dynawait locks check tells",
    "ensure_table() makes it": "dynawait locks hold --create-table makes it",
    ": where it has one, give the lock client its name, sort_key=...": "",
}
_NO_CREDENTIALS = (
    "no AWS credentials were found\n"
    "Give --profile, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY; a simulated server takes any."
)
_AGAIN = "Once that is mended, run the same command again: it goes on from here."
_LATER = "Run the same command again then: it goes on from here."
_LONGER = "Run the same command again, with a longer --timeout."
_WAIT = (
    "DynamoDB goes on with what was sent: run the same command again to wait for it."
)
_FIND_OUT = (
    "Run the same command again to find out: what is so already is not sent again."
)
_TABLE_CONFLICT = (
    "Ask for a table as it is, or under another name; dynawait update changes a table."
)
_INDEX_CONFLICT = (
    "Give the new index another name; or put a Delete of this one before its Create "
    "in one file, and allow reads to have a gap with --allow-gap."
)


def in_flags(text: str) -> str:
    """Spell the options of the library as those of the command line.

    >>> in_flags("give disable_protection=True")
    'give --disable-protection'
    """
    for theirs, ours in _WORDS.items():
        text = text.replace(theirs, ours)
    return _OPTION.sub(lambda found: f"--{found[1].replace('_', '-')}", text)


def words_for(error: Exception) -> str:
    """Return what people are told of an error, on as many lines as it takes."""
    if _code(error) == "NoCredentialsError":
        return _NO_CREDENTIALS
    if isinstance(error, LockError):  # it quotes what is written in a row
        return one_line(in_flags(str(error)))
    if not isinstance(error, ChangeError):
        return in_flags(str(error))
    head, details = _problem(error)
    lines = [f"{short_name(error.table)}: {head}", *(f"  - {each}" for each in details)]
    lines += [f"  {word}: {', '.join(titles)}" for word, titles in _course(error)]
    return in_flags("\n".join([*lines, *_advice(error)]))


def _code(error: Exception) -> str:
    """Return the code of a service's error, or the name of another."""
    return error.code if isinstance(error, ServiceError) else type(error).__name__


def facts_of(error: Exception) -> dict[str, Any]:
    """Return what machines are told of an error besides its message."""
    if not isinstance(error, ChangeError):
        return {}
    facts: dict[str, Any] = {
        "table": error.table,
        "done": [step.title for step in error.done],
        "failed": None if error.failed is None else error.failed.title,
        "left": [step.title for step in error.left],
    }
    if isinstance(error, PlanError):
        facts["problems"] = error.problems
    if isinstance(error, (TableConflictError, IndexConflictError)):
        facts["differences"] = error.differences
    if isinstance(error, QuotaError):
        facts["not_before"] = error.not_before
    if isinstance(error, ChangeTimeoutError):
        facts["writers"] = [str(writer) for writer in error.writers]
    return facts


def _problem(error: ChangeError) -> tuple[str, tuple[str, ...]]:
    """Return the problem, and its parts where it has several."""
    if isinstance(error, PlanError) and len(error.problems) > 1:
        return "this cannot work:", error.problems
    if isinstance(error, TableConflictError):
        return "the table exists, and is not the one asked for:", error.differences
    if isinstance(error, IndexConflictError):
        head = f"index {error.wanted.name} exists, and is not the one asked for:"
        return head, error.differences
    return error.problem, ()


def _course(error: ChangeError) -> Iterator[tuple[str, list[str]]]:
    """Yield how far it had come: a word, and the titles of steps."""
    at = "failed"
    if isinstance(error, ChangeTimeoutError):
        at = "under way"
    elif isinstance(error, OutcomeUnknownError):
        at = "in doubt"
    failed = () if error.failed is None else (error.failed,)
    for word, steps in (("done", error.done), (at, failed), ("left", error.left)):
        if steps:
            yield word, [step.title for step in steps]


def _advice(error: ChangeError) -> Iterator[str]:
    """Yield what to do now, a sentence a line."""
    if not error.done and error.failed is None:
        yield "Nothing was changed."
    if isinstance(error, TableConflictError):
        yield _TABLE_CONFLICT
    elif isinstance(error, IndexConflictError):
        yield _INDEX_CONFLICT
    elif isinstance(error, OutcomeUnknownError):
        yield _FIND_OUT
    elif isinstance(error, ChangeTimeoutError):
        yield _WAIT if error.failed is not None else _LONGER
    elif isinstance(error, QuotaError) and error.not_before is not None:
        yield _LATER
    elif error.done or error.failed is not None:
        yield _AGAIN
