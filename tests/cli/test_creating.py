"""``dynawait create``: from flags, from files, and where a table is there already."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.commands.backup import Moment
from dynawait._cli.table_flags import Key
from dynawait.testing import Faults
from tests.cli.changing import meddle, writes, written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import CommandLine

USUAL = ["create", "orders", "--key", "pk:S", "--sort-key", "sk:N", "--on-demand"]
REQUEST = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def test_flags_are_enough_for_a_usual_table(cli: CommandLine) -> None:
    """It is there when the command ends, and one line says what was done."""
    done = cli(*USUAL, "--stream", "new_image", "--deletion-protection")
    assert done.code == 0
    assert done.out.startswith("orders: done: create table orders (")
    table = cli.dynamodb.tables["orders"]
    assert table["TableStatus"] == "ACTIVE"
    assert table["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    assert {"AttributeName": "sk", "AttributeType": "N"} in table[
        "AttributeDefinitions"
    ]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    assert table["DeletionProtectionEnabled"] is True


def test_a_provisioned_table_takes_its_units_from_flags(cli: CommandLine) -> None:
    """And its class; a key is a string where nothing else is said."""
    line = ["create", "orders", "--key", "pk", "--read", "3", "--write", "2"]
    done = cli(*line, "--table-class", "standard_infrequent_access")
    assert done.code == 0
    table = cli.dynamodb.tables["orders"]
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 3
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == 2
    assert table["AttributeDefinitions"][0]["AttributeType"] == "S"
    assert table["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"


def test_a_colon_may_be_part_of_a_key(cli: CommandLine) -> None:
    """Then the type has to be said."""
    assert cli("create", "orders", "--key", "a:b:N", "--on-demand").code == 0
    table = cli.dynamodb.tables["orders"]
    assert table["AttributeDefinitions"] == [
        {"AttributeName": "a:b", "AttributeType": "N"}
    ]


def test_a_replica_of_another_account_has_its_keys_from_there(
    cli: CommandLine, tmp_path: Path
) -> None:
    """So neither key nor capacity has to be said."""
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
    file = written(tmp_path, {"GlobalTableSourceArn": arn})
    assert cli("create", "orders", "--file", file, "--plan").code == 0


def test_a_value_that_was_read_is_not_read_again() -> None:
    """As click does with defaults."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert Key().convert(("pk", "S"), None, None) == ("pk", "S")
    assert Moment().convert(moment, None, None) is moment


@pytest.mark.parametrize("form", ["json", "yaml", "stdin"])
def test_a_file_has_the_shape_of_botocore(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """JSON or YAML, from a file or from standard input."""
    file = written(tmp_path, REQUEST)
    if form == "yaml":
        lines = [f"{name}: {json.dumps(value)}" for name, value in REQUEST.items()]
        (tmp_path / "orders.yaml").write_text("\n".join(lines), encoding="utf-8")
        file = str(tmp_path / "orders.yaml")
    elif form == "stdin":
        source: Any = io.TextIOWrapper(io.BytesIO(json.dumps(REQUEST).encode()))
        monkeypatch.setattr(sys, "stdin", source)
        file = "-"
    assert cli("create", "orders", "--file", file).code == 0
    assert cli.dynamodb.tables["orders"]["TableStatus"] == "ACTIVE"


def test_flags_add_to_a_file(cli: CommandLine, tmp_path: Path) -> None:
    """What both say alike is no contradiction; keys and members are joined."""
    request = {
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "email", "AttributeType": "S"},
        ],
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": {"WriteCapacityUnits": 4},
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by-email",
                "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": {
                    "ReadCapacityUnits": 1,
                    "WriteCapacityUnits": 1,
                },
            }
        ],
        "TableClass": None,
    }
    file = written(tmp_path, request)
    line = ["create", "orders", "-f", file, "--key", "pk", "--sort-key", "sk:N"]
    done = cli(*line, "--read", "6", "--billing-mode", "provisioned")
    assert done.code == 0, done.err
    table = cli.dynamodb.tables["orders"]
    units = table["ProvisionedThroughput"]
    assert (units["ReadCapacityUnits"], units["WriteCapacityUnits"]) == (6, 4)
    assert len(table["AttributeDefinitions"]) == 3
    assert table["GlobalSecondaryIndexes"][0]["IndexName"] == "by-email"


