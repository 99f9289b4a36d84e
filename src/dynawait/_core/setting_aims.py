"""What each request about a setting aims at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .aim import Aim
from .planner.destinations import (
    moving_destinations,
    plan_disabling,
    plan_enabling,
    read_streaming,
)
from .planner.insights import moving_insights, plan_insights, read_insights
from .planner.recovery import plan_recovery, read_recovery
from .planner.requests import checked_request
from .planner.tags import (
    plan_tagging,
    plan_untagging,
    read_tagging,
    read_untagging,
)
from .planner.time_to_live import (
    COOLDOWN,
    moves_attribute,
    moving_time_to_live,
    plan_time_to_live,
    read_time_to_live,
)
from .setting_subjects import (
    at_home,
    destinations_subject,
    insights_subject,
    recovery_subject,
    tags_subject,
    time_to_live_subject,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from ..plans import Plan
    from ..states import BackupsState, ContributorInsightsState, TimeToLiveState
    from .planner.destinations import Destinations
    from .planner.time_to_live import Expiry

S = TypeVar("S")


def time_to_live_aim(
    request: Mapping[str, Any], *, waits_out: bool
) -> Aim[TimeToLiveState]:
    """Return what an UpdateTimeToLive aims at.

    Args:
        request: its parameters.
        waits_out: whether the hour between two changes is waited out.

    Raises:
        PlanError: it can never work.
        InvalidArgumentError: an option cannot be right.
    """
    wanted = read_time_to_live(checked_request(request, "UpdateTimeToLive"))
    return Aim(
        subject=at_home(time_to_live_subject(wanted.table)),
        plan=_Expiring(wanted).plan,
        moving=moving_time_to_live,
        waits_out=waits_out,
    )


def recovery_aim(request: Mapping[str, Any]) -> Aim[BackupsState]:
    """Return what an UpdateContinuousBackups aims at.

    Raises:
        PlanError: it can never work.
        InvalidArgumentError: an option cannot be right.
    """
    wanted = read_recovery(checked_request(request, "UpdateContinuousBackups"))
    return Aim(
        subject=at_home(recovery_subject(wanted.table)),
        plan=_timeless(partial(plan_recovery, wanted)),
    )


def tagging_aim(request: Mapping[str, Any]) -> Aim[Mapping[str, str]]:
    """Return what a TagResource aims at.

    Raises:
        PlanError: it can never work.
        InvalidArgumentError: an option cannot be right.
    """
    wanted = read_tagging(checked_request(request, "TagResource"))
    return Aim(
        subject=at_home(tags_subject(wanted.arn)),
        plan=_timeless(partial(plan_tagging, wanted)),
    )


def untagging_aim(request: Mapping[str, Any]) -> Aim[Mapping[str, str]]:
    """Return what an UntagResource aims at.

    Raises:
        PlanError: it can never work.
        InvalidArgumentError: an option cannot be right.
    """
    wanted = read_untagging(checked_request(request, "UntagResource"))
    return Aim(
        subject=at_home(tags_subject(wanted.arn)),
        plan=_timeless(partial(plan_untagging, wanted)),
    )


def streaming_aim(request: Mapping[str, Any], *, enable: bool) -> Aim[Destinations]:
    """Return what an Enable- or DisableKinesisStreamingDestination aims at.

    Raises:
        PlanError: it can never work.
        InvalidArgumentError: an option cannot be right.
    """
    operation = f"{'En' if enable else 'Dis'}ableKinesisStreamingDestination"
    wanted = read_streaming(checked_request(request, operation), enable=enable)
    return Aim(
        subject=at_home(destinations_subject(wanted.table)),
        plan=_timeless(partial(plan_enabling if enable else plan_disabling, wanted)),
        moving=moving_destinations,
    )


def insights_aim(request: Mapping[str, Any]) -> Aim[ContributorInsightsState]:
    """Return what an UpdateContributorInsights aims at.

    Raises:
        PlanError: it can never work.
        InvalidArgumentError: an option cannot be right.
    """
    wanted = read_insights(checked_request(request, "UpdateContributorInsights"))
    return Aim(
        subject=at_home(insights_subject(wanted.table, wanted.index), wanted.index),
        plan=_timeless(partial(plan_insights, wanted)),
        moving=moving_insights,
    )


def _timeless(plan: Callable[[S], Plan]) -> Callable[[S, datetime | None], Plan]:
    """Make a planner for which the date does not matter one for the executor."""
    return lambda state, _moment: plan(state)


class _Expiring:
    """Plans time to live, and keeps in mind since when it is off.

    That cannot be seen, but what was seen on another attribute and is off now was
    switched off since.
    """

    def __init__(self, wanted: Expiry) -> None:
        self._wanted = wanted
        self._moves = False
        self._again: datetime | None = None

    def plan(self, state: TimeToLiveState, moment: datetime | None) -> Plan:
        if moves_attribute(self._wanted, state):
            self._moves = True
        elif self._moves and self._again is None and moment is not None:
            self._again = moment + COOLDOWN
        # When an earlier run changed it cannot be seen: an hour from now at the latest.
        latest = None if moment is None else moment + COOLDOWN
        return plan_time_to_live(self._wanted, state, self._again or latest)
