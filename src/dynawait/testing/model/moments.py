"""Times in requests: dates in memory, seconds since 1970 over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

from .refusals import ServiceFault


def read_moment(value: datetime | float) -> datetime:
    """Return the date that a request names; one without a zone is local time.

    Raises:
        ServiceFault: SerializationException, when there is no such date.
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        text = "NUMBER_VALUE cannot be converted to Timestamp"
        raise ServiceFault("SerializationException", text) from None


def shown(moment: datetime) -> str:
    """Return a date as DynamoDB's messages write it, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shown_finely(moment: datetime) -> str:
    """Return a date as DynamoDB's messages write it, to the millisecond."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return f"{text[:-3]}Z"


def milliseconds(moment: datetime) -> int:
    """Return the milliseconds from 1970 to a date."""
    return round(moment.timestamp() * 1000)