@pytest.mark.parametrize(
    ("said", "flags", "words"),
    [
        ({"TableName": "others"}, [], "TableName: the file says 'others'"),
        ({"TableName": 7}, [], "TableName: the file says 7"),
        ({}, ["--billing-mode", "PROVISIONED"], "BillingMode: the file says"),
        ({}, ["--key", "pk:N"], "AttributeDefinitions.pk.AttributeType: the file says"),
        ({}, ["--key", "id"], "KeySchema: the file says"),
        (
            {"ProvisionedThroughput": {"ReadCapacityUnits": 1}},
            ["--read", "2"],
            "ProvisionedThroughput.ReadCapacityUnits: the file says 1, and",
        ),
    ],
)
def test_a_file_and_a_flag_must_not_contradict_each_other(
    cli: CommandLine,
    tmp_path: Path,
    said: dict[str, Any],
    flags: list[str],
    words: str,
) -> None:
    """That is a mistake of whoever wrote the line, and nothing is sent."""
    file = written(tmp_path, REQUEST | said)
    done = cli("create", "orders", "--file", file, *flags)
    assert done.code == 2
    assert words in done.err
    assert not cli.dynamodb.calls


def test_a_file_may_name_the_table_by_its_name(
    cli: CommandLine, tmp_path: Path
) -> None:
    """Where the line has the ARN; another Region is another table."""
    cli.table()
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
    named = written(tmp_path, {"TableName": "orders", "TableClass": "STANDARD"})
    assert cli("update", arn, "--file", named).code == 0
    away = arn.replace("us-east-1", "eu-west-1")
    other = written(tmp_path, {"TableName": away, "TableClass": "STANDARD"})
    assert cli("update", arn, "--file", other).code == 2


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--on-demand"], "say --key NAME:TYPE"),
        (["--key", "pk"], "say --on-demand, or --read and --write"),
        (["--key", "pk", "--read", "1"], "--read and --write go together"),
        (["--key", "pk", "--read", "0"], "--read"),
        (["--sort-key", "sk", "--on-demand"], "--sort-key needs --key"),
        (["--key", "pk", "--sort-key", "pk", "--on-demand"], "are both pk"),
        (["--key", "pk:X", "--on-demand"], "the types are S (string)"),
        (["--key", ":S", "--on-demand"], "is no key"),
        (["--key", "pk", "--on-demand", "--stream", "ALL"], "is not one of"),
        (
            ["--key", "pk", "--on-demand", "--billing-mode", "PROVISIONED"],
            "--on-demand contradicts",
        ),
        (["--key", "pk", "--on-demand", "--read", "1", "--write", "1"], "leave"),
        (["--key", "pk", "--on-demand", "--ignore", "Nonsense"], "'Nonsense'"),
        (["--key", "pk", "--on-demand", "--file", "no-such-file"], "No such file"),
    ],
)
def test_flags_that_cannot_be_right_say_why(
    cli: CommandLine, flags: list[str], words: str
) -> None:
    """Before any call."""
    done = cli("create", "orders", *flags)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert not cli.dynamodb.calls


def test_a_table_name_that_cannot_be_says_why(cli: CommandLine) -> None:
    """And what names are made of."""
    done = cli("create", "my orders", "--key", "pk", "--on-demand")
    assert done.code == 2
    assert "letters, digits" in done.err


