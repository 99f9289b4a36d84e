"""``dynawait locks hold``: a real command under a lock, with signals and terminals."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from command_line import (
    PATIENCE,
    PROGRAM,
    doomed,
    environment,
    eventually,
    run,
    running,
)

from dynawait.sync.locks import LockClient, TerraformLocks
from dynawait.testing import SimulatedServer
from tests.cli.json_lines import problems_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient

if os.name == "nt":
    pytest.skip("signals and terminals are POSIX's", allow_module_level=True)

KEY = "deploy:orders"
# Tells of every signal, and goes on until it is killed.
LISTENER = """
import os, signal, sys
def tell(number, _):
    print(signal.Signals(number).name, flush=True)
for name in sys.argv[1:]:
    signal.signal(getattr(signal, name), tell)
print(os.getpid(), flush=True)
while True:
    signal.pause()
"""
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
# A job of a shell: in the foreground of a terminal, which is our standard input.
SHELL = """
import json, os, signal, subprocess, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = subprocess.Popen(sys.argv[1:], process_group=0)
os.tcsetpgrp(0, job.pid)
print("JOB", job.pid, flush=True)
while True:
    _, status = os.waitpid(job.pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        break
    os.tcsetpgrp(0, os.getpgrp())
    print("STOPPED", flush=True)
    sys.stdin.readline()
    os.tcsetpgrp(0, job.pid)
    os.killpg(job.pid, signal.SIGCONT)
print("CODE", os.waitstatus_to_exitcode(status), flush=True)
"""


class Stage:
    """A table of locks on a server, and the command line in front of it."""

    def __init__(self, client: Any, url: str, table: str) -> None:
        """Create the table."""
        self.client = client
        self.table = table
        self.locks: LockClient = LockClient(client, table, lease=1)
        self.locks.ensure_table()
        self.line: tuple[str, ...] = (
            *("locks", "hold", KEY, "--lock-table", table, "--endpoint-url", url),
            *("--lease", "1s"),
        )

    def hold(self, *words: str, options: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the arguments that hold the lock while a command runs."""
        return (*self.line, *options, "--", *words)

    def listen(self, *names: str) -> tuple[str, ...]:
        """Return the arguments that hold it while signals are listened to."""
        return self.hold(sys.executable, "-c", LISTENER, *names)

    @property
    def is_held(self) -> bool:
        """Whether the row says that somebody holds the lock."""
        record = self.locks.inspect(KEY)
        return record is not None and not record.released


@pytest.fixture
def stage(
    simulated_url: str, table_name: str, boto3_client: Callable[..., DynamoDBClient]
) -> Stage:
    """Give a table of locks."""
    return Stage(boto3_client(simulated_url), simulated_url, table_name)


def python(code: str) -> tuple[str, ...]:
    """Return a command that runs some Python."""
    return (sys.executable, "-c", code)


def test_a_command_runs_under_the_lock(stage: Stage) -> None:
    """For longer than a lease; it knows the lock; and its code is ours."""
    code = (
        "import os, time; time.sleep(2.5);"
        "print(*(os.environ['DYNAWAIT_LOCK_' + n] for n in ('KEY', 'TABLE', 'TOKEN')));"
        "raise SystemExit(7)"
    )
    with running(*stage.hold(*python(code))) as process:
        eventually(lambda: stage.is_held)
        assert stage.locks.try_acquire(KEY) is None
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 7, err
    record = stage.locks.inspect(KEY)
    assert record is not None
    assert record.released
    assert out == f"{KEY} {stage.table} {record.fencing_token}\n"
    acquired, released = err.splitlines()
    told = rf"{KEY}: acquired, token {record.fencing_token}(, after \d\.\d s)?"
    assert re.fullmatch(f"{told}; its lease of 1 s is renewed", acquired)
    assert re.fullmatch(rf"{KEY}: released after \d\.\d s", released)


def test_the_words_of_a_command_arrive_as_they_are(stage: Stage) -> None:
    """No shell reads them, and nothing after the first -- is an option of ours."""
    words = ["a b", "it's", '"', "$HOME", "*", "--", "--json", "-h", "", "é\n", "\\"]
    command = python("import json, sys; print(json.dumps(sys.argv[1:]))")
    code, out, err = run(*stage.hold(*command, *words))
    assert (code, json.loads(out)) == (0, words), err


def test_standard_input_is_the_commands(stage: Stage) -> None:
    """So is standard output, also with --json."""
    line = stage.hold("cat", options=("--json",))
    with running(*line, stdin=subprocess.PIPE) as process:
        out, err = process.communicate("text\n", timeout=PATIENCE)
    assert (process.returncode, out) == (0, "text\n")
    version, *records = (json.loads(line) for line in err.splitlines())
    assert version["type"] == "version"
    assert not [problem for each in records for problem in problems_of(each)]
    assert [each.get("event") for each in records[:-1]] == [
        "lock.acquired",
        "lock.released",
    ]
    assert records[-1]["type"] == "hold"
    assert (records[-1]["exit"], records[-1]["outcome"]) == (0, "released")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("sh", "-c", "exit 0"), 0),
        (("sh", "-c", "exit 4"), 4),
        (("sh", "-c", "kill -9 $$"), 137),
        (("sh", "-c", "kill -TERM $$"), 143),
        (("no-such-program",), 127),
        (("./no-such-program",), 127),
        (("/dev/null",), 126),
        (("/",), 126),
    ],
)
def test_the_exit_code_is_that_of_the_command(
    stage: Stage, words: tuple[str, ...], code: int
) -> None:
    """As a shell has it; and the lock is free again."""
    done, _, err = run(*stage.hold(*words))
    assert done == code, err
    assert not stage.is_held
    if code in (126, 127):
        assert words[0] in err
        assert stage.locks.inspect(KEY) is None  # it was never locked


