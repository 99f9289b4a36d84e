"""What ``--json`` prints is as its schema says.

Every other test that reads records holds them against the schema as well: see
`Outcome.records`.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

import dynawait._cli
from dynawait._cli import timeline
from dynawait._cli.output import SCHEMA as VERSION
from dynawait._cli.output import Output
from tests.cli.changing import changes, index, written
from tests.cli.json_lines import FILE, SCHEMA, TYPES, problems_of
from tests.cli.lock_tables import (
    AMAZON,
    LOCK_ID,
    PATH,
    digest_row,
    make_table,
    terraform_row,
)
from tests.cli.scenes import plan_of
from tests.cli.test_history import Trail, _event

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine

PAGE = FILE.with_name("command-line-json.md")
LOCKS = ("--lock-table", "locks")
# What only processes of their own print; tests/servers holds it against the schema.
ELSEWHERE = {"act", "check", "hold", "run", "said", "server", "shown"}


@pytest.fixture
def told(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, list[dict[str, Any]]]:
    """Return, by type, what all the commands print."""
    monkeypatch.setattr(timeline, "_PAGES", 1)  # there are more, which is a warning
    found: dict[str, list[dict[str, Any]]] = {}
    for line in lines(cli, tmp_path):
        for record in cli("--json", *line).records:
            found.setdefault(record["type"], []).append(record)
    return found


def lines(cli: CommandLine, folder: Path) -> list[tuple[str, ...]]:
    """Return command lines that print records of every type."""
    wanted = changes({"Create": index("by-email")})
    more = changes({"Create": index("by-day", key="day")})
    one = written(folder, wanted)
    two = written(folder, more, "more.json")
    make_table(cli, AMAZON)
    cli.client.create_table(
        TableName="states",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    cli.pass_time(60)
    for row in (terraform_row(), digest_row()):
        cli.client.put_item(TableName="states", Item=row)
    create = {"create": {"indexName": "by-email"}}
    asked = {"globalSecondaryIndexUpdates": [create]}
    cli.clients["cloudtrail"] = Trail(
        *(_event(number, "UpdateTable", asked=asked) for number in range(3))
    )
    states = ("--lock-table", "states")
    return [
        ("create", "orders", "--key", "pk:S", "--on-demand"),
        ("create", "orders", "--key", "other:S", "--on-demand"),
        ("status", "orders", "absent"),
        ("wait", "orders"),
        ("indexes", "apply", "orders", one, "--plan"),
        ("indexes", "apply", "orders", one),
        ("indexes", "apply", "orders", two, "--advance"),
        ("indexes", "list", "orders"),
        ("watch", "orders", "--until", "indexes(by-day)"),
        ("ttl", "enable", "orders", "expires"),
        ("ttl", "show", "orders"),
        ("backup", "pitr", "enable", "orders"),
        ("backup", "pitr", "show", "orders"),
        ("backup", "create", "orders", "nightly"),
        ("backup", "list", "orders"),
        ("tags", "set", "orders", "team=shop"),
        ("tags", "show", "orders"),
        ("history", "orders", "--since", "90d"),
        ("locks", "list", *LOCKS),
        ("locks", "show", "orders", *LOCKS),
        ("locks", "assess", "orders", *LOCKS),
        ("locks", "check", *LOCKS),
        ("locks", "release", "orders", *LOCKS, "--yes"),
        ("locks", "release", "nobody", *LOCKS, "--yes"),
        ("terraform", "locks", *states, "--all"),
        ("terraform", "assess", PATH, *states),
        ("terraform", "digest", PATH, *states),
        ("terraform", "unlock", PATH, LOCK_ID, *states),
        ("terraform", "check", str(plan_of("tables"))),
        ("terraform", "check", "--list-rules"),
        ("delete", "orders", "--plan"),
        ("delete", "orders", "--yes"),
        ("wait", "orders", "--missing", "fail"),
        ("no-such-command",),
    ]


def test_every_type_of_record_is_as_the_schema_says(
    told: dict[str, list[dict[str, Any]]],
) -> None:
    """`Outcome.records` has looked at each; here, that none was left out."""
    assert set(told) | ELSEWHERE | {"version"} == set(TYPES)
    assert not set(told) & ELSEWHERE


def test_the_schema_has_the_types_that_the_program_prints() -> None:
    """All of them and no others."""
    printed = {"version"}
    for file in Path(dynawait._cli.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "record"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                printed.add(str(node.args[0].value))
    assert printed == set(TYPES)


def test_the_schema_is_one() -> None:
    """And it knows the version that the program prints."""
    Draft202012Validator.check_schema(SCHEMA)
    assert not problems_of({"type": "version", "schema": VERSION})


@pytest.mark.parametrize(
    "line",
    [
        {"type": "nonsense"},
        {"table": "orders"},
        {"type": "version", "schema": "2.0"},
        {"type": "server"},
        {"type": "server", "url": 1},
        {"type": "server", "url": "http://127.0.0.1:8000", "more": 1},
        {"type": "result", "reached": True},
        {"type": "time_to_live", "table": "orders", "time_to_live": "ENABLED"},
        {
            "type": "unlock",
            **dict.fromkeys(("path", "lock_id", "who"), "x"),
            "operation": "x",
            "created": "yesterday",
        },
    ],
)
def test_the_schema_refuses_what_is_wrong(line: dict[str, Any]) -> None:
    """Otherwise it would prove nothing."""
    assert problems_of(line)


def test_every_type_has_a_line_on_the_page() -> None:
    """And no type that there is not."""
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(TYPES)


def test_a_record_that_is_not_in_the_schema_is_found(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So every test of records is one of the schema."""
    cli.table()
    record = Output.record

    def more(output: Output, kind: str, /, **facts: Any) -> None:
        record(output, kind, **facts, surprise=True)

    monkeypatch.setattr(Output, "record", more)
    done = cli("status", "orders", "--json")
    with pytest.raises(AssertionError, match="surprise"):
        assert done.records
