"""The command line in a process of its own: killed, interrupted, and without a reader.

A change that was under way is never lost: the same command goes on with it.
"""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import dynawait
from dynawait.sync.locks import LockClient
from dynawait.testing import Durations, SimulatedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RUN = "from dynawait._cli import main; main()"
# A session leader that opens a terminal gets it for its own.
_OWN_TERMINAL = f"import os; os.close(os.open(os.ttyname(0), os.O_RDWR)); {_RUN}"
_ENOUGH = 60.0
_ENDLESS = 1e5


def _table(name: str, key: str) -> dict[str, Any]:
    return {
        "TableName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }


def _creation(name: str) -> dict[str, Any]:
    return {
        "Create": {
            "IndexName": f"by-{name}",
            "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    }


_TWO = {
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("email", "day")
    ],
    "GlobalSecondaryIndexUpdates": [_creation("email"), _creation("day")],
}


class Shell:
    """A user's shell, with a server whose backfills end when they are told to.

    Attributes:
        server: the server.
        client: another client of it.
        file: a file with two index creations.
        apply: the command that makes them.
    """

    def __init__(self, server: SimulatedServer, client: Any, folder: Path) -> None:
        """Make a table, and write the file."""
        self.server = server
        self.client = client
        self.file = folder / "indexes.json"
        self.file.write_text(json.dumps(_TWO), encoding="utf-8")
        self.apply = ("indexes", "apply", "orders", str(self.file))
        client.create_table(**_table("orders", "pk"))

    def start(
        self, *line: str, program: str = _RUN, **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start a command."""
        package = Path(dynawait.__file__).parents[1]
        environment = {
            **os.environ,
            "PYTHONPATH": str(package),
            "AWS_ACCESS_KEY_ID": "anyone",
            "AWS_SECRET_ACCESS_KEY": "anyone",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_DYNAMODB": self.server.url,
            "NO_PROXY": "127.0.0.1",
            "TERM": "xterm",
        }
        pipe = subprocess.PIPE
        ends = {"stdin": subprocess.DEVNULL, "stdout": pipe, "stderr": pipe}
        facts: dict[str, Any] = {"env": environment, **ends, **options}
        command = [sys.executable, "-c", program, *line]
        return subprocess.Popen[bytes](command, **facts)

    def run(self, *line: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        text: bytes | None = options.pop("input", None)
        if text is not None:
            options["stdin"] = subprocess.PIPE
        with ended(self.start(*line, **options)) as process:
            out, err = process.communicate(text, timeout=_ENOUGH)
            code = process.returncode
        return subprocess.CompletedProcess(line, code, out.decode(), err.decode())

    def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds.

        Raises:
            TimeoutError: it does not.
        """
        end = time.monotonic() + _ENOUGH
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(str(self.server.tables))
            time.sleep(0.02)

    def backfills(self, name: str) -> bool:
        """Tell whether an index is backfilling."""
        indexes = self.server.tables["orders"].get("GlobalSecondaryIndexes", ())
        found = [each for each in indexes if each["IndexName"] == name]
        return bool(found) and found[0].get("Backfilling") is True

    def finish(self) -> None:
        """Let the backfills end from now on, at once."""
        self.server.speed = 2 * _ENDLESS

    @property
    def sent(self) -> list[str]:
        """The names of the indexes whose creation was sent, in order."""
        return [
            update["Create"]["IndexName"]
            for call in self.server.calls
            if call.operation == "UpdateTable"
            for update in call.parameters["GlobalSecondaryIndexUpdates"]
        ]

    def complete(self) -> None:
        """See that the same command, run again, goes on to the end."""
        self.finish()
        again = self.run(*self.apply)
        assert again.returncode == 0, again.stderr
        assert "create index by-day" in again.stdout
        assert self.sent == ["by-email", "by-day"]


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Leave no process behind."""
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def shell(tmp_path: Path, boto3_client: Callable[..., Any]) -> Iterator[Shell]:
    """Give a shell whose first backfill takes as long as is let."""
    durations = Durations(
        table_create=0, table_delete=0, index_allocation=0, index_backfill=_ENDLESS
    )
    with SimulatedServer(durations=durations) as server:
        yield Shell(server, boto3_client(server.url), tmp_path)


def test_a_kill_in_the_middle_of_a_backfill_loses_nothing(shell: Shell) -> None:
    """The next run waits for what was begun, and goes on with the rest."""
    with ended(shell.start(*shell.apply)) as process:
        shell.until(lambda: shell.backfills("by-email"))
        process.send_signal(signal.SIGKILL)
        process.wait(_ENOUGH)
    assert shell.sent == ["by-email"]
    shell.complete()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_with_a_word(shell: Shell, number: signal.Signals) -> None:
    """130, what goes on without it, what is left, and how to go on."""
    with ended(shell.start(*shell.apply)) as process:
        shell.until(lambda: shell.backfills("by-email"))
        time.sleep(0.2)  # the answer of UpdateTable is on its way
        process.send_signal(number)
        out, err = process.communicate(timeout=_ENOUGH)
    assert (process.returncode, out) == (130, b"")
    told = err.decode()
    name = "Ctrl-C" if number == signal.SIGINT else number.name
    assert f"Interrupted ({name})." in told
    assert "create index by-email was sent, and goes on without us" in told
    assert "left: create index by-day" in told
    assert "Run the same command again: it goes on where this ended." in told
    assert "Traceback" not in told
    shell.complete()


def test_a_signal_is_told_to_machines(shell: Shell) -> None:
    """As the last record, with lists."""
    with ended(shell.start(*shell.apply, "--json")) as process:
        shell.until(lambda: shell.backfills("by-email"))
        time.sleep(0.2)
        process.terminate()
        out, _ = process.communicate(timeout=_ENOUGH)
    last = json.loads(out.splitlines()[-1])
    assert (last["type"], last["error"], last["exit"]) == ("error", "Interrupted", 130)
    assert last["done"] == []
    assert last["in_flight"] == "create index by-email"
    assert last["left"] == ["create index by-day"]


def test_a_signal_gives_the_lock_back(shell: Shell) -> None:
    """So that the next one need not wait until its lease is over."""
    shell.client.create_table(**_table("locks", "key"))
    with ended(shell.start(*shell.apply, "--lock-table", "locks")) as process:
        shell.until(lambda: shell.backfills("by-email"))
        process.terminate()
        assert process.wait(_ENOUGH) == 130
    record = LockClient(shell.client, "locks").inspect("dynawait:orders")
    assert record is not None
    assert record.released


def test_a_reader_that_goes_away_ends_no_change(shell: Shell) -> None:
    """As with ``| head -1``: it is carried to its end, without a word about it."""
    with ended(shell.start(*shell.apply, "--json")) as process:
        assert process.stdout is not None
        assert b'"version"' in process.stdout.readline()
        process.stdout.close()
        shell.until(lambda: shell.backfills("by-email"))
        shell.finish()
        assert process.wait(_ENOUGH) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert shell.sent == ["by-email", "by-day"]


def test_news_that_nobody_reads_end_no_change(shell: Shell) -> None:
    """Standard error is closed; the result is printed all the same."""
    with ended(shell.start(*shell.apply)) as process:
        assert process.stderr is not None
        process.stderr.close()
        shell.until(lambda: shell.backfills("by-email"))
        shell.finish()
        process.stderr = None
        out, _ = process.communicate(timeout=_ENOUGH)
    assert process.returncode == 0
    assert out.startswith(b"orders: done: create index by-email, create index by-day")


def test_a_request_comes_through_a_pipe(shell: Shell) -> None:
    """``-`` is standard input; where nobody can be asked, --yes is needed."""
    shell.finish()
    request = json.dumps(_TWO).encode()
    done = shell.run("indexes", "apply", "orders", "-", input=request)
    assert done.returncode == 0, done.stderr
    request = b"GlobalSecondaryIndexUpdates: [{Delete: {IndexName: by-day}}]"
    done = shell.run("indexes", "apply", "orders", "-", input=request)
    assert done.returncode == 2
    assert "Give --yes" in done.stderr
    done = shell.run("indexes", "apply", "orders", "-", "--yes", input=request)
    assert done.returncode == 0


class Terminal:
    """A terminal, with a command that has it for its own."""

    def __init__(self, shell: Shell, *line: str, ignore_hangup: bool = False) -> None:
        """Start the command."""
        self._master, slave = pty.openpty()
        program = _OWN_TERMINAL
        if ignore_hangup:
            ignore = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
            program = ignore + program
        ends = {"stdin": slave, "stdout": slave, "stderr": slave}
        self.process = shell.start(
            *line, program=program, start_new_session=True, **ends
        )
        os.close(slave)
        self.seen = ""

    def read_until(self, words: str) -> None:
        """Read what is shown until some words are."""
        while words not in self.seen:
            if not self._read():
                pytest.fail(f"it ended without {words!r}: {self.seen}")

    def read_all(self) -> str:
        """Read what is shown until it ends."""
        while self._read():
            pass
        return self.seen

    def type(self, keys: str) -> None:
        """Type something."""
        os.write(self._master, keys.encode())

    def close(self) -> None:
        """Close the terminal, as a window is closed, or a connection lost."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def _read(self) -> bool:
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # nobody has the other end open any more
            return False
        self.seen += data.decode(errors="replace")
        return bool(data)


@contextmanager
def terminal(
    shell: Shell, *line: str, ignore_hangup: bool = False
) -> Iterator[Terminal]:
    """Give a terminal, and close it at the end."""
    found = Terminal(shell, *line, ignore_hangup=ignore_hangup)
    try:
        with ended(found.process):
            yield found
    finally:
        found.close()


@pytest.mark.parametrize(
    ("keys", "code"), [("y\r", 0), ("n\r", 1), ("\x04", 1), ("\x03", 130)]
)
def test_a_person_is_asked_at_a_terminal(shell: Shell, keys: str, code: int) -> None:
    """With the plan above the question; Ctrl-D is no, and Ctrl-C ends it."""
    with terminal(shell, "delete", "orders") as person:
        person.read_until("[y/N] ")
        assert "- delete table orders" in person.seen
        person.type(keys)
        told = person.read_all()
        assert person.process.wait(_ENOUGH) == code, told
    assert ("Nothing was changed." in told) is bool(code)
    shell.finish()
    shell.until(lambda: ("orders" in shell.server.tables) is bool(code))


def test_a_terminal_that_is_closed_interrupts_it(shell: Shell) -> None:
    """With 130, though there is nobody to tell; nothing is lost."""
    with terminal(shell, *shell.apply) as person:
        person.read_until("CREATING")
        person.close()
        assert person.process.wait(_ENOUGH) == 130
    assert shell.sent == ["by-email"]
    shell.complete()


def test_a_command_that_outlives_its_terminal_ends_its_work(shell: Shell) -> None:
    """As under ``nohup``: the picture is gone, the change goes on to its end."""
    with terminal(shell, *shell.apply, ignore_hangup=True) as person:
        person.read_until("CREATING")
        person.close()
        time.sleep(0.5)  # some pictures that cannot be drawn
        shell.finish()
        assert person.process.wait(_ENOUGH) == 0
    assert shell.sent == ["by-email", "by-day"]


def test_a_picture_goes_and_its_result_stays(shell: Shell) -> None:
    """What a person sees at the end is a line a step, and the result."""
    with terminal(shell, *shell.apply) as person:
        person.read_until("CREATING")
        shell.finish()
        told = person.read_all()
        assert person.process.wait(_ENOUGH) == 0
    assert "orders: create index by-email: done (" in told
    last = told.rstrip().splitlines()[-1]
    assert "orders: done: create index by-email, create index by-day (" in last
