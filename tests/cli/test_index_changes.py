"""``dynawait indexes``: list them, and make changes of them one at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dynawait.testing import Faults
from tests.cli.changing import changes, index, meddle, writes, written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import CommandLine

TWO = changes({"Create": index("by-email")}, {"Create": index("by-day", "day")})


def names(cli: CommandLine) -> list[str]:
    """Return the names of the indexes that there are."""
    indexes = cli.dynamodb.tables["orders"].get("GlobalSecondaryIndexes", ())
    return sorted(each["IndexName"] for each in indexes)


def test_changes_are_made_one_at_a_time_in_their_order(
    cli: CommandLine, tmp_path: Path
) -> None:
    """A second run finds them done."""
    cli.table()
    file = written(tmp_path, TWO)
    done = cli("indexes", "apply", "orders", file)
    assert done.code == 0, done.err
    assert "done: create index by-email, create index by-day (" in done.out
    updates = [c for c in cli.dynamodb.calls if c.operation == "UpdateTable"]
    assert [
        [each["Create"]["IndexName"] for each in call.parameters[_UPDATES]]
        for call in updates
    ] == [["by-email"], ["by-day"]]
    again = cli("indexes", "apply", "orders", file)
    assert "nothing to do; already so: " in again.out
    assert writes(cli).count("UpdateTable") == 2


_UPDATES = "GlobalSecondaryIndexUpdates"


def test_deletions_keep_their_place(cli: CommandLine, tmp_path: Path) -> None:
    """UpdateTable itself would delete first; here the file's order counts."""
    cli.table()
    cli.client.update_table(TableName="orders", **changes({"Create": index("old")}))
    cli.pass_time(3600)
    file = written(
        tmp_path,
        changes({"Create": index("new")}, {"Delete": {"IndexName": "old"}}),
    )
    done = cli("indexes", "apply", "orders", file, "--plan", "--detailed-exitcode")
    assert done.code == 5
    assert done.out.index("+ create index new") < done.out.index("- delete index old")
    assert cli("indexes", "apply", "orders", file).code == 2
    done = cli("indexes", "apply", "orders", file, "--yes")
    assert "done: create index new, delete index old" in done.out


def test_what_somebody_else_builds_is_adopted(cli: CommandLine, tmp_path: Path) -> None:
    """It is awaited, and counts as already so."""
    cli.table()
    foreign = changes({"Create": index("by-email")})
    cli.client.update_table(TableName="orders", **foreign)
    done = cli("indexes", "apply", "orders", written(tmp_path, TWO), "--json")
    assert done.code == 0
    (result,) = done.of_type("result")
    assert result["already"] == ["create index by-email"]
    assert result["done"] == ["create index by-day"]


def test_another_index_of_that_name_is_shown(cli: CommandLine, tmp_path: Path) -> None:
    """How it differs, and what can be done about it."""
    cli.table()
    cli.client.update_table(
        TableName="orders", **changes({"Create": index("by-email", "mail")})
    )
    done = cli("indexes", "apply", "orders", written(tmp_path, TWO))
    assert done.code == 1
    assert "index by-email exists, and is not the one asked for:\n  - the" in done.err
    assert "--allow-gap" in done.err
    assert writes(cli).count("UpdateTable") == 1


def test_a_deletion_and_a_creation_of_one_name_replace_an_index(
    cli: CommandLine, tmp_path: Path
) -> None:
    """With a gap that has to be allowed; a second run has nothing to replace."""
    cli.table()
    cli.client.update_table(
        TableName="orders", **changes({"Create": index("by-email", "mail")})
    )
    cli.pass_time(3600)
    request = changes(
        {"Delete": {"IndexName": "by-email"}}, {"Create": index("by-email")}
    )
    line = ["indexes", "apply", "orders", written(tmp_path, request)]
    done = cli(*line, "--yes")
    assert done.code == 2
    assert "pass --allow-gap to accept that" in done.err
    done = cli(*line, "--yes", "--allow-gap")
    assert "done: delete index by-email, create index by-email" in done.out
    done = cli(*line, "--yes")
    assert "nothing to do" in done.out


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"TableName": "users", **TWO}, "TableName: the file says 'users'"),
        (TWO | {"BillingMode": "PAY_PER_REQUEST"}, "BillingMode: only indexes are"),
        ({"AttributeDefinitions": []}, "no index is to be changed"),
        ({_UPDATES: []}, "the list is empty"),
        ({_UPDATES: [{}]}, "each has one of Create, Update, Delete"),
        ({_UPDATES: [{"Create": index("x1y")}]}, "email is not defined"),
        (changes({"Create": index("x")}), "at least 3 characters"),
        (changes({"Create": index("no spaces")}), "letters, digits"),
        (changes({"Create": {"IndexName": "xyz"}}), "KeySchema is missing"),
        ({"GlobalSecondaryIndexes": []}, "did you mean GlobalSecondaryIndexUpdates"),
        ({_UPDATES: [{"Crate": {}}]}, "did you mean Create?"),
        ({_UPDATES: {"Create": {}}}, "expected a list"),
        (
            changes({"Create": index("abc")}, {"Create": index("abc")}),
            "named by more than one change",
        ),
        (changes({"Update": {"IndexName": "abc"}}), "expected throughput"),
        ([], "takes an object"),
    ],
)
def test_a_file_that_cannot_be_right_says_why(
    cli: CommandLine, tmp_path: Path, request_: Any, words: str
) -> None:
    """And nothing is sent."""
    cli.table()
    done = cli("indexes", "apply", "orders", written(tmp_path, request_))
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert writes(cli) == ["CreateTable"]


