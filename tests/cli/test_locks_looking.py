"""``dynawait locks list``, ``show``, ``check``; and how a dialect is recognised."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.lock_tables import (
    AMAZON,
    GO,
    PYTHON,
    digest_row,
    make_table,
    terraform_row,
)

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine

RELEASED = AMAZON | {"key": {"S": "done"}, "isReleased": {"S": "1"}}
BROKEN = {"key": {"S": "odd"}, "colour": {"S": "blue"}}
TABLE = ("--lock-table", "locks")


def test_list_shows_who_holds_what(cli: CommandLine) -> None:
    """A line a lock; released ones only with --all, and why a row cannot be read."""
    make_table(cli, AMAZON, RELEASED, BROKEN)
    listed = cli("locks", "list", *TABLE)
    assert listed.code == 0
    lines = sorted(listed.out.splitlines())
    assert len(lines) == 2
    assert lines[0].startswith("odd: unreadable: ")
    assert lines[1].startswith("orders: held by java-owner, lease 20 s")
    assert listed.err == "locks, dialect amazon: 1 held, 1 released, 1 unreadable\n"
    everything = cli("locks", "list", *TABLE, "--all")
    assert "done: released, last by java-owner" in everything.out


def test_list_tells_machines_the_same(cli: CommandLine) -> None:
    """An object a lock."""
    make_table(cli, AMAZON, BROKEN)
    found = {
        lock["key"]: lock for lock in cli("locks", "list", *TABLE, "--json").records
    }
    assert found["orders"]["state"] == "held"
    assert found["orders"]["lease"] == 20.0
    assert found["orders"]["dialect"] == "amazon"
    assert found["odd"]["state"] == "unreadable"
    assert found["odd"]["problem"]


def test_list_shows_when_a_holder_was_last_heard_of(cli: CommandLine) -> None:
    """And which locks are worth a look."""
    now = datetime.now(UTC).timestamp()
    make_table(
        cli,
        AMAZON | {"heartbeatAt": {"N": str(int(now * 1000))}},
        AMAZON | {"key": {"S": "old"}, "heartbeatAt": {"N": "1000000000000"}},
    )
    listed = sorted(cli("locks", "list", *TABLE).out.splitlines())
    assert "last sign of life" in listed[0]
    assert listed[0].endswith("perhaps left behind: assess it")
    assert listed[1].endswith("ago")


def test_an_empty_table_has_no_locks(cli: CommandLine) -> None:
    """Which is no error."""
    make_table(cli)
    listed = cli("locks", "list", *TABLE)
    assert (listed.code, listed.out) == (0, "")
    assert "no rows" in listed.err


@pytest.mark.parametrize(
    ("row", "keys", "dialect", "owner"),
    [
        (AMAZON, "key", "amazon", "java-owner"),
        (GO, "key", "go", "go-owner"),
        (PYTHON, "lock_key sort_key", "python-dynamodb-lock", "python-owner"),
        (terraform_row("orders"), "LockID", "terraform", "ci@runner-7"),
        (
            {"name": {"S": "orders"}} | {k: GO[k] for k in GO if k != "key"},
            "name",
            "go",
            "go-owner",
        ),
    ],
)
def test_the_rows_tell_the_dialect(
    cli: CommandLine, row: dict[str, Any], keys: str, dialect: str, owner: str
) -> None:
    """And the table tells what its key is called."""
    make_table(cli, row, keys=keys)
    (listed,) = cli("locks", "list", *TABLE, "--json").records
    (shown,) = cli("locks", "show", "orders", *TABLE, "--json").records
    for found in (listed, shown):
        assert (found["key"], found["dialect"]) == ("orders", dialect)
        assert found["owner"] == owner


def test_the_row_that_is_meant_tells_first(cli: CommandLine) -> None:
    """Others may be of another dialect; only for all of them that is ambiguous."""
    make_table(cli, AMAZON | {"key": {"S": "java"}}, GO)
    (shown,) = cli("locks", "show", "orders", *TABLE, "--json").records
    assert shown["dialect"] == "go"
    listed = cli("locks", "list", *TABLE)
    assert listed.code == 2
    assert "several dialects: amazon, go" in listed.err
    assert "--dialect" in listed.err
    said = cli("locks", "list", *TABLE, "--dialect", "go")
    assert "orders: held by go-owner" in said.out
    assert "java: unreadable" in said.out


def test_digests_of_states_are_no_locks(cli: CommandLine) -> None:
    """They are listed on request only."""
    make_table(cli, terraform_row(), digest_row(), keys="LockID")
    assert len(cli("locks", "list", *TABLE).out.splitlines()) == 1
    everything = cli("locks", "list", *TABLE, "--all")
    assert "states/app.tfstate-md5: the digest of a state" in everything.out


def test_show_tells_everything(cli: CommandLine) -> None:
    """Its row included, also what nobody of ours has put there."""
    make_table(cli, AMAZON | {"data": {"B": b"payload"}, "colour": {"S": "blue"}})
    shown = cli("locks", "show", "orders", *TABLE)
    assert shown.code == 0
    for words in ("java-owner", "payload", "blue", AMAZON["recordVersionNumber"]["S"]):
        assert words in shown.out
    (found,) = cli("locks", "show", "orders", *TABLE, "--json").records
    assert found["row"]["colour"] == {"S": "blue"}


@pytest.mark.parametrize(
    "arguments", [["show", "other"], ["list"], ["check"], ["assess", "other"]]
)
def test_what_is_not_there_is_impossible(
    cli: CommandLine, arguments: list[str]
) -> None:
    """No table: 3, and what makes one; no such row: 3 as well."""
    if arguments[0] == "show":
        make_table(cli, AMAZON)
    done = cli("locks", *arguments, *TABLE)
    assert done.code == 3
    assert "there is no such" in done.err


def test_a_sort_key_is_said_where_the_table_has_one(cli: CommandLine) -> None:
    """Without it the command line cannot be right."""
    make_table(cli, AMAZON | {"zone": {"S": "eu"}}, keys="key zone")
    shown = cli("locks", "show", "orders", "--sort-key", "eu", *TABLE)
    assert shown.code == 0
    assert "java-owner" in shown.out
    missing = cli("locks", "show", "orders", *TABLE)
    assert missing.code == 2
    assert "sort key zone" in missing.err
    assert "orders/eu: held" in cli("locks", "list", *TABLE).out


def test_check_finds_nothing_in_a_good_table(cli: CommandLine) -> None:
    """Exit code 0, and every call that was tried."""
    make_table(cli, AMAZON)
    checked = cli("locks", "check", *TABLE)
    assert (checked.code, checked.err) == (0, "")
    assert "locks: fit for locks; 1 rows were read, dialect amazon" in checked.out
    machine = cli("locks", "check", *TABLE, "--json")
    (permissions,) = machine.of_type("permissions")
    assert permissions["ok"]
    assert "dynamodb:DeleteItem" in permissions["granted"]
    assert machine.of_type("lock_table")[0]["rows"] == 1


def test_check_exits_with_1_on_findings(cli: CommandLine) -> None:
    """Rows that cannot be read exclude nobody."""
    make_table(cli, AMAZON, BROKEN)
    checked = cli("locks", "check", *TABLE)
    assert checked.code == 1
    assert "problem: 1 of its rows cannot be read" in checked.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["locks", "list"], "--lock-table"),
        (["locks", "list", *TABLE, "--dialect", "cobol"], "cobol"),
        (["locks", "show", *TABLE], "KEY"),
        (["locks", "lst", *TABLE], "did you mean list?"),
        (["locks", "show", "", *TABLE], "empty"),
        (["locks", "show", "x" * 3000, *TABLE], "too long"),
        (["locks", "list", "--lock-table", "a/b"], "a/b"),
        (["locks", "hold", "orders", *TABLE], "COMMAND"),
        (["locks", "hold", "orders", *TABLE, "--lease", "soon", "--", "true"], "90s"),
        (["locks", "hold", "orders", *TABLE, "--lease", "0s", "--", "true"], "lease"),
        (["locks", "hold", "orders", *TABLE, "ls", "-l"], "-l"),
    ],
)
def test_a_line_that_cannot_be_right_exits_with_2(
    cli: CommandLine, arguments: list[str], words: str
) -> None:
    """And says what is wrong with it."""
    make_table(cli, AMAZON)
    done = cli(*arguments)
    assert done.code == 2, done.err
    assert words in done.err
