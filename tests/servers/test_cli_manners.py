"""The command line in a process of its own, wherever its streams lead to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from command_line import PATIENCE, PROGRAM, environment, run

from dynawait.testing import Durations, SimulatedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient

if os.name == "nt":
    pytest.skip("descriptors and signals are POSIX's", allow_module_level=True)

_EVERYTHING = "<&- >&- 2>&-"
# Everything that other extras bring, and that boto3 does: none of it is found.
_ALONE = """
import sys
sys.modules.update(dict.fromkeys({names!r}))
from dynawait._cli import main
main()
"""
_OTHERS = ("boto3", "s3transfer", "aiobotocore", "moto", "waitress", "trio", "anyio")


class Place:
    """A server with a table, and a shell.

    Attributes:
        url: the server's address.
        folder: where files can be left.
    """

    def __init__(self, url: str, client: DynamoDBClient, folder: Path) -> None:
        """Create the table."""
        self.url = url
        self.folder = folder
        self.more = {"AWS_ENDPOINT_URL_DYNAMODB": url}
        client.create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def shell(
        self, line: str, *words: str, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a line of a shell in which ``"$@"`` is the command line with words."""
        return subprocess.run(
            ["/bin/bash", "-c", line, "bash", *PROGRAM, *words],
            env=environment({**self.more, **more}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def run(self, *words: str, **options: Any) -> tuple[int, str, str]:
        """Run the command line."""
        return run(*words, more={**self.more, **options.pop("more", {})}, **options)


@pytest.fixture
def place(
    boto3_client: Callable[[str], DynamoDBClient], tmp_path: Path
) -> Iterator[Place]:
    """Give a server whose tables are there at once."""
    durations = Durations(table_create=0, table_delete=0)
    with SimulatedServer(durations=durations) as server:
        yield Place(server.url, boto3_client(server.url), tmp_path)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("wait", "orders"), 0),
        (("status", "orders", "--json"), 0),
        (("status", "customers"), 3),
        (("wait", "orders", "--for", "("), 2),
        (("delete", "orders"), 2),
        (("--help",), 0),
    ],
)
def test_it_needs_no_streams(place: Place, words: tuple[str, ...], code: int) -> None:
    """Where all of them are closed, the exit code tells all the same."""
    done = place.shell(f'"$@" {_EVERYTHING}', *words)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


def test_a_closed_stream_is_no_connection(place: Place) -> None:
    """Its number goes to nothing, for itself and for what it starts: whoever writes
    there, a child for one, would write into a connection to DynamoDB.
    """
    place.shell('"$@"', "create", "locks", "--key", "key:S", "--on-demand")
    said = place.folder / "said"
    child = "import os, sys; open(sys.argv[1], 'w').write(os.readlink(sys.argv[2]))"
    for number in range(3):
        words = ("locks", "hold", "deploy", "--lock-table", "locks", "--")
        stream = f"/proc/self/fd/{number}"
        command = (sys.executable, "-c", child, str(said), stream)
        if not os.path.lexists(stream):
            pytest.skip("this platform does not show descriptors")
        done = place.shell(f'"$@" {_EVERYTHING}', *words, *command)
        assert done.returncode == 0
        assert said.read_text(encoding="utf-8") == os.devnull


def test_a_request_cannot_come_from_a_closed_stream(place: Place) -> None:
    """It says so, and how to go on."""
    done = place.shell('"$@" <&-', "update", "orders", "--file", "-")
    assert done.returncode == 2
    assert done.stderr.startswith("Error: standard input is closed")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words", [("--help",), ("status", "orders"), ("status", "orders", "--json")]
)
def test_a_reader_that_is_gone_is_no_error(
    place: Place, words: tuple[str, ...]
) -> None:
    """As with ``| true``: nothing is said about it."""
    line = '{ sleep 0.3; "$@"; echo $? >&2; } | true'
    done = place.shell(line, *words)
    assert done.stderr == "0\n"


@pytest.mark.parametrize(
    "words", [("--help",), ("status", "orders"), ("status", "orders", "--json")]
)
def test_a_full_disk_is_an_error(place: Place, words: tuple[str, ...]) -> None:
    """A result that could not be written is not 0, and no defect of ours."""
    if not os.path.exists("/dev/full"):  # noqa: PTH110 - a device, not a file of ours
        pytest.skip("this platform has no /dev/full")
    done = place.shell('"$@" >/dev/full', *words)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: the result could not be written: No space left on device\n"
    )


def test_what_a_terminal_cannot_spell_is_escaped(place: Place) -> None:
    """With LANG=C and no UTF-8 mode, a name from elsewhere ends nothing."""
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    file = place.folder / "größe.json"
    done = place.shell('"$@"', "update", "orders", "--file", str(file), **ascii_only)
    assert done.returncode == 2
    assert "gr" in done.stderr
    assert "Traceback" not in done.stderr
    done = place.shell('"$@"', "status", "orders", "--json", **ascii_only)
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[1])["table"] == "orders"


def test_the_region_of_the_environment_counts(place: Place) -> None:
    """AWS_REGION, as for other SDKs; where there is none, it says how to give one."""
    unset = 'unset AWS_DEFAULT_REGION AWS_REGION; "$@"'
    nothing = {"AWS_CONFIG_FILE": os.devnull}
    done = place.shell(unset, "wait", "orders", **nothing)
    assert (done.returncode, done.stderr) == (
        1,
        "Error: no Region is set\nGive --region, or set AWS_REGION.\n",
    )
    line = 'unset AWS_DEFAULT_REGION; export AWS_REGION={}; "$@"'
    for region, code in (("us-east-1", 0), ("eu-west-1", 3)):
        done = place.shell(line.format(region), "status", "orders", **nothing)
        assert done.returncode == code, done.stderr


def test_it_needs_botocore_and_nothing_more_of_aws(place: Place) -> None:
    """The extra alone is enough: no boto3, and nothing that other extras bring."""
    program = _ALONE.format(names=_OTHERS)
    for words in (("wait", "orders"), ("status", "orders"), ("delete", "orders", "-y")):
        done = subprocess.run(
            [sys.executable, "-c", program, *words],
            env=environment(place.more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_a_line_without_a_command_shows_the_help(place: Place) -> None:
    """As what the usage is, not as the text of an error."""
    code, out, err = place.run()
    assert (code, out) == (2, "")
    assert err.count("Usage: dynawait") == 1
    assert "  wait " in err


def test_bash_completes(place: Place) -> None:
    """Names of commands and options, in a real bash, with the script that it prints."""
    script = place.folder / "complete.bash"
    program = place.folder / "dynawait"
    program.write_text(f'#!/bin/sh\nexec {" ".join(PROGRAM)} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    printed = place.shell(
        f'_DYNAWAIT_COMPLETE=bash_source "{program}" >"{script}"; cat "{script}"'
    )
    assert "complete" in printed.stdout, printed.stderr
    ask = (
        f'PATH="{place.folder}:$PATH"; source "{script}"; '
        "COMP_WORDS=({words}); COMP_CWORD={at}; "
        '_dynawait_completion dynawait; echo "${{COMPREPLY[@]}}"'
    )
    for words, at, expected in (
        ("dynawait in", 1, ["indexes"]),
        ("dynawait indexes a", 2, ["apply"]),
        ("dynawait wait --mis", 2, ["--missing"]),
        ("dynawait wait --missing ", 3, ["wait", "fail"]),
    ):
        done = place.shell(ask.format(words=words, at=at))
        assert done.stdout.split() == expected, done.stderr
