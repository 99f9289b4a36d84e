"""``dynawait ttl``, ``backup`` and ``tags``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.looks import backups_of
from dynawait._cli.settings import Settings
from dynawait.testing import Faults
from tests.cli.changing import at_a_terminal, meddle, writes, written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import CommandLine

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"


def test_time_to_live_is_switched_and_shown(cli: CommandLine) -> None:
    """Enable, show, disable; what is so already is not sent again."""
    cli.table()
    assert cli("ttl", "show", "orders").out == "orders: time to live is DISABLED\n"
    done = cli("ttl", "enable", "orders", "expires")
    assert done.code == 0
    assert done.out.startswith("orders: done: enable time to live on expires (")
    assert "already so" in cli("ttl", "enable", "orders", "expires").out
    (found,) = cli("ttl", "show", "orders", "--json").records
    assert found == {
        "type": "time_to_live",
        "table": "orders",
        "time_to_live": "ENABLED",
        "attribute": "expires",
    }
    assert cli("ttl", "show", ARN).out.endswith("ENABLED on expires\n")
    (result,) = cli("ttl", "disable", "orders", "--json").of_type("result")
    assert result["done"] == ["disable time to live"]
    assert result["time_to_live"] == "DISABLED"
    sent = [call for call in writes(cli) if call == "UpdateTimeToLive"]
    assert len(sent) == 3  # the second change came too early, and was tried again


def test_another_change_within_the_hour_waits_or_fails(cli: CommandLine) -> None:
    """As --on-cooldown says; a failure says from when it may be tried again."""
    cli.table()
    assert cli("ttl", "enable", "orders", "expires").code == 0
    done = cli("ttl", "disable", "orders", "--on-cooldown", "fail", "--json")
    assert done.code == 1
    (error,) = done.of_type("error")
    assert error["error"] == "QuotaError"
    assert datetime.fromisoformat(error["not_before"]).year == 2026
    assert "Run the same command again then" in done.err
    before = cli.dynamodb.clock.now()
    assert cli("ttl", "disable", "orders").code == 0
    assert cli.dynamodb.clock.now() - before > 1800


def test_to_move_time_to_live_takes_two_changes(cli: CommandLine) -> None:
    """The plan says so."""
    cli.table()
    cli("ttl", "enable", "orders", "expires")
    done = cli("ttl", "enable", "orders", "until", "--plan", "--detailed-exitcode")
    assert done.code == 5
    assert "disable time to live" in done.out
    assert "nothing expires for about an hour" in done.out
    done = cli("ttl", "enable", "orders", "until")
    assert "nothing expires for about an hour" in done.err
    assert cli("ttl", "show", "orders").out.endswith("ENABLED on until\n")


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (["ttl", "enable", "orders"], 2, "Missing argument 'ATTRIBUTE'"),
        (["ttl", "enable", "or ders", "x"], 2, "letters, digits"),
        (["ttl", "enable", "gone", "x"], 2, "does not exist"),
        (["ttl", "show", "gone"], 3, "gone: there is no such table"),
        (["ttl", "show", "!"], 2, "a table name has"),
        (["ttl", "shwo", "gone"], 2, "did you mean show?"),
        (["tags", "show", "gone"], 3, "gone: there is no such table"),
        (["tags", "show", ARN + "-gone"], 3, "there is no such table"),
        (["tags", "set", "gone", "a=b"], 2, "table gone does not exist"),
        (["tags", "remove", "gone", "a"], 2, "table gone does not exist"),
        (["tags", "set", "orders", "ab"], 2, "write KEY=VALUE"),
        (["tags", "set", "orders", "=b"], 2, "write KEY=VALUE"),
        (["tags", "set", "orders"], 2, "Missing argument"),
        (["tags", "set", "orders", "a=1", "a=2"], 2, "the key a comes 2 times"),
        (["tags", "set", "orders", "aws:a=1"], 2, "AWS's own"),
        (["tags", "remove", "orders", "aws:a"], 2, "AWS's own"),
        (["backup", "create", "gone", "nightly"], 2, "does not exist"),
        (["backup", "create", "orders", "n!"], 2, "at least 3 characters"),
        (["backup", "restore", "orders", "copy"], 2, "--at TIME, or --at latest"),
        (["backup", "restore", f"{ARN}/backup/01", "copy", "--at", "latest"], 2, "own"),
        (["backup", "restore", "orders", "copy", "--at", "noon"], 2, "with a zone"),
        (
            ["backup", "restore", "orders", "copy", "--at", "2026-01-01T00:00:00"],
            2,
            "with a zone",
        ),
        (
            ["backup", "restore", "orders", "copy", "--at", "2999-01-01T00:00:00Z"],
            2,
            "in the future",
        ),
        (["backup", "restore", "orders", "orders", "--at", "latest"], 2, "the source"),
        (["backup", "pitr", "enable", "orders", "--days", "36"], 2, "1<=x<=35"),
        (["backup", "pitr", "show", "gone"], 3, "there is no such table"),
        (["backup", "pitr", "enable", "gone"], 2, "does not exist"),
    ],
)
def test_what_cannot_be_says_why(
    cli: CommandLine, line: list[str], code: int, words: str
) -> None:
    """Nothing was sent."""
    cli.table()
    done = cli(*line)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert writes(cli) == ["CreateTable"]


def test_tags_are_set_removed_and_shown(cli: CommandLine) -> None:
    """The others stay as they are; a value may have an equals sign in it."""
    cli.table()
    assert cli("tags", "show", "orders").out == "orders: no tags\n"
    done = cli("tags", "set", "orders", "team=shop", "query=a=b", "empty=")
    assert done.out.startswith("orders: done: set the tags team, query, empty (")
    assert cli("tags", "set", ARN, "team=shop").out.startswith("orders: nothing to do")
    shown = cli("tags", "show", "orders")
    assert shown.out == "empty=\nquery=a=b\nteam=shop\n"
    done = cli("tags", "remove", "orders", "query", "nonsense", "--json")
    (result,) = done.of_type("result")
    assert result["tags"] == {"team": "shop", "empty": ""}
    assert result["table"] == "orders"
    (found,) = cli("tags", "show", "orders", "--json").records
    assert found["tags"] == {"team": "shop", "empty": ""}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["ttl", "enable", "orders", "expires"], "~ enable time to live on expires"),
        (["tags", "set", "orders", "a=b"], "~ set the tags a"),
        (["backup", "create", "orders", "nightly"], "+ create backup nightly"),
        (["backup", "pitr", "enable", "orders"], "~ enable point-in-time recovery"),
        (["backup", "restore", "orders", "copy", "--at", "latest"], "+ restore copy"),
    ],
)
def test_a_plan_is_shown_and_nothing_is_done(
    cli: CommandLine, line: list[str], words: str
) -> None:
    """By every command that changes something."""
    cli.table()
    done = cli(*line, "--plan", "--detailed-exitcode")
    assert done.code == 5
    assert words in done.out
    (plan,) = cli(*line, "--plan", "--json").of_type("plan")
    assert len(plan["steps"]) == 1
    assert writes(cli) == ["CreateTable"]


def test_a_table_is_backed_up_once_under_a_name(cli: CommandLine) -> None:
    """DynamoDB itself would make another backup each time."""
    cli.table()
    assert cli("backup", "list", "orders").out == "orders: no backups\n"
    done = cli("backup", "create", "orders", "nightly", "--json")
    (result,) = done.of_type("result")
    assert result["backup"] == "nightly"
    assert result["backup_status"] == "AVAILABLE"
    assert "already so" in cli("backup", "create", "orders", "nightly").out
    shown = cli("backup", "list", "orders").out
    assert shown.startswith("nightly  AVAILABLE  USER  2026-01-")
    assert result["backup_arn"] in shown
    (found,) = cli("backup", "list", "orders", "--json").of_type("backup")
    assert found["backup_arn"] == result["backup_arn"]


def test_all_pages_of_backups_are_listed_the_newest_first(cli: CommandLine) -> None:
    """Also when the table is gone."""
    cli.table()
    for number in range(3):
        cli.client.create_backup(TableName="orders", BackupName=f"nightly-{number}")
        cli.pass_time(60)
    cli.client.delete_table(TableName="orders")
    cli.pass_time(60)
    real = cli.client.list_backups

    def paged(**parameters: Any) -> Any:
        return real(**parameters, Limit=1)

    class Paged:
        __dynawait_clock__ = cli.client.__dynawait_clock__
        meta = cli.client.meta
        list_backups = staticmethod(paged)
        describe_table = cli.client.describe_table

    cli.clients["dynamodb"] = Paged()
    found = backups_of(Settings(), "orders")
    assert [each.name for each in found] == ["nightly-2", "nightly-1", "nightly-0"]
    assert found[0].table == "orders"


def test_a_backup_is_restored_as_another_table(
    cli: CommandLine, tmp_path: Path
) -> None:
    """With what a file says besides."""
    cli.table()
    (made,) = cli("backup", "create", "orders", "nightly", "--json").of_type("result")
    file = written(
        tmp_path,
        {
            "BillingModeOverride": "PROVISIONED",
            "ProvisionedThroughputOverride": {
                "ReadCapacityUnits": 3,
                "WriteCapacityUnits": 3,
            },
        },
    )
    line = ["backup", "restore", made["backup_arn"], "copy", "--file", file]
    done = cli(*line)
    assert done.code == 0, done.err
    assert done.out.startswith("copy: done: restore copy (")
    units = cli.dynamodb.tables["copy"]["ProvisionedThroughput"]
    assert units["ReadCapacityUnits"] == 3
    wrong = written(tmp_path, {"BackupArn": "another"})
    assert cli(*line[:-1], wrong).code == 2
    misspelt = written(tmp_path, {"BilingModeOverride": "PROVISIONED"})
    assert "did you mean BillingModeOverride?" in cli(*line[:-1], misspelt).err


def test_a_table_that_is_not_known_to_be_restored_has_to_be_adopted(
    cli: CommandLine,
) -> None:
    """The refusal names the flag as it is typed."""
    cli.table()
    cli("backup", "pitr", "enable", "orders")
    cli.pass_time(600)
    line = ["backup", "restore", ARN, "copy", "--at", "latest"]
    cli.table("copy")
    done = cli(*line)
    assert done.code == 1
    assert "say --adopt" in done.err
    assert cli(*line, "--adopt").code == 0


def test_a_table_is_restored_to_a_point_in_time(cli: CommandLine) -> None:
    """A time with a zone, in whatever zone."""
    cli.table()
    cli("backup", "pitr", "enable", "orders")
    cli.pass_time(3600)
    moment = cli.dynamodb.clock.moment() - timedelta(minutes=20)
    done = cli("backup", "restore", "orders", "copy", "--at", moment.isoformat())
    assert done.code == 0, done.err
    assert cli.dynamodb.tables["copy"]["TableStatus"] == "ACTIVE"


def test_point_in_time_recovery_is_switched_and_shown(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To disable it gives up what could be restored, so that is asked before."""
    cli.table()
    assert cli("backup", "pitr", "show", "orders").out == (
        "orders: point-in-time recovery is DISABLED\n"
    )
    done = cli("backup", "pitr", "enable", "orders", "--days", "7", "--json")
    (result,) = done.of_type("result")
    assert result["point_in_time_recovery"] == "ENABLED"
    assert result["recovery_period_days"] == 7
    shown = cli("backup", "pitr", "show", "orders").out
    assert "ENABLED, it reaches back 7 days, from 2026-01-01T" in shown
    assert cli("backup", "pitr", "enable", "orders", "--days", "3").code == 2
    assert cli("backup", "pitr", "disable", "orders").code == 2
    at_a_terminal(monkeypatch, "no\n")
    assert cli("backup", "pitr", "disable", "orders").code == 1
    assert cli("backup", "pitr", "disable", "orders", "--yes").code == 0
    (found,) = cli("backup", "pitr", "show", "orders", "--json").records
    assert found["point_in_time_recovery"] == "DISABLED"


def test_a_look_that_fails_for_now_is_repeated(cli: CommandLine) -> None:
    """And says so."""
    cli.table()
    cli.dynamodb.faults = Faults(server_error=0.5)
    done = cli("ttl", "show", "orders", "--timeout", "none")
    assert done.code == 0
    assert "DescribeTimeToLive failed, trying again" in done.err


def test_a_look_that_comes_too_early_waits(cli: CommandLine) -> None:
    """The services of the settings learn of a table later than DescribeTable."""
    cli.client.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert cli("ttl", "show", "orders").code == 0


def test_an_interruption_of_a_setting_says_what_goes_on(cli: CommandLine) -> None:
    """As with tables."""
    cli.table()

    def interrupt(method: str, _count: int) -> None:
        if method == "tag_resource":
            raise KeyboardInterrupt

    meddle(cli, interrupt)
    done = cli("tags", "set", "orders", "a=b")
    assert done.code == 130
    assert "set the tags a was sent, and it cannot be told whether" in done.err
