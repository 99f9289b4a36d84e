"""What destroys asks before, and is never done without being agreed to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.consent import EVERYTHING
from dynawait._cli.gate import Gate
from dynawait._cli.output import Output
from dynawait.events import Event
from dynawait.plans import Plan
from tests.cli.changing import (
    at_a_terminal,
    changes,
    index,
    meddle,
    writes,
    written,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import CommandLine


@pytest.mark.parametrize("answer", ["y\n", "YES\n", " yes "])
def test_delete_asks_with_the_plan_and_does_it(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """After a yes the table is gone."""
    cli.table()
    at_a_terminal(monkeypatch, answer)
    done = cli("delete", "orders")
    assert done.code == 0
    assert "- delete table orders" in done.err
    assert "this cannot be undone. Do it? [y/N]" in done.err
    assert done.out.startswith("orders: done: delete table orders (")
    assert not cli.dynamodb.tables


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "yesterday\n"])
def test_whatever_is_not_yes_is_no(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """The end of the input as well; nothing is changed, and that is said."""
    cli.table()
    at_a_terminal(monkeypatch, answer)
    done = cli("delete", "orders")
    assert (done.code, done.out) == (1, "")
    assert "declined" in done.err
    assert "Nothing was changed." in done.err
    assert writes(cli) == ["CreateTable"]


def test_a_terminal_that_is_gone_has_not_said_yes(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading from it fails."""
    cli.table()
    at_a_terminal(monkeypatch, "")

    def fail() -> str:
        raise OSError("Input/output error")

    monkeypatch.setattr(sys.stdin, "readline", fail)
    assert cli("delete", "orders").code == 1
    assert writes(cli) == ["CreateTable"]


def test_where_nobody_can_be_asked_it_is_refused(cli: CommandLine) -> None:
    """With the plan, on standard error or as a record, and the flag that is missing."""
    cli.table()
    done = cli("delete", "orders")
    assert (done.code, done.out) == (2, "")
    assert "- delete table orders" in done.err
    assert "Give --yes" in done.err
    done = cli("delete", "orders", "--json")
    assert done.code == 2
    (plan,) = done.of_type("plan")
    assert plan["steps"][0]["destructive"] is True
    assert writes(cli) == ["CreateTable"]


def test_yes_asks_nothing(cli: CommandLine) -> None:
    """Neither people nor, by another look, DynamoDB; machines get a result."""
    cli.table()
    done = cli("delete", "orders", "--yes", "--json")
    assert done.code == 0
    (result,) = done.of_type("result")
    assert result["done"] == ["delete table orders"]
    assert (result["table"], result["exists"]) == ("orders", False)
    assert "[y/N]" not in done.err


def test_an_absent_table_is_nothing_to_do(cli: CommandLine) -> None:
    """And nothing to ask about."""
    done = cli("delete", "orders")
    assert done.code == 0
    assert done.out.startswith("orders: nothing to do (")


def test_a_protected_table_needs_a_flag_of_its_own(cli: CommandLine) -> None:
    """The refusal names it as it is typed; a yes alone is not enough."""
    cli.table(DeletionProtectionEnabled=True)
    done = cli("delete", "orders", "--yes")
    assert done.code == 2
    assert "give --disable-protection" in done.err
    done = cli("delete", "orders", "--disable-protection", "--plan")
    assert "disable deletion protection" in done.out
    assert cli("delete", "orders", "--yes", "--disable-protection").code == 0
    assert not cli.dynamodb.tables


def test_replicas_stay_unless_a_flag_says_otherwise(cli: CommandLine) -> None:
    """The plan says both."""
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    cli.table(StreamSpecification=stream)
    cli.client.update_table(
        TableName="orders",
        ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}],
    )
    cli.pass_time(3600)
    assert "stay: eu-west-1" in cli("delete", "orders", "--plan").out
    done = cli("delete", "orders", "--delete-replicas", "--plan")
    assert "- remove replica eu-west-1" in done.out
    assert "--delete-replicas asks for it" in done.out


def test_what_was_not_in_the_plan_was_not_agreed_to(cli: CommandLine) -> None:
    """The table appears after the look: it is not deleted."""

    def create(method: str, count: int) -> None:
        if (method, count) == ("describe_table", 2):
            cli.table()

    meddle(cli, create)
    done = cli("delete", "orders", "--timeout", "none")
    assert done.code == 1
    assert "delete table orders is needed as well" in done.err
    assert "Nothing was changed." in done.err
    assert "Run the same command again to see the new plan." in done.err
    assert writes(cli) == ["CreateTable"]


def test_what_was_done_before_is_told(cli: CommandLine, tmp_path: Path) -> None:
    """An index appears while another one is being built: it is not deleted."""
    cli.table()
    file = written(
        tmp_path,
        changes({"Create": index("by-email")}, {"Delete": {"IndexName": "legacy"}}),
    )

    def build(method: str, count: int) -> None:
        if (method, count) == ("describe_table", 4):
            cli.pass_time(3600)
            update = changes({"Create": index("legacy")})
            cli.client.update_table(TableName="orders", **update)
            cli.pass_time(3600)

    meddle(cli, build)
    done = cli("indexes", "apply", "orders", file, "--json")
    assert done.code == 1, done.out
    (error,) = done.of_type("error")
    assert "delete index legacy is needed as well" in error["message"]
    assert "Done before: create index by-email." in error["notes"]
    indexes = cli.dynamodb.tables["orders"]["GlobalSecondaryIndexes"]
    assert {each["IndexName"] for each in indexes} == {"by-email", "legacy"}
    assert not [each for each in done.of_type("event") if "HaltError" in each["text"]]


def test_what_cannot_be_drawn_is_told_in_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An observer that fails is replaced, as the gate must not go with it."""
    told: list[str] = []

    def fail(event: Any) -> None:
        told.append(event.name)
        raise OSError("Input/output error")

    gate = Gate(Output(), fail, EVERYTHING)
    event = _event("change.planned", plan=Plan("orders", notes=("mind this",)))
    gate.hear(event)
    gate.hear(event)
    assert told == ["change.planned"]
    err = capsys.readouterr().err
    assert err.count("orders: it is planned (1.0 s)") == 2
    assert "orders: mind this" in err


def _event(name: str, **more: Any) -> Event:
    return Event(name, "orders", "", 1.0, 1, "it is planned", **more)
