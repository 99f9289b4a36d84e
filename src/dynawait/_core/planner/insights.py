"""Contributor insights: what UpdateContributorInsights is to do.

Those that failed stay FAILED until they are asked for again (as measured on AWS).
Source: API reference, UpdateContributorInsights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...conditions import Verdict
from ...plans import Plan, Step
from .forms import Group, Text
from .settings import checked_form, question, status_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...conditions import Condition
    from ...states import ContributorInsightsState

_WHAT = "contributor insights"
_ACTION = "ContributorInsightsAction"
_MODE = "ContributorInsightsMode"
_FORM = Group(
    {
        "TableName": Text(1, 1024),
        "IndexName": Text(3, 255, named=True),
        _ACTION: Text(choices=("ENABLE", "DISABLE")),
        _MODE: Text(choices=("ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS")),
    },
    ("TableName", _ACTION),
)
_SETTLED = ("ENABLED", "DISABLED", "FAILED")


@dataclass(frozen=True, slots=True)
class Insights:
    """An UpdateContributorInsights that can be read."""

    table: str
    index: str | None
    request: Mapping[str, Any]

    @property
    def enabled(self) -> bool:
        """Whether they shall be on."""
        return bool(self.request[_ACTION] == "ENABLE")

    @property
    def mode(self) -> str | None:
        """The mode that was asked for; None: any will do."""
        return self.request.get(_MODE) if self.enabled else None

    @property
    def title(self) -> str:
        """What is to be done, in words."""
        verb = "enable" if self.enabled else "disable"
        of = "" if self.index is None else f" of {self.index}"
        return f"{verb} {_WHAT}{of}" + (f" ({self.mode})" if self.mode else "")


def read_insights(request: Mapping[str, Any]) -> Insights:
    """Read the request of UpdateContributorInsights.

    Raises:
        PlanError: it can never work.
    """
    checked_form(request, _FORM, str(request.get("TableName"))).check()
    return Insights(request["TableName"], request.get("IndexName"), request)


def moving_insights(state: ContributorInsightsState) -> tuple[str, ...]:
    """Say what moves."""
    settled = state.status in _SETTLED
    return () if settled else (f"{_WHAT} are {state.status}",)


def plan_insights(wanted: Insights, state: ContributorInsightsState) -> Plan:
    """Work out what is left to do, from what DescribeContributorInsights said."""
    before: object = None
    if state.status == "FAILED":
        before = "" if state.updated_at is None else state.updated_at.isoformat()
    step = Step(
        title=wanted.title,
        operation="UpdateContributorInsights",
        parameters=wanted.request,
        reason=f"they are {state.status}" + (f", {state.mode}" if state.mode else ""),
        needs=question("insights_settled", _settled),
        effect=_becomes(wanted, before),
        still=question("insights", _is, "ENABLED" if wanted.enabled else "DISABLED"),
    )
    if _becomes(wanted, before).judge(state).kind == "satisfied":
        return Plan(wanted.table, already=(step,))
    return Plan(wanted.table, (step,))


def failure_of(state: ContributorInsightsState) -> str | None:
    """Return why they are FAILED, in AWS's own words; None where they are not."""
    if state.status != "FAILED":
        return None
    words = (state.failure_name, state.failure_description)
    return ": ".join([f"{_WHAT} are FAILED", *(word for word in words if word)])


def _becomes(wanted: Insights, before: object) -> Condition[ContributorInsightsState]:
    statuses = ("ENABLED", "ENABLING") if wanted.enabled else ("DISABLED", "DISABLING")
    return question("insights_become", _is_becoming, statuses, wanted.mode, before)


def _is_becoming(
    statuses: tuple[str, ...],
    mode: str | None,
    before: str | None,
    state: ContributorInsightsState,
) -> Verdict:
    """Judge the effect; `before` is when an older attempt failed, if one had."""
    failure = failure_of(state)
    if failure is not None and "ENABLED" in statuses:
        since = "" if state.updated_at is None else state.updated_at.isoformat()
        kind = Verdict.pending if before == since else Verdict.impossible
        return kind(failure)
    if state.status not in statuses:
        return Verdict.pending(f"{_WHAT} are {state.status}")
    if mode is not None and state.mode not in (mode, None):
        return Verdict.pending(f"{_WHAT} are {state.status}, {state.mode}")
    return Verdict.satisfied()


def _is(status: str, state: ContributorInsightsState) -> Verdict:
    return status_in(_WHAT, (status,), state.status)


def _settled(state: ContributorInsightsState) -> Verdict:
    return status_in(_WHAT, _SETTLED, state.status)
