"""Which lock a run of Terraform has left behind, and how certain that is."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dynawait._cli import processes
from dynawait._cli.processes import Process, is_running, is_terraform, running
from dynawait._cli.terraform_locks import leftovers
from dynawait._cli.terraform_locks.leftovers import Run, judge, whoami
from dynawait.locks.records import TerraformLock

START = datetime(2026, 5, 1, tzinfo=UTC)
END = START + timedelta(minutes=5)
OURS = TerraformLock(
    path="states/app.tfstate",
    id="ours",
    operation="OperationTypeApply",
    who="ci@runner-7",
    created=START + timedelta(seconds=3),
    version="1.11.4",
    info="",
    raw="",
)
TOLD = Run(
    command=("terraform", "apply"),
    mark="m",
    started=START,
    ended=END,
    told=frozenset({"ours"}),
)
SEEN = replace(TOLD, told=None, before=frozenset({"old"}), seen=frozenset({"ours"}))

SHELL = Process(10, ("/bin/sh", "-c", "terraform apply"), b"DYNAWAIT_RUN=m\0")
RIVAL = Process(11, ("terraform", "plan"), b"HOME=/\0")
PROVIDER = Process(12, ("/x/terraform-provider-aws_v5.1.0_x5",), b"DYNAWAIT_RUN=m\0")
SURVIVOR = Process(13, ("/usr/bin/terraform", "apply"), b"A=1\0DYNAWAIT_RUN=m\0B=2\0")
QUIET = (SHELL, PROVIDER)


@pytest.mark.parametrize(
    ("run", "lock", "alive", "doubt"),
    [
        (TOLD, OURS, QUIET, ""),
        (TOLD, OURS, (RIVAL,), ""),
        (TOLD, OURS, None, ""),
        (TOLD, OURS, (SURVIVOR,), "process 13"),
        (replace(TOLD, command=("make",)), OURS, None, "nobody can tell"),
        (replace(TOLD, command=("make",)), OURS, QUIET, ""),
        (SEEN, OURS, QUIET, ""),
        (SEEN, OURS, (RIVAL,), "process 11"),
        (SEEN, OURS, (SURVIVOR,), "process 13"),
        (SEEN, OURS, None, "nobody can tell"),
        (replace(SEEN, seen=()), OURS, QUIET, "not seen"),
    ],
)
def test_a_lock_is_freed_only_where_nothing_speaks_against_it(
    monkeypatch: pytest.MonkeyPatch,
    run: Run,
    lock: TerraformLock,
    alive: tuple[Process, ...] | None,
    doubt: str,
) -> None:
    """Else the doubt is told."""
    monkeypatch.setattr(leftovers, "running", lambda: alive)
    monkeypatch.setattr(leftovers, "whoami", lambda: "ci@runner-7")
    found = judge(run, lock)
    assert found is not None
    assert found.lock == lock
    assert (doubt in found.doubt) if doubt else (found.doubt == "")


@pytest.mark.parametrize(
    ("run", "lock"),
    [
        (TOLD, replace(OURS, id="another")),
        (replace(TOLD, told=frozenset()), OURS),
        (SEEN, replace(OURS, id="old")),
        (SEEN, replace(OURS, who="ci@runner-8")),
        (SEEN, replace(OURS, created=START - timedelta(seconds=2))),
        (SEEN, replace(OURS, created=END + timedelta(seconds=2))),
    ],
)
def test_the_lock_of_another_is_not_spoken_of(
    monkeypatch: pytest.MonkeyPatch, run: Run, lock: TerraformLock
) -> None:
    """Another ID than the log's; or another's, or older, where there is no log."""
    monkeypatch.setattr(leftovers, "running", lambda: QUIET)
    monkeypatch.setattr(leftovers, "whoami", lambda: "ci@runner-7")
    assert judge(run, lock) is None


@pytest.mark.parametrize("host", ["localhost", "localhost.localdomain", ""])
def test_a_host_name_that_many_have_proves_nothing(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """Where only the name tells."""
    lock = replace(OURS, who=f"ci@{host}")
    monkeypatch.setattr(leftovers, "running", lambda: QUIET)
    monkeypatch.setattr(leftovers, "whoami", lambda: f"ci@{host}")
    found = judge(SEEN, lock)
    assert found is not None
    assert "does not tell this machine" in found.doubt


@pytest.mark.parametrize(
    ("program", "is_it"),
    [
        ("terraform", True),
        ("/usr/local/bin/terraform", True),
        ("tofu", True),
        ("terraform_1.5.7", True),
        ("terraform-1.9.0-beta1", True),
        ("Terraform.exe", True),
        ("terraform-provider-aws_v5.1.0_x5", False),
        ("terragrunt", False),
        ("apply", False),
        ("", False),
    ],
)
def test_terraform_is_known_by_its_name(program: str, is_it: bool) -> None:
    """Its plugins hold no locks."""
    assert is_terraform(program) == is_it


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_processes_are_listed_with_what_they_were_started_with() -> None:
    """And a process that has ended is not, though its parent has not noticed."""
    code = "print(flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "DYNAWAIT_RUN": "t"},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdin, child.stdout:
        child.stdout.readline()
        (found,) = (each for each in running() or () if each.pid == child.pid)
        assert found.words == (sys.executable, "-c", code)
        assert b"DYNAWAIT_RUN=t" in found.environment.split(b"\0")
        assert is_running(child.pid) is True
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert child.pid not in {each.pid for each in running() or ()}
        assert is_running(child.pid) is False
        child.wait()
    assert is_running(child.pid) is False


def test_where_processes_are_not_shown_nothing_is_claimed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """None is not the same as nobody."""
    from pathlib import Path

    monkeypatch.setattr(processes, "_PROC", Path(str(tmp_path)))
    assert running() is None
    assert is_running(os.getpid()) is True
    monkeypatch.setattr(sys, "platform", "win32")
    assert is_running(os.getpid()) is None


def test_we_are_who_terraform_says_we_are() -> None:
    """User and host."""
    user, _, host = whoami().partition("@")
    assert user
    assert host
