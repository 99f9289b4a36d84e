"""What CloudWatch knows of a backfill: how much is done, and at which rate.

Pure functions of what ``get_metric_data`` takes and answers (developer guide, "DynamoDB
metrics and dimensions": ``OnlineIndexPercentageProgress``, which DynamoDB sends every
five minutes; its percentages reach CloudWatch some minutes late).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .loose import entries, mapping, moment, text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import TypeAlias

    Points: TypeAlias = list[tuple[datetime, float]]

_ALL = 100.0
_WINDOW = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
# The rate is that of the last points, of half an hour at most times.
_LAST = 5
# A percentage that falls by more than this is that of another index of the same name.
_FALL = 10.0
# A point that is older than this tells no time, but that a clock is wrong.
_OLDEST = 900.0


def metric_request(table: str, indexes: Iterable[str], now: datetime) -> dict[str, Any]:
    """Return the arguments of ``get_metric_data`` for some indexes.

    Args:
        table: the table's name, not its ARN.
        indexes: their names; the query of the first is ``"p0"``.
        now: the present moment.
    """
    return {
        "MetricDataQueries": [
            {
                "Id": f"p{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/DynamoDB",
                        "MetricName": "OnlineIndexPercentageProgress",
                        "Dimensions": [
                            {"Name": "TableName", "Value": table},
                            {"Name": "GlobalSecondaryIndexName", "Value": index},
                        ],
                    },
                    "Period": 60,
                    "Stat": "Average",
                },
            }
            for number, index in enumerate(indexes)
        ],
        "StartTime": now - _WINDOW,
        "EndTime": now + _MINUTE,
        "ScanBy": "TimestampDescending",
    }


def points_in(response: Any) -> dict[str, Points]:
    """Return what ``get_metric_data`` answered, by query, the oldest point first.

    What cannot be read is left out.
    """
    found: dict[str, Points] = {}
    for result in map(mapping, entries(mapping(response).get("MetricDataResults"))):
        times, values = entries(result.get("Timestamps")), entries(result.get("Values"))
        pairs = (_point(*pair) for pair in zip(times, values, strict=False))
        found[text(result.get("Id"))] = sorted(pair for pair in pairs if pair)
    return found


def of_one_build(points: Points) -> Points:
    """Return the points since the percentage last fell: those of the newest build."""
    start = 0
    for place in range(1, len(points)):
        if points[place][1] < points[place - 1][1] - _FALL:
            start = place
    return points[start:]


def remaining(points: Points, now: datetime) -> float | None:
    """Return the seconds that are left at the present rate.

    Args:
        points: times and percentages, the oldest first.
        now: the present moment, from which it is counted.

    Returns:
        None when nothing moves, or when too little is known.
    """
    if not points:
        return None
    (first, low), (last, high) = points[-_LAST:][0], points[-1]
    seconds = (last - first).total_seconds()
    if seconds <= 0 or high <= low:
        return None
    age = min(max((now - last).total_seconds(), 0.0), _OLDEST)
    return max(0.0, (_ALL - high) * seconds / (high - low) - age)


def _point(at: Any, percent: Any) -> tuple[datetime, float] | None:
    read = moment(at)
    if read is None or isinstance(percent, bool):
        return None
    if not isinstance(percent, (int, float)) or not 0 <= percent <= _ALL:
        return None
    return read, float(percent)