def test_a_program_of_no_known_format_gives_the_lock_back(
    stage: Stage, tmp_path: Path
) -> None:
    """That shows only once it is started."""
    file = tmp_path / "odd"
    file.write_bytes(b"\x00\x01\x02")
    file.chmod(0o755)
    code, _, err = run(*stage.hold(str(file)))
    assert (code, stage.is_held) == (126, False)
    assert "Exec format error" in err


def test_a_signal_reaches_the_command_once(stage: Stage) -> None:
    """Whether it is sent to us alone, or to the whole group, or to both."""
    with running(*stage.listen(*SIGNALS)) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        for name in SIGNALS:
            number = getattr(signal, name)
            os.kill(process.pid, number)
            assert process.stdout.readline() == f"{name}\n"
            os.killpg(process.pid, number)
            assert process.stdout.readline() == f"{name}\n"
            # As `timeout` does: to us, and at once to all of us.
            os.kill(process.pid, number)
            os.killpg(process.pid, number)
            assert process.stdout.readline() == f"{name}\n"
            time.sleep(0.7)
        os.kill(child, signal.SIGKILL)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (137, ""), err
    assert not stage.is_held


def test_what_was_ignored_stays_ignored(stage: Stage) -> None:
    """As `nohup` wants it, for the command as well."""
    code = "import signal; print(signal.getsignal(signal.SIGHUP)); input()"

    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with running(
        *stage.hold(*python(code)), stdin=subprocess.PIPE, preexec_fn=ignore
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{signal.SIG_IGN}\n"
        os.killpg(process.pid, signal.SIGHUP)
        _, err = process.communicate("\n", timeout=PATIENCE)
    assert process.returncode == 0, err


def test_sigterm_ends_command_and_lock(stage: Stage) -> None:
    """128 and the number of the signal."""
    with running(*stage.hold("sleep", "60")) as process:
        eventually(lambda: stage.is_held)
        eventually(lambda: _children(process.pid, "sleep"))
        process.terminate()
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + signal.SIGTERM, err
    assert not stage.is_held


@pytest.mark.parametrize("how", ["stolen", "deleted"])
def test_a_command_whose_lock_is_lost_is_ended(stage: Stage, how: str) -> None:
    """It is told by SIGTERM, and the exit code is 1, whatever it says itself."""
    with running(*stage.listen("SIGUSR1")) as process:
        assert process.stdout is not None
        process.stdout.readline()
        _spoil(stage, how)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, err
    assert f"{KEY}: the lock is lost, so the command is ended" in err
    assert f"Error: {KEY}: the lock is lost" in err
    assert "The command was ended before it was done." in err
    if how == "stolen":
        record = stage.locks.inspect(KEY)
        assert record is not None
        assert (record.owner, record.released) == ("thief", False)


def test_a_command_that_does_not_listen_is_killed(stage: Stage) -> None:
    """After the grace."""
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print()"
    code = f"{deaf}; time.sleep(60)"
    line = stage.hold(sys.executable, "-uc", code, options=("--grace", "0.5s"))
    with running(*line) as process:
        assert process.stdout is not None
        process.stdout.readline()
        _spoil(stage, "deleted")
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, err


def test_a_command_that_was_quicker_is_told_apart(stage: Stage) -> None:
    """It ended by itself, but nobody knows what others did meanwhile."""
    with running(*stage.hold("sh", "-c", "read _; exit 0"), stdin=subprocess.PIPE) as (
        process
    ):
        eventually(lambda: _children(process.pid, "sh"))
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(1.5)
        _spoil(stage, "stolen")
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        time.sleep(0.5)
        os.kill(process.pid, signal.SIGCONT)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, err
    assert "had ended by itself by then, with 0" in err


def test_a_hold_that_was_stopped_for_too_long_notices(stage: Stage) -> None:
    """Nobody has renewed the lock meanwhile, so it ends the command."""
    with running(*stage.hold("sleep", "60")) as process:
        eventually(lambda: _children(process.pid, "sleep"))
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(1.5)
        os.kill(process.pid, signal.SIGCONT)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, err
    assert "could not be renewed in time" in err


def test_a_server_that_goes_away_ends_the_command(
    table_name: str, boto3_client: Callable[..., DynamoDBClient]
) -> None:
    """The lease runs out on our own clock."""
    with SimulatedServer(speed=600) as server:
        stage = Stage(boto3_client(server.url), server.url, table_name)
        with running(*stage.hold("sleep", "60")) as process:
            eventually(lambda: _children(process.pid, "sleep"))
            server.__exit__()
            _, err = process.communicate(timeout=2 * PATIENCE)
    assert process.returncode == 1, err
    assert "could not be renewed in time" in err


def test_who_cannot_have_the_lock_starts_nothing(stage: Stage) -> None:
    """Exit code 4 after the time that was given; and who holds it."""
    with stage.locks.hold(KEY) as lease:
        for options in (("--wait", "0s"), ("--wait", "1s"), ("--timeout", "1s")):
            code, out, err = run(*stage.hold("echo", "started", options=options))
            assert (code, out) == (4, ""), err
            assert lease.owner in err
            assert "The command was not started." in err


def test_who_waits_gets_the_lock_when_it_is_free(stage: Stage) -> None:
    """And says whom it waits for."""
    lease = stage.locks.acquire(KEY)
    with running(*stage.hold("echo", "started", options=("--wait", "none"))) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert (
            line == f"{KEY} is held by {lease.owner}: waiting for as long as it takes\n"
        )
        lease.release()
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (0, "started\n"), err


def test_who_is_ended_while_he_waits_starts_nothing(stage: Stage) -> None:
    """130, as for every command that was interrupted."""
    with stage.locks.hold(KEY), running(*stage.hold("echo", "started")) as process:
        assert process.stderr is not None
        process.stderr.readline()
        time.sleep(0.2)
        process.terminate()
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out) == (130, ""), err
        assert "Interrupted (SIGTERM)" in err
        assert stage.is_held


