"""``dynawait terraform run``: what Terraform leaves behind, and what is freed of it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from command_line import PATIENCE, eventually, run, running
from test_terraform_locks import APPLY, Terraform, bucket, lock_table

from dynawait._cli import run as cli
from dynawait._cli.processes import Process
from dynawait._cli.terraform_locks import leftovers
from dynawait.sync.locks import TerraformLocks
from dynawait.testing import SimulatedServer
from tests.cli.json_lines import problems_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient

if os.name == "nt":
    pytest.skip("processes are killed as on POSIX", allow_module_level=True)

PATH = "states/app.tfstate"
OTHER = "states/other.tfstate"
# Takes and frees its lock as Terraform does, logs as Terraform does since 1.6 (or not),
# and ends as it is told to.
FAKE = """#!{python}
import json, os, pwd, signal, socket, sys, time, uuid
import boto3

words = sys.argv[1:]
paths = [word.removeprefix("-path=") for word in words if word.startswith("-path=")]
path, table = (*paths, {path!r})[0], {table!r}
who = pwd.getpwuid(os.getuid()).pw_name + "@" + socket.gethostname()
client = boto3.client("dynamodb", endpoint_url={url!r})

def log(text):
    if "OpenTofu" not in words and os.environ.get("TF_LOG_PATH"):
        with open(os.environ["TF_LOG_PATH"], "a") as file:
            file.write("2026-05-01T00:00:00.000Z [INFO]  " + text + "\\n")

def put(lock_id):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    info = json.dumps(
        dict(ID=lock_id, Operation="OperationTypeApply", Info="", Who=who,
             Version="1.11.4", Created=now, Path=path)
    )
    client.put_item(
        TableName=table,
        Item=dict(LockID=dict(S=path), Info=dict(S=info)),
        ConditionExpression="attribute_not_exists(LockID)",
    )

def delete():
    client.delete_item(TableName=table, Key=dict(LockID=dict(S=path)))

stopped = []
signal.signal(signal.SIGINT, lambda *_: stopped.append("INT"))
signal.signal(signal.SIGTERM, lambda *_: stopped.append("TERM"))
mine = str(uuid.uuid4())
log("Terraform version: 1.11.4")
log("backend-s3: Locking remote state: tf_backend.lock.id=" + mine
    + " tf_backend.lock.path=" + path + " tf_backend.operation=Lock")
put(mine)
print(mine, os.getpid(), flush=True)
if "linger" in words:
    time.sleep(3)
if "wait" in words:
    while not stopped:
        time.sleep(0.05)
    time.sleep(0.8)
    print(*stopped, flush=True)
if "replaced" in words:
    delete()
    put(str(uuid.uuid4()))
if "die" in words:
    os.kill(os.getpid(), signal.SIGKILL)
if "errored" in words:
    open("errored.tfstate", "w").close()
if "leave" not in words:
    delete()
