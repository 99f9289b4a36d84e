"""``dynawait history``: the timeline that CloudTrail has of a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine

_ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"


def _event(number: int, operation: str, **facts: Any) -> dict[str, Any]:
    asked = {"tableName": "orders", **facts.pop("asked", {})}
    detail = {
        "userIdentity": {"arn": "arn:aws:iam::123456789012:user/ann"},
        "requestParameters": asked,
        "sourceIPAddress": "192.0.2.7",
        **facts,
    }
    return {
        "EventId": str(number),
        "EventName": operation,
        "EventSource": "dynamodb.amazonaws.com",
        "EventTime": f"2026-01-01T00:00:{number:02}Z",
        "CloudTrailEvent": json.dumps(detail),
    }


class Trail:
    """A CloudTrail that answers in pages of two, the newest first."""

    def __init__(self, *events: dict[str, Any]) -> None:
        """Take what it has recorded."""
        self._events = events[::-1]
        self.asked: list[dict[str, Any]] = []

    def lookup_events(self, **request: Any) -> dict[str, Any]:
        """Answer."""
        self.asked.append(request)
        (attribute,) = request["LookupAttributes"]
        found = [
            event
            for event in self._events
            if attribute["AttributeKey"] == "ResourceName"
            or attribute["AttributeValue"] == event["EventName"]
        ]
        start = int(request.get("NextToken", 0))
        more = {"NextToken": str(start + 2)} if start + 2 < len(found) else {}
        return {"Events": found[start : start + 2], **more}


_CREATE = {"create": {"indexName": "by-email"}}
_EVENTS = (
    _event(1, "CreateTable", asked={"billingMode": "PROVISIONED"}),
    _event(2, "DescribeTable"),
    _event(3, "UpdateTable", asked={"globalSecondaryIndexUpdates": [_CREATE]}),
    _event(4, "DeleteTable", errorCode="AccessDenied"),
    _event(5, "UpdateTable", asked={"tableName": "others"}),
)


def test_changes_are_shown_with_the_newest_last(cli: CommandLine) -> None:
    """Who, what, from where, what was asked, and what was refused; each once."""
    cli.clients["cloudtrail"] = Trail(*_EVENTS)
    done = cli("history", "orders")
    assert done.code == 0
    who = "arn:aws:iam::123456789012:user/ann from 192.0.2.7"
    assert done.out.splitlines() == [
        f"2026-01-01T00:00:01+00:00  CreateTable  {who}: billing mode PROVISIONED",
        f"2026-01-01T00:00:03+00:00  UpdateTable  {who}: create index by-email",
        f"2026-01-01T00:00:04+00:00  DeleteTable  {who}  REFUSED AccessDenied",
    ]
    assert "up to 15 minutes late" in done.err


def test_reads_are_shown_when_they_are_asked_for(cli: CommandLine) -> None:
    """With --all; machines get the parameters as they are."""
    cli.clients["cloudtrail"] = Trail(*_EVENTS)
    calls = cli("history", _ARN, "--all", "--json").of_type("call")
    assert [call["operation"] for call in calls] == [
        "CreateTable",
        "DescribeTable",
        "UpdateTable",
        "DeleteTable",
    ]
    assert calls[2]["parameters"]["globalSecondaryIndexUpdates"] == [_CREATE]
    assert (calls[3]["error"], calls[3]["table"]) == ("AccessDenied", "orders")


def test_the_time_is_asked_for(cli: CommandLine) -> None:
    """CloudTrail gets --since; more than it keeps is refused before it is asked."""
    trail = cli.clients["cloudtrail"] = Trail()
    done = cli("history", "orders", "--since", "91d")
    assert (done.code, trail.asked) == (2, [])
    done = cli("history", "orders", "--since", "2h")
    assert "no call in the last 2 h" in done.err
    assert len({request["StartTime"] for request in trail.asked}) == 1


def test_a_missing_permission_is_named(cli: CommandLine) -> None:
    """So that whoever reads it knows what to ask for."""

    class Closed:
        def lookup_events(self, **_: Any) -> Any:
            told = {"Code": "AccessDeniedException", "Message": "not authorized"}
            status = {"HTTPStatusCode": 400}
            answer: Any = {"Error": told, "ResponseMetadata": status}
            raise ClientError(answer, "LookupEvents")

    cli.clients["cloudtrail"] = Closed()
    done = cli("history", "orders")
    assert done.code == 1
    assert "cloudtrail:LookupEvents" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"deletionProtectionEnabled": True}, "deletion protection on"),
        (
            {
                "provisionedThroughput": {
                    "readCapacityUnits": 5,
                    "writeCapacityUnits": 6,
                }
            },
            "throughput 5 read, 6 write",
        ),
        ({"streamSpecification": {"streamEnabled": False}}, "stream off"),
        (
            {"timeToLiveSpecification": {"enabled": True, "attributeName": "at"}},
            "time to live on (at)",
        ),
        ({"replicaUpdates": [{"delete": {"regionName": "x"}}]}, "delete replica x"),
        ({"tagKeys": ["team", "cost"]}, "tags team cost"),
        ({"globalSecondaryIndexUpdates": "odd", "tags": [None]}, "tags None"),
    ],
)
def test_parameters_are_told_in_few_words(
    cli: CommandLine, asked: dict[str, Any], words: str
) -> None:
    """Whatever is odd in a record ends nothing."""
    cli.clients["cloudtrail"] = Trail(_event(1, "UpdateTable", asked=asked))
    assert cli("history", "orders").out.endswith(f": {words}\n")
