"""``dynawait locks assess`` and ``release``: what is known of a lock, and its end."""

from __future__ import annotations

import io
import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.output import Output
from dynawait.sync.locks import LockClient
from tests.cli.lock_tables import (
    AMAZON,
    digest_row,
    make_table,
    rows_of,
    terraform_row,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import CommandLine

TABLE = ("--lock-table", "locks")
VERSION = "recordVersionNumber"


def dead(cli: CommandLine) -> None:
    """Make a table with a lock whose holder shows no life any more."""
    make_table(cli, AMAZON)


def released(cli: CommandLine) -> None:
    """Make a table with a lock that was released."""
    make_table(cli, AMAZON | {"isReleased": {"S": "1"}})


def unreadable(cli: CommandLine) -> None:
    """Make a table with a row that is no lock."""
    make_table(cli, {"key": {"S": "orders"}, VERSION: {"N": "1"}})


@pytest.mark.parametrize(
    ("make", "arguments", "verdict", "code"),
    [
        (make_table, [], "ABSENT", 0),
        (released, [], "RELEASED", 0),
        (unreadable, [], "UNREADABLE", 1),
        (dead, [], "UNKNOWN", 6),
        (dead, ["--observe", "5s"], "UNKNOWN", 6),
        (dead, ["--observe", "25s", "--timeout", "5s"], "UNKNOWN", 6),
        (dead, ["--observe", "25s"], "STALE", 0),
        (dead, ["--dead"], "STALE", 0),
        (dead, ["--alive"], "HELD", 5),
        (dead, ["--local"], "UNKNOWN", 6),
        (dead, ["--alive-pid", str(os.getpid())], "HELD", 5),
        (dead, ["--alive-pid", str(2**22 + 1)], "STALE", 0),
    ],
)
def test_the_verdict_is_told_to_people_machines_and_shells(
    cli: CommandLine,
    make: Callable[[CommandLine], None],
    arguments: list[str],
    verdict: str,
    code: int,
) -> None:
    """The exit code is 0 whatever it is, unless the shell wants to know more."""
    make(cli)
    line = ["locks", "assess", "orders", *TABLE, *arguments]
    told = cli(*line)
    assert told.code == 0
    first, *evidence = told.out.splitlines()
    assert first == f"orders: {verdict}"
    assert evidence
    machine = cli(*line, "--json", "--detailed-exitcode")
    assert machine.code == code
    (found,) = machine.of_type("assessment")
    assert found["verdict"] == verdict
    assert (found["lock"] is None) == (verdict == "ABSENT")


def test_what_is_said_of_an_owner_must_be_one_thing(cli: CommandLine) -> None:
    """It cannot be alive and dead."""
    dead(cli)
    said = cli("locks", "assess", "orders", *TABLE, "--alive", "--dead")
    assert said.code == 2
    assert "exclude each other" in said.err


def test_a_lock_of_this_machine_is_looked_for_here(cli: CommandLine) -> None:
    """A row of ours names host and process."""
    make_table(cli)
    locks = LockClient(cli.client, "locks", heartbeat=None)
    locks.acquire("orders")
    told = cli("locks", "assess", "orders", *TABLE, "--local")
    assert told.out.startswith("orders: HELD\n")


def test_two_runs_a_lease_apart_need_not_watch(
    cli: CommandLine, tmp_path: Path
) -> None:
    """What the first has seen, the next goes on from: both watch half a lease."""
    dead(cli)
    file = tmp_path / "seen.json"
    line = ["locks", "assess", "orders", *TABLE, "--observe", "12s"]
    assert "UNKNOWN" in cli(*line).out
    remembering = [*line, "--observations", str(file)]
    assert "UNKNOWN" in cli(*remembering).out
    assert "STALE" in cli(*remembering).out
    assert [entry.name for entry in tmp_path.iterdir()] == ["seen.json"]


def test_a_list_is_a_look_at_every_lock(cli: CommandLine, tmp_path: Path) -> None:
    """So one run can look at all of them for the next."""
    dead(cli)
    file = str(tmp_path / "seen.json")
    assert cli("locks", "list", *TABLE, "--observations", file).code == 0
    seen = json.loads((tmp_path / "seen.json").read_text())["observations"]
    assert [each["version"] for each in seen] == [AMAZON[VERSION]["S"]]


def test_observations_keep_the_place_and_the_permissions_of_their_file(
    cli: CommandLine, tmp_path: Path
) -> None:
    """A link stays a link, and who could read the file still can."""
    dead(cli)
    file, link = tmp_path / "seen.json", tmp_path / "link.json"
    file.touch()
    file.chmod(0o640)
    link.symlink_to(file)
    done = cli("locks", "assess", "orders", *TABLE, "--observations", str(link))
    assert done.code == 0
    assert link.is_symlink()
    assert json.loads(file.read_text())["observations"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_observations_that_cannot_be_written_leave_the_old_ones(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it or nothing, and nothing beside it."""
    dead(cli)
    file = tmp_path / "seen.json"
    line = ["locks", "assess", "orders", *TABLE, "--observations", str(file)]
    assert cli(*line).code == 0
    before = file.read_text()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    failed = cli(*line)
    assert failed.code == 1
    assert failed.out.startswith("orders: UNKNOWN")
    assert "No space left on device" in failed.err
    assert file.read_text() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["seen.json"]


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("{}", 2, "no observations of an earlier run"),
        ("[1, 2", 2, "no observations of an earlier run"),
        (b"\xff\xfe", 2, "not UTF-8"),
        (None, 1, "cannot be written"),
    ],
)
def test_a_file_of_observations_that_is_none_is_refused(
    cli: CommandLine,
    tmp_path: Path,
    content: str | bytes | None,
    code: int,
    words: str,
) -> None:
    """And never overwritten; one that cannot be written is told after the verdict."""
    dead(cli)
    file = tmp_path / "folder" / "seen.json"
    data = content.encode() if isinstance(content, str) else content
    if data is not None:
        file.parent.mkdir()
        file.write_bytes(data)
    done = cli("locks", "assess", "orders", *TABLE, "--observations", str(file))
    assert done.code == code
    assert words in done.err
    assert str(file) in done.err
    if data is None:
        assert done.out.startswith("orders: UNKNOWN")
    else:
        assert file.read_bytes() == data


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Sit at the terminal, and type."""
    monkeypatch.setattr(Output, "can_ask", property(lambda _: True))
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_release_off_a_terminal_needs_yes(cli: CommandLine) -> None:
    """Nobody can be asked there."""
    dead(cli)
    line = ["locks", "release", "orders", *TABLE]
    refused = cli(*line)
    assert refused.code == 2
    assert "--yes" in refused.err
    assert rows_of(cli) == [AMAZON]
    done = cli(*line, "--yes")
    assert (done.code, done.out) == (0, "orders: released; java-owner held it\n")
    (row,) = rows_of(cli)
    assert row["isReleased"] == {"S": "1"}
    again = cli(*line, "--yes")
    assert (again.code, again.out) == (0, "orders: nobody holds it\n")


@pytest.mark.parametrize(
    ("typed", "code"), [("y\n", 0), ("YES\n", 0), ("n\n", 1), ("\n", 1), ("", 1)]
)
def test_release_asks_at_a_terminal(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    """It shows what is known, and takes anything but yes for no."""
    dead(cli)
    answer(monkeypatch, typed)
    done = cli("locks", "release", "orders", *TABLE)
    assert done.code == code
    assert "orders: UNKNOWN" in done.err
    assert "Release orders? [y/N]" in done.err
    (row,) = rows_of(cli)
    assert ("isReleased" in row) == (code == 0)


def test_a_terminal_that_goes_away_has_not_agreed(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is changed."""
    dead(cli)

    class Gone:
        def readline(self) -> str:
            raise OSError(5, "Input/output error")

    answer(monkeypatch, "")
    gone: Any = Gone()
    monkeypatch.setattr(sys, "stdin", gone)
    assert cli("locks", "release", "orders", *TABLE).code == 1
    assert rows_of(cli) == [AMAZON]


def test_only_what_was_read_is_released(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign of life that comes while the person thinks saves the lock."""
    dead(cli)
    alive = AMAZON | {VERSION: {"S": "another"}}

    class Slow:
        def readline(self) -> str:
            cli.client.put_item(TableName="locks", Item=alive)
            return "y\n"

    answer(monkeypatch, "")
    slow: Any = Slow()
    monkeypatch.setattr(sys, "stdin", slow)
    done = cli("locks", "release", "orders", *TABLE)
    assert done.code == 1
    assert "it has changed since it was read" in done.err
    assert rows_of(cli) == [alive]


class Beating:
    """A client of a table whose lock shows life whenever somebody looks."""

    def __init__(self, client: Any) -> None:
        """Take the real one."""
        self._client = client
        self._beats = 0

    def __getattr__(self, name: str) -> Any:
        """Do what it does."""
        return getattr(self._client, name)

    def get_item(self, **request: Any) -> Any:
        """Look, just after a sign of life."""
        self._beats += 1
        beat = AMAZON | {VERSION: {"S": f"beat-{self._beats}"}}
        self._client.put_item(TableName="locks", Item=beat)
        return self._client.get_item(**request)


def test_what_is_held_is_released_by_force_only(cli: CommandLine) -> None:
    """A holder that beats is seen when the lock is watched."""
    dead(cli)
    cli.clients["dynamodb"] = Beating(cli.client)
    line = ["locks", "release", "orders", *TABLE, "--yes", "--observe", "15s"]
    refused = cli(*line)
    assert refused.code == 1
    assert "orders is held: a sign of life came while it was watched" in refused.err
    assert "--force" in refused.err
    assert "isReleased" not in rows_of(cli)[0]
    forced = cli(*line, "--force")
    assert (forced.code, forced.err) == (0, "watching orders for up to 15.0 s\n")
    assert rows_of(cli)[0]["isReleased"] == {"S": "1"}


def test_a_digest_is_never_released(cli: CommandLine) -> None:
    """It is no lock, and Terraform needs it."""
    make_table(cli, terraform_row(), digest_row(), keys="LockID")
    done = cli("locks", "release", "states/app.tfstate-md5", *TABLE, "--yes")
    assert done.code == 1
    assert "digest" in done.err
    assert len(rows_of(cli)) == 2


def test_release_tells_machines_what_it_freed(cli: CommandLine) -> None:
    """With --json nobody is asked."""
    dead(cli)
    refused = cli("locks", "release", "orders", *TABLE, "--json")
    assert refused.code == 2
    done = cli("locks", "release", "orders", *TABLE, "--json", "--yes")
    (found,) = done.of_type("release")
    assert found["released"] is True
    assert found["lock"]["version"] == AMAZON[VERSION]["S"]
