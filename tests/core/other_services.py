"""CloudWatch and CloudTrail as a change asks them, and a change that asks."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dynawait import TableState, indexes_active, indexes_started, quiet
from dynawait._core.aim import Aim
from dynawait._core.execute import execute
from dynawait._core.patience import Patience
from dynawait._core.subject import table_subject
from dynawait._gateways.aio import open_async
from dynawait._gateways.blocking import drive, open_blocking
from dynawait.changes import CreateIndex
from dynawait.plans import ChangeResult, Plan, Step
from dynawait.testing import ClientError, SimulatedDynamoDB, simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dynawait import Event
    from dynawait._core.sources import Source

START = datetime(2026, 1, 1, tzinfo=UTC)
TABLE: dict[str, Any] = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@dataclass
class OtherService:
    """A client of another service: what it answers to its only operation.

    Attributes:
        answer: the response to a request, or what is raised instead.
        requests: what was asked, in order.
    """

    answer: Callable[[Mapping[str, Any]], Any]
    requests: list[Mapping[str, Any]] = field(default_factory=list)

    def _answer(self, parameters: Mapping[str, Any]) -> Any:
        self.requests.append(dict(parameters))
        answer = self.answer(parameters)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Blocking(OtherService):
    """A client like boto3's."""

    def get_metric_data(self, **parameters: Any) -> Any:
        """Answer for CloudWatch."""
        return self._answer(parameters)

    def lookup_events(self, **parameters: Any) -> Any:
        """Answer for CloudTrail."""
        return self._answer(parameters)


class Async(OtherService):
    """A client like aiobotocore's."""

    async def get_metric_data(self, **parameters: Any) -> Any:
        """Answer for CloudWatch."""
        return self._answer(parameters)

    async def lookup_events(self, **parameters: Any) -> Any:
        """Answer for CloudTrail."""
        return self._answer(parameters)


def percentages(points: Iterable[tuple[datetime, float]], query: str = "p0") -> Any:
    """Return a response of get_metric_data, the newest point first."""
    newest = sorted(points, reverse=True)
    return {
        "MetricDataResults": [
            {
                "Id": query,
                "Label": "OnlineIndexPercentageProgress",
                "Timestamps": [at for at, _ in newest],
                "Values": [percent for _, percent in newest],
                "StatusCode": "Complete",
            }
        ],
        "Messages": [],
    }


def grown(until: datetime, *, begin: datetime, seconds: float) -> Any:
    """Return what CloudWatch says of a backfill that grows evenly, five minutes late.

    Args:
        until: the end of what was asked for.
        begin: when the backfill began.
        seconds: how long it takes.
    """
    late = until - timedelta(minutes=5)
    points = []
    at = begin
    while at <= late:
        points.append((at, min(100.0, (at - begin).total_seconds() / seconds * 100)))
        at += timedelta(minutes=1)
    return percentages(points)


def record(
    operation: str = "UpdateTable",
    *,
    at: datetime = START,
    number: str = "1",
    **detail: Any,
) -> dict[str, Any]:
    """Return an event as lookup_events gives it."""
    written = {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::111122223333:assumed-role/Deploy/ci",
        },
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "dynamodb.amazonaws.com",
        "eventName": operation,
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "Boto3/1.40",
        "requestParameters": {"tableName": "orders"},
        "requestID": f"R{number}",
        "eventID": f"E{number}",
        **detail,
    }
    return {
        "EventId": f"E{number}",
        "EventName": operation,
        "ReadOnly": "true" if operation.startswith("Describe") else "false",
        "EventTime": at,
        "EventSource": "dynamodb.amazonaws.com",
        "Username": "ci",
        "Resources": [
            {"ResourceType": "AWS::DynamoDB::Table", "ResourceName": "orders"}
        ],
        "CloudTrailEvent": json.dumps(written),
    }


AUTOSCALING: dict[str, Any] = {
    "userIdentity": {
        "type": "AssumedRole",
        "arn": (
            "arn:aws:sts::111122223333:assumed-role/"
            "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable/AutoScaling-Update"
        ),
        "sessionContext": {
            "sessionIssuer": {
                "userName": "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
            }
        },
        "invokedBy": "dynamodb.application-autoscaling.amazonaws.com",
    },
    "userAgent": "dynamodb.application-autoscaling.amazonaws.com",
}


def refused(code: str, status: int = 400) -> ClientError:
    """Return the error of a call that was refused."""
    error = ClientError({"Error": {"Code": code, "Message": "no"}}, "Operation")
    error.response["ResponseMetadata"] = {"HTTPStatusCode": status}
    return error


def creation(name: str) -> Step:
    """Return the step that creates an index."""
    index = CreateIndex(name, f"key-of-{name}")
    definitions = [
        {"AttributeName": key, "AttributeType": kind}
        for key, kind in index.attribute_types.items()
    ]
    return Step(
        title=f"create index {name}",
        operation="UpdateTable",
        parameters={
            "TableName": "orders",
            "AttributeDefinitions": definitions,
            "GlobalSecondaryIndexUpdates": [{"Create": index.definition()}],
        },
        reason="it does not exist",
        needs=quiet(),
        effect=indexes_started(name),
        still=indexes_active(name),
        action="create",
    )


def aim_of(*names: str) -> Aim[TableState]:
    """Return the aim that there are these indexes."""

    def plan(state: TableState, _moment: datetime | None) -> Plan:
        steps = {name: creation(name) for name in names}
        return Plan(
            "orders",
            tuple(step for name, step in steps.items() if name not in state.indexes),
            tuple(step for name, step in steps.items() if name in state.indexes),
        )

    return Aim(subject=table_subject("orders"), plan=plan, moving=TableState.blockers)


@dataclass
class Told:
    """What a change told, and how it ended."""

    events: list[Event]
    result: Any = None

    def of(self, name: str) -> list[Event]:
        """Return the events of one name."""
        return [event for event in self.events if event.name == name]

    def texts(self, name: str) -> list[str]:
        """Return what they say."""
        return [event.text for event in self.of(name)]


async def change(
    gateway: Any,
    sources: tuple[Source, ...],
    *names: str,
    timeout: float | None = None,
) -> Told:
    """Create indexes through a gateway, and note what is told."""
    told = Told([])
    patience = Patience(timeout, on_event=told.events.append)
    try:
        told.result = await execute(gateway, aim_of(*names), patience, sources=sources)
    except Exception as error:  # noqa: BLE001 - the test looks at it
        told.result = error
    return told


def created(face: str, sources: tuple[Source, ...], *names: str) -> Told:
    """Create a table, and then indexes, through one of the faces."""
    dynamodb = SimulatedDynamoDB()
    if face == "simulated":

        async def main(client: Any) -> Told:
            await client.create_table(**TABLE)
            gateway = client.__dynawait_gateway__()
            await gateway.sleep(10)
            return await change(gateway, sources, *names)

        history = simulate({"main": main}, seed=3, service=dynamodb)
        told: Told = history.result("main")
    else:
        dynamodb.client().create_table(**TABLE)
        dynamodb.clock.advance(10)
        if face == "blocking":
            gateway: Any = open_blocking(dynamodb.client())
            told = drive(change(gateway, sources, *names))
        else:

            async def run() -> Told:
                gateway = open_async(dynamodb.async_client())
                return await change(gateway, sources, *names)

            told = asyncio.run(run())
    assert isinstance(told.result, ChangeResult), told.result
    return told
