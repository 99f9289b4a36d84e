"""Index changes in files: UpdateTable's shape, taken in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.planner.forms import UPDATE_TABLE
from .._core.planner.index_requests import index_changes
from .._core.planner.parts import Draft
from .._core.planner.requests import form_problems
from ..changes import CreateIndex, DeleteIndex, ReplaceIndex
from ..errors import PlanError
from ..states import TableState
from .exits import CommandError, ExitCode
from .requests import merged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..changes import Change

_FAMILIES = ("GlobalSecondaryIndexUpdates", "VectorIndexUpdates")
_TAKEN = ("TableName", "AttributeDefinitions", *_FAMILIES)


def read_changes(table: str, file: str) -> list[Change]:
    """Return the index changes of a file.

    Raises:
        CommandError: the file cannot be right.
        PlanError: what it asks for can never work.
    """
    request = merged(file, "UpdateTable", {"TableName": table})
    others = [name for name in request if name not in _TAKEN]
    if others:
        raise CommandError(
            f"{_where(file)}: {', '.join(others)}: only indexes are changed here",
            ExitCode.USAGE,
            hint=f"Give the whole of it to: dynawait update {table} --file {file}",
        )
    if not any(name in request for name in _FAMILIES):
        raise CommandError(
            f"{_where(file)}: no index is to be changed: it has neither "
            f"{' nor '.join(_FAMILIES)}",
            ExitCode.USAGE,
        )
    return _replacing(_changes(table, request))


def _changes(table: str, request: dict[str, Any]) -> list[Change]:
    """Return what a request asks for.

    Raises:
        PlanError: it can never work; all that is wrong with it is named.
    """
    problems = form_problems(request, UPDATE_TABLE)
    if problems:
        raise PlanError(problems, table=table)
    draft = Draft(TableState.absent(table), request, None)
    found = list(index_changes(draft))
    draft.problems.check()
    return found


def _replacing(changes: Iterable[Change]) -> list[Change]:
    """Make one change of a deletion and a later creation under the same name."""
    found: list[Change] = []
    for change in changes:
        gone = DeleteIndex(change.name) if isinstance(change, CreateIndex) else None
        if gone is not None and isinstance(change, CreateIndex) and gone in found:
            found[found.index(gone)] = ReplaceIndex(change.name, change)
        else:
            found.append(change)
    return found


def _where(file: str) -> str:
    return "standard input" if file == "-" else file
