"""``dynawait update``: flags, files, others who write, and faults on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait.testing import Faults
from tests.cli.changing import changes, index, meddle, writes, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import CommandLine


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        (
            ["--billing-mode", "provisioned", "--read", "4", "--write", "3"],
            lambda table: table["ProvisionedThroughput"]["ReadCapacityUnits"] == 4,
        ),
        (
            ["--deletion-protection"],
            lambda table: table["DeletionProtectionEnabled"] is True,
        ),
        (
            ["--table-class", "STANDARD_INFREQUENT_ACCESS"],
            lambda table: "TableClassSummary" in table,
        ),
        (
            ["--stream", "KEYS_ONLY"],
            lambda table: table["StreamSpecification"]["StreamEnabled"],
        ),
    ],
)
def test_a_flag_changes_one_thing(
    cli: CommandLine, flags: list[str], shown: Callable[[Any], bool]
) -> None:
    """And a second run finds it so."""
    cli.table()
    done = cli("update", "orders", *flags)
    assert done.code == 0, done.err
    assert shown(cli.dynamodb.tables["orders"])
    assert writes(cli) == ["CreateTable", "UpdateTable"]
    again = cli("update", "orders", *flags)
    assert "nothing to do; already so: " in again.out
    assert writes(cli) == ["CreateTable", "UpdateTable"]


def test_a_wide_request_is_split(cli: CommandLine, tmp_path: Path) -> None:
    """A file and flags together, in as many calls as DynamoDB needs."""
    cli.table()
    file = written(tmp_path, changes({"Create": index("by-email")}))
    done = cli("update", "orders", "--file", file, "--stream", "NEW_IMAGE", "--json")
    assert done.code == 0
    (result,) = done.of_type("result")
    assert result["done"] == [
        "enable the stream with NEW_IMAGE",
        "create index by-email",
    ]
    assert result["indexes"][0]["active"] is True
    assert result["elapsed"] > 1
    assert writes(cli)[1:] == ["UpdateTable", "UpdateTable"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ([], "nothing is asked for: say --file, or a flag"),
        (["--read", "1"], "--read and --write go together"),
        (["--on-demand", "--billing-mode", "PROVISIONED"], "contradicts"),
        (["--read", "1", "--write", "1"], "ProvisionedThroughput"),
        (["--billing-mode", "PROVISIONED"], "ProvisionedThroughput"),
    ],
)
def test_what_cannot_work_is_refused(
    cli: CommandLine, flags: list[str], words: str
) -> None:
    """Nothing is sent."""
    cli.table()
    done = cli("update", "orders", *flags)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert writes(cli) == ["CreateTable"]


def test_all_that_is_wrong_is_listed(cli: CommandLine, tmp_path: Path) -> None:
    """A line each; machines get a list."""
    cli.table()
    file = written(tmp_path, {"BillingMode": "FREE", "TableClass": "GLASS"})
    done = cli("update", "orders", "--file", file)
    assert done.code == 2
    assert "orders: this cannot work:\n  - " in done.err
    (error,) = cli("update", "orders", "--file", file, "--json").of_type("error")
    assert error["error"] == "PlanError"
    assert len(error["problems"]) == 2


def test_an_absent_table_is_refused(cli: CommandLine) -> None:
    """After the grace, as it may only just have been created."""
    done = cli("update", "orders", "--on-demand")
    assert done.code == 2
    assert "does not exist" in done.err
    assert "Nothing was changed." in done.err


def test_a_plan_says_what_destroys(cli: CommandLine) -> None:
    """And is an object for machines; nothing is done."""
    stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    cli.table(StreamSpecification=stream)
    line = ["update", "orders", "--stream", "none", "--plan"]
    done = cli(*line, "--detailed-exitcode")
    assert done.code == 5
    assert "destructive" in done.out
    (plan,) = cli(*line, "--json").of_type("plan")
    assert [step["destructive"] for step in plan["steps"]] == [True]
    assert writes(cli) == ["CreateTable"]


def test_others_who_write_are_waited_for(cli: CommandLine) -> None:
    """Somebody changes the table four times a minute, and still it comes about."""
    cli.table()
    cli.dynamodb.faults = Faults(foreign_writer=4.0)
    done = cli("update", "orders", "--stream", "NEW_IMAGE", "--deletion-protection")
    assert done.code == 0, done.err
    steps = [call.client for call in cli.dynamodb.calls]
    assert "foreign writer" in steps


def test_faults_on_the_way_are_survived(cli: CommandLine) -> None:
    """Throttled, lost, dropped, stale: it ends with what was asked for, once."""
    cli.table()
    cli.dynamodb.faults = Faults(
        throttle=0.2,
        lost_response=0.2,
        dropped=0.1,
        stale_describe=0.3,
        server_error=0.1,
        latency=(0.0, 0.5),
    )
    done = cli("update", "orders", "--stream", "NEW_IMAGE", "--deletion-protection")
    assert done.code == 0, done.err
    table = cli.dynamodb.tables["orders"]
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    assert table["DeletionProtectionEnabled"] is True


def test_a_failure_half_way_says_how_far_it_came(cli: CommandLine) -> None:
    """To people in their words, to machines as lists."""
    cli.table()
    refused = {
        "Error": {"Code": "ValidationException", "Message": "no, and never"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }

    def refuse(method: str, count: int) -> None:
        if (method, count) == ("update_table", 2):
            raise cli.client.exceptions.ClientError(refused, "UpdateTable")

    line = ["update", "orders", "--stream", "NEW_IMAGE", "--deletion-protection"]
    line += ["--table-class", "STANDARD_INFREQUENT_ACCESS"]
    meddle(cli, refuse)
    done = cli(*line, "--json")
    assert done.code == 1
    (error,) = done.of_type("error")
    assert error["done"] == ["enable deletion protection"]
    assert error["failed"] == "change the table class to STANDARD_INFREQUENT_ACCESS"
    assert error["left"] == ["enable the stream with NEW_IMAGE"]
    assert "  done: enable deletion protection\n  failed: change the" in done.err
    assert "no, and never" in done.err
    assert "it goes on from here" in done.err
    cli.clients["dynamodb"] = cli.client
    assert cli(*line).code == 0


def test_a_quota_says_when_to_come_again(cli: CommandLine) -> None:
    """DynamoDB takes so many switches to on-demand in a day."""
    cli.table()
    flags = ["--billing-mode", "PROVISIONED", "--read", "1", "--write", "1"]
    back = ["update", "orders", "--on-demand", "--json"]
    assert cli("update", "orders", *flags).code == 0
    while (done := cli(*back)).code == 0:
        assert cli("update", "orders", *flags).code == 0
        assert writes(cli).count("UpdateTable") < 20
    assert done.code == 1
    (error,) = done.of_type("error")
    assert error["error"] == "QuotaError"
    assert error["table"] == "orders"


@pytest.mark.parametrize("service", ["cloudwatch", "cloudtrail"])
def test_other_services_are_asked_only_where_a_flag_says_so(
    cli: CommandLine, tmp_path: Path, service: str
) -> None:
    """As that takes permissions; one that cannot be asked is told and left out."""
    asked: list[str] = []

    class Service:
        def get_metric_data(self, **_: Any) -> Any:
            asked.append("cloudwatch")
            raise RuntimeError("no permission")

        def lookup_events(self, **_: Any) -> Any:
            asked.append("cloudtrail")
            raise RuntimeError("no permission")

    cli.clients[service] = Service()
    cli.table()
    cli.client.update_table(TableName="orders", **changes({"Create": index("foreign")}))
    file = written(tmp_path, changes({"Create": index("by-email")}))
    done = cli("update", "orders", "--file", file, f"--{service}")
    assert done.code == 0, done.err
    assert asked == [service]
    assert "cannot be asked, going on without: " in done.err