def test_a_hold_that_was_killed_holds_for_a_lease(stage: Stage) -> None:
    """Nobody renews the lock any more, and then the next one has it."""
    with running(*stage.hold("sleep", "60")) as process:
        eventually(lambda: _children(process.pid, "sleep"))
        (child,) = _children(process.pid, "sleep")
        process.kill()
        process.wait()
        os.kill(child, 0)  # the command goes on
        assert stage.is_held
        code, out, err = run(*stage.hold("echo", "mine", options=("--wait", "10s")))
        assert (code, out) == (0, "mine\n"), err


def test_what_was_seen_saves_the_next_one_the_wait(
    stage: Stage, tmp_path: Path
) -> None:
    """A dead lock that was seen a lease ago is taken at once."""
    LockClient(stage.client, stage.table, lease=1, heartbeat=None).acquire(KEY)
    seen = ("--wait", "0s", "--observations", str(tmp_path / "seen.json"))
    code, _, err = run(*stage.hold("echo", "mine", options=seen))
    assert code == 4, err
    time.sleep(3)  # dates of answers are of whole seconds
    code, out, err = run(*stage.hold("echo", "mine", options=seen))
    assert (code, out) == (0, "mine\n"), err


@pytest.mark.parametrize(
    ("dialect", "key"), [("amazon", "key"), ("terraform", "LockID")]
)
def test_a_table_is_created_on_request(
    simulated_url: str,
    table_name: str,
    boto3_client: Callable[..., DynamoDBClient],
    dialect: str,
    key: str,
) -> None:
    """Else there is none, and that is impossible."""
    where = ("--lock-table", table_name, "--endpoint-url", simulated_url)
    line = ("locks", "hold", KEY, *where, "--dialect", dialect)
    code, _, err = run(*line, "--", "true")
    assert code == 3, err
    assert "--create-table" in err
    code, _, err = run(*line, "--create-table", "--quiet", "--", "true")
    assert (code, err) == (0, "")
    client: Any = boto3_client(simulated_url)
    table = client.describe_table(TableName=table_name)["Table"]
    assert [each["AttributeName"] for each in table["KeySchema"]] == [key]


