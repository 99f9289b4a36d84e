"""``dynawait demo`` and ``dynawait simulate``, as processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import dynawait
from tests.cli.json_lines import problems_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RUN = "from dynawait._cli import main; main()"
_ENOUGH = 120.0
_FAST = ("--speed", "200")


@contextmanager
def _started(*line: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN, *line],
        env={**os.environ, "PYTHONPATH": str(Path(dynawait.__file__).parents[1])}
        | more,
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _run(*line: str, **more: str) -> subprocess.CompletedProcess[str]:
    with _started(*line, **more) as process:
        out, err = process.communicate(timeout=_ENOUGH)
        return subprocess.CompletedProcess(line, process.returncode, out, err)


def test_the_demo_does_what_it_tells() -> None:
    """All checks hold; off a terminal there are no colours, and lines fit."""
    done = _run("demo", *_FAST, "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    *checks, empty, last = done.stdout.splitlines()
    told = [line for line in checks if line.startswith("   ok")]
    assert last.startswith(f"All of it happened: {len(told)} checks in ")
    assert (empty, len(told) > 8) == ("", True)
    assert "\x1b" not in done.stdout
    assert max(map(len, checks)) < 80


def test_the_demo_tells_machines() -> None:
    """An object a line; a broken AWS configuration and a proxy play no part."""
    strange = {
        "AWS_PROFILE": "nobody",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }
    done = _run("demo", *_FAST, "--json", **strange)
    assert (done.returncode, done.stderr) == (0, "")
    first, *records = [json.loads(line) for line in done.stdout.splitlines()]
    assert first["type"] == "version"
    assert not [problem for each in records for problem in problems_of(each)]
    assert [each["number"] for each in records if each["type"] == "act"] == [
        *range(1, 6)
    ]
    assert all(each["holds"] for each in records if each["type"] == "check")
    assert records[-1]["reached"] is True


def test_an_interrupted_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    """Its server, its processes and its folder end with it."""
    with _started("demo", "--json", TMPDIR=str(tmp_path)) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line).get("number") == 3:
                break
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=_ENOUGH)
        assert process.returncode == 130
    assert json.loads(out.splitlines()[-1])["exit"] == 130
    assert err == "Interrupted: the server of the demo is gone.\n"
    assert not list(tmp_path.iterdir())


def test_a_demo_that_is_kept_goes_on_until_ctrl_c(
    boto3_client: Callable[..., Any],
) -> None:
    """Its table can be looked at; Ctrl-C ends it with 0, as all of it happened."""
    with _started("demo", *_FAST, "--keep", "--json") as process:
        assert process.stdout is not None
        records = (json.loads(line) for line in process.stdout)
        server = next(record for record in records if record["type"] == "server")
        assert not problems_of(server)
        found = boto3_client(server["url"]).describe_table(TableName="orders")
        assert len(found["Table"]["GlobalSecondaryIndexes"]) == 3
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=_ENOUGH)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (["demo", "--endpoint-url", "http://127.0.0.1:9"], 2, "of its own"),
        (["demo", "--speed", "1000"], 2, "200"),
        (["simulate", "--faults", "x=1"], 2, "'x' is no fault"),
        (["simulate", "--speed", "-1"], 2, "speed"),
        (["simulate", "--host", "192.0.2.1", "--port", "0"], 1, "cannot listen"),
    ],
)
def test_what_cannot_be_is_refused(line: list[str], code: int, words: str) -> None:
    """With a sentence, before anything starts."""
    done = _run(*line)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_the_server_says_where_it_is(boto3_client: Callable[..., Any]) -> None:
    """One line when it is ready; SIGTERM ends it with 130."""
    line = ("simulate", "--port", "0", "--speed", "60", "--json")
    with _started(*line) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["type"] == "version"
        server = json.loads(process.stdout.readline())
        client = boto3_client(server["url"])
        assert client.list_tables()["TableNames"] == []
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=_ENOUGH)
    assert (process.returncode, err) == (130, "")


def test_the_server_ends_when_its_time_is_over() -> None:
    """With ``--timeout`` a forgotten server does not stay: it ends with 0."""
    done = _run("simulate", "--port", "0", "--timeout", "0.5s")
    assert (done.returncode, "Stopped; its tables are gone." in done.stderr) == (
        0,
        True,
    )


def test_the_extra_is_named_where_it_is_missing() -> None:
    """Demo and server say what to install."""
    hidden = (
        "import importlib.util as u; find = u.find_spec; "
        "u.find_spec = lambda name, *more: None if name == 'moto' else find(name); "
    )
    command = [sys.executable, "-c", hidden + _RUN, "demo"]
    package = str(Path(dynawait.__file__).parents[1])
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": package},
        capture_output=True,
        text=True,
        check=False,
        timeout=_ENOUGH,
    )
    assert done.returncode == 1
    assert "pip install 'dynawait[cli,testing]'" in done.stderr