sys.exit(1 if "fail" in words or stopped else 0)
"""


class Stage:
    """A table of Terraform's locks on a server, and a Terraform that is none."""

    def __init__(self, client: Any, url: str, table: str, folder: Path) -> None:
        """Create the table, and write the program."""
        lock_table(client, table)
        self.table = table
        self.url = url
        self.folder = folder
        self.locks: TerraformLocks = TerraformLocks(client, table)
        self.program: Path = folder / "terraform"
        text = FAKE.format(python=sys.executable, url=url, table=table, path=PATH)
        self.program.write_text(text)
        self.program.chmod(0o755)

    def initialise(self, folder: Path | None = None, key: str = "app.tfstate") -> None:
        """Leave what ``terraform init`` leaves."""
        config = {
            "bucket": "states",
            "key": key,
            "region": "us-east-1",
            "dynamodb_table": self.table,
            "endpoints": {"dynamodb": self.url},
        }
        data = (folder or self.folder) / ".terraform"
        data.mkdir(parents=True)
        document = {"backend": {"type": "s3", "config": config}}
        (data / "terraform.tfstate").write_text(json.dumps(document))

    def line(self, *words: str, options: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the arguments that run it."""
        where = ("--lock-table", self.table, "--endpoint-url", self.url)
        return ("terraform", "run", *where, *options, "--", str(self.program), *words)

    def run(self, *words: str, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        """Run it to its end."""
        return run(*self.line(*words, options=options), cwd=self.folder)


@pytest.fixture
def stage(
    simulated_url: str,
    table_name: str,
    boto3_client: Callable[..., DynamoDBClient],
    tmp_path: Path,
) -> Stage:
    """Give a table of locks."""
    return Stage(boto3_client(simulated_url), simulated_url, table_name, tmp_path)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give what says which other processes run, in a run within this process."""

    def say(*processes: Process) -> None:
        monkeypatch.setattr(leftovers, "running", lambda: processes)

    say()
    return say


def test_a_run_that_ends_well_leaves_nothing_to_do(stage: Stage) -> None:
    """Its code, its output, and not a word of ours."""
    code, out, err = stage.run("apply")
    assert (code, err) == (0, "")
    assert len(out.split()) == 2
    code, _, err = stage.run("apply", "fail")
    assert (code, err) == (1, "")
    assert list(stage.locks.records()) == []


@pytest.mark.parametrize(("how", "code"), [("die", 137), ("leave", 0)])
def test_exactly_the_lock_that_was_left_is_freed(
    stage: Stage, how: str, code: int
) -> None:
    """Of the others none, also when they lie beside it; nothing need be said."""
    with stage.locks.hold(OTHER):
        done, out, err = stage.run("apply", how)
        (left,) = stage.locks.records()
    assert done == code, err
    assert left.path == OTHER
    lock_id = out.split()[0]
    assert f"{PATH}: this run left its lock behind" in err
    assert f"lock ID {lock_id}): unlocked" in err


def test_machines_are_told_what_was_freed(stage: Stage) -> None:
    """Beside the news, since the output is Terraform's."""
    _, out, err = stage.run("apply", "die", options=("--json",))
    version, unlocked, ended = (json.loads(line) for line in err.splitlines())
    assert version["type"] == "version"
    assert not [*problems_of(unlocked), *problems_of(ended)]
    lock_id = out.split()[0]
    assert (unlocked["type"], unlocked["lock_id"]) == ("unlock", lock_id)
    assert (ended["type"], ended["exit"], ended["signal"]) == ("run", 137, 9)
    assert (ended["unlocked"], ended["left"]) == ([lock_id], [])


def test_a_lock_that_another_has_taken_since_is_left_alone(stage: Stage) -> None:
    """Though it is of the same user on the same host, and lies at the same path."""
    stage.initialise()
    code, out, err = stage.run("apply", "replaced", "die")
    assert (code, err) == (137, "")
    lock = stage.locks.inspect(PATH)
    assert lock is not None
    assert lock.id != out.split()[0]


def test_a_lock_that_was_there_before_is_left_alone(stage: Stage) -> None:
    """Terraform did not get it, and says so itself."""
    with stage.locks.hold(PATH) as held:
        code, _, err = stage.run("apply", "die", options=("--path", PATH))
        assert code == 1
        assert "ConditionalCheckFailed" in err
        assert "dynawait" not in err
        assert stage.locks.inspect(PATH) == held


@pytest.mark.parametrize("to_all", [False, True])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_terraform_is_interrupted_once(stage: Stage, name: str, to_all: bool) -> None:
    """A second time is its order to drop everything."""
    with running(*stage.line("apply", "wait"), cwd=stage.folder) as process:
        assert process.stdout is not None
        process.stdout.readline()
        send = os.killpg if to_all else os.kill
        send(process.pid, getattr(signal, name))
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (1, f"{name.removeprefix('SIG')}\n"), err
    assert list(stage.locks.records()) == []


def test_while_a_terraform_of_the_run_lives_its_lock_stays(
    stage: Stage, tmp_path: Path
) -> None:
    """The command was but a script; what it has started goes on."""
    script = tmp_path / "deploy"
    script.write_text(f"#!/bin/sh\n{stage.program} apply wait &\nread _\nkill -9 $$\n")
    script.chmod(0o755)
    line = [*stage.line()[:-1], str(script)]
    with running(*line, cwd=stage.folder, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        lock_id, pid = process.stdout.readline().split()
        process.stdin.write("\n")
        process.stdin.flush()
        process.wait(PATIENCE)
        assert process.stderr is not None
        err = process.stderr.readline() + process.stderr.readline()
        assert process.returncode == 137
        assert f"a Terraform of this run still runs (process {pid})" in err
        lock = stage.locks.inspect(PATH)
        assert lock is not None
        assert lock.id == lock_id


@pytest.mark.usefixtures("alone")
def test_without_a_log_a_lock_that_was_seen_is_freed(
    stage: Stage, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenTofu does not name its locks; but nobody else can have taken this one."""
    monkeypatch.chdir(stage.folder)
    _become_nobody(monkeypatch)
    line = stage.line("OpenTofu", "linger", "die", options=("--path", PATH))
    assert cli.run(line) == 137
    assert f"{PATH}: this run left its lock behind" in capfd.readouterr().err
    assert stage.locks.inspect(PATH) is None


@pytest.mark.parametrize(
    ("words", "others", "doubt"),
    [
        (("OpenTofu", "die"), (), "it was not seen while this run lasted"),
        (
            ("OpenTofu", "linger", "die"),
            (Process(4711, ("tofu", "apply")),),
            "another Terraform runs on this machine (process 4711)",
        ),
    ],
)
def test_what_cannot_be_proved_is_told_with_the_command_that_frees_it(
    *,
    stage: Stage,
    alone: Callable[..., None],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    others: tuple[Process, ...],
    doubt: str,
) -> None:
    """And that command works as it stands."""
    alone(*others)
    monkeypatch.chdir(stage.folder)
    _become_nobody(monkeypatch)
    assert cli.run(stage.line(*words, options=("--path", PATH))) == 137
    err = capfd.readouterr().err
    assert f"It was not freed: {doubt}" in err
    assert stage.locks.inspect(PATH) is not None
    program, *line = shlex.split(err.splitlines()[-1])
    assert program == "dynawait"
    assert cli.run(line) == 0
    assert stage.locks.inspect(PATH) is None


@pytest.mark.usefixtures("alone")
def test_where_nobody_knows_the_path_the_table_is_searched(
    stage: Stage, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the command was killed; what is found there is told only."""
    monkeypatch.chdir(stage.folder)
    _become_nobody(monkeypatch)
    assert cli.run(stage.line("OpenTofu", "die")) == 137
    err = capfd.readouterr().err
    assert f"{PATH}: a lock is left" in err
    assert stage.locks.inspect(PATH) is not None


def test_the_folder_tells_table_and_path(stage: Stage) -> None:
    """That which the command itself chooses."""
    stage.initialise(stage.folder / "infra", key="infra.tfstate")
    words = ("-chdir=infra", "-path=states/infra.tfstate", "apply", "die")
    line = ("terraform", "run", "--", str(stage.program), *words)
    code, _, err = run(*line, cwd=stage.folder)
    assert code == 137, err
    assert "states/infra.tfstate: this run left its lock behind" in err
    code, _, err = run("terraform", "run", "--", "true", cwd=stage.folder)
    assert code == 2, err
    assert "--lock-table" in err


def test_a_state_that_could_not_be_saved_is_spoken_of(stage: Stage) -> None:
    """It must be put into the backend before anything else runs."""
    code, _, err = stage.run("apply", "errored", "fail")
    assert code == 1
    assert "terraform state push errored.tfstate" in err
    code, _, err = stage.run("apply", "fail")
    assert (code, err) == (1, "")  # it is that of an earlier run


def test_a_table_that_cannot_be_read_starts_nothing(stage: Stage) -> None:
    """Nothing could be freed afterwards."""
    line = ("terraform", "run", "--lock-table", "none", "--endpoint-url", stage.url)
    code, out, err = run(*line, "--path", PATH, "--", "echo", "started")
    assert (code, out) == (1, ""), err
    assert "none" in err


def test_a_server_that_goes_away_is_no_reason_to_lose_the_code(
    table_name: str, boto3_client: Callable[..., DynamoDBClient], tmp_path: Path
) -> None:
    """What is left cannot be told then, but how to look can."""
    with SimulatedServer(speed=600) as server:
        stage = Stage(boto3_client(server.url), server.url, table_name, tmp_path)
        words = ("apply", "leave", "wait")
        with running(*stage.line(*words), cwd=stage.folder) as process:
            assert process.stdout is not None
            process.stdout.readline()
            server.__exit__()
            process.terminate()
            _, err = process.communicate(timeout=2 * PATIENCE)
    assert process.returncode == 1, err
    assert "Whether a lock is left cannot be told" in err
    assert f"dynawait terraform locks --lock-table {table_name}" in err


@pytest.mark.parametrize(("program", "code"), [("no-such", 127), ("/dev/null", 126)])
def test_a_program_that_is_none(stage: Stage, program: str, code: int) -> None:
    """As a shell has it."""
    done, _, err = run(*stage.line()[:-1], program)
    assert done == code, err


def test_terraform_itself(
    simulated_url: str,
    table_name: str,
    boto3_client: Callable[..., DynamoDBClient],
    tmp_path: Path,
) -> None:
    """Killed, it leaves its lock, which is freed; interrupted, it frees it itself."""
    binary = shutil.which("terraform")
    if binary is None:
        pytest.skip(
            "there is no terraform on the PATH: install it "
            "(https://developer.hashicorp.com/terraform/install)"
        )
    client = boto3_client(simulated_url)
    lock_table(client, table_name)
    locks = TerraformLocks(client, table_name)
    with bucket() as (s3, _):
        terraform = Terraform(binary, tmp_path, s3, simulated_url, table_name)
        terraform.write("exec sleep 600")
        code, output = terraform.run("init", "-input=false", "-no-color")
        assert code == 0, output
        line = ("terraform", "run", "--", binary, *APPLY)
        facts: dict[str, Any] = {"cwd": tmp_path, "more": {"CHECKPOINT_DISABLE": "1"}}
        with running(*line, **facts) as process:
            lock = eventually(lambda: locks.inspect(PATH))
            assert process.stdout is not None
            while "Executing" not in process.stdout.readline():
                pass
            os.kill(_terraform_of(process.pid), signal.SIGKILL)
            # What the provisioner has started has the output open.
            process.wait(PATIENCE)
            assert process.stderr is not None
            told = process.stderr.readline()
        assert process.returncode == 137
        assert f"lock ID {lock.id}): unlocked" in told
        assert locks.inspect(PATH) is None
        with running(*line, **facts) as process:
            eventually(lambda: locks.inspect(PATH))
            assert process.stdout is not None
            while "Executing" not in process.stdout.readline():
                pass
            os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1, err
        assert "Interrupt received" in out
        assert "Two interrupts received" not in out + err
        assert "dynawait" not in err
        assert locks.inspect(PATH) is None


def _terraform_of(pid: int) -> int:
    """Return the Terraform that a process has started."""
    found = subprocess.run(
        ["pgrep", "-P", str(pid), "terraform"],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(found.stdout)


def _become_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the credentials that any server here takes, within this process."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "anyone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "anyone")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("NO_PROXY", "*")
    for name in ("TF_LOG", "TF_LOG_CORE", "TF_LOG_PATH", "TF_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
