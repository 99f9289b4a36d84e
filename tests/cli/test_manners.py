"""What every command does alike: spans, versions, endings, empty lists, words."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import NoCredentialsError

from dynawait._cli.failures import in_flags
from dynawait._cli.output import Output
from dynawait._cli.settings import Settings
from tests.cli.changing import meddle
from tests.cli.lock_tables import AMAZON, make_table, terraform_row

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine

_AGAIN = "Run the same command again"
_GOES_ON = f"{_AGAIN}: it goes on where this ended."


def test_a_budget_of_nothing_is_one(cli: CommandLine) -> None:
    """``--timeout 0s`` looks once; it is not taken for none given."""
    cli.table()
    done = cli("wait", "orders", "--for", "indexes(by-day)", "--timeout", "0s")
    assert done.code == 4
    assert "timeout=0" in done.err


def test_a_version_that_nobody_knows_is_told(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the package's metadata there is a sentence, and no traceback."""

    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    done = cli("--version")
    assert done.code == 1
    assert "Traceback" not in done.err
    assert "pip install 'dynawait[cli]'" in done.err


@pytest.mark.parametrize(
    ("line", "told", "hidden"),
    [
        (["wait", "orders"], f"{_AGAIN}: it goes on waiting.", _GOES_ON),
        (["status", "orders"], f"{_AGAIN}.", _GOES_ON),
        (["watch", "orders"], "Interrupted", _AGAIN),
        (["status", "orders", "--watch"], "Interrupted", _AGAIN),
    ],
)
def test_how_to_go_on_is_true_of_what_was_interrupted(
    cli: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    line: list[str],
    told: str,
    hidden: str,
) -> None:
    """A look goes on nowhere, and a watch that was ended has not failed."""
    cli.table()

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for place in ("status.describe", "wait.wait_for"):
        monkeypatch.setattr(f"dynawait._cli.commands.{place}", interrupt)
    monkeypatch.setattr("dynawait._cli.watching.Queue.get", interrupt)
    done = cli(*line)
    assert done.code == 130
    assert told in done.err
    assert hidden not in done.err