def test_the_quota_counts_at_every_point(cli: CommandLine, tmp_path: Path) -> None:
    """The 21st index is refused before the first is sent, unless AWS allows it."""
    cli.table()
    many = changes(*({"Create": index(f"by-{n:02}")} for n in range(21)))
    line = ["indexes", "apply", "orders", written(tmp_path, many)]
    done = cli(*line)
    assert done.code == 2
    assert "20" in done.err
    assert writes(cli) == ["CreateTable"]
    assert cli(*line, "--max-indexes", "30", "--plan").code == 0


@pytest.mark.parametrize("until", ["started", "backfilling", "active", "queryable"])
def test_until_says_when_a_creation_counts(
    cli: CommandLine, tmp_path: Path, until: str
) -> None:
    """DynamoDB goes on with what was started."""
    cli.table()
    one = changes({"Create": index("by-email")})
    line = ["indexes", "apply", "orders", written(tmp_path, one), "--until", until]
    assert cli(*line).code == 0
    (found,) = cli("indexes", "list", "orders", "--json").records
    phases = {"started": "allocating", "backfilling": "backfilling"}
    assert found["phase"] == phases.get(until)


def test_there_is_no_time_limit_unless_one_is_said(
    cli: CommandLine, tmp_path: Path
) -> None:
    """With one, what was sent goes on, and the next run waits for it."""
    cli.table()
    file = written(tmp_path, TWO)
    done = cli("indexes", "apply", "orders", file, "--timeout", "2m", "--json")
    assert done.code == 4
    (error,) = done.of_type("error")
    assert error["failed"] == "create index by-email"
    assert error["left"] == ["create index by-day"]
    assert cli("indexes", "apply", "orders", file).code == 0
    assert writes(cli).count("UpdateTable") == 2


def test_faults_and_others_are_survived(cli: CommandLine, tmp_path: Path) -> None:
    """Throttled, lost, stale, and somebody who changes the table meanwhile."""
    cli.table()
    cli.dynamodb.faults = Faults(
        throttle=0.1,
        lost_response=0.2,
        dropped=0.1,
        stale_describe=0.2,
        foreign_writer=0.2,
        latency=(0.0, 0.5),
    )
    done = cli("indexes", "apply", "orders", written(tmp_path, TWO))
    assert done.code == 0, done.err
    assert {"by-email", "by-day"} <= {*names(cli)}


@pytest.mark.parametrize(
    ("method", "notes", "in_flight"),
    [
        ("update_table", ["cannot be told whether it was taken"], True),
        ("describe_table", ["goes on without us"], True),
    ],
)
def test_an_interruption_says_what_goes_on(
    cli: CommandLine, tmp_path: Path, method: str, notes: list[str], *, in_flight: bool
) -> None:
    """What was done, what is in flight, what is left; the next run goes on."""
    cli.table()
    sent: list[int] = []

    def interrupt(name: str, _count: int) -> None:
        if name == "update_table":
            sent.append(1)
        if len(sent) == 2 and name == method:
            raise KeyboardInterrupt

    meddle(cli, interrupt)
    file = written(tmp_path, TWO)
    done = cli("indexes", "apply", "orders", file, "--json")
    assert done.code == 130
    (error,) = done.of_type("error")
    assert error["error"] == "Interrupted"
    assert error["done"] == ["create index by-email"]
    assert error["in_flight"] == ("create index by-day" if in_flight else None)
    assert error["left"] == []
    for note in notes:
        assert note in error["notes"][0]
        assert note in done.err
    assert "Run the same command again: it goes on where this ended." in done.err
    cli.clients["dynamodb"] = cli.client
    assert cli("indexes", "apply", "orders", file).code == 0
    assert names(cli) == ["by-day", "by-email"]


