"""``dynawait terraform locks``, ``assess``, ``unlock`` and ``digest``."""

from __future__ import annotations

import hashlib
import io
import json
import shlex
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.output import Output
from dynawait.sync.locks import TerraformLocks
from tests.cli.lock_tables import (
    LOCK_ID,
    MD5,
    PATH,
    digest_row,
    make_table,
    rows_of,
    terraform_row,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import CommandLine

TABLE = ("--lock-table", "locks")
STATE = b'{"version": 4}'
RIGHT = hashlib.md5(STATE).hexdigest()  # noqa: S324 - Terraform's own


def terraform_table(cli: CommandLine, *rows: dict[str, Any]) -> None:
    """Make a table of Terraform's locks."""
    make_table(cli, *rows, keys="LockID")


def test_locks_shows_who_holds_each_and_its_id(cli: CommandLine) -> None:
    """Digests on request; a row that is no lock says why."""
    terraform_table(
        cli, terraform_row(), digest_row(), {"LockID": {"S": "odd"}, "Info": {"S": "x"}}
    )
    listed = cli("terraform", "locks", *TABLE)
    assert listed.code == 0
    odd, lock = sorted(listed.out.splitlines())
    assert odd.startswith("odd: unreadable: Info is")
    assert lock.startswith(f"{PATH}: held by ci@runner-7 for ")
    assert lock.endswith(f"OperationTypeApply, lock ID {LOCK_ID}")
    assert listed.err == "locks: 1 digest, 1 held, 1 unreadable\n"
    assert f"{PATH}-md5" in cli("terraform", "locks", *TABLE, "--all").out
    found = cli("terraform", "locks", *TABLE, "--json").records
    assert {each.get("lock_id") for each in found} == {LOCK_ID, None}


@pytest.mark.parametrize(
    ("arguments", "verdict", "code"),
    [
        ([], "UNKNOWN", 6),
        (["--observe", "1h"], "UNKNOWN", 6),
        (["--alive"], "HELD", 5),
        (["--dead"], "STALE", 0),
        (["--alive-pid", str(2**22 + 1)], "STALE", 0),
        (["--local"], "UNKNOWN", 6),
    ],
)
def test_assess_needs_to_be_told_whether_the_holder_lives(
    cli: CommandLine, arguments: list[str], verdict: str, code: int
) -> None:
    """Terraform's locks have no lease: however old one is, that proves nothing."""
    terraform_table(cli, terraform_row())
    told = cli("terraform", "assess", PATH, *TABLE, *arguments)
    assert told.code == 0
    assert told.out.startswith(f"{PATH}: {verdict}\n")
    assert "ci@runner-7 says that OperationTypeApply has held it" in told.out
    machine = cli(
        "terraform", "assess", PATH, *TABLE, *arguments, "--json", "--detailed-exitcode"
    )
    assert machine.code == code
    assert machine.of_type("assessment")[0]["lock"]["lock_id"] == LOCK_ID


def test_a_stale_lock_comes_with_the_command_that_frees_it(cli: CommandLine) -> None:
    """Which does, as it stands."""
    terraform_table(cli, terraform_row("a bucket/it's.tfstate"))
    told = cli(
        "terraform",
        "assess",
        "a bucket/it's.tfstate",
        *TABLE,
        "--dead",
        "--region",
        "x",
    )
    program, *line = shlex.split(told.err.splitlines()[-1])
    assert program == "dynawait"
    assert line[-2:] == ["--region", "x"]
    assert cli(*line).code == 0
    assert rows_of(cli) == []


def test_a_lock_of_ours_names_its_process(cli: CommandLine) -> None:
    """So --local can tell."""
    terraform_table(cli)
    with TerraformLocks(cli.client, "locks").hold(PATH):
        told = cli("terraform", "assess", PATH, *TABLE, "--local")
        assert told.out.startswith(f"{PATH}: HELD\n")


def test_unlock_frees_the_lock_that_is_named(cli: CommandLine) -> None:
    """Its ID is the agreement: nobody is asked."""
    terraform_table(cli, terraform_row(), digest_row())
    done = cli("terraform", "unlock", PATH, LOCK_ID, *TABLE)
    assert done.code == 0
    assert "ci@runner-7 had held it" in done.out
    assert rows_of(cli) == [digest_row()]


@pytest.mark.parametrize(
    ("path", "lock_id", "words"),
    [
        (PATH, "another", f"held by {LOCK_ID}"),
        ("states/other.tfstate", LOCK_ID, "nobody holds it"),
        (f"{PATH}-md5", LOCK_ID, "digest"),
    ],
)
def test_unlock_frees_nothing_else(
    cli: CommandLine, path: str, lock_id: str, words: str
) -> None:
    """Exit code 1, and what is there instead."""
    terraform_table(cli, terraform_row(), digest_row())
    done = cli("terraform", "unlock", path, lock_id, *TABLE)
    assert done.code == 1
    assert words in done.err
    assert len(rows_of(cli)) == 2


def test_unlock_tells_machines(cli: CommandLine) -> None:
    """What was freed."""
    terraform_table(cli, terraform_row())
    (found,) = cli("terraform", "unlock", PATH, LOCK_ID, *TABLE, "--json").records
    assert (found["type"], found["lock_id"]) == ("unlock", LOCK_ID)
    assert found["who"] == "ci@runner-7"


def test_digest_shows_what_terraform_expects(cli: CommandLine) -> None:
    """Or that there is none."""
    terraform_table(cli, digest_row())
    assert cli("terraform", "digest", PATH, *TABLE).out == f"{PATH}: {MD5}\n"
    none = cli("terraform", "digest", "states/other", *TABLE)
    assert (none.code, none.out) == (0, "states/other: no digest\n")


@pytest.fixture
def state_file(tmp_path: Path) -> str:
    """Give a state as it lies in the bucket."""
    file = tmp_path / "state.json"
    file.write_bytes(STATE)
    return str(file)


def test_a_digest_is_compared_with_its_state(cli: CommandLine, state_file: str) -> None:
    """Right: 0. Wrong, and nobody has agreed to write it: 1, and nothing changed."""
    terraform_table(cli, digest_row(digest=RIGHT))
    line = ["terraform", "digest", PATH, *TABLE, "--state-file", state_file]
    right = cli(*line)
    assert (right.code, right.out) == (0, f"{PATH}: {RIGHT}, which is right\n")
    cli.client.put_item(TableName="locks", Item=digest_row())
    wrong = cli(*line)
    assert wrong.code == 1
    assert f"the digest is {MD5}, and should be {RIGHT}" in wrong.err
    assert "--yes" in wrong.err
    (found,) = cli(*line, "--json").of_type("digest")
    assert (found["digest"], found["right"]) == (MD5, False)
    assert rows_of(cli) == [digest_row()]


def test_where_there_is_no_digest_none_is_wrong(
    cli: CommandLine, state_file: str
) -> None:
    """Terraform takes any state then; one is written when somebody agrees."""
    terraform_table(cli)
    line = ["terraform", "digest", PATH, *TABLE, "--state-file", state_file]
    none = cli(*line)
    assert (none.code, none.out, none.err) == (0, f"{PATH}: no digest\n", "")
    assert cli(*line, "--yes").code == 0
    assert rows_of(cli) == [digest_row(digest=RIGHT)]


def test_a_digest_is_repaired_once_somebody_agrees(
    cli: CommandLine, state_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By --yes or at the terminal; from a state, from its digest, or from a pipe."""
    terraform_table(cli, digest_row())
    done = cli("terraform", "digest", PATH, *TABLE, "--state-file", state_file, "--yes")
    assert (done.code, done.out) == (0, f"{PATH}: now {RIGHT}, which is right\n")
    upper = MD5.upper()
    done = cli("terraform", "digest", PATH, *TABLE, "--repair", upper, "--yes")
    assert done.code == 0
    assert rows_of(cli) == [digest_row()]
    stdin: Any = io.TextIOWrapper(io.BytesIO(STATE))
    monkeypatch.setattr(sys, "stdin", stdin)
    cli("terraform", "digest", PATH, *TABLE, "--state-file", "-", "--yes")
    assert rows_of(cli) == [digest_row(digest=RIGHT)]
    monkeypatch.setattr(Output, "can_ask", property(lambda _: True))
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    declined = cli("terraform", "digest", PATH, *TABLE, "--repair", MD5)
    assert declined.code == 1
    assert rows_of(cli) == [digest_row(digest=RIGHT)]
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert cli("terraform", "digest", PATH, *TABLE, "--repair", MD5).code == 0
    assert rows_of(cli) == [digest_row()]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--repair", "xyz", "--yes"], "no MD5"),
        (["--repair", MD5, "--state-file", "-"], "both say"),
        (["--state-file", "gone.json"], "No such file"),
        (["--state-file", "."], "directory"),
        (["--state-file", "/dev/null"], "empty"),
    ],
)
def test_a_digest_of_nothing_is_refused(
    cli: CommandLine, arguments: list[str], words: str
) -> None:
    """Before anything is written: an empty file is what a failed download leaves."""
    terraform_table(cli, digest_row())
    done = cli("terraform", "digest", PATH, *TABLE, *arguments)
    assert done.code == 2
    assert words in done.err
    assert rows_of(cli) == [digest_row()]


def initialise(folder: Path, **config: Any) -> None:
    """Leave what ``terraform init`` leaves."""
    options = {"bucket": "states", "key": "app.tfstate", "dynamodb_table": "locks"}
    data = folder / ".terraform"
    data.mkdir()
    document = {"backend": {"type": "s3", "config": options | config}}
    (data / "terraform.tfstate").write_text(json.dumps(document))


def test_the_folder_tells_which_table(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Terraform was initialised nothing need be said; elsewhere it must."""
    terraform_table(cli, terraform_row())
    monkeypatch.chdir(tmp_path)
    unknown = cli("terraform", "locks")
    assert unknown.code == 2
    assert "--lock-table" in unknown.err
    initialise(tmp_path, region="eu-central-1")
    listed = cli("terraform", "locks")
    assert (listed.code, LOCK_ID in listed.out) == (0, True)
    told = cli("terraform", "assess", PATH, "--dead")
    assert told.err.endswith(f"{LOCK_ID} --lock-table locks --region eu-central-1\n")
    other = cli("terraform", "locks", "--lock-table", "others")
    assert other.code == 3


@pytest.mark.parametrize("name", ["run", "digest"])
def test_an_example_in_a_help_text_keeps_its_lines(cli: CommandLine, name: str) -> None:
    """So that it can be copied."""
    text = cli("terraform", name, "--help").out
    assert "\\b" not in text
    assert any(
        line.strip().startswith(("dynawait", "aws")) for line in text.split("\n")
    )