def test_a_lock_of_terraforms_keeps_terraform_out(
    simulated_url: str, table_name: str, boto3_client: Callable[..., DynamoDBClient]
) -> None:
    """It has an ID and no lease; when it is done, Terraform can go on."""
    client = boto3_client(simulated_url)
    LockClient(client, table_name, dialect="terraform").ensure_table()
    locks = TerraformLocks(client, table_name)
    path = "states/app.tfstate"
    where = ("--lock-table", table_name, "--endpoint-url", simulated_url)
    line = ("locks", "hold", path, *where, "--wait", "0s", "--")
    code = "import os; print(os.environ['DYNAWAIT_LOCK_ID'], flush=True); input()"
    with running(*line, *python(code), stdin=subprocess.PIPE) as process:
        assert process.stdout is not None
        lock_id = process.stdout.readline().strip()
        held = locks.inspect(path)
        assert held is not None
        assert (held.id, held.operation) == (lock_id, "dynawait locks hold")
        other, _, err = run(*line, "true")
        assert other == 4, err
        assert "The command was not started." in err
        _, err = process.communicate("\n", timeout=PATIENCE)
    assert process.returncode == 0, err
    assert locks.inspect(path) is None


class Terminal:
    """A terminal, and a shell whose job is in its foreground."""

    def __init__(self, arguments: tuple[str, ...]) -> None:
        """Start the job."""
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            words = [sys.executable, "-c", SHELL, *PROGRAM, *arguments]
            os.execve(sys.executable, words, environment())  # noqa: S606 - a test's own
        self.text = ""
        self._doom = ExitStack()
        self._doom.enter_context(doomed(self.pid))

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._master, keys)

    def until(self, pattern: str) -> int:
        """Read until something is on the screen; return the number in it."""
        while (found := re.search(pattern, self.text)) is None:
            self.text += os.read(self._master, 4096).decode()
        return int(found[1]) if found.groups() else 0

    def close(self) -> None:
        """Close the window."""
        self._doom.close()
        os.close(self._master)
        os.waitpid(self.pid, 0)


