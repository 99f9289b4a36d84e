"""Commands that run under ours, where there is no shell, and no POSIX."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dynawait
from dynawait._cli import meanwhile as news
from dynawait._cli.children import Mailbox, sentinel, supervise
from dynawait._cli.children.sentinel import Sentinel
from dynawait._cli.exits import CommandError
from dynawait._cli.output import Output

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING: Mapping[str, str] = {}
# What Windows has not, and its code must do without.
ON_WINDOWS = """
import select, signal, socket, subprocess, sys, tempfile
import click, botocore.session, rich.console
for name in "HUP QUIT USR1 USR2 TSTP CHLD CONT".split():
    delattr(signal, "SIG" + name)
sys.modules["pwd"] = None
sys.platform = "win32"
from dynawait._cli.children import Mailbox, supervise
from dynawait._cli.commands import locks_hold, terraform_run
from dynawait._cli.terraform_locks.leftovers import whoami
from dynawait._cli.terraform_locks import running
from dynawait._cli.locks import holding
with Mailbox() as mailbox, mailbox.signals():
    ending = supervise([sys.executable, "-c", "raise SystemExit(7)"], {}, mailbox)
    over = supervise(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        {},
        mailbox,
        is_over=lambda: True,
    )
print(ending.code, over.forced, whoami().count("@"))
"""


def python(code: str) -> list[str]:
    """Return a command that runs some Python."""
    return [sys.executable, "-c", code]


@pytest.mark.skipif(os.name == "nt", reason="this plays Windows elsewhere")
def test_nothing_needs_signals_that_windows_has_not() -> None:
    """The modules are imported, and a command runs to its end, or is ended."""
    package = str(Path(dynawait.__file__).parents[1])
    done = subprocess.run(
        python(ON_WINDOWS),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": package},
    )
    assert done.stdout == "7 True 1\n", done.stderr


def test_a_signal_is_passed_on_where_nobody_can_tell_whom_it_was_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In an image without a shell there is no bystander."""
    monkeypatch.setattr(sentinel, "_BYSTANDER", ("/no/such/shell",))
    with Sentinel() as bystander:
        assert not bystander.heard(signal.SIGTERM)
    with Mailbox() as mailbox, mailbox.signals():
        ending = supervise(
            python("import os, time; os.kill(os.getppid(), 15); time.sleep(60)"),
            NOTHING,
            mailbox,
        )
    assert (ending.code, ending.signal) == (143, signal.SIGTERM)


def test_a_bystander_that_died_of_something_else_proves_nothing() -> None:
    """And is replaced."""
    with Sentinel() as bystander:
        before = bystander._process
        assert before is not None
        before.kill()
        before.wait()
        assert not bystander.heard(signal.SIGTERM)
        after = bystander._process
        assert after is not None
        assert after is not before
        assert after.poll() is None
    assert after.poll() is not None


def test_signals_are_as_before_when_the_command_has_ended() -> None:
    """For whoever runs us as a part of himself."""
    before = [signal.getsignal(number) for number in (2, 15)]
    wakeup = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(wakeup)
    with Mailbox() as mailbox, mailbox.signals():
        supervise(python("pass"), NOTHING, mailbox)
    assert [signal.getsignal(number) for number in (2, 15)] == before
    assert signal.set_wakeup_fd(wakeup) == wakeup


def test_a_command_does_not_outlive_a_failure_of_ours() -> None:
    """Nobody would look after it."""
    pids: list[int] = []

    def fail(pid: int) -> None:
        pids.append(pid)
        raise ZeroDivisionError

    with Mailbox() as mailbox, mailbox.signals(), pytest.raises(ZeroDivisionError):
        supervise(python("import time; time.sleep(60)"), NOTHING, mailbox, started=fail)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_a_command_that_cannot_be_started_says_why() -> None:
    """127 for one that has gone since it was looked for."""
    with Mailbox() as mailbox, pytest.raises(CommandError) as caught:
        supervise(["/no/such/program"], NOTHING, mailbox)
    assert caught.value.code == 127


def test_a_mailbox_that_is_closed_takes_nothing() -> None:
    """A heartbeat may find out late that the lock is lost."""
    with Mailbox() as mailbox:
        mailbox.post()
        assert mailbox.wait(1) == []
    mailbox.post()


def test_who_waits_shows_life(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line at the start, and one in every ten seconds; on a terminal a spinner."""
    monkeypatch.setattr(news, "HEARTBEAT", 0.02)
    with news.meanwhile(Output(), "waiting for [it]"):
        time.sleep(0.2)
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert first == "waiting for [it]"
    assert second.startswith("waiting for [it] (0.0 s)")
    monkeypatch.setattr(Output, "is_live", property(lambda _: True))
    with news.meanwhile(Output(), "waiting for [it]"):
        pass
    assert len(capsys.readouterr().err.splitlines()) <= 1
