"""Times as Go's JSON writes and reads them.

RFC 3339 with up to nine digits of a second and no trailing zeros, ``Z`` for UTC
(`Time.MarshalJSON`, https://pkg.go.dev/time).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

ZERO = datetime(1, 1, 1, tzinfo=UTC)
"""Go's zero time: what a missing one is read as."""

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:\.([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_NANOSECOND_DIGITS = 9


@dataclass(frozen=True, slots=True)
class GoTime:
    """A time that Go may have written.

    Attributes:
        moment: in UTC, cut to microseconds.
        text: as Go would write it, with its nanoseconds.
        zoned: whether the text has a zone, without which Go cannot read it.
    """

    moment: datetime
    text: str
    zoned: bool


def parse_time(text: str) -> GoTime | None:
    """Read a time; None when it is none. One without a zone is taken for UTC."""
    parts = _TIME.fullmatch(text)
    if parts is None:
        return None
    digits = (parts[2] or "")[:_NANOSECOND_DIGITS].rstrip("0")
    zone = parts[3] or "Z"
    try:
        local = datetime.fromisoformat(parts[1]).replace(
            microsecond=int(digits[:6].ljust(6, "0")), tzinfo=_zone(zone)
        )
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError):  # the 30th of February, or before the year 1
        return None
    spelled = "Z" if zone[1:] == "00:00" else zone
    fraction = f".{digits}" if digits else ""
    return GoTime(moment, parts[1] + fraction + spelled, parts[3] is not None)


def format_time(moment: datetime) -> str:
    """Write a time that knows its zone, in UTC."""
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-ahead if text[0] == "-" else ahead)
