"""What the planners of settings share: the check of a request, and questions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...conditions import Condition, Verdict
from ...errors import InvalidArgumentError
from ..subject import checked_table
from .forms import limit_problems, type_problems
from .problems import Problems
from .shapes import name_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .forms import Group


# The parameters that say which table a request is about.
_NAMES = ("TableName", "TargetTableName", "ResourceArn")


def checked_form(request: Mapping[str, Any], form: Group, table: str) -> Problems:
    """Refuse a request that cannot even be read.

    Args:
        request: what was asked for.
        form: what it must look like.
        table: the name that messages begin with.

    Returns:
        The problems that a request which can be read has all the same, for the
        planner's own checks to add to.

    Raises:
        PlanError: a value is of the wrong type, or a member is missing.
    """
    named = any(isinstance(request.get(member), str) for member in _NAMES)
    problems = Problems(table if named else "the request")
    problems.extend(name_problems(request, form.members))
    wrong = type_problems(request, form)
    problems.extend(wrong or limit_problems(request, form))
    if wrong:
        problems.check()
    for member in ("TableName", "ResourceArn"):
        if request.get(member):
            problems.extend(_table_problems(request[member], member))
    return problems


def _table_problems(table: str, member: str) -> list[str]:
    try:
        checked_table(table)
    except InvalidArgumentError as error:
        return [f"{member}: {error.problem}"]
    if member == "ResourceArn" and not table.startswith("arn:"):
        return [f"{member}: expected the ARN of a table, got {table!r}"]
    return []


def question(
    name: str, judge: Callable[..., Verdict], *arguments: object
) -> Condition[Any]:
    """Make a condition that prints like a call.

    Args:
        name: the name of the call.
        judge: takes the arguments and a state; a function of a module, to pickle.
        arguments: what it is asked with.
    """
    text = f"{name}({', '.join(map(repr, arguments))})"
    return Condition(text, partial(judge, *arguments), "leaf", arguments)


def status_in(
    what: str, wanted: tuple[str, ...], status: str, *words: str | None
) -> Verdict:
    """Return whether a status is wanted, or else that it is what it is."""
    if status in wanted:
        return Verdict.satisfied()
    said = [word for word in words if word]
    return Verdict.pending(": ".join([f"{what} is {status}", *said]))
