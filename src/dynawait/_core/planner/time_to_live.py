"""Time to live: what UpdateTimeToLive is to do.

DynamoDB takes one change an hour, and refuses to move an enabled time to live to
another attribute: that takes two changes (API reference, UpdateTimeToLive).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ...conditions import Verdict
from ...plans import Plan, Step
from .forms import Flag, Group, Text
from .settings import checked_form, question, status_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ...conditions import Condition
    from ...states import TimeToLiveState

COOLDOWN = timedelta(hours=1)
_WHAT = "time to live"
_ON, _OFF = ("ENABLED", "ENABLING"), ("DISABLED", "DISABLING")
_MEMBER = "TimeToLiveSpecification"
_FORM = Group(
    {
        "TableName": Text(1, 1024),
        _MEMBER: Group(
            {"Enabled": Flag(), "AttributeName": Text(1, 255)}, ("Enabled",)
        ),
    },
    ("TableName", _MEMBER),
)


@dataclass(frozen=True, slots=True)
class Expiry:
    """An UpdateTimeToLive that can be read.

    Attributes:
        table: the table.
        specification: its TimeToLiveSpecification.
    """

    table: str
    specification: Mapping[str, Any]

    @property
    def enabled(self) -> bool:
        """Whether it shall be on."""
        return bool(self.specification["Enabled"])

    @property
    def attribute(self) -> str | None:
        """The attribute that was named."""
        return self.specification.get("AttributeName")


def read_time_to_live(request: Mapping[str, Any]) -> Expiry:
    """Read the request of UpdateTimeToLive.

    Raises:
        PlanError: it can never work.
    """
    table = str(request.get("TableName"))
    problems = checked_form(request, _FORM, table)
    specification = request[_MEMBER]
    if specification["Enabled"] and "AttributeName" not in specification:
        problems.add(
            f"{_MEMBER}.AttributeName is missing: enabling needs the attribute that "
            "holds the time of expiry"
        )
    problems.check()
    return Expiry(table, specification)


def plan_time_to_live(
    wanted: Expiry, state: TimeToLiveState, again: datetime | None = None
) -> Plan:
    """Work out what is left to do.

    Args:
        wanted: the request.
        state: what DescribeTimeToLive said.
        again: from when on DynamoDB takes the next change, where that is known.

    Raises:
        PlanError: time to live is on another attribute than the one to be disabled.
    """
    if not wanted.enabled:
        return _plan_off(wanted, state, again)
    attribute = str(wanted.attribute)
    is_on = state.status in _ON
    moves = is_on and state.attribute != attribute
    on = _step(
        wanted,
        attribute,
        enabled=True,
        reason=f"it is {state.status}" + (f" on {state.attribute}" if moves else ""),
        slow=moves,
        again=again,
    )
    if is_on and not moves:
        return Plan(wanted.table, already=(on,))
    if not is_on:
        return Plan(wanted.table, (on,))
    off = _step(
        wanted,
        state.attribute,
        enabled=False,
        reason=f"it is {state.status} on {state.attribute}, not on {attribute}",
        again=again,
    )
    note = (
        f"time to live moves from {state.attribute} to {attribute}: DynamoDB takes one "
        "change of it an hour, so nothing expires for about an hour in between"
    )
    return Plan(wanted.table, (off, on), notes=(note,))


def moves_attribute(wanted: Expiry, state: TimeToLiveState) -> bool:
    """Tell whether it is on, and is to be on another attribute."""
    other = state.attribute not in (wanted.attribute, None)
    return wanted.enabled and state.status in _ON and other


def moving_time_to_live(state: TimeToLiveState) -> tuple[str, ...]:
    """Say what moves."""
    settled = state.status in ("ENABLED", "DISABLED")
    return () if settled else (f"{_WHAT} is {state.status}",)


def _plan_off(wanted: Expiry, state: TimeToLiveState, again: datetime | None) -> Plan:
    live, named = state.attribute, wanted.attribute
    attribute = named or live
    if state.status in _ON and live is not None and attribute != live:
        problems = checked_form({}, Group(), wanted.table)
        problems.add(
            f"{_MEMBER}.AttributeName: time to live is {state.status} on {live}, not "
            f"on {named}: name {live}, or leave the name out"
        )
        problems.check()
    reason = f"it is {state.status}" + (f" on {live}" if live else "")
    off = _step(wanted, attribute, enabled=False, reason=reason, again=again)
    if state.status in _OFF:
        return Plan(wanted.table, already=(off,))
    return Plan(wanted.table, (off,))


def _step(
    wanted: Expiry,
    attribute: str | None,
    *,
    enabled: bool,
    reason: str,
    slow: bool = False,
    again: datetime | None = None,
) -> Step:
    named = {} if attribute is None else {"AttributeName": attribute}
    specification = {**wanted.specification, "Enabled": enabled, **named}
    settled = "ENABLED" if enabled else "DISABLED"
    before = "DISABLED" if enabled else "ENABLED"
    return Step(
        title=f"enable {_WHAT} on {attribute}" if enabled else f"disable {_WHAT}",
        operation="UpdateTimeToLive",
        parameters={"TableName": wanted.table, _MEMBER: specification},
        reason=reason,
        needs=expiry_is(before),
        effect=_becomes(attribute if enabled else None, enabled=enabled),
        still=expiry_is(settled),
        duration="hours" if slow else "seconds",
        again=again,
    )


def expiry_is(status: str) -> Condition[TimeToLiveState]:
    """Ask whether time to live has this status."""
    return question("time_to_live_is", _has_status, status)


def _has_status(status: str, state: TimeToLiveState) -> Verdict:
    return status_in(_WHAT, (status,), state.status)


def _becomes(attribute: str | None, *, enabled: bool) -> Condition[TimeToLiveState]:
    statuses = _ON if enabled else _OFF
    return question("time_to_live_becomes", _is_becoming, statuses, attribute)


def _is_becoming(
    statuses: tuple[str, ...], attribute: str | None, state: TimeToLiveState
) -> Verdict:
    verdict = status_in(_WHAT, statuses, state.status)
    if verdict.kind == "satisfied" and attribute not in (None, state.attribute):
        return Verdict.pending(f"{_WHAT} is {state.status} on {state.attribute}")
    return verdict