def test_an_identical_table_is_adopted(cli: CommandLine) -> None:
    """The second run changes nothing and says so, to people and to machines."""
    assert cli(*USUAL).code == 0
    done = cli(*USUAL)
    assert done.code == 0
    assert "nothing to do; already so: create table orders" in done.out
    (result,) = cli(*USUAL, "--json").of_type("result")
    assert (result["done"], result["already"]) == ([], ["create table orders"])
    assert result["status"] == "ACTIVE"
    assert writes(cli) == ["CreateTable"]


def test_another_table_shows_how_it_differs(cli: CommandLine) -> None:
    """A difference a line, and what to do about it; machines get a list."""
    cli.table()
    done = cli(*USUAL)
    assert done.code == 1
    assert "the table exists, and is not the one asked for:\n  - key is" in done.err
    assert "Nothing was changed." in done.err
    (error,) = cli(*USUAL, "--json").of_type("error")
    assert error["error"] == "TableConflictError"
    assert any("sk" in difference for difference in error["differences"])


def test_what_is_ignored_is_no_difference(cli: CommandLine) -> None:
    """As under autoscaling, which sets the units as it likes."""
    line = ["create", "orders", "--key", "pk", "--write", "2"]
    assert cli(*line, "--read", "3").code == 0
    assert cli(*line, "--read", "4").code == 1
    done = cli(*line, "--read", "4", "--ignore", "ProvisionedThroughput")
    assert done.code == 0
    assert "not compared, as was asked: ProvisionedThroughput" in done.err


def test_a_plan_is_shown_and_nothing_is_done(cli: CommandLine) -> None:
    """With --detailed-exitcode 5 says that there is something to do."""
    done = cli(*USUAL, "--plan")
    assert done.code == 0
    assert "+ create table orders" in done.out
    assert cli(*USUAL, "--plan", "--detailed-exitcode").code == 5
    (plan,) = cli(*USUAL, "--plan", "--json").of_type("plan")
    assert plan["table"] == "orders"
    assert plan["steps"][0]["title"] == "create table orders"
    assert writes(cli) == []
    cli(*USUAL)
    done = cli(*USUAL, "--plan", "--detailed-exitcode")
    assert done.code == 0
    assert "nothing to do" in done.out


def test_a_time_that_is_up_says_what_goes_on(cli: CommandLine) -> None:
    """DynamoDB goes on with it; the same command waits for it."""
    done = cli(*USUAL, "--timeout", "1s")
    assert done.code == 4
    assert "under way: create table orders" in done.err
    assert "run the same command again to wait for it" in done.err
    assert cli(*USUAL).code == 0
    assert writes(cli) == ["CreateTable"]


def test_an_outcome_that_nobody_knows_is_code_6(cli: CommandLine) -> None:
    """Its answer is lost, and so is that of every look; the next run finds out."""

    def lose(method: str, _count: int) -> None:
        if method == "create_table":
            cli.dynamodb.faults = Faults(lost_response=1.0)

    meddle(cli, lose)
    done = cli(*USUAL, "--timeout", "30s", "--json")
    assert done.code == 6
    (error,) = done.of_type("error")
    assert error["error"] == "OutcomeUnknownError"
    assert (error["done"], error["failed"]) == ([], "create table orders")
    assert "in doubt: create table orders" in done.err
    cli.dynamodb.faults = Faults()
    assert cli(*USUAL).code == 0
    assert writes(cli) == ["CreateTable"]


def test_a_refusal_is_told_in_the_words_of_aws(cli: CommandLine) -> None:
    """With how far it had come, and how to go on."""

    def deny(method: str, _count: int) -> None:
        if method == "create_table":
            raise cli.client.exceptions.ClientError(
                {
                    "Error": {"Code": "AccessDeniedException", "Message": "not you"},
                    "ResponseMetadata": {"HTTPStatusCode": 400},
                },
                "CreateTable",
            )

    meddle(cli, deny)
    done = cli(*USUAL)
    assert done.code == 1
    assert "not you" in done.err
    assert "failed: create table orders" in done.err
    assert "run the same command again" in done.err
