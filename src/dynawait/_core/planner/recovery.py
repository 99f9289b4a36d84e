"""Point-in-time recovery: what UpdateContinuousBackups is to do.

Source: API reference, UpdateContinuousBackups and PointInTimeRecoverySpecification.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...conditions import Verdict
from ...plans import Plan, Step
from .forms import Flag, Group, Text, Whole
from .settings import checked_form, question, status_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...states import BackupsState

_WHAT = "point-in-time recovery"
_MEMBER = "PointInTimeRecoverySpecification"
_DAYS = "RecoveryPeriodInDays"
# How far back it reaches where nobody said otherwise, which is also the most.
_MOST_DAYS = 35
_FORM = Group(
    {
        "TableName": Text(1, 1024),
        _MEMBER: Group(
            {"PointInTimeRecoveryEnabled": Flag(), _DAYS: Whole(1)},
            ("PointInTimeRecoveryEnabled",),
        ),
    },
    ("TableName", _MEMBER),
)


@dataclass(frozen=True, slots=True)
class Recovery:
    """An UpdateContinuousBackups that can be read.

    Attributes:
        table: the table.
        specification: its PointInTimeRecoverySpecification.
    """

    table: str
    specification: Mapping[str, Any]

    @property
    def enabled(self) -> bool:
        """Whether it shall be on."""
        return bool(self.specification["PointInTimeRecoveryEnabled"])

    @property
    def days(self) -> int | None:
        """How far back it shall reach; None: as far as it does."""
        return self.specification.get(_DAYS)


def read_recovery(request: Mapping[str, Any]) -> Recovery:
    """Read the request of UpdateContinuousBackups.

    Raises:
        PlanError: it can never work.
    """
    problems = checked_form(request, _FORM, str(request.get("TableName")))
    wanted = Recovery(request["TableName"], request[_MEMBER])
    where = f"{_MEMBER}.{_DAYS}"
    if wanted.days is not None and wanted.days > _MOST_DAYS:
        problems.add(f"{where}: expected 1 to {_MOST_DAYS}, got {wanted.days}")
    if wanted.days is not None and not wanted.enabled:
        problems.add(f"{where}: leave it out when disabling")
    problems.check()
    return wanted


def plan_recovery(wanted: Recovery, state: BackupsState) -> Plan:
    """Work out what is left to do, from what DescribeContinuousBackups said."""
    days = None if wanted.days is None else f" of {wanted.days} days"
    now = state.recovery_period_days or _MOST_DAYS
    on = state.point_in_time_recovery == "ENABLED"
    shortened = on and wanted.days is not None and wanted.days < now
    step = Step(
        title=f"enable {_WHAT}{days or ''}" if wanted.enabled else f"disable {_WHAT}",
        operation="UpdateContinuousBackups",
        parameters={"TableName": wanted.table, _MEMBER: wanted.specification},
        reason=f"it is {state.point_in_time_recovery}" + (f", {now} days" * on),
        needs=question("backups_enabled", _enabled),
        effect=question("recovery_is", _is, wanted.enabled, wanted.days),
        # The earlier points in time cannot be restored any more.
        destructive=(on and not wanted.enabled) or shortened,
    )
    if step.effect.judge(state).kind == "satisfied":
        return Plan(wanted.table, already=(step,))
    return Plan(wanted.table, (step,))


def _enabled(state: BackupsState) -> Verdict:
    return status_in("continuous backups", ("ENABLED",), state.status)


def _is(enabled: object, days: object, state: BackupsState) -> Verdict:
    status = "ENABLED" if enabled else "DISABLED"
    verdict = status_in(_WHAT, (status,), state.point_in_time_recovery)
    now = state.recovery_period_days or _MOST_DAYS
    if verdict.kind == "satisfied" and days not in (None, now):
        return Verdict.pending(f"{_WHAT} reaches back {now} days")
    return verdict
