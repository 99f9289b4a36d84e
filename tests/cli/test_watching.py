"""``dynawait watch`` and ``dynawait status --watch``, on virtual time."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from dynawait.testing import Durations, SimulatedDynamoDB

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import CommandLine


class Shared:
    """A client of a table that somebody else changes between two looks."""

    def __init__(self, client: Any) -> None:
        """Take the client, and what it is to do at which look."""
        self._client = client
        self.looks: dict[str, int] = {}
        self.deeds: dict[tuple[str, int], Callable[[], object]] = {}

    def __getattr__(self, name: str) -> Any:
        """Pass on whatever else is asked."""
        return getattr(self._client, name)

    def describe_table(self, *, TableName: str) -> Any:  # noqa: N803 - as botocore has it
        """Let the other one act, and look."""
        number = self.looks[TableName] = self.looks.get(TableName, 0) + 1
        self.deeds.pop((TableName, number), lambda: None)()
        return self._client.describe_table(TableName=TableName)


@pytest.fixture
def shared(cli: CommandLine) -> Shared:
    """Give the client that the command line has."""
    found = cli.clients["dynamodb"] = Shared(cli.client)
    return found


def _protect(cli: CommandLine, table: str = "orders") -> Callable[[], object]:
    return lambda: cli.client.update_table(
        TableName=table, DeletionProtectionEnabled=True
    )


def _refuse(code: str) -> Callable[[], object]:
    def refuse() -> None:
        answer: Any = {
            "Error": {"Code": code, "Message": "not now"},
            "ResponseMetadata": {"HTTPStatusCode": 400},
        }
        raise ClientError(answer, "DescribeTable")

    return refuse


def test_a_change_is_reported_as_it_happens(cli: CommandLine, shared: Shared) -> None:
    """A line for people; what the table was at first is news, not a result."""
    cli.table()
    shared.deeds["orders", 3] = _protect(cli)
    done = cli("watch", "orders", "--changes", "1", "--timeout", "1h")
    assert done.code == 0
    assert done.out.endswith(" orders: deletion protection: off -> on\n")
    assert "orders: ACTIVE" in done.err


def test_machines_get_an_object_a_change(cli: CommandLine, shared: Shared) -> None:
    """The table as it was at first, and each change."""
    cli.table()
    shared.deeds["orders", 3] = _protect(cli)
    first, change = cli(
        "watch", "orders", "--changes", "1", "--timeout", "1h", "--json"
    ).records
    assert (first["type"], first["deletion_protected"]) == ("table", False)
    assert change.pop("at")
    assert change == {
        "type": "change",
        "table": "orders",
        "change": "deletion protection",
        "name": None,
        "before": "off",
        "after": "on",
        "text": "deletion protection: off -> on",
    }


def test_it_looks_as_often_as_it_is_told(cli: CommandLine, shared: Shared) -> None:
    """Every ten seconds for ten minutes: some sixty looks, and the exit code 0."""
    cli.table()
    done = cli("watch", "orders", "--every", "10s", "--timeout", "10m")
    assert (done.code, done.out) == (0, "")
    assert 55 <= shared.looks["orders"] <= 66


def test_one_not_found_is_no_deletion(cli: CommandLine, shared: Shared) -> None:
    """It may be a stale read: only what lasts is believed."""
    cli.table()
    shared.deeds["orders", 3] = _refuse("ResourceNotFoundException")
    done = cli("watch", "orders", "--timeout", "5m")
    assert (done.code, done.out) == (0, "")


def test_a_deletion_and_a_new_table_are_reported(
    cli: CommandLine, shared: Shared
) -> None:
    """The watch goes on when the table is gone."""
    cli.table()
    shared.deeds["orders", 3] = lambda: cli.client.delete_table(TableName="orders")
    shared.deeds["orders", 20] = cli.table
    done = cli("watch", "orders", "--json", "--timeout", "10m")
    assert done.code == 0
    changes = [change["change"] for change in done.of_type("change")]
    assert changes[0] == "status"
    assert changes[1:3] == ["table deleted", "table created"]


def test_a_table_that_was_replaced_meanwhile_is_another(
    cli: CommandLine, shared: Shared
) -> None:
    """Deleted and created again between two looks."""
    cli.table()

    def replace() -> None:
        cli.client.delete_table(TableName="orders")
        cli.pass_time(60)
        cli.table()

    shared.deeds["orders", 3] = replace
    done = cli("watch", "orders", "--changes", "1", "--timeout", "1h", "--json")
    assert [each["change"] for each in done.of_type("change")] == ["table replaced"]


def test_a_throttle_is_told_and_survived(cli: CommandLine, shared: Shared) -> None:
    """The look is repeated, and the change is seen."""
    cli.table()
    shared.deeds["orders", 2] = _refuse("ThrottlingException")
    shared.deeds["orders", 4] = _protect(cli)
    done = cli("watch", "orders", "--changes", "1", "--timeout", "1h")
    assert done.code == 0
    assert "trying again" in done.err


def test_a_table_that_may_not_be_seen_ends_only_its_own_watch(
    cli: CommandLine, shared: Shared
) -> None:
    """It is told once; the other is watched on, and the exit code is 1."""
    cli.table()
    cli.table("others")
    shared.deeds["orders", 1] = _refuse("AccessDeniedException")
    shared.deeds["others", 400] = _protect(cli, "others")
    until = ["--until", "protected"]
    done = cli("watch", "orders", "others", "--every", "1s", "--timeout", "3h", *until)
    assert done.code == 1
    assert "others: deletion protection: off -> on" in done.out
    assert done.err.count("AccessDeniedException") == 1
    assert "orders: no longer watched" in done.err


def test_a_lone_table_that_may_not_be_seen_is_an_error(
    cli: CommandLine, shared: Shared
) -> None:
    """Told once, with the exit code 1."""
    shared.deeds["orders", 1] = _refuse("AccessDeniedException")
    done = cli("watch", "orders")
    assert done.code == 1
    assert done.err.count("AccessDeniedException") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--until", "absent", "--timeout", "20s"], 4, "longer --timeout"),
        (["--changes", "2", "--timeout", "20s"], 4, "changes seen: 0"),
        (["--until", "active"], 0, ""),
        (["--until", "actve"], 2, "no such condition"),
        (["--every", "10ms"], 2, "90s"),
        (["--every", "0.1s"], 2, "at least 0.25s"),
        (["--exec", "'"], 2, "--exec"),
        (["--exec", " "], 2, "empty"),
        (["--until", "~active", "x"], 2, "3 to 255"),
    ],
)
def test_the_exit_code_tells_how_it_ended(
    cli: CommandLine, arguments: list[str], code: int, words: str
) -> None:
    """Time that was up is an error only where something was waited for."""
    cli.table()
    done = cli("watch", "orders", *arguments)
    assert done.code == code
    assert words in done.err


_NOTE = """
import json, os, sys
from pathlib import Path
change = json.load(sys.stdin)
told = [change["text"], os.environ["DYNAWAIT_TABLE"], os.environ["DYNAWAIT_CHANGE"]]
Path(sys.argv[1]).write_text(json.dumps(told))
print("noted")
"""


def test_a_hook_is_told_of_each_change(
    cli: CommandLine, shared: Shared, tmp_path: Path
) -> None:
    """On standard input and in the environment; what it prints is no result."""
    cli.table()
    shared.deeds["orders", 3] = _protect(cli)
    script, note = tmp_path / "hook.py", tmp_path / "note.json"
    script.write_text(_NOTE, encoding="utf-8")
    hook = f"'{sys.executable}' '{script}' '{note}'"
    done = cli(
        "watch", "orders", "--changes", "1", "--timeout", "1h", "--json", "--exec", hook
    )
    assert done.code == 0
    told = json.loads(note.read_text(encoding="utf-8"))
    text = "deletion protection: off -> on"
    assert told == [text, "orders", "deletion protection"]
    assert "noted" in done.err
    assert len(done.of_type("change")) == 1


@pytest.mark.parametrize(
    ("hook", "words"),
    [
        (["--exec", "false"], "failed with exit code 1"),
        (["--exec", "no-such-command"], "could not be started"),
        (["--exec", "sleep 60", "--exec-timeout", "0.2s"], "more than 0.2 s"),
        (["--exec", "sleep 60 | cat", "--shell", "--exec-timeout", "0.2s"], "more"),
        (["--exec", "kill -9 $$", "--shell"], "signal 9"),
    ],
)
def test_a_hook_that_fails_ends_nothing(
    cli: CommandLine, shared: Shared, hook: list[str], words: str
) -> None:
    """It is told, and the next change is reported all the same."""
    cli.table()
    shared.deeds["orders", 3] = _protect(cli)
    shared.deeds["orders", 10] = lambda: cli.client.update_table(
        TableName="orders", DeletionProtectionEnabled=False
    )
    done = cli("watch", "orders", "--changes", "2", "--timeout", "1h", *hook)
    assert done.code == 0
    assert done.err.count(words) == 2
    assert done.out.count("deletion protection") == 2


def test_status_prints_what_has_changed(cli: CommandLine, shared: Shared) -> None:
    """Off a terminal: the table once, then a line a change."""
    cli.table()
    shared.deeds["orders", 3] = _protect(cli)
    done = cli("status", "orders", "--watch", "--timeout", "1m")
    assert done.code == 0
    first, *others = done.out.splitlines()
    assert first.startswith("orders: ACTIVE")
    assert others == ["orders: deletion protection: off -> on"]


def test_status_tells_machines_each_state(cli: CommandLine, shared: Shared) -> None:
    """A table's record at first, and after each change."""
    cli.table()
    shared.deeds["orders", 3] = _protect(cli)
    done = cli("status", "orders", "--watch", "--timeout", "1m", "--json")
    states = [each["deletion_protected"] for each in done.of_type("table")]
    assert states == [False, True]


def test_phases_of_an_index_are_changes(cli: CommandLine) -> None:
    """Allocating, backfilling, active."""
    cli.dynamodb = SimulatedDynamoDB(durations=Durations(index_backfill=60))
    cli.client = cli.dynamodb.client()
    shared = cli.clients["dynamodb"] = Shared(cli.client)
    cli.table()
    shared.deeds["orders", 2] = lambda: cli.client.update_table(
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
    until = ["--until", "indexes(by-email)", "--timeout", "10m"]
    done = cli("watch", "orders", *until, "--json")
    assert done.code == 0
    changes = [
        (each["change"], each["after"])
        for each in done.of_type("change")
        if each["name"] == "by-email" and each["change"] in ("index added", "index")
    ]
    assert changes == [
        ("index added", "CREATING, allocating"),
        ("index", "CREATING, backfilling"),
        ("index", "ACTIVE"),
    ]
