"""A service with many tables that become active one by one, and a limit that is hard.

It is leaner than `dynawait.testing`, which remembers every call: here memory is
what is measured, so the service must not grow. Answers go through botocore's own
parser, because those who keep them keep what it makes.
"""

from __future__ import annotations

import json
import random
from collections import deque
from functools import cache
from types import SimpleNamespace
from typing import Any

import botocore.session
from botocore.parsers import create_parser

from dynawait.testing import ClientError, VirtualClock

LIMIT = 2500  # control-plane requests a second and account, as AWS documents
ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/"
BORN = 1_790_000_000


def answer_of(place: int, status: str) -> dict[str, Any]:
    """Return the answer of DescribeTable for one plain table, as botocore reads it."""
    told = {
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "TableName": table_name(place),
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "TableStatus": status,
        "CreationDateTime": BORN + place,
        "ProvisionedThroughput": {
            "NumberOfDecreasesToday": 0,
            "ReadCapacityUnits": 0,
            "WriteCapacityUnits": 0,
        },
        "TableSizeBytes": 1000 + place,
        "ItemCount": 1000 + place,
        "TableArn": f"{ARN}{table_name(place)}",
        "TableId": f"{place:08x}-0000-4000-8000-{place:012x}",
        "BillingModeSummary": {
            "BillingMode": "PAY_PER_REQUEST",
            "LastUpdateToPayPerRequestDateTime": BORN + place,
        },
        "DeletionProtectionEnabled": False,
    }
    parser, shape = _reader()
    body = json.dumps({"Table": told}).encode()
    answer: dict[str, Any] = parser.parse(
        {"body": body, "headers": {}, "status_code": 200}, shape
    )
    return answer


@cache
def _reader() -> tuple[Any, Any]:
    session = botocore.session.get_session()
    model = session.get_service_model("dynamodb")
    shape = model.operation_model("DescribeTable").output_shape
    return create_parser("json"), shape


def table_name(place: int) -> str:
    """Return the name of a table, made anew."""
    return f"orders-{place:05d}"


class Fleet:
    """The tables, and an asynchronous client for them.

    Attributes:
        meta: what a wait asks of a client.
        clock: the virtual time of service and client.
        calls: how many requests came.
        throttled: how many of them were refused.
        busiest: the most requests that came within any second.
    """

    def __init__(
        self, tables: int, *, soonest: float, latest: float, latency: float
    ) -> None:
        """Make tables that become active between `soonest` and `latest` seconds."""
        chance = random.Random(1)
        self._ends = [chance.uniform(soonest, latest) for _ in range(tables)]
        self._seen = [-1.0] * tables
        self._latency = latency
        self._recent: deque[float] = deque()
        self._accepted: deque[float] = deque()
        self.calls = self.throttled = self.busiest = 0
        self.clock = self.__dynawait_clock__ = VirtualClock()
        self.meta = SimpleNamespace(
            config=SimpleNamespace(max_pool_connections=50),
            service_model=SimpleNamespace(service_name="dynamodb"),
        )

    async def describe_table(self, **parameters: str) -> dict[str, Any]:
        """Answer, or refuse, after the latency."""
        now = self.clock.now()
        self.calls += 1
        busiest = self._count(self._recent, now)
        self._recent.append(now)
        self.busiest = max(self.busiest, busiest + 1)
        refused = self._count(self._accepted, now) >= LIMIT
        if refused:
            self.throttled += 1
        else:
            self._accepted.append(now)
        await self.clock.rest(self._latency, _never)
        if refused:
            error = {"Code": "ThrottlingException", "Message": "Rate exceeded"}
            raise ClientError({"Error": error}, "DescribeTable")
        place = int(parameters["TableName"][-5:])
        active = now >= self._ends[place]
        if active and self._seen[place] < 0:
            self._seen[place] = self.clock.now()
        status = "ACTIVE" if active else "CREATING"
        return answer_of(place, status)

    def delays(self) -> list[float]:
        """Return how late each end was seen, in seconds; all have to have been."""
        return [
            seen - end
            for seen, end in zip(self._seen, self._ends, strict=True)
            if seen >= 0
        ]

    @staticmethod
    def _count(moments: deque[float], now: float) -> int:
        # A hair less than a second: sums of steps of 1 / rate are not exact.
        while moments and moments[0] <= now - 1 + 1e-9:
            moments.popleft()
        return len(moments)


def _never() -> bool:
    return False
