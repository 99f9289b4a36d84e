"""Tags: what TagResource and UntagResource are to do.

Sources: API reference, TagResource and Tag; developer guide, "Tagging restrictions".
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...conditions import Verdict
from ...errors import QuotaError
from ...plans import Plan, Step
from .forms import Group, Many, Text
from .settings import checked_form, question

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .problems import Problems

_MOST = 50
_SHOWN = 5
_OWN = "aws:"
_ALLOWED = re.compile(r"[\w\s+\-=.:/@]*")
_RULE = "letters, digits, spaces and + - = . _ : / @ only"
_KEY = Text(1, 128)
_ARN = Text(1, 1283)
_TAG = Group({"Key": _KEY, "Value": Text(0, 256)}, ("Key", "Value"))
_TAGGING = Group({"ResourceArn": _ARN, "Tags": Many(_TAG, 1)}, ("ResourceArn", "Tags"))
_UNTAGGING = Group(
    {"ResourceArn": _ARN, "TagKeys": Many(_KEY, 1)}, ("ResourceArn", "TagKeys")
)


@dataclass(frozen=True, slots=True)
class Tagging:
    """A TagResource that can be read: the ARN, and the request."""

    arn: str
    request: Mapping[str, Any]

    @property
    def tags(self) -> dict[str, str]:
        """The tags that shall be there."""
        return {tag["Key"]: tag["Value"] for tag in self.request["Tags"]}


@dataclass(frozen=True, slots=True)
class Untagging:
    """An UntagResource that can be read: the ARN, and the request."""

    arn: str
    request: Mapping[str, Any]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the tags that shall not be there."""
        return tuple(dict.fromkeys(self.request["TagKeys"]))


def read_tagging(request: Mapping[str, Any]) -> Tagging:
    """Read the request of TagResource.

    Raises:
        PlanError: it can never work.
    """
    arn = str(request.get("ResourceArn"))
    problems = checked_form(request, _TAGGING, arn)
    tags: list[Mapping[str, str]] = list(request["Tags"])
    for number, tag in enumerate(tags):
        for part in ("Key", "Value"):
            if _ALLOWED.fullmatch(tag[part]) is None:
                where = f"Tags[{number}].{part}"
                problems.add(f"{where}: expected {_RULE}, got {tag[part]!r}")
    keys = [tag["Key"] for tag in tags]
    _refuse_own(keys, "Tags", problems)
    for key, count in Counter(keys).items():
        if count > 1:
            problems.add(f"Tags: the key {key} comes {count} times: give it once")
    if len(set(keys)) > _MOST:
        problems.add(f"Tags: a table has at most {_MOST} tags, not {len(set(keys))}")
    problems.check()
    return Tagging(arn, request)


def read_untagging(request: Mapping[str, Any]) -> Untagging:
    """Read the request of UntagResource.

    Raises:
        PlanError: it can never work.
    """
    arn = str(request.get("ResourceArn"))
    problems = checked_form(request, _UNTAGGING, arn)
    _refuse_own(request["TagKeys"], "TagKeys", problems)
    problems.check()
    return Untagging(arn, request)


def plan_tagging(wanted: Tagging, state: Mapping[str, str]) -> Plan:
    """Work out what is left to do, from the tags that there are.

    Raises:
        QuotaError: there would be more tags than a table may have.
    """
    tags = wanted.tags
    step = Step(
        title=f"set the tags {_listed(tuple(tags))}",
        operation="TagResource",
        parameters=wanted.request,
        reason=_missing(tags, state),
        effect=question("tagged", _tagged, tuple(tags.items())),
    )
    if step.effect.judge(state).kind == "satisfied":
        return Plan(wanted.arn, already=(step,))
    # Those of AWS itself do not count.
    after = [key for key in {**state, **tags} if not key.startswith(_OWN)]
    if len(after) > _MOST:
        problem = (
            f"Tags: a table has at most {_MOST} tags, and would have {len(after)}: "
            "remove some first"
        )
        raise QuotaError(problem, table=wanted.arn)
    return Plan(wanted.arn, (step,))


def plan_untagging(wanted: Untagging, state: Mapping[str, str]) -> Plan:
    """Work out what is left to do, from the tags that there are."""
    present = tuple(key for key in wanted.keys if key in state)
    step = Step(
        title=f"remove the tags {_listed(wanted.keys)}",
        operation="UntagResource",
        parameters=wanted.request,
        reason=f"there are {_listed(present)}" if present else "none of them is there",
        effect=question("untagged", _untagged, wanted.keys),
        action="delete",
    )
    return Plan(wanted.arn, (step,)) if present else Plan(wanted.arn, already=(step,))


def _refuse_own(keys: list[str], where: str, problems: Problems) -> None:
    for key in keys:
        if key.lower().startswith(_OWN):
            problems.add(f"{where}: {key}: tags that begin with aws: are AWS's own")


def _missing(tags: Mapping[str, str], state: Mapping[str, str]) -> str:
    absent = tuple(key for key in tags if key not in state)
    other = tuple(key for key in tags if key in state and state[key] != tags[key])
    told = [f"not there: {_listed(absent)}"] if absent else []
    told += [f"with another value: {_listed(other)}"] if other else []
    return "; ".join(told) or "all of them are there"


def _listed(keys: tuple[str, ...]) -> str:
    shown = ", ".join(keys[:_SHOWN])
    return shown + (f" and {len(keys) - _SHOWN} more" if keys[_SHOWN:] else "")


def _tagged(tags: tuple[tuple[str, str], ...], state: Mapping[str, str]) -> Verdict:
    if all(state.get(key) == value for key, value in tags):
        return Verdict.satisfied()
    return Verdict.pending(_missing(dict(tags), state))


def _untagged(keys: tuple[str, ...], state: Mapping[str, str]) -> Verdict:
    present = tuple(key for key in keys if key in state)
    if not present:
        return Verdict.satisfied()
    return Verdict.pending(f"there are {_listed(present)}")