def test_a_hold_that_only_waited_has_not_begun(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted before its command was started, it says so, and nothing else."""
    make_table(cli)

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dynawait.sync.locks.LockClient.acquire", interrupt)
    done = cli("locks", "hold", "k", "--lock-table", "locks", "--", "true")
    assert done.code == 130
    assert "The command was not started." in done.err
    assert _GOES_ON not in done.err
    assert f"{_AGAIN}." in done.err


@pytest.mark.parametrize(
    "line",
    [
        ["indexes", "list", "orders"],
        ["backup", "list", "orders"],
        ["locks", "list", "--lock-table", "locks"],
        ["terraform", "locks", "--lock-table", "terraform-locks"],
    ],
)
def test_an_empty_list_has_a_version_all_the_same(
    cli: CommandLine, line: list[str]
) -> None:
    """``--json`` prints the line with the schema, so that readers find a first one."""
    cli.table()
    make_table(cli)
    cli.table(
        "terraform-locks",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
    )
    done = cli(*line, "--json")
    assert (done.code, done.records) == (0, [])


def test_missing_credentials_are_called_so(cli: CommandLine) -> None:
    """In people's words, with what to do; nothing was "refused" by anybody."""

    def nobody(_name: str, _count: int) -> None:
        raise NoCredentialsError

    meddle(cli, nobody)
    done = cli("status", "orders")
    assert done.code == 1
    assert "no AWS credentials were found" in done.err
    assert "--profile" in done.err
    assert "refused" not in done.err


@pytest.mark.parametrize(
    ("line", "told", "hidden"),
    [
        (["assess", "orders"], "with --alive-pid, --alive, --dead", "is_owner_alive"),
        (["hold", "orders", "--wait", "0s", "--", "true"], "locks assess", "inspect"),
    ],
)
def test_advice_names_what_the_command_line_has(
    cli: CommandLine, line: list[str], told: str, hidden: str
) -> None:
    """No advice names a parameter or a method of the library."""
    cli.table(
        "locks",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
    )
    cli.client.put_item(TableName="locks", Item=terraform_row("orders"))
    done = cli("locks", line[0], "--lock-table", "locks", *line[1:])
    assert told in done.err + done.out
    assert hidden not in done.err + done.out


def test_the_quota_of_indexes_is_raised_by_a_flag() -> None:
    """The sentence about the quota names ``--max-indexes``."""
    assert in_flags("or pass max_indexes if") == "or pass --max-indexes if"


def test_the_advice_about_locks_names_commands() -> None:
    """And no method that nobody has at hand in a shell."""
    told = "; dynawait locks check tells all"
    assert in_flags("; check_permissions() tells all") == told


@pytest.mark.parametrize(
    ("timeout", "seconds"), [(None, 20), (3.0, 1.5), (0.0, 1.0), (3600.0, 20)]
)
def test_no_call_outlasts_the_budget(timeout: float | None, seconds: float) -> None:
    """A server that never answers is left in time: two attempts fit in it."""
    settings = Settings(
        region="us-east-1", endpoint_url="http://127.0.0.1:9", timeout=timeout
    )
    config: Any = settings.client("dynamodb").meta.config
    assert config.read_timeout == seconds
    assert config.connect_timeout <= seconds


def test_words_of_dynamodb_are_shown_as_dynamodb_writes_them(cli: CommandLine) -> None:
    """In help and in errors; they are taken in small letters as well."""
    help_text = cli("update", "--help").out
    assert "[NEW_IMAGE|" in help_text
    assert "[PAY_PER_REQUEST|" in help_text
    assert "'NEW_IMAGE'" in cli("update", "orders", "--stream", "FOO").err
    cli.table()
    done = cli("update", "orders", "--stream", "new_image", "-q")
    assert done.code == 0, done.err
    assert cli("update", "orders", "--stream", "none", "--yes", "-q").code == 0


def test_how_often_belongs_to_a_watch(cli: CommandLine) -> None:
    """``status --every`` without ``--watch`` would do nothing, and says so."""
    cli.table()
    done = cli("status", "orders", "--every", "5s")
    assert done.code == 2
    assert "--watch" in done.err


_EVIL = "x\x1b[2J\x9b31m\u202e\nnew: held by root"


def test_what_others_wrote_cannot_draw_on_the_terminal(cli: CommandLine) -> None:
    """Control characters of a row are shown as such, and a row stays on its line."""
    make_table(cli)
    row = {**AMAZON, "key": {"S": _EVIL}, "ownerName": {"S": _EVIL}}
    cli.client.put_item(TableName="locks", Item=row)
    table = ("--lock-table", "locks")
    for line in (
        ("list", *table),
        ("show", _EVIL, *table),
        ("assess", _EVIL, *table),
        ("release", _EVIL, *table),
        ("hold", _EVIL, "--wait", "0.1s", *table, "--", "true"),
        ("show", "\x1b[2J", *table),
        ("release", _EVIL, "--force", "--yes", *table),
    ):
        told = cli("locks", *line)
        text = told.out + told.err
        assert not {"\x1b", "\x9b", "\u202e"} & {*text}, line
        assert "\\x1b[2J" in text
        assert not any(each.startswith("new: held") for each in text.splitlines()), line
    (lock,) = cli("locks", "list", "--all", "--json", *table).of_type("lock")
    assert lock["key"] == _EVIL


def test_tabs_lines_and_other_scripts_stay_as_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Only what steers a terminal is spelt out."""
    output = Output()
    output.show("ключ\t☃\nline")
    output.complain("é\x07")
    assert capsys.readouterr() == ("ключ\t☃\nline\n", "é\\x07\n")
