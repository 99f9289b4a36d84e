"""Of which time, or of which span of time, an export is.

The refusals and their order are as measured on AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .moments import read_moment, shown
from .refusals import ServiceFault, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .recovery import Window

_LEAST = timedelta(minutes=15)
_MOST = timedelta(hours=24)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTimes:
    """The times of an export.

    Attributes:
        at: the time of a full export; None for an incremental one.
        begin: where an increment begins.
        end: where it ends.
        view: what is exported of the items in it.
    """

    at: datetime | None = None
    begin: datetime | None = None
    end: datetime | None = None
    view: str = "NEW_AND_OLD_IMAGES"


def times_of(
    request: Mapping[str, Any], window: Window, *, created: datetime, now: datetime
) -> ExportTimes:
    """Return the times of an export.

    Args:
        request: the ExportTableToPointInTime.
        window: the times that the table can be restored to.
        created: when the table was created.
        now: the time.

    Raises:
        ServiceFault: ValidationException or InvalidExportTimeException.
    """
    increment = request.get("IncrementalExportSpecification")
    if request.get("ExportType") == "INCREMENTAL_EXPORT":
        if increment is None:
            message = "Incremental Export Specification expected when export type is"
            raise refuse(f"Invalid Request: {message} set as Incremental Export")
        return _increment(increment, created=created, now=now)
    if increment is not None:
        if request.get("ExportType") is None:
            message = "Export Type expected to be Incremental Export when incremental"
            raise refuse(f"Invalid Request: {message} export specification is provided")
        message = "When Export Type is Full Export , Incremental Export Specification"
        raise refuse(f"Invalid Request: {message} should not be provided")
    if request.get("ExportTime") is None:
        return ExportTimes(at=now)
    at = read_moment(request["ExportTime"])
    if not window.holds(at):
        raise _wrong("Export Time is invalid")
    return ExportTimes(at=at)


def _increment(
    increment: Mapping[str, Any], *, created: datetime, now: datetime
) -> ExportTimes:
    if increment.get("ExportFromTime") is None:
        message = "ExportFromTime must be provided in IncrementalExportSpecification"
        raise refuse(f"Invalid Request: {message}")
    begin = read_moment(increment["ExportFromTime"])
    end = now
    if increment.get("ExportToTime") is not None:
        end = read_moment(increment["ExportToTime"])
    span = "Incremental export period"
    if begin <= created - _SECOND:
        message = f"{span} from time cannot be less than the table creation time"
        raise _wrong(f"{message} : {shown(begin)}")
    if end > now:
        message = f"{span} to time cannot be greater than the current time"
        raise _wrong(f"{message} : {shown(end)}")
    between = "Difference between export period from time and export period to time is"
    if end - begin < _LEAST:
        raise _wrong(f"{between} less than 15 minutes")
    if end - begin > _MOST:
        # The limit is the API reference's; the text is a guess after the one above.
        raise _wrong(f"{between} greater than 24 hours")
    view = increment.get("ExportViewType") or "NEW_AND_OLD_IMAGES"
    return ExportTimes(begin=begin, end=end, view=view)


def _wrong(problem: str) -> ServiceFault:
    return ServiceFault("InvalidExportTimeException", problem)