def test_ctrl_c_at_a_terminal_reaches_the_command_once(stage: Stage) -> None:
    """The terminal sends it to both of us; the command decides what becomes of it."""
    terminal = Terminal(stage.listen("SIGINT"))
    try:
        child = terminal.until(r"\n(\d+)\r\n")
        terminal.type(b"\x03")
        terminal.until("SIGINT")
        time.sleep(0.8)
        os.kill(child, signal.SIGKILL)
        assert terminal.until(r"CODE (\d+)") == 137
        assert terminal.text.count("SIGINT") == 1
    finally:
        terminal.close()
    assert not stage.is_held


def test_ctrl_c_ends_a_command_that_does_not_mind_it(stage: Stage) -> None:
    """As without us: 130; and the lock is given back."""
    terminal = Terminal(stage.hold("sleep", "60"))
    try:
        job = terminal.until(r"JOB (\d+)")
        eventually(lambda: _children(job, "sleep"))
        terminal.type(b"\x03")
        assert terminal.until(r"CODE (\d+)") == 130
    finally:
        terminal.close()
    assert not stage.is_held


@pytest.mark.parametrize("by", ["a key", "a signal to us alone"])
def test_ctrl_z_suspends_both_and_fg_wakes_both(stage: Stage, by: str) -> None:
    """The shell gets its terminal back, and the job goes on when it may."""
    options = ("--lease", "60s")
    terminal = Terminal(stage.hold("sh", "-c", "read _", options=options))
    try:
        job = terminal.until(r"JOB (\d+)")
        (child,) = eventually(lambda: _children(job, "sh", "read"))
        if by == "a key":
            terminal.type(b"\x1a")
        else:
            os.kill(job, signal.SIGTSTP)
        terminal.until("STOPPED")
        assert [_state(job), _state(child)] == ["T", "T"]
        terminal.type(b"\n")
        eventually(lambda: [_state(job), _state(child)] == ["S", "S"])
        terminal.type(b"\n")
        terminal.until("CODE 0")
    finally:
        terminal.close()
    assert not stage.is_held


def test_a_terminal_that_goes_away_ends_command_and_lock(stage: Stage) -> None:
    """The hang-up reaches the command, and we give the lock back, to nobody's eyes."""
    terminal = Terminal(stage.hold("sleep", "60"))
    try:
        job = terminal.until(r"JOB (\d+)")
        (child,) = eventually(lambda: _children(job, "sleep"))
    finally:
        terminal.close()
    eventually(lambda: not stage.is_held)
    eventually(lambda: _state(child) in ("", "Z"))


def test_where_no_shell_could_wake_it_nothing_is_suspended(stage: Stage) -> None:
    """As without us: it would sleep for ever, under a lock that nobody renews."""
    with running(*stage.hold("sleep", "1", options=("--lease", "60s"))) as process:
        (child,) = eventually(lambda: _children(process.pid, "sleep"))
        os.kill(process.pid, signal.SIGTSTP)
        time.sleep(0.5)
        assert _state(process.pid) == "S"
        assert _state(child) == "S"
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err


def _spoil(stage: Stage, how: str) -> None:
    """Take a lock away."""
    place = {"TableName": stage.table, "Key": {"key": {"S": KEY}}}
    if how == "deleted":
        stage.client.delete_item(**place)
        return
    stage.client.update_item(
        **place,
        UpdateExpression="SET recordVersionNumber = :v, ownerName = :o",
        ExpressionAttributeValues={":v": {"S": "another"}, ":o": {"S": "thief"}},
    )


def _children(pid: int, *words: str) -> list[int]:
    """Return the children of a process whose command line has these words."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,args="],
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[int] = []
    for line in listed.stdout.splitlines():
        child, parent, args = line.split(maxsplit=2)
        if int(parent) == pid and all(word in args for word in words):
            found.append(int(child))
    return found


def _state(pid: int) -> str:
    """Return the state of a process: T is stopped; nothing when it is gone."""
    command = ["ps", "-o", "state=", "-p", str(pid)]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    return listed.stdout.strip()
