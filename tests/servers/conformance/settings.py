"""Probes: time to live, streams, protection, tags, and limits that count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.bench import ACCEPTED as OK
from conformance.bench import KEY, definitions, index
from conformance.probe import BOTH, DOCUMENTED, MEASURED, row
from conformance.scenes import (
    ON_DEMAND,
    STREAM,
    creating,
    deleting,
    missing,
    still,
    updating,
)

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.probe import Steps

_DECREASES = 4
_TAGS = [{"Key": "team", "Value": "a"}]


def live(attribute: str = "expires", *, enabled: bool = True) -> dict[str, Any]:
    """Return the members of an UpdateTimeToLive."""
    wanted = {"Enabled": enabled, "AttributeName": attribute}
    return {"TimeToLiveSpecification": wanted}


def _enabled(bench: Bench) -> str:
    bench.create()
    bench.pause(60)
    bench.do("update_time_to_live", **live())

    def look() -> str:
        told = bench.do("describe_time_to_live")["TimeToLiveDescription"]
        return str(told["TimeToLiveStatus"])

    return bench.sights(look, "ENABLED")[-1]


def _again(**request: Any) -> Steps:
    def steps(bench: Bench) -> str:
        bench.create()
        bench.pause(60)
        bench.do("update_time_to_live", **live())
        bench.pause(10)
        return bench.ask("update_time_to_live", **request)

    return steps


def _streaming(enabled: bool) -> Steps:
    stream: dict[str, Any] = {"StreamSpecification": STREAM} if enabled else {}

    def steps(bench: Bench) -> str:
        bench.create(**stream)
        bench.pause(60)
        wanted = STREAM if enabled else {"StreamEnabled": False}
        return bench.ask("update_table", StreamSpecification=wanted)

    return steps


def _toggled(bench: Bench) -> str:
    bench.create()
    bench.pause(60)
    bench.do("update_table", DeletionProtectionEnabled=True)
    return bench.ask("update_table", DeletionProtectionEnabled=False)


def _decreased(bench: Bench) -> str:
    bench.create(ProvisionedThroughput=_units(20))
    for number in range(_DECREASES):
        bench.do("update_table", ProvisionedThroughput=_units(19 - number))
        bench.settle()
    return bench.ask("update_table", ProvisionedThroughput=_units(10))


def _units(number: int) -> dict[str, int]:
    return {"ReadCapacityUnits": number, "WriteCapacityUnits": number}


def _cooled(bench: Bench) -> str:
    bench.create(**ON_DEMAND)
    warm = {"ReadUnitsPerSecond": 100, "WriteUnitsPerSecond": 100}
    return bench.ask("update_table", WarmThroughput=warm)


def _tagged_anew(bench: Bench) -> str:
    bench.create()
    bench.pause(60)
    arn = bench.look()["TableArn"]
    bench.do("tag_resource", TableName=None, ResourceArn=arn, Tags=_TAGS)
    other = [{"Key": "stage", "Value": "b"}]
    return bench.ask("tag_resource", TableName=None, ResourceArn=arn, Tags=other)


def _tagged(bench: Bench) -> str:
    bench.create()
    bench.pause(60)
    arn = bench.look()["TableArn"]
    bench.do("tag_resource", TableName=None, ResourceArn=arn, Tags=_TAGS)

    def look() -> str:
        told = bench.do("list_tags_of_resource", TableName=None, ResourceArn=arn)
        return ", ".join(tag["Key"] for tag in told["Tags"]) or "no tags"

    return bench.trace(look, "team")


def _born_tagged(bench: Bench) -> str:
    bench.create(Tags=_TAGS)
    bench.pause(60)
    arn = bench.look()["TableArn"]
    told = bench.do("list_tags_of_resource", TableName=None, ResourceArn=arn)
    return ", ".join(tag["Key"] for tag in told["Tags"]) or "no tags"


def _two_units(bench: Bench) -> str:
    bench.create("day", "email")
    updates = [
        {"Update": {"IndexName": name, "ProvisionedThroughput": _units(7)}}
        for name in ("by-day", "by-email")
    ]
    return bench.ask("update_table", GlobalSecondaryIndexUpdates=updates)


def _bare_index(bench: Bench) -> str:
    return bench.ask(
        "create_table",
        AttributeDefinitions=definitions(KEY, "day"),
        KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
        ProvisionedThroughput=_units(5),
        GlobalSecondaryIndexes=[index("day", units=None)],
    )


_REPLICA: dict[str, Any] = {"ReplicaUpdates": [{"Create": {"RegionName": "us-west-2"}}]}
_OTHER_REPLICA: dict[str, Any] = {
    "ReplicaUpdates": [{"Create": {"RegionName": "eu-west-1"}}]
}


def _second_replica(bench: Bench) -> str:
    bench.create(**ON_DEMAND)
    bench.pause(60)
    bench.do("update_table", **_REPLICA)
    bench.need("UPDATING", bench.status)
    return bench.ask("update_table", **_OTHER_REPLICA)


_VE = "ValidationException"

SETTINGS = (
    row("time to live is enabled, in the end", BOTH, _enabled, "ENABLED"),
    row(
        "time to live is enabled again",
        BOTH,
        _again(**live()),
        f"{_VE}: TimeToLive is already enabled",
    ),
    row(
        "time to live, another attribute",
        MEASURED,
        _again(**live("other")),
        f"{_VE}: TimeToLive is active on a different AttributeName: current "
        "AttributeName is expires",
    ),
    row(
        "time to live is disabled at once",
        BOTH,
        _again(**live(enabled=False)),
        f"{_VE}: Time to live has been modified multiple times within a fixed interval",
    ),
    row(
        "time to live is disabled, never having been enabled",
        MEASURED,
        still("update_time_to_live", **live(enabled=False)),
        f"{_VE}: TimeToLive is already disabled",
        "ResourceNotFoundException",
    ),
    row(
        "time to live, the table CREATING",
        MEASURED,
        creating("update_time_to_live", **live()),
        "ResourceNotFoundException",
        "ResourceInUseException: Table T is being created",
    ),
    row(
        "time to live, the table UPDATING",
        MEASURED,
        updating("update_time_to_live", **live()),
        OK,
    ),
    row(
        "DescribeTimeToLive, the table DELETING",
        MEASURED,
        deleting("describe_time_to_live"),
        f"{_VE}: Cannot describe time to live while table is in",
    ),
    row(
        "DescribeTimeToLive, no table",
        DOCUMENTED,
        missing("describe_time_to_live"),
        "ResourceNotFoundException",
    ),
    row(
        "a stream is enabled that is enabled",
        BOTH,
        _streaming(enabled=True),
        f"{_VE}: Table already has an enabled stream",
    ),
    row(
        "a stream is disabled that is not there",
        BOTH,
        _streaming(enabled=False),
        f"{_VE}: Table has no stream to disable",
    ),
    row(
        "deletion protection, twice within 15 s",
        MEASURED,
        _toggled,
        "ThrottlingException: Please try again after",
    ),
    row(
        "a fifth decrease of throughput in an hour",
        BOTH,
        _decreased,
        "LimitExceededException: Provisioned throughput decreases are limited within a "
        "given UTC day",
    ),
    row(
        "warm throughput is lowered",
        BOTH,
        _cooled,
        f"{_VE}: decreasing WarmThroughput is not supported",
    ),
    row("throughput of two indexes in one call", BOTH, _two_units, OK),
    row("CreateTable, an index without throughput", DOCUMENTED, _bare_index, _VE),
    row(
        "a second replica, the first under way",
        MEASURED,
        _second_replica,
        "ResourceInUseException: The resource which you are attempting to change is "
        "in use.",
    ),
    row(
        "a replica and throughput in one call",
        MEASURED,
        still(
            "update_table",
            **_REPLICA,
            ProvisionedThroughput=_units(7),
        ),
        _VE,
    ),
    row("when a tag is read", BOTH, _tagged, "no tags → team"),
    row("tags of CreateTable, when it is ACTIVE", MEASURED, _born_tagged, "team"),
    row(
        "a second TagResource at once",
        MEASURED,
        _tagged_anew,
        "LimitExceededException: Table tags are being updated: T",
    ),
)
