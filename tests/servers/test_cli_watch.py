"""``dynawait watch`` in a process of its own: signals, and a reader that goes."""

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
from dynawait.testing import Durations, SimulatedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RUN = "from dynawait._cli import main; main()"
_ENOUGH = 60.0


@pytest.fixture
def server() -> Iterator[SimulatedServer]:
    """Give a server whose tables are there at once."""
    with SimulatedServer(durations=Durations(table_create=0)) as started:
        yield started


@pytest.fixture
def client(server: SimulatedServer, boto3_client: Callable[..., Any]) -> Any:
    """Give a client of it, with a table."""
    made = boto3_client(server.url)
    made.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return made


@contextmanager
def _watching(server: SimulatedServer, *line: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN, *line],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(dynawait.__file__).parents[1]),
            "AWS_ACCESS_KEY_ID": "anyone",
            "AWS_SECRET_ACCESS_KEY": "anyone",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_DYNAMODB": server.url,
            "NO_PROXY": "127.0.0.1",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()


def _protect(client: Any) -> None:
    client.update_table(TableName="orders", DeletionProtectionEnabled=True)


_LINE = ("watch", "orders", "--every", "0.25s", "--json")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_change_is_seen_at_once_and_a_signal_ends_it(
    server: SimulatedServer, client: Any, number: signal.Signals
) -> None:
    """The line is there while the watch goes on; the exit code is 130."""
    with _watching(server, *_LINE) as process:
        assert process.stdout is not None
        kinds = [json.loads(process.stdout.readline())["type"] for _ in range(2)]
        assert kinds == ["version", "table"]
        _protect(client)
        change = json.loads(process.stdout.readline())
        assert (change["change"], change["after"]) == ("deletion protection", "on")
        process.send_signal(number)
        out, err = process.communicate(timeout=_ENOUGH)
    assert process.returncode == 130
    assert json.loads(out)["exit"] == 130
    assert "Traceback" not in err


def test_it_ends_when_its_reader_has_gone(server: SimulatedServer, client: Any) -> None:
    """At the next change, as with ``| head -2``, and without a word."""
    with _watching(server, *_LINE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        assert process.stdout.readline()
        process.stdout.close()
        _protect(client)
        assert process.wait(_ENOUGH) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_a_signal_ends_the_hook_too(
    server: SimulatedServer, client: Any, tmp_path: Path
) -> None:
    """It is not left running."""
    note = tmp_path / "pid"
    hook = f"echo $$ > {note}.new; mv {note}.new {note}; exec sleep 1000"
    with _watching(server, *_LINE, "--shell", "--exec", hook) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        _protect(client)
        process.stdout.readline()
        while not note.exists():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=_ENOUGH)
    assert process.returncode == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text(encoding="utf-8")), 0)
