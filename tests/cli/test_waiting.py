"""``dynawait wait`` and ``dynawait status``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine


def test_wait_ends_when_the_condition_holds(cli: CommandLine) -> None:
    """It exits with 0, tells people on standard error, and prints nothing else."""
    cli.table()
    cli.client.update_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "email", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-email",
                    "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            }
        ],
    )
    done = cli("wait", "orders", "--for", "active & indexes(by-email)")
    assert (done.code, done.out) == (0, "")
    assert "by-email" in done.err


def test_wait_tells_machines_what_it_saw(cli: CommandLine) -> None:
    """With --json: a version, the events, and the result."""
    cli.table()
    done = cli("--json", "wait", "orders")
    assert (done.code, done.err) == (0, "")
    (result,) = done.of_type("result")
    assert result["reached"] is True
    assert result["status"] == "ACTIVE"
    assert done.of_type("event")[-1]["event"] == "wait.finished"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["wait", "orders", "--for", "indexes(x)", "--timeout", "20s"], 4, "timed out"),
        (["wait", "orders", "--for", "indexes(x)", "--missing", "fail"], 3, "index x"),
        (["wait", "orders", "--for", "actve"], 2, "no such condition"),
        (["wait", "orders", "--timeout", "soon"], 2, "90s"),
        (["wiat", "orders"], 2, "did you mean wait?"),
        (["status", "orders", "other"], 3, ""),
    ],
)
def test_the_exit_code_tells_how_it_ended(
    cli: CommandLine, arguments: list[str], code: int, words: str
) -> None:
    """Timed out is 4, impossible 3, and a command line that cannot be right 2."""
    cli.table()
    done = cli(*arguments)
    assert done.code == code
    assert words in done.err


def test_options_are_taken_before_and_after_the_command(cli: CommandLine) -> None:
    """And of two the latter counts."""
    cli.table()
    line = ["--timeout", "1h", "--json", "wait", "orders", "--for", "indexes(x)"]
    done = cli(*line, "--timeout", "20s")
    assert done.code == 4
    assert done.records[-1]["exit"] == 4


def test_status_shows_what_moves(cli: CommandLine) -> None:
    """A table that is not quiet says what it waits for, and what that blocks."""
    cli.table()
    cli.client.update_table(TableName="orders", DeletionProtectionEnabled=True)
    done = cli("status", "orders")
    assert done.code == 0
    assert done.out.startswith("orders: ")
    assert "protected" in done.out
    (found,) = cli("status", "orders", "--json").records
    assert found["table"] == "orders"
    assert found["deletion_protected"] is True
