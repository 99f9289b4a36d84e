"""Index changes by turns, and under a lock: ``--advance`` and ``--lock-table``."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.run import run
from dynawait.sync.locks import LockClient
from tests.cli.changing import (
    at_a_terminal,
    changes,
    index,
    meddle,
    writes,
    written,
)
from tests.gateways.faces import own_threads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import CommandLine

TWO = changes({"Create": index("by-email")}, {"Create": index("by-day", "day")})
LOCKS = {
    "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "key", "AttributeType": "S"}],
}
KEY = "dynawait:orders"


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """The heartbeat ends with the lock."""
    before = threading.enumerate()
    yield
    end = time.monotonic() + 5
    while own_threads(before) and time.monotonic() < end:
        time.sleep(0.005)  # they are about to end
    assert not own_threads(before)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return the name of a file with two creations."""
    return written(tmp_path, TWO)


def test_turn_after_turn_it_comes_about(cli: CommandLine, file: str) -> None:
    """Each exits with 5 and says when to come again; the last one with 0."""
    cli.table()
    sent: list[str] = []

    def turn() -> Any:
        before = cli.dynamodb.clock.now()
        done = cli("indexes", "apply", "orders", file, "--advance", "--json")
        assert cli.dynamodb.clock.now() == before
        (result,) = done.of_type("result")
        assert done.code == (0 if result["finished"] else 5)
        return result

    while not (result := turn())["finished"]:
        if result["sent"]:
            sent.append(result["sent"])
        assert result["retry_after"] > 0
        cli.pass_time(result["retry_after"])
        assert cli.dynamodb.clock.now() < 100_000
    assert (result["left"], result["retry_after"]) == ([], None)
    assert sent == ["create index by-email", "create index by-day"]


def test_people_are_told_what_a_turn_did(cli: CommandLine, file: str) -> None:
    """What was sent, what it waits for, what is left, and when to come again."""
    cli.table()
    line = ["indexes", "apply", "orders", file, "--advance"]
    first = cli(*line).out
    assert first.startswith("orders: sent: create index by-email; left: create index ")
    assert "come again in " in first
    second = cli(*line).out
    assert second.startswith("orders: waiting: table is UPDATING, index by-email is")
    cli.pass_time(3600)
    cli(*line)
    cli.pass_time(3600)
    assert cli(*line).out == "orders: finished\n"


