"""``dynawait terraform check --live``: the plan against the tables themselves."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.terraform_check.plans import read_plan
from dynawait._cli.terraform_check.rules import live
from dynawait._cli.terraform_check.tables import TableChange, tables_of
from dynawait.states import TableState
from tests.cli.scenes import plan_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import CommandLine

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def change_of(scene: str, name: str) -> TableChange:
    """Return what the plan of a scene does to a table."""
    plan = read_plan(json.loads(plan_of(scene).read_text("utf-8")))
    (found,) = [each for each in tables_of(plan) if each.name == name]
    return found


def description(change: TableChange, **members: Any) -> dict[str, Any]:
    """Describe a table that is quiet and as the plan takes it to be."""
    indexes = [
        index(block["name"])
        for block in change.before.get("global_secondary_index", ())
    ]
    return {
        "TableName": change.name,
        "TableStatus": "ACTIVE",
        "TableArn": change.before.get("arn", ""),
        "BillingModeSummary": {"BillingMode": change.mode(change.before)},
        "GlobalSecondaryIndexes": indexes,
        **members,
    }


def index(name: str, status: str = "ACTIVE", **members: Any) -> dict[str, Any]:
    """Describe an index."""
    return {"IndexName": name, "IndexStatus": status, **members}


def found(scene: str, name: str, **members: Any) -> list[tuple[str, str]]:
    """Return the rules and messages of what a look at a table finds."""
    change = change_of(scene, name)
    state = TableState.parse(description(change, **members))
    return [(each.rule.id, each.message) for each in live.check(change, state, NOW)]


@pytest.mark.parametrize("name", ["several", "replaced", "switched", "crowded"])
def test_a_table_as_the_plan_takes_it_is_no_finding(name: str) -> None:
    """Nothing is said of what is right."""
    assert found("indexes", name) == []


def test_a_busy_table_is_found() -> None:
    """One finding for each thing that moves."""
    moving = [index("legacy"), index("by-day", "CREATING", Backfilling=True)]
    ids = [
        rule for rule, _ in found("indexes", "several", GlobalSecondaryIndexes=moving)
    ]
    assert ids == ["DW501", "DW502"]
    assert found("indexes", "beside", TableStatus="UPDATING") == [
        ("DW501", "it is not quiet: table is UPDATING")
    ]


def test_an_index_that_others_have_made_or_dropped_is_found() -> None:
    """The plan would create it again, or drop it again."""
    made = [index("legacy"), index("by-day")]
    assert found("indexes", "several", GlobalSecondaryIndexes=made) == [
        ("DW502", "index by-day is there, and the plan creates it")
    ]
    assert found("indexes", "several", GlobalSecondaryIndexes=[]) == [
        ("DW502", "there is no index legacy, and the plan drops it")
    ]


def test_a_table_that_is_there_or_not_against_the_plan_is_found() -> None:
    """The plan creates what is there, or changes what is not."""
    change = change_of("quiet", "fresh")
    state = TableState.parse(description(change))
    (one,) = live.check(change, state, NOW)
    assert (one.rule.id, one.message) == (
        "DW502",
        "the table exists, and the plan creates it",
    )
    assert list(live.check(change, TableState.absent("fresh"), NOW)) == []
    change = change_of("indexes", "several")
    (one,) = live.check(change, TableState.absent("several"), NOW)
    assert one.message == "there is no such table, and the plan changes it"


def test_a_table_of_another_account_is_found() -> None:
    """Of another Region, too: it is not the one that was planned for."""
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/several"
    ((rule, message),) = found("indexes", "several", TableArn=arn)
    assert (rule, arn in message) == ("DW502", True)


def test_the_quota_counts_what_terraform_does_not_know() -> None:
    """Nineteen that others have made, and two that come."""
    others = [index(f"x{number}") for number in range(19)]
    there = [*others, index("legacy")]
    ((rule, message),) = found("indexes", "several", GlobalSecondaryIndexes=there)
    assert (rule, message) == (
        "DW503",
        "with what is there it would have 21 indexes",
    )


@pytest.mark.parametrize(
    ("decreases", "minutes", "words"),
    [(4, 10, "before 13:20 UTC"), (4, 61, None), (3, 10, None)],
)
def test_decreases_that_are_spent_are_found(
    decreases: int, minutes: int, words: str | None
) -> None:
    """With the time from which throughput can be lowered again."""
    throughput = {
        "NumberOfDecreasesToday": decreases,
        "LastDecreaseDateTime": NOW - timedelta(minutes=minutes),
        "ReadCapacityUnits": 50,
        "WriteCapacityUnits": 50,
    }
    told = found("settings", "lowered", ProvisionedThroughput=throughput)
    if words is None:
        assert told == []
    else:
        ((rule, message),) = told
        assert (rule, words in message) == ("DW504", True)


def test_decreases_of_an_index_are_counted_by_themselves() -> None:
    """Of a table that was not lowered. At midnight they are free again."""
    late = datetime(2026, 3, 1, 23, 40, tzinfo=UTC)
    throughput = {
        "NumberOfDecreasesToday": 4,
        "LastDecreaseDateTime": late,
        "ReadCapacityUnits": 9,
        "WriteCapacityUnits": 9,
    }
    change = change_of("settings", "lowered")
    indexes = [index("by-email", ProvisionedThroughput=throughput)]
    state = TableState.parse(description(change, GlobalSecondaryIndexes=indexes))
    (one,) = live.check(change, state, late)
    assert (one.rule.id, "before 00:00 UTC" in one.message) == ("DW504", True)
    assert "index by-email" in one.message
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    assert list(live.check(change, state, midnight)) == []


def test_a_protection_that_the_plan_does_not_know_is_found() -> None:
    """Somebody has switched it on since."""
    ((rule, _),) = found("tables", "destroyed", DeletionProtectionEnabled=True)
    assert rule == "DW505"
    assert found("tables", "protected", DeletionProtectionEnabled=True) == []


def test_a_switch_of_today_is_found() -> None:
    """Another one may be refused; one of the day before yesterday counts no more."""
    for hours, rules in ((2, ["DW506"]), (25, [])):
        since = NOW - timedelta(hours=hours)
        billing = {
            "BillingMode": "PROVISIONED",
            "LastUpdateToPayPerRequestDateTime": since,
        }
        told = found("settings", "counted", BillingModeSummary=billing)
        assert [rule for rule, _ in told] == rules


def test_tables_that_the_plan_changes_are_looked_at(
    cli: CommandLine, tmp_path: Path
) -> None:
    """And no others."""
    cli.table("users")
    cli.table("orders")
    cli.client.update_table(TableName="orders", BillingMode="PAY_PER_REQUEST")
    cli.client.update_table(
        TableName="orders",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    arn = cli.client.describe_table(TableName="users")["Table"]["TableArn"]
    text = plan_of("quiet").read_text("utf-8")
    text = text.replace(
        "arn:aws:dynamodb:eu-central-1:123456789012:table/", arn.removesuffix("users")
    )
    file = tmp_path / "plan.json"
    file.write_text(text, "utf-8")
    done = cli("--json", "terraform", "check", str(file), "--live")
    told = [(each["rule"], each["address"]) for each in done.of_type("finding")]
    assert told == [("DW501", "aws_dynamodb_table.orders")]
    assert done.code == 1
    cli.pass_time(600)
    assert cli("terraform", "check", str(file), "--live").code == 0


def test_a_look_that_fails_is_an_error(cli: CommandLine) -> None:
    """A check that could not look has not passed."""

    class Denied:
        def describe_table(self, **_: Any) -> Any:
            from botocore.exceptions import ClientError

            error: Any = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
            raise ClientError(error, "DescribeTable")

    cli.clients["dynamodb"] = Denied()
    done = cli("terraform", "check", str(plan_of("quiet")), "--live")
    assert (done.code, done.out) == (1, "")
    assert "AccessDeniedException" in done.err
