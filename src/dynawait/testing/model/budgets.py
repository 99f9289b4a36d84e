"""The limits that count changes over time, with the texts that name the next time.

Throughput decreases: developer guide, "Service quotas"; the others and all texts as
measured on AWS. How many switches to on-demand capacity there may be is documented; the
text that refuses one more is the older one, which said "once", with the new number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from .refusals import ServiceFault, limit_exceeded

if TYPE_CHECKING:
    from datetime import datetime

HOUR, DAY = 3_600.0, 86_400.0
_FREE_DECREASES = 4
_FREE_ENCRYPTIONS = 4
_ENCRYPTION_PAUSE = 6 * HOUR
_ON_DEMAND_SWITCHES = 4
_CLASS_CHANGES = 2
_CLASS_DAYS = 30
PROTECTION_PAUSE = 15.0


@dataclass(slots=True)
class Decreases:
    """How often a throughput was decreased on a UTC day.

    Attributes:
        day: the day, counted from the plane's first.
        count: how often on that day.
        last: the time of the last one, in seconds.
        moment: the same as a date.
    """

    day: int = 0
    count: int = 0
    last: float = 0.0
    moment: datetime | None = None

    def today(self, day: int) -> int:
        """Return how many there were on a day."""
        return self.count if day == self.day else 0

    def check(self, day: int, now: float) -> None:
        """Refuse one more that comes too early.

        Raises:
            ServiceFault: LimitExceededException.
        """
        count = self.today(day)
        if self.moment is None or count < _FREE_DECREASES or now - self.last >= HOUR:
            return
        following = self.moment + timedelta(seconds=HOUR)
        raise limit_exceeded(
            "Provisioned throughput decreases are limited within a given UTC day. "
            f"After the first {_FREE_DECREASES} decreases, each subsequent decrease in "
            "the same UTC day can be performed at most once every 3600 seconds. Number "
            f"of decreases today: {count}. Last decrease at {_spelt(self.moment)}. "
            f"Next decrease can be made at {_spelt(following)}"
        )

    def add(self, day: int, now: float, moment: datetime) -> None:
        """Count one more."""
        self.count = self.today(day) + 1
        self.day, self.last, self.moment = day, now, moment


@dataclass(slots=True)
class History:
    """When something was changed, in seconds and as dates; the oldest first."""

    times: list[float] = field(default_factory=list[float])
    moments: list[datetime] = field(default_factory=list["datetime"])

    def add(self, now: float, moment: datetime) -> None:
        """Remember one more change."""
        self.times.append(now)
        self.moments.append(moment)

    def within(self, seconds: float, now: float) -> int:
        """Return how many changes there were in the last seconds."""
        return sum(now - time < seconds for time in self.times)


def check_encryption_budget(past: History, now: float) -> None:
    """Refuse an encryption change that comes too early."""
    recent = past.within(DAY, now)
    if recent < _FREE_ENCRYPTIONS or now - past.times[-1] >= _ENCRYPTION_PAUSE:
        return
    first, last = past.moments[-recent], past.moments[-1]
    following = last + timedelta(seconds=_ENCRYPTION_PAUSE)
    raise limit_exceeded(
        "Encryption mode changes are limited in the 24h window ending at "
        f"{stamp(first + timedelta(days=1))}. After the first {_FREE_ENCRYPTIONS} "
        "change, each subsequent change in the same window can be performed at most "
        f"once every {_ENCRYPTION_PAUSE:.0f} seconds. Number of updates today: "
        f"{recent}. Last change at {stamp(last)}. Next changes can be made at "
        f"{stamp(following)}."
    )


def check_on_demand_budget(past: History, now: float) -> None:
    """Refuse a fifth switch to on-demand capacity within a day."""
    if past.within(DAY, now) < _ON_DEMAND_SWITCHES:
        return
    following = past.moments[-_ON_DEMAND_SWITCHES] + timedelta(days=1)
    raise limit_exceeded(
        f"Update to PayPerRequest mode are limited to {_ON_DEMAND_SWITCHES} times in 1 "
        f"day(s). Last update at {_dated(past.moments[-1])}. Next update can be made "
        f"at {_dated(following)}"
    )


def check_class_budget(past: History, now: float, replica: str | None = None) -> None:
    """Refuse a third change of the table class within a month."""
    if past.within(_CLASS_DAYS * DAY, now) < _CLASS_CHANGES:
        return
    text = f"Updates to TableClass are limited to {_CLASS_CHANGES} times in"
    text += f" {_CLASS_DAYS} day(s)"
    if replica is None:
        raise limit_exceeded(f"{text}.")
    code = "LimitExceededException"
    raise ServiceFault(code, f"Limit exceeded for replica in {replica}. {text}")


def check_protection_pause(table: str, past: History, now: float) -> None:
    """Refuse a change of the deletion protection within 15 seconds of the last."""
    if not past.within(PROTECTION_PAUSE, now):
        return
    following = past.moments[-1] + timedelta(seconds=PROTECTION_PAUSE)
    raise ServiceFault(
        "ThrottlingException",
        f"Deletion protection setting for table {table} modified within the previous "
        f"{PROTECTION_PAUSE * 1000:.0f} milliseconds. Please try again after "
        f"{stamp(following)[:-1]}",
    )


def stamp(moment: datetime) -> str:
    """Return a moment as AWS writes it in its texts, to the millisecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _spelt(moment: datetime) -> str:
    day = moment.astimezone(UTC)
    date = f"{day:%A, %B} {day.day}, {day.year}"
    return f"{date} at {day.hour % 12 or 12}:{day:%M:%S %p} Coordinated Universal Time"


def _dated(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
