"""Kinesis destinations: what enabling and disabling one comes to.

A table sends its changes to one stream at a time; one that failed or was disabled
stays listed. Sources: API reference, EnableKinesisStreamingDestination and
UpdateKinesisStreamingDestination; states and refusals as measured on AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ...conditions import Verdict
from ...plans import Plan, Step
from ...states import KinesisDestinationState
from .forms import Group, Text
from .problems import Problems
from .settings import checked_form, question, status_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...conditions import Condition

Destinations: TypeAlias = tuple[KinesisDestinationState, ...]

_PRECISION = "ApproximateCreationDateTimePrecision"
_CONFIGURATION = "EnableKinesisStreamingConfiguration"
_COARSE = "MILLISECOND"
_ENDED = ("DISABLED", "ENABLE_FAILED", "ABSENT")
_LIVING = ("ENABLING", "ACTIVE", "UPDATING")
_MOVING = ("ENABLING", "DISABLING", "UPDATING")
_FORM = Group(
    {
        "TableName": Text(1, 1024),
        "StreamArn": Text(37, 1024),
        _CONFIGURATION: Group(
            {_PRECISION: Text(choices=(_COARSE, "MICROSECOND"))},
        ),
    },
    ("TableName", "StreamArn"),
)


@dataclass(frozen=True, slots=True)
class Streaming:
    """A request to enable or to disable a destination that can be read."""

    table: str
    stream: str
    request: Mapping[str, Any]

    @property
    def precision(self) -> str | None:
        """The precision that was asked for."""
        configuration: Mapping[str, Any] = self.request.get(_CONFIGURATION) or {}
        return configuration.get(_PRECISION)


def read_streaming(request: Mapping[str, Any], *, enable: bool) -> Streaming:
    """Read the request of Enable- or DisableKinesisStreamingDestination.

    Raises:
        PlanError: it can never work.
    """
    problems = checked_form(request, _FORM, str(request.get("TableName")))
    stream = request["StreamArn"]
    parts = stream.split(":", 5)
    if parts[0] != "arn" or parts[2:3] != ["kinesis"]:
        problems.add(f"StreamArn: not the ARN of a Kinesis data stream: {stream!r}")
    if not enable and request.get(_CONFIGURATION):
        problems.add(f"{_CONFIGURATION}: leave it out when disabling")
    problems.check()
    return Streaming(request["TableName"], stream, request)


def destination_of(state: Destinations, stream: str) -> KinesisDestinationState:
    """Return the destination; with the status ABSENT where it is not listed."""
    for entry in state:
        if entry.stream_arn == stream:
            return entry
    return KinesisDestinationState(stream, status="ABSENT")


def moving_destinations(state: Destinations) -> tuple[str, ...]:
    """Say what moves."""
    return tuple(
        f"destination {entry.stream_arn} is {entry.status}"
        for entry in state
        if entry.status in _MOVING
    )


def plan_enabling(wanted: Streaming, state: Destinations) -> Plan:
    """Work out what is left to do, from what the table is described with.

    Raises:
        PlanError: the table sends its changes to another stream.
    """
    _refuse_another(wanted, state)
    entry = destination_of(state, wanted.stream)
    failed = entry.status == "ENABLE_FAILED"
    enable = Step(
        title=f"enable {wanted.stream}",
        operation="EnableKinesisStreamingDestination",
        parameters=wanted.request,
        reason=f"it is {entry.status}",
        needs=question("no_destination", _none_lives),
        effect=destination_is(wanted.stream, *_LIVING, fails=not failed),
        still=destination_is(wanted.stream, "ACTIVE", fails=True),
        action="create",
    )
    if entry.status not in _LIVING:
        return Plan(wanted.table, (enable,))
    if wanted.precision is None:
        return Plan(wanted.table, already=(enable,))
    now = entry.precision or _COARSE
    update = Step(
        title=f"set the precision of {wanted.stream} to {wanted.precision}",
        operation="UpdateKinesisStreamingDestination",
        parameters={
            "TableName": wanted.table,
            "StreamArn": wanted.stream,
            "UpdateKinesisStreamingConfiguration": {_PRECISION: wanted.precision},
        },
        reason=f"it is {now}",
        needs=destination_is(wanted.stream, "ACTIVE"),
        effect=question("precision", _precise, wanted.stream, wanted.precision),
        still=destination_is(wanted.stream, "ACTIVE", fails=True),
        duration="minutes",
    )
    if now == wanted.precision:
        return Plan(wanted.table, already=(enable,))
    return Plan(wanted.table, (update,), already=(enable,))


def plan_disabling(wanted: Streaming, state: Destinations) -> Plan:
    """Work out what is left to do, from what the table is described with."""
    entry = destination_of(state, wanted.stream)
    step = Step(
        title=f"disable {wanted.stream}",
        operation="DisableKinesisStreamingDestination",
        parameters=wanted.request,
        reason=f"it is {entry.status}",
        needs=destination_is(wanted.stream, "ACTIVE"),
        effect=destination_is(wanted.stream, "DISABLING", *_ENDED),
        still=destination_is(wanted.stream, *_ENDED),
        action="delete",
    )
    if entry.status in (*_ENDED, "DISABLING"):
        return Plan(wanted.table, already=(step,))
    return Plan(wanted.table, (step,))


def _refuse_another(wanted: Streaming, state: Destinations) -> None:
    problems = Problems(wanted.table)
    for entry in state:
        if entry.stream_arn != wanted.stream and entry.status in _LIVING:
            problems.add(
                f"StreamArn: {entry.stream_arn} is {entry.status}, and a table sends "
                "its changes to one stream at a time: disable that one first"
            )
    problems.check()


def destination_is(
    stream: str, *statuses: str, fails: bool = False
) -> Condition[Destinations]:
    """Ask whether a destination has one of some statuses.

    Args:
        stream: the ARN of the stream.
        statuses: the statuses.
        fails: whether ENABLE_FAILED makes it impossible.
    """
    return question("destination_is", _has_status, stream, statuses, fails)


def _has_status(
    stream: str,
    statuses: tuple[str, ...],
    fails: bool,  # noqa: FBT001 - one of the arguments that the condition prints
    state: Destinations,
) -> Verdict:
    entry = destination_of(state, stream)
    what = f"destination {stream}"
    verdict = status_in(what, statuses, entry.status, entry.status_description)
    if fails and entry.status == "ENABLE_FAILED":
        return Verdict.impossible(*verdict.reasons)
    return verdict


def _precise(stream: str, precision: str, state: Destinations) -> Verdict:
    now = destination_of(state, stream).precision or _COARSE
    if now == precision:
        return Verdict.satisfied()
    return Verdict.pending(f"the precision of {stream} is {now}")


def _none_lives(state: Destinations) -> Verdict:
    living = [entry for entry in state if entry.status not in _ENDED]
    if not living:
        return Verdict.satisfied()
    return Verdict.pending(
        *(f"destination {entry.stream_arn} is {entry.status}" for entry in living)
    )
