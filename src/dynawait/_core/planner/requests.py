"""What every request is checked for before it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ...errors import InvalidArgumentError
from .forms import limit_problems, type_problems
from .shapes import name_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .forms import Group

# The options of all the wrappers, for whoever has misspelt one.
_OPTIONS = (
    "adopt",
    "cloudtrail",
    "cloudwatch",
    "delete_replicas",
    "disable_protection",
    "dry_run",
    "ignore",
    "max_indexes",
    "on_cooldown",
    "on_event",
    "polling",
    "timeout",
    "until",
)


def checked_request(
    request: Mapping[str, Any], operation: str, *needed: str
) -> dict[str, Any]:
    """Return a request without its nulls, or refuse options that there are not.

    What is returned is a copy at every depth: a change is planned again at each look,
    and whoever asked for it may do with his request as he likes meanwhile.

    Raises:
        InvalidArgumentError: a lower-case name is no option, or a parameter is missing.
    """
    for name in request:
        if not name[:1].isupper():
            raise InvalidArgumentError(name, _unknown_option(name, operation))
    given = {name: _copy(each) for name, each in request.items() if each is not None}
    for name in needed:
        if name not in given:
            raise InvalidArgumentError(name, f"{operation} needs it")
    return given


def _unknown_option(name: str, operation: str) -> str:
    """Say what is wrong with an option that there is not."""
    if name in _OPTIONS:
        return f"is no option of {operation}"
    from difflib import get_close_matches

    alike = get_close_matches(name, _OPTIONS, 1)
    hint = f"; did you mean {alike[0]}?" if alike else ""
    spelling = f"the parameters of {operation} are spelt as in DynamoDB"
    return f"no such option{hint} ({spelling})"


def _copy(value: Any) -> Any:
    """Copy dicts, lists and tuples; whatever else there is cannot be part of them."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {name: _copy(each) for name, each in members.items()}
    if isinstance(value, (list, tuple)):
        several = cast("list[Any]", value)
        return [_copy(each) for each in several]
    return value


def form_problems(request: Mapping[str, Any], form: Group) -> list[str]:
    """Say what is wrong with the names, types, lengths and choices of a request.

    Where something is returned, the request cannot be read any further.
    """
    found = name_problems(request, form.members) + type_problems(request, form)
    return found or limit_problems(request, form)
