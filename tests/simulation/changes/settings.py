"""Requests to change a table's settings, which have lives of their own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from dynawait._core import safe_settings
from dynawait.plans import Plan
from tests.simulation.changes.scripts import Script
from tests.simulation.changes.tables import NAME
from tests.simulation.samples import ARN, STREAM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from dynawait._core.gateway import Gateway
    from dynawait.states import TableState
    from dynawait.testing import SimulatedDynamoDB
    from tests.simulation.changes.tables import Scene

_TAGS = {"team": "orders", "stage": "prod"}


def draw_settings_script(random: Random, _scene: Scene) -> Script:
    """Draw a change of one of the settings."""
    operation, request, show = random.choice(_DRAWS)(random)
    core: Any = getattr(safe_settings, f"safe_{operation}")

    async def run(gateway: Gateway, timeout: float | None) -> Any:
        return await core(gateway, timeout=timeout, **request)

    def plan(_state: TableState, _moment: Any) -> Plan:
        return Plan(NAME)

    return Script(
        text=f"safe_{operation}(**{request!r})",
        run=run,
        plan=plan,
        tables=False,
        unmet_settings=show,
    )


def _time_to_live(random: Random) -> Any:
    enabled = random.random() < 0.8
    wanted = {"Enabled": enabled, "AttributeName": random.choice(("expires", "until"))}

    def unmet(dynamodb: SimulatedDynamoDB) -> list[str]:
        shown = _shown(dynamodb, "DescribeTimeToLive", "TimeToLiveDescription")
        status = "ENABLED" if enabled else "DISABLED"
        same = not enabled or shown.get("AttributeName") == wanted["AttributeName"]
        good = shown["TimeToLiveStatus"] == status and same
        return [] if good else [f"time to live is {shown}"]

    request = {"TableName": NAME, "TimeToLiveSpecification": wanted}
    return "update_time_to_live", request, unmet


def _recovery(random: Random) -> Any:
    enabled = random.random() < 0.7
    wanted = {"PointInTimeRecoveryEnabled": enabled}

    def unmet(dynamodb: SimulatedDynamoDB) -> list[str]:
        answer = _shown(
            dynamodb, "DescribeContinuousBackups", "ContinuousBackupsDescription"
        )
        shown = answer["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        good = shown == ("ENABLED" if enabled else "DISABLED")
        return [] if good else [f"recovery is {shown}"]

    request = {"TableName": NAME, "PointInTimeRecoverySpecification": wanted}
    return "update_continuous_backups", request, unmet


def _tagged(random: Random) -> Any:
    names = random.sample(list(_TAGS), random.choice((1, 2)))
    request = {
        "ResourceArn": ARN,
        "Tags": [{"Key": name, "Value": _TAGS[name]} for name in names],
    }
    return "tag_resource", request, partial(_unmet_tags, present=names)


def _untagged(random: Random) -> Any:
    names = random.sample(list(_TAGS), random.choice((1, 2)))
    request = {"ResourceArn": ARN, "TagKeys": names}
    return "untag_resource", request, partial(_unmet_tags, absent=names)


def _unmet_tags(
    dynamodb: SimulatedDynamoDB,
    *,
    present: list[str] | None = None,
    absent: list[str] | None = None,
) -> list[str]:
    dynamodb.clock.advance(10)
    answer = dynamodb.plane.handle("ListTagsOfResource", {"ResourceArn": ARN})
    tags = {tag["Key"]: tag["Value"] for tag in answer.get("Tags", ())}
    unmet = [name for name in present or () if tags.get(name) != _TAGS[name]]
    unmet += [name for name in absent or () if name in tags]
    return [f"tag {name} of {tags}" for name in unmet]


def _insights(random: Random) -> Any:
    action = random.choice(("ENABLE", "DISABLE"))

    def unmet(dynamodb: SimulatedDynamoDB) -> list[str]:
        shown = dynamodb.plane.handle(
            "DescribeContributorInsights", {"TableName": NAME}
        )
        status = shown["ContributorInsightsStatus"]
        return [] if status == f"{action}D" else [f"insights are {status}"]

    request = {"TableName": NAME, "ContributorInsightsAction": action}
    return "update_contributor_insights", request, unmet


def _destination(random: Random) -> Any:
    enabled = random.random() < 0.7

    def unmet(dynamodb: SimulatedDynamoDB) -> list[str]:
        shown = dynamodb.plane.handle(
            "DescribeKinesisStreamingDestination", {"TableName": NAME}
        )["KinesisDataStreamDestinations"]
        active = any(each["DestinationStatus"] == "ACTIVE" for each in shown)
        return [] if active == enabled else [f"destinations are {shown}"]

    word = "enable" if enabled else "disable"
    request = {"TableName": NAME, "StreamArn": STREAM}
    return f"{word}_kinesis_streaming_destination", request, unmet


def _shown(
    dynamodb: SimulatedDynamoDB, operation: str, member: str
) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = dynamodb.plane.handle(operation, {"TableName": NAME})
    shown: Mapping[str, Any] = answer[member]
    return shown


_DRAWS = (_time_to_live, _recovery, _tagged, _untagged, _insights, _destination)