@pytest.mark.parametrize("yes", [[], ["--yes"]])
def test_an_interruption_before_anything_was_sent_says_so(
    cli: CommandLine, tmp_path: Path, yes: list[str]
) -> None:
    """While it plans, and while it waits to begin."""
    cli.table()

    def interrupt(_name: str, _count: int) -> None:
        raise KeyboardInterrupt

    meddle(cli, interrupt)
    done = cli("indexes", "apply", "orders", written(tmp_path, TWO), *yes)
    assert done.code == 130
    assert "Nothing was changed." in done.err


def test_a_creation_can_be_dropped_on_an_interruption(
    cli: CommandLine, tmp_path: Path
) -> None:
    """Where DynamoDB allows it, which is during the backfill."""
    cli.table()

    def interrupt(_name: str, _count: int) -> None:
        indexes = cli.dynamodb.tables["orders"].get("GlobalSecondaryIndexes", ())
        if indexes and indexes[0].get("Backfilling") and not dropped:
            dropped.append(1)
            raise KeyboardInterrupt

    dropped: list[int] = []
    meddle(cli, interrupt)
    line = ["indexes", "apply", "orders", written(tmp_path, TWO)]
    done = cli(*line, "--on-interrupt", "delete")
    assert done.code == 130
    assert "was backfilling and is being deleted again" in done.err
    cli.pass_time(3600)
    assert names(cli) == []


def test_indexes_are_listed(cli: CommandLine) -> None:
    """Status, phase, keys, projection and items, a row each."""
    cli.table(
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "at", "KeyType": "RANGE"},
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "local",
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "at", "KeyType": "RANGE"},
                ],
                "Projection": {
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": ["total"],
                },
            }
        ],
        VectorIndexes=[
            {
                "IndexName": "near",
                "VectorAttribute": {"AttributeName": "where"},
                "Projection": {"ProjectionType": "KEYS_ONLY"},
                "Dimensions": 3,
                "DistanceFunction": "COSINE",
            }
        ],
    )
    cli.client.update_table(
        TableName="orders", **changes({"Create": index("by-email")})
    )
    done = cli("indexes", "list", "orders")
    assert done.code == 0
    rows = [line.split("  ") for line in done.out.splitlines()]
    assert [row[0].strip() for row in rows] == ["by-email", "local", "near"]
    assert "CREATING, allocating" in done.out
    assert "pk:S, at:N" in done.out
    assert "INCLUDE total" in done.out
    assert "where[3]" in done.out
    found = cli("indexes", "list", "orders", "--json").of_type("index")
    assert [each["kind"] for each in found] == ["global", "local", "vector"]
    assert found[0]["partition_key"] == ["email"]
    assert found[0]["active"] is False
    assert found[1]["projected"] == ["total"]
    assert found[2]["dimensions"] == 3


def test_no_indexes_and_no_table_are_told_apart(cli: CommandLine) -> None:
    """The first is an answer, the second ends with 3."""
    done = cli("indexes", "list", "orders")
    assert done.code == 3
    assert "no such table" in done.err
    cli.table()
    assert cli("indexes", "list", "orders").out == "orders: no indexes\n"


def test_vector_indexes_are_changed_alike(cli: CommandLine, tmp_path: Path) -> None:
    """In the order of the file, together with the others."""
    cli.table()
    create = {
        "IndexName": "near",
        "VectorAttribute": {"AttributeName": "where"},
        "Projection": {"ProjectionType": "ALL"},
        "Dimensions": 3,
        "DistanceFunction": "COSINE",
    }
    file = written(tmp_path, {"VectorIndexUpdates": [{"Create": create}]})
    assert "create vector index near" in cli("indexes", "apply", "orders", file).out
    deletion = {"Delete": {"IndexName": "near"}}
    file = written(tmp_path, {"VectorIndexUpdates": [deletion]})
    assert cli("indexes", "apply", "orders", file).code == 2
    assert cli("indexes", "apply", "orders", file, "--yes").code == 0


def test_progress_is_an_event_a_line(cli: CommandLine, tmp_path: Path) -> None:
    """For machines: the plan, each step, how far the backfill has come, the end."""
    cli.table()
    done = cli("indexes", "apply", "orders", written(tmp_path, TWO), "--json")
    told = [each["event"] for each in done.of_type("event")]
    assert told[0] == "change.planned"
    assert told.count("step.started") == told.count("step.finished") == 2
    assert "change.progress" in told
    assert told[-1] == "change.finished"
    assert json.loads(done.out.splitlines()[-1])["type"] == "result"