def test_a_turn_asks_before_it_destroys(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As does a change that waits; --yes and --plan are as there."""
    cli.table()
    cli.client.update_table(TableName="orders", **changes({"Create": index("old")}))
    cli.pass_time(3600)
    request = changes({"Delete": {"IndexName": "old"}})
    line = ["indexes", "apply", "orders", written(tmp_path, request), "--advance"]
    refused = cli(*line)
    assert refused.code == 2
    assert "Give --yes" in refused.err
    assert "- delete index old" in cli(*line, "--plan").out
    at_a_terminal(monkeypatch, "n\n")
    assert cli(*line).code == 1
    assert writes(cli).count("UpdateTable") == 1
    assert cli(*line, "--yes").code == 5
    cli.pass_time(3600)
    assert cli(*line, "--yes").code == 0


def test_a_turn_for_no_table_ends_at_once(cli: CommandLine, file: str) -> None:
    """It waits for no grace."""
    before = cli.dynamodb.clock.now()
    done = cli("indexes", "apply", "orders", file, "--advance")
    assert done.code == 2
    assert "does not exist" in done.err
    assert cli.dynamodb.clock.now() == before


def test_a_lock_is_held_meanwhile(cli: CommandLine, file: str) -> None:
    """Nobody else gets it, however long it takes; afterwards it is free."""
    cli.table()
    cli.table("locks", **LOCKS)
    others = LockClient(cli.client, "locks")
    tried: list[Any] = []

    def look(method: str, count: int) -> None:
        if method == "describe_table" and count % 10 == 9:
            tried.append(others.try_acquire(KEY))

    meddle(cli, look)
    done = cli("indexes", "apply", "orders", file, "--lock-table", "locks")
    assert done.code == 0, done.err
    assert "taking the lock dynawait:orders in locks" in done.err
    assert len(tried) > 1
    assert not any(tried)
    lease = others.try_acquire(KEY)
    assert lease is not None
    lease.release()


def test_a_lock_is_waited_for_as_long_as_the_timeout(
    cli: CommandLine, file: str
) -> None:
    """Then it says who holds it."""
    cli.table()
    cli.table("locks", **LOCKS)
    others = LockClient(cli.client, "locks", owner="somebody else")
    with others.hold(KEY):
        line = ["indexes", "apply", "orders", file, "--lock-table", "locks"]
        done = cli(*line, "--timeout", "40s")
        assert done.code == 4
        assert "somebody else" in done.err
        done = cli(*line, "--advance", "--json")
        assert done.code == 5
        (result,) = done.of_type("result")
        assert result["finished"] is False
        assert result["retry_after"] > 0
        assert "somebody else" in result["reasons"][0]
    assert "UpdateTable" not in writes(cli)
    assert cli(*line).code == 0


def test_turns_take_the_lock_one_by_one(cli: CommandLine, file: str) -> None:
    """And give it back."""
    cli.table()
    cli.table("locks", **LOCKS)
    line = ["indexes", "apply", "orders", file, "--lock-table", "locks", "--advance"]
    for _ in range(3):
        assert cli(*line).code == 5
        cli.pass_time(60)


def test_without_the_lock_no_step_is_sent(cli: CommandLine, file: str) -> None:
    """It is lost while the first index is built: the second one is not begun."""
    cli.table()
    cli.table("locks", **LOCKS)

    def steal(method: str, count: int) -> None:
        if (method, count) == ("describe_table", 9):
            cli.client.delete_item(TableName="locks", Key={"key": {"S": KEY}})

    meddle(cli, steal)
    line = ["indexes", "apply", "orders", file, "--lock-table", "locks", "--json"]
    done = cli(*line)
    assert done.code == 1
    (error,) = done.of_type("error")
    assert error["error"] == "LockLostError"
    assert any("Done before: create index by-email." in n for n in error["notes"])
    tables = cli.dynamodb.tables["orders"]
    assert [i["IndexName"] for i in tables["GlobalSecondaryIndexes"]] == ["by-email"]


def test_a_table_of_locks_that_is_missing_says_how_to_make_one(
    cli: CommandLine, file: str
) -> None:
    """Nothing was sent; with the table that it names, it works."""
    cli.table()
    line = ["indexes", "apply", "orders", file, "--lock-table", "locks"]
    done = cli(*line)
    assert done.code == 1
    assert "locks: there is no such table of locks" in done.err
    command = done.err.split("Make it with: dynawait ")[1].split()
    assert cli(*command).code == 0
    assert cli(*line, "--advance").code == 5


def test_another_refusal_of_the_lock_is_told(cli: CommandLine, file: str) -> None:
    """In the words of AWS."""
    cli.table()
    cli.table("locks", **LOCKS)
    refused = {
        "Error": {"Code": "AccessDeniedException", "Message": "no locks for you"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }

    def deny(method: str, _count: int) -> None:
        if method == "update_item":
            raise cli.client.exceptions.ClientError(refused, "UpdateItem")

    meddle(cli, deny)
    done = cli("indexes", "apply", "orders", file, "--lock-table", "locks")
    assert done.code == 1
    assert "no locks for you" in done.err


def test_an_interruption_while_it_waits_for_the_lock(
    cli: CommandLine, file: str
) -> None:
    """Nothing was changed, and nothing is held."""
    cli.table()
    cli.table("locks", **LOCKS)

    def interrupt(method: str, count: int) -> None:
        if (method, count) == ("update_item", 1):
            raise KeyboardInterrupt

    meddle(cli, interrupt)
    line = ["indexes", "apply", "orders", file, "--lock-table", "locks", "--yes"]
    done = cli(*line)
    assert done.code == 130
    assert "Nothing was changed." in done.err
    assert run(line) == 0
